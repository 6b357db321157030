//! A simulated year: the clock, the people, and what they say at the desk.

use crate::desk::{Desk, DeskError};
use crate::dice::Dice;
use jiff::{SignedDuration, Timestamp};
use mandate_assembly::duty::{Holders, holders};
use mandate_assembly::ids::{AssemblyId, MemberId, MotionId};
use mandate_assembly::{Action, Command, Federation, Refusal};
use mandate_charter::Duty;
use serde::Serialize;

/// What came of a stage of the year.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stage {
    /// One word of the year: found, elect, propose …
    pub stage: &'static str,
    /// A few lines that say what happened.
    pub lines: Vec<String>,
    /// The same as figures.
    pub figures: serde_json::Value,
}

/// Looks on while the year runs.
pub trait Watch {
    /// A stage begins, of so many steps.
    fn begin(&mut self, stage: &'static str, steps: u64);
    /// So many steps of it are done.
    fn advance(&mut self, steps: u64);
    /// The stage is over.
    fn end(&mut self, stage: &Stage);
}

/// Nobody looks on.
pub struct Unwatched;

impl Watch for Unwatched {
    fn begin(&mut self, _: &'static str, _: u64) {}
    fn advance(&mut self, _: u64) {}
    fn end(&mut self, _: &Stage) {}
}

/// Why a year could not be run to its end.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// The core refused what the example does.
    #[error("the example's command was refused: {refusal}\n  at {at}, by {by}: {action}")]
    Refused { refusal: Box<Refusal>, at: Timestamp, by: MemberId, action: String },
    /// Whatever keeps the record failed.
    #[error("{0}")]
    Fault(String),
    /// The example itself is not whole.
    #[error("the example cannot be run: {0}")]
    Example(String),
    /// No plan was found for a variant.
    #[error("variant {title:?}: {problem}")]
    Unsolved { title: String, problem: String },
}

/// A year under way.
pub struct Year<'a> {
    desk: &'a mut dyn Desk,
    /// Chance.
    pub dice: Dice,
    /// Now.
    pub now: Timestamp,
    /// Who looks on.
    pub watch: &'a mut dyn Watch,
    /// Refusals that the example shows on purpose.
    pub shown: Vec<Refusal>,
    /// Motions from workplaces that reached the congress, with their place in the example.
    pub policies: Vec<(MotionId, usize)>,
}

impl<'a> Year<'a> {
    /// A year that begins now.
    pub fn new(desk: &'a mut dyn Desk, seed: u64, now: Timestamp, watch: &'a mut dyn Watch) -> Self {
        Self { desk, dice: Dice::new(seed), now, watch, shown: Vec::new(), policies: Vec::new() }
    }

    /// Lets days pass.
    pub fn pass_days(&mut self, days: i64) {
        self.now = self.now.saturating_add(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MAX);
    }

    /// Hands in a command that must be accepted.
    ///
    /// # Errors
    /// Where it is refused, or the record fails.
    pub fn say(&mut self, by: &MemberId, action: Action) -> Result<(), LabError> {
        let shown = shortened(&action);
        match self.try_to_say(by, action)? {
            Ok(()) => Ok(()),
            Err(refusal) => Err(LabError::Refused {
                refusal: Box::new(refusal),
                at: self.now,
                by: by.clone(),
                action: shown,
            }),
        }
    }

    /// Hands in a command that may be refused.
    ///
    /// # Errors
    /// Only where the record fails.
    pub fn try_to_say(&mut self, by: &MemberId, action: Action) -> Result<Result<(), Refusal>, LabError> {
        match self.desk.submit(Command { at: self.now, by: by.clone(), action }) {
            Ok(()) => Ok(Ok(())),
            Err(DeskError::Refused(refusal)) => Ok(Err(refusal)),
            Err(DeskError::Fault(fault)) => Err(LabError::Fault(fault)),
        }
    }

    /// Hands in a command that must be refused, and remembers how.
    ///
    /// # Errors
    /// Where it is accepted: the example shows that it cannot be.
    pub fn must_be_refused(&mut self, by: &MemberId, action: Action) -> Result<Refusal, LabError> {
        let shown = shortened(&action);
        match self.try_to_say(by, action)? {
            Err(refusal) => {
                self.shown.push(refusal.clone());
                Ok(refusal)
            }
            Ok(()) => Err(LabError::Example(format!("{shown} should have been refused and was not"))),
        }
    }

    /// The federation now.
    ///
    /// # Errors
    /// Before it is founded, or where the record fails.
    pub fn federation(&mut self) -> Result<&Federation, LabError> {
        let state = self.desk.state().map_err(|error| LabError::Fault(error.to_string()))?;
        state.federation.as_deref().ok_or_else(|| LabError::Example("nothing is founded yet".into()))
    }

    /// How many entries the record has.
    ///
    /// # Errors
    /// Where the record fails.
    pub fn entries(&mut self) -> Result<u64, LabError> {
        Ok(self.desk.state().map_err(|error| LabError::Fault(error.to_string()))?.entries)
    }

    /// Somebody who holds a duty for an assembly now.
    ///
    /// # Errors
    /// Where nobody does.
    pub fn officer(&mut self, duty: Duty, assembly: &AssemblyId) -> Result<MemberId, LabError> {
        let now = self.now;
        let federation = self.federation()?;
        let found = match holders(federation, duty, assembly, now) {
            Holders::Of(_, members) => members.into_iter().next(),
            Holders::Commission => federation.commission.first().cloned(),
            Holders::Anybody => sitting(federation, assembly, now).into_iter().next(),
        };
        found.ok_or_else(|| LabError::Example(format!("nobody can act for {assembly}")))
    }
}

/// Everybody who sits in an assembly and may vote there: members of a workplace, or delegates.
pub fn sitting(federation: &Federation, assembly: &AssemblyId, at: Timestamp) -> Vec<MemberId> {
    let Some(body) = federation.assemblies.get(assembly) else { return Vec::new() };
    match body.workplaces.first() {
        Some(&workplace) if body.electors.is_empty() => {
            let cut_off = federation.charter.members.cut_off.before(at).max(federation.founded_at);
            let members = &federation.charter.members;
            let votes = |standing| mandate_assembly::roll::rights_of(members, standing).vote;
            let voters = federation.roll.voters_at(workplace, cut_off, votes);
            let mut voters: Vec<u32> = voters.collect();
            voters.sort_unstable();
            voters.into_iter().filter_map(|index| federation.roll.member_id(index).cloned()).collect()
        }
        _ => body.seated(at).map(|seat| seat.member.clone()).collect(),
    }
}

/// A command's beginning, for messages: a roll of members is no reading.
fn shortened(action: &Action) -> String {
    let mut text = format!("{action:?}");
    if let Some((end, _)) = text.char_indices().nth(400) {
        text.truncate(end);
        text.push('…');
    }
    text
}
