//! Works committees in Spain: the seats of a college, by quotients and largest remainders.
//!
//! Estatuto de los Trabajadores (Real Decreto Legislativo 2/2015), article 71, and Reglamento de elecciones (Real
//! Decreto 1844/1994), article 12. Each college (71.1: technical and administrative staff; skilled and unskilled
//! workers) votes for itself; [`seats_of_colleges`] shares the committee between them.

use super::largest_remainder::divide;
use crate::lot::{self, Seed};
use crate::{ApportionError, ApportionmentMethod, Votes, apportion};
use num_bigint::BigInt;
use num_rational::BigRational;
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
    /// Days of service in the enterprise, where known: seniority breaks ties.
    pub seniority_days: Option<u32>,
}

/// The seats of a college.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct College {
    /// Votes for a seat: valid votes for the lists that take part, divided by the seats.
    pub quotient: Votes,
    /// The lists in the order of the input.
    pub lists: Vec<ListResult>,
}

/// What a list has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListResult {
    /// Whether it has at least five per cent of the college's votes (71.2 b).
    pub admitted: bool,
    /// Seats for whole quotients.
    pub whole: u32,
    /// Votes beyond them.
    pub remainder: Votes,
    /// Seats for the remainder, 0 or 1.
    pub by_remainder: u32,
    /// Who is elected, by place on the list from 0, in its order (71.2 c).
    pub elected: Vec<usize>,
}

/// Why the seats could not be given.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SpainError {
    /// No list has five per cent of the votes.
    #[error("no list has 5 per cent of the {votes} votes of the college [71.2 b]")]
    NobodyAdmitted {
        /// Votes cast in the college, blank ones with them.
        votes: u64,
    },
    /// Equal remainders go by the seniority of the candidates who would be elected, which is not known.
    #[error(
        "lists {} have equal remainders; the candidate with most seniority is elected, so write the days of service of \
         {} [RD 1844/1994, 12.2]", lists.join(", "), candidates.join(", ")
    )]
    SeniorityNeeded {
        /// The tied lists.
        lists: Vec<String>,
        /// Who would be elected from each.
        candidates: Vec<String>,
    },
    /// A list has fewer candidates than seats, which article 71.2 a forbids: it names as many as there are seats.
    #[error(
        "list {list} has {candidates} candidates and is due {seats} seats; a list names at least as many as there are seats [71.2 a]"
    )]
    TooFewCandidates {
        /// The list.
        list: String,
        /// Its candidates.
        candidates: usize,
        /// Its seats.
        seats: u32,
    },
    /// A lot is needed and no seed was passed.
    #[error("a lot is needed between {}; pass a seed that was agreed beforehand", names.join(", "))]
    LotNeeded {
        /// The tied.
        names: Vec<String>,
    },
}

/// 71.1: the committee's seats to the colleges in proportion to their workers; the largest fraction has the seat that is
/// over, and of equal ones the lot.
pub fn seats_of_colleges(
    workers: &[u64],
    seats: u32,
    seed: Option<&Seed>,
) -> Result<Vec<u32>, ApportionError> {
    apportion(ApportionmentMethod::LargestRemainder, workers, seats, 0, None, seed)
}

/// 71.2 b) and c): the seats of one college. `blank` votes are valid and count towards the five per cent, and for
/// nobody.
pub fn elect(lists: &[List], blank: u64, seats: u32, seed: Option<&Seed>) -> Result<College, SpainError> {
    let votes: u64 = lists.iter().map(|list| list.votes).sum::<u64>() + blank;
    let admitted: Vec<bool> =
        lists.iter().map(|list| list.votes > 0 && u128::from(list.votes) * 20 >= u128::from(votes)).collect();
    let counted: Vec<u64> =
        lists.iter().zip(&admitted).map(|(list, admitted)| if *admitted { list.votes } else { 0 }).collect();
    let sum: u64 = counted.iter().sum();
    if sum == 0 || seats == 0 {
        return Err(SpainError::NobodyAdmitted { votes });
    }
    let quotient = BigRational::new(BigInt::from(sum), BigInt::from(seats));
    let whole = |list: usize| (u128::from(counted[list]) * u128::from(seats) / u128::from(sum)) as usize;
    let division = divide(&counted, &quotient, seats, |tied| most_senior(lists, tied, whole, seed))?;
    let mut results = Vec::new();
    for (place, list) in lists.iter().enumerate() {
        let seats = division.whole[place] + division.by_remainder[place];
        if list.candidates.len() < seats as usize {
            let (list, candidates) = (list.name.clone(), list.candidates.len());
            return Err(SpainError::TooFewCandidates { list, candidates, seats });
        }
        results.push(ListResult {
            admitted: admitted[place],
            whole: division.whole[place],
            remainder: division.remainders[place].clone(),
            by_remainder: division.by_remainder[place],
            elected: (0..seats as usize).collect(),
        });
    }
    Ok(College { quotient: division.quotient, lists: results })
}

/// RD 1844/1994, 12.2: of equal remainders for the last seat, the candidate with most seniority in the enterprise.
fn most_senior(
    lists: &[List],
    tied: &[usize],
    whole: impl Fn(usize) -> usize,
    seed: Option<&Seed>,
) -> Result<usize, SpainError> {
    let next = |list: usize| lists[list].candidates.get(whole(list));
    let seniority = |list: usize| next(list).and_then(|candidate| candidate.seniority_days);
    if tied.iter().any(|list| seniority(*list).is_none()) {
        return Err(SpainError::SeniorityNeeded {
            lists: tied.iter().map(|list| lists[*list].name.clone()).collect(),
            candidates: tied
                .iter()
                .map(|list| next(*list).map_or("nobody", |c| &c.name).to_owned())
                .collect(),
        });
    }
    let most = tied.iter().map(|list| seniority(*list)).max().unwrap_or(None);
    let senior: Vec<usize> = tied.iter().copied().filter(|list| seniority(*list) == most).collect();
    if let [only] = senior[..] {
        return Ok(only);
    }
    let Some(seed) = seed else {
        let names = senior.iter().map(|list| lists[*list].name.clone()).collect();
        return Err(SpainError::LotNeeded { names });
    };
    let numbers: Vec<u32> = senior.iter().map(|list| *list as u32 + 1).collect();
    Ok(lot::draw(seed, "seat for the remainder", &numbers)[0] as usize - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(name: &str, votes: u64, seniority: &[u32]) -> List {
        let candidates = seniority.iter().enumerate().map(|(place, days)| ListCandidate {
            name: format!("{name}{}", place + 1),
            seniority_days: Some(*days).filter(|days| *days > 0),
        });
        List { name: name.to_owned(), votes, candidates: candidates.collect() }
    }

    /// By hand from article 71.2: 200 votes, of which 9 for D (4.5 per cent, out) and 6 blank; 185 / 5 = 37: A 100 = 2
    /// and 26, B 55 = 1 and 18, C 30 = 0 and 30; the two seats over go to C and A.
    #[test]
    fn seats_of_a_college() {
        let lists =
            [list("A", 100, &[1; 5]), list("B", 55, &[1; 5]), list("C", 30, &[1; 5]), list("D", 9, &[1; 5])];
        let college = elect(&lists, 6, 5, None).unwrap();
        assert_eq!(college.quotient, Votes::from(37u64));
        let seats: Vec<usize> = college.lists.iter().map(|list| list.elected.len()).collect();
        assert_eq!(seats, [3, 1, 1, 0]);
        assert!(!college.lists[3].admitted);
        // Without the blank votes D has nine of 194, still under five per cent; with 180 in all it is in.
        assert!(!elect(&lists, 0, 5, None).unwrap().lists[3].admitted);
    }

    #[test]
    fn equal_remainders_go_by_seniority() {
        // 60 / 3 = 20: A 40 = 2, B and C 10 each for the last seat; B2 is no matter, B1 served longer than C1.
        let lists = [list("A", 40, &[5, 5, 5]), list("B", 10, &[900, 1, 1]), list("C", 10, &[800, 1, 1])];
        let college = elect(&lists, 0, 3, None).unwrap();
        assert_eq!(college.lists.iter().map(|list| list.elected.len()).collect::<Vec<_>>(), [2, 1, 0]);
        let unknown = [list("A", 40, &[5, 5, 5]), list("B", 10, &[0, 1, 1]), list("C", 10, &[800, 1, 1])];
        assert_eq!(
            elect(&unknown, 0, 3, None).unwrap_err().to_string(),
            "lists B, C have equal remainders; the candidate with most seniority is elected, so write the days of service \
             of B1, C1 [RD 1844/1994, 12.2]"
        );
    }

    /// 71.1: 9 seats for 150 and 60 workers are 6.43 and 2.57.
    #[test]
    fn colleges_share_the_committee() {
        assert_eq!(seats_of_colleges(&[150, 60], 9, None), Ok(vec![6, 3]));
    }
}
