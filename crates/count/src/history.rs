//! Votes at earlier points of a count, for ties to look back to: of each candidate, when they changed.
//!
//! With thousands of candidates there are thousands of points, at each of which few candidates have other votes than before.

use crate::sheet::Lookback;

/// Votes of all candidates at each point so far.
pub(crate) struct History<N> {
    /// The stage of each point.
    stages: Vec<u32>,
    /// By candidate's number: the points from which on the votes were these, ascending; the first is point 0.
    changes: Vec<Vec<(u32, N)>>,
}

impl<N: Clone + PartialEq> History<N> {
    /// No points yet; `candidates` counts index 0, which is unused.
    pub fn new(candidates: usize) -> Self {
        Self { stages: Vec::new(), changes: vec![Vec::new(); candidates] }
    }

    /// Notes the votes as they stand in a stage.
    pub fn note(&mut self, stage: u32, totals: &[N]) {
        let point = self.stages.len() as u32;
        self.stages.push(stage);
        for (changes, votes) in self.changes.iter_mut().zip(totals) {
            if changes.last().is_none_or(|(_, last)| last != votes) {
                changes.push((point, votes.clone()));
            }
        }
    }

    /// The points that can tell these candidates apart, in the order in which they decide ties. At every other point, all of
    /// them have the votes that they have at the point before it in this list.
    pub fn points(&self, lookback: Lookback, candidates: &[u16]) -> Vec<u32> {
        let changed = candidates.iter().flat_map(|candidate| &self.changes[usize::from(*candidate)]);
        let changed = changed.map(|(point, _)| *point);
        let mut points: Vec<u32> = match lookback {
            Lookback::No => return Vec::new(),
            Lookback::Earliest => changed.collect(),
            Lookback::MostRecent => {
                let last = self.stages.len().checked_sub(1).map(|last| last as u32);
                changed.filter_map(|point| point.checked_sub(1)).chain(last).collect()
            }
        };
        points.sort_unstable();
        points.dedup();
        if lookback == Lookback::MostRecent {
            points.reverse();
        }
        points
    }

    /// The stage of a point.
    pub fn stage(&self, point: u32) -> u32 {
        self.stages[point as usize]
    }

    /// A candidate's votes at a point.
    pub fn votes(&self, point: u32, candidate: u16) -> &N {
        let changes = &self.changes[usize::from(candidate)];
        let later = changes.partition_point(|(since, _)| *since <= point);
        &changes[later - 1].1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_points_at_which_somebody_changes_can_decide() {
        let mut history = History::new(4);
        for (stage, totals) in [(1, [0, 5, 5, 9]), (2, [0, 5, 5, 8]), (2, [0, 5, 7, 8]), (3, [0, 7, 7, 3])] {
            history.note(stage, &totals);
        }
        assert_eq!(history.points(Lookback::MostRecent, &[1, 2]), [3, 2, 1]);
        assert_eq!(history.points(Lookback::Earliest, &[1, 2]), [0, 2, 3]);
        assert_eq!(history.points(Lookback::No, &[1, 2]), [0u32; 0]);
        assert_eq!((*history.votes(2, 1), *history.votes(2, 2), history.stage(2)), (5, 7, 2));
    }
}
