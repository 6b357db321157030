//! Assertions: comparisons of two candidates which together say that an outcome is right.
//!
//! P. B. Stark, *Sets of Half-Average Nulls Generate Risk-Limiting Audits: SHANGRLA* (2020), for plurality and approval;
//! M. Blom, P. J. Stuckey and V. Teague, *RAIRE: Risk-Limiting Audits for IRV Elections* (2019), for instant runoff.

use crate::election::Mark;
use crate::{Ballots, Election};

/// That one candidate has more votes than another, in a way of counting that a single ballot can be asked about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Assertion {
    /// Who has more votes.
    pub winner: u16,
    /// Who has fewer.
    pub loser: u16,
    /// Which votes count.
    pub kind: Kind,
}

/// Which votes an assertion compares.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// First preferences: more of them than the other has.
    MorePreferred,
    /// Approvals: on more ballots than the other is.
    MoreApproved,
    /// The winner's first preferences against every ballot on which the loser could ever count: named there, and not
    /// below the winner. So the winner is never eliminated before the loser.
    NotEliminatedBefore,
    /// The votes when only these (ascending) are left. So the winner is not eliminated then.
    NotEliminatedNext(Vec<u16>),
}

impl Assertion {
    /// What a ballot says: 1 for the winner, −1 for the loser, 0 for neither.
    pub fn vote(&self, marks: &[Mark]) -> i32 {
        match &self.kind {
            Kind::MorePreferred => self.vote_for(first(marks, |_| true)),
            Kind::MoreApproved => {
                let names = |wanted: u16| marks.iter().any(|mark| mark.candidate() == Some(wanted));
                i32::from(names(self.winner)) - i32::from(names(self.loser))
            }
            Kind::NotEliminatedBefore => {
                if first(marks, |_| true) == Some(self.winner) {
                    return 1;
                }
                match first(marks, |candidate| candidate == self.winner || candidate == self.loser) {
                    Some(candidate) if candidate == self.loser => -1,
                    _ => 0,
                }
            }
            Kind::NotEliminatedNext(left) => {
                self.vote_for(first(marks, |candidate| left.binary_search(&candidate).is_ok()))
            }
        }
    }

    fn vote_for(&self, candidate: Option<u16>) -> i32 {
        match candidate {
            Some(candidate) if candidate == self.winner => 1,
            Some(candidate) if candidate == self.loser => -1,
            _ => 0,
        }
    }

    /// The votes for winner and loser on these ballots, in units of their weights.
    pub fn tally(&self, ballots: &Ballots) -> (u64, u64) {
        let mut votes = (0, 0);
        for ballot in ballots.iter() {
            match self.vote(ballot.marks) {
                1 => votes.0 += ballot.weight,
                -1 => votes.1 += ballot.weight,
                _ => {}
            }
        }
        votes
    }

    /// The assertion in words.
    pub fn sentence(&self, election: &Election) -> String {
        let name = |candidate: u16| format!("{candidate} {}", election.name(candidate));
        let (winner, loser) = (name(self.winner), name(self.loser));
        match &self.kind {
            Kind::MorePreferred => format!("{winner} has more first preferences than {loser}"),
            Kind::MoreApproved => format!("{winner} has more approvals than {loser}"),
            Kind::NotEliminatedBefore => {
                format!(
                    "{winner} has more first preferences than {loser} can ever have while {winner} stands"
                )
            }
            Kind::NotEliminatedNext(left) => {
                let left: Vec<String> = left.iter().map(u16::to_string).collect();
                format!("when {} are left, {winner} has more votes than {loser}", left.join(", "))
            }
        }
    }
}

/// The first candidate of a kind on a ballot. A shared rank ends a ballot, as an overvote does; skipped ranks are passed
/// over.
fn first(marks: &[Mark], is_wanted: impl Fn(u16) -> bool) -> Option<u16> {
    for mark in marks {
        if mark.tied_with_next() {
            return None;
        }
        if let Some(candidate) = mark.candidate().filter(|candidate| is_wanted(*candidate)) {
            return Some(candidate);
        }
    }
    None
}

/// The assertions of an outcome of most votes: everybody elected has more than everybody else.
pub fn of_most_votes(elected: &[u16], others: &[u16], approval: bool) -> Vec<Assertion> {
    let kind = if approval { Kind::MoreApproved } else { Kind::MorePreferred };
    let pairs = elected.iter().flat_map(|winner| others.iter().map(move |loser| (*winner, *loser)));
    pairs.map(|(winner, loser)| Assertion { winner, loser, kind: kind.clone() }).collect()
}
