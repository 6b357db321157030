//! Ballots and their count: cast openly or counted from a box by tellers, closed, counted, declared.

use crate::assembly::{Delegate, Leaving};
use crate::box_of_paper::{all_admitted, read_marked};
use crate::decision::{Context, Decided, Decision, Files, Misfit};
use crate::duty;
use crate::election::{Election, Office, election_mut, office_name};
use crate::event::Event;
use crate::ids::{AssemblyId, Blob, ElectionId, Hash, MemberId};
use crate::organ::Post;
use crate::refusal::Refusal;
use crate::secret::{self, Subject};
use crate::state::Federation;
use crate::vacancy;
use jiff::Timestamp;
use mandate_charter::{BallotWay, Duty};
use mandate_count::{Count, CountError};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The ballots of an election.
#[derive(Debug, Clone, PartialEq)]
pub enum Ballots {
    /// By name: candidates in the voter's order of preference.
    Open(BTreeMap<MemberId, Vec<MemberId>>),
    /// A box that is still closed.
    Uncounted,
    /// A box as tellers counted it.
    Box(BoxCount),
    /// Encrypted ballots, and a box beside them for those who vote on paper.
    Secret { opened: Option<OpenedPapers>, paper: Option<BoxCount> },
}

/// The decrypted ballots of a secret ballot; see [`crate::secret::Opened`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedPapers {
    pub blt: Hash,
    pub valid: u64,
    pub voted: u64,
}

/// What tellers found in a box. The ballots and the marked roll are attachments kept apart: what was voted, and
/// who voted, with nothing that joins them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BoxCount {
    /// The valid ballots, as a BLT file whose candidates are the members who stand, in order.
    pub blt: Hash,
    pub valid: u64,
    pub spoiled: u64,
    /// Who voted: identifiers, one a line.
    pub marked_roll: Hash,
}

impl BoxCount {
    /// How many papers were in it.
    fn voted(&self) -> u64 {
        self.valid.saturating_add(self.spoiled)
    }
}

impl Ballots {
    pub(crate) fn none(way: BallotWay) -> Self {
        match way {
            BallotWay::Open => Self::Open(BTreeMap::new()),
            BallotWay::Box => Self::Uncounted,
            BallotWay::Secret => Self::Secret { opened: None, paper: None },
        }
    }

    /// How many voted.
    pub fn voted(&self) -> u64 {
        match self {
            Self::Open(ballots) => ballots.len() as u64,
            Self::Uncounted => 0,
            Self::Box(found) => found.voted(),
            Self::Secret { opened, paper } => {
                let opened = opened.as_ref().map_or(0, |opened| opened.voted);
                paper.as_ref().map_or(0, BoxCount::voted).saturating_add(opened)
            }
        }
    }

    /// Enters what was decrypted.
    pub(crate) fn open(&mut self, blt: Hash, valid: u64, voted: u64) -> Result<(), Misfit> {
        let Self::Secret { opened, .. } = self else {
            return Err(Misfit::because("an election without secret ballots is opened"));
        };
        *opened = Some(OpenedPapers { blt, valid, voted });
        Ok(())
    }

    /// The files of ballots to count.
    fn files(&self) -> Vec<Hash> {
        match self {
            Self::Open(_) | Self::Uncounted => Vec::new(),
            Self::Box(found) => vec![found.blt],
            Self::Secret { opened, paper } => {
                let opened = opened.iter().map(|opened| opened.blt);
                opened.chain(paper.iter().map(|paper| paper.blt)).collect()
            }
        }
    }
}

/// What a count found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// In the order of election.
    pub elected: Vec<MemberId>,
    /// The others, who came last last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<MemberId>,
    pub voted: u64,
    pub valid: u64,
    /// The seed that broke ties, revealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<Hash>,
}

/// What may be asked of an election's ballots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Casts an open ballot: candidates in order of preference.
    Cast { election: ElectionId, ranking: Vec<MemberId> },
    /// Enters a counted box. `marked_roll`: who voted, one identifier a line.
    CountBox { election: ElectionId, blt: Blob, spoiled: u64, marked_roll: Blob },
    /// Closes the vote, at its time or when everybody entitled has voted.
    Close { election: ElectionId },
    /// Counts by the charter's rule. `admitted`: the observers who were let in. `seed` opens the commitment.
    Count {
        election: ElectionId,
        #[serde(default)]
        admitted: Vec<MemberId>,
        #[serde(default)]
        seed: Option<Hash>,
    },
    /// Declares the result; those elected take their seats, at once or when the running term ends.
    Declare { election: ElectionId },
}

/// What happened to an election's ballots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Happened {
    Cast { election: ElectionId, voter: MemberId, ranking: Vec<MemberId> },
    BoxCounted { election: ElectionId, found: BoxCount },
    Closed { election: ElectionId },
    Counted { election: ElectionId, outcome: Outcome },
    Declared { election: ElectionId },
}

pub(crate) fn decide(federation: &Federation, context: &Context<'_>, action: &Action) -> Decided {
    match action {
        Action::Cast { election: id, ranking } => {
            let election = open_for_voting(federation, context, *id)?;
            let Ballots::Open(cast) = &election.ballots else {
                let is_secret = matches!(election.ballots, Ballots::Secret { .. });
                let way = if is_secret { "secret ballots" } else { "a box of paper ballots" };
                return Err(Refusal::WrongBallotWay { election: *id, way });
            };
            entitled(federation, election, context.by)?;
            if cast.contains_key(context.by) {
                return Err(Refusal::AlreadyVoted { member: context.by.clone() });
            }
            check_ranking(election, ranking)?;
            let cast = Happened::Cast { election: *id, voter: context.by.clone(), ranking: ranking.clone() };
            Ok(Event::Ballot(cast).into())
        }
        Action::CountBox { election: id, blt, spoiled, marked_roll } => {
            let election = open_for_voting(federation, context, *id)?;
            duty::require(federation, context, Duty::Tell, &election.body)?;
            match &election.ballots {
                Ballots::Open(_) => {
                    return Err(Refusal::WrongBallotWay { election: *id, way: "open ballots" });
                }
                Ballots::Box(_) | Ballots::Secret { paper: Some(_), .. } => {
                    return Err(Refusal::BoxAlreadyCounted { election: *id });
                }
                Ballots::Uncounted => {}
                Ballots::Secret { .. } => {
                    secret::only_paper_voters(federation, context, Subject::Election(*id), marked_roll)?;
                }
            }
            let valid = check_box(election, blt)?;
            let marked = read_marked(federation, &election.electorate, &election.body, marked_roll)?;
            let expected = match election.ballots {
                Ballots::Secret { .. } => federation.secret_ballot(Subject::Election(*id))?.setup.on_paper,
                _ => election.entitled,
            };
            if context.at < election.closes_at && marked < expected {
                return Err(Refusal::VotingNotOver { closes_at: election.closes_at });
            }
            if valid.checked_add(*spoiled) != Some(marked) {
                return Err(Refusal::BoxDisagreesWithRoll {
                    ballots: valid.saturating_add(*spoiled),
                    marked,
                });
            }
            let found =
                BoxCount { blt: blt.hash(), valid, spoiled: *spoiled, marked_roll: marked_roll.hash() };
            let counted = Event::Ballot(Happened::BoxCounted { election: *id, found });
            Ok(Decision::from(counted).with(blt).with(marked_roll))
        }
        Action::Close { election: id } => {
            let election = federation.election(*id)?;
            duty::require(federation, context, Duty::Tell, &election.body)?;
            if election.closed.is_some() {
                return Err(Refusal::AlreadyClosed { election: *id });
            }
            if context.at < election.closes_at && election.ballots.voted() < election.entitled {
                return Err(Refusal::VotingNotOver { closes_at: election.closes_at });
            }
            all_entered(federation, *id, election)?;
            Ok(Event::Ballot(Happened::Closed { election: *id }).into())
        }
        Action::Count { election: id, admitted, seed } => {
            let election = federation.election(*id)?;
            duty::require(federation, context, Duty::Tell, &election.body)?;
            if election.closed.is_none() {
                return Err(Refusal::VotingNotClosed { election: *id });
            }
            if election.outcome.is_some() {
                return Err(Refusal::AlreadyCounted { election: *id });
            }
            all_admitted(&election.observers, admitted)?;
            if seed.is_some_and(|seed| Hash::of(&seed.0) != election.lot_commitment) {
                return Err(Refusal::SeedDoesNotMatch { commitment: election.lot_commitment });
            }
            let outcome = outcome(federation, election, context, *seed)?;
            Ok(Event::Ballot(Happened::Counted { election: *id, outcome }).into())
        }
        Action::Declare { election: id } => {
            let election = federation.election(*id)?;
            duty::require(federation, context, Duty::Tell, &election.body)?;
            if election.outcome.is_none() {
                return Err(Refusal::NotCounted { election: *id });
            }
            if election.declared.is_some() {
                return Err(Refusal::AlreadyDeclared { election: *id });
            }
            federation.election_article(&election.office)?;
            let mut events = vec![Event::Ballot(Happened::Declared { election: *id })];
            events.extend(gone(federation, election, context.at));
            Ok(events.into())
        }
    }
}

/// Whoever was elected and has left the body since gives the place up at once, and a substitute follows.
fn gone(federation: &Federation, election: &Election, at: Timestamp) -> Vec<Event> {
    let ends = match &election.office {
        Office::Delegates { to } => {
            federation.assemblies.get(to).and_then(|body| body.term_end(election.term))
        }
        Office::Posts { organ } => {
            federation.organs.get(organ).and_then(|organ| organ.term_end(election.term))
        }
    };
    if ends.is_some_and(|ends| ends <= at) {
        return Vec::new();
    }
    let elected = election.outcome.iter().flat_map(|outcome| &outcome.elected);
    let gone = elected.filter(|member| {
        let home = federation.home_of(member);
        !home.is_ok_and(|home| federation.is_part_of(&home, &election.body))
    });
    gone.map(|member| vacancy::vacated(&election.office, member, Leaving::Left)).collect()
}

/// Refuses to close an election whose encrypted ballots are not opened, or whose box of paper is not counted.
fn all_entered(federation: &Federation, id: ElectionId, election: &Election) -> Result<(), Refusal> {
    let Ballots::Secret { paper, .. } = &election.ballots else { return Ok(()) };
    // Where nobody stands there is nothing to vote on.
    if election.standing().is_empty() {
        return Ok(());
    }
    federation.opened(Subject::Election(id))?;
    if paper.is_none() && federation.secret_ballot(Subject::Election(id))?.setup.on_paper > 0 {
        return Err(Refusal::BoxNotCounted { office: office_name(&election.office) });
    }
    Ok(())
}

fn open_for_voting<'a>(
    federation: &'a Federation,
    context: &Context<'_>,
    id: ElectionId,
) -> Result<&'a Election, Refusal> {
    let election = federation.election(id)?;
    if context.at <= election.nominations_until {
        return Err(Refusal::NominationsOpen { until: election.nominations_until });
    }
    if election.closed.is_some() {
        return Err(Refusal::AlreadyClosed { election: id });
    }
    // A box is opened and counted after the hour; an open ballot comes before it.
    if matches!(election.ballots, Ballots::Open(_)) && context.at > election.closes_at {
        return Err(Refusal::VotingOver { closed_at: election.closes_at });
    }
    Ok(election)
}

fn entitled(federation: &Federation, election: &Election, member: &MemberId) -> Result<(), Refusal> {
    if election.electorate.has(federation, member) {
        return Ok(());
    }
    Err(Refusal::NotEntitled { body: election.body.clone(), member: member.clone() })
}

fn check_ranking(election: &Election, ranking: &[MemberId]) -> Result<(), Refusal> {
    let standing = election.standing();
    let mut seen = BTreeSet::new();
    for candidate in ranking {
        if !standing.contains(&candidate) {
            return Err(Refusal::NotACandidate { candidate: candidate.clone() });
        }
        if !seen.insert(candidate) {
            return Err(Refusal::RankedTwice { candidate: candidate.clone() });
        }
    }
    Ok(())
}

/// The valid ballots in a box, whose paper must be the election's.
pub(crate) fn check_box(election: &Election, blt: &Blob) -> Result<u64, Refusal> {
    let read = mandate_count::blt::read(&blt.0)
        .map_err(|problem| Refusal::Unreadable { what: "ballot box".into(), problem: problem.to_string() })?;
    let on_paper: Vec<&str> = read.candidates.iter().map(|candidate| candidate.name.as_str()).collect();
    let standing: Vec<&str> = election.standing().into_iter().map(MemberId::as_str).collect();
    if on_paper != standing {
        return Err(Refusal::WrongBallotPaper {
            on_paper: on_paper.join(", "),
            standing: standing.join(", "),
        });
    }
    if read.ballots.denominator() != 1 {
        let problem =
            "a ballot has a weight that is no whole number; in a box each ballot counts once".into();
        return Err(Refusal::Unreadable { what: "ballot box".into(), problem });
    }
    Ok(read.ballots.total_weight())
}

/// Counts an election's ballots by its rule. Who took a seat of the office meanwhile (by the other chain to the same
/// assembly), or may not stand any more, is passed over: nobody sits twice.
///
/// # Errors
/// Refused where a tie needs a lot and no seed was revealed, or the ballots are gone.
pub fn outcome(
    federation: &Federation,
    election: &Election,
    context: &Context<'_>,
    seed: Option<Hash>,
) -> Result<Outcome, Refusal> {
    let standing: Vec<MemberId> = election.standing().into_iter().cloned().collect();
    let able: Vec<MemberId> =
        standing.iter().filter(|member| is_able(federation, election, member, context.at)).cloned().collect();
    let voted = election.ballots.voted();
    if standing.is_empty() {
        return Ok(Outcome { elected: Vec::new(), others: Vec::new(), voted, valid: 0, seed });
    }
    let mut ballots = to_count(election, context.files)?;
    let valid = match &election.ballots {
        Ballots::Secret { opened, paper } => {
            let opened = opened.as_ref().map_or(0, |opened| opened.valid);
            paper.as_ref().map_or(0, |paper| paper.valid).saturating_add(opened)
        }
        _ => ballots.ballots.total_weight(),
    };
    if valid == 0 || able.len() <= election.seats as usize {
        // Without ballots nobody is elected but those whom nobody opposes.
        let elected = if able.len() <= election.seats as usize { able } else { Vec::new() };
        return Ok(Outcome { elected, others: Vec::new(), voted, valid, seed });
    }
    for (candidate, member) in ballots.candidates.iter_mut().zip(&standing) {
        candidate.withdrawn = !able.contains(member);
    }
    let count = run_count(election, &ballots, seed)?;
    let named = |numbers: Vec<u16>| by_number(&standing, &numbers);
    let (elected, mut others) = (named(count.winners()), named(count.runners_up));
    others.retain(|member| able.contains(member));
    Ok(Outcome { elected, others, voted, valid, seed })
}

fn is_able(federation: &Federation, election: &Election, member: &MemberId, at: Timestamp) -> bool {
    federation.standing_rights(member).is_ok_and(|rights| rights.stand)
        && !holds_already(federation, &election.office, member, election.term, at)
}

/// Whether somebody has a place in an office for a term, though it may begin only later.
fn holds_already(
    federation: &Federation,
    office: &Office,
    member: &MemberId,
    term: u32,
    at: Timestamp,
) -> bool {
    match office {
        Office::Delegates { to } => federation.assemblies.get(to).is_some_and(|assembly| {
            let mut seats = assembly.delegates.iter().filter(|seat| seat.term == term && seat.ends() > at);
            seats.any(|seat| seat.member == *member)
        }),
        Office::Posts { organ } => {
            federation.organs.get(organ).is_some_and(|organ| organ.post(member, at).is_some())
        }
    }
}

/// The ballots in the form that counting rules take.
///
/// # Errors
/// Refused where a box is not entered yet, or its file is gone.
pub fn to_count(election: &Election, files: &dyn Files) -> Result<mandate_count::Election, Refusal> {
    let standing = election.standing();
    let mut ballots = match &election.ballots {
        found @ (Ballots::Box(_) | Ballots::Secret { .. }) => {
            let names = standing.iter().map(|member| member.to_string());
            let mut all = mandate_count::Election::new(election.seats, names);
            for file in found.files() {
                let bytes = files.get(&file).ok_or(Refusal::AttachmentMissing { hash: file })?;
                add_box(&mut all, &bytes)?;
            }
            all
        }
        Ballots::Uncounted => return Err(Refusal::BoxNotCounted { office: office_name(&election.office) }),
        Ballots::Open(cast) => {
            let names = standing.iter().map(|member| member.to_string());
            let mut open = mandate_count::Election::new(election.seats, names);
            for ranking in cast.values().filter(|ranking| !ranking.is_empty()) {
                let numbers: Vec<u16> =
                    ranking.iter().filter_map(|candidate| number_of(&standing, candidate)).collect();
                let problem =
                    |error: mandate_count::BallotError| Refusal::CannotCount { problem: error.to_string() };
                open.push(&numbers, 1).map_err(problem)?;
            }
            open
        }
    };
    ballots.seats = election.seats;
    Ok(ballots)
}

/// Adds the ballots of one box.
fn add_box(all: &mut mandate_count::Election, bytes: &[u8]) -> Result<(), Refusal> {
    let unreadable = |problem: &dyn std::fmt::Display| Refusal::Unreadable {
        what: "ballot box".into(),
        problem: problem.to_string(),
    };
    let read = mandate_count::blt::read(bytes).map_err(|problem| unreadable(&problem))?;
    for ballot in read.ballots.iter() {
        let ranks: Vec<Vec<u16>> =
            ballot.ranks().map(|rank| rank.iter().filter_map(|mark| mark.candidate()).collect()).collect();
        let added = all.push_ranks(ranks.iter().map(Vec::as_slice), ballot.weight);
        added.map_err(|problem| unreadable(&problem))?;
    }
    Ok(())
}

fn run_count(
    election: &Election,
    ballots: &mandate_count::Election,
    seed: Option<Hash>,
) -> Result<Count, Refusal> {
    mandate_count::count(election.rule, ballots, seed.as_ref().map(|seed| &seed.0)).map_err(|error| {
        match error {
            CountError::LotNeeded { tied, .. } => {
                let standing: Vec<MemberId> = election.standing().into_iter().cloned().collect();
                Refusal::LotNeeded { tied: names(&by_number(&standing, &tied)) }
            }
            other => Refusal::CannotCount { problem: other.to_string() },
        }
    })
}

/// Candidates by their numbers on the ballot paper.
pub(crate) fn by_number(standing: &[MemberId], numbers: &[u16]) -> Vec<MemberId> {
    numbers.iter().filter_map(|number| standing.get(usize::from(*number).wrapping_sub(1))).cloned().collect()
}

/// Candidates in words.
pub(crate) fn names(members: &[MemberId]) -> String {
    members.iter().map(MemberId::as_str).collect::<Vec<_>>().join(", ")
}

/// A candidate's number on the ballot paper.
pub(crate) fn number_of(standing: &[&MemberId], candidate: &MemberId) -> Option<u16> {
    let place = standing.iter().position(|other| *other == candidate)?;
    u16::try_from(place + 1).ok()
}

pub(crate) fn apply(federation: &mut Federation, at: Timestamp, event: &Happened) -> Result<(), Misfit> {
    match event {
        Happened::Cast { election, voter, ranking } => {
            let election = election_mut(federation, *election)?;
            let Ballots::Open(cast) = &mut election.ballots else {
                return Err(Misfit::because("an open ballot in an election by box"));
            };
            cast.insert(voter.clone(), ranking.clone());
        }
        Happened::BoxCounted { election, found } => match &mut election_mut(federation, *election)?.ballots {
            Ballots::Secret { paper, .. } => *paper = Some(found.clone()),
            ballots => *ballots = Ballots::Box(found.clone()),
        },
        Happened::Closed { election } => election_mut(federation, *election)?.closed = Some(at),
        Happened::Counted { election, outcome } => {
            election_mut(federation, *election)?.outcome = Some(outcome.clone());
        }
        Happened::Declared { election: id } => {
            if !federation.running.remove(id) {
                return Err(Misfit::because(format!(
                    "election {id} is declared already, or was never called"
                )));
            }
            let election = election_mut(federation, *id)?;
            election.declared = Some(at);
            let Some(outcome) = election.outcome.clone() else {
                return Err(Misfit::because("an election is declared that was not counted"));
            };
            let (body, office, term) = (election.body.clone(), election.office.clone(), election.term);
            for member in &outcome.elected {
                // Declared elsewhere between this count and its declaration: the place stays vacant.
                if holds_already(federation, &office, member, term, at) {
                    continue;
                }
                let seat = Seat { member, election: *id, term, follows: None };
                take(federation, at, &body, &office, &seat)?;
            }
            if let Office::Delegates { to } = &office {
                share_members(federation, to, &body, term)?;
            }
        }
    }
    Ok(())
}

/// A seat about to be taken.
pub(crate) struct Seat<'a> {
    pub member: &'a MemberId,
    pub election: ElectionId,
    pub term: u32,
    /// Whom they follow as a substitute.
    pub follows: Option<&'a MemberId>,
}

/// Seats somebody who was elected, or follows as a substitute.
pub(crate) fn take(
    federation: &mut Federation,
    at: Timestamp,
    body: &AssemblyId,
    office: &Office,
    seat: &Seat<'_>,
) -> Result<(), Misfit> {
    match office {
        Office::Delegates { to } => {
            let length = federation.level_of(to).map_err(Misfit::because)?.term.unwrap_or_default();
            let assembly = federation.assemblies.get_mut(to).ok_or(Misfit::no("assembly", to))?;
            let since = assembly.term_start(seat.term, at);
            let until = assembly.term_end(seat.term).unwrap_or_else(|| length.after(since));
            if seat.term == assembly.term {
                assembly.term_until = Some(until);
            }
            if seat.follows.is_none() {
                // A by-election fills the vacancy that came first.
                let left = assembly.delegates.iter_mut().filter(|left| {
                    left.elector == *body && left.term == seat.term && left.ended.is_some() && !left.replaced
                });
                if let Some(left) = left.min_by_key(|left| left.ends()) {
                    left.replaced = true;
                }
            }
            assembly.delegates.push(Delegate {
                member: seat.member.clone(),
                elector: body.clone(),
                election: seat.election,
                term: seat.term,
                terms_in_row: assembly.terms_in_row(seat.member, seat.term),
                since,
                until,
                carries: 0,
                follows: seat.follows.cloned(),
                ended: None,
                replaced: false,
            });
        }
        Office::Posts { organ: id } => {
            let length = federation.organ_article(id).map_err(Misfit::because)?.term;
            let organ = federation.organs.get_mut(id).ok_or(Misfit::no("organ", id))?;
            if seat.follows.is_none() {
                let left = organ.posts.iter_mut().filter(|left| {
                    left.election.is_some()
                        && left.term == seat.term
                        && left.ended.is_some()
                        && !left.replaced
                });
                if let Some(left) = left.min_by_key(|left| left.ends()) {
                    left.replaced = true;
                }
            }
            organ.posts.push(Post {
                member: seat.member.clone(),
                election: Some(seat.election),
                appointed_by: None,
                term: seat.term,
                terms_in_row: organ.terms_in_row(seat.member, seat.term),
                since: at,
                until: organ.term_end(seat.term).unwrap_or_else(|| length.after(at)),
                follows: seat.follows.cloned(),
                ended: None,
                replaced: false,
            });
        }
    }
    Ok(())
}

/// Shares the members of an electing assembly among its delegates, for card votes: as evenly as whole numbers
/// allow, those elected first carrying the odd ones.
pub(crate) fn share_members(
    federation: &mut Federation,
    to: &AssemblyId,
    elector: &AssemblyId,
    term: u32,
) -> Result<(), Misfit> {
    let members = crate::assembly::members_under(federation, elector);
    let assembly = federation.assemblies.get_mut(to).ok_or(Misfit::no("assembly", to))?;
    let mut seats: Vec<&mut Delegate> = assembly
        .delegates
        .iter_mut()
        .filter(|seat| seat.elector == *elector && seat.term == term && seat.ended.is_none())
        .collect();
    let number = seats.len() as u64;
    for (place, seat) in seats.iter_mut().enumerate() {
        seat.carries = members / number + u64::from((place as u64) < members % number);
    }
    Ok(())
}
