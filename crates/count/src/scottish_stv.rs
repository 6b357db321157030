//! Single transferable vote of the Scottish local government elections.
//!
//! The Scottish Local Government Elections Order 2007 (SSI 2007/42), schedule 1, rules 45 to 52. Values of papers
//! are kept to five decimal places, any remainder being ignored (rule 48(3)).

use crate::lot::Seed;
use crate::parcel::{self, Parcel, Piles};
use crate::sheet::{Lookback, Pick, Sheet, Standing};
use crate::{Action, Count, CountError, Decision, Election, Rule, Transfer};

/// The value of a first preference, in units of the fifth decimal place.
const ONE: i128 = 100_000;

/// Counts by rules 45 to 52.
///
/// A paper of weight *n* counts as *n* papers. A paper without a first preference for one candidate alone is
/// invalid; a paper on which a later rank is skipped or shared is non-transferable from there on.
pub fn count(election: &Election, seed: Option<&Seed>) -> Result<Count, CountError> {
    let mut count = Scottish::first_stage(election, seed)?;
    while count.sheet.vacancies() > 0 {
        count.next_stage()?;
    }
    Ok(count.sheet.finish())
}

/// The papers that a candidate held when deemed elected, or `None` where the candidate was not elected.
pub(crate) fn papers_that_elected(
    election: &Election,
    seed: Option<&Seed>,
    candidate: u16,
) -> Result<Option<Vec<Parcel>>, CountError> {
    let mut count = Scottish::first_stage(election, seed)?;
    while count.sheet.standing[usize::from(candidate)] != Standing::Elected {
        if count.sheet.vacancies() == 0 {
            return Ok(None);
        }
        count.next_stage()?;
    }
    Ok(Some(count.piles.take(candidate)))
}

struct Scottish<'a> {
    sheet: Sheet<'a>,
    piles: Piles,
    /// Elected candidates whose surplus has not been transferred.
    pending: Vec<u16>,
}

impl<'a> Scottish<'a> {
    /// Rule 45 (first stage) and rule 46 (quota).
    fn first_stage(election: &'a Election, seed: Option<&'a Seed>) -> Result<Self, CountError> {
        let sheet = Sheet::new(Rule::ScottishStv, election, seed, ONE)?;
        let piles = Piles::new(sheet.totals.len());
        let mut count = Self { sheet, piles, pending: Vec::new() };
        count.first_preferences()?;
        Ok(count)
    }

    fn next_stage(&mut self) -> Result<(), CountError> {
        match self.next_surplus()? {
            Some(candidate) => self.transfer_surplus(candidate),
            None => self.exclude_lowest()?,
        }
        Ok(())
    }

    fn first_preferences(&mut self) -> Result<(), CountError> {
        let continuing = self.sheet.continuing_table();
        let sorted = parcel::sort_all(self.sheet.election, &continuing, ONE);
        self.sheet.invalid = sorted.non_transferable.weight * ONE;
        for (candidate, parcel) in sorted.parcels.into_iter().enumerate() {
            self.sheet.valid += parcel.weight * ONE;
            self.piles.add(&mut self.sheet, candidate, parcel);
        }
        if self.sheet.valid == 0 {
            return Err(CountError::NobodyVoted { cast: self.sheet.election.ballots.total_weight() });
        }
        let seats = i128::from(self.sheet.election.seats);
        let votes = self.sheet.valid / self.sheet.per_vote / (seats + 1) + 1;
        self.sheet.quota = Some(votes * self.sheet.per_vote);
        self.end_stage(Action::FirstCount, "rule 45", Vec::new());
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
        let continuing = self.sheet.continuing();
        let candidate = self.sheet.pick(&continuing, Pick::Lowest, Lookback::MostRecent, "exclusion")?;
        self.sheet.exclude(candidate);
        self.sheet.totals[usize::from(candidate)] = 0;
        let mut transfers = Vec::new();
        for parcel in self.piles.take(candidate) {
            let value = parcel.value;
            self.piles.sort_on(&mut self.sheet, candidate, parcel, value, &mut transfers);
        }
        self.end_stage(Action::Exclusion(vec![candidate]), "rule 50", transfers);
        Ok(())
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
        self.pending.extend(reached.iter().filter(|candidate| self.sheet.total(**candidate) > quota));
        self.sheet.elect_all(reached, "rule 47", &mut elected);
        let continuing = self.sheet.continuing();
        if continuing.len() == self.sheet.vacancies() {
            self.sheet.elect_all(continuing, "rule 52", &mut elected);
        }
        self.sheet.end_stage(action, paragraph, transfers, elected);
    }
}
