//! Signing in by the federation's provider: the way there, the way back, and linking an account.
//!
//! An account opens nothing by itself. Whoever is signed in links theirs; after that it signs them in.

use crate::access::hash;
use crate::pages;
use crate::problem::Problem;
use crate::provider::{Provider, ProviderFault, Visit};
use crate::session::{self, Session};
use crate::signing_in::{own_address, passing_cookie, with_account};
use crate::site::{Asked, Site, cookie, on_a_thread};
use crate::ways::Added;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use mandate_assembly::ids::MemberId;
use std::sync::Arc;

/// The cookie of a browser that is at the provider.
const COOKIE: &str = "visit";
/// Where the provider sends browsers back to.
const BACK: &str = "/sign-in/provider/back";
/// The longest word of a provider that is shown, in signs.
const LONGEST_WORD: usize = 100;

/// A browser that is at the provider.
pub struct OnVisit {
    visit: Visit,
    /// What is kept of the cookie of the browser that went there.
    browser: [u8; 32],
    purpose: Purpose,
}

/// What a visit is for.
enum Purpose {
    /// Signing in.
    SignIn,
    /// Linking an account to whoever has this session.
    Link(Session),
}

/// Sends a browser to the provider, to sign in. It is a link and no form: the pages' policy lets forms go to this site
/// only, and browsers hold redirects of forms to it (Content Security Policy Level 3, section 6.4.1).
pub(crate) async fn set_out(State(site): State<Arc<Site>>, request: Request<Body>) -> Response {
    let asked = Asked::read(request.uri(), request.headers(), None);
    on_a_thread(move || match begin_visit(&site, &asked, Purpose::SignIn) {
        Ok((address, cookie)) => ([(header::SET_COOKIE, cookie)], Redirect::to(&address)).into_response(),
        Err(problem) => site.show(&asked, &|_| Err(problem.clone())),
    })
    .await
}

/// The page from which one goes to the provider to link an account. What is asked for here was checked before, in a
/// form, so that no token and no digits stand in an address.
///
/// # Errors
/// There is no provider, or it does not answer.
pub(crate) fn link(site: &Site, asked: &Asked, session: &Session) -> Result<Response, Problem> {
    let (address, cookie) = begin_visit(site, asked, Purpose::Link(session.clone()))?;
    let mut response = site.show(asked, &|view| pages::ways::leave(view, &address));
    let cookie = HeaderValue::from_str(&cookie).map_err(|error| Problem::Machine(error.to_string()))?;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// The provider's address for a new visit, and the cookie by which the browser is known when it comes back.
fn begin_visit(site: &Site, asked: &Asked, purpose: Purpose) -> Result<(String, String), Problem> {
    let provider = provider_of(site)?;
    let random = [site.access.random()?, site.access.random()?, site.access.random()?];
    let visit = Visit::new(random, format!("{}{BACK}", own_address(site, asked)));
    let address = provider.address(&visit).map_err(|fault| told(site, provider, &fault))?;
    let mark = hex::encode(site.access.random::<32>()?);
    let on_visit = OnVisit { browser: hash(&mark), purpose, visit };
    site.under_way.visits.put(on_visit.visit.state.clone(), on_visit);
    Ok((address, passing_cookie(site, COOKIE, &mark)))
}

/// Receives a browser from the provider.
pub(crate) async fn come_back(State(site): State<Arc<Site>>, request: Request<Body>) -> Response {
    let asked = Asked::read(request.uri(), request.headers(), None);
    let headers = request.headers().clone();
    on_a_thread(move || {
        let done = received(&site, &asked, &headers);
        done.unwrap_or_else(|problem| site.show(&asked, &|_| Err(problem.clone())))
    })
    .await
}

fn received(site: &Site, asked: &Asked, headers: &HeaderMap) -> Result<Response, Problem> {
    let provider = provider_of(site)?;
    let about = |message: &'static str| Problem::NotSignedIn(message, provider.name().to_owned());
    // Each visit ends once, and in the browser in which it began.
    let browser = cookie(headers, COOKIE).map(|mark| hash(&mark));
    let state = asked.value("state").unwrap_or_default();
    let on_visit = site.under_way.visits.take(state, |on_visit| Some(on_visit.browser) == browser);
    let OnVisit { visit, purpose, .. } = on_visit.ok_or_else(|| about("visit-unknown"))?;
    provider.check_issuer(asked.value("iss")).map_err(|fault| told(site, provider, &fault))?;
    if let Some(error) = asked.value("error") {
        return Err(match error {
            "access_denied" => about("provider-declined"),
            other => {
                let word: String = other.chars().take(LONGEST_WORD).collect();
                Problem::NotSignedIn("provider-refuses", word)
            }
        });
    }
    let code = asked.value("code").ok_or_else(|| about("visit-unknown"))?;
    let account = provider.account(&visit, code).map_err(|fault| told(site, provider, &fault))?;
    match purpose {
        Purpose::SignIn => with_account(site, headers, account, provider.name()),
        Purpose::Link(session) => {
            let member = still_signed_in(site, headers, &session)?.ok_or_else(|| about("visit-unknown"))?;
            match site.access.link(&account, &member, jiff::Timestamp::now())? {
                Added::Yes | Added::Already => Ok(Redirect::to("/members/me/sign-in").into_response()),
                Added::Anothers => Err(about("account-anothers")),
                Added::TooMany => Err(Problem::Unreadable("ways-too-many")),
            }
        }
    }
}

/// Who links an account, where the browser's session is still the one in which they began.
fn still_signed_in(site: &Site, headers: &HeaderMap, began: &Session) -> Result<Option<MemberId>, Problem> {
    let now = session::of_cookie(site, headers)?;
    Ok(now.filter(|session| session.token.as_str() == began.token.as_str()).map(|session| session.member))
}

fn provider_of(site: &Site) -> Result<&Provider, Problem> {
    site.provider.as_ref().ok_or(Problem::NoSuchPage)
}

/// Tells whoever runs the machine what was wrong, and the reader only that it was.
fn told(site: &Site, provider: &Provider, fault: &ProviderFault) -> Problem {
    (site.options.on_fault)(&fault.to_string());
    let message = match fault {
        ProviderFault::Away(_) => "provider-away",
        ProviderFault::NotBelieved(_) => "provider-not-believed",
    };
    Problem::NotSignedIn(message, provider.name().to_owned())
}
