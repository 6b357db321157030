//! Secret ballots: set up, sealed and opened, each step only with an archive that verifies [election.ballot,
//! recall.ballot].
//!
//! The archive is one of the Belenios protocol (docs/ballots.md). Voting itself needs no word here: ballots are in the
//! archive, and anybody can look at it at any time. What enters is what binds: the setup, whose credentials must be as
//! many as the roll at the cut-off has members entitled; the sealed box, which must begin with the setup byte for
//! byte; the opened box, which must begin with the sealed one.
//!
//! Who holds which credential the mandate commission knows and nobody else: the record keeps a commitment to its list,
//! so that the list cannot be changed afterwards without being seen. Whoever would rather vote on paper is named when
//! the ballot is set up and gets no credential; nobody can do both.

use crate::box_of_paper::read_marked;
use crate::decision::{Context, Decided, Decision, Misfit};
use crate::duty;
use crate::election::{election_mut, office_name};
use crate::electorate::Electorate;
use crate::event::Event;
use crate::ids::{AssemblyId, Blob, ElectionId, Hash, MemberId, RecallId};
use crate::majority::Tally;
use crate::recall;
use crate::refusal::Refusal;
use crate::state::Federation;
use jiff::Timestamp;
use mandate_ballot::{Audit, AuditOptions, EventKind, Outcome, Parameters, Question, QuestionOutcome};
use mandate_charter::{BallotWay, Duty};
use mandate_count::Rule;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::io::Cursor;

/// The version of the protocol, as every entry names it.
pub const PROTOCOL: &str = "Belenios 1";

/// What is voted on in secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    Election(ElectionId),
    Recall(RecallId),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Election(id) => write!(f, "election {id}"),
            Self::Recall(id) => write!(f, "recall {id}"),
        }
    }
}

impl Subject {
    /// The article under which ballots on it are secret.
    fn article(self) -> &'static str {
        match self {
            Self::Election(_) => "election.ballot",
            Self::Recall(_) => "recall.ballot",
        }
    }
}

/// A secret ballot, as far as it has come.
#[derive(Debug, Clone, PartialEq)]
pub struct SecretBallot {
    pub setup: Setup,
    pub sealed: Option<Sealed>,
    pub opened: Option<Opened>,
}

/// A ballot as it was set up, before anybody voted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Setup {
    /// The archive, which holds the setup and no ballot.
    pub archive: Hash,
    pub bytes: u64,
    /// Name and version of the protocol.
    pub protocol: String,
    /// The group in which ballots are encrypted.
    pub group: String,
    /// The hash of the election's parameters, which every ballot repeats.
    pub fingerprint: String,
    pub credentials: u64,
    pub trustees: u64,
    /// SHA-256 of the commission's list of who holds which credential.
    pub holders: Hash,
    /// Those who vote on paper, one a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper_roll: Option<Hash>,
    /// How many they are.
    #[serde(default)]
    pub on_paper: u64,
}

/// The closed box: its ballots added up or listed while encrypted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Sealed {
    pub archive: Hash,
    pub bytes: u64,
    /// Ballots that count: the last of each credential.
    pub ballots: u64,
}

/// The decrypted result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Opened {
    /// The whole archive.
    pub archive: Hash,
    pub ballots: u64,
    pub found: Found,
}

/// What was in the box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Found {
    /// Ballots for candidates, as a BLT file, so that any program can count them. Where only sums are decrypted, each
    /// candidate's sum is so many papers with this name alone.
    Papers { blt: Hash, valid: u64 },
    /// For and against; abstentions.
    Answers(Tally),
}

/// What may be asked of a secret ballot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Sets it up. `holders`: SHA-256 of the list of who holds which credential. `paper_roll`: those who vote on
    /// paper instead, one identifier a line.
    SetUp {
        on: Subject,
        archive: Blob,
        holders: Hash,
        #[serde(default)]
        paper_roll: Option<Blob>,
    },
    /// Closes the box: the archive with the encrypted tally.
    Seal { on: Subject, archive: Blob },
    /// Publishes the result: the whole archive.
    Open { on: Subject, archive: Blob },
}

/// What happened to a secret ballot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Happened {
    SetUp { on: Subject, setup: Setup },
    Sealed { on: Subject, sealed: Sealed },
    Opened { on: Subject, opened: Opened },
}

/// What the federation knows of a vote whose ballots are secret.
struct Vote<'a> {
    body: &'a AssemblyId,
    electorate: &'a Electorate,
    entitled: u64,
    /// Ballots can be set up after this moment.
    after: Timestamp,
    closes_at: Timestamp,
    closed: bool,
    asks: Asks,
}

/// The question that the ballot must put.
struct Asks {
    answers: Vec<String>,
    /// The most answers that one may choose; none where all are given numbers.
    most: Option<u64>,
}

impl Federation {
    /// A secret ballot.
    ///
    /// # Errors
    /// Refused where it is not set up.
    pub fn secret_ballot(&self, on: Subject) -> Result<&SecretBallot, Refusal> {
        let found = self.secret_ballots.get(&on);
        found.ok_or_else(|| Refusal::BallotNotSetUp { on: on.to_string(), article: on.article() })
    }

    /// The opened box of a secret ballot.
    ///
    /// # Errors
    /// Refused until it is opened.
    pub(crate) fn opened(&self, on: Subject) -> Result<&Opened, Refusal> {
        let opened = self.secret_ballots.get(&on).and_then(|ballot| ballot.opened.as_ref());
        opened.ok_or_else(|| Refusal::SecretBallotNeedsArchive { on: on.to_string(), article: on.article() })
    }
}

pub(crate) fn decide(federation: &Federation, context: &Context<'_>, action: &Action) -> Decided {
    match action {
        Action::SetUp { on, archive, holders, paper_roll } => {
            let vote = vote(federation, *on)?;
            may_keep(federation, context, *on, &vote)?;
            if federation.secret_ballots.contains_key(on) {
                return Err(Refusal::BallotSetUpAlready { on: on.to_string(), article: on.article() });
            }
            if context.at <= vote.after {
                return Err(Refusal::NominationsOpen { until: vote.after });
            }
            if context.at >= vote.closes_at {
                return Err(Refusal::VotingOver { closed_at: vote.closes_at });
            }
            let setup = set_up(federation, *on, archive, *holders, paper_roll.as_ref())?;
            let same = |other: &SecretBallot| other.setup.fingerprint == setup.fingerprint;
            if let Some((other, _)) = federation.secret_ballots.iter().find(|(_, ballot)| same(ballot)) {
                return Err(Refusal::ArchiveUsedBefore { other: other.to_string(), article: on.article() });
            }
            let decision = Decision::from(Event::Secret(Happened::SetUp { on: *on, setup })).with(archive);
            Ok(paper_roll.iter().fold(decision, |decision, roll| decision.with(roll)))
        }
        Action::Seal { on, archive } => {
            let vote = vote(federation, *on)?;
            may_keep(federation, context, *on, &vote)?;
            let ballot = federation.secret_ballot(*on)?;
            if ballot.sealed.is_some() {
                return Err(Refusal::BallotSealed { on: on.to_string(), article: on.article() });
            }
            let sealed = seal(*on, &ballot.setup, archive)?;
            if context.at < vote.closes_at && sealed.ballots < ballot.setup.credentials {
                return Err(Refusal::VotingNotOver { closes_at: vote.closes_at });
            }
            Ok(Decision::from(Event::Secret(Happened::Sealed { on: *on, sealed })).with(archive))
        }
        Action::Open { on, archive } => {
            let vote = vote(federation, *on)?;
            may_keep(federation, context, *on, &vote)?;
            let ballot = federation.secret_ballot(*on)?;
            let Some(sealed) = &ballot.sealed else {
                return Err(Refusal::BallotNotSealed { on: on.to_string(), article: on.article() });
            };
            if ballot.opened.is_some() {
                return Err(Refusal::BallotOpened { on: on.to_string(), article: on.article() });
            }
            let (opened, papers) = open(federation, *on, sealed, archive, sealed.bytes)?;
            let decision = Decision::from(Event::Secret(Happened::Opened { on: *on, opened })).with(archive);
            Ok(papers.iter().fold(decision, |decision, papers| decision.with(papers)))
        }
    }
}

/// Tellers keep the box, and nobody the one of their own recall.
fn may_keep(
    federation: &Federation,
    context: &Context<'_>,
    on: Subject,
    vote: &Vote<'_>,
) -> Result<(), Refusal> {
    duty::require(federation, context, Duty::Tell, vote.body)?;
    match on {
        Subject::Election(id) if vote.closed => Err(Refusal::AlreadyClosed { election: id }),
        Subject::Recall(id) if vote.closed => Err(Refusal::RecallDecided { recall: id }),
        Subject::Recall(id) if federation.recall(id)?.member == *context.by => {
            Err(Refusal::JudgeInOwnCause { member: context.by.clone() })
        }
        _ => Ok(()),
    }
}

fn vote(federation: &Federation, on: Subject) -> Result<Vote<'_>, Refusal> {
    match on {
        Subject::Election(id) => {
            let election = federation.election(id)?;
            if election.way != BallotWay::Secret {
                return Err(not_secret(on, &office_name(&election.office)));
            }
            let answers: Vec<String> = election.standing().into_iter().map(ToString::to_string).collect();
            let most = match election.rule {
                Rule::Approval => Some(answers.len() as u64),
                Rule::Plurality => Some(1),
                _ => None,
            };
            Ok(Vote {
                body: &election.body,
                electorate: &election.electorate,
                entitled: election.entitled,
                after: election.nominations_until,
                closes_at: election.closes_at,
                closed: election.closed.is_some(),
                asks: Asks { answers, most },
            })
        }
        Subject::Recall(id) => {
            let recall = federation.recall(id)?;
            if !recall::is_secret(federation, id)? {
                return Err(not_secret(on, &office_name(&recall.office)));
            }
            let Some((called, electorate, entitled)) = &recall.called else {
                return Err(Refusal::RecallNotCalled { recall: id });
            };
            Ok(Vote {
                body: &recall.body,
                electorate,
                entitled: *entitled,
                after: Timestamp::MIN,
                closes_at: federation.election_article(&recall.office)?.period.after(*called),
                closed: recall.recalled.is_some(),
                asks: Asks { answers: vec!["for".into(), "against".into()], most: Some(1) },
            })
        }
    }
}

fn not_secret(on: Subject, office: &str) -> Refusal {
    let (on, article) = (format!("{on}, for {office},"), on.article());
    Refusal::NotASecretBallot { on, article }
}

/// Checks a setup and says what it holds.
pub(crate) fn set_up(
    federation: &Federation,
    on: Subject,
    archive: &Blob,
    holders: Hash,
    paper_roll: Option<&Blob>,
) -> Result<Setup, Refusal> {
    let vote = vote(federation, on)?;
    let audit = verified(on, archive, 0, EventKind::Setup)?;
    let (Some(parameters), Some(credentials), Some(fingerprint)) =
        (audit.parameters(), audit.credentials(), audit.fingerprint())
    else {
        return Err(ends_wrongly(on, "nothing", EventKind::Setup));
    };
    check_question(on, parameters, &vote.asks)?;
    let on_paper = match paper_roll {
        Some(roll) => read_marked(federation, vote.electorate, vote.body, roll)?,
        None => 0,
    };
    let number = credentials.len() as u64;
    if number.checked_add(on_paper) != Some(vote.entitled) {
        let entitled = vote.entitled;
        return Err(Refusal::WrongCredentials {
            credentials: number,
            on_paper,
            entitled,
            article: on.article(),
        });
    }
    if let Some(weight) = credentials.weights().find(|weight| *weight != 1) {
        return Err(Refusal::UnequalWeights { weight, article: on.article() });
    }
    Ok(Setup {
        archive: archive.hash(),
        bytes: archive.0.len() as u64,
        protocol: PROTOCOL.to_owned(),
        group: parameters.group.clone(),
        fingerprint: fingerprint.to_owned(),
        credentials: number,
        trustees: audit.trustees() as u64,
        holders,
        paper_roll: paper_roll.map(Blob::hash),
        on_paper,
    })
}

/// Checks a closed box against its setup.
pub(crate) fn seal(on: Subject, setup: &Setup, archive: &Blob) -> Result<Sealed, Refusal> {
    goes_on(on, setup.bytes, setup.archive, archive)?;
    let audit = verified(on, archive, 0, EventKind::EncryptedTally)?;
    let (ballots, _) = audit.counted();
    Ok(Sealed { archive: archive.hash(), bytes: archive.0.len() as u64, ballots })
}

/// Checks a result against the closed box, and writes the ballots in the form that counting rules take. The proofs of
/// ballots among the trusted bytes were checked before: those of the sealed box when it was sealed, of which the
/// archive must repeat every byte.
pub(crate) fn open(
    federation: &Federation,
    on: Subject,
    sealed: &Sealed,
    archive: &Blob,
    trusted_bytes: u64,
) -> Result<(Opened, Option<Blob>), Refusal> {
    let asks = vote(federation, on)?.asks;
    goes_on(on, sealed.bytes, sealed.archive, archive)?;
    let audit = verified(on, archive, trusted_bytes, EventKind::Result)?;
    let (ballots, _) = audit.counted();
    let result = audit.outcome().and_then(|Outcome { result }| result.first());
    let result = result.ok_or_else(|| ends_wrongly(on, "no result", EventKind::Result))?;
    let (found, papers) = match on {
        Subject::Recall(_) => (Found::Answers(answers(result, ballots)), None),
        Subject::Election(_) => {
            let (papers, valid) = papers(&asks, result, ballots)?;
            (Found::Papers { blt: papers.hash(), valid }, Some(papers))
        }
    };
    Ok((Opened { archive: archive.hash(), ballots, found }, papers))
}

/// For, against, and whoever chose neither.
fn answers(result: &QuestionOutcome, ballots: u64) -> Tally {
    let counts: Vec<u64> = match result {
        QuestionOutcome::Sums(sums) => sums.iter().map(|sum| sum.0).collect(),
        QuestionOutcome::Ballots(_) => Vec::new(),
    };
    let abstain = ballots.saturating_sub(counts.iter().sum());
    Tally { counts, abstain }
}

/// The decrypted ballots as a BLT file, and how many of them name anybody. What two candidates on one place or a
/// place left out mean, the rule of the count says.
fn papers(asks: &Asks, result: &QuestionOutcome, ballots: u64) -> Result<(Blob, u64), Refusal> {
    let problem = |error: &dyn fmt::Display| Refusal::CannotCount { problem: error.to_string() };
    let mut election = mandate_count::Election::new(1, asks.answers.iter());
    let mut valid = 0;
    match result {
        QuestionOutcome::Sums(sums) => {
            for (candidate, sum) in (1u16..).zip(sums).filter(|(_, sum)| sum.0 > 0) {
                election.push(&[candidate], sum.0).map_err(|error| problem(&error))?;
            }
            // Of sums nobody can tell who chose nothing where several may be chosen.
            valid = match asks.most {
                Some(1) => sums.iter().map(|sum| sum.0).sum(),
                _ => ballots,
            };
        }
        QuestionOutcome::Ballots(ballots) => {
            // In the order of their numbers, not of the shuffle, so that equal boxes give equal files.
            let mut ballots: Vec<&Vec<u64>> = ballots.iter().collect();
            ballots.sort_unstable();
            for same in ballots.chunk_by(|one, other| one == other) {
                let ranks = ranks(same[0]);
                if ranks.is_empty() {
                    continue;
                }
                let places = ranks.iter().map(Vec::as_slice);
                election.push_ranks(places, same.len() as u64).map_err(|error| problem(&error))?;
                valid += same.len() as u64;
            }
        }
    }
    let mut blt = Vec::new();
    mandate_count::blt::write(&election, &mut blt).map_err(|error| problem(&error))?;
    Ok((Blob(blt), valid))
}

/// Candidates by place: those with number 1, those with number 2, … 0 is no place.
fn ranks(numbers: &[u64]) -> Vec<Vec<u16>> {
    let last = numbers.iter().copied().max().unwrap_or(0);
    let at = |place: u64| (1u16..).zip(numbers).filter(move |(_, number)| **number == place);
    (1..=last).map(|place| at(place).map(|(candidate, _)| candidate).collect()).collect()
}

/// An archive without a fault that ends with this event. Ballots among the trusted bytes were verified before.
fn verified(
    on: Subject,
    archive: &Blob,
    trusted_bytes: u64,
    last: EventKind,
) -> Result<Audit<Cursor<&[u8]>>, Refusal> {
    let fails = |failures: usize, first: &dyn fmt::Display| Refusal::ArchiveFails {
        failures,
        first: first.to_string(),
        article: on.article(),
    };
    let options = AuditOptions { trusted_bytes, ..AuditOptions::default() };
    let mut audit =
        Audit::open(Cursor::new(archive.0.as_slice()), options).map_err(|fault| fails(1, &fault))?;
    audit.run(&mut |_| {});
    let failures = audit.failures();
    if let Some(first) = failures.first() {
        return Err(fails(failures.len(), &first.fault));
    }
    match audit.chain().last() {
        Some(found) if found == last => Ok(audit),
        Some(found) => Err(ends_wrongly(on, found.name(), last)),
        None => Err(ends_wrongly(on, "nothing", last)),
    }
}

fn ends_wrongly(on: Subject, found: &'static str, last: EventKind) -> Refusal {
    Refusal::ArchiveEndsWith { found, wanted: last.name(), article: on.article() }
}

/// Refuses an archive that does not begin with the one that was recorded before it, byte for byte.
fn goes_on(on: Subject, bytes: u64, before: Hash, archive: &Blob) -> Result<(), Refusal> {
    let beginning = usize::try_from(bytes).ok().and_then(|bytes| archive.0.get(..bytes));
    if beginning.map(Hash::of) == Some(before) {
        return Ok(());
    }
    Err(Refusal::ArchiveDoesNotGoOn { bytes, before, article: on.article() })
}

/// One question, about those who stand in their order, of the kind that the rule counts.
fn check_question(on: Subject, parameters: &Parameters, asks: &Asks) -> Result<(), Refusal> {
    let wanted = match asks.most {
        Some(most) => format!("choose 0 to {most} of {}, no blank", asks.answers.join(", ")),
        None => format!("number {}", asks.answers.join(", ")),
    };
    let found = match parameters.questions.as_slice() {
        [Question::Homomorphic(choice)] => {
            let blank = if choice.allows_blank() { "or blank" } else { "no blank" };
            let names = choice.answers.join(", ");
            format!("choose {} to {} of {names}, {blank}", choice.min, choice.max)
        }
        [Question::NonHomomorphic(ranking)] => format!("number {}", ranking.answers.join(", ")),
        several => format!("{} questions", several.len()),
    };
    if found == wanted {
        return Ok(());
    }
    Err(Refusal::WrongQuestion { found, wanted, article: on.article() })
}

/// Refuses a marked roll of paper voters with somebody on it who has a credential.
pub(crate) fn only_paper_voters(
    federation: &Federation,
    context: &Context<'_>,
    on: Subject,
    marked: &Blob,
) -> Result<(), Refusal> {
    let setup = &federation.secret_ballot(on)?.setup;
    let roll = match &setup.paper_roll {
        Some(hash) => context.file(hash)?,
        None => Vec::new().into(),
    };
    let (roll, marked) = (String::from_utf8_lossy(&roll), String::from_utf8_lossy(&marked.0));
    let on_paper: BTreeSet<&str> = roll.lines().collect();
    match marked.lines().find(|line| !on_paper.contains(line)) {
        None => Ok(()),
        Some(line) => Err(Refusal::VotesInSecret { member: MemberId::from(line), article: on.article() }),
    }
}

pub(crate) fn apply(federation: &mut Federation, event: &Happened) -> Result<(), Misfit> {
    match event {
        Happened::SetUp { on, setup } => {
            let ballot = SecretBallot { setup: setup.clone(), sealed: None, opened: None };
            federation.secret_ballots.insert(*on, ballot);
        }
        Happened::Sealed { on, sealed } => ballot_mut(federation, *on)?.sealed = Some(sealed.clone()),
        Happened::Opened { on, opened } => {
            ballot_mut(federation, *on)?.opened = Some(opened.clone());
            if let Subject::Election(id) = on {
                let Found::Papers { blt, valid } = opened.found else {
                    return Err(Misfit::because("the ballots of an election are answers to a question"));
                };
                election_mut(federation, *id)?.ballots.open(blt, valid, opened.ballots)?;
            }
        }
    }
    Ok(())
}

fn ballot_mut(federation: &mut Federation, on: Subject) -> Result<&mut SecretBallot, Misfit> {
    federation.secret_ballots.get_mut(&on).ok_or_else(|| Misfit::no("secret ballot on", &on))
}
