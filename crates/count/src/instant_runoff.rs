//! Instant runoff, as San Francisco and Maine legislate it: the last is eliminated until one has a majority.
//!
//! San Francisco Charter, section 13.102: ends when a candidate has a majority of the votes on continuing ballots;
//! skipped ranks are passed over, an overvote exhausts the ballot; the lowest several who together have fewer votes
//! than the next are eliminated together. Maine Revised Statutes, title 21-A, section 723-A: ends when two are left;
//! an overvote or two skipped ranks in a row exhaust the ballot (subsection 1, paragraph D). Batch elimination (paragraphs A
//! and G) was struck out by Public Law 2023, chapter 304, part A.

use crate::contest::Contest;
use crate::parcel::{Piles, Reading};
use crate::sheet::{Lookback, Pick, Sheet};
use crate::{Action, Count, CountError, Rule, Transfer};

/// Counts round by round.
pub(crate) fn count(contest: &Contest) -> Result<Count, CountError> {
    let terms = Terms::of(contest.rule);
    let mut sheet = Sheet::new(contest, 1);
    let piles = Piles::of_first_preferences(&mut sheet, 1, terms.reading)?;
    let mut count = InstantRunoff { sheet, piles, terms };
    count.end_round(Action::FirstCount, Vec::new())?;
    while !count.sheet.is_over() {
        count.eliminate()?;
    }
    Ok(count.sheet.finish())
}

/// What the statutes differ in.
struct Terms {
    reading: Reading,
    /// Whether rounds go on until two are left, though one has a majority already.
    until_two: bool,
    /// Whether several who together have fewer votes than the next are eliminated together.
    together: bool,
    paragraph: &'static str,
}

impl Terms {
    fn of(rule: Rule) -> Self {
        match rule {
            Rule::Maine => Self {
                reading: Reading::StopAtTwoSkips,
                until_two: true,
                together: false,
                paragraph: "section 723-A(2)",
            },
            _ => Self {
                reading: Reading::StopAtOvervote,
                until_two: false,
                together: true,
                paragraph: "section 13.102",
            },
        }
    }
}

struct InstantRunoff<'a> {
    sheet: Sheet<'a>,
    piles: Piles,
    terms: Terms,
}

impl InstantRunoff<'_> {
    fn eliminate(&mut self) -> Result<(), CountError> {
        let mut eliminated = if self.terms.together { self.hopeless() } else { Vec::new() };
        if eliminated.is_empty() {
            let continuing = self.sheet.continuing();
            eliminated.push(self.sheet.pick(&continuing, Pick::Lowest, Lookback::No, "exclusion")?);
        }
        let mut transfers = Vec::new();
        eliminated.iter().for_each(|candidate| self.sheet.exclude(*candidate));
        for candidate in &eliminated {
            self.sheet.totals[usize::from(*candidate)] = 0;
            for parcel in self.piles.take(*candidate) {
                self.piles.sort_on(&mut self.sheet, *candidate, parcel, 1, &mut transfers);
            }
        }
        self.end_round(Action::Exclusion(eliminated), transfers)
    }

    /// The most of the lowest who together have fewer votes than the next, two or more.
    fn hopeless(&self) -> Vec<u16> {
        let mut ascending = self.sheet.continuing();
        ascending.sort_by_key(|candidate| (self.sheet.total(*candidate), *candidate));
        let mut together = 0;
        let mut most = 0;
        for (count, pair) in ascending.windows(2).enumerate() {
            together += self.sheet.total(pair[0]);
            if together < self.sheet.total(pair[1]) {
                most = count + 1;
            }
        }
        ascending.truncate(if most >= 2 { most } else { 0 });
        ascending
    }

    fn end_round(&mut self, action: Action, transfers: Vec<Transfer>) -> Result<(), CountError> {
        let continuing = self.sheet.continuing();
        let votes: i128 = self.sheet.totals.iter().sum();
        let majority = continuing.iter().copied().find(|candidate| 2 * self.sheet.total(*candidate) > votes);
        let winner = match (continuing.len(), self.terms.until_two) {
            (1 | 2, true) => {
                Some(self.sheet.pick(&continuing, Pick::Highest, Lookback::No, "last two candidates")?)
            }
            (1, false) => continuing.first().copied(),
            (_, true) => None,
            (_, false) => majority,
        };
        let mut decisions = Vec::new();
        if let Some(candidate) = winner {
            self.sheet.elect(candidate, self.terms.paragraph, &mut decisions);
        }
        self.sheet.end_stage(action, self.terms.paragraph, transfers, decisions);
        Ok(())
    }
}
