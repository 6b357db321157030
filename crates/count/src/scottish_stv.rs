//! Single transferable vote of the Scottish local government elections.
//!
//! The Scottish Local Government Elections Order 2007 (SSI 2007/42), schedule 1, rules 45 to 52. Values of papers
//! are kept to five decimal places, any remainder being ignored (rule 48(3)).

use crate::constraint::DOOMED;
use crate::contest::Contest;
use crate::parcel::{Piles, Reading};
use crate::sheet::{Lookback, Pick, Sheet};
use crate::{Action, Count, CountError, Decision, Transfer};

/// The value of a first preference, in units of the fifth decimal place.
const ONE: i128 = 100_000;

/// Counts by rules 45 to 52.
///
/// A paper of weight *n* counts as *n* papers. A paper without a first preference for one candidate alone is
/// invalid; a paper on which a later rank is skipped or shared is non-transferable from there on.
pub(crate) fn count(contest: &Contest) -> Result<Count, CountError> {
    let mut count = Scottish::first_stage(contest)?;
    while !count.sheet.is_over() {
        count.next_stage()?;
    }
    Ok(count.sheet.finish())
}

struct Scottish<'a> {
    sheet: Sheet<'a>,
    piles: Piles,
    /// Elected candidates whose surplus has not been transferred.
    pending: Vec<u16>,
}

impl<'a> Scottish<'a> {
    /// Rule 45 (first stage) and rule 46 (quota).
    fn first_stage(contest: &'a Contest) -> Result<Self, CountError> {
        let mut sheet = Sheet::new(contest, ONE);
        let piles = Piles::of_first_preferences(&mut sheet, ONE, Reading::Consecutive)?;
        let votes = sheet.valid / sheet.per_vote / (i128::from(contest.election.seats) + 1) + 1;
        sheet.quota = Some(votes * sheet.per_vote);
        let mut count = Self { sheet, piles, pending: Vec::new() };
        count.end_stage(Action::FirstCount, "rule 45", Vec::new());
        Ok(count)
    }

    fn next_stage(&mut self) -> Result<(), CountError> {
        let doomed = self.sheet.doomed();
        if !doomed.is_empty() {
            self.exclude(doomed, DOOMED);
            return Ok(());
        }
        match self.next_surplus()? {
            Some(candidate) => self.transfer_surplus(candidate),
            None => self.exclude_lowest()?,
        }
        Ok(())
    }

    /// Rules 48(1) and 49: whose surplus is transferred next.
    fn next_surplus(&mut self) -> Result<Option<u16>, CountError> {
        if self.pending.is_empty() {
            return Ok(None);
        }
        let pending = self.pending.clone();
        let candidate =
            self.sheet.pick(&pending, Pick::Highest, Lookback::MostRecent, "surplus to transfer")?;
        Ok(Some(candidate))
    }

    /// Rule 48: each paper goes on at surplus × its value / the candidate's votes.
    fn transfer_surplus(&mut self, candidate: u16) {
        let quota = self.sheet.quota.unwrap_or(0);
        let votes = self.sheet.total(candidate);
        let surplus = votes - quota;
        self.pending.retain(|pending| *pending != candidate);
        self.sheet.totals[usize::from(candidate)] = quota;
        let mut transfers = Vec::new();
        let mut moved = 0;
        for parcel in self.piles.take(candidate) {
            let value = surplus * parcel.value / votes;
            moved += value * parcel.weight;
            self.piles.sort_on(&mut self.sheet, candidate, parcel, value, &mut transfers);
        }
        self.sheet.rounding += surplus - moved;
        self.end_stage(Action::Surplus(candidate), "rule 48", transfers);
    }

    /// Rules 50 and 51: the lowest is excluded; each paper goes on at the value it was received at.
    fn exclude_lowest(&mut self) -> Result<(), CountError> {
        let excludable = self.sheet.excludable();
        let candidate = self.sheet.pick(&excludable, Pick::Lowest, Lookback::MostRecent, "exclusion")?;
        self.exclude(vec![candidate], "rule 50");
        Ok(())
    }

    fn exclude(&mut self, candidates: Vec<u16>, paragraph: &'static str) {
        candidates.iter().for_each(|candidate| self.sheet.exclude(*candidate));
        let mut transfers = Vec::new();
        for candidate in &candidates {
            self.sheet.totals[usize::from(*candidate)] = 0;
            for parcel in self.piles.take(*candidate) {
                let value = parcel.value;
                self.piles.sort_on(&mut self.sheet, *candidate, parcel, value, &mut transfers);
            }
        }
        self.end_stage(Action::Exclusion(candidates), paragraph, transfers);
    }

    /// Ends a stage: rule 47 (who has reached the quota), then rule 52 (last vacancies).
    fn end_stage(&mut self, action: Action, paragraph: &'static str, transfers: Vec<Transfer>) {
        let mut elected: Vec<Decision> = Vec::new();
        let quota = self.sheet.quota.unwrap_or(0);
        let reached: Vec<u16> = self
            .sheet
            .continuing()
            .into_iter()
            .filter(|candidate| self.sheet.total(*candidate) >= quota)
            .collect();
        self.sheet.elect_all(reached, "rule 47", &mut elected);
        let with_surplus = elected.iter().filter(|it| self.sheet.total(it.candidate) > quota);
        let mut with_surplus: Vec<u16> = with_surplus.map(|it| it.candidate).collect();
        with_surplus.sort_unstable();
        self.pending.extend(with_surplus);
        let continuing = self.sheet.continuing();
        if continuing.len() <= self.sheet.vacancies() {
            self.sheet.elect_all(continuing, "rule 52", &mut elected);
        }
        self.sheet.end_stage(action, paragraph, transfers, elected);
    }
}
