//! The floor of a meeting: who speaks and until when, who comes next, and the forms of the chair and of delegates.

use crate::page::section;
use crate::problem::Problem;
use crate::speakers::{Floor, LONGEST_MINUTES};
use crate::view::View;
use mandate_assembly::ids::MeetingId;
use mandate_assembly::meeting::Meeting;
use mandate_assembly::{Context, duty};
use mandate_charter::Duty;
use maud::{Markup, html};

/// Whether the reader chairs a meeting: by duty, or as one of those who convened it by petition.
pub fn chairs(view: &View<'_>, meeting: &Meeting) -> bool {
    let Some(member) = view.member else { return false };
    let context = Context { at: view.now.max(view.as_of), by: member, files: &view.files };
    meeting.petitioners.contains(member)
        || duty::require(view.federation, &context, Duty::Chair, &meeting.assembly).is_ok()
}

/// The list on the desk.
///
/// # Errors
/// A fault of the machine.
pub fn desk(view: &View<'_>, id: MeetingId, meeting: &Meeting) -> Result<Markup, Problem> {
    let words = view.words;
    let floor = view.access.floor(id)?;
    let chairs = chairs(view, meeting);
    Ok(section(
        &words.say("speakers"),
        html! {
            div data-live="floor" {
                (speaking(view, &floor))
                (waiting(view, &floor))
                @if chairs && floor.speaks.is_some() {
                    (form(view, id, "end", html! {}, &words.say("speech-end")))
                }
            }
            @if chairs {
                (form(view, id, "next", html! {
                    label for="speech-minutes" { (words.say("speech-minutes")) }
                    input id="speech-minutes" name="minutes" type="number" min="1" max=(LONGEST_MINUTES) value="3" required inputmode="numeric";
                }, &words.say("speech-next")))
                (form(view, id, "ask", html! {
                    label for="speaker" { (words.say("speaker-add")) }
                    input id="speaker" name="member" type="text" required autocomplete="off" maxlength="64";
                }, &words.say("speaker-note")))
            }
        },
    ))
}

/// What a delegate sees of the floor, and the form to ask for it.
///
/// # Errors
/// A fault of the machine.
pub fn for_delegate(view: &View<'_>, id: MeetingId, meeting: &Meeting) -> Result<Markup, Problem> {
    let words = view.words;
    let Some(me) = view.member.filter(|_| meeting.opened.is_some() && meeting.closed.is_none()) else {
        return Ok(html! {});
    };
    let floor = view.access.floor(id)?;
    let waits = floor.waiting.iter().any(|waiting| waiting.member == *me);
    Ok(html! {
        div data-live="floor" {
            (speaking(view, &floor))
            @if meeting.acts_for(me).is_some() {
                (waiting(view, &floor))
                @match waits {
                    true => { (form(view, id, "withdraw", html! {}, &words.say("speech-withdraw"))) }
                    false => { (form(view, id, "ask", html! {}, &words.say("speech-ask"))) }
                }
            }
        }
    })
}

/// Who speaks, for the screen.
///
/// # Errors
/// A fault of the machine.
pub fn screen(view: &View<'_>, id: MeetingId) -> Result<Option<Markup>, Problem> {
    let words = view.words;
    let floor = view.access.floor(id)?;
    Ok(floor.speaks.map(|(member, until)| {
        html! {
            p.says { (words.say("speaks")) }
            p.asks { bdi { (view.names.member(&member)) } }
            p.figure data-until=(until.to_string()) { (view.clock(until)) }
        }
    }))
}

fn speaking(view: &View<'_>, floor: &Floor) -> Markup {
    let words = view.words;
    html! {
        @if let Some((member, until)) = &floor.speaks {
            p role="status" {
                b { bdi { (view.names.member(member)) } } " " (words.say("speaks-until")) " "
                span data-until=(until.to_string()) { (view.clock(*until)) }
            }
        }
    }
}

fn waiting(view: &View<'_>, floor: &Floor) -> Markup {
    let words = view.words;
    html! {
        @if floor.waiting.is_empty() { p { (words.say("nobody-waits")) } }
        @else {
            ol.waiting {
                @for waiting in &floor.waiting {
                    li { bdi { (view.names.member(&waiting.member)) }
                        @if waiting.before > 0 { " " span.none { (words.say_with("spoke-before", &[("count", waiting.before.into())])) } } }
                }
            }
        }
    }
}

fn form(view: &View<'_>, id: MeetingId, does: &str, fields: Markup, button: &str) -> Markup {
    html! {
        form.do method="post" action={ "/meetings/" (id) "/floor" } {
            input type="hidden" name="do" value=(does);
            input type="hidden" name="token" value=(view.form_token.as_deref().unwrap_or_default());
            input type="hidden" name="back" value=(view.path);
            (fields)
            button.act { (button) }
        }
    }
}
