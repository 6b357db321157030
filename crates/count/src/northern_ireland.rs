//! Single transferable vote of the district council elections in Northern Ireland.
//!
//! The Local Elections (Northern Ireland) Order 1985 (SI 1985/454), schedule 2, rules 47 to 52.

use crate::contest::Contest;
use crate::gregory::{Gregory, ONE};
use crate::sheet::{Lookback, Pick};
use crate::{Action, Count, CountError, Decision, Transfer};

/// Counts by rules 47 to 52.
pub(crate) fn count(contest: &Contest) -> Result<Count, CountError> {
    let mut count = NorthernIreland::first_stage(contest)?;
    while !count.gregory.sheet.is_over() {
        count.next_stage()?;
    }
    Ok(count.gregory.sheet.finish())
}

struct NorthernIreland<'a> {
    gregory: Gregory<'a>,
    decisions: Vec<Decision>,
}

impl<'a> NorthernIreland<'a> {
    /// Rules 47 and 48.
    fn first_stage(contest: &'a Contest) -> Result<Self, CountError> {
        let mut gregory = Gregory::new(contest)?;
        let per_vote = gregory.sheet.per_vote;
        let votes = gregory.sheet.valid / per_vote / (i128::from(contest.election.seats) + 1) + 1;
        gregory.sheet.quota = Some(votes * per_vote);
        let mut count = Self { gregory, decisions: Vec::new() };
        count.deem_elected();
        count.end_stage(Action::FirstCount, "rule 47", Vec::new());
        Ok(count)
    }

    /// Rule 48(3).
    fn deem_elected(&mut self) {
        let sheet = &mut self.gregory.sheet;
        let quota = sheet.quota.unwrap_or(0);
        let reached: Vec<u16> = sheet.continuing().into_iter().filter(|c| sheet.total(*c) >= quota).collect();
        self.gregory.pending.extend(reached.iter().filter(|candidate| sheet.total(**candidate) > quota));
        sheet.elect_all(reached, "rule 48(3)", &mut self.decisions);
    }

    /// Rule 49 while surpluses are to be transferred, else rule 51. (Rule 49(11): with one vacancy there are none.)
    fn next_stage(&mut self) -> Result<(), CountError> {
        let one_vacancy_in_all = self.gregory.sheet.election.seats == 1;
        if self.gregory.surpluses() > 0 && !one_vacancy_in_all && !self.surplus_waits() {
            let pending = self.gregory.pending.clone();
            let candidate = self.gregory.sheet.pick(
                &pending,
                Pick::Highest,
                Lookback::Earliest,
                "surplus to transfer",
            )?;
            let transfers = self.gregory.transfer_surplus(candidate);
            self.deem_elected();
            self.end_stage(Action::Surplus(candidate), "rule 49", transfers);
            return Ok(());
        }
        let excluded = self.together_excludable();
        let excluded = if excluded.is_empty() {
            let excludable = self.gregory.sheet.excludable();
            vec![self.gregory.sheet.pick(&excludable, Pick::Lowest, Lookback::Earliest, "exclusion")?]
        } else {
            excluded
        };
        self.exclude(excluded);
        Ok(())
    }

    /// Rule 49(10): the surpluses are less than the difference (a) between the lowest two, or (b) between the lowest
    /// several together and the next above.
    fn surplus_waits(&self) -> bool {
        let sheet = &self.gregory.sheet;
        let ascending = self.gregory.ascending();
        let mut together = self.gregory.surpluses();
        ascending.windows(2).take(sheet.continuing().len().saturating_sub(sheet.vacancies())).any(|pair| {
            together += sheet.total(pair[0]);
            together < sheet.total(pair[1])
        })
    }

    /// Rule 51(12): two or more whose votes, with surpluses not transferred, are less than those of the next above;
    /// as many as leave a candidate for each vacancy.
    fn together_excludable(&self) -> Vec<u16> {
        let sheet = &self.gregory.sheet;
        let ascending = self.gregory.ascending();
        let most = sheet.continuing().len().saturating_sub(sheet.vacancies());
        let mut together = self.gregory.surpluses();
        let mut excludable = 0;
        for (count, pair) in ascending.windows(2).enumerate().take(most) {
            together += sheet.total(pair[0]);
            if together < sheet.total(pair[1]) {
                excludable = count + 1;
            }
        }
        ascending[..if excludable >= 2 { excludable } else { 0 }].to_vec()
    }

    /// Rule 51(2) to (9): first-preference papers, then the others in batches of falling value.
    fn exclude(&mut self, candidates: Vec<u16>) {
        let mut transfers = Vec::new();
        for batch in self.gregory.exclude(&candidates) {
            let batches = if batch.value == ONE { batch.split_first_preferences() } else { vec![batch] };
            for batch in batches {
                if self.gregory.sheet.vacancies() > 0 {
                    transfers.extend(self.gregory.transfer_batch(batch));
                    self.deem_elected();
                }
            }
        }
        self.end_stage(Action::Exclusion(candidates), "rule 51", transfers);
    }

    /// Ends a stage with rule 52 (last vacancies).
    fn end_stage(&mut self, action: Action, paragraph: &'static str, transfers: Vec<Transfer>) {
        let surpluses = self.gregory.surpluses();
        let sheet = &mut self.gregory.sheet;
        let continuing = sheet.continuing();
        if continuing.len() <= sheet.vacancies() {
            sheet.elect_all(continuing, "rule 52(1)", &mut self.decisions);
        } else if sheet.vacancies() == 1 {
            let others = |candidate: u16| {
                let all: i128 = continuing.iter().map(|other| sheet.total(*other)).sum();
                all - sheet.total(candidate) + surpluses
            };
            // Two candidates who are equal to each other with nothing else left would both satisfy the rule.
            let sure: Vec<u16> = continuing
                .iter()
                .copied()
                .filter(|candidate| sheet.total(*candidate) >= others(*candidate))
                .collect();
            if let [candidate] = sure[..] {
                sheet.elect(candidate, "rule 52(2)", &mut self.decisions);
            }
        }
        let decisions = std::mem::take(&mut self.decisions);
        sheet.end_stage(action, paragraph, transfers, decisions);
    }
}
