//! What is done beside the record, by whoever is signed in with a browser: tokens for programs, the second factor,
//! other ways to sign in, the floor of a meeting; and how any form of a browser is answered.

use crate::acting::Sent;
use crate::body::form_of;
use crate::by_passkey;
use crate::by_provider;
use crate::pages;
use crate::problem::Problem;
use crate::proxy::client;
use crate::session::{self, Session};
use crate::signing_in::{check_digits, limited};
use crate::site::{Asked, Site, on_a_thread, refuse};
use crate::speakers::{LONGEST_MINUTES, Unchanged};
use crate::token::{KINDS, LONGEST_DAYS, Rights};
use crate::ways::Kind;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use mandate_assembly::ids::{MeetingId, MemberId};
use std::net::SocketAddr;
use std::sync::Arc;

/// Answers a form of somebody who is signed in with a browser, sent from a page of this site. A program's token is not
/// enough here: it has rights of its own, which only the interface for programs asks for.
pub(crate) async fn from_browser(
    site: Arc<Site>,
    request: Request<Body>,
    act: impl FnOnce(&Arc<Site>, &Asked, &Session, &Sent) -> Result<Response, Problem> + Send + 'static,
) -> Response {
    let mut asked = Asked::read(request.uri(), request.headers(), None);
    let session = match session::of_cookie(&site, request.headers()) {
        Ok(Some(session)) => session,
        Ok(None) => return refuse(site, asked, Problem::SignedOut).await,
        Err(problem) => return refuse(site, asked, problem).await,
    };
    asked.session = Some(session.clone());
    let sent = form_of(request).await;
    on_a_thread(move || {
        // Every form carries what no other site knows.
        let done = sent.and_then(|sent| match sent.text("token") == session.token.form_token() {
            true => act(&site, &asked, &session, &sent),
            false => Err(Problem::Stale),
        });
        done.unwrap_or_else(|problem| site.show(&asked, &|_| Err(problem.clone())))
    })
    .await
}

/// Makes a token for a program, or takes one back.
pub(crate) async fn tokens(State(site): State<Arc<Site>>, request: Request<Body>) -> Response {
    from_browser(site, request, |site, asked, session, sent| {
        if !sent.text("revoke").is_empty() {
            site.access.revoke(&session.member, sent.number("revoke")?)?;
            return Ok(Redirect::to("/members/me/tokens").into_response());
        }
        let days: i64 = sent.number("days")?;
        let name = sent.text("name").trim();
        if !(1..=LONGEST_DAYS).contains(&days) || name.is_empty() || name.chars().count() > 80 {
            return Err(Problem::Unreadable("token-limits"));
        }
        site.check_second(&session.member)?;
        let ticked = |kind: &&str| !sent.text(&format!("kind-{kind}")).is_empty();
        let rights = Rights::new(KINDS.into_iter().filter(ticked));
        let until = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * days);
        let token = site.access.issue(&session.member, name, &rights, until)?;
        Ok(site.show(asked, &|view| pages::tokens::made(view, &token)))
    })
    .await
}

/// Asks for the floor of a meeting, gives it, ends a speech.
pub(crate) async fn floor(
    State(site): State<Arc<Site>>,
    axum::extract::Path(meeting): axum::extract::Path<u32>,
    request: Request<Body>,
) -> Response {
    from_browser(site, request, move |site, asked, session, sent| {
        let id = MeetingId(meeting);
        let named = sent.text("member").trim();
        let (chairs, who, is_here) = site.reading(asked, |view| {
            let meeting = view.federation.meeting(id)?;
            if meeting.opened.is_none() || meeting.closed.is_some() {
                return Err(Problem::Unreadable("floor-closed"));
            }
            let chairs = pages::floor::chairs(view, meeting);
            let who: MemberId =
                if named.is_empty() || !chairs { session.member.clone() } else { named.into() };
            let is_here = meeting.acts_for(&who).is_some();
            Ok((chairs, who, is_here))
        })??;
        let unchanged =
            |outcome: Result<(), Unchanged>| outcome.map_err(|_| Problem::Unreadable("floor-unchanged"));
        match sent.text("do") {
            "ask" if !is_here => return Err(Problem::Unreadable("floor-not-here")),
            "ask" => unchanged(site.access.ask_to_speak(id, &who)?)?,
            "withdraw" => site.access.no_longer_speak(id, &session.member)?,
            "next" | "end" if !chairs => return Err(Problem::Unreadable("floor-chair")),
            "next" => {
                let minutes: u32 = sent.number("minutes")?;
                if !(1..=LONGEST_MINUTES).contains(&minutes) {
                    return Err(Problem::Unreadable("expected-number"));
                }
                unchanged(site.access.next_speaker(id, minutes, jiff::Timestamp::now())?)?;
            }
            "end" => site.access.end_speech(id, jiff::Timestamp::now())?,
            _ => return Err(Problem::Unreadable("unknown-form")),
        }
        site.beside.send_modify(|count| *count += 1);
        let back = if sent.text("back").ends_with("/desk") { "/desk" } else { "" };
        Ok(Redirect::to(&format!("/meetings/{id}{back}")).into_response())
    })
    .await
}

/// Makes, confirms or ends a second factor.
pub(crate) async fn second_factor(
    State(site): State<Arc<Site>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request<Body>,
) -> Response {
    let address = client(&site, peer, request.headers());
    from_browser(site, request, move |site, asked, session, sent| {
        let member = &session.member;
        if sent.text("do") == "begin" {
            return Ok(match site.access.begin_second(member)? {
                Some(secret) => site.show(asked, &|view| Ok(pages::second_factor::made(view, &secret))),
                None => Redirect::to("/members/me/second-factor").into_response(),
            });
        }
        limited(site, address, || site.check_digits(member, sent.text("second"), jiff::Timestamp::now()))?;
        if sent.text("do") == "end" {
            site.access.end_second(member)?;
        }
        Ok(Redirect::to("/members/me/second-factor").into_response())
    })
    .await
}

/// Adds or removes a way to sign in, with the digits of the second factor where the member has one: whoever has found a
/// device that is signed in makes no way of their own to come back by.
pub(crate) async fn ways(
    State(site): State<Arc<Site>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request<Body>,
) -> Response {
    let address = client(&site, peer, request.headers());
    from_browser(site, request, move |site, asked, session, sent| match sent.text("do") {
        "link" => {
            check_digits(site, address, &session.member, sent)?;
            by_provider::link(site, asked, session)
        }
        // Its digits were given when the device was asked.
        "passkey" => by_passkey::make(site, session, sent),
        "remove" => {
            check_digits(site, address, &session.member, sent)?;
            let (kind, id) = match sent.text("way").split_once(' ') {
                Some(("account", id)) => (Kind::Account, id),
                Some(("passkey", id)) => (Kind::Passkey, id),
                _ => return Err(Problem::Unreadable("unknown-form")),
            };
            let id = id.parse().map_err(|_| Problem::Unreadable("unknown-form"))?;
            site.access.remove_way(kind, &session.member, id)?;
            Ok(Redirect::to("/members/me/sign-in").into_response())
        }
        _ => Err(Problem::Unreadable("unknown-form")),
    })
    .await
}
