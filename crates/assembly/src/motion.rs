//! Motions and amendments: filing, signing, amending numbered lines, withdrawing, forwarding up or down
//! [motion.*, forwarding].
//!
//! No command strikes or hides a motion, and none is accepted that would strike or ban somebody's theses.

use crate::amending;
use crate::decision::{Context, Decided, Decision, Misfit};
use crate::duty;
use crate::event::Event;
use crate::ids::{AssemblyId, Blob, Hash, MemberId, MotionId, OrganId, ThesesId};
use crate::refusal::Refusal;
use crate::state::Federation;
use jiff::Timestamp;
use mandate_charter::{Duty, Effect, MotionKind, Protection};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A motion before one assembly.
#[derive(Debug, Clone, PartialEq)]
pub struct Motion {
    pub kind: String,
    pub assembly: AssemblyId,
    pub mover: MemberId,
    pub title: String,
    /// Lines as filed; amendments name them by number, from 1.
    pub text: Vec<String>,
    pub filed_at: Timestamp,
    pub signatures: BTreeSet<MemberId>,
    pub amendments: Vec<Amendment>,
    pub seeks: Option<Sought>,
    pub origin: Option<Origin>,
    pub forwarded_to: Vec<MotionId>,
    pub outcome: Option<(Timestamp, Outcome)>,
    /// What the receiving body said, where it was forwarded and not decided.
    pub answer: Option<String>,
}

/// How a motion ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Adopted,
    Rejected,
    /// By the mover alone.
    Withdrawn,
}

/// Where a forwarded motion came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Origin {
    pub motion: MotionId,
    pub from: AssemblyId,
    /// Whether it came from below.
    pub upward: bool,
    /// When the answer is due.
    pub due: Timestamp,
}

/// A change of numbered lines.
#[derive(Debug, Clone, PartialEq)]
pub struct Amendment {
    pub mover: MemberId,
    /// First line replaced, from 1; one past the last line adds at the end.
    pub first: u32,
    /// How many lines are replaced; none: the text is inserted before `first`.
    pub lines: u32,
    pub text: Vec<String>,
    pub outcome: Option<AmendmentOutcome>,
}

/// How an amendment ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AmendmentOutcome {
    Adopted,
    Rejected,
    Withdrawn,
    /// Another that changes the same lines was adopted before.
    Fallen,
}

impl Amendment {
    fn overlaps(&self, other: &Self) -> bool {
        let (start, end) = (self.first, self.first + self.lines);
        let (other_start, other_end) = (other.first, other.first + other.lines);
        // Two insertions at one place do not exclude each other.
        start < other_end && other_start < end
    }
}

/// What adopting the motion brings about, besides its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Seeks {
    /// A new text of the charter.
    Charter { text: Blob },
    /// The next step of an organ's transition.
    Transition { organ: OrganId },
    /// That theses be struck from the record. Refused.
    Strike { theses: ThesesId },
    /// That theses and those who signed them be banned. Refused.
    Ban { theses: ThesesId },
}

/// What a filed motion seeks, as the record keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sought {
    /// The charter with this text.
    Charter(Hash),
    /// The next step of this organ's transition.
    Transition(OrganId),
}

impl Motion {
    /// Whether it may still be signed, amended and put.
    pub fn is_open(&self) -> bool {
        self.outcome.is_none()
    }

    /// Whether it was adopted.
    pub fn is_adopted(&self) -> bool {
        matches!(self.outcome, Some((_, Outcome::Adopted)))
    }

    /// The text with all adopted amendments.
    pub fn current_text(&self) -> Vec<String> {
        let mut adopted: Vec<&Amendment> =
            self.amendments.iter().filter(|a| a.outcome == Some(AmendmentOutcome::Adopted)).collect();
        adopted.sort_by_key(|amendment| (amendment.first, amendment.lines));
        let mut text = Vec::new();
        let mut next = 1;
        for amendment in adopted {
            text.extend_from_slice(self.lines(next, amendment.first));
            text.extend_from_slice(&amendment.text);
            next = amendment.first + amendment.lines;
        }
        text.extend_from_slice(self.lines(next, self.text.len() as u32 + 1));
        text
    }

    /// Lines from `first` up to and without `end`, counted from 1.
    fn lines(&self, first: u32, end: u32) -> &[String] {
        self.text.get(first as usize - 1..end as usize - 1).unwrap_or(&[])
    }

    /// The amendment to be voted on next: by lines from the top, at one place the one that replaces most first,
    /// then in the order of filing. None: the motion itself is next.
    pub fn next_amendment(&self) -> Option<usize> {
        let open = self.amendments.iter().enumerate().filter(|(_, amendment)| amendment.outcome.is_none());
        open.min_by_key(|(place, amendment)| (amendment.first, std::cmp::Reverse(amendment.lines), *place))
            .map(|(place, _)| place)
    }
}

/// What may be asked of a motion outside a vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Files a motion with an assembly; its mover is its first signatory.
    File {
        assembly: AssemblyId,
        kind: String,
        title: String,
        text: Vec<String>,
        #[serde(default)]
        seeks: Option<Seeks>,
    },
    /// Adds one's signature.
    Sign { motion: MotionId },
    /// Moves to replace `lines` lines from line `first`.
    Amend { motion: MotionId, first: u32, lines: u32, text: Vec<String> },
    /// Withdraws one's own motion.
    Withdraw { motion: MotionId },
    /// Withdraws one's own amendment, by its place from 1.
    WithdrawAmendment { motion: MotionId, amendment: u32 },
    /// Sends an adopted motion to an assembly above or below, whose answer is then due.
    Forward { motion: MotionId, to: AssemblyId },
    /// Answers a forwarded motion that was not put to the vote.
    Answer { motion: MotionId, answer: String },
}

/// What happened to a motion outside a vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Happened {
    Filed {
        assembly: AssemblyId,
        kind: String,
        mover: MemberId,
        title: String,
        text: Vec<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seeks: Option<Sought>,
    },
    Signed {
        motion: MotionId,
        member: MemberId,
    },
    Amended {
        motion: MotionId,
        mover: MemberId,
        first: u32,
        lines: u32,
        text: Vec<String>,
    },
    Withdrawn {
        motion: MotionId,
    },
    AmendmentWithdrawn {
        motion: MotionId,
        amendment: u32,
    },
    Forwarded {
        motion: MotionId,
        to: AssemblyId,
        upward: bool,
        due: Timestamp,
    },
    Answered {
        motion: MotionId,
        answer: String,
    },
}

impl Federation {
    /// A motion.
    ///
    /// # Errors
    /// Refused where there is none of that number.
    pub fn motion(&self, id: MotionId) -> Result<&Motion, Refusal> {
        self.motions.get(id.index()).ok_or_else(|| Refusal::no_such("motion", &id))
    }

    /// The charter's article of a kind of motion.
    ///
    /// # Errors
    /// Refused where the charter has no such kind; names those it has.
    pub fn motion_kind(&self, kind: &str) -> Result<&MotionKind, Refusal> {
        self.charter.motions.iter().find(|article| article.kind == kind).ok_or_else(|| {
            let known: Vec<&str> = self.charter.motions.iter().map(|article| article.kind.as_str()).collect();
            Refusal::UnknownKind { kind: kind.to_owned(), known: known.join(", ") }
        })
    }

    /// Whether a vote on a motion or one of its amendments is open.
    fn is_voted_on(&self, id: MotionId) -> bool {
        self.votes.iter().rev().any(|vote| vote.closed.is_none() && vote.is_on(id))
    }

    /// Forwarded motions whose answer is due and has not come.
    pub fn overdue(&self, at: Timestamp) -> impl Iterator<Item = (MotionId, &Motion)> {
        let numbered = self.motions.iter().enumerate().map(|(place, motion)| (MotionId::next(place), motion));
        numbered.filter(move |(_, motion)| {
            let due = motion.origin.as_ref().is_some_and(|origin| origin.due < at);
            due && motion.is_open() && motion.answer.is_none()
        })
    }
}

pub(crate) fn decide(federation: &Federation, context: &Context<'_>, action: &Action) -> Decided {
    match action {
        Action::File { assembly, kind, title, text, seeks } => {
            belongs(federation, context.by, assembly)?;
            let article = federation.motion_kind(kind)?;
            level_decides(federation, article, assembly)?;
            if title.trim().is_empty() || text.iter().all(|line| line.trim().is_empty()) {
                return Err(Refusal::EmptyText {});
            }
            let (sought, attached) = match seeks {
                None => (None, None),
                Some(seeks) => sought(federation, article, assembly, seeks)?,
            };
            needs_what_it_seeks(article, sought.as_ref())?;
            let filed = Event::Motion(Happened::Filed {
                assembly: assembly.clone(),
                kind: kind.clone(),
                mover: context.by.clone(),
                title: title.clone(),
                text: text.clone(),
                seeks: sought,
            });
            let attachments = attached.into_iter().cloned().collect();
            Ok(Decision { events: vec![filed], attachments })
        }
        Action::Sign { motion: id } => {
            let motion = open_motion(federation, *id)?;
            belongs(federation, context.by, &motion.assembly)?;
            if motion.signatures.contains(context.by) {
                return Err(Refusal::AlreadySigned { member: context.by.clone() });
            }
            happened(Happened::Signed { motion: *id, member: context.by.clone() })
        }
        Action::Amend { motion: id, first, lines, text } => {
            let motion = open_motion(federation, *id)?;
            belongs(federation, context.by, &motion.assembly)?;
            let length = motion.text.len() as u32;
            let end = first.checked_add(*lines);
            if *first == 0 || end.is_none_or(|end| end > length + 1) || (*lines == 0 && text.is_empty()) {
                return Err(Refusal::LinesOutOfRange { first: *first, lines: *lines, length });
            }
            let amendment = Amendment {
                mover: context.by.clone(),
                first: *first,
                lines: *lines,
                text: Vec::new(),
                outcome: None,
            };
            let adopted = |other: &Amendment| other.outcome == Some(AmendmentOutcome::Adopted);
            let taken = |other: &Amendment| adopted(other) && other.overlaps(&amendment);
            if let Some(place) = motion.amendments.iter().position(taken) {
                return Err(Refusal::LinesAmended { motion: *id, amendment: place as u32 + 1 });
            }
            if federation.is_voted_on(*id) {
                return Err(Refusal::BeingVotedOn { motion: *id });
            }
            let (mover, text) = (context.by.clone(), text.clone());
            happened(Happened::Amended { motion: *id, mover, first: *first, lines: *lines, text })
        }
        Action::Withdraw { motion: id } => {
            let motion = open_motion(federation, *id)?;
            if motion.mover != *context.by {
                return Err(Refusal::NotTheMover { mover: motion.mover.clone() });
            }
            if let Some(origin) = &motion.origin {
                return Err(Refusal::SentByAssembly { motion: *id, from: origin.from.clone() });
            }
            if federation.is_voted_on(*id) {
                return Err(Refusal::BeingVotedOn { motion: *id });
            }
            happened(Happened::Withdrawn { motion: *id })
        }
        Action::WithdrawAmendment { motion: id, amendment: place } => {
            let motion = open_motion(federation, *id)?;
            let amendment = (*place as usize).checked_sub(1).and_then(|index| motion.amendments.get(index));
            let amendment = amendment.filter(|amendment| amendment.outcome.is_none());
            let amendment = amendment.ok_or_else(|| Refusal::no_such("open amendment", place))?;
            if amendment.mover != *context.by {
                return Err(Refusal::NotTheMover { mover: amendment.mover.clone() });
            }
            if federation.is_voted_on(*id) {
                return Err(Refusal::BeingVotedOn { motion: *id });
            }
            happened(Happened::AmendmentWithdrawn { motion: *id, amendment: *place })
        }
        Action::Forward { motion: id, to } => forward(federation, context, *id, to),
        Action::Answer { motion: id, answer } => {
            let motion = open_motion(federation, *id)?;
            duty::require(federation, context, Duty::Chair, &motion.assembly)?;
            if motion.origin.is_none() {
                return Err(Refusal::NotForwarded { motion: *id });
            }
            if motion.answer.is_some() {
                return Err(Refusal::AnswerGiven { motion: *id });
            }
            if answer.trim().is_empty() {
                return Err(Refusal::EmptyText {});
            }
            happened(Happened::Answered { motion: *id, answer: answer.clone() })
        }
    }
}

fn happened(event: Happened) -> Decided {
    Ok(Event::Motion(event).into())
}

fn open_motion(federation: &Federation, id: MotionId) -> Result<&Motion, Refusal> {
    let motion = federation.motion(id)?;
    if motion.is_open() { Ok(motion) } else { Err(Refusal::MotionDecided { motion: id }) }
}

/// Whoever works under an assembly may propose to it and sign [right.propose, right.sign].
pub(crate) fn belongs(
    federation: &Federation,
    member: &MemberId,
    assembly: &AssemblyId,
) -> Result<(), Refusal> {
    federation.assembly(assembly)?;
    let rights = federation.standing_rights(member)?;
    if !rights.sign {
        let standing =
            federation.roll.member(member).map_or(crate::roll::Standing::Active, |(_, line)| line.standing);
        return Err(Refusal::StandingForbids { member: member.clone(), standing, what: "sign or propose" });
    }
    if !federation.is_part_of(&federation.home_of(member)?, assembly) {
        return Err(Refusal::NotEntitled { body: assembly.clone(), member: member.clone() });
    }
    Ok(())
}

fn level_decides(
    federation: &Federation,
    article: &MotionKind,
    assembly: &AssemblyId,
) -> Result<(), Refusal> {
    let level = &federation.level_of(assembly)?.id;
    if article.levels.is_empty() || article.levels.contains(level) {
        return Ok(());
    }
    Err(Refusal::LevelCannotDecide {
        level: level.clone(),
        kind: article.kind.clone(),
        levels: article.levels.join(", "),
    })
}

/// Checks what a motion seeks. A decision to strike or ban theses is refused with the article it would break.
fn sought<'a>(
    federation: &Federation,
    article: &MotionKind,
    assembly: &AssemblyId,
    seeks: &'a Seeks,
) -> Result<(Option<Sought>, Option<&'a Blob>), Refusal> {
    match seeks {
        Seeks::Strike { theses } => Err(protected(federation, *theses, Protection::Struck)),
        Seeks::Ban { theses } => Err(protected(federation, *theses, Protection::Banned)),
        Seeks::Charter { text } => {
            if !matches!(article.effect, Effect::Charter | Effect::Entrenched) {
                return Err(Refusal::WrongKindFor { kind: article.kind.clone(), what: "change the charter" });
            }
            amending::check(federation, article.effect, &text.0)?;
            Ok((Some(Sought::Charter(text.hash())), Some(text)))
        }
        Seeks::Transition { organ } => {
            if article.effect != Effect::Transition {
                return Err(Refusal::WrongKindFor {
                    kind: article.kind.clone(),
                    what: "take a step of a transition",
                });
            }
            if federation.organ(organ)?.assembly != *assembly {
                let office = organ.to_string();
                return Err(Refusal::NotAnElector { body: assembly.clone(), office });
            }
            Ok((Some(Sought::Transition(organ.clone())), None))
        }
    }
}

fn protected(federation: &Federation, theses: ThesesId, against: Protection) -> Refusal {
    if let Err(refusal) = federation.platforms.get(theses) {
        return refusal;
    }
    let act = match against {
        Protection::Struck => "struck",
        Protection::Banned => "banned",
    };
    Refusal::PlatformProtected { theses, act }
}

fn needs_what_it_seeks(article: &MotionKind, sought: Option<&Sought>) -> Result<(), Refusal> {
    let missing = match article.effect {
        Effect::Charter | Effect::Entrenched if sought.is_none() => "the new text of the charter",
        Effect::Transition if sought.is_none() => "the organ whose transition it takes a step of",
        Effect::Theses => "to be published as theses, not filed as a motion",
        _ => return Ok(()),
    };
    Err(Refusal::KindAsksFor { kind: article.kind.clone(), missing: missing.into() })
}

fn forward(federation: &Federation, context: &Context<'_>, id: MotionId, to: &AssemblyId) -> Decided {
    let motion = federation.motion(id)?;
    if motion.mover != *context.by {
        duty::require(federation, context, Duty::Convene, &motion.assembly)?;
    }
    if !motion.is_adopted() {
        return Err(Refusal::NotAdopted { motion: id });
    }
    federation.assembly(to)?;
    let upward = federation.is_part_of(&motion.assembly, to);
    if *to == motion.assembly || !(upward || federation.is_part_of(to, &motion.assembly)) {
        return Err(Refusal::NotOnTheWay { from: motion.assembly.clone(), to: to.clone() });
    }
    level_decides(federation, federation.motion_kind(&motion.kind)?, to)?;
    let there =
        |forwarded: &&MotionId| federation.motion(**forwarded).is_ok_and(|other| other.assembly == *to);
    if let Some(forwarded) = motion.forwarded_to.iter().find(there) {
        return Err(Refusal::AlreadyForwarded { motion: id, forwarded_as: *forwarded });
    }
    let due = federation.charter.forwarding.answer_within.after(context.at);
    happened(Happened::Forwarded { motion: id, to: to.clone(), upward, due })
}

pub(crate) fn apply(federation: &mut Federation, at: Timestamp, event: &Happened) -> Result<(), Misfit> {
    match event {
        Happened::Filed { assembly, kind, mover, title, text, seeks } => {
            federation.motions.push(Motion {
                kind: kind.clone(),
                assembly: assembly.clone(),
                mover: mover.clone(),
                title: title.clone(),
                text: text.clone(),
                filed_at: at,
                signatures: BTreeSet::from([mover.clone()]),
                amendments: Vec::new(),
                seeks: seeks.clone(),
                origin: None,
                forwarded_to: Vec::new(),
                outcome: None,
                answer: None,
            });
        }
        Happened::Signed { motion, member } => {
            motion_mut(federation, *motion)?.signatures.insert(member.clone());
        }
        Happened::Amended { motion, mover, first, lines, text } => {
            let motion = motion_mut(federation, *motion)?;
            let end = first.checked_add(*lines);
            if *first == 0 || end.is_none_or(|end| end as usize > motion.text.len() + 1) {
                return Err(Misfit::because(format!(
                    "it amends lines {first} and {lines} from there, which are not"
                )));
            }
            motion.amendments.push(Amendment {
                mover: mover.clone(),
                first: *first,
                lines: *lines,
                text: text.clone(),
                outcome: None,
            });
        }
        Happened::Withdrawn { motion } => {
            motion_mut(federation, *motion)?.outcome = Some((at, Outcome::Withdrawn));
        }
        Happened::AmendmentWithdrawn { motion, amendment } => {
            let place = (*amendment as usize).wrapping_sub(1);
            let found = motion_mut(federation, *motion)?.amendments.get_mut(place);
            found.ok_or(Misfit::no("amendment", amendment))?.outcome = Some(AmendmentOutcome::Withdrawn);
        }
        Happened::Forwarded { motion: id, to, upward, due } => {
            let forwarded_as = MotionId::next(federation.motions.len());
            let motion = motion_mut(federation, *id)?;
            motion.forwarded_to.push(forwarded_as);
            let mut copy = motion.clone();
            copy.text = motion.current_text();
            copy.amendments = Vec::new();
            copy.origin =
                Some(Origin { motion: *id, from: motion.assembly.clone(), upward: *upward, due: *due });
            copy.assembly = to.clone();
            copy.filed_at = at;
            copy.forwarded_to = Vec::new();
            copy.outcome = None;
            copy.answer = None;
            federation.motions.push(copy);
        }
        Happened::Answered { motion, answer } => {
            motion_mut(federation, *motion)?.answer = Some(answer.clone());
        }
    }
    Ok(())
}

pub(crate) fn motion_mut(federation: &mut Federation, id: MotionId) -> Result<&mut Motion, Misfit> {
    federation.motions.get_mut(id.index()).ok_or_else(|| Misfit::no("motion", &id))
}

/// Notes how a vote on an amendment ended; an adopted one makes those fall that change the same lines.
pub(crate) fn decide_amendment(motion: &mut Motion, place: usize, adopted: bool) -> Result<(), Misfit> {
    let amendment = motion.amendments.get_mut(place).ok_or(Misfit::no("amendment", &place))?;
    amendment.outcome = Some(if adopted { AmendmentOutcome::Adopted } else { AmendmentOutcome::Rejected });
    let decided = amendment.clone();
    if adopted {
        let open =
            motion.amendments.iter_mut().filter(|other| other.outcome.is_none() && other.overlaps(&decided));
        open.for_each(|other| other.outcome = Some(AmendmentOutcome::Fallen));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amendment(first: u32, lines: u32, text: &str, outcome: Option<AmendmentOutcome>) -> Amendment {
        Amendment { mover: "M1".into(), first, lines, text: vec![text.into()], outcome }
    }

    fn motion(amendments: Vec<Amendment>) -> Motion {
        Motion {
            kind: "ordinary".into(),
            assembly: "congress".into(),
            mover: "M1".into(),
            title: "t".into(),
            text: ["a", "b", "c", "d"].map(String::from).to_vec(),
            filed_at: Timestamp::UNIX_EPOCH,
            signatures: BTreeSet::new(),
            amendments,
            seeks: None,
            origin: None,
            forwarded_to: Vec::new(),
            outcome: None,
            answer: None,
        }
    }

    #[test]
    fn adopted_amendments_replace_insert_and_append() {
        let adopted = Some(AmendmentOutcome::Adopted);
        let motion = motion(vec![
            amendment(5, 0, "end", adopted),
            amendment(2, 2, "B", adopted),
            amendment(1, 0, "start", adopted),
            amendment(4, 1, "no", Some(AmendmentOutcome::Rejected)),
        ]);
        assert_eq!(motion.current_text(), ["start", "a", "B", "d", "end"]);
    }

    #[test]
    fn the_amendment_that_replaces_most_comes_first_and_makes_the_others_fall() {
        let mut motion = motion(vec![
            amendment(3, 1, "x", None),
            amendment(2, 1, "y", None),
            amendment(2, 2, "z", None),
            amendment(2, 0, "insert", None),
        ]);
        assert_eq!(motion.next_amendment(), Some(2));
        decide_amendment(&mut motion, 2, true).unwrap();
        assert_eq!(motion.amendments[0].outcome, Some(AmendmentOutcome::Fallen));
        assert_eq!(motion.amendments[1].outcome, Some(AmendmentOutcome::Fallen));
        assert_eq!(motion.next_amendment(), Some(3));
        decide_amendment(&mut motion, 3, true).unwrap();
        assert_eq!(motion.current_text(), ["a", "insert", "z", "d"]);
    }
}
