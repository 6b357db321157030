//! Single transferable vote of the city of Minneapolis, for one seat or several.
//!
//! Minneapolis Code of Ordinances, title 8.5, chapter 167, sections 167.20 (definitions) and 167.70 (tabulation).
//! Surplus fractions and transfer values are kept to four decimal places, ignoring any remainder.

use crate::contest::Contest;
use crate::parcel::{Piles, Reading};
use crate::sheet::{Lookback, Pick, Sheet};
use crate::{Action, Count, CountError, Decision, Transfer};

/// One vote in units of the fourth decimal place.
const ONE: i128 = 10_000;

/// Counts by section 167.70(c). Skipped and overvoted ranks are passed over (167.70(c)(2)).
pub(crate) fn count(contest: &Contest) -> Result<Count, CountError> {
    let mut sheet = Sheet::new(contest, ONE);
    let piles = Piles::of_first_preferences(&mut sheet, ONE, Reading::PassOver)?;
    // 167.20, threshold
    let seats = i128::from(contest.election.seats);
    sheet.quota = Some((sheet.valid / sheet.per_vote / (seats + 1) + 1) * sheet.per_vote);
    let mut count = Minneapolis { sheet, piles };
    count.end_stage(Action::FirstCount, "167.70(c)(1)a", Vec::new(), Vec::new());
    while !count.sheet.is_over() {
        count.round()?;
    }
    Ok(count.sheet.finish())
}

struct Minneapolis<'a> {
    sheet: Sheet<'a>,
    piles: Piles,
}

impl Minneapolis<'_> {
    /// 167.70(c)(1), clauses b to e.
    fn round(&mut self) -> Result<(), CountError> {
        let impossible = self.mathematically_impossible();
        if !impossible.is_empty() {
            self.defeat(impossible, "167.70(c)(1)c");
            return Ok(());
        }
        let continuing = self.sheet.continuing();
        let quota = self.sheet.quota.unwrap_or(0);
        if continuing.iter().any(|candidate| self.sheet.total(*candidate) > quota) {
            let candidate =
                self.sheet.pick(&continuing, Pick::Highest, Lookback::No, "surplus to transfer")?;
            self.transfer_surplus(candidate);
            return Ok(());
        }
        let excludable = self.sheet.excludable();
        let lowest = self.sheet.pick(&excludable, Pick::Lowest, Lookback::No, "exclusion")?;
        self.defeat(vec![lowest], "167.70(c)(1)e");
        Ok(())
    }

    /// 167.20: those who, with the votes of all below them and all surpluses, cannot reach the next above; as many as
    /// leave a candidate for each seat.
    fn mathematically_impossible(&self) -> Vec<u16> {
        let quota = self.sheet.quota.unwrap_or(0);
        let continuing = self.sheet.continuing();
        let surplus: i128 = continuing.iter().map(|c| (self.sheet.total(*c) - quota).max(0)).sum();
        let mut ascending = self.sheet.excludable();
        ascending.sort_by_key(|candidate| (self.sheet.total(*candidate), *candidate));
        let mut together = surplus;
        let mut impossible = 0;
        for (count, pair) in ascending.windows(2).enumerate().take(continuing.len() - self.sheet.vacancies())
        {
            together += self.sheet.total(pair[0]);
            if together < self.sheet.total(pair[1]) {
                impossible = count + 1;
            }
        }
        ascending.truncate(impossible);
        ascending
    }

    /// Clause d: surplus / votes is the surplus fraction; it times a paper's value is the transfer value.
    fn transfer_surplus(&mut self, candidate: u16) {
        let mut decisions = Vec::new();
        let quota = self.sheet.quota.unwrap_or(0);
        let votes = self.sheet.total(candidate);
        self.sheet.elect(candidate, "167.70(c)(1)d", &mut decisions);
        let fraction = (votes - quota) * ONE / votes;
        let mut transfers = Vec::new();
        let mut moved = 0;
        for parcel in self.piles.take(candidate) {
            let value = fraction * parcel.value / ONE;
            moved += value * parcel.weight;
            self.piles.sort_on(&mut self.sheet, candidate, parcel, value, &mut transfers);
        }
        self.sheet.totals[usize::from(candidate)] = quota;
        self.sheet.rounding += votes - quota - moved;
        self.end_stage(Action::Surplus(candidate), "167.70(c)(1)d", transfers, decisions);
    }

    /// Clauses c and e. Votes of those defeated last are not transferred when as many continue as there are seats.
    fn defeat(&mut self, candidates: Vec<u16>, paragraph: &'static str) {
        candidates.iter().for_each(|candidate| self.sheet.exclude(*candidate));
        let mut transfers = Vec::new();
        if self.sheet.continuing().len() > self.sheet.vacancies() {
            for candidate in &candidates {
                self.sheet.totals[usize::from(*candidate)] = 0;
                for parcel in self.piles.take(*candidate) {
                    let value = parcel.value;
                    self.piles.sort_on(&mut self.sheet, *candidate, parcel, value, &mut transfers);
                }
            }
        }
        self.end_stage(Action::Exclusion(candidates), paragraph, transfers, Vec::new());
    }

    /// Clause a (as many have reached the threshold as there are seats) and clause f (as many continue as seats).
    fn end_stage(
        &mut self,
        action: Action,
        paragraph: &'static str,
        transfers: Vec<Transfer>,
        mut decisions: Vec<Decision>,
    ) {
        let quota = self.sheet.quota.unwrap_or(0);
        let continuing = self.sheet.continuing();
        let reached: Vec<u16> =
            continuing.iter().copied().filter(|c| self.sheet.total(*c) >= quota).collect();
        if reached.len() == self.sheet.vacancies() {
            self.sheet.elect_all(reached, "167.70(c)(1)a", &mut decisions);
        } else if continuing.len() <= self.sheet.vacancies() {
            self.sheet.elect_all(continuing, "167.70(c)(1)f", &mut decisions);
        }
        self.sheet.end_stage(action, paragraph, transfers, decisions);
    }
}
