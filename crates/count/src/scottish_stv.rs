//! Single transferable vote of the Scottish local government elections.
//!
//! The Scottish Local Government Elections Order 2007 (SSI 2007/42), schedule 1, rules 45 to 52. Values of papers
//! are kept to five decimal places, any remainder being ignored (rule 48(3)).

use crate::lot::Seed;
use crate::parcel::{self, Parcel, Sorted};
use crate::sheet::{Lookback, Pick, Sheet};
use crate::{Action, Count, CountError, Decision, Election, Rule, Transfer};

/// The value of a first preference, in units of the fifth decimal place.
const ONE: i128 = 100_000;

/// Counts by rules 45 to 52.
///
/// A paper of weight *n* counts as *n* papers. A paper without a first preference for one candidate alone is
/// invalid; a paper on which a later rank is skipped or shared is non-transferable from there on.
pub fn count(election: &Election, seed: Option<&Seed>) -> Result<Count, CountError> {
    let sheet = Sheet::new(Rule::ScottishStv, election, seed, ONE)?;
    let piles = vec![Vec::new(); sheet.totals.len()];
    let mut count = Scottish { sheet, piles, pending: Vec::new() };
    count.first_stage()?;
    while count.sheet.vacancies() > 0 {
        match count.next_surplus()? {
            Some(candidate) => count.transfer_surplus(candidate),
            None => count.exclude_lowest()?,
        }
    }
    Ok(count.sheet.finish())
}

struct Scottish<'a> {
    sheet: Sheet<'a>,
    /// The parcels that each candidate holds, in the order in which they came.
    piles: Vec<Vec<Parcel>>,
    /// Elected candidates whose surplus has not been transferred.
    pending: Vec<u16>,
}

impl Scottish<'_> {
    /// Rule 45 (first stage) and rule 46 (quota).
    fn first_stage(&mut self) -> Result<(), CountError> {
        let continuing = self.sheet.continuing_table();
        let sorted = parcel::sort_all(self.sheet.election, &continuing, ONE);
        self.sheet.invalid = sorted.non_transferable.weight * ONE;
        for (candidate, parcel) in sorted.parcels.into_iter().enumerate() {
            self.sheet.totals[candidate] = parcel.weight * ONE;
            self.sheet.valid += parcel.weight * ONE;
            self.piles[candidate].push(parcel);
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
        for parcel in std::mem::take(&mut self.piles[usize::from(candidate)]) {
            let value = surplus * parcel.value / votes;
            moved += value * parcel.weight;
            self.sort_on(candidate, parcel, value, &mut transfers);
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
        for parcel in std::mem::take(&mut self.piles[usize::from(candidate)]) {
            let value = parcel.value;
            self.sort_on(candidate, parcel, value, &mut transfers);
        }
        self.end_stage(Action::Exclusion(vec![candidate]), "rule 50", transfers);
        Ok(())
    }

    /// Sorts a parcel on to the continuing candidates (rules 48(1) and 50(2)) at this value of a paper.
    fn sort_on(&mut self, from: u16, parcel: Parcel, value: i128, transfers: &mut Vec<Transfer>) {
        let continuing = self.sheet.continuing_table();
        let papers = parcel.papers.into_iter();
        let Sorted { parcels, non_transferable } =
            parcel::sort(&self.sheet.election.ballots, papers, &continuing, value);
        for (candidate, parcel) in parcels.into_iter().enumerate().filter(|(_, parcel)| parcel.weight > 0) {
            transfers.push(self.transfer(from, Some(candidate as u16), &parcel));
            self.sheet.totals[candidate] += value * parcel.weight;
            self.piles[candidate].push(parcel);
        }
        if non_transferable.weight > 0 {
            transfers.push(self.transfer(from, None, &non_transferable));
            self.sheet.non_transferable += value * non_transferable.weight;
        }
    }

    fn transfer(&self, from: u16, to: Option<u16>, parcel: &Parcel) -> Transfer {
        let one_paper = self.sheet.per_vote / ONE;
        Transfer {
            from,
            to,
            papers: crate::Votes::new(parcel.weight, one_paper),
            value: crate::Votes::new(parcel.value, ONE),
            votes: self.sheet.votes(parcel.value * parcel.weight),
        }
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
