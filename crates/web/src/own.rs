//! What is done beside the record, by whoever is signed in with a browser: tokens for programs, the second factor, the
//! floor of a meeting.

use crate::acting::Sent;
use crate::follower::Kept;
use crate::pages;
use crate::problem::Problem;
use crate::sign_in::{self, Session};
use crate::site::{Asked, Site, client, form_of, on_a_thread, refuse};
use crate::speakers::{LONGEST_MINUTES, Unchanged};
use crate::token::{KINDS, LONGEST_DAYS, Rights};
use crate::view::View;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use mandate_assembly::ids::{MeetingId, MemberId};
use mandate_assembly::{Context, duty};
use mandate_charter::Duty;
use std::net::SocketAddr;
use std::sync::Arc;

/// Acts on what is a member's own on this site, signed in by a browser: a token makes no tokens.
async fn own(
    site: Arc<Site>,
    request: Request<Body>,
    act: impl FnOnce(&Site, &Asked, &Session, &Sent) -> Result<Response, Problem> + Send + 'static,
) -> Response {
    let mut asked = Asked::read(request.uri(), request.headers(), None);
    let session = match sign_in::of_cookie(&site, request.headers()) {
        Ok(Some(session)) => session,
        Ok(None) => return refuse(site, asked, Problem::SignedOut).await,
        Err(problem) => return refuse(site, asked, problem).await,
    };
    asked.session = Some(session.clone());
    let sent = form_of(request).await;
    on_a_thread(move || {
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
    own(site, request, |site, asked, session, sent| {
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
    own(site, request, move |site, _, session, sent| {
        let id = MeetingId(meeting);
        let at = site.clock.now().max(site.last_at());
        let (chairs, sits) = {
            let followed = site.follower.read();
            let federation = View::federation_of(&followed)?;
            let meeting = federation.meeting(id)?;
            if meeting.opened.is_none() || meeting.closed.is_some() {
                return Err(Problem::Unreadable("floor-closed"));
            }
            let files = Kept(site.follower.path());
            let context = Context { at, by: &session.member, files: &files };
            let chairs = meeting.petitioners.contains(&session.member)
                || duty::require(federation, &context, Duty::Chair, &meeting.assembly).is_ok();
            let who: MemberId = if sent.text("member").is_empty() {
                session.member.clone()
            } else {
                sent.text("member").trim().into()
            };
            (chairs, meeting.acts_for(&who).is_some())
        };
        let named = sent.text("member").trim();
        let who = if named.is_empty() || !chairs { session.member.clone() } else { named.into() };
        let unchanged =
            |outcome: Result<(), Unchanged>| outcome.map_err(|_| Problem::Unreadable("floor-unchanged"));
        match sent.text("do") {
            "ask" if !sits => return Err(Problem::Unreadable("floor-not-here")),
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
    own(site, request, move |site, asked, session, sent| {
        let member = &session.member;
        if sent.text("do") == "begin" {
            return Ok(match site.access.begin_second(member)? {
                Some(secret) => site.show(asked, &|view| Ok(pages::second_factor::made(view, &secret))),
                None => Redirect::to("/members/me/second-factor").into_response(),
            });
        }
        if let Some(seconds) = site.attempts.wait(address) {
            return Err(Problem::TooMany(seconds));
        }
        if !site.access.take_second(member, sent.text("second"), jiff::Timestamp::now())? {
            site.attempts.failed(address);
            return Err(Problem::Unreadable("second-wanted"));
        }
        if sent.text("do") == "end" {
            site.access.end_second(member)?;
        }
        Ok(Redirect::to("/members/me/second-factor").into_response())
    })
    .await
}
