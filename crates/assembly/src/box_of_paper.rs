//! A box of yes-or-no papers: what tellers found in it, against the roll of those who were marked as having voted.

use crate::electorate::Electorate;
use crate::ids::{AssemblyId, Blob, Hash, MemberId};
use crate::majority::Tally;
use crate::refusal::Refusal;
use crate::state::Federation;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A counted box of yes-or-no papers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PaperCount {
    /// For, against; abstentions.
    pub found: Tally,
    pub spoiled: u64,
    pub voted: u64,
    /// What of it came out of an encrypted box.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened: Option<Tally>,
    /// Who voted: identifiers, one a line; an attachment of its own.
    pub marked_roll: Hash,
}

/// Reads a marked roll: each entitled, each once.
///
/// # Errors
/// Names the first who is not entitled or is marked twice.
pub fn read_marked(
    federation: &Federation,
    electorate: &Electorate,
    body: &AssemblyId,
    roll: &Blob,
) -> Result<u64, Refusal> {
    let text = std::str::from_utf8(&roll.0).map_err(|problem| Refusal::Unreadable {
        what: "marked roll".into(),
        problem: format!("{problem}; write it as UTF-8, one identifier a line"),
    })?;
    let mut marked = BTreeSet::new();
    for line in text.lines() {
        let member = MemberId::from(line);
        if !electorate.has(federation, &member) {
            return Err(Refusal::NotEntitled { body: body.clone(), member });
        }
        if !marked.insert(line) {
            return Err(Refusal::AlreadyVoted { member });
        }
    }
    Ok(marked.len() as u64)
}

/// Sets a box of yes-or-no papers against its marked roll.
///
/// # Errors
/// Refused where the papers are more or fewer than those marked.
pub fn check_marked(
    federation: &Federation,
    electorate: &Electorate,
    body: &AssemblyId,
    found: &Tally,
    spoiled: u64,
    roll: &Blob,
) -> Result<PaperCount, Refusal> {
    if found.counts.len() != 2 {
        return Err(Refusal::WrongNumberOfCounts { given: found.counts.len(), choices: 2 });
    }
    let voted = read_marked(federation, electorate, body, roll)?;
    let papers = found.total().and_then(|papers| papers.checked_add(spoiled));
    if papers != Some(voted) {
        return Err(Refusal::BoxDisagreesWithRoll { ballots: papers.unwrap_or(u64::MAX), marked: voted });
    }
    Ok(PaperCount { found: found.clone(), spoiled, voted, opened: None, marked_roll: roll.hash() })
}

impl PaperCount {
    /// Adds what came out of an encrypted box. None where the votes are too many for the machine.
    pub(crate) fn with_opened(mut self, opened: &Tally) -> Option<Self> {
        self.found = self.found.plus(opened)?;
        self.voted = self.voted.checked_add(opened.total()?)?;
        self.opened = Some(opened.clone());
        Some(self)
    }

    /// The votes on paper alone.
    pub(crate) fn on_paper(&self) -> Option<Tally> {
        self.opened.as_ref().map_or_else(|| Some(self.found.clone()), |opened| self.found.minus(opened))
    }
}

/// Refuses a count from which a named observer was kept out.
///
/// # Errors
/// Names the first who was not let in.
pub fn all_admitted(observers: &BTreeSet<MemberId>, admitted: &[MemberId]) -> Result<(), Refusal> {
    match observers.iter().find(|observer| !admitted.contains(observer)) {
        Some(observer) => Err(Refusal::ObserverKeptOut { observer: observer.clone() }),
        None => Ok(()),
    }
}
