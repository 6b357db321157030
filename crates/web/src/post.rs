//! What the forms of the notices' pages ask for: letters and cards to print, mails to send, what came back.

use crate::acting::Sent;
use crate::body::form_of;
use crate::inviting;
use crate::notice::State;
use crate::occasion::{Occasion, may_write_to};
use crate::own::from_browser;
use crate::pages;
use crate::problem::Problem;
use crate::site::{Asked, Site, on_a_thread, read_page};
use crate::writing::{self, Kind, Order, Printed, Progress, WritingError};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State as Of};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing;
use jiff::{SignedDuration, Timestamp};
use mandate_assembly::ids::{MemberId, WorkplaceId};
use mandate_record::{Directory, Register};
use std::sync::{Arc, PoisonError};

/// The addresses of these forms.
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/letters", routing::post(letters))
        .route("/register", routing::post(register))
        .route("/invitations", routing::get(read_page).post(invite))
        .route("/invitation", routing::get(read_page).post(invited))
}

async fn letters(Of(site): Of<Arc<Site>>, request: Request<Body>) -> Response {
    from_browser(site, request, |site, asked, session, sent| {
        site.check_second(&session.member)?;
        write(site, asked, sent)
    })
    .await
}

async fn register(Of(site): Of<Arc<Site>>, request: Request<Body>) -> Response {
    from_browser(site, request, |site, asked, session, sent| {
        site.check_second(&session.member)?;
        import(site, asked, sent)
    })
    .await
}

async fn invite(Of(site): Of<Arc<Site>>, request: Request<Body>) -> Response {
    from_browser(site, request, |site, asked, session, sent| {
        site.check_second(&session.member)?;
        inviting::make(site, asked, session, sent)
    })
    .await
}

/// Uses or narrows an invitation; its holder needs no session.
async fn invited(Of(site): Of<Arc<Site>>, request: Request<Body>) -> Response {
    let asked = Asked::read(request.uri(), request.headers(), None);
    let sent = form_of(request).await;
    on_a_thread(move || {
        let answered = sent.and_then(|sent| inviting::answer(&site, &asked, &sent));
        answered.unwrap_or_else(|problem| site.show(&asked, &|_| Err(problem.clone())))
    })
    .await
}

/// How long a code in a letter is good.
pub const GOOD_DAYS: i64 = 30;
/// The longest place or reason that is kept, in characters.
const LONGEST_WORDS: usize = 120;

/// Shows what a table would bring into a workplace's register, or keeps it.
///
/// # Errors
/// It is not the sender's register, the heading cannot be used, or a fault of the machine.
fn import(site: &Site, asked: &Asked, sent: &Sent) -> Result<Response, Problem> {
    let workplace: WorkplaceId = sent.text("workplace").trim().into();
    let table = sent.text("table");
    if sent.text("way") != "confirm" {
        return Ok(site.show(asked, &|view| pages::register::preview(view, &workplace, table)));
    }
    let import = site.reading(asked, |view| pages::register::read(view, &workplace, table))??;
    let mut register = Register::open(&Directory::new(site.follower.path()))?;
    register.note(import.read.iter().map(|(member, fields)| (member.as_str(), fields)))?;
    let named = import
        .read
        .iter()
        .filter_map(|(member, fields)| fields.get("name").map(|name| (member.to_string(), name.clone())));
    site.names.write().unwrap_or_else(PoisonError::into_inner).learn(named);
    Ok(Redirect::to(&crate::view::address("/workplaces/", workplace.as_str())).into_response())
}

/// Answers a form of a notice's page.
///
/// # Errors
/// It is not the sender's to write to that workplace, it cannot be understood, or nothing can be printed.
fn write(site: &Arc<Site>, asked: &Asked, sent: &Sent) -> Result<Response, Problem> {
    let occasion: Occasion =
        sent.text("occasion").parse().map_err(|_| Problem::NoSuch(sent.text("occasion").to_owned()))?;
    let back = Redirect::to(&format!("/notices/{occasion}")).into_response();
    match sent.text("way") {
        "letters" => print(site, asked, order(site, asked, occasion, sent)?, Kind::Letters),
        "cards" => print(site, asked, order(site, asked, occasion, sent)?, Kind::Cards),
        "mail" => {
            send(site, asked, order(site, asked, occasion, sent)?)?;
            Ok(back)
        }
        "returned" => {
            returned(site, asked, occasion, sent)?;
            Ok(back)
        }
        _ => Err(Problem::Unreadable("unknown-form")),
    }
}

fn order(site: &Site, asked: &Asked, occasion: Occasion, sent: &Sent) -> Result<Order, Problem> {
    let workplace: WorkplaceId = sent.text("workplace").trim().into();
    site.reading(asked, |view| match may_write_to(view, &workplace) {
        true => Ok(()),
        false => Err(Problem::Unreadable("notices-not-yours")),
    })??;
    let place: String = sent.text("place").trim().chars().take(LONGEST_WORDS).collect();
    site.notices.set_place(&occasion.to_string(), &place)?;
    Ok(Order {
        occasion,
        workplace: Some(workplace),
        again: sent.text("again") == "yes",
        language: None,
        place,
        good_until: Timestamp::now() + SignedDuration::from_hours(24 * GOOD_DAYS),
    })
}

fn print(site: &Site, asked: &Asked, order: Order, kind: Kind) -> Result<Response, Problem> {
    let workplace = order.workplace.as_ref().map_or(String::new(), ToString::to_string);
    let name: String = format!("{}-{workplace}", order.occasion)
        .chars()
        .map(|sign| if sign.is_ascii_alphanumeric() || sign == '-' { sign } else { '_' })
        .collect();
    let prepared = site.reading(asked, |view| {
        writing::prepare(view, &site.languages, &site.settings, &site.notices, order)
    })??;
    let Printed { pdf, .. } = prepared.print(&site.access, &site.notices, kind)?;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.pdf\"")),
        // Codes stand in it: nobody on the way keeps it.
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, pdf).into_response())
}

/// Sends beside the pages; the page of the notices shows how far it has come.
fn send(site: &Arc<Site>, asked: &Asked, order: Order) -> Result<(), Problem> {
    let occasion = order.occasion;
    if site.settings.mail.is_none() {
        return Err(Problem::Unreadable("no-mail-server"));
    }
    let Some(workplace) = order.workplace.clone() else { return Ok(()) };
    let key = (occasion, workplace);
    if !site.sending.begin(&key) {
        return Ok(());
    }
    let (site, asked) = (Arc::clone(site), asked.clone());
    std::thread::spawn(move || {
        let sent = (|| {
            let prepared = site.reading(&asked, |view| {
                writing::prepare(view, &site.languages, &site.settings, &site.notices, order)
            })??;
            let server = site.settings.mail.as_ref().ok_or(Problem::Unreadable("no-mail-server"))?;
            let mut note = |progress: &Progress| site.sending.note(&key, progress.clone());
            Ok::<_, Problem>(prepared.send(&site.access, &site.notices, server, &mut note)?)
        })();
        if let Err(problem) = sent {
            (site.options.on_fault)(&format!("{occasion}: {problem:?}"));
            let mut progress = site.sending.of(&key).unwrap_or_default();
            (progress.stopped, progress.over) = (Some(String::new()), true);
            site.sending.note(&key, progress);
        }
    });
    Ok(())
}

/// Notes that a letter came back, or that somebody was not found.
fn returned(site: &Site, asked: &Asked, occasion: Occasion, sent: &Sent) -> Result<(), Problem> {
    let member: MemberId = sent.text("member").trim().into();
    let is_theirs = site.reading(asked, |view| {
        let entitled = occasion.entitled(view.federation).unwrap_or_default();
        entitled.iter().any(|(workplace, members)| members.contains(&member) && may_write_to(view, workplace))
    })?;
    // Whether somebody is a member elsewhere is not said.
    if !is_theirs {
        return Err(Problem::Unreadable("notices-not-yours"));
    }
    let why: String = sent.text("why").trim().chars().take(LONGEST_WORDS).collect();
    site.notices.note(&occasion.to_string(), &[(member, None)], State::Bounced, &why, Timestamp::now())?;
    Ok(())
}

impl From<WritingError> for Problem {
    fn from(error: WritingError) -> Self {
        match error {
            WritingError::NoOccasion(occasion) => Self::NoSuch(occasion.to_string()),
            WritingError::NobodyLeft => Self::Unreadable("nobody-left"),
            WritingError::Paper(problem) => Self::Unprintable(problem.to_string()),
            WritingError::Register(fault) => fault.into(),
            WritingError::Access(error) => error.into(),
        }
    }
}
