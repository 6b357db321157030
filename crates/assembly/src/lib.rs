//! The deterministic core of a federation of assemblies.
//!
//! [`decide`] answers a [`Command`] with events or a named [`Refusal`]; [`apply`] makes the next [`State`] of an
//! entry. Both are pure: no clock, no randomness, no input or output but attachments by their hash, no floating
//! point. Time and seeds arrive inside the command. The same record gives the same state on every machine.
//!
//! One file holds one noun of the federation: what may be asked about it (`Action`), what can happen to it
//! (`Happened`), the guards between them in the order in which they are looked at, and how it changes.

#![allow(missing_docs)] // Fields of commands and events are named by the words of the field; each variant has its sentence where the word does not say it.

pub mod amending;
pub mod assembly;
pub mod audit;
pub mod ballot;
pub mod box_of_paper;
pub mod circular;
pub mod command;
pub mod decision;
pub mod duty;
pub mod election;
pub mod electorate;
pub mod event;
pub mod founding;
pub mod governing;
pub mod ids;
pub mod instruction;
pub mod majority;
pub mod meeting;
pub mod membership;
pub mod motion;
pub mod organ;
pub mod plan;
pub mod recall;
pub mod referendum;
pub mod refusal;
pub mod retention;
pub mod roll;
#[cfg(feature = "schema")]
mod schema;
pub mod secret;
pub mod state;
pub mod structure;
pub mod theses;
pub mod vacancy;
pub mod vote;

pub use command::{Action, Command};
pub use decision::{Context, Decided, Decision, Files, Misfit};
pub use event::{Entry, Event};
pub use refusal::Refusal;
pub use state::{Federation, State};

/// Decides on a command.
///
/// # Errors
/// Every refusal names the charter's article and says what would be needed.
pub fn decide(state: &State, command: &Command, files: &dyn Files) -> Decided {
    if let Some(last) = state.last_at.filter(|last| command.at < *last) {
        return Err(Refusal::TimeRunsBackward { at: command.at, last });
    }
    let context = Context { at: command.at, by: &command.by, files };
    if let Action::Founding(action) = &command.action {
        return founding::decide(state, &context, action);
    }
    let federation = state.federation()?;
    match &command.action {
        Action::Founding(_) => Err(Refusal::AlreadyFounded {}),
        Action::Membership(action) => membership::decide(federation, &context, action),
        Action::Assembly(action) => assembly::decide(federation, &context, action),
        Action::Election(action) => election::decide(federation, &context, action),
        Action::Ballot(action) => ballot::decide(federation, &context, action),
        Action::Vacancy(action) => vacancy::decide(federation, &context, action),
        Action::Organ(action) => organ::decide(federation, &context, action),
        Action::Meeting(action) => meeting::decide(federation, &context, action),
        Action::Motion(action) => motion::decide(federation, &context, action),
        Action::Vote(action) => vote::decide(federation, &context, action),
        Action::Theses(action) => theses::decide(federation, &context, action),
        Action::Circular(action) => circular::decide(federation, &context, action),
        Action::Recall(action) => recall::decide(federation, &context, action),
        Action::Referendum(action) => referendum::decide(federation, &context, action),
        Action::Plan(action) => plan::decide(federation, &context, action),
        Action::Retention(action) => retention::decide(federation, &context, action),
        Action::Secret(action) => secret::decide(federation, &context, action),
    }
}

/// Applies one entry of the record.
///
/// # Errors
/// Where the entry does not fit the state before it: the record was not written by these rules, or was altered.
/// The state is then of no further use.
pub fn apply(state: &mut State, entry: &Entry, files: &dyn Files) -> Result<(), Misfit> {
    if entry.v > event::VERSION {
        return Err(Misfit::because(format!(
            "it is of version {}, and this program reads up to version {}; use a newer program",
            entry.v,
            event::VERSION
        )));
    }
    let at = entry.at;
    if state.last_at.is_some_and(|last| at < last) {
        return Err(Misfit::because("it is dated before the entry before it"));
    }
    match &entry.event {
        Event::Founding(event) => {
            if state.federation.is_some() {
                return Err(Misfit::because("the federation is founded already"));
            }
            founding::apply(state, at, event, files)?;
        }
        event => {
            let federation = state.federation.as_deref_mut();
            let federation =
                federation.ok_or_else(|| Misfit::because("no federation is founded before it"))?;
            apply_to(federation, at, event, files)?;
        }
    }
    if let Some(federation) = state.federation.as_deref_mut() {
        for (hash, what) in entry.event.attachments() {
            retention::keep(federation, hash, what, at);
        }
    }
    state.entries += 1;
    state.last_at = Some(at);
    Ok(())
}

fn apply_to(
    federation: &mut Federation,
    at: jiff::Timestamp,
    event: &Event,
    files: &dyn Files,
) -> Result<(), Misfit> {
    match event {
        Event::Founding(_) => Err(Misfit::because("the federation is founded already")),
        Event::Membership(event) => membership::apply(federation, at, event),
        Event::Assembly(event) => assembly::apply(federation, at, event),
        Event::Election(event) => election::apply(federation, at, event),
        Event::Ballot(event) => ballot::apply(federation, at, event),
        Event::Vacancy(event) => vacancy::apply(federation, at, event),
        Event::Organ(event) => organ::apply(federation, at, event),
        Event::Meeting(event) => meeting::apply(federation, at, event),
        Event::Motion(event) => motion::apply(federation, at, event),
        Event::Vote(event) => vote::apply(federation, at, event),
        Event::Theses(event) => theses::apply(federation, at, event),
        Event::Circular(event) => circular::apply(federation, at, event),
        Event::Recall(event) => recall::apply(federation, at, event),
        Event::Referendum(event) => referendum::apply(federation, at, event),
        Event::Charter(event) => {
            let amending::Happened::Amended { text, .. } = event;
            let file = files.get(text).ok_or_else(|| Misfit::no("attachment", text))?;
            amending::apply(federation, at, event, &file)
        }
        Event::Plan(event) => plan::apply(federation, at, event, files),
        Event::Retention(event) => retention::apply(federation, at, event),
        Event::Secret(event) => secret::apply(federation, event),
    }
}
