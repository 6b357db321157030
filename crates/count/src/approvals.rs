//! Ballots as sets: whom each approves of, equal ones together.

use crate::contest::Contest;
use crate::{Action, Count, CountError, Decision, Elected, Stage, Tie, Votes};
use std::collections::BTreeMap;

/// Voters who approve of the same candidates.
pub(crate) struct Group {
    /// By number, ascending.
    pub approved: Vec<u16>,
    pub weight: u64,
}

/// All ballots that name anybody who stands, in whatever order they name them.
pub(crate) struct Approvals {
    pub groups: Vec<Group>,
    /// For each candidate by number, the groups that approve.
    pub supporters: Vec<Vec<usize>>,
    pub valid: u64,
}

impl Approvals {
    pub fn of(contest: &Contest) -> Result<Self, CountError> {
        let standing = contest.standing_table();
        let mut sets: BTreeMap<Vec<u16>, u64> = BTreeMap::new();
        let mut valid = 0;
        for ballot in contest.election.ballots.iter() {
            let mut approved: Vec<u16> = ballot.candidates().filter(|c| standing[usize::from(*c)]).collect();
            if !approved.is_empty() {
                approved.sort_unstable();
                *sets.entry(approved).or_default() += ballot.weight;
                valid += ballot.weight;
            }
        }
        if valid == 0 {
            return Err(CountError::NobodyVoted { cast: contest.election.ballots.total_weight() });
        }
        let groups: Vec<Group> =
            sets.into_iter().map(|(approved, weight)| Group { approved, weight }).collect();
        let mut supporters = vec![Vec::new(); standing.len()];
        for (index, group) in groups.iter().enumerate() {
            group.approved.iter().for_each(|candidate| supporters[usize::from(*candidate)].push(index));
        }
        Ok(Self { groups, supporters, valid })
    }

    /// Votes that approve of a candidate, in units of the ballots' denominator.
    pub fn support(&self, candidate: u16) -> u64 {
        self.supporters[usize::from(candidate)].iter().map(|group| self.groups[*group].weight).sum()
    }

    /// The result of a rule that gives the seats one after the other; `scores` are those at which each was given.
    pub fn conclude(
        &self,
        contest: &Contest,
        paragraph: &'static str,
        seats: &[(u16, Votes)],
        ties: Vec<Tie>,
    ) -> Count {
        let denominator = i128::from(contest.election.ballots.denominator());
        let votes = |units: u64| Votes::new(i128::from(units), denominator);
        let candidates = contest.election.candidates.len();
        let stage = |(place, (candidate, score)): (usize, &(u16, Votes))| {
            let mut totals = vec![Votes::ZERO; candidates];
            totals[usize::from(*candidate) - 1] = score.clone();
            Stage {
                number: place as u32 + 1,
                action: Action::Seat(*candidate),
                paragraph,
                transfers: Vec::new(),
                totals: totals.into_iter().collect(),
                non_transferable: Votes::ZERO,
                rounding: Votes::ZERO,
                quota: None,
                elected: vec![Decision { candidate: *candidate, paragraph }],
                excluded: Vec::new(),
            }
        };
        let elected = |(place, (candidate, _)): (usize, &(u16, Votes))| Elected {
            candidate: *candidate,
            stage: place as u32 + 1,
        };
        let mut runners_up = contest.eligible.clone();
        runners_up.retain(|candidate| seats.iter().all(|(seated, _)| seated != candidate));
        runners_up.sort_by_key(|candidate| (std::cmp::Reverse(self.support(*candidate)), *candidate));
        Count {
            rule: contest.rule,
            seats: contest.seats,
            valid: votes(self.valid),
            invalid: votes(contest.election.ballots.total_weight() - self.valid),
            quota: None,
            elected: seats.iter().enumerate().map(elected).collect(),
            runners_up,
            ties,
            stages: seats.iter().enumerate().map(stage).collect(),
            pairwise: None,
        }
    }
}
