//! Unitary workplace representation in Italy (RSU): seats by quotients and largest remainders, candidates by
//! preferences.
//!
//! Testo Unico sulla Rappresentanza of 10 January 2014, part two, section three ("Attribuzione dei seggi"), in private
//! enterprises; Accordo collettivo quadro of 7 August 1998, part two, article 17, in public administration, where the
//! quorum is reckoned from all who voted.

use super::largest_remainder::divide;
use crate::Votes;
use crate::lot::{self, Seed};
use num_bigint::BigInt;
use num_rational::BigRational;
use std::cmp::Reverse;
use thiserror::Error;

/// A list of candidates and the votes for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// What the list is called.
    pub name: String,
    /// Votes for the list.
    pub votes: u64,
    /// Candidates in the order of the list.
    pub candidates: Vec<ListCandidate>,
}

/// Somebody on a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListCandidate {
    /// The name on the list.
    pub name: String,
    /// Preferences given to the candidate.
    pub preferences: u64,
}

/// The representation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Representation {
    /// Votes for a seat, with all its decimals.
    pub quorum: Votes,
    /// The lists in the order of the input.
    pub lists: Vec<ListResult>,
}

/// What a list has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListResult {
    /// Seats for whole quorums.
    pub whole: u32,
    /// Votes beyond them.
    pub remainder: Votes,
    /// Seats for the remainder, 0 or 1.
    pub by_remainder: u32,
    /// Who is elected, by place on the list from 0: most preferences first, equal ones in the order of the list.
    pub elected: Vec<usize>,
}

/// Why the seats could not be given.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ItalyError {
    /// Nobody voted, or there are no seats.
    #[error("there are {votes} votes and {seats} seats; both must be more than zero")]
    NothingToShare {
        /// Votes for lists.
        votes: u64,
        /// Seats.
        seats: u32,
    },
    /// Fewer voted than there are votes.
    #[error("{voters} voted, but the lists have {votes} votes")]
    FewerVotersThanVotes {
        /// Those who voted.
        voters: u64,
        /// Votes for lists.
        votes: u64,
    },
    /// A list has fewer candidates than seats.
    #[error("list {list} has {candidates} candidates and is due {seats} seats")]
    TooFewCandidates {
        /// The list.
        list: String,
        /// Its candidates.
        candidates: usize,
        /// Its seats.
        seats: u32,
    },
    /// A lot is needed and no seed was passed.
    #[error("a lot is needed between lists {}; pass a seed that was agreed beforehand", names.join(", "))]
    LotNeeded {
        /// The tied lists.
        names: Vec<String>,
    },
}

/// The seats of the lists. `voters` is given in public administration: the quorum is then all who voted, blank and void
/// papers with them, divided by the seats; otherwise the votes for lists divided by the seats. Of equal remainders, the
/// list with more votes, then the one with more preferences has the seat, then the lot decides.
pub fn elect(
    lists: &[List],
    voters: Option<u64>,
    seats: u32,
    seed: Option<&Seed>,
) -> Result<Representation, ItalyError> {
    let counted: Vec<u64> = lists.iter().map(|list| list.votes).collect();
    let votes: u64 = counted.iter().sum();
    if votes == 0 || seats == 0 {
        return Err(ItalyError::NothingToShare { votes, seats });
    }
    let base = voters.unwrap_or(votes);
    if base < votes {
        return Err(ItalyError::FewerVotersThanVotes { voters: base, votes });
    }
    let quorum = BigRational::new(BigInt::from(base), BigInt::from(seats));
    let preferences =
        |list: usize| -> u64 { lists[list].candidates.iter().map(|candidate| candidate.preferences).sum() };
    let division = divide(&counted, &quorum, seats, |tied| {
        let best = tied.iter().map(|list| (counted[*list], preferences(*list))).max();
        let first: Vec<usize> =
            tied.iter().copied().filter(|list| Some((counted[*list], preferences(*list))) == best).collect();
        match (&first[..], seed) {
            ([only], _) => Ok(*only),
            (several, Some(seed)) => {
                let numbers: Vec<u32> = several.iter().map(|list| *list as u32 + 1).collect();
                Ok(lot::draw(seed, "seat for the remainder", &numbers)[0] as usize - 1)
            }
            (several, None) => {
                let names = several.iter().map(|list| lists[*list].name.clone()).collect();
                Err(ItalyError::LotNeeded { names })
            }
        }
    })?;
    let mut results = Vec::new();
    for (place, list) in lists.iter().enumerate() {
        let seats = division.whole[place] + division.by_remainder[place];
        if list.candidates.len() < seats as usize {
            let (list, candidates) = (list.name.clone(), list.candidates.len());
            return Err(ItalyError::TooFewCandidates { list, candidates, seats });
        }
        let mut order: Vec<usize> = (0..list.candidates.len()).collect();
        order.sort_by_key(|candidate| Reverse(list.candidates[*candidate].preferences));
        order.truncate(seats as usize);
        results.push(ListResult {
            whole: division.whole[place],
            remainder: division.remainders[place].clone(),
            by_remainder: division.by_remainder[place],
            elected: order,
        });
    }
    Ok(Representation { quorum: division.quotient, lists: results })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lists(votes: &[u64]) -> Vec<List> {
        let candidates = |name: char| {
            [(1, 3), (2, 9), (3, 3)]
                .map(|(place, preferences)| ListCandidate { name: format!("{name}{place}"), preferences })
                .to_vec()
        };
        let named = votes.iter().zip('A'..);
        named
            .map(|(votes, name)| List { name: name.into(), votes: *votes, candidates: candidates(name) })
            .collect()
    }

    fn seats(representation: &Representation) -> Vec<usize> {
        representation.lists.iter().map(|list| list.elected.len()).collect()
    }

    /// ARAN's note on the distribution of seats, example 1: 119 voters, 3 seats, quorum 39.666…; lists of 48, 46, 12 and
    /// 11 votes: a seat each for the first two, remainders 8.333, 6.333, 12, 11: the third seat to the third list.
    #[test]
    fn the_example_of_the_agency_for_public_bargaining() {
        let representation = elect(&lists(&[48, 46, 12, 11]), Some(119), 3, None).unwrap();
        assert_eq!(representation.quorum, Votes::new(119, 3));
        assert_eq!(seats(&representation), [1, 1, 1, 0]);
        assert_eq!(representation.lists[0].remainder, Votes::new(25, 3));
        assert_eq!(representation.lists[2].by_remainder, 1);
        // Most preferences first.
        assert_eq!(representation.lists[0].elected, [1]);
    }

    #[test]
    fn ties_go_by_votes_then_preferences_then_lot() {
        // 60 / 3 = 20: remainders of 0, 10 and 10; equal votes and preferences.
        let error = elect(&lists(&[40, 10, 10]), None, 3, None).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a lot is needed between lists B, C; pass a seed that was agreed beforehand"
        );
        // 75 / 3 = 25: A 30 = 1 and 5, B 40 = 1 and 15, C 5 and 5.
        assert_eq!(seats(&elect(&lists(&[30, 40, 5]), None, 3, None).unwrap()), [1, 2, 0]);
        let mut preferred = lists(&[40, 10, 10]);
        preferred[2].candidates[0].preferences = 4;
        assert_eq!(seats(&elect(&preferred, None, 3, None).unwrap()), [2, 0, 1]);
    }
}
