//! Signing in and out: with a code from a letter, and what the other ways have in common with it.

use crate::access::{fingerprint, hash};
use crate::acting::Sent;
use crate::body::form_of;
use crate::by_passkey::{self, Question};
use crate::by_provider::{self, OnVisit};
use crate::own;
use crate::pending::Pending;
use crate::problem::Problem;
use crate::provider::Account;
use crate::proxy::client;
use crate::session;
use crate::site::{Asked, Site, cookie, on_a_thread, read_page};
use crate::view::View;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use mandate_assembly::ids::MemberId;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// How long somebody may stay at the provider, or look for their device.
const VISIT: Duration = Duration::from_secs(600);
/// How long a device has for its answer.
const QUESTION: Duration = Duration::from_secs(300);
/// The cookie of whoever has still to give the digits of their second factor.
const HALF_COOKIE: &str = "half-way";
/// How often digits may be wrong before one begins anew at the provider.
const TRIES: u32 = 5;

/// Sign-ins that are under way.
pub struct UnderWay {
    /// Visits to the provider, by their state.
    pub visits: Pending<OnVisit>,
    /// Questions to devices, by whoever was asked.
    pub questions: Pending<Question>,
    /// Those who have come back from the provider and have still to give their digits, by their cookie.
    halves: Pending<Half>,
}

/// Somebody whose account is known, and whose second factor is not yet.
struct Half {
    member: MemberId,
    account: Account,
    tries: u32,
}

impl Default for UnderWay {
    fn default() -> Self {
        Self {
            visits: Pending::lasting(VISIT),
            questions: Pending::lasting(QUESTION),
            halves: Pending::lasting(VISIT),
        }
    }
}

/// The addresses of signing in and out, and of its ways.
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/sign-in", get(read_page).post(with_code))
        .route("/sign-in/provider", get(by_provider::set_out))
        .route("/sign-in/provider/back", get(by_provider::come_back))
        .route("/sign-in/second", get(read_page).post(with_digits))
        .route("/sign-in/passkey", post(by_passkey::sign_in))
        .route("/sign-in/passkey/question", post(by_passkey::ask_anybody))
        .route("/members/me/sign-in", get(read_page).post(own::ways))
        .route("/members/me/sign-in/question", post(by_passkey::ask_member))
        .route("/sign-out", post(sign_out))
}

/// Answers a form by which somebody signs in, where `whose` says whom it lets in. Guesses are limited by address.
pub(crate) async fn signing_in(
    site: Arc<Site>,
    peer: SocketAddr,
    request: Request<Body>,
    whose: impl FnOnce(&Site, &HeaderMap, &Sent) -> Result<MemberId, Problem> + Send + 'static,
) -> Response {
    let headers = request.headers().clone();
    let address = client(&site, peer, &headers);
    let asked = Asked::read(request.uri(), &headers, None);
    let sent = form_of(request).await;
    on_a_thread(move || {
        let begun = sent.and_then(|sent| {
            limited(&site, address, || begin(&site, &headers, &whose(&site, &headers, &sent)?))
        });
        begun.unwrap_or_else(|problem| site.show(&asked, &|_| Err(problem.clone())))
    })
    .await
}

/// Signs in with a code; in a trial, as anybody.
async fn with_code(
    State(site): State<Arc<Site>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request<Body>,
) -> Response {
    signing_in(site, peer, request, |site, _, sent| code(site, sent)).await
}

/// Whose a code is, and with the second factor where there is one; in a trial, anybody who is named. A code is used up
/// only when all of it is right.
fn code(site: &Site, sent: &Sent) -> Result<MemberId, Problem> {
    let now = jiff::Timestamp::now();
    let named = sent.text("member").trim();
    let by_name = site.options.trial && !named.is_empty();
    let member = match by_name {
        true => Some(named.into()),
        false => site.access.whose_code(sent.text("code"), now)?,
    };
    let member =
        member.filter(|member| is_on_the_roll(site, member)).ok_or(Problem::Unreadable("no-such-code"))?;
    if site.access.has_second(&member)? {
        site.check_digits(&member, sent.text("second"), now)?;
    }
    if !by_name && site.access.take_code(sent.text("code"), now)?.is_none() {
        return Err(Problem::Unreadable("no-such-code"));
    }
    if !by_name {
        site.notices.opened(&fingerprint(sent.text("code")), now)?;
    }
    Ok(member)
}

/// Whether somebody is a member now, whatever was kept of them before.
pub fn is_on_the_roll(site: &Site, member: &MemberId) -> bool {
    let followed = site.follower.read();
    let federation = View::federation_of(&followed);
    federation.is_ok_and(|federation| federation.roll.member(member).is_some())
}

/// Tries something that could be guessed at: too many failures from one address make it wait.
///
/// # Errors
/// It has to wait, or what was tried failed.
pub fn limited<T>(
    site: &Site,
    address: IpAddr,
    act: impl FnOnce() -> Result<T, Problem>,
) -> Result<T, Problem> {
    if let Some(seconds) = site.attempts.wait(&address) {
        return Err(Problem::TooMany(seconds));
    }
    let done = act();
    if matches!(done, Err(Problem::Unreadable(_))) {
        site.attempts.failed(address);
    }
    done
}

/// Checks the digits of a member's second factor before one of their ways to sign in is changed, where they have one.
///
/// # Errors
/// The digits are not right, or there were too many attempts.
pub fn check_digits(site: &Site, address: IpAddr, member: &MemberId, sent: &Sent) -> Result<(), Problem> {
    if !site.access.has_second(member)? {
        return Ok(());
    }
    limited(site, address, || digits_again(site, member, sent))
}

/// Takes the digits where nothing else was asked.
fn digits_again(site: &Site, member: &MemberId, sent: &Sent) -> Result<(), Problem> {
    let taken = site.check_digits(member, sent.text("second"), jiff::Timestamp::now());
    taken.map_err(|problem| match problem {
        Problem::Unreadable(_) => Problem::Unreadable("second-again"),
        other => other,
    })
}

/// Begins a session and leads to the member's own page. A browser has one session: the one whose cookie is replaced is
/// of no more use to anybody and ends.
///
/// # Errors
/// A fault of the machine.
pub fn begin(site: &Site, headers: &HeaderMap, member: &MemberId) -> Result<Response, Problem> {
    if let Some(before) = session::of_cookie(site, headers)? {
        site.access.end(&before.token, false)?;
    }
    let token = site.access.begin(member, jiff::Timestamp::now())?;
    let cookie = session::set_cookie(site, Some(&token));
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/members/me")).into_response())
}

/// Signs in whoever came back from the provider with an account that is linked: at once, or when they have given the
/// digits of their second factor.
///
/// # Errors
/// The account is linked to nobody, or a fault of the machine.
pub fn with_account(
    site: &Site,
    headers: &HeaderMap,
    account: Account,
    provider: &str,
) -> Result<Response, Problem> {
    let member = site.access.whose_account(&account)?.filter(|member| is_on_the_roll(site, member));
    let unlinked = || Problem::NotSignedIn("account-unlinked", provider.to_owned());
    let member = member.ok_or_else(unlinked)?;
    if !site.access.has_second(&member)? {
        site.access.note_account(&account, jiff::Timestamp::now())?;
        return begin(site, headers, &member);
    }
    let mark = hex::encode(site.access.random::<32>()?);
    site.under_way.halves.put(key_of(&mark), Half { member, account, tries: 0 });
    let cookie = passing_cookie(site, HALF_COOKIE, &mark);
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/sign-in/second")).into_response())
}

/// Takes the digits of the second factor of somebody who came back from the provider.
async fn with_digits(
    State(site): State<Arc<Site>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request<Body>,
) -> Response {
    signing_in(site, peer, request, digits).await
}

fn digits(site: &Site, headers: &HeaderMap, sent: &Sent) -> Result<MemberId, Problem> {
    let key = &cookie(headers, HALF_COOKIE).map(|mark| key_of(&mark)).unwrap_or_default();
    let over = || Problem::NotSignedIn("half-over", String::new());
    let tried = site.under_way.halves.with(key, |half| {
        half.tries += 1;
        (half.member.clone(), half.tries)
    });
    let (member, tries) = tried.ok_or_else(over)?;
    if tries > TRIES {
        site.under_way.halves.take(key, |_| true);
        return Err(over());
    }
    digits_again(site, &member, sent)?;
    let half = site.under_way.halves.take(key, |_| true).ok_or_else(over)?;
    // The account may have been taken off, or the member may have left, while the digits were looked for.
    let still = site.access.whose_account(&half.account)? == Some(half.member.clone());
    if !still || !is_on_the_roll(site, &half.member) {
        return Err(over());
    }
    site.access.note_account(&half.account, jiff::Timestamp::now())?;
    Ok(half.member)
}

/// What is kept of a mark that a browser has.
pub fn key_of(mark: &str) -> String {
    hex::encode(hash(mark))
}

/// A cookie for as long as a sign-in is under way, sent to the pages of signing in only. It comes along when the
/// provider sends the browser back (`Lax`), and with no request that another site makes (RFC 6265bis, section 5.2).
pub fn passing_cookie(site: &Site, name: &str, mark: &str) -> String {
    let secure = if site.options.behind_tls { "; Secure" } else { "" };
    format!("{name}={mark}; Path=/sign-in; Max-Age={}; HttpOnly; SameSite=Lax{secure}", VISIT.as_secs())
}

/// The site's own address: what `letters.toml` says, else as whoever asks has reached it.
pub fn own_address(site: &Site, asked: &Asked) -> String {
    site.settings.address.clone().unwrap_or_else(|| site.address(asked))
}

/// Ends a session, or all of the member's.
async fn sign_out(State(site): State<Arc<Site>>, request: Request<Body>) -> Response {
    let session = session::of_cookie(&site, request.headers()).ok().flatten();
    let Some(session) = session else { return Redirect::to("/").into_response() };
    let asked = Asked::read(request.uri(), request.headers(), None);
    let sent = form_of(request).await;
    on_a_thread(move || {
        let ended = sent.and_then(|sent| match sent.text("token") == session.token.form_token() {
            true => Ok(site.access.end(&session.token, sent.text("everywhere") == "yes")?),
            false => Err(Problem::Stale),
        });
        match ended {
            Ok(()) => {
                let cookie = session::set_cookie(&site, None);
                ([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response()
            }
            Err(problem) => site.show(&asked, &|_| Err(problem.clone())),
        }
    })
    .await
}
