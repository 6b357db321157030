//! Who governs: figures by which members see whether power runs from below.

use crate::ids::{AssemblyId, MemberId, MotionId, OrganId};
use crate::motion::{Motion, Outcome};
use crate::state::Federation;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Posts held at a moment, elected against appointed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Posts {
    pub elected: u64,
    pub appointed: u64,
}

/// One level of the hierarchy in figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelFigures {
    pub level: String,
    pub assemblies: u64,
    /// Members under its assemblies.
    pub members: u64,
    pub seats: u64,
    pub seated: u64,
    /// Votes given in the declared elections to it.
    pub voted: u64,
    /// Votes that could have been given.
    pub entitled: u64,
}

/// How motions fared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MotionFigures {
    pub filed: u64,
    pub adopted: u64,
    pub rejected: u64,
    pub withdrawn: u64,
    /// Adopted ones that had come up from an assembly below.
    pub adopted_from_below: u64,
    /// Sum of the days from filing to decision, over those decided by vote.
    pub days_to_decision: u64,
    /// Answers that are due and have not come.
    pub overdue: u64,
}

impl Federation {
    /// Posts by kind of organ, elected against appointed, held at a moment.
    pub fn posts_by_organ(&self, at: Timestamp) -> BTreeMap<&str, Posts> {
        let mut by_kind: BTreeMap<&str, Posts> = BTreeMap::new();
        for organ in self.organs.values() {
            let posts = by_kind.entry(&organ.kind).or_default();
            for post in organ.seated(at) {
                match post.appointed_by {
                    None => posts.elected += 1,
                    Some(_) => posts.appointed += 1,
                }
            }
        }
        by_kind
    }

    /// Everybody who holds a post at a moment: organ, holder, appointed by whom.
    pub fn post_holders(
        &self,
        at: Timestamp,
    ) -> impl Iterator<Item = (&OrganId, &MemberId, Option<&OrganId>)> + '_ {
        self.organs.iter().flat_map(move |(id, organ)| {
            organ.seated(at).map(move |post| (id, &post.member, post.appointed_by.as_ref()))
        })
    }

    /// Assemblies by level in the charter's order, with seats and turnout.
    pub fn level_figures(&self, at: Timestamp) -> Vec<LevelFigures> {
        let levels = self.charter.levels.iter().enumerate();
        levels.map(|(index, level)| self.figures_of(index, &level.id, at)).collect()
    }

    fn figures_of(&self, index: usize, level: &str, at: Timestamp) -> LevelFigures {
        let mut figures = LevelFigures {
            level: level.to_owned(),
            assemblies: 0,
            members: 0,
            seats: 0,
            seated: 0,
            voted: 0,
            entitled: 0,
        };
        let bodies =
            self.assemblies.iter().filter(|(_, body)| body.level == index && body.dissolved.is_none());
        for (id, body) in bodies {
            figures.assemblies += 1;
            figures.members += crate::assembly::members_under(self, id);
            figures.seats += body.apportioned.values().map(|seats| u64::from(*seats)).sum::<u64>();
            figures.seated += body.seated(at).count() as u64;
        }
        for election in self.elections.iter().filter(|election| election.declared.is_some()) {
            let crate::election::Office::Delegates { to } = &election.office else { continue };
            if self.assemblies.get(to).is_some_and(|body| body.level == index) {
                figures.voted += election.ballots.voted();
                figures.entitled += election.entitled;
            }
        }
        figures
    }

    /// How motions fared so far.
    pub fn motion_figures(&self, at: Timestamp) -> MotionFigures {
        let mut figures =
            MotionFigures { overdue: self.overdue(at).count() as u64, ..MotionFigures::default() };
        for motion in &self.motions {
            figures.filed += 1;
            match motion.outcome {
                None => {}
                Some((_, Outcome::Withdrawn)) => figures.withdrawn += 1,
                Some((decided, outcome)) => {
                    figures.days_to_decision += days(motion.filed_at, decided);
                    if outcome == Outcome::Rejected {
                        figures.rejected += 1;
                    } else {
                        figures.adopted += 1;
                        figures.adopted_from_below += u64::from(self.came_from_below(motion));
                    }
                }
            }
        }
        figures
    }

    /// Whether a motion came up from below, or was filed with a general assembly of members, or by a member who
    /// holds neither a seat nor a post there.
    fn came_from_below(&self, motion: &Motion) -> bool {
        let body = self.assemblies.get(&motion.assembly);
        let is_general = body.is_some_and(|body| body.electors.is_empty());
        motion.origin.as_ref().is_some_and(|origin| origin.upward) || is_general
    }

    /// The way of a motion through the assemblies, from where it was first filed.
    pub fn way_of(&self, id: MotionId) -> Vec<(MotionId, &AssemblyId)> {
        let mut way = Vec::new();
        let mut next = Some(id);
        while let Some(motion) = next.and_then(|id| self.motion(id).ok().map(|motion| (id, motion))) {
            way.push((motion.0, &motion.1.assembly));
            next = motion.1.origin.as_ref().map(|origin| origin.motion);
        }
        way.reverse();
        way
    }

    /// Terms in a row of everybody who sits anywhere at a moment: how many serve their first, second, and so on.
    pub fn terms_served(&self, at: Timestamp) -> BTreeMap<u32, u64> {
        let seats = self.assemblies.values().flat_map(|body| body.seated(at)).map(|seat| seat.terms_in_row);
        let posts = self.organs.values().flat_map(|organ| organ.seated(at)).map(|post| post.terms_in_row);
        let mut terms = BTreeMap::new();
        for number in seats.chain(posts) {
            *terms.entry(number).or_default() += 1;
        }
        terms
    }
}

fn days(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from((to.as_second() - from.as_second()) / 86_400).unwrap_or(0)
}
