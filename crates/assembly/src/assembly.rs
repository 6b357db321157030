//! Assemblies and their delegates: terms, seats, and what each delegate carries.

use crate::decision::{Context, Decided, Misfit};
use crate::duty;
use crate::event::Event;
use crate::ids::{AssemblyId, ElectionId, MemberId};
use crate::refusal::Refusal;
use crate::state::Federation;
use jiff::Timestamp;
use mandate_charter::Duty;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// One assembly: a group of the workplace roll.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Assembly {
    /// Index of its level in the charter.
    pub level: usize,
    /// Indices of its workplaces on the roll.
    pub workplaces: Vec<u32>,
    /// The assemblies that elect it; none for a general assembly of members.
    pub electors: Vec<AssemblyId>,
    /// The chain that each elector belongs to: index in the level's `elected-by`.
    pub chains: Vec<usize>,
    /// The assemblies that it elects.
    pub elects: Vec<AssemblyId>,
    /// Number of the term that seats were last apportioned for.
    pub term: u32,
    /// When the running term ends.
    pub term_until: Option<Timestamp>,
    /// Seats of each elector in term `term`.
    pub apportioned: BTreeMap<AssemblyId, u32>,
    /// Everyone who was ever a delegate, in the order of taking the seat.
    pub delegates: Vec<Delegate>,
    /// Signatures for a meeting without any officer [level.meeting.petition].
    pub petition: BTreeSet<MemberId>,
    /// Set when its last workplace is gone.
    pub dissolved: Option<Timestamp>,
    /// When the charter and the roll last made it.
    pub renewed: Timestamp,
}

/// One person's time in one seat.
#[derive(Debug, Clone, PartialEq)]
pub struct Delegate {
    pub member: MemberId,
    pub elector: AssemblyId,
    pub election: ElectionId,
    pub term: u32,
    /// Terms in a row with this one.
    pub terms_in_row: u32,
    pub since: Timestamp,
    pub until: Timestamp,
    /// Members that this delegate carries in a card vote.
    pub carries: u64,
    /// Whom they followed as a substitute.
    pub follows: Option<MemberId>,
    /// Set when the seat was left before the term's end.
    pub ended: Option<(Timestamp, Leaving)>,
    /// Whether somebody took the seat after it was left.
    pub replaced: bool,
}

/// Why a seat or post fell vacant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Leaving {
    /// The holder gave it back.
    Resigned,
    /// The electing body ended it.
    Recalled,
    /// The holder left the federation or the workplace.
    Left,
    /// The holder's workplace closed [level.on-closing].
    Closed,
    /// The seat below, from which this one follows, was lost.
    Unseated,
    /// The step of the organ's transition has no such post.
    Transition,
}

impl Delegate {
    /// Whether the seat is held at a moment.
    pub fn sits(&self, at: Timestamp) -> bool {
        self.since <= at && at < self.ends()
    }

    /// When the seat is left, or was.
    pub fn ends(&self) -> Timestamp {
        self.ended.map_or(self.until, |(at, _)| at)
    }
}

impl Assembly {
    /// Those who hold a seat at a moment.
    pub fn seated(&self, at: Timestamp) -> impl Iterator<Item = &Delegate> {
        self.delegates.iter().filter(move |seat| seat.sits(at))
    }

    /// The seat of a member at a moment.
    pub fn delegate(&self, member: &MemberId, at: Timestamp) -> Option<&Delegate> {
        self.delegates.iter().rev().find(|seat| seat.member == *member && seat.sits(at))
    }

    /// Seats of an elector that nobody holds at a moment, of those apportioned for the running term.
    pub fn vacant(&self, elector: &AssemblyId, at: Timestamp) -> u32 {
        let apportioned = self.apportioned.get(elector).copied().unwrap_or(0);
        let held = self.seated(at).filter(|seat| seat.elector == *elector && seat.term == self.term).count();
        apportioned.saturating_sub(u32::try_from(held).unwrap_or(u32::MAX))
    }

    /// When somebody who takes a seat of a term now begins to sit: at once where the term runs, else when the term
    /// before it ends.
    pub fn term_start(&self, term: u32, at: Timestamp) -> Timestamp {
        let of_term = self.delegates.iter().filter(|seat| seat.term == term).map(|seat| seat.since);
        let begins = of_term.min().or(self.term_until.filter(|_| term == self.term));
        begins.map_or(at, |begins| begins.max(at))
    }

    /// When the seats of a term end, where one has been taken.
    pub fn term_end(&self, term: u32) -> Option<Timestamp> {
        self.delegates.iter().find(|seat| seat.term == term).map(|seat| seat.until)
    }

    /// Terms in a row that a member would have served with one more in `term`.
    pub fn terms_in_row(&self, member: &MemberId, term: u32) -> u32 {
        let earlier = self.delegates.iter().filter(|seat| seat.member == *member && seat.term <= term);
        match earlier.max_by_key(|seat| seat.term) {
            Some(last) if last.term == term => last.terms_in_row,
            Some(last) if last.term + 1 == term => last.terms_in_row + 1,
            _ => 1,
        }
    }
}

/// What may be asked of an assembly's seats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Apportions the seats of the next term from the roll as it stands.
    OpenTerm { assembly: AssemblyId },
}

/// What happened to an assembly's seats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Happened {
    /// Seats were apportioned for a term.
    TermOpened { assembly: AssemblyId, term: u32, seats: BTreeMap<AssemblyId, u32> },
    /// A delegate left a seat before the term's end.
    SeatVacated { assembly: AssemblyId, member: MemberId, why: Leaving },
}

pub(crate) fn decide(federation: &Federation, context: &Context<'_>, action: &Action) -> Decided {
    let Action::OpenTerm { assembly: id } = action;
    let assembly = federation.assembly(id)?;
    let level = federation.level_of(id)?;
    duty::require(federation, context, Duty::Convene, id)?;
    let Some(article) = &level.election else {
        return Err(Refusal::FormedByMembers { assembly: id.clone() });
    };
    let begun = assembly.delegates.iter().any(|seat| seat.term == assembly.term);
    if assembly.term > 0 && !begun {
        return Err(Refusal::TermAlreadyOpen { assembly: id.clone(), term: assembly.term });
    }
    if let Some(until) = assembly.term_until {
        let earliest = article.period.before(article.period.before(until));
        if context.at < earliest {
            return Err(Refusal::TermStillRuns { assembly: id.clone(), until, earliest });
        }
    }
    let seats = apportion(federation, id)?;
    Ok(Event::Assembly(Happened::TermOpened { assembly: id.clone(), term: assembly.term + 1, seats }).into())
}

/// Seats of each electing assembly as the roll stands now [level.seats].
///
/// # Errors
/// Refused where the assembly is formed by members, or where the roll has nobody to apportion for.
pub fn apportion(federation: &Federation, id: &AssemblyId) -> Result<BTreeMap<AssemblyId, u32>, Refusal> {
    let assembly = federation.assembly(id)?;
    let level = federation.level_of(id)?;
    // Where assemblies between were skipped, an elector stands for the level of its chain.
    let bodies = assembly.electors.iter().zip(&assembly.chains);
    let electors: Vec<mandate_charter::Elector<'_>> = bodies
        .filter_map(|(elector, chain)| {
            let members = members_under(federation, elector);
            level.elected_by.get(*chain).map(|level| mandate_charter::Elector { level, members })
        })
        .collect();
    let seats = mandate_charter::apportion(level, &electors)
        .map_err(|problem| Refusal::CannotApportion { assembly: id.clone(), problem: problem.to_string() })?;
    let mut by_elector = BTreeMap::new();
    for (elector, seats) in assembly.electors.iter().zip(seats) {
        // One assembly may stand in both chains, where both skipped what lay between.
        *by_elector.entry(elector.clone()).or_default() += seats;
    }
    Ok(by_elector)
}

/// Members of an assembly's workplaces now.
pub fn members_under(federation: &Federation, id: &AssemblyId) -> u64 {
    federation.assemblies.get(id).map_or(0, |body| {
        body.workplaces.iter().map(|workplace| federation.roll.members_of(*workplace)).sum()
    })
}

/// The seats that a member loses with a seat in `from`: those to which that assembly elected them.
pub(crate) fn seats_that_follow(
    federation: &Federation,
    member: &MemberId,
    from: &AssemblyId,
    at: Timestamp,
) -> Vec<AssemblyId> {
    let mut lost = Vec::new();
    let mut below = vec![from.clone()];
    while let Some(lower) = below.pop() {
        for (id, assembly) in &federation.assemblies {
            let seat = assembly.delegate(member, at).filter(|seat| seat.elector == lower);
            if seat.is_some() && !lost.contains(id) {
                lost.push(id.clone());
                below.push(id.clone());
            }
        }
    }
    lost
}

/// Events that end every seat and post of a member who goes.
pub(crate) fn vacate_all(
    federation: &Federation,
    member: &MemberId,
    why: Leaving,
    at: Timestamp,
) -> Vec<Event> {
    // Seats to which they are elected and that begin later go too.
    let holds = |seat: &Delegate| seat.member == *member && at < seat.ends();
    let seats = federation.assemblies.iter().filter(|(_, assembly)| assembly.delegates.iter().any(holds));
    let seats = seats.map(|(id, _)| {
        Event::Assembly(Happened::SeatVacated { assembly: id.clone(), member: member.clone(), why })
    });
    let posts = federation.organs.iter().filter(|(_, organ)| organ.post(member, at).is_some());
    let posts = posts.map(|(id, _)| {
        let vacated = crate::organ::Happened::PostVacated { organ: id.clone(), member: member.clone(), why };
        Event::Organ(vacated)
    });
    seats.chain(posts).collect()
}

pub(crate) fn apply(federation: &mut Federation, at: Timestamp, event: &Happened) -> Result<(), Misfit> {
    match event {
        Happened::TermOpened { assembly, term, seats } => {
            let body = federation.assemblies.get_mut(assembly).ok_or(Misfit::no("assembly", assembly))?;
            if body.term.checked_add(1) != Some(*term) {
                return Err(Misfit::because(format!("it opens term {term} after term {}", body.term)));
            }
            body.term = *term;
            body.apportioned.clone_from(seats);
        }
        Happened::SeatVacated { assembly, member, why } => {
            let body = federation.assemblies.get_mut(assembly).ok_or(Misfit::no("assembly", assembly))?;
            let goes = matches!(why, Leaving::Left | Leaving::Closed);
            let ends =
                |seat: &&mut Delegate| seat.member == *member && (seat.sits(at) || goes && at < seat.ends());
            let mut left = 0;
            for seat in body.delegates.iter_mut().filter(ends) {
                seat.ended = Some((at, *why));
                left += 1;
            }
            if left == 0 {
                return Err(Misfit::no("delegate", member));
            }
        }
    }
    Ok(())
}
