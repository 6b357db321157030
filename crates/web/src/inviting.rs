//! What the forms of invitations ask for.

use crate::acting::Sent;
use crate::invitation::{Invitations, Narrowing, Operation};
use crate::pages::invitations as page;
use crate::problem::Problem;
use crate::session::Session;
use crate::site::{Asked, Site};
use axum::response::{IntoResponse, Redirect, Response};
use mandate_assembly::ids::AssemblyId;

/// Makes or revokes an invitation.
///
/// # Errors
/// It is not the sender's to make, or a fault of the machine.
pub fn make(site: &Site, asked: &Asked, session: &Session, sent: &Sent) -> Result<Response, Problem> {
    let assembly: AssemblyId = sent.text("assembly").into();
    let now = site.clock.now();
    if !site.reading(asked, |view| page::may_invite(view, &assembly))? {
        return Err(Problem::Unreadable("invitations-not-yours"));
    }
    let invitations = Invitations::of(&site.access)?;
    if sent.text("way") == "revoke" {
        let block = sent.text("block");
        // Only those of this assembly are the sender's to revoke.
        if !invitations.all()?.iter().any(|made| made.id == block && made.assembly == assembly) {
            return Err(Problem::NoSuch(block.to_owned()));
        }
        invitations.revoke(block, now)?;
        let mut query = form_urlencoded::Serializer::new(String::new());
        let back = format!("/invitations?{}", query.append_pair("assembly", assembly.as_str()).finish());
        return Ok(Redirect::to(&back).into_response());
    }
    let until = sent.moment("until", &site.zone)?;
    let text = invitations.make(&assembly, &session.member, sent.number("uses")?, until, now)?;
    Ok(site.show(asked, &|view| Ok(page::made(view, &text))))
}

/// Uses an invitation, or narrows it. Whoever holds it may.
///
/// # Errors
/// It is not good, and says why.
pub fn answer(site: &Site, asked: &Asked, sent: &Sent) -> Result<Response, Problem> {
    let text = sent.text("invitation");
    match sent.text("way") {
        "narrow" => {
            let narrowing = Narrowing {
                uses: optional(sent, "uses", |name| sent.number(name))?,
                until: optional(sent, "until", |name| sent.moment(name, &site.zone))?,
                meeting: optional(sent, "only", |name| sent.number(name))?,
                read_only: sent.text("read-only") == "yes",
            };
            Ok(site.show(asked, &|view| page::narrowed(view, text, &narrowing)))
        }
        way @ ("read" | "check-in") => {
            let operation = if way == "read" { Operation::Read } else { Operation::CheckIn };
            let meeting = sent.number("meeting")?;
            let name = sent.text("guest");
            // Shown once, so used once.
            Ok(site.show(asked, &|view| page::taken(view, text, meeting, operation, name)))
        }
        _ => Err(Problem::Unreadable("unknown-form")),
    }
}

/// A field that may be left empty.
fn optional<T>(
    sent: &Sent,
    name: &str,
    read: impl FnOnce(&str) -> Result<T, Problem>,
) -> Result<Option<T>, Problem> {
    match sent.text(name).trim() {
        "" => Ok(None),
        _ => read(name).map(Some),
    }
}
