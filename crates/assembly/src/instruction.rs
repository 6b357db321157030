//! Imperative mandates: an electing body binds its delegates on a motion, and each delegate's vote stands beside it.

use crate::ids::{AssemblyId, MemberId, MotionId, VoteId};
use crate::state::Federation;
use crate::vote::{Answer, Instructed, Question, Vote};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What one electing body told its delegates.
#[derive(Debug, Clone, PartialEq)]
pub struct Mandate {
    pub body: AssemblyId,
    pub on: MotionId,
    pub answer: Instructed,
    pub given: Timestamp,
}

/// A delegate's vote beside the mandate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub vote: VoteId,
    pub motion: MotionId,
    pub delegate: MemberId,
    pub elector: AssemblyId,
    pub instructed: Instructed,
    /// Whether all that the delegate carried went as instructed; none: they did not vote.
    pub kept: Option<bool>,
}

impl Federation {
    pub(crate) fn give_mandate(
        &mut self,
        body: AssemblyId,
        on: MotionId,
        answer: Instructed,
        given: Timestamp,
    ) {
        self.mandates.push(Mandate { body, on, answer, given });
    }

    /// The mandate of an electing body on a motion that stood when a vote was opened: the last one given.
    pub fn mandate_on(&self, body: &AssemblyId, motion: MotionId, at: Timestamp) -> Option<&Mandate> {
        let given = |mandate: &&Mandate| mandate.body == *body && mandate.on == motion && mandate.given <= at;
        self.mandates.iter().rev().find(given)
    }

    /// Each delegate's vote beside the mandate, for all votes by name on motions.
    pub fn mandates_kept(&self) -> Vec<Kept> {
        let mut kept = Vec::new();
        let mut given: BTreeMap<(MotionId, &AssemblyId), Vec<&Mandate>> = BTreeMap::new();
        for mandate in &self.mandates {
            given.entry((mandate.on, &mandate.body)).or_default().push(mandate);
        }
        for (place, vote) in self.votes.iter().enumerate() {
            let Question::Motion(motion) = vote.question else { continue };
            if vote.closed.is_none() || vote.hands.is_some() {
                continue;
            }
            self.compare(VoteId::next(place), vote, motion, &given, &mut kept);
        }
        kept
    }

    fn compare(
        &self,
        id: VoteId,
        vote: &Vote,
        motion: MotionId,
        given: &BTreeMap<(MotionId, &AssemblyId), Vec<&Mandate>>,
        kept: &mut Vec<Kept>,
    ) {
        let Ok(meeting) = self.meeting(vote.meeting) else { return };
        let Some(assembly) = self.assemblies.get(&meeting.assembly) else { return };
        for seat in assembly.seated(vote.opened) {
            let of_body = given.get(&(motion, &seat.elector)).into_iter().flatten();
            let stood = of_body.rev().find(|mandate| mandate.given <= vote.opened);
            let Some(mandate) = stood else { continue };
            let wanted = match mandate.answer {
                Instructed::For => Answer::For,
                Instructed::Against => Answer::Against,
                Instructed::Abstain => Answer::Abstain,
            };
            let answers = vote.answers.get(&seat.member);
            kept.push(Kept {
                vote: id,
                motion,
                delegate: seat.member.clone(),
                elector: seat.elector.clone(),
                instructed: mandate.answer,
                kept: answers
                    .map(|parts| parts.iter().all(|(answer, votes)| *answer == wanted || *votes == 0)),
            });
        }
    }
}
