//! Assertions that together rule out every way in which an instant runoff could have elected somebody else.
//!
//! M. Blom, P. J. Stuckey and V. Teague, *RAIRE: Risk-Limiting Audits for IRV Elections* (2019). A node of the search is
//! the end of an order of elimination. An assertion that contradicts the end rules out every order with that end; where
//! the best such assertion is close, the end is lengthened by one candidate each, whose assertions may be less close.
//! The closest assertion of the result is as far from close as it can be, unless the search ends at its limit; then the
//! assertions still rule out everything, but an audit may have to draw more ballots than it need.

use super::assertion::{Assertion, Kind};
use crate::Election;
use std::collections::{BTreeMap, BTreeSet};

/// The assertions, and whether the search for the least close ones was complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertions {
    /// The assertions, each with its margin in votes, closest first.
    pub assertions: Vec<(Assertion, u64)>,
    /// Whether no other set has a less close closest assertion.
    pub is_best: bool,
}

/// The end of an order of elimination: who is eliminated at which place, the last of them elected.
struct Node {
    /// Eliminated in this order; the last one is elected.
    end: Vec<u16>,
    /// The least close assertion that rules this end out, found here or at a shorter end.
    best: Option<(Assertion, u64)>,
}

/// Finds assertions for the winner. `None` where some other order of elimination cannot be ruled out, so that only a
/// full count by hand shows who has won. The search looks at no more than `most_nodes` ends.
pub fn assertions(election: &Election, winner: u16, most_nodes: usize) -> Option<Assertions> {
    let mut search = Search::new(election);
    let mut open: BTreeMap<(u64, usize), Node> = BTreeMap::new();
    let mut number = 0;
    let mut push = |open: &mut BTreeMap<(u64, usize), Node>, node: Node| {
        number += 1;
        open.insert((node.best.as_ref().map_or(0, |(_, margin)| *margin), number), node);
    };
    for other in search.standing.clone().into_iter().filter(|other| *other != winner) {
        let best = search.best(&[other], None);
        push(&mut open, Node { end: vec![other], best });
    }
    // No set can do better than the closest assertion that some whole order needs.
    let mut bound = u64::MAX;
    let mut chosen: BTreeMap<Assertion, u64> = BTreeMap::new();
    let mut looked_at = 0;
    let mut is_best = true;
    while let Some(((margin, _), node)) = open.pop_first() {
        let is_whole = node.end.len() == search.standing.len();
        if is_whole {
            let (assertion, margin) = node.best?;
            bound = bound.min(margin);
            chosen.insert(assertion, margin);
            continue;
        }
        let within_limit = looked_at < most_nodes;
        if node.best.is_some() && (margin >= bound || !within_limit) {
            is_best &= margin >= bound;
            chosen.extend(node.best);
            continue;
        }
        if !within_limit && looked_at > most_nodes.saturating_mul(4) {
            return None;
        }
        looked_at += 1;
        for next in search.standing.clone().into_iter().filter(|next| !node.end.contains(next)) {
            let mut end = vec![next];
            end.extend(&node.end);
            let best = search.best(&end, node.best.clone());
            push(&mut open, Node { end, best });
        }
    }
    let mut assertions: Vec<(Assertion, u64)> = chosen.into_iter().collect();
    assertions.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
    Some(Assertions { assertions, is_best })
}

struct Search<'a> {
    election: &'a Election,
    standing: Vec<u16>,
    /// First preferences among all who stand.
    first: BTreeMap<u16, u64>,
    /// For each pair, the ballots that name the second and not the first above it.
    could_have: BTreeMap<(u16, u16), u64>,
    /// Votes by who is left.
    votes: BTreeMap<Vec<u16>, BTreeMap<u16, u64>>,
}

impl<'a> Search<'a> {
    fn new(election: &'a Election) -> Self {
        let standing = election.standing();
        let mut search = Self {
            election,
            standing,
            first: BTreeMap::new(),
            could_have: BTreeMap::new(),
            votes: BTreeMap::new(),
        };
        search.first = search.votes_when_left(&search.standing.clone());
        for winner in search.standing.clone() {
            for loser in search.standing.iter().copied().filter(|loser| *loser != winner) {
                let kind = Kind::NotEliminatedBefore;
                let tally = Assertion { winner, loser, kind }.tally(&election.ballots);
                search.could_have.insert((winner, loser), tally.1);
            }
        }
        search
    }

    fn votes_when_left(&mut self, left: &[u16]) -> BTreeMap<u16, u64> {
        let election = self.election;
        let count = || {
            let mut votes: BTreeMap<u16, u64> = left.iter().map(|candidate| (*candidate, 0)).collect();
            let set: BTreeSet<u16> = left.iter().copied().collect();
            for ballot in election.ballots.iter() {
                let untied = ballot.marks.iter().take_while(|mark| !mark.tied_with_next());
                let counts_for = untied.filter_map(|mark| mark.candidate()).find(|it| set.contains(it));
                if let Some(votes) = counts_for.and_then(|candidate| votes.get_mut(&candidate)) {
                    *votes += ballot.weight;
                }
            }
            votes
        };
        self.votes.entry(left.to_vec()).or_insert_with(count).clone()
    }

    /// The least close assertion that contradicts an end, or the one that contradicts a shorter end already.
    fn best(&mut self, end: &[u16], inherited: Option<(Assertion, u64)>) -> Option<(Assertion, u64)> {
        let mut best = inherited;
        let mut offer = |winner: u16, loser: u16, kind: Kind, votes: (u64, u64)| {
            let margin = votes.0.saturating_sub(votes.1);
            if margin > best.as_ref().map_or(0, |(_, margin)| *margin) {
                best = Some((Assertion { winner, loser, kind }, margin));
            }
        };
        let next = end[0];
        for other in self.standing.iter().copied().filter(|other| *other != next) {
            if end.contains(&other) {
                // The end says that `next` goes first; if it never goes before the other, the end is wrong.
                let votes = (self.first[&next], self.could_have[&(next, other)]);
                offer(next, other, Kind::NotEliminatedBefore, votes);
            } else {
                // The end says that the other is gone before `next`.
                let votes = (self.first[&other], self.could_have[&(other, next)]);
                offer(other, next, Kind::NotEliminatedBefore, votes);
            }
        }
        let mut left = end.to_vec();
        left.sort_unstable();
        let votes = self.votes_when_left(&left);
        for other in left.iter().copied().filter(|other| *other != next) {
            offer(next, other, Kind::NotEliminatedNext(left.clone()), (votes[&next], votes[&other]));
        }
        best
    }
}
