//! Margins: how many ballots would have to be different for somebody else to be elected.
//!
//! For rules of most votes the margin is exact. For an instant runoff it lies between two bounds: below, what every order
//! of elimination with another winner needs (M. Blom, P. J. Stuckey, V. Teague and R. Tidhar, *Efficient Computation of
//! Exact IRV Margins*, 2015, its combinatorial bounds without its linear programs); above, a change that was tried and
//! elects another, or makes a tie that a lot could give to another. Where the two meet, the margin is exact.

use crate::election::Mark;
use crate::{Count, Election};
use std::collections::{BTreeMap, BTreeSet};

/// The least number of ballots that would have to be different for another result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Margin {
    /// At least so many votes.
    pub at_least: u64,
    /// At most so many votes: so many are known to suffice.
    pub at_most: u64,
}

impl Margin {
    /// Whether the two bounds meet.
    pub fn is_exact(self) -> bool {
        self.at_least == self.at_most
    }
}

/// The margin where each ballot is one vote for one candidate: the ballots that would have to move from somebody elected
/// to somebody who is not. A tie that a lot has to break counts as another result. `None` where nobody is left over.
pub fn of_most_votes(votes: &BTreeMap<u16, u64>, elected: &[u16]) -> Option<Margin> {
    let is_elected = |candidate: &u16| elected.contains(candidate);
    let fewest =
        votes.iter().filter(|(candidate, _)| is_elected(candidate)).map(|(_, votes)| *votes).min()?;
    let most = votes.iter().filter(|(candidate, _)| !is_elected(candidate)).map(|(_, votes)| *votes).max()?;
    let ballots = fewest.saturating_sub(most).div_ceil(2);
    Some(Margin { at_least: ballots, at_most: ballots })
}

/// The margin where a ballot names any number: one that names the elected and not the other, and then the other way
/// round, changes the difference by two; so may any ballot. `None` where nobody is left over.
pub fn of_approvals(votes: &BTreeMap<u16, u64>, elected: &[u16]) -> Option<Margin> {
    of_most_votes(votes, elected)
}

/// The margin of an instant runoff, in units of the ballots' weights. The search looks at no more than `most_nodes` ends
/// of orders. `None` where nobody is left over.
pub fn of_instant_runoff(election: &Election, count: &Count, most_nodes: usize) -> Option<Margin> {
    let winner = *count.winners().first()?;
    let mut search = Search::new(election);
    if search.standing.len() < 2 {
        return None;
    }
    let at_most = search.least_change_found(winner);
    let at_least = search.least(winner, at_most, most_nodes);
    Some(Margin { at_least: at_least.min(at_most), at_most })
}

struct Search<'a> {
    election: &'a Election,
    standing: Vec<u16>,
    /// For each pair, the votes that the second can have at most while the first stands.
    could_have: BTreeMap<(u16, u16), u64>,
    votes: BTreeMap<Vec<u16>, BTreeMap<u16, u64>>,
}

impl<'a> Search<'a> {
    fn new(election: &'a Election) -> Self {
        let standing = election.standing();
        let mut could_have = BTreeMap::new();
        for (first, second) in standing.iter().flat_map(|a| standing.iter().map(move |b| (*a, *b))) {
            let pair = BTreeSet::from([first, second]);
            let ballots = election.ballots.iter();
            let votes = ballots.filter(|ballot| first_of(ballot.marks, &pair) == Some(second));
            could_have.insert((first, second), votes.map(|ballot| ballot.weight).sum());
        }
        Self { election, standing, could_have, votes: BTreeMap::new() }
    }

    /// Votes when only these are left (ascending).
    fn votes_when_left(&mut self, left: &[u16]) -> BTreeMap<u16, u64> {
        let election = self.election;
        let count = || {
            let set: BTreeSet<u16> = left.iter().copied().collect();
            let mut votes: BTreeMap<u16, u64> = left.iter().map(|candidate| (*candidate, 0)).collect();
            for ballot in election.ballots.iter() {
                if let Some(candidate) = first_of(ballot.marks, &set) {
                    *votes.entry(candidate).or_default() += ballot.weight;
                }
            }
            votes
        };
        self.votes.entry(left.to_vec()).or_insert_with(count).clone()
    }

    /// In each round, so many of the winner's ballots are given to each other candidate that the two are level; the
    /// smallest such change after which the winner need not win. In the last round, it always suffices.
    fn least_change_found(&mut self, winner: u16) -> u64 {
        let mut least = u64::MAX;
        let mut left = self.standing.clone();
        while left.len() >= 2 {
            let votes = self.votes_when_left(&left);
            for other in left.iter().copied().filter(|other| *other != winner) {
                let change = votes[&winner].saturating_sub(votes[&other]).div_ceil(2);
                if change < least
                    && !wins_for_sure(winner, &self.standing, self.changed(winner, other, &left, change))
                {
                    least = change;
                }
            }
            let last = left.iter().copied().filter(|it| *it != winner).min_by_key(|it| (votes[it], *it));
            left.retain(|candidate| Some(*candidate) != last);
        }
        least
    }

    /// The ballots, with this many of those that count for the winner when these are left giving the other the winner's
    /// place, and the winner the other's.
    fn changed(&self, winner: u16, other: u16, left: &[u16], mut change: u64) -> Vec<(Vec<u16>, u64)> {
        let left: BTreeSet<u16> = left.iter().copied().collect();
        let mut ballots = Vec::new();
        for ballot in self.election.ballots.iter() {
            let untied = ballot.marks.iter().take_while(|mark| !mark.tied_with_next());
            let ranking: Vec<u16> = untied.filter_map(|mark| mark.candidate()).collect();
            let counts_for = ranking.iter().copied().find(|candidate| left.contains(candidate));
            let given = if counts_for == Some(winner) { change.min(ballot.weight) } else { 0 };
            if given > 0 {
                let swap = |candidate: &u16| match *candidate {
                    it if it == winner => other,
                    it if it == other => winner,
                    it => it,
                };
                ballots.push((ranking.iter().map(swap).collect(), given));
                change -= given;
            }
            if ballot.weight > given {
                ballots.push((ranking, ballot.weight - given));
            }
        }
        ballots
    }

    /// Best-first over the ends of orders of elimination that elect somebody else; an end needs at least as many
    /// ballots as any shorter end of it.
    fn least(&mut self, winner: u16, at_most: u64, most_nodes: usize) -> u64 {
        let mut open: BTreeSet<(u64, Vec<u16>)> = BTreeSet::new();
        for other in self.standing.clone().into_iter().filter(|other| *other != winner) {
            let need = self.need(&[other]);
            open.insert((need, vec![other]));
        }
        let mut looked_at = 0;
        while let Some((need, end)) = open.pop_first() {
            if need >= at_most || end.len() == self.standing.len() || looked_at >= most_nodes {
                return need;
            }
            looked_at += 1;
            for next in self.standing.clone().into_iter().filter(|next| !end.contains(next)) {
                let mut longer = vec![next];
                longer.extend(&end);
                let need = self.need(&longer).max(need);
                if need < at_most {
                    open.insert((need, longer));
                }
            }
        }
        at_most
    }

    /// Ballots that this end of an order needs at least: its first must not have more votes than any other when these
    /// are left; and whoever is gone before must be able to have as few votes as each of these can have at most.
    fn need(&mut self, end: &[u16]) -> u64 {
        let mut left = end.to_vec();
        left.sort_unstable();
        let votes = self.votes_when_left(&left);
        let fewest = left.iter().map(|candidate| votes[candidate]).min().unwrap_or(0);
        let mut need = (votes[&end[0]] - fewest).div_ceil(2);
        let all = self.standing.clone();
        let first = self.votes_when_left(&all);
        for gone in all.iter().copied().filter(|candidate| !end.contains(candidate)) {
            for stays in end {
                let could_have = self.could_have[&(gone, *stays)];
                need = need.max(first[&gone].saturating_sub(could_have).div_ceil(2));
            }
        }
        need
    }
}

/// Whether a candidate wins an instant runoff however ties are broken against them.
fn wins_for_sure(winner: u16, standing: &[u16], ballots: Vec<(Vec<u16>, u64)>) -> bool {
    let mut left: BTreeSet<u16> = standing.iter().copied().collect();
    while left.len() > 1 {
        let mut votes: BTreeMap<u16, u64> = left.iter().map(|candidate| (*candidate, 0)).collect();
        for (ranking, weight) in &ballots {
            if let Some(candidate) = ranking.iter().find(|candidate| left.contains(candidate)) {
                *votes.entry(*candidate).or_default() += weight;
            }
        }
        let last = votes.iter().min_by_key(|(candidate, votes)| (**votes, **candidate != winner));
        match last.map(|(candidate, _)| *candidate) {
            Some(candidate) if candidate != winner => left.remove(&candidate),
            _ => return false,
        };
    }
    left.contains(&winner)
}

/// The first of these on a ballot; a shared rank ends it.
fn first_of(marks: &[Mark], wanted: &BTreeSet<u16>) -> Option<u16> {
    let untied = marks.iter().take_while(|mark| !mark.tied_with_next());
    untied.filter_map(|mark| mark.candidate()).find(|candidate| wanted.contains(candidate))
}
