//! Single transferable vote of the Australian Senate: a surplus goes on from all papers of the elected, at one value.
//!
//! Commonwealth Electoral Act 1918, section 273(7) to (30). Every paper that an elected candidate holds goes on at
//! surplus / papers, whatever value it came with ("inclusive Gregory"); votes credited disregard any fraction. Bulk
//! exclusions (273(13A) to (13C)) save work by hand and are not made: candidates are excluded one by one.

use crate::contest::Contest;
use crate::parcel::{Reading, Sorted, sort, sort_all};
use crate::sheet::{Lookback, Pick, Sheet};
use crate::{Action, Count, CountError, Decision, Transfer, Votes};
use num_integer::gcd;
use std::cmp::Reverse;

/// Counts by subsections (8) to (22).
pub(crate) fn count(contest: &Contest) -> Result<Count, CountError> {
    let mut count = Senate::first_count(contest)?;
    while !count.sheet.is_over() {
        count.next_count()?;
    }
    Ok(count.sheet.finish())
}

/// A transfer value, in lowest terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct TransferValue {
    numerator: i128,
    denominator: i128,
}

impl TransferValue {
    const ONE: Self = Self { numerator: 1, denominator: 1 };

    fn new(numerator: i128, denominator: i128) -> Self {
        let divisor = gcd(numerator, denominator).max(1);
        Self { numerator: numerator / divisor, denominator: denominator / divisor }
    }

    /// Papers × value, any fraction disregarded.
    fn of(self, papers: i128) -> i128 {
        papers * self.numerator / self.denominator
    }
}

/// Papers that a candidate received at one value.
struct Parcel {
    value: TransferValue,
    papers: Vec<u32>,
}

struct Senate<'a> {
    sheet: Sheet<'a>,
    /// Parcels of each candidate by number.
    piles: Vec<Vec<Parcel>>,
    /// Elected candidates whose surplus was not transferred, in the order in which they go on.
    pending: Vec<u16>,
}

impl<'a> Senate<'a> {
    /// Subsection (8).
    fn first_count(contest: &'a Contest) -> Result<Self, CountError> {
        let mut sheet = Sheet::new(contest, 1);
        let election = contest.election;
        let sorted = sort_all(election, &sheet.continuing_table(), 1, Reading::Consecutive);
        sheet.invalid = sorted.non_transferable.weight;
        let mut piles = Vec::new();
        for (candidate, parcel) in sorted.parcels.into_iter().enumerate() {
            sheet.valid += parcel.weight;
            sheet.totals[candidate] = parcel.weight;
            piles.push(vec![Parcel { value: TransferValue::ONE, papers: parcel.papers }]);
        }
        if sheet.valid == 0 {
            return Err(CountError::NobodyVoted { cast: election.ballots.total_weight() });
        }
        let votes = sheet.valid / sheet.per_vote / (i128::from(election.seats) + 1) + 1;
        sheet.quota = Some(votes * sheet.per_vote);
        let mut count = Self { sheet, piles, pending: Vec::new() };
        let mut decisions = Vec::new();
        count.elect_with_quota("273(8)", &mut decisions)?;
        count.end_stage(Action::FirstCount, "273(8)", Vec::new(), decisions)?;
        Ok(count)
    }

    fn next_count(&mut self) -> Result<(), CountError> {
        if self.pending.is_empty() {
            return self.exclude();
        }
        self.transfer_surplus()
    }

    /// Those with a quota, in the order of their surpluses (20); of equal ones, by the last count at which they differed
    /// (21), and else as the Electoral Officer determines, which is a lot here. A surplus waits for those of earlier
    /// counts (22).
    fn elect_with_quota(
        &mut self,
        paragraph: &'static str,
        decisions: &mut Vec<Decision>,
    ) -> Result<(), CountError> {
        let quota = self.sheet.quota.unwrap_or(0);
        loop {
            let continuing = self.sheet.continuing();
            let reached: Vec<u16> =
                continuing.into_iter().filter(|candidate| self.sheet.total(*candidate) >= quota).collect();
            if reached.is_empty() || self.sheet.vacancies() == 0 {
                return Ok(());
            }
            if reached.iter().all(|candidate| self.sheet.total(*candidate) == quota) {
                self.sheet.elect_all(reached, paragraph, decisions);
                return Ok(());
            }
            let purpose = "order of election";
            let candidate = self.sheet.pick(&reached, Pick::Highest, Lookback::MostRecent, purpose)?;
            self.sheet.elect(candidate, paragraph, decisions);
            if self.sheet.total(candidate) > quota {
                self.pending.push(candidate);
            }
        }
    }

    /// Subsections (9) and (10): all papers go on at surplus / papers.
    fn transfer_surplus(&mut self) -> Result<(), CountError> {
        let candidate = self.pending.remove(0);
        let quota = self.sheet.quota.unwrap_or(0);
        let surplus = self.sheet.total(candidate) - quota;
        let parcels = std::mem::take(&mut self.piles[usize::from(candidate)]);
        let papers: Vec<u32> = parcels.into_iter().flat_map(|parcel| parcel.papers).collect();
        let number: i128 = papers.iter().map(|paper| self.weight(*paper)).sum();
        let value = TransferValue::new(surplus, number);
        let mut transfers = Vec::new();
        let moved = self.transfer(candidate, papers, value, &mut transfers);
        self.sheet.totals[usize::from(candidate)] = quota;
        self.sheet.rounding += surplus - moved;
        let mut decisions = Vec::new();
        self.elect_with_quota("273(14)", &mut decisions)?;
        self.end_stage(Action::Surplus(candidate), "273(10)", transfers, decisions)
    }

    fn weight(&self, paper: u32) -> i128 {
        i128::from(self.sheet.election.ballots.weight(paper as usize))
    }

    /// Transfers papers at a value; gives the votes credited or exhausted.
    fn transfer(
        &mut self,
        from: u16,
        papers: Vec<u32>,
        value: TransferValue,
        transfers: &mut Vec<Transfer>,
    ) -> i128 {
        let continuing = self.sheet.continuing_table();
        let ballots = &self.sheet.election.ballots;
        let Sorted { parcels, non_transferable } =
            sort(ballots, papers.into_iter(), &continuing, 1, Reading::Consecutive);
        let per_vote = self.sheet.per_vote;
        let mut moved = 0;
        let mut note = |to: Option<u16>, papers: i128, votes: i128| {
            transfers.push(Transfer {
                from,
                to,
                papers: Votes::new(papers, per_vote),
                value: Votes::new(value.numerator, value.denominator),
                votes: Votes::new(votes, per_vote),
            });
            moved += votes;
        };
        for (to, parcel) in parcels.into_iter().enumerate().filter(|(_, parcel)| parcel.weight > 0) {
            let votes = value.of(parcel.weight);
            note(Some(to as u16), parcel.weight, votes);
            self.sheet.totals[to] += votes;
            self.piles[to].push(Parcel { value, papers: parcel.papers });
        }
        if non_transferable.weight > 0 {
            let votes = value.of(non_transferable.weight);
            note(None, non_transferable.weight, votes);
            self.sheet.non_transferable += votes;
        }
        moved
    }

    /// Subsection (13): whoever has fewest votes; their papers go on value by value, the highest first, and whoever
    /// reaches a quota by one of these transfers is elected at once and receives no more (14).
    fn exclude(&mut self) -> Result<(), CountError> {
        let excludable = self.sheet.excludable();
        let candidate = self.sheet.pick(&excludable, Pick::Lowest, Lookback::MostRecent, "exclusion")?;
        self.sheet.exclude(candidate);
        let mut parcels = std::mem::take(&mut self.piles[usize::from(candidate)]);
        let key =
            |parcel: &Parcel| num_rational::Ratio::new(parcel.value.numerator, parcel.value.denominator);
        parcels.sort_by_key(|parcel| Reverse(key(parcel)));
        let mut transfers = Vec::new();
        let mut decisions = Vec::new();
        for bundle in parcels.chunk_by(|a, b| a.value == b.value) {
            let papers: Vec<u32> = bundle.iter().flat_map(|parcel| parcel.papers.iter().copied()).collect();
            if papers.is_empty() {
                continue;
            }
            let value = bundle[0].value;
            let credited: i128 = bundle.iter().map(|parcel| value.of(self.weights(&parcel.papers))).sum();
            let moved = self.transfer(candidate, papers, value, &mut transfers);
            // Together the papers can be worth a vote more than they were parcel by parcel.
            self.sheet.rounding += credited - moved;
            self.sheet.totals[usize::from(candidate)] -= credited;
            self.elect_with_quota("273(14)", &mut decisions)?;
            self.sheet.note_point();
            // "Unless all the vacancies have been filled": what is left stays with the excluded.
            if self.sheet.vacancies() == 0 {
                break;
            }
        }
        self.end_stage(Action::Exclusion(vec![candidate]), "273(13)", transfers, decisions)
    }

    fn weights(&self, papers: &[u32]) -> i128 {
        papers.iter().map(|paper| self.weight(*paper)).sum()
    }

    /// Ends a count: where no surplus waits, as many continuing candidates as vacancies are elected (18), and of the last
    /// two for the last vacancy whoever has more votes (17); a tie there is the Electoral Officer's, here a lot.
    fn end_stage(
        &mut self,
        action: Action,
        paragraph: &'static str,
        transfers: Vec<Transfer>,
        mut decisions: Vec<Decision>,
    ) -> Result<(), CountError> {
        let continuing = self.sheet.continuing();
        let vacancies = self.sheet.vacancies();
        if vacancies > 0 && self.pending.is_empty() {
            if continuing.len() <= vacancies {
                self.sheet.elect_all(continuing, "273(18)", &mut decisions);
            } else if continuing.len() == 2 {
                let purpose = "last vacancy";
                let candidate = self.sheet.pick(&continuing, Pick::Highest, Lookback::No, purpose)?;
                self.sheet.elect(candidate, "273(17)", &mut decisions);
            }
        }
        self.sheet.end_stage(action, paragraph, transfers, decisions);
        Ok(())
    }
}
