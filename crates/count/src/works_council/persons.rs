//! Works councils in Germany, elected by persons, not lists: the seats of the minority first, then the others.
//!
//! First Electoral Ordinance (WO 2001), section 22.

use super::Sex;
use super::germany::{Workforce, WorksCouncilError, minority_seats};
use crate::lot::{self, Seed};
use std::cmp::Reverse;

/// Somebody who stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name on the ballot paper.
    pub name: String,
    /// The sex.
    pub sex: Sex,
    /// Votes for the person.
    pub votes: u64,
}

/// Who is elected, and by which paragraph of section 22.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ElectedPerson {
    /// The place among the persons, from 0.
    pub person: usize,
    /// `22(1)` for a seat of the minority, `22(2)` for any other.
    pub paragraph: &'static str,
}

/// Section 22: (1) the least number of seats of the minority to those of that sex with most votes; (2) the other seats to
/// those with most votes, of either sex; (3) a lot for the last seat between equal ones; (4) seats for which the minority
/// has nobody with a vote count among those of (2). Fewer are elected where fewer have votes.
pub fn elect(
    persons: &[Person],
    workforce: Workforce,
    seats: u32,
    seed: Option<&Seed>,
) -> Result<Vec<ElectedPerson>, WorksCouncilError> {
    let with_votes = |sex: Option<Sex>, elected: &[ElectedPerson]| -> Vec<usize> {
        let open = |place: &usize| {
            let person = &persons[*place];
            person.votes > 0
                && sex.is_none_or(|sex| person.sex == sex)
                && elected.iter().all(|other| other.person != *place)
        };
        (0..persons.len()).filter(open).collect()
    };
    let mut elected: Vec<ElectedPerson> = Vec::new();
    if let Some((sex, least)) = minority_seats(workforce, seats, seed)? {
        for person in most_votes(persons, with_votes(Some(sex), &elected), least as usize, seed)? {
            elected.push(ElectedPerson { person, paragraph: "22(1)" });
        }
    }
    let left = seats as usize - elected.len();
    for person in most_votes(persons, with_votes(None, &elected), left, seed)? {
        elected.push(ElectedPerson { person, paragraph: "22(2)" });
    }
    Ok(elected)
}

fn most_votes(
    persons: &[Person],
    mut open: Vec<usize>,
    seats: usize,
    seed: Option<&Seed>,
) -> Result<Vec<usize>, WorksCouncilError> {
    open.sort_by_key(|place| (Reverse(persons[*place].votes), *place));
    let Some(last) = seats.checked_sub(1).and_then(|last| open.get(last)).map(|place| persons[*place].votes)
    else {
        open.truncate(seats);
        return Ok(open);
    };
    let start = open.partition_point(|place| persons[*place].votes > last);
    let end = open.partition_point(|place| persons[*place].votes >= last);
    if end > seats {
        let tied = &open[start..end];
        let Some(seed) = seed else {
            let names = tied.iter().map(|place| persons[*place].name.clone()).collect();
            return Err(WorksCouncilError::LotNeeded { purpose: "last seat between persons", names });
        };
        let numbers: Vec<u32> = tied.iter().map(|place| *place as u32 + 1).collect();
        let drawn: Vec<usize> = lot::draw(seed, "last seat between persons", &numbers)
            .into_iter()
            .map(|number| number as usize - 1)
            .collect();
        open[start..end].copy_from_slice(&drawn);
    }
    open.truncate(seats);
    Ok(open)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn persons(text: &str) -> Vec<Person> {
        let person = |word: &str| {
            let (sex, votes) = word.split_at(1);
            let sex = if sex == "f" { Sex::Female } else { Sex::Male };
            Person { name: word.to_owned(), sex, votes: votes.parse().unwrap() }
        };
        text.split(' ').map(person).collect()
    }

    fn elected(text: &str, seats: u32) -> Result<String, WorksCouncilError> {
        let persons = persons(text);
        // Two of five seats and one of three are the women's: 81 and 119 are 119, 81, 59.5, 40.5, 39.7.
        let council = elect(&persons, Workforce { women: 81, men: 119 }, seats, None)?;
        let line = |it: &ElectedPerson| format!("{} {}", persons[it.person].name, it.paragraph);
        Ok(council.iter().map(line).collect::<Vec<_>>().join(", "))
    }

    /// Computed by hand from section 22.
    #[test]
    fn the_minority_first() {
        assert_eq!(
            elected("m90 m80 m70 m60 m50 f30 f20 f10", 5).unwrap(),
            "f30 22(1), f20 22(1), m90 22(2), m80 22(2), m70 22(2)"
        );
        assert_eq!(
            elected("f95 m90 f85 f80 m70 m60", 5).unwrap(),
            "f95 22(1), f85 22(1), m90 22(2), f80 22(2), m70 22(2)"
        );
        // (4) one woman only, and one without a vote.
        assert_eq!(
            elected("m90 m80 m70 m60 f30 f0", 5).unwrap(),
            "f30 22(1), m90 22(2), m80 22(2), m70 22(2), m60 22(2)"
        );
        assert_eq!(
            elected("m90 m80 m80 f30 f20", 3).unwrap_err().to_string(),
            "a lot is needed (last seat between persons) between m80, m80; pass a seed that was agreed beforehand"
        );
    }
}
