//! The rolls change: members join, leave, move, and their standing; workplaces open, close, merge (article `members`).
//!
//! Seats do not change with the roll during a term; the next term's do [level.seats].

use crate::assembly::{Leaving, vacate_all};
use crate::decision::{Context, Decided, Decision, Misfit};
use crate::duty;
use crate::event::Event;
use crate::ids::{AssemblyId, MemberId, WorkplaceId};
use crate::refusal::Refusal;
use crate::roll::{Kind, Member, Standing, Workplace};
use crate::state::Federation;
use crate::structure;
use compact_str::CompactString;
use jiff::Timestamp;
use mandate_charter::{Duty, OnClosing};
use serde::{Deserialize, Serialize};

/// What may be asked of the rolls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Puts a member on the roll of a workplace; comes back, if they had left.
    Join { member: MemberId, workplace: WorkplaceId, kind: Kind },
    /// Leaves the federation [right.exit].
    Leave {},
    /// Takes a member who has died, or an organisation that is dissolved, off the roll.
    TakeOff { member: MemberId },
    /// Moves a member to another workplace.
    Move { member: MemberId, to: WorkplaceId },
    /// Sets a member's standing.
    SetStanding { member: MemberId, standing: Standing },
    /// Opens a workplace.
    Open {
        workplace: WorkplaceId,
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        branch: CompactString,
        #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
        territories: Vec<CompactString>,
    },
    /// Closes a workplace; its members go to the successor where there is one.
    Close {
        workplace: WorkplaceId,
        #[serde(default)]
        successor: Option<WorkplaceId>,
    },
}

/// What happened to the rolls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Happened {
    Joined {
        member: MemberId,
        workplace: WorkplaceId,
        kind: Kind,
    },
    Left {
        member: MemberId,
    },
    Moved {
        member: MemberId,
        to: WorkplaceId,
    },
    StandingSet {
        member: MemberId,
        standing: Standing,
    },
    Opened {
        workplace: WorkplaceId,
        branch: CompactString,
        territories: Vec<CompactString>,
    },
    Closed {
        workplace: WorkplaceId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        successor: Option<WorkplaceId>,
    },
}

impl Federation {
    /// A workplace that is open, by its index.
    fn open_workplace(&self, id: &WorkplaceId) -> Result<u32, Refusal> {
        let (index, line) = self.roll.workplace(id).ok_or_else(|| Refusal::no_such("workplace", id))?;
        if line.closed.is_some() {
            return Err(Refusal::WorkplaceClosed { workplace: id.clone() });
        }
        Ok(index)
    }

    /// The assembly that no other is above: the congress.
    pub fn top(&self) -> Option<&AssemblyId> {
        self.assemblies
            .iter()
            .find(|(_, body)| body.elects.is_empty() && body.dissolved.is_none())
            .map(|(id, _)| id)
    }
}

pub(crate) fn decide(federation: &Federation, context: &Context<'_>, action: &Action) -> Decided {
    match action {
        Action::Join { member, workplace, kind } => {
            federation.open_workplace(workplace)?;
            keeps_roll(federation, context, workplace)?;
            check_id("member", member.as_str())?;
            if federation.roll.member(member).is_some_and(|(_, line)| line.workplace.is_some()) {
                return Err(Refusal::AlreadyOnTheRoll { member: member.clone() });
            }
            if *kind == Kind::Organisation && !federation.charter.members.organisations {
                return Err(Refusal::NoOrganisations { member: member.clone() });
            }
            let (member, workplace) = (member.clone(), workplace.clone());
            happened(Happened::Joined { member, workplace, kind: *kind })
        }
        Action::Leave {} => {
            federation.standing_rights(context.by)?;
            Ok(leave(federation, context.by, context.at))
        }
        Action::TakeOff { member } => {
            federation.standing_rights(member)?;
            keeps_roll_of(federation, context, member)?;
            Ok(leave(federation, member, context.at))
        }
        Action::Move { member, to } => {
            federation.standing_rights(member)?;
            let destination = federation.open_workplace(to)?;
            keeps_roll(federation, context, to)?;
            if federation.roll.member(member).is_some_and(|(_, line)| line.workplace == Some(destination)) {
                return Err(Refusal::AlreadyThere { member: member.clone(), workplace: to.clone() });
            }
            let mut events =
                vec![Event::Membership(Happened::Moved { member: member.clone(), to: to.clone() })];
            events.extend(vacate_all(federation, member, Leaving::Left, context.at));
            Ok(events.into())
        }
        Action::SetStanding { member, standing } => {
            federation.standing_rights(member)?;
            keeps_roll_of(federation, context, member)?;
            if federation.roll.member(member).is_some_and(|(_, line)| line.standing == *standing) {
                return Err(Refusal::StandingIsSo { member: member.clone(), standing: *standing });
            }
            happened(Happened::StandingSet { member: member.clone(), standing: *standing })
        }
        Action::Open { workplace, branch, territories } => {
            keeps_workplaces(federation, context)?;
            check_id("workplace", workplace.as_str())?;
            if federation.roll.workplace(workplace).is_some() {
                return Err(Refusal::WorkplaceExists { workplace: workplace.clone() });
            }
            let asked = federation.roll.territories.len();
            if territories.len() != asked {
                let headings = federation.roll.territories.join(", ");
                return Err(Refusal::WrongTerritories { given: territories.len(), asked, headings });
            }
            structure::check_workplace(
                &federation.charter,
                &federation.roll,
                workplace,
                branch,
                territories,
            )?;
            let (workplace, branch) = (workplace.clone(), branch.clone());
            happened(Happened::Opened { workplace, branch, territories: territories.clone() })
        }
        Action::Close { workplace, successor } => {
            keeps_workplaces(federation, context)?;
            let index = federation.open_workplace(workplace)?;
            if let Some(successor) = successor {
                federation.open_workplace(successor)?;
                if successor == workplace {
                    return Err(Refusal::OwnSuccessor { workplace: workplace.clone() });
                }
            }
            let mut open = federation.roll.workplaces().filter(|(_, _, line)| line.closed.is_none());
            if open.nth(1).is_none() {
                return Err(Refusal::LastWorkplace { workplace: workplace.clone() });
            }
            let (id, successor) = (workplace.clone(), successor.clone());
            let mut events = vec![Event::Membership(Happened::Closed { workplace: id, successor })];
            events.extend(offices_lost(federation, workplace, index, context.at)?);
            Ok(events.into())
        }
    }
}

fn happened(event: Happened) -> Decided {
    Ok(Event::Membership(event).into())
}

fn leave(federation: &Federation, member: &MemberId, at: Timestamp) -> Decision {
    let mut events = vec![Event::Membership(Happened::Left { member: member.clone() })];
    events.extend(vacate_all(federation, member, Leaving::Left, at));
    events.into()
}

fn keeps_roll(
    federation: &Federation,
    context: &Context<'_>,
    workplace: &WorkplaceId,
) -> Result<(), Refusal> {
    duty::require(federation, context, Duty::Roll, federation.assembly_of_workplace(workplace)?)
}

fn keeps_roll_of(federation: &Federation, context: &Context<'_>, member: &MemberId) -> Result<(), Refusal> {
    duty::require(federation, context, Duty::Roll, &federation.home_of(member)?)
}

fn keeps_workplaces(federation: &Federation, context: &Context<'_>) -> Result<(), Refusal> {
    let top = federation.top().ok_or_else(|| Refusal::no_such("level", &"congress"))?;
    duty::require(federation, context, Duty::Roll, top)
}

/// Identifiers are short and printable, so that they can be read aloud and written in any file.
fn check_id(what: &'static str, id: &str) -> Result<(), Refusal> {
    let printable = id.chars().all(|c| c.is_alphanumeric() || "-_.:".contains(c));
    if id.is_empty() || id.len() > 64 || !printable {
        return Err(Refusal::BadIdentifier { what, id: id.chars().take(64).collect() });
    }
    Ok(())
}

/// Seats and posts that end with a workplace: posts of its own organs, and its delegates' seats where the charter
/// says so [level.on-closing].
fn offices_lost(
    federation: &Federation,
    workplace: &WorkplaceId,
    index: u32,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let home = federation.assembly_of_workplace(workplace)?;
    let mut events = Vec::new();
    for (id, organ) in federation.organs.iter().filter(|(_, organ)| organ.assembly == *home) {
        for post in organ.seated(at) {
            let (organ, member) = (id.clone(), post.member.clone());
            let vacated = crate::organ::Happened::PostVacated { organ, member, why: Leaving::Closed };
            events.push(Event::Organ(vacated));
        }
    }
    for (id, assembly) in &federation.assemblies {
        if !federation.level_of(id).is_ok_and(|level| level.on_closing == OnClosing::Go) {
            continue;
        }
        for seat in assembly.seated(at) {
            let line = federation.roll.member(&seat.member).and_then(|(_, line)| line.workplace);
            if line == Some(index) {
                let (assembly, member) = (id.clone(), seat.member.clone());
                let vacated =
                    crate::assembly::Happened::SeatVacated { assembly, member, why: Leaving::Closed };
                events.push(Event::Assembly(vacated));
            }
        }
    }
    Ok(events)
}

pub(crate) fn apply(federation: &mut Federation, at: Timestamp, event: &Happened) -> Result<(), Misfit> {
    let roll = &mut federation.roll;
    match event {
        Happened::Joined { member, workplace, kind } => {
            let (index, _) = roll.workplace(workplace).ok_or(Misfit::no("workplace", workplace))?;
            if roll.member(member).is_some_and(|(_, line)| line.workplace.is_some()) {
                return Err(Misfit::because(format!("{member} joins and is on the roll already")));
            }
            let line = Member { workplace: Some(index), standing: Standing::Active, kind: *kind };
            roll.join(member.clone(), line, at);
        }
        Happened::Left { member } => {
            let (index, _) = roll.member(member).ok_or(Misfit::no("member", member))?;
            roll.move_to(index, None, at);
        }
        Happened::Moved { member, to } => {
            let (index, _) = roll.member(member).ok_or(Misfit::no("member", member))?;
            let (workplace, _) = roll.workplace(to).ok_or(Misfit::no("workplace", to))?;
            roll.move_to(index, Some(workplace), at);
        }
        Happened::StandingSet { member, standing } => {
            let (index, _) = roll.member(member).ok_or(Misfit::no("member", member))?;
            roll.set_standing(index, *standing, at);
        }
        Happened::Opened { workplace, branch, territories } => {
            if roll.workplace(workplace).is_some() || roll.territories.len() != territories.len() {
                return Err(Misfit::because(format!("workplace {workplace} cannot be opened like this")));
            }
            let line = Workplace { branch: branch.clone(), territories: territories.clone(), closed: None };
            roll.add_workplace(workplace.clone(), line);
            structure::renew(federation, at)?;
        }
        Happened::Closed { workplace, successor } => {
            let (index, _) = roll.workplace(workplace).ok_or(Misfit::no("workplace", workplace))?;
            let successor = match successor {
                None => None,
                Some(id) => Some(roll.workplace(id).ok_or(Misfit::no("workplace", id))?.0),
            };
            roll.close_workplace(index, successor, at);
            structure::renew(federation, at)?;
        }
    }
    Ok(())
}
