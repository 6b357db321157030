//! Retention: what entered the record stays, and only ballots and marked rolls may be erased, after the charter's
//! time [record.retention].

use crate::decision::{Context, Decided, Misfit};
use crate::duty;
use crate::event::Event;
use crate::ids::Hash;
use crate::refusal::Refusal;
use crate::state::Federation;
use jiff::Timestamp;
use mandate_charter::Duty;
use serde::{Deserialize, Serialize};

/// An attachment that the record holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    pub since: Timestamp,
    pub what: Attached,
    pub erased: Option<Timestamp>,
}

/// What an attachment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Attached {
    Charter,
    WorkplaceRoll,
    MemberRoll,
    Ballots,
    MarkedRoll,
    Circular,
    Minutes,
    Economy,
    Plan,
    Proposal,
}

/// What may be asked about retention.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Erases the bytes of an attachment; its hash stays.
    Erase { attachment: Hash },
}

/// What happened to what is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Happened {
    Erased { attachment: Hash },
}

pub(crate) fn decide(federation: &Federation, context: &Context<'_>, action: &Action) -> Decided {
    let Action::Erase { attachment } = action;
    let kept = federation.attachments.get(attachment).filter(|kept| kept.erased.is_none());
    let kept = kept.ok_or_else(|| Refusal::no_such("attachment", attachment))?;
    let top = federation.top().ok_or_else(|| Refusal::no_such("level", &"congress"))?;
    duty::require(federation, context, Duty::Roll, top)?;
    if !kept.what.may_go() {
        return Err(Refusal::NeverErased { what: kept.what });
    }
    let until = federation.charter.record.retention.after(kept.since);
    if context.at < until {
        return Err(Refusal::RetentionRuns { until });
    }
    Ok(Event::Retention(Happened::Erased { attachment: *attachment }).into())
}

impl Attached {
    /// Whether it may be erased after its time.
    fn may_go(self) -> bool {
        matches!(self, Self::Ballots | Self::MarkedRoll)
    }
}

/// Notes that an entry names an attachment. The same bytes may be two things at once: they stay while either must
/// stay, so that nobody can have a circular erased by entering its text as a marked roll.
pub(crate) fn keep(federation: &mut Federation, hash: Hash, what: Attached, at: Timestamp) {
    let fresh = Kept { since: at, what, erased: None };
    let kept = federation.attachments.entry(hash).or_insert(fresh);
    if kept.what.may_go() {
        *kept = fresh;
    }
    kept.erased = None;
}

pub(crate) fn apply(federation: &mut Federation, at: Timestamp, event: &Happened) -> Result<(), Misfit> {
    let Happened::Erased { attachment } = event;
    let kept = federation.attachments.get_mut(attachment).ok_or(Misfit::no("attachment", attachment))?;
    kept.erased = Some(at);
    Ok(())
}
