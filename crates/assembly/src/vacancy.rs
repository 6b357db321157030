//! Vacancies: resigning, and who takes the seat [level.substitutes, organ.substitutes].

use crate::assembly::{self, Leaving};
use crate::ballot::{Seat, by_number, names, number_of, share_members, take, to_count};
use crate::decision::{Context, Decided, Decision, Misfit};
use crate::duty;
use crate::election::{Election, Office, office_name};
use crate::event::Event;
use crate::ids::{AssemblyId, ElectionId, MemberId};
use crate::refusal::Refusal;
use crate::state::Federation;
use jiff::Timestamp;
use mandate_charter::{Duty, Substitutes};
use serde::{Deserialize, Serialize};

/// What may be asked about vacancies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Gives back one's own seat or post.
    Resign { office: Office },
    /// Seats the substitute for the vacancy that came first, by the charter's way.
    Fill { body: AssemblyId, office: Office },
}

/// What happened about vacancies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Happened {
    /// A substitute took the seat that `leaver` left.
    Filled { body: AssemblyId, office: Office, election: ElectionId, leaver: MemberId, member: MemberId },
}

/// A seat or post that was left and not taken again.
struct Vacated {
    member: MemberId,
    election: ElectionId,
}

pub(crate) fn decide(federation: &Federation, context: &Context<'_>, action: &Action) -> Decided {
    match action {
        Action::Resign { office } => {
            let events = leaving(federation, office, context.by, Leaving::Resigned, context.at)?;
            Ok(Decision::events(events))
        }
        Action::Fill { body, office } => {
            duty::require(federation, context, Duty::Tell, body)?;
            Ok(Event::Vacancy(filling(federation, context, body, office)?).into())
        }
    }
}

/// Who fills the first vacancy of an office, by the charter's way.
///
/// # Errors
/// Refused where nothing is vacant, nobody is left to follow, or the charter asks for a by-election.
pub(crate) fn filling(
    federation: &Federation,
    context: &Context<'_>,
    body: &AssemblyId,
    office: &Office,
) -> Result<Happened, Refusal> {
    federation.no_election_runs(body, office)?;
    let vacated = first_vacated(federation, body, office, context.at)?
        .ok_or_else(|| Refusal::NoVacancy { office: office_name(office) })?;
    if let Office::Posts { organ } = office
        && federation.posts_to_fill(organ, body, context.at)?.0 == 0
    {
        return Err(Refusal::NoVacancy { office: office_name(office) });
    }
    if substitutes(federation, office)? == Substitutes::ByElection {
        return Err(Refusal::ByElectionNeeded { office: office_name(office) });
    }
    let member = substitute(federation, context, office, &vacated)?
        .ok_or_else(|| Refusal::NoSubstituteLeft { office: office_name(office) })?;
    let (body, office) = (body.clone(), office.clone());
    Ok(Happened::Filled { body, office, election: vacated.election, leaver: vacated.member, member })
}

/// The event by which somebody leaves an office.
pub(crate) fn vacated(office: &Office, member: &MemberId, why: Leaving) -> Event {
    let member = member.clone();
    match office {
        Office::Posts { organ } => {
            Event::Organ(crate::organ::Happened::PostVacated { organ: organ.clone(), member, why })
        }
        Office::Delegates { to } => {
            Event::Assembly(assembly::Happened::SeatVacated { assembly: to.clone(), member, why })
        }
    }
}

/// Events by which somebody leaves an office, with the seats that follow from it.
///
/// # Errors
/// Refused where they do not hold it.
pub(crate) fn leaving(
    federation: &Federation,
    office: &Office,
    member: &MemberId,
    why: Leaving,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let not_held = || Refusal::DoesNotHold { member: member.clone(), office: office_name(office) };
    match office {
        Office::Posts { organ } => {
            let instance = federation.organ(organ)?;
            instance.post(member, at).ok_or_else(not_held)?;
            Ok(vec![vacated(office, member, why)])
        }
        Office::Delegates { to } => {
            federation.assembly(to)?.delegate(member, at).ok_or_else(not_held)?;
            let above = assembly::seats_that_follow(federation, member, to, at);
            let above =
                above.into_iter().map(|to| vacated(&Office::Delegates { to }, member, Leaving::Unseated));
            Ok(std::iter::once(vacated(office, member, why)).chain(above).collect())
        }
    }
}

/// Refuses a by-election while the ballots of the election still name a substitute.
///
/// # Errors
/// Names the substitute.
pub(crate) fn no_substitute_waits(
    federation: &Federation,
    context: &Context<'_>,
    body: &AssemblyId,
    office: &Office,
    term: u32,
) -> Result<(), Refusal> {
    if substitutes(federation, office)? == Substitutes::ByElection {
        return Ok(());
    }
    let Some(vacated) = first_vacated(federation, body, office, context.at)? else { return Ok(()) };
    if federation.election(vacated.election)?.term != term {
        return Ok(());
    }
    match substitute(federation, context, office, &vacated)? {
        Some(member) => Err(Refusal::SubstituteFirst { member }),
        None => Ok(()),
    }
}

fn substitutes(federation: &Federation, office: &Office) -> Result<Substitutes, Refusal> {
    match office {
        Office::Delegates { to } => Ok(federation.level_of(to)?.substitutes),
        Office::Posts { organ } => Ok(federation.organ_article(organ)?.substitutes),
    }
}

/// The vacancy that came first, in the running term.
fn first_vacated(
    federation: &Federation,
    body: &AssemblyId,
    office: &Office,
    at: Timestamp,
) -> Result<Option<Vacated>, Refusal> {
    Ok(match office {
        Office::Delegates { to } => {
            let assembly = federation.assembly(to)?;
            let left = assembly.delegates.iter().filter(|seat| {
                seat.elector == *body && seat.ended.is_some() && !seat.replaced && at < seat.until
            });
            let first = left.min_by_key(|seat| seat.ends());
            first.map(|seat| Vacated { member: seat.member.clone(), election: seat.election })
        }
        Office::Posts { organ } => {
            let posts = &federation.organ(organ)?.posts;
            let left = posts.iter().filter(|post| {
                matches!(post.ended, Some((_, why)) if why != Leaving::Transition)
                    && !post.replaced
                    && at < post.until
            });
            let first = left.filter(|post| post.election.is_some()).min_by_key(|post| post.ends());
            first.and_then(|post| Some(Vacated { member: post.member.clone(), election: post.election? }))
        }
    })
}

/// Who follows, from the ballots of the election that filled the seat. Only those count who are still on the
/// body's roll, may stand, and hold no seat of this office.
fn substitute(
    federation: &Federation,
    context: &Context<'_>,
    office: &Office,
    vacated: &Vacated,
) -> Result<Option<MemberId>, Refusal> {
    let election = federation.election(vacated.election)?;
    let available = |member: &MemberId| {
        federation.standing_rights(member).is_ok_and(|rights| rights.stand)
            && federation.sits_in(&election.body, member, context.at)
            && !holds(federation, office, member, context.at)
            && !has_left(federation, office, member, vacated.election)
    };
    let Some(outcome) = &election.outcome else { return Ok(None) };
    if substitutes(federation, office)? == Substitutes::RunnersUp || outcome.valid == 0 {
        return Ok(outcome.others.iter().find(|member| available(member)).cloned());
    }
    let sits = |member: &MemberId| holds_by(federation, office, member, vacated.election, context.at);
    count_back(election, context, &sits, &available)
}

/// Counts the same ballots again without those who cannot serve; the first elected who holds no seat follows.
fn count_back(
    election: &Election,
    context: &Context<'_>,
    sits: &dyn Fn(&MemberId) -> bool,
    available: &dyn Fn(&MemberId) -> bool,
) -> Result<Option<MemberId>, Refusal> {
    let standing = election.standing();
    let numbers = |belongs: &dyn Fn(&MemberId) -> bool| -> Vec<u16> {
        let those = standing.iter().filter(|member| belongs(member));
        those.filter_map(|member| number_of(&standing, member)).collect()
    };
    let sitting = numbers(sits);
    let leavers = numbers(&|member| !sits(member) && !available(member));
    if sitting.len() + leavers.len() == standing.len() {
        return Ok(None);
    }
    let ballots = to_count(election, context.files)?;
    let seed = election.outcome.as_ref().and_then(|outcome| outcome.seed);
    let seed = seed.as_ref().map(|seed| &seed.0);
    let found = mandate_count::countback(election.rule, &ballots, &leavers, &sitting, seed);
    let standing: Vec<MemberId> = standing.into_iter().cloned().collect();
    match found {
        Ok(count) => Ok(by_number(&standing, &count.winners()).into_iter().next()),
        Err(mandate_count::CountError::NobodyVoted { .. }) => Ok(None),
        Err(mandate_count::CountError::LotNeeded { tied, .. }) => {
            Err(Refusal::LotNeeded { tied: names(&by_number(&standing, &tied)) })
        }
        Err(other) => Err(Refusal::CannotCount { problem: other.to_string() }),
    }
}

/// Whether a member holds the office by this election, or as a substitute from its ballots.
fn holds_by(
    federation: &Federation,
    office: &Office,
    member: &MemberId,
    election: ElectionId,
    at: Timestamp,
) -> bool {
    match office {
        Office::Delegates { to } => federation
            .assemblies
            .get(to)
            .and_then(|assembly| assembly.delegate(member, at))
            .is_some_and(|seat| seat.election == election),
        Office::Posts { organ } => federation
            .organs
            .get(organ)
            .and_then(|instance| instance.post(member, at))
            .is_some_and(|post| post.election == Some(election)),
    }
}

/// Whether a member has left a place of this election. Who resigned or was recalled comes back by new ballots only.
fn has_left(federation: &Federation, office: &Office, member: &MemberId, election: ElectionId) -> bool {
    match office {
        Office::Delegates { to } => federation.assemblies.get(to).is_some_and(|assembly| {
            let left = |seat: &assembly::Delegate| seat.election == election && seat.ended.is_some();
            assembly.delegates.iter().any(|seat| seat.member == *member && left(seat))
        }),
        Office::Posts { organ } => federation.organs.get(organ).is_some_and(|instance| {
            let left = |post: &crate::organ::Post| post.election == Some(election) && post.ended.is_some();
            instance.posts.iter().any(|post| post.member == *member && left(post))
        }),
    }
}

fn holds(federation: &Federation, office: &Office, member: &MemberId, at: Timestamp) -> bool {
    match office {
        Office::Delegates { to } => {
            federation.assemblies.get(to).is_some_and(|assembly| assembly.delegate(member, at).is_some())
        }
        Office::Posts { organ } => {
            federation.organs.get(organ).is_some_and(|instance| instance.post(member, at).is_some())
        }
    }
}

pub(crate) fn apply(federation: &mut Federation, at: Timestamp, event: &Happened) -> Result<(), Misfit> {
    let Happened::Filled { body, office, election, leaver, member } = event;
    let term = federation.elections.get(election.index()).ok_or(Misfit::no("election", election))?.term;
    match office {
        Office::Delegates { to } => {
            let assembly = federation.assemblies.get_mut(to).ok_or(Misfit::no("assembly", to))?;
            let left = assembly.delegates.iter_mut().find(|seat| {
                seat.member == *leaver
                    && seat.elector == *body
                    && seat.election == *election
                    && seat.ended.is_some()
                    && !seat.replaced
            });
            left.ok_or(Misfit::no("vacancy of", leaver))?.replaced = true;
        }
        Office::Posts { organ } => {
            let instance = federation.organs.get_mut(organ).ok_or(Misfit::no("organ", organ))?;
            let left = instance.posts.iter_mut().find(|post| {
                post.member == *leaver
                    && post.election == Some(*election)
                    && post.ended.is_some()
                    && !post.replaced
            });
            left.ok_or(Misfit::no("vacancy of", leaver))?.replaced = true;
        }
    }
    take(federation, at, body, office, &Seat { member, election: *election, term, follows: Some(leaver) })?;
    if let Office::Delegates { to } = office {
        share_members(federation, to, body, term)?;
    }
    Ok(())
}
