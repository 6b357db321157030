//! Elections, level by level upward: terms opened, candidates nominated, boxes filled and counted, winners declared.

use crate::secret;
use crate::year::{LabError, Year, sitting};
use mandate_assembly::assembly;
use mandate_assembly::ballot;
use mandate_assembly::election::{self, Office};
use mandate_assembly::ids::{AssemblyId, Blob, ElectionId, Hash, MemberId};
use mandate_assembly::secret::Subject;
use mandate_assembly::{Action, Refusal};
use mandate_charter::{BallotWay, Duty};
use mandate_count::Rule;
use std::collections::BTreeMap;

/// Members in a hundred who vote in their workplace, and delegates in a hundred who vote in their assembly.
const TURNOUT_OF_MEMBERS: u64 = 62;
const TURNOUT_OF_DELEGATES: u64 = 93;

/// How many elections were held, and what came of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Held {
    pub elections: u64,
    pub seats: u64,
    pub filled: u64,
    pub voted: u64,
    pub entitled: u64,
    /// Ties that a lot had to break.
    pub lots: u64,
}

/// An election that is being held.
struct Running {
    id: ElectionId,
    body: AssemblyId,
    seats: usize,
    seed: Hash,
    /// Its encrypted ballots, where the charter asks for them.
    secret: Option<secret::Held>,
}

/// Every office that a level's assemblies are filled with: pairs of the body that elects and the office.
///
/// # Errors
/// Where a term cannot be opened.
pub fn open_terms(year: &mut Year<'_>, level: &str) -> Result<Vec<(AssemblyId, Office)>, LabError> {
    let ids: Vec<AssemblyId> =
        year.federation()?.assemblies_of_level(level).map(|(id, _)| id.clone()).collect();
    let mut offices = Vec::new();
    for to in ids {
        let convener = year.officer(Duty::Convene, &to)?;
        year.say(&convener, Action::Assembly(assembly::Action::OpenTerm { assembly: to.clone() }))?;
        let seats = &year.federation()?.assemblies[&to].apportioned;
        let electing = seats.iter().filter(|(_, seats)| **seats > 0);
        offices.extend(electing.map(|(body, _)| (body.clone(), Office::Delegates { to: to.clone() })));
    }
    Ok(offices)
}

/// Every organ of a kind that has elected posts now.
///
/// # Errors
/// Where the federation is not founded.
pub fn organs(year: &mut Year<'_>, kind: &str) -> Result<Vec<(AssemblyId, Office)>, LabError> {
    let federation = year.federation()?;
    let organs = federation.organs.iter().filter(|(id, organ)| {
        organ.kind == kind && federation.posts_of(id).is_ok_and(|posts| posts.elected > 0)
    });
    Ok(organs.map(|(id, organ)| (organ.assembly.clone(), Office::Posts { organ: id.clone() })).collect())
}

/// Holds these elections side by side, within nine days.
///
/// # Errors
/// Where the core refuses a step.
pub fn hold(year: &mut Year<'_>, offices: Vec<(AssemblyId, Office)>) -> Result<Held, LabError> {
    let mut running = Vec::with_capacity(offices.len());
    for (body, office) in offices {
        if let Some(called) = call(year, body, office)? {
            running.push(called);
        }
    }
    year.watch.advance(running.len() as u64);
    year.pass_days(1);
    for election in &running {
        nominate(year, election)?;
    }
    year.watch.advance(running.len() as u64);
    year.pass_days(4);
    for election in &mut running {
        set_up_in_secret(year, election)?;
    }
    year.pass_days(4);
    let mut held = Held::default();
    for election in &mut running {
        match election.secret.take() {
            Some(ballot) => vote_in_secret(year, election, ballot)?,
            None => fill_box(year, election)?,
        }
        finish(year, election, &mut held)?;
        year.watch.advance(1);
    }
    Ok(held)
}

/// Calls an election; none where a body has nobody who could vote.
fn call(year: &mut Year<'_>, body: AssemblyId, office: Office) -> Result<Option<Running>, LabError> {
    let convener = year.officer(Duty::Convene, &body)?;
    let seed = year.dice.secret();
    let call = election::Action::Call {
        body: body.clone(),
        office,
        nominations_until: in_days(year, 4),
        closes_at: in_days(year, 8),
        lot_commitment: Hash::of(&seed.0),
    };
    match year.try_to_say(&convener, Action::Election(call))? {
        Ok(()) => {}
        Err(Refusal::NobodyEntitled { .. } | Refusal::NoVacancy { .. }) => return Ok(None),
        Err(refusal) => {
            return Err(LabError::Refused {
                refusal: Box::new(refusal),
                at: year.now,
                by: convener,
                action: format!("call in {body}"),
            });
        }
    }
    let elections = &year.federation()?.elections;
    let id = ElectionId::next(elections.len() - 1);
    let seats = elections[id.index()].seats as usize;
    Ok(Some(Running { id, body, seats, seed, secret: None }))
}

fn in_days(year: &Year<'_>, days: i64) -> jiff::Timestamp {
    year.now.saturating_add(jiff::SignedDuration::from_hours(24 * days)).unwrap_or(jiff::Timestamp::MAX)
}

/// Some more stand than there are seats; each with the signatures that the charter asks for, on a paper form; a few
/// decline.
fn nominate(year: &mut Year<'_>, running: &Running) -> Result<(), LabError> {
    let now = year.now;
    let teller = year.officer(Duty::Tell, &running.body)?;
    let pool = sitting(year.federation()?, &running.body, now);
    let election = year.federation()?.election(running.id);
    let office = election.map_err(|refusal| LabError::Example(refusal.to_string()))?.office.clone();
    let signatures = {
        let article = year.federation()?.election_article(&office);
        article.map_err(|refusal| LabError::Example(refusal.to_string()))?.nomination.max(1) as usize
    };
    let wanted = running.seats + 1 + year.dice.below(2 + running.seats as u64 / 4) as usize;
    let candidates = year.dice.draw(&pool, wanted);
    for candidate in candidates {
        let with = year.dice.draw(&pool, signatures.min(pool.len()));
        let nominate =
            election::Action::Nominate { election: running.id, candidate: candidate.clone(), with };
        match year.try_to_say(&teller, Action::Election(nominate))? {
            Ok(()) => {}
            // Somebody else is found for a candidate who has served their terms or sits there already.
            Err(Refusal::TermLimit { .. } | Refusal::AlreadyHolds { .. }) => continue,
            Err(refusal) => {
                let action = format!("nominate {candidate} in election {}", running.id);
                return Err(LabError::Refused { refusal: Box::new(refusal), at: now, by: teller, action });
            }
        }
        let stands = !year.dice.percent(4);
        let answer = election::Action::Answer { election: running.id, stands };
        year.say(&candidate, Action::Election(answer))?;
    }
    Ok(())
}

/// Sets up encrypted ballots between nominations and vote, where the charter asks for them and somebody stands.
fn set_up_in_secret(year: &mut Year<'_>, running: &mut Running) -> Result<(), LabError> {
    let election = &year.federation()?.elections[running.id.index()];
    let standing: Vec<MemberId> = election.standing().into_iter().cloned().collect();
    if election.way != BallotWay::Secret || standing.is_empty() {
        return Ok(());
    }
    let approves = election.rule == Rule::Approval;
    let voters = entitled(year, running)?;
    let (seed, now) = (year.dice.secret(), year.now);
    let name = format!("Election {} in {}", running.id, running.body);
    let names: Vec<&str> = standing.iter().map(MemberId::as_str).collect();
    let asked = match approves {
        true => secret::Asked::Choose(names.len() as u64, &names),
        false => secret::Asked::Rank(&standing),
    };
    let ballot = secret::Held::set_up(seed, now, &name, &asked, &voters)?;
    let teller = year.officer(Duty::Tell, &running.body)?;
    let set_up = mandate_assembly::secret::Action::SetUp {
        on: Subject::Election(running.id),
        archive: ballot.archive(),
        holders: ballot.holders,
        paper_roll: None,
    };
    year.say(&teller, Action::Secret(set_up))?;
    running.secret = Some(ballot);
    Ok(())
}

/// The delegates encrypt their ballots; the box is sealed, shuffled and opened.
fn vote_in_secret(year: &mut Year<'_>, running: &Running, ballot: secret::Held) -> Result<(), LabError> {
    let election = &year.federation()?.elections[running.id.index()];
    let standing: Vec<MemberId> = election.standing().into_iter().cloned().collect();
    let approves = election.rule == Rule::Approval;
    let known = known(year, &standing);
    let mut votes = Vec::new();
    for voter in entitled(year, running)? {
        if !year.dice.percent(TURNOUT_OF_DELEGATES) {
            continue;
        }
        let mut numbers = vec![0; standing.len()];
        for (number, candidate) in (1..).zip(paper(year, &voter, &known)) {
            numbers[usize::from(candidate) - 1] = if approves { 1 } else { number };
        }
        votes.push((voter, numbers));
    }
    let (sealed, opened) = ballot.vote(&votes)?;
    let teller = year.officer(Duty::Tell, &running.body)?;
    let on = Subject::Election(running.id);
    let seal = mandate_assembly::secret::Action::Seal { on, archive: sealed };
    year.say(&teller, Action::Secret(seal))?;
    year.say(&teller, Action::Secret(mandate_assembly::secret::Action::Open { on, archive: opened }))
}

/// Everybody who may vote in an election.
fn entitled(year: &mut Year<'_>, running: &Running) -> Result<Vec<MemberId>, LabError> {
    let federation = year.federation()?;
    let election = &federation.elections[running.id.index()];
    let voters = sitting(federation, &running.body, election.called_at).into_iter();
    Ok(voters.filter(|member| election.electorate.has(federation, member)).collect())
}

/// How each candidate leans, and how well they are known.
fn known(year: &Year<'_>, standing: &[MemberId]) -> Vec<(u64, u64)> {
    standing
        .iter()
        .map(|candidate| (leaning(year, candidate), year.dice.trait_of(candidate, "known", 100)))
        .collect()
}

/// The members' papers, put in a box and counted by tellers.
fn fill_box(year: &mut Year<'_>, running: &Running) -> Result<(), LabError> {
    let federation = year.federation()?;
    let election = &federation.elections[running.id.index()];
    let standing: Vec<MemberId> = election.standing().into_iter().cloned().collect();
    if standing.is_empty() {
        return Ok(());
    }
    let is_general = federation.assemblies[&running.body].electors.is_empty();
    let voters = entitled(year, running)?;
    let turnout = if is_general { TURNOUT_OF_MEMBERS } else { TURNOUT_OF_DELEGATES };
    let mut papers: BTreeMap<Vec<u16>, u64> = BTreeMap::new();
    let mut marked = String::new();
    let mut spoiled = 0;
    let known = known(year, &standing);
    for voter in &voters {
        if !year.dice.percent(turnout) {
            continue;
        }
        marked.push_str(voter.as_str());
        marked.push('\n');
        if year.dice.below(200) == 0 {
            spoiled += 1;
            continue;
        }
        *papers.entry(paper(year, voter, &known)).or_default() += 1;
    }
    let blt = write_box(&standing, running.seats, &papers)?;
    let teller = year.officer(Duty::Tell, &running.body)?;
    let counted = ballot::Action::CountBox {
        election: running.id,
        blt,
        spoiled,
        marked_roll: Blob(marked.into_bytes()),
    };
    year.say(&teller, Action::Ballot(counted))
}

/// Which of the three directions a member leans to.
pub fn leaning(year: &Year<'_>, member: &MemberId) -> u64 {
    match year.dice.trait_of(member, "leaning", 100) {
        0..45 => 0,
        45..75 => 1,
        _ => 2,
    }
}

/// How a voter ranks the candidates: those of one's own direction before others, those better known before less.
fn paper(year: &mut Year<'_>, voter: &MemberId, known: &[(u64, u64)]) -> Vec<u16> {
    let own = leaning(year, voter);
    let mut liked: Vec<(u64, u16)> = known
        .iter()
        .enumerate()
        .map(|(place, (direction, known))| {
            let bonus = if *direction == own { 60 } else { 0 };
            (bonus + known + year.dice.below(90), place as u16 + 1)
        })
        .collect();
    liked.sort_unstable_by(|a, b| b.cmp(a));
    let ranked = 1 + year.dice.below(known.len() as u64) as usize;
    liked.into_iter().take(ranked).map(|(_, place)| place).collect()
}

fn write_box(
    standing: &[MemberId],
    seats: usize,
    papers: &BTreeMap<Vec<u16>, u64>,
) -> Result<Blob, LabError> {
    let broken = |error: &dyn std::fmt::Display| LabError::Example(format!("a ballot box: {error}"));
    let mut election = mandate_count::Election::new(seats as u32, standing.iter().map(MemberId::as_str));
    for (ranking, number) in papers {
        election.push(ranking, *number).map_err(|error| broken(&error))?;
    }
    let mut blt = Vec::new();
    mandate_count::blt::write(&election, &mut blt).map_err(|error| broken(&error))?;
    Ok(Blob(blt))
}

/// Closes, counts and declares. The seed is revealed only where a tie asks for it.
fn finish(year: &mut Year<'_>, running: &Running, held: &mut Held) -> Result<(), LabError> {
    let id = running.id;
    let teller = year.officer(Duty::Tell, &running.body)?;
    year.say(&teller, Action::Ballot(ballot::Action::Close { election: id }))?;
    let count = |seed| Action::Ballot(ballot::Action::Count { election: id, admitted: Vec::new(), seed });
    match year.try_to_say(&teller, count(None))? {
        Ok(()) => {}
        Err(Refusal::LotNeeded { .. }) => {
            held.lots += 1;
            year.say(&teller, count(Some(running.seed)))?;
        }
        Err(refusal) => {
            let action = format!("count election {id}");
            return Err(LabError::Refused { refusal: Box::new(refusal), at: year.now, by: teller, action });
        }
    }
    year.say(&teller, Action::Ballot(ballot::Action::Declare { election: id }))?;
    let election = &year.federation()?.elections[id.index()];
    held.elections += 1;
    held.seats += u64::from(election.seats);
    held.voted += election.ballots.voted();
    held.entitled += election.entitled;
    held.filled += election.outcome.as_ref().map_or(0, |outcome| outcome.elected.len() as u64);
    Ok(())
}

impl std::ops::AddAssign for Held {
    fn add_assign(&mut self, other: Self) {
        self.elections += other.elections;
        self.seats += other.seats;
        self.filled += other.filled;
        self.voted += other.voted;
        self.entitled += other.entitled;
        self.lots += other.lots;
    }
}
