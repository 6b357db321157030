//! Social and economic committees in France (comité social et économique): the seats of a college, by the electoral
//! quotient and the highest average.
//!
//! Code du travail, articles L2314-29 and L2314-30 (lists, crossings-out, women and men) and R2314-19 to R2314-21
//! (seats).

use super::Sex;
use crate::Votes;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Zero;
use std::cmp::Reverse;
use thiserror::Error;

/// A list of candidates and the ballots for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// What the list is called.
    pub name: String,
    /// Valid ballots for the list, with names crossed out or not.
    pub ballots: u64,
    /// Candidates in the order of the list.
    pub candidates: Vec<ListCandidate>,
}

/// Somebody on a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListCandidate {
    /// The name on the list.
    pub name: String,
    /// The sex.
    pub sex: Sex,
    /// Ballots on which the name is crossed out.
    pub crossed_out: u64,
    /// The date of birth as year, month, day, where known: age breaks ties.
    pub born: Option<(u16, u8, u8)>,
}

/// Who is on the electoral roll of the college.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Electorate {
    /// Women.
    pub women: u64,
    /// Men.
    pub men: u64,
}

/// The seats of a college.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct College {
    /// Valid votes / seats (R2314-19).
    pub quotient: Votes,
    /// Whether at least half of the electorate cast a valid vote; otherwise a second round follows (L2314-29).
    pub quorum: bool,
    /// The lists in the order of the input.
    pub lists: Vec<ListResult>,
    /// The seats by highest average in the order in which they were given (R2314-20): the list and its average.
    pub averages: Vec<(usize, Votes)>,
    /// Seats of lists that have no further candidate: they stay vacant.
    pub vacant: u32,
}

/// What a list has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListResult {
    /// The average of its candidates' votes.
    pub votes: Votes,
    /// Seats by the quotient.
    pub by_quotient: u32,
    /// Seats by the highest average.
    pub by_average: u32,
    /// Who is elected, by place on the list from 0.
    pub elected: Vec<usize>,
    /// What article L2314-30 objects to in the list, if anything.
    pub objection: Option<String>,
}

/// Why the seats could not be given.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FranceError {
    /// Nobody voted, or there are no seats.
    #[error("there are {votes} valid votes and {seats} seats; both must be more than zero")]
    NothingToShare {
        /// Valid ballots.
        votes: u64,
        /// Seats.
        seats: u32,
    },
    /// More names crossed out than ballots.
    #[error("{name} is crossed out {crossed_out} times on {ballots} ballots")]
    TooManyCrossingsOut {
        /// The candidate.
        name: String,
        /// Times crossed out.
        crossed_out: u64,
        /// Ballots of the list.
        ballots: u64,
    },
    /// A list with ballots and without candidates.
    #[error("list {list} has {ballots} ballots and no candidate")]
    NoCandidate {
        /// The list.
        list: String,
        /// Its ballots.
        ballots: u64,
    },
    /// Equal averages and votes go to the older candidate, and dates of birth are not known, or are equal.
    #[error(
        "lists {} have the same average and the same votes; the older candidate has the seat, so write different dates of \
         birth for {} [R2314-21]", lists.join(", "), candidates.join(", ")
    )]
    AgeNeeded {
        /// The tied lists.
        lists: Vec<String>,
        /// Who would be elected from each.
        candidates: Vec<String>,
    },
}

/// The seats of one college in one round. Ballots of all lists are the valid votes; blank and void ones are none.
pub fn elect(lists: &[List], electorate: Electorate, seats: u32) -> Result<College, FranceError> {
    let valid: u64 = lists.iter().map(|list| list.ballots).sum();
    if valid == 0 || seats == 0 {
        return Err(FranceError::NothingToShare { votes: valid, seats });
    }
    let votes = lists.iter().map(List::average).collect::<Result<Vec<_>, _>>()?;
    let quotient = BigRational::new(BigInt::from(valid), BigInt::from(seats));
    let mut distribution = Distribution {
        lists,
        by_quotient: votes
            .iter()
            .map(|votes| u32::try_from((votes / &quotient).floor().to_integer()).unwrap_or(0))
            .collect(),
        by_average: vec![0; lists.len()],
        votes,
        averages: Vec::new(),
    };
    let given: u32 = distribution.by_quotient.iter().sum();
    for left in (1..=seats - given).rev() {
        distribution.highest_average(left)?;
    }
    let Distribution { by_quotient, by_average, votes, averages, .. } = distribution;
    let mut vacant = 0;
    let mut results = Vec::new();
    for (place, list) in lists.iter().enumerate() {
        let due = by_quotient[place] + by_average[place];
        let mut elected = list.order();
        vacant += due.saturating_sub(elected.len() as u32);
        elected.truncate(due as usize);
        results.push(ListResult {
            votes: Votes::from(votes[place].clone()),
            by_quotient: by_quotient[place],
            by_average: by_average[place],
            elected,
            objection: list.objection(electorate),
        });
    }
    let quorum = 2 * u128::from(valid) >= u128::from(electorate.women) + u128::from(electorate.men);
    Ok(College { quotient: Votes::from(quotient), quorum, lists: results, averages, vacant })
}

struct Distribution<'a> {
    lists: &'a [List],
    votes: Vec<BigRational>,
    by_quotient: Vec<u32>,
    by_average: Vec<u32>,
    averages: Vec<(usize, Votes)>,
}

impl Distribution<'_> {
    /// R2314-20: votes / (seats so far + 1); the highest has the seat. R2314-21: of equal ones for the last seat, the list
    /// with more votes; of equal votes, the older of the candidates who would be elected.
    fn highest_average(&mut self, left: u32) -> Result<(), FranceError> {
        let seats = |list: usize| self.by_quotient[list] + self.by_average[list];
        let average = |list: usize| &self.votes[list] / BigInt::from(seats(list) + 1);
        let best = (0..self.lists.len()).map(average).max().unwrap_or_else(BigRational::zero);
        let mut tied: Vec<usize> = (0..self.lists.len()).filter(|list| average(*list) == best).collect();
        if tied.len() > left as usize {
            let most = tied.iter().map(|list| &self.votes[*list]).max().cloned();
            tied.retain(|list| Some(&self.votes[*list]) == most.as_ref());
            if tied.len() > left as usize {
                tied = vec![self.oldest(&tied)?];
            }
        }
        self.by_average[tied[0]] += 1;
        self.averages.push((tied[0], Votes::from(best)));
        Ok(())
    }

    fn oldest(&self, tied: &[usize]) -> Result<usize, FranceError> {
        let next = |list: usize| {
            let seats = (self.by_quotient[list] + self.by_average[list]) as usize;
            let place = self.lists[list].order().get(seats).copied();
            place.map(|place| &self.lists[list].candidates[place])
        };
        let born: Vec<_> = tied.iter().map(|list| next(*list).and_then(|candidate| candidate.born)).collect();
        let oldest = born.iter().min().copied().flatten();
        let unique = born.iter().filter(|date| **date == oldest).count() == 1;
        match tied.iter().zip(&born).find(|(_, date)| **date == oldest) {
            Some((list, Some(_))) if unique && born.iter().all(Option::is_some) => Ok(*list),
            _ => Err(FranceError::AgeNeeded {
                lists: tied.iter().map(|list| self.lists[*list].name.clone()).collect(),
                candidates: tied
                    .iter()
                    .map(|list| next(*list).map_or("nobody", |candidate| &candidate.name).to_owned())
                    .collect(),
            }),
        }
    }
}

impl List {
    /// The votes of a list: those of its candidates together, divided by their number.
    fn average(&self) -> Result<BigRational, FranceError> {
        if self.candidates.is_empty() {
            let (list, ballots) = (self.name.clone(), self.ballots);
            return if ballots == 0 {
                Ok(BigRational::zero())
            } else {
                Err(FranceError::NoCandidate { list, ballots })
            };
        }
        let mut sum = BigInt::zero();
        for ListCandidate { name, crossed_out, .. } in &self.candidates {
            let Some(votes) = self.ballots.checked_sub(*crossed_out) else {
                let (name, crossed_out, ballots) = (name.clone(), *crossed_out, self.ballots);
                return Err(FranceError::TooManyCrossingsOut { name, crossed_out, ballots });
            };
            sum += votes;
        }
        Ok(BigRational::new(sum, BigInt::from(self.candidates.len())))
    }

    /// L2314-29: in the order of the list; but a name crossed out on a tenth of its ballots or more counts its votes, and
    /// more votes go first.
    fn order(&self) -> Vec<usize> {
        let counted = |place: usize| {
            let crossed_out = self.candidates[place].crossed_out;
            let disregarded = u128::from(crossed_out) * 10 < u128::from(self.ballots);
            if disregarded { self.ballots } else { self.ballots - crossed_out.min(self.ballots) }
        };
        let mut order: Vec<usize> = (0..self.candidates.len()).collect();
        order.sort_by_key(|place| Reverse(counted(*place)));
        order
    }

    /// L2314-30: as many women and men as their share of the electorate, rounded to the nearest whole number, taking turns
    /// until one sex is exhausted. Lists of one name are free; a sex whose share rounds to nobody may have one candidate,
    /// but not the first.
    fn objection(&self, electorate: Electorate) -> Option<String> {
        let number = self.candidates.len() as u64;
        let all = electorate.women + electorate.men;
        if number < 2 || all == 0 {
            return None;
        }
        let women = self.candidates.iter().filter(|candidate| candidate.sex == Sex::Female).count() as u64;
        let share = |part: u64| {
            let doubled = 2 * u128::from(number) * u128::from(part) + u128::from(all);
            (doubled / (2 * u128::from(all))) as u64
        };
        let (due_women, due_men) = (share(electorate.women), share(electorate.men));
        let fits = women == due_women || number - women == due_men;
        let excluded = |due: u64, has: u64, sex: Sex| {
            due == 0 && has == 1 && self.candidates[0].sex != sex && electorate.women.min(electorate.men) > 0
        };
        let exception =
            excluded(due_women, women, Sex::Female) || excluded(due_men, number - women, Sex::Male);
        if !fits && !exception {
            return Some(format!(
                "{women} women and {} men on a list of {number}; {due_women} women and {due_men} men are due [L2314-30]",
                number - women
            ));
        }
        let turns = 2 * women.min(number - women) as usize;
        let pairs = self.candidates[..turns.min(self.candidates.len())].windows(2);
        let broken = pairs.enumerate().find(|(_, pair)| pair[0].sex == pair[1].sex);
        match broken {
            Some((place, _)) if !exception => Some(format!(
                "places {} and {} have the same sex; women and men take turns until one sex is exhausted [L2314-30]",
                place + 1,
                place + 2
            )),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A list from `"58 fmfm"`: ballots, then the sexes in order.
    fn list(name: &str, text: &str) -> List {
        let (ballots, sexes) = text.split_once(' ').unwrap();
        let candidates = sexes.chars().enumerate().map(|(place, sex)| ListCandidate {
            name: format!("{name}{}", place + 1),
            sex: if sex == 'f' { Sex::Female } else { Sex::Male },
            crossed_out: 0,
            born: None,
        });
        List { name: name.to_owned(), ballots: ballots.parse().unwrap(), candidates: candidates.collect() }
    }

    const HALVES: Electorate = Electorate { women: 50, men: 50 };

    fn seats(college: &College) -> Vec<u32> {
        college.lists.iter().map(|list| list.by_quotient + list.by_average).collect()
    }

    /// Quotients of published guides: 120 votes for 6 seats are 20, 263 for 10 are 26.3 (Solveo), 65 for 5 are 13
    /// (People Vox).
    #[test]
    fn the_quotient_keeps_its_decimals() {
        for (ballots, seats, quotient) in
            [(120, 6, Votes::from(20u64)), (263, 10, Votes::new(263, 10)), (65, 5, Votes::from(13u64))]
        {
            let lists = [list("A", &format!("{ballots} fmfmfmfmfm"))];
            assert_eq!(elect(&lists, HALVES, seats).unwrap().quotient, quotient);
        }
    }

    /// By hand from R2314-19 and R2314-20: 5 seats, 100 votes, quotient 20. A 58 = 2, B 28 = 1, C 14 = 0; averages 58/3 =
    /// 19.33, 28/2 = 14, 14: A; then 58/4 = 14.5: A.
    #[test]
    fn quotient_then_highest_average() {
        let lists = [list("A", "58 fmfmf"), list("B", "28 mfm"), list("C", "14 fm")];
        let college = elect(&lists, HALVES, 5).unwrap();
        assert_eq!(seats(&college), [4, 1, 0]);
        assert_eq!(college.averages, [(0, Votes::new(58, 3)), (0, Votes::new(58, 4))]);
        assert!(college.quorum && college.vacant == 0);
        assert!(!elect(&lists, Electorate { women: 101, men: 100 }, 5).unwrap().quorum);
    }

    #[test]
    fn names_crossed_out_lower_the_average_and_from_a_tenth_on_change_the_order() {
        let mut crossed = list("A", "100 fmf");
        crossed.candidates[0].crossed_out = 10;
        crossed.candidates[1].crossed_out = 9;
        let college = elect(&[crossed, list("B", "40 mf")], HALVES, 3).unwrap();
        // (90 + 91 + 100) / 3; A1 is crossed out on a tenth, A2 on less.
        assert_eq!(college.lists[0].votes, Votes::new(281, 3));
        assert_eq!(college.lists[0].elected, [1, 2]);
        let mut more = list("A", "5 fm");
        more.candidates[1].crossed_out = 6;
        let error = elect(&[more], HALVES, 1).unwrap_err();
        assert_eq!(error.to_string(), "A2 is crossed out 6 times on 5 ballots");
    }

    #[test]
    fn equal_averages_go_by_votes_then_age() {
        // 3 seats, 60 votes, quotient 20: A 40 = 2, B 20 = 1: none left. With 4: quotient 15, A 2, B 1, averages 13.3 and
        // 10. Equal averages: A 40 with two seats has 13.33, B 13.33 is not whole; take 2 seats for A 30 and B 15: quotient
        // 22.5, A 1 seat, averages 15 and 15: A has more votes.
        let college = elect(&[list("A", "30 fm"), list("B", "15 mf")], HALVES, 2).unwrap();
        assert_eq!(seats(&college), [2, 0]);
        let mut lists = [list("A", "20 fm"), list("B", "20 mf")];
        let error = elect(&lists, HALVES, 1).unwrap_err();
        assert_eq!(
            error.to_string(),
            "lists A, B have the same average and the same votes; the older candidate has the seat, so write different \
             dates of birth for A1, B1 [R2314-21]"
        );
        lists[0].candidates[0].born = Some((1980, 5, 1));
        lists[1].candidates[0].born = Some((1979, 12, 31));
        assert_eq!(seats(&elect(&lists, HALVES, 1).unwrap()), [0, 1]);
    }

    /// L2314-30; 60 per cent of women and ten candidates are six women and four men (La Voix du métallurgiste, 2022).
    #[test]
    fn women_and_men_by_their_share_and_in_turn() {
        let sixty = Electorate { women: 60, men: 40 };
        let objection = |sexes: &str, electorate| list("A", &format!("1 {sexes}")).objection(electorate);
        assert_eq!(objection("fmfmfmfmff", sixty), None);
        assert_eq!(objection("fmfmf", sixty), None);
        assert_eq!(
            objection("fmfmfmfmfm", sixty).unwrap(),
            "5 women and 5 men on a list of 10; 6 women and 4 men are due [L2314-30]"
        );
        assert_eq!(
            objection("ffmmf", sixty).unwrap(),
            "places 1 and 2 have the same sex; women and men take turns until one sex is exhausted [L2314-30]"
        );
        // An odd number and as many women as men on the roll: either sex has one more.
        assert_eq!(objection("fmf", HALVES), None);
        assert_eq!(objection("mfm", HALVES), None);
        // One woman in a hundred rounds to nobody of three; she may stand, but not first.
        let rare = Electorate { women: 1, men: 99 };
        assert_eq!(objection("mmm", rare), None);
        assert_eq!(objection("mfm", rare), None);
        assert!(objection("fmm", rare).is_some());
    }
}
