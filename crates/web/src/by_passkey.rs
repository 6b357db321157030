//! Signing in by a passkey, and making one: this site asks a question, the browser hands over the device's answer
//! (Web Authentication Level 3, section 1.3).

use crate::acting::Sent;
use crate::body::form_of;
use crate::own::from_browser;
use crate::passkey::{self, ALGORITHMS, Answer, Expected, Flaw, PublicKey};
use crate::problem::Problem;
use crate::proxy::client;
use crate::session::Session;
use crate::signing_in::{check_digits, is_on_the_roll, key_of, own_address, passing_cookie, signing_in};
use crate::site::{Asked, Site, cookie, on_a_thread};
use crate::ways::{Added, NewPasskey};
use axum::Json;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mandate_assembly::ids::MemberId;
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;

/// The cookie of a browser whose device was asked.
const COOKIE: &str = "question";
/// The longest name that a member may give a passkey, in signs.
pub const LONGEST_NAME: usize = 80;

/// A question to a device: good once.
pub struct Question {
    challenge: [u8; 32],
    place: Place,
}

/// Where a passkey is made and used.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    /// As browsers name it: scheme, name and port.
    origin: String,
    /// The name alone (Web Authentication Level 3, section 4, RP ID).
    site: String,
}

impl Place {
    /// The place at an address of this site's.
    fn at(address: &str) -> Self {
        let (scheme, rest) = address.split_once("://").unwrap_or(("https", address));
        let host = rest.split('/').next().unwrap_or_default().to_ascii_lowercase();
        let site = host.rsplit_once(':').map_or(host.as_str(), |(name, _)| name).to_owned();
        Self { origin: format!("{scheme}://{host}"), site }
    }
}

impl Question {
    fn new(site: &Site, asked: &Asked) -> Result<Self, Problem> {
        Ok(Self { challenge: site.access.random()?, place: Place::at(&own_address(site, asked)) })
    }

    fn expected(&self) -> Expected<'_> {
        Expected { challenge: &self.challenge, origin: &self.place.origin, site: &self.place.site }
    }
}

/// Asks any device for a passkey of this site's. No passkey is named, so that the question tells nobody who has one.
pub(crate) async fn ask_anybody(State(site): State<Arc<Site>>, request: Request<Body>) -> Response {
    let asked = Asked::read(request.uri(), request.headers(), None);
    let sent = form_of(request).await;
    on_a_thread(move || {
        let made = sent.and_then(|_| {
            let question = Question::new(&site, &asked)?;
            let options = json!({ "challenge": text(&question.challenge), "rpId": question.place.site });
            let mark = hex::encode(site.access.random::<32>()?);
            site.under_way.questions.put(key_of(&mark), question);
            let cookie = passing_cookie(&site, COOKIE, &mark);
            Ok(([(header::SET_COOKIE, cookie)], Json(options)).into_response())
        });
        made.unwrap_or_else(|problem| site.show(&asked, &|_| Err(problem.clone())))
    })
    .await
}

/// Signs in with a device's answer.
pub(crate) async fn sign_in(
    State(site): State<Arc<Site>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request<Body>,
) -> Response {
    signing_in(site, peer, request, with_answer).await
}

/// Whatever is not right is answered alike, so that nobody learns which passkeys there are.
fn with_answer(site: &Site, headers: &HeaderMap, sent: &Sent) -> Result<MemberId, Problem> {
    let key = &cookie(headers, COOKIE).map(|mark| key_of(&mark)).unwrap_or_default();
    let refused = || Problem::Unreadable("passkey-refused");
    let question = site.under_way.questions.take(key, |_| true).ok_or_else(refused)?;
    let found = site.access.passkey(&bytes(sent, "credential")?)?.ok_or_else(refused)?;
    let fits = found.site == question.place.site && found.handle == bytes(sent, "user-handle")?;
    let used = passkey::used(&answer(sent)?, &bytes(sent, "signature")?, &found.key, &question.expected());
    let (true, Ok(counter)) = (fits && is_on_the_roll(site, &found.member), used) else {
        return Err(refused());
    };
    // The signature was right: it is the device itself, or a copy of it.
    if !site.access.note_passkey(found.id, counter, jiff::Timestamp::now())? {
        return Err(Problem::Unreadable("passkey-copied"));
    }
    Ok(found.member)
}

/// Asks whoever is signed in for a device on which a passkey is made. The digits of the second factor are given here, so
/// that the answer carries none.
pub(crate) async fn ask_member(
    State(site): State<Arc<Site>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request<Body>,
) -> Response {
    let address = client(&site, peer, request.headers());
    from_browser(site, request, move |site, asked, session, sent| {
        check_digits(site, address, &session.member, sent)?;
        let question = Question::new(site, asked)?;
        let name = site.reading(asked, |view| view.federation.charter.federation.name.clone())?;
        let there = site.access.credentials_of(&session.member, &question.place.site)?;
        let options = json!({
            "challenge": text(&question.challenge),
            "rp": { "id": question.place.site, "name": name },
            // The identifier that is in the record, and chance: a device learns nothing personal.
            "user": {
                "id": text(&site.access.handle_of(&session.member)?),
                "name": session.member.as_str(),
                "displayName": session.member.as_str(),
            },
            "algorithms": ALGORITHMS,
            "exclude": there.iter().map(|credential| text(credential)).collect::<Vec<_>>(),
        });
        site.under_way.questions.put(key_of(session.token.as_str()), question);
        Ok(Json(options).into_response())
    })
    .await
}

/// Keeps the passkey that a device has made for whoever is signed in.
///
/// # Errors
/// The answer is not believed, or belongs to no question of this session's.
pub(crate) fn make(site: &Site, session: &Session, sent: &Sent) -> Result<Response, Problem> {
    let name = sent.text("name").trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(Problem::Unreadable("passkey-name-wanted"));
    }
    let key = key_of(session.token.as_str());
    let question = site.under_way.questions.take(&key, |_| true).ok_or(Problem::Stale)?;
    let key = PublicKey { algorithm: sent.number("algorithm")?, key: bytes(sent, "public-key")? };
    let made = passkey::made(&answer(sent)?, &key, &question.expected()).map_err(|flaw| match flaw {
        Flaw::NotVerified => Problem::Unreadable("passkey-unverified"),
        Flaw::Key => Problem::Unreadable("passkey-key"),
        _ => Problem::Unreadable("passkey-not-made"),
    })?;
    let new = NewPasskey {
        credential: &made.credential,
        name,
        site: &question.place.site,
        key: &key,
        counter: made.counter,
    };
    match site.access.keep_passkey(&session.member, &new, jiff::Timestamp::now())? {
        Added::Yes => Ok(Redirect::to("/members/me/sign-in").into_response()),
        Added::TooMany => Err(Problem::Unreadable("ways-too-many")),
        Added::Already | Added::Anothers => Err(Problem::Unreadable("passkey-not-made")),
    }
}

fn answer(sent: &Sent) -> Result<Answer, Problem> {
    Ok(Answer {
        client_data: bytes(sent, "client-data")?,
        authenticator_data: bytes(sent, "authenticator-data")?,
    })
}

/// Bytes as the script writes them: base64url (RFC 4648, section 5).
fn bytes(sent: &Sent, name: &str) -> Result<Vec<u8>, Problem> {
    URL_SAFE_NO_PAD.decode(sent.text(name)).map_err(|_| Problem::Unreadable("passkey-refused"))
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_named_as_browsers_name_it() {
        for (address, origin, site) in [
            ("https://federation.example", "https://federation.example", "federation.example"),
            (
                "https://Federation.example:8443/pages",
                "https://federation.example:8443",
                "federation.example",
            ),
            ("http://localhost:8080", "http://localhost:8080", "localhost"),
        ] {
            assert_eq!(Place::at(address), Place { origin: origin.into(), site: site.into() });
        }
    }
}
