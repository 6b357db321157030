//! The rules of the Electoral Reform Society, found in most British and Irish union rule books.
//!
//! R. A. Newland and F. S. Britton, *How to conduct an election by the Single Transferable Vote* (Electoral Reform
//! Society, 3rd edition, 1997), section 5. The quota and the values of papers are kept to two decimal places.

use crate::contest::Contest;
use crate::gregory::Gregory;
use crate::sheet::{Lookback, Pick};
use crate::{Action, Count, CountError, Decision, Transfer};

/// Counts by paragraphs 5.1.1 to 5.6.2.
pub(crate) fn count(contest: &Contest) -> Result<Count, CountError> {
    let mut count = Ers97::first_stage(contest)?;
    while !count.gregory.sheet.is_over() {
        count.next_stage()?;
    }
    Ok(count.gregory.sheet.finish())
}

struct Ers97<'a> {
    gregory: Gregory<'a>,
    /// Who was deemed elected in the stage that is under way.
    decisions: Vec<Decision>,
}

impl<'a> Ers97<'a> {
    fn first_stage(contest: &'a Contest) -> Result<Self, CountError> {
        let mut count = Self { gregory: Gregory::new(contest)?, decisions: Vec::new() };
        count.set_quota();
        count.deem_elected("5.1.7");
        count.end_stage(Action::FirstCount, "5.1", Vec::new());
        Ok(count)
    }

    /// 5.1.6 and 5.4.8: votes not yet non-transferable / (places + 1), to two decimal places, rounded up.
    fn set_quota(&mut self) {
        let sheet = &mut self.gregory.sheet;
        let denominator = i128::from(sheet.election.ballots.denominator());
        let divisor = (i128::from(sheet.election.seats) + 1) * denominator;
        let votes = sheet.valid - sheet.non_transferable;
        sheet.quota = Some((votes + divisor - 1) / divisor * denominator);
    }

    /// 6.20: the votes of continuing candidates and those awaiting transfer.
    fn total_active_vote(&self) -> i128 {
        let sheet = &self.gregory.sheet;
        let credited: i128 = sheet.continuing().iter().map(|candidate| sheet.total(*candidate)).sum();
        // Within an exclusion, papers not yet transferred are still credited to the excluded.
        let awaiting: i128 = (1..sheet.totals.len())
            .filter(|candidate| sheet.standing[*candidate] == crate::sheet::Standing::Excluded)
            .map(|candidate| sheet.totals[candidate])
            .sum();
        credited + awaiting + self.gregory.surpluses()
    }

    /// 5.1.7, 5.3.13, 5.4.9: in descending order of votes, whoever has (a) the quota or (b) the total active vote /
    /// (places not yet filled + 1).
    fn deem_elected(&mut self, paragraph: &'static str) {
        loop {
            let places = self.gregory.sheet.vacancies();
            let sheet = &self.gregory.sheet;
            let Some(most) = sheet.continuing().into_iter().map(|candidate| sheet.total(candidate)).max()
            else {
                return;
            };
            let quota = self.gregory.sheet.quota.unwrap_or(0);
            let reaches_share = most * (places as i128 + 1) >= self.total_active_vote();
            if places == 0 || most == 0 || !(most >= quota || reaches_share) {
                return;
            }
            let sheet = &self.gregory.sheet;
            let mut tied: Vec<u16> =
                sheet.continuing().into_iter().filter(|c| sheet.total(*c) == most).collect();
            if tied.len() > places {
                tied = self.first_by_earlier_votes(tied, places);
                if tied.is_empty() {
                    return;
                }
            }
            for candidate in tied {
                self.gregory.sheet.elect(candidate, paragraph, &mut self.decisions);
                if self.gregory.surplus(candidate) > 0 {
                    self.gregory.pending.push(candidate);
                }
            }
        }
    }

    /// 5.6.2: more candidates with equal votes than places; those with more votes at the earliest point where they
    /// were unequal. Where that leaves more than there are places, nobody.
    fn first_by_earlier_votes(&self, tied: Vec<u16>, places: usize) -> Vec<u16> {
        let history = self.gregory.sheet.history();
        for point in history.points(Lookback::Earliest, &tied) {
            let votes = |candidate: &u16| *history.votes(point, *candidate);
            let mut order = tied.clone();
            order.sort_by_key(|candidate| -votes(candidate));
            if votes(&order[places - 1]) > votes(&order[places]) {
                order.truncate(places);
                return order;
            }
        }
        Vec::new()
    }

    /// 5.2: a surplus, an exclusion, or the end.
    fn next_stage(&mut self) -> Result<(), CountError> {
        let vacancies = self.gregory.sheet.vacancies();
        let continuing = self.gregory.sheet.continuing();
        if continuing.len() <= vacancies {
            self.fill_last_places(continuing);
            return Ok(());
        }
        let excluded = self.together_excludable();
        if self.gregory.surpluses() > 0 && !self.surplus_is_deferred(&excluded) {
            return self.transfer_surplus();
        }
        let excluded = if excluded.is_empty() { vec![self.lowest()?] } else { self.resolve(excluded)? };
        if continuing.len() - excluded.len() == vacancies {
            let remaining =
                continuing.into_iter().filter(|candidate| !excluded.contains(candidate)).collect();
            excluded.iter().for_each(|candidate| self.gregory.sheet.exclude(*candidate));
            self.fill_last_places(remaining);
            return Ok(());
        }
        self.exclude(excluded);
        Ok(())
    }

    /// 5.5.1: the continuing candidates are as many as the places.
    fn fill_last_places(&mut self, candidates: Vec<u16>) {
        self.gregory.sheet.elect_all(candidates, "5.5.1", &mut self.decisions);
        self.end_stage(Action::LastVacancies, "5.5.1", Vec::new());
    }

    /// 5.2.5: the most candidates with fewest votes whose votes, with all surpluses, do not exceed the vote of the
    /// next above, while sufficient candidates remain. Empty where there are none such.
    fn together_excludable(&self) -> Vec<u16> {
        let ascending = self.gregory.ascending();
        let most = self.gregory.sheet.continuing().len() - self.gregory.sheet.vacancies();
        let mut together = self.gregory.surpluses();
        let mut excludable = 0;
        for (count, candidate) in ascending.iter().enumerate().take(most) {
            together += self.gregory.sheet.total(*candidate);
            let next_above =
                ascending.get(count + 1).map_or(i128::MAX, |next| self.gregory.sheet.total(*next));
            if together <= next_above {
                excludable = count + 1;
            }
        }
        ascending[..excludable].to_vec()
    }

    /// Where the last one to exclude has as few votes as the next above, 5.2.5 decides between them.
    fn resolve(&mut self, mut excluded: Vec<u16>) -> Result<Vec<u16>, CountError> {
        let ascending = self.gregory.ascending();
        let total = |candidate: &u16| self.gregory.sheet.total(*candidate);
        let boundary = total(&excluded[excluded.len() - 1]);
        if ascending.get(excluded.len()).is_none_or(|next| total(next) > boundary) {
            return Ok(excluded);
        }
        let wanted = excluded.len();
        let mut tied: Vec<u16> =
            ascending.into_iter().filter(|candidate| total(candidate) == boundary).collect();
        excluded.retain(|candidate| !tied.contains(candidate));
        while excluded.len() < wanted {
            let candidate =
                self.gregory.sheet.break_tie(tied.clone(), Pick::Lowest, Lookback::Earliest, "exclusion")?;
            tied.retain(|other| *other != candidate);
            excluded.push(candidate);
        }
        Ok(excluded)
    }

    /// 5.2.5: the one with fewest votes.
    fn lowest(&mut self) -> Result<u16, CountError> {
        let excludable = self.gregory.sheet.excludable();
        self.gregory.sheet.pick(&excludable, Pick::Lowest, Lookback::Earliest, "exclusion")
    }

    /// 5.2.2: surpluses wait as long as they could not change who is excluded.
    fn surplus_is_deferred(&self, excludable: &[u16]) -> bool {
        let ascending = self.gregory.ascending();
        let difference = match ascending[..] {
            [lowest, next, ..] => self.gregory.sheet.total(next) - self.gregory.sheet.total(lowest),
            _ => 0,
        };
        self.gregory.surpluses() <= difference || !excludable.is_empty()
    }

    /// 5.2.3 and 5.3.
    fn transfer_surplus(&mut self) -> Result<(), CountError> {
        let pending = self.gregory.pending.clone();
        let candidate =
            self.gregory.sheet.pick(&pending, Pick::Highest, Lookback::Earliest, "surplus to transfer")?;
        let transfers = self.gregory.transfer_surplus(candidate);
        self.deem_elected("5.3.13");
        self.end_stage(Action::Surplus(candidate), "5.3", transfers);
        Ok(())
    }

    /// 5.4: batch by batch in descending order of value, until the places are filled (5.5.2).
    fn exclude(&mut self, candidates: Vec<u16>) {
        let mut transfers = Vec::new();
        for batch in self.gregory.exclude(&candidates) {
            let non_transferable = self.gregory.sheet.non_transferable;
            transfers.extend(self.gregory.transfer_batch(batch));
            let nobody_elected = self.gregory.sheet.vacancies() == self.gregory.sheet.election.seats as usize;
            if nobody_elected && self.gregory.sheet.non_transferable > non_transferable {
                self.set_quota();
            }
            self.deem_elected("5.4.9");
            self.gregory.sheet.note_point();
            if self.gregory.sheet.vacancies() == 0 {
                break;
            }
        }
        self.end_stage(Action::Exclusion(candidates), "5.4", transfers);
    }

    fn end_stage(&mut self, action: Action, paragraph: &'static str, transfers: Vec<Transfer>) {
        let decisions = std::mem::take(&mut self.decisions);
        let sheet = &mut self.gregory.sheet;
        sheet.end_stage(action, paragraph, transfers, decisions);
        let quota = sheet.votes(&sheet.quota.unwrap_or(0));
        sheet.note_stage_quota(quota);
    }
}
