//! Works councils in Germany, elected from lists: seats to lists by highest averages, with seats for the sex in the
//! minority.
//!
//! Works Constitution Act (BetrVG), section 15(2), and First Electoral Ordinance (WO 2001), sections 5 and 15.

use super::Sex;
use crate::lot::{self, Seed};
use std::cmp::Ordering;
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
    /// The sex.
    pub sex: Sex,
}

/// Who works in the establishment when the election is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Workforce {
    /// Women.
    pub women: u64,
    /// Men.
    pub men: u64,
}

/// The council.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorksCouncil {
    /// The sex in the minority and the least number of its seats, where there is a minority.
    pub minority: Option<(Sex, u32)>,
    /// The seats, highest average first; seats that moved to another list come where its average puts them.
    pub seats: Vec<Seat>,
}

/// A seat: which list has it, by which average, and who takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    /// The place among the lists, from 0.
    pub list: usize,
    /// The average is the list's votes divided by this.
    pub divisor: u64,
    /// The place on the list, from 0.
    pub candidate: usize,
    /// The paragraph of section 15 by which this person has the seat.
    pub paragraph: &'static str,
}

/// Why a council could not be formed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WorksCouncilError {
    /// A lot is needed and no seed was passed.
    #[error("a lot is needed ({purpose}) between {}; pass a seed that was agreed beforehand", names.join(", "))]
    LotNeeded {
        /// What the lot decides.
        purpose: &'static str,
        /// The tied lists, or sexes.
        names: Vec<String>,
    },
    /// The lists together have too few candidates.
    #[error("{seats} seats are to be filled, but the lists with votes have only {candidates} candidates")]
    TooFewCandidates {
        /// Seats to fill.
        seats: u32,
        /// Candidates on lists with votes.
        candidates: usize,
    },
}

/// Section 5 of the ordinance: the least number of seats for the sex in the minority, by highest averages of the
/// numbers of women and men; `None` where there are as many of both, or only one.
pub fn minority_seats(
    workforce: Workforce,
    seats: u32,
    seed: Option<&Seed>,
) -> Result<Option<(Sex, u32)>, WorksCouncilError> {
    let Workforce { women, men } = workforce;
    let (sex, fewer, more) = match women.cmp(&men) {
        Ordering::Less => (Sex::Female, women, men),
        Ordering::Greater => (Sex::Male, men, women),
        Ordering::Equal => return Ok(None),
    };
    let shares = crate::apportion(crate::ApportionmentMethod::Dhondt, &[fewer, more], seats, 0, None, seed);
    match shares {
        Ok(shares) => Ok(Some((sex, shares[0])).filter(|(_, seats)| *seats > 0)),
        Err(_) => Err(WorksCouncilError::LotNeeded {
            purpose: "last seat between the sexes",
            names: vec!["women".to_owned(), "men".to_owned()],
        }),
    }
}

/// Section 15 of the ordinance.
pub fn elect(
    lists: &[List],
    workforce: Workforce,
    seats: u32,
    seed: Option<&Seed>,
) -> Result<WorksCouncil, WorksCouncilError> {
    let candidates = lists.iter().filter(|list| list.votes > 0).map(|list| list.candidates.len()).sum();
    if candidates < seats as usize {
        return Err(WorksCouncilError::TooFewCandidates { seats, candidates });
    }
    let minority = minority_seats(workforce, seats, seed)?;
    let mut council = Council { lists, seed, seats: Vec::new() };
    council.distribute(seats)?;
    if let Some((sex, least)) = minority {
        council.seat_minority(sex, least as usize)?;
    }
    let mut seats = council.seats;
    seats.sort_by(|a, b| average(lists, b).cmp_to(&average(lists, a)).then(a.list.cmp(&b.list)));
    Ok(WorksCouncil { minority, seats })
}

struct Council<'a> {
    lists: &'a [List],
    seed: Option<&'a Seed>,
    seats: Vec<Seat>,
}

/// A list's votes and a divisor, compared as their quotient.
struct Average(u64, u64);

impl Average {
    fn cmp_to(&self, other: &Self) -> Ordering {
        let product = |a: u64, b: u64| u128::from(a) * u128::from(b);
        product(self.0, other.1).cmp(&product(other.0, self.1))
    }
}

fn average(lists: &[List], seat: &Seat) -> Average {
    Average(lists[seat.list].votes, seat.divisor)
}

impl Council<'_> {
    /// Paragraphs 1 to 4: each seat to the highest average; a list without further candidates leaves its seats to the
    /// averages that follow; a lot decides the last seat between equal ones; candidates in the order of the list.
    fn distribute(&mut self, seats: u32) -> Result<(), WorksCouncilError> {
        for _ in 0..seats {
            let open = |list: &usize| self.next_unseated(*list, None).is_some();
            let lists: Vec<usize> = (0..self.lists.len()).filter(open).collect();
            let Some(list) = self.highest(&lists, seats as usize - self.seats.len())? else { return Ok(()) };
            let candidate = self.next_unseated(list, None).unwrap_or(0);
            self.seats.push(Seat { list, divisor: self.next_divisor(list), candidate, paragraph: "15(1)" });
        }
        Ok(())
    }

    /// Paragraph 5: as long as the minority has too few seats, the one with the lowest average of the other sex goes to
    /// the next of the minority on the same list (no. 1), or to the list with the next average that has one (no. 2);
    /// where no list has any, the seat stays (no. 5).
    fn seat_minority(&mut self, sex: Sex, least: usize) -> Result<(), WorksCouncilError> {
        while self.seats.iter().filter(|seat| self.sex(seat) == sex).count() < least {
            let Some(place) = self.lowest_of_other_sex(sex)? else { return Ok(()) };
            let Seat { list, candidate, .. } = self.seats[place];
            let next_on_list = self.next_unseated(list, Some(sex)).filter(|next| *next > candidate);
            if let Some(next) = next_on_list {
                self.seats[place] = Seat { candidate: next, paragraph: "15(5) no. 1", ..self.seats[place] };
                continue;
            }
            let open = |other: &usize| *other != list && self.next_unseated(*other, Some(sex)).is_some();
            let lists: Vec<usize> = (0..self.lists.len()).filter(open).collect();
            let Some(other) = self.highest(&lists, 1)? else { return Ok(()) };
            let candidate = self.next_unseated(other, Some(sex)).unwrap_or(0);
            let divisor = self.next_divisor(other);
            self.seats[place] = Seat { list: other, divisor, candidate, paragraph: "15(5) no. 2" };
        }
        Ok(())
    }

    fn sex(&self, seat: &Seat) -> Sex {
        self.lists[seat.list].candidates[seat.candidate].sex
    }

    /// The first on a list who has no seat, of this sex where one is given.
    fn next_unseated(&self, list: usize, sex: Option<Sex>) -> Option<usize> {
        let List { votes, candidates, .. } = &self.lists[list];
        let seated =
            |place: usize| self.seats.iter().any(|seat| seat.list == list && seat.candidate == place);
        let wanted = |place: &usize| sex.is_none_or(|sex| candidates[*place].sex == sex) && !seated(*place);
        (0..candidates.len()).find(wanted).filter(|_| *votes > 0)
    }

    /// The divisor of a list's next average that has not been taken into account.
    fn next_divisor(&self, list: usize) -> u64 {
        self.seats.iter().filter(|seat| seat.list == list).map(|seat| seat.divisor).max().unwrap_or(0) + 1
    }

    /// The list with the highest next average; between equal ones, the lot, unless all of them get a seat anyway.
    fn highest(&self, lists: &[usize], seats: usize) -> Result<Option<usize>, WorksCouncilError> {
        let next = |list: usize| Average(self.lists[list].votes, self.next_divisor(list));
        let Some(best) = lists.iter().copied().max_by(|a, b| next(*a).cmp_to(&next(*b))) else {
            return Ok(None);
        };
        let tied: Vec<usize> =
            lists.iter().copied().filter(|list| next(*list).cmp_to(&next(best)).is_eq()).collect();
        if tied.len() <= seats {
            return Ok(tied.first().copied());
        }
        self.draw("last seat between lists", tied).map(Some)
    }

    /// The place of the seat with the lowest average whose holder is not of this sex.
    fn lowest_of_other_sex(&self, sex: Sex) -> Result<Option<usize>, WorksCouncilError> {
        let others: Vec<usize> =
            (0..self.seats.len()).filter(|place| self.sex(&self.seats[*place]) != sex).collect();
        let of = |place: usize| average(self.lists, &self.seats[place]);
        let Some(lowest) = others.iter().copied().min_by(|a, b| of(*a).cmp_to(&of(*b))) else {
            return Ok(None);
        };
        let tied: Vec<usize> =
            others.into_iter().filter(|place| of(*place).cmp_to(&of(lowest)).is_eq()).collect();
        if let [only] = tied[..] {
            return Ok(Some(only));
        }
        let lists: Vec<usize> = tied.iter().map(|place| self.seats[*place].list).collect();
        let drawn = self.draw("seat that goes to the minority", lists)?;
        Ok(tied.into_iter().find(|place| self.seats[*place].list == drawn))
    }

    fn draw(&self, purpose: &'static str, lists: Vec<usize>) -> Result<usize, WorksCouncilError> {
        let Some(seed) = self.seed else {
            let names = lists.iter().map(|list| self.lists[*list].name.clone()).collect();
            return Err(WorksCouncilError::LotNeeded { purpose, names });
        };
        let numbers: Vec<u32> = lists.iter().map(|list| *list as u32 + 1).collect();
        Ok(lot::draw(seed, purpose, &numbers)[0] as usize - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A list from `"300 fmmf"`: votes, then the sexes in order.
    fn list(name: &str, text: &str) -> List {
        let (votes, sexes) = text.split_once(' ').unwrap();
        let candidates = sexes.chars().enumerate().map(|(place, sex)| ListCandidate {
            name: format!("{name}{}", place + 1),
            sex: if sex == 'f' { Sex::Female } else { Sex::Male },
        });
        List { name: name.to_owned(), votes: votes.parse().unwrap(), candidates: candidates.collect() }
    }

    fn names(lists: &[List], council: &WorksCouncil) -> String {
        let name = |seat: &Seat| lists[seat.list].candidates[seat.candidate].name.clone();
        council.seats.iter().map(name).collect::<Vec<_>>().join(" ")
    }

    /// 60 women and 140 men, 9 seats: averages 140, 70, 60, 46.7, 35, 30, 28, 23.3, 20 (twice: 60/3 and 140/7), so the
    /// ninth seat is between the sexes by lot; with 61 women the women have it.
    #[test]
    fn seats_of_the_minority_by_section_5() {
        let seats = |women, men, seats| minority_seats(Workforce { women, men }, seats, None);
        assert_eq!(seats(61, 140, 9), Ok(Some((Sex::Female, 3))));
        assert_eq!(seats(59, 140, 9), Ok(Some((Sex::Female, 2))));
        assert!(matches!(seats(60, 140, 9), Err(WorksCouncilError::LotNeeded { .. })));
        assert_eq!(seats(140, 61, 9), Ok(Some((Sex::Male, 3))));
        assert_eq!(seats(5, 200, 5), Ok(None));
        assert_eq!(seats(50, 50, 5), Ok(None));
        // LAG Berlin-Brandenburg, 25 July 2017, 7 TaBV 358/17: 871 women of 3,469 have six of 23 seats at least.
        assert_eq!(seats(871, 3_469 - 871, 23), Ok(Some((Sex::Female, 6))));
    }

    /// 5 seats, lists of 100, 60 and 30 votes: averages 100 (A), 60 (B), 50 (A), 33.3 (A), 30 (B and C).
    #[test]
    fn seats_of_lists_and_of_the_minority_by_section_15() {
        let workforce = Workforce { women: 80, men: 120 };
        // Two seats for women (120, 80, 60, 40, 40: the fifth by lot) need other numbers: 81 women have 2 of 5.
        let workforce = Workforce { women: workforce.women + 1, ..workforce };
        assert_eq!(minority_seats(workforce, 5, None), Ok(Some((Sex::Female, 2))));

        // No. 1: the last seat, B2 at 30.5, goes to the next woman on list B; then A3 at 33.3 to the woman on list A.
        let lists = [list("A", "100 mmmmf"), list("B", "61 mmf"), list("C", "30 m")];
        let council = elect(&lists, workforce, 5, None).unwrap();
        assert_eq!(names(&lists, &council), "A1 B1 A2 A5 B3");
        assert!(council.seats[3..].iter().all(|seat| seat.paragraph == "15(5) no. 1"));

        // No. 2: B has no woman, so its seat goes to the list with the next average that has: A at 25, before C's
        // 15; then A's own lowest seat of a man follows no. 1.
        let lists = [list("A", "100 mmmff"), list("B", "61 mmm"), list("C", "30 m")];
        let council = elect(&lists, workforce, 5, None).unwrap();
        assert_eq!(names(&lists, &council), "A1 B1 A2 A5 A4");

        // No. 5: nobody else of the minority stands; the seats stay.
        let lists = [list("A", "100 mmm"), list("B", "61 mmf")];
        let council = elect(&lists, workforce, 5, None).unwrap();
        assert_eq!(names(&lists, &council), "A1 B1 A2 A3 B3");

        // Paragraph 3: a list without further candidates leaves its seat to the next average.
        let lists = [list("A", "100 ff"), list("B", "61 fffm")];
        let council = elect(&lists, workforce, 5, None).unwrap();
        assert_eq!(names(&lists, &council), "A1 B1 A2 B2 B3");
    }

    /// Federal Labour Court (BAG), 22 November 2017, 7 ABR 35/16: 17 seats, of which 557, 306 and 279 votes had nine, four
    /// and four.
    #[test]
    fn the_seats_that_the_federal_labour_court_upheld() {
        let men = "m".repeat(17);
        let lists =
            [("v", 557), ("D", 306), ("h", 279)].map(|(name, votes)| list(name, &format!("{votes} {men}")));
        let council = elect(&lists, Workforce { women: 0, men: 1_200 }, 17, None).unwrap();
        let seats = |list| council.seats.iter().filter(|seat| seat.list == list).count();
        assert_eq!([seats(0), seats(1), seats(2)], [9, 4, 4]);
    }

    #[test]
    fn lots_and_refusals() {
        let workforce = Workforce { women: 10, men: 90 };
        let lists = [list("A", "60 mm"), list("B", "60 mm")];
        assert_eq!(
            elect(&lists, workforce, 3, None).unwrap_err().to_string(),
            "a lot is needed (last seat between lists) between A, B; pass a seed that was agreed beforehand"
        );
        assert!(elect(&lists, workforce, 3, Some(&[1; 32])).is_ok());
        assert_eq!(
            elect(&lists, workforce, 5, None).unwrap_err().to_string(),
            "5 seats are to be filled, but the lists with votes have only 4 candidates"
        );
    }
}
