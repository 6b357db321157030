//! Who may vote in one vote, frozen when it is called [members.cut-off].
//!
//! A general assembly's electorate is the roll as it stood at the cut-off, so that somebody who moves afterwards
//! votes once, where they were. An assembly of delegates is frozen as it sits.

use crate::ids::{AssemblyId, MemberId};
use crate::refusal::Refusal;
use crate::roll::rights_of;
use crate::state::Federation;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// The frozen electorate of one vote.
#[derive(Debug, Clone, PartialEq)]
pub enum Electorate {
    /// The members of a workplace as the roll stood at the cut-off.
    Members { workplace: u32, cut_off: Timestamp },
    /// The delegates who sat when the vote was called.
    Delegates(BTreeSet<MemberId>),
}

impl Electorate {
    /// Freezes the electorate of an assembly for a vote that is called at `called_at`.
    ///
    /// # Errors
    /// Refused where there is no such assembly.
    pub fn freeze(federation: &Federation, body: &AssemblyId, called_at: Timestamp) -> Result<Self, Refusal> {
        let assembly = federation.assembly(body)?;
        match assembly.workplaces.first() {
            Some(&workplace) if assembly.electors.is_empty() => {
                Ok(Self::of_workplace(federation, workplace, called_at))
            }
            _ => Ok(Self::Delegates(assembly.seated(called_at).map(|seat| seat.member.clone()).collect())),
        }
    }

    /// The members of a workplace for a vote that is called at `called_at`.
    pub fn of_workplace(federation: &Federation, workplace: u32, called_at: Timestamp) -> Self {
        // Before the founding there was no roll: the founding roll stands for any earlier moment.
        let cut_off = federation.charter.members.cut_off.before(called_at).max(federation.founded_at);
        Self::Members { workplace, cut_off }
    }

    /// Whether nobody belongs to it.
    pub fn is_empty(&self, federation: &Federation) -> bool {
        match self {
            Self::Delegates(delegates) => delegates.is_empty(),
            Self::Members { workplace, cut_off } => {
                let members = &federation.charter.members;
                let votes = |standing| rights_of(members, standing).vote;
                federation.roll.voters_at(*workplace, *cut_off, votes).next().is_none()
            }
        }
    }

    /// Whether a member belongs to it.
    pub fn has(&self, federation: &Federation, member: &MemberId) -> bool {
        match self {
            Self::Delegates(delegates) => delegates.contains(member),
            Self::Members { workplace, cut_off } => {
                let Some((index, _)) = federation.roll.member(member) else { return false };
                let (place, standing) = federation.roll.at(index, *cut_off);
                place == Some(*workplace) && rights_of(&federation.charter.members, standing).vote
            }
        }
    }

    /// How many belong to it.
    pub fn size(&self, federation: &Federation) -> u64 {
        match self {
            Self::Delegates(delegates) => delegates.len() as u64,
            Self::Members { workplace, cut_off } => {
                let members = &federation.charter.members;
                let votes = |standing| rights_of(members, standing).vote;
                federation.roll.voters_at(*workplace, *cut_off, votes).count() as u64
            }
        }
    }
}
