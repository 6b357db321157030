//! The state of a federation: what follows from its record and from nothing else.

use crate::assembly::Assembly;
use crate::circular::Circular;
use crate::election::Election;
use crate::ids::*;
use crate::instruction::Mandate;
use crate::meeting::Meeting;
use crate::motion::Motion;
use crate::organ::Organ;
use crate::plan::Planning;
use crate::recall::Recall;
use crate::referendum::Referendum;
use crate::refusal::Refusal;
use crate::retention::Kept;
use crate::roll::{Roll, rights_of};
use crate::secret::{SecretBallot, Subject};
use crate::theses::Platforms;
use crate::vote::Vote;
use jiff::Timestamp;
use mandate_charter::{Charter, Level, StandingRights};
use std::collections::{BTreeMap, BTreeSet};

/// What a record says, entry by entry, up to now. The default is the state before the founding.
#[derive(Debug, Default, PartialEq)]
pub struct State {
    /// How many entries were applied.
    pub entries: u64,
    /// The time of the last one.
    pub last_at: Option<Timestamp>,
    /// Everything else, once founded.
    pub federation: Option<Box<Federation>>,
}

impl State {
    /// The federation.
    ///
    /// # Errors
    /// Refused before the founding.
    pub fn federation(&self) -> Result<&Federation, Refusal> {
        self.federation.as_deref().ok_or(Refusal::NotFounded {})
    }
}

/// A founded federation.
#[derive(Debug, PartialEq)]
pub struct Federation {
    pub charter: Charter,
    /// The charter in force, by the hash of its text.
    pub charter_hash: Hash,
    pub founded_at: Timestamp,
    /// Who acts for organs that were never elected, until [founding.commission-term] ends.
    pub commission: BTreeSet<MemberId>,
    pub roll: Roll,
    pub assemblies: BTreeMap<AssemblyId, Assembly>,
    /// The general assembly of each workplace, by its index on the roll.
    pub homes: Vec<Option<AssemblyId>>,
    pub organs: BTreeMap<OrganId, Organ>,
    pub elections: Vec<Election>,
    /// Those that are not declared.
    pub running: BTreeSet<ElectionId>,
    pub meetings: Vec<Meeting>,
    pub votes: Vec<Vote>,
    pub motions: Vec<Motion>,
    pub platforms: Platforms,
    pub circulars: Vec<Circular>,
    pub recalls: Vec<Recall>,
    pub referenda: Vec<Referendum>,
    /// Secret ballots of elections and recalls.
    pub secret_ballots: BTreeMap<Subject, SecretBallot>,
    /// Imperative mandates in the order in which they were given.
    pub mandates: Vec<Mandate>,
    pub planning: Planning,
    /// Every attachment by hash, and since when it is kept.
    pub attachments: BTreeMap<Hash, Kept>,
}

impl Federation {
    /// An assembly.
    ///
    /// # Errors
    /// Refused where there is none of that name.
    pub fn assembly(&self, id: &AssemblyId) -> Result<&Assembly, Refusal> {
        self.assemblies.get(id).ok_or_else(|| Refusal::no_such("assembly", id))
    }

    /// The level of an assembly.
    ///
    /// # Errors
    /// Refused where there is no such assembly.
    pub fn level_of(&self, id: &AssemblyId) -> Result<&Level, Refusal> {
        let assembly = self.assembly(id)?;
        self.charter.levels.get(assembly.level).ok_or_else(|| Refusal::no_such("level any more of", id))
    }

    /// The only assembly of a level that groups by nothing, or the first of the level.
    pub fn first_of_level(&self, level: &str) -> Option<&AssemblyId> {
        let index = self.charter.levels.iter().position(|candidate| candidate.id == level)?;
        let mut bodies = self.assemblies.iter();
        bodies.find(|(_, body)| body.level == index && body.dissolved.is_none()).map(|(id, _)| id)
    }

    /// All assemblies of a level, by name.
    pub fn assemblies_of_level<'a>(
        &'a self,
        level: &'a str,
    ) -> impl Iterator<Item = (&'a AssemblyId, &'a Assembly)> + 'a {
        let index = self.charter.levels.iter().position(|candidate| candidate.id == level);
        self.assemblies.iter().filter(move |(_, body)| Some(body.level) == index && body.dissolved.is_none())
    }

    /// What the roll leaves a member to do now.
    ///
    /// # Errors
    /// Refused where they are not on it, or have left.
    pub fn standing_rights(&self, member: &MemberId) -> Result<StandingRights, Refusal> {
        let (_, line) = self.roll.member(member).ok_or_else(|| Refusal::not_on_the_roll(member))?;
        if line.workplace.is_none() {
            return Err(Refusal::not_on_the_roll(member));
        }
        Ok(rights_of(&self.charter.members, line.standing))
    }

    /// The workplace's general assembly of a member.
    ///
    /// # Errors
    /// Refused where the member is at no workplace.
    pub fn home_of(&self, member: &MemberId) -> Result<AssemblyId, Refusal> {
        let (_, line) = self.roll.member(member).ok_or_else(|| Refusal::not_on_the_roll(member))?;
        let home = line.workplace.and_then(|index| self.homes.get(index as usize)?.clone());
        home.ok_or_else(|| Refusal::not_on_the_roll(member))
    }

    /// The general assembly of a workplace.
    ///
    /// # Errors
    /// Refused where there is no such workplace.
    pub fn assembly_of_workplace(&self, id: &WorkplaceId) -> Result<&AssemblyId, Refusal> {
        let (index, _) = self.roll.workplace(id).ok_or_else(|| Refusal::no_such("workplace", id))?;
        let home = self.homes.get(index as usize).and_then(Option::as_ref);
        home.ok_or_else(|| Refusal::no_such("general assembly of workplace", id))
    }

    /// Who sits in an assembly at a moment: its delegates, or for a general assembly the members who may vote.
    pub fn sits_in(&self, assembly: &AssemblyId, member: &MemberId, at: Timestamp) -> bool {
        let Some(body) = self.assemblies.get(assembly) else { return false };
        if body.electors.is_empty() {
            let workplace = body.workplaces.first().copied();
            return self.roll.member(member).is_some_and(|(_, line)| {
                line.workplace.is_some()
                    && line.workplace == workplace
                    && rights_of(&self.charter.members, line.standing).vote
            });
        }
        body.delegate(member, at).is_some()
    }
}
