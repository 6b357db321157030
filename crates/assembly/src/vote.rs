//! Votes in a meeting: putting a question, answering by hand, card or roll call, closing.
//!
//! What a majority is of, and whether it is strict, the charter says for each kind of motion [motion.*.majority];
//! `majority` reckons it.

use crate::decision::{Context, Decided, Decision, Misfit};
use crate::duty;
use crate::event::Event;
use crate::ids::{MeetingId, MemberId, MotionId, ThesesId, VariantId, VoteId};
use crate::majority::{self, Tally};
use crate::meeting::{Meeting, chairs, holds_still, meeting_mut, require_quorum, still_here};
use crate::motion::{Outcome, Sought, decide_amendment, motion_mut};
use crate::refusal::Refusal;
use crate::state::Federation;
use crate::{amending, organ};
use jiff::Timestamp;
use mandate_charter::{Duty, Effect, MotionKind, VoteWay};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What is put to the vote.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// Shall this amendment, by its place from 1, be adopted?
    Amendment { motion: MotionId, amendment: u32 },
    /// Shall this motion be adopted, as amended?
    Motion(MotionId),
    /// Which of these platforms?
    Platforms(Vec<ThesesId>),
    /// Which of these variants shall be the plan? Ranked.
    Variants(Vec<VariantId>),
    /// Shall our delegates be bound to vote so on a motion above?
    Instruction { on: MotionId, answer: Instructed },
}

/// What a mandate binds a delegate to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Instructed {
    For,
    Against,
    Abstain,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    For,
    Against,
    Abstain,
    /// One of the platforms, by its place from 1.
    Choice(u32),
    /// Variants in order of preference, by their places from 1.
    Ranking(Vec<u16>),
}

/// An answer and the votes behind it. Without a number: all that the voter carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Part {
    pub answer: Answer,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub votes: Option<u64>,
}

/// A vote, open or closed.
#[derive(Debug, Clone, PartialEq)]
pub struct Vote {
    pub meeting: MeetingId,
    pub question: Question,
    pub way: VoteWay,
    pub opened: Timestamp,
    /// Seats entitled when it was opened, and what they carry.
    pub entitled: u64,
    /// By whose seat, what was answered.
    pub answers: BTreeMap<MemberId, Vec<(Answer, u64)>>,
    /// Hands as counted.
    pub hands: Option<Tally>,
    pub closed: Option<Timestamp>,
    pub result: Option<VoteResult>,
}

/// How a vote ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoteResult {
    pub tally: Tally,
    /// Votes that were there to be cast.
    pub present: u64,
    pub adopted: bool,
    /// The choice with most votes, by its place from 1, where there is a choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice: Option<u32>,
    /// Why a motion that had its majority could not be adopted: what it seeks was no longer in order when the vote
    /// closed. It stays open and may be put again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hindered: Option<String>,
}

impl Vote {
    /// Whether it decides on a motion or one of its amendments.
    pub fn is_on(&self, motion: MotionId) -> bool {
        match &self.question {
            Question::Motion(id) | Question::Amendment { motion: id, .. } => *id == motion,
            _ => false,
        }
    }
}

/// What may be asked of a vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Puts a question. The way of voting is the charter's for the kind.
    Put { meeting: MeetingId, question: Question },
    /// Answers; `for_absent` where one holds their proxy.
    Answer {
        vote: VoteId,
        parts: Vec<Part>,
        #[serde(default)]
        for_absent: Option<MemberId>,
    },
    /// Enters the hands that tellers counted.
    CountHands { vote: VoteId, tally: Tally },
    /// Enters answers by name for those who gave them aloud or on paper.
    Enter { vote: VoteId, answers: Vec<(MemberId, Vec<Part>)> },
    /// Closes and decides. `seed` for a lot, where a ranked choice is tied.
    Close { vote: VoteId },
}

/// What happened to a vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Happened {
    Put { meeting: MeetingId, question: Question, way: Way, entitled: u64 },
    Answered { vote: VoteId, answers: Vec<(MemberId, Vec<(Answer, u64)>)> },
    HandsCounted { vote: VoteId, tally: Tally },
    Closed { vote: VoteId, result: VoteResult },
}

/// The charter's way of voting, as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    Hand,
    Card,
    RollCall,
}

impl Federation {
    /// A vote.
    ///
    /// # Errors
    /// Refused where there is none of that number.
    pub fn vote(&self, id: VoteId) -> Result<&Vote, Refusal> {
        self.votes.get(id.index()).ok_or_else(|| Refusal::no_such("vote", &id))
    }

    /// The vote that is open in a meeting.
    pub fn open_vote(&self, meeting: MeetingId) -> Option<VoteId> {
        let last = *self.meeting(meeting).ok()?.votes.last()?;
        self.vote(last).is_ok_and(|vote| vote.closed.is_none()).then_some(last)
    }
}

impl Meeting {
    /// Votes that a seat has in a vote by card; one in any other. Frozen when the meeting opened, so that no vote
    /// that was given comes to more or less than what was there to give.
    fn weight(&self, seat: &MemberId, way: VoteWay) -> u64 {
        match way {
            VoteWay::Card => self.carried.get(seat).copied().unwrap_or(1),
            VoteWay::Hand | VoteWay::RollCall => 1,
        }
    }
}

pub(crate) fn decide(federation: &Federation, context: &Context<'_>, action: &Action) -> Decided {
    match action {
        Action::Put { meeting: id, question } => {
            let meeting = federation.open_meeting(*id)?;
            chairs(federation, context, meeting)?;
            if let Some(vote) = federation.open_vote(*id) {
                return Err(Refusal::VoteStillOpen { vote });
            }
            require_quorum(federation, meeting, context.at)?;
            let kind = may_be_put(federation, context, meeting, question)?;
            if let Some(kind) = kind {
                kind_quorum(federation, kind, meeting, context.at)?;
            }
            if let Question::Motion(id) = question {
                sought(federation, context, *id)?;
            }
            let way = kind.map_or(VoteWay::RollCall, |kind| kind.vote);
            let entitled = entitled_votes(meeting, way);
            let put = Happened::Put { meeting: *id, question: question.clone(), way: way.into(), entitled };
            Ok(Event::Vote(put).into())
        }
        Action::Answer { vote: id, parts, for_absent } => {
            let (vote, meeting) = open_vote(federation, *id)?;
            if vote.way == VoteWay::Hand {
                return Err(Refusal::ByHand { vote: *id });
            }
            let seat = seat_for(federation, meeting, context.by, for_absent.as_ref())?;
            let answer = check_answer(federation, context, vote, meeting, &seat, parts)?;
            let answered = Happened::Answered { vote: *id, answers: vec![(seat, answer)] };
            Ok(Event::Vote(answered).into())
        }
        Action::Enter { vote: id, answers } => {
            let (vote, meeting) = open_vote(federation, *id)?;
            duty::require(federation, context, Duty::Tell, &meeting.assembly)?;
            if vote.way == VoteWay::Hand {
                return Err(Refusal::ByHand { vote: *id });
            }
            let mut entered = Vec::with_capacity(answers.len());
            let mut seen = BTreeSet::new();
            for (member, parts) in answers {
                let seat = represented_seat(federation, meeting, member)?;
                if !seen.insert(seat.clone()) {
                    return Err(Refusal::AlreadyVoted { member: member.clone() });
                }
                let answer = check_answer(federation, context, vote, meeting, &seat, parts)?;
                entered.push((seat, answer));
            }
            Ok(Event::Vote(Happened::Answered { vote: *id, answers: entered }).into())
        }
        Action::CountHands { vote: id, tally } => {
            let (vote, meeting) = open_vote(federation, *id)?;
            duty::require(federation, context, Duty::Tell, &meeting.assembly)?;
            if vote.way != VoteWay::Hand {
                return Err(Refusal::ByName { vote: *id });
            }
            if vote.hands.is_some() {
                return Err(Refusal::HandsAlreadyCounted { vote: *id });
            }
            let choices = choices(&vote.question);
            if tally.counts.len() != choices {
                return Err(Refusal::WrongNumberOfCounts { given: tally.counts.len(), choices });
            }
            let here =
                meeting.represented().filter(|seat| holds_still(federation, meeting, seat, context.at));
            let (hands, present) = (tally.total(), here.count() as u64);
            if hands.is_none_or(|hands| hands > present) {
                return Err(Refusal::MoreHandsThanPresent { hands: hands.unwrap_or(u64::MAX), present });
            }
            Ok(Event::Vote(Happened::HandsCounted { vote: *id, tally: tally.clone() }).into())
        }
        Action::Close { vote: id } => close(federation, context, *id),
    }
}

/// Whether a question is in order now, and the article by which it is decided.
fn may_be_put<'a>(
    federation: &'a Federation,
    context: &Context<'_>,
    meeting: &Meeting,
    question: &Question,
) -> Result<Option<&'a MotionKind>, Refusal> {
    match question {
        Question::Motion(id) | Question::Amendment { motion: id, .. } => {
            let motion = federation.motion(*id)?;
            if motion.assembly != meeting.assembly {
                return Err(Refusal::MotionElsewhere { motion: *id, assembly: motion.assembly.clone() });
            }
            if !motion.is_open() {
                return Err(Refusal::MotionDecided { motion: *id });
            }
            if !meeting.agenda.iter().any(|item| item.motion == Some(*id)) {
                return Err(Refusal::NotOnAgenda { motion: *id });
            }
            let kind = federation.motion_kind(&motion.kind)?;
            let (have, need) = (motion.signatures.len() as u64, u64::from(kind.signatures));
            if have < need && motion.origin.is_none() {
                return Err(Refusal::TooFewSignatures { have, need, article: "motion.signatures" });
            }
            let earliest = kind.notice.after(motion.filed_at);
            if context.at < earliest {
                return Err(Refusal::MotionTooFresh { motion: *id, earliest });
            }
            if let Some(level) = federation.not_circulated(*id, kind) {
                return Err(Refusal::NotCirculated { motion: *id, level });
            }
            let next = motion.next_amendment().map(|place| place as u32 + 1);
            let asked = match question {
                Question::Amendment { amendment, .. } => Some(*amendment),
                _ => None,
            };
            if asked != next {
                let next = next.map_or("the motion itself".into(), |place| format!("amendment {place}"));
                return Err(Refusal::OutOfOrder { motion: *id, next });
            }
            Ok(Some(kind))
        }
        Question::Platforms(theses) => {
            let hears = federation.first_of_level(&federation.charter.platform.heard_by);
            if hears != Some(&meeting.assembly) {
                return Err(Refusal::PlatformsElsewhere {
                    level: federation.charter.platform.heard_by.clone(),
                });
            }
            federation.platforms.all_may_be_put(theses)?;
            let kind = federation.charter.motions.iter().find(|kind| kind.effect == Effect::Theses);
            Ok(Some(kind.ok_or_else(|| Refusal::no_such("kind of motion for", &"theses"))?))
        }
        Question::Variants(variants) => {
            federation.variants_may_be_put(&meeting.assembly, variants)?;
            Ok(None)
        }
        Question::Instruction { on, .. } => {
            let motion = federation.motion(*on)?;
            let above = federation.assembly(&motion.assembly)?;
            if !above.electors.contains(&meeting.assembly) {
                let office = format!("delegates to {}", motion.assembly);
                return Err(Refusal::NotAnElector { body: meeting.assembly.clone(), office });
            }
            if !motion.is_open() {
                return Err(Refusal::MotionDecided { motion: *on });
            }
            Ok(Some(federation.motion_kind(&motion.kind)?))
        }
    }
}

fn kind_quorum(
    federation: &Federation,
    kind: &MotionKind,
    meeting: &Meeting,
    at: Timestamp,
) -> Result<(), Refusal> {
    let Some(quorum) = kind.quorum else { return Ok(()) };
    let (present, needed) = (still_here(federation, meeting, at), quorum.at_least(meeting.entitled));
    if present < needed {
        let article = format!("motion.{}.quorum", kind.kind);
        return Err(Refusal::NoQuorum { present, entitled: meeting.entitled, needed, article });
    }
    Ok(())
}

pub(crate) fn entitled_votes(meeting: &Meeting, way: VoteWay) -> u64 {
    match (&meeting.electorate, way) {
        (crate::electorate::Electorate::Delegates(seats), VoteWay::Card) => {
            seats.iter().map(|seat| meeting.weight(seat, way)).sum()
        }
        _ => meeting.entitled,
    }
}

fn open_vote(federation: &Federation, id: VoteId) -> Result<(&Vote, &Meeting), Refusal> {
    let vote = federation.vote(id)?;
    if vote.closed.is_some() {
        return Err(Refusal::VoteClosed { vote: id });
    }
    Ok((vote, federation.open_meeting(vote.meeting)?))
}

/// The seat that somebody votes for: their own, or an absent one's whose proxy they hold.
fn seat_for(
    federation: &Federation,
    meeting: &Meeting,
    by: &MemberId,
    for_absent: Option<&MemberId>,
) -> Result<MemberId, Refusal> {
    let Some(absent) = for_absent else {
        return represented_seat(federation, meeting, by).and_then(|seat| {
            if meeting.present.contains(&seat) {
                Ok(seat)
            } else {
                Err(Refusal::NotPresent { member: by.clone() })
            }
        });
    };
    if meeting.proxies.get(absent) != Some(by) {
        return Err(Refusal::NotTheProxy { giver: absent.clone(), holder: by.clone() });
    }
    meeting.acts_for(by).ok_or_else(|| Refusal::NotPresent { member: by.clone() })?;
    Ok(absent.clone())
}

fn represented_seat(
    federation: &Federation,
    meeting: &Meeting,
    member: &MemberId,
) -> Result<MemberId, Refusal> {
    if let Some(seat) = meeting.acts_for(member) {
        return Ok(seat.clone());
    }
    if meeting.proxies.contains_key(member) && meeting.represented().any(|seat| seat == member) {
        return Ok(member.clone());
    }
    if meeting.electorate.has(federation, member) {
        return Err(Refusal::NotPresent { member: member.clone() });
    }
    Err(Refusal::NotEntitled { body: meeting.assembly.clone(), member: member.clone() })
}

fn check_answer(
    federation: &Federation,
    context: &Context<'_>,
    vote: &Vote,
    meeting: &Meeting,
    seat: &MemberId,
    parts: &[Part],
) -> Result<Vec<(Answer, u64)>, Refusal> {
    if !holds_still(federation, meeting, seat, context.at) {
        return Err(Refusal::NotEntitled { body: meeting.assembly.clone(), member: seat.clone() });
    }
    if vote.answers.contains_key(seat) {
        return Err(Refusal::AlreadyVoted { member: seat.clone() });
    }
    let carried = meeting.weight(seat, vote.way);
    if parts.len() > 1 && vote.way != VoteWay::Card {
        return Err(Refusal::CannotSplit { member: seat.clone() });
    }
    let answers: Vec<(Answer, u64)> =
        parts.iter().map(|part| (part.answer.clone(), part.votes.unwrap_or(carried))).collect();
    if answers.is_empty() {
        return Err(Refusal::WrongAnswer { choices: choices(&vote.question) });
    }
    let given = answers.iter().try_fold(0u64, |sum, (_, votes)| sum.checked_add(*votes));
    if given.is_none_or(|given| given > carried) {
        return Err(Refusal::MoreThanCarried {
            member: seat.clone(),
            given: given.unwrap_or(u64::MAX),
            carried,
        });
    }
    for (answer, _) in &answers {
        fits(&vote.question, answer)?;
    }
    Ok(answers)
}

/// How many answers a question has, besides abstaining.
pub(crate) fn choices(question: &Question) -> usize {
    match question {
        Question::Platforms(theses) => theses.len(),
        Question::Variants(variants) => variants.len(),
        _ => 2,
    }
}

fn fits(question: &Question, answer: &Answer) -> Result<(), Refusal> {
    let choices = choices(question);
    let ok = match (question, answer) {
        (_, Answer::Abstain) => true,
        (Question::Platforms(_), Answer::Choice(place)) => (1..=choices).contains(&(*place as usize)),
        (Question::Variants(_), Answer::Ranking(places)) => {
            let distinct: BTreeSet<_> = places.iter().collect();
            distinct.len() == places.len()
                && places.iter().all(|place| (1..=choices).contains(&usize::from(*place)))
        }
        (Question::Platforms(_) | Question::Variants(_), _) => false,
        (_, Answer::For | Answer::Against) => true,
        _ => false,
    };
    if ok { Ok(()) } else { Err(Refusal::WrongAnswer { choices }) }
}

fn close(federation: &Federation, context: &Context<'_>, id: VoteId) -> Decided {
    let (vote, meeting) = open_vote(federation, id)?;
    chairs(federation, context, meeting)?;
    let result = result(federation, context, id)?;
    let effects = match result.adopted {
        true => effects(federation, context, &vote.question, result.choice)?,
        false => Vec::new(),
    };
    let mut decision = Decision::from(Event::Vote(Happened::Closed { vote: id, result }));
    decision.events.extend(effects);
    Ok(decision)
}

/// What an open vote comes to, from the answers or hands that are there.
///
/// # Errors
/// Refused where hands are not counted yet.
pub fn result(federation: &Federation, context: &Context<'_>, id: VoteId) -> Result<VoteResult, Refusal> {
    let vote = federation.vote(id)?;
    let meeting = federation.meeting(vote.meeting)?;
    let here = meeting.represented().filter(|seat| holds_still(federation, meeting, seat, context.at));
    let seats: BTreeSet<&MemberId> = here.chain(vote.answers.keys()).collect();
    let present = seats.iter().fold(0u64, |sum, seat| sum.saturating_add(meeting.weight(seat, vote.way)));
    let tally = match (&vote.hands, vote.way) {
        (Some(hands), _) => hands.clone(),
        (None, VoteWay::Hand) => return Err(Refusal::HandsNotCounted { vote: id }),
        (None, _) => Tally::of(choices(&vote.question), vote.answers.values().flatten()),
    };
    let votes = majority::Votes { tally: &tally, present, entitled: vote.entitled };
    let (adopted, choice) = match &vote.question {
        Question::Variants(variants) => {
            let choice = rank(federation, vote, variants.len())?;
            (choice.is_some(), choice)
        }
        Question::Platforms(_) => {
            let majority = kind_of(federation, &vote.question)?.majority;
            let choice = votes.leading();
            (
                choice.is_some_and(|place| votes.carries(&majority, place)),
                choice.map(|place| place as u32 + 1),
            )
        }
        _ => (votes.carries(&kind_of(federation, &vote.question)?.majority, 0), None),
    };
    let hindered = match (adopted, &vote.question) {
        (true, Question::Motion(id)) => match sought(federation, context, *id) {
            Ok(_) => None,
            Err(gone @ Refusal::AttachmentMissing { .. }) => return Err(gone),
            Err(refusal) => Some(refusal.to_string()),
        },
        _ => None,
    };
    Ok(VoteResult { tally, present, adopted: adopted && hindered.is_none(), choice, hindered })
}

fn kind_of<'a>(federation: &'a Federation, question: &Question) -> Result<&'a MotionKind, Refusal> {
    match question {
        Question::Motion(id)
        | Question::Amendment { motion: id, .. }
        | Question::Instruction { on: id, .. } => federation.motion_kind(&federation.motion(*id)?.kind),
        Question::Platforms(_) | Question::Variants(_) => {
            let kind = federation.charter.motions.iter().find(|kind| kind.effect == Effect::Theses);
            kind.ok_or_else(|| Refusal::no_such("kind of motion for", &"theses"))
        }
    }
}

/// The variant that wins by the charter's rule [plan.variants.rule]. A tie that only a lot could break leaves the
/// vote undecided: the congress votes again.
fn rank(federation: &Federation, vote: &Vote, variants: usize) -> Result<Option<u32>, Refusal> {
    let mut election = mandate_count::Election::new(1, (1..=variants).map(|place| place.to_string()));
    for (answer, votes) in vote.answers.values().flatten() {
        if let Answer::Ranking(places) = answer
            && !places.is_empty()
            && *votes > 0
        {
            let pushed = election.push(places, *votes);
            pushed.map_err(|error| Refusal::CannotCount { problem: error.to_string() })?;
        }
    }
    if election.ballots.is_empty() {
        return Ok(None);
    }
    match mandate_count::count(federation.charter.plan.rule, &election, None) {
        Ok(count) => Ok(count.winners().first().map(|place| u32::from(*place))),
        Err(mandate_count::CountError::LotNeeded { .. }) => Ok(None),
        Err(error) => Err(Refusal::CannotCount { problem: error.to_string() }),
    }
}

/// Events by which an adopted motion brings about what it seeks. Looked at when it is put and when the vote closes:
/// a text may have become entrenched since it was filed, a criterion unmet.
fn sought(federation: &Federation, context: &Context<'_>, id: MotionId) -> Result<Vec<Event>, Refusal> {
    let motion = federation.motion(id)?;
    let effect = federation.motion_kind(&motion.kind)?.effect;
    match &motion.seeks {
        // A motion that was sent on is an opinion there: the assembly that an organ answers to takes the step.
        Some(Sought::Transition(organ)) if federation.organ(organ)?.assembly == motion.assembly => {
            organ::take_step(federation, organ, context.at)
        }
        Some(Sought::Charter(text)) if effect == Effect::Charter => {
            Ok(vec![amending::amended(federation, context, effect, *text)?])
        }
        _ => Ok(Vec::new()),
    }
}

/// Events that follow from an adopted question, besides the decision itself.
fn effects(
    federation: &Federation,
    context: &Context<'_>,
    question: &Question,
    choice: Option<u32>,
) -> Result<Vec<Event>, Refusal> {
    match question {
        Question::Motion(id) => sought(federation, context, *id),
        Question::Variants(variants) => {
            let chosen = choice.and_then(|place| variants.get(place as usize - 1)).copied();
            Ok(chosen
                .map(|variant| Event::Plan(crate::plan::Happened::Adopted { variant }))
                .into_iter()
                .collect())
        }
        _ => Ok(Vec::new()),
    }
}

pub(crate) fn apply(federation: &mut Federation, at: Timestamp, event: &Happened) -> Result<(), Misfit> {
    match event {
        Happened::Put { meeting, question, way, entitled } => {
            let id = VoteId::next(federation.votes.len());
            let meeting_open = meeting_mut(federation, *meeting)?;
            meeting_open.had_quorum = true;
            meeting_open.votes.push(id);
            federation.votes.push(Vote {
                meeting: *meeting,
                question: question.clone(),
                way: (*way).into(),
                opened: at,
                entitled: *entitled,
                answers: BTreeMap::new(),
                hands: None,
                closed: None,
                result: None,
            });
        }
        Happened::Answered { vote, answers } => {
            vote_mut(federation, *vote)?.answers.extend(answers.iter().cloned());
        }
        Happened::HandsCounted { vote, tally } => vote_mut(federation, *vote)?.hands = Some(tally.clone()),
        Happened::Closed { vote: id, result } => {
            let vote = vote_mut(federation, *id)?;
            vote.closed = Some(at);
            vote.result = Some(result.clone());
            let (question, meeting) = (vote.question.clone(), vote.meeting);
            settle(federation, at, &question, meeting, result)?;
        }
    }
    Ok(())
}

/// What a closed vote makes of what it was about.
fn settle(
    federation: &mut Federation,
    at: Timestamp,
    question: &Question,
    meeting: MeetingId,
    result: &VoteResult,
) -> Result<(), Misfit> {
    match question {
        Question::Motion(_) if result.hindered.is_some() => {}
        Question::Motion(id) => {
            let outcome = if result.adopted { Outcome::Adopted } else { Outcome::Rejected };
            motion_mut(federation, *id)?.outcome = Some((at, outcome));
        }
        Question::Amendment { motion, amendment } => {
            let place = (*amendment as usize).wrapping_sub(1);
            decide_amendment(motion_mut(federation, *motion)?, place, result.adopted)?;
        }
        Question::Platforms(theses) => federation.platforms.note_vote(theses, result),
        Question::Variants(_) => {}
        Question::Instruction { on, answer } if result.adopted => {
            let body = meeting_mut(federation, meeting)?.assembly.clone();
            federation.give_mandate(body, *on, *answer, at);
        }
        Question::Instruction { .. } => {}
    }
    Ok(())
}

fn vote_mut(federation: &mut Federation, id: VoteId) -> Result<&mut Vote, Misfit> {
    federation.votes.get_mut(id.index()).ok_or_else(|| Misfit::no("vote", &id))
}

impl From<VoteWay> for Way {
    fn from(way: VoteWay) -> Self {
        match way {
            VoteWay::Hand => Self::Hand,
            VoteWay::Card => Self::Card,
            VoteWay::RollCall => Self::RollCall,
        }
    }
}

impl From<Way> for VoteWay {
    fn from(way: Way) -> Self {
        match way {
            Way::Hand => Self::Hand,
            Way::Card => Self::Card,
            Way::RollCall => Self::RollCall,
        }
    }
}
