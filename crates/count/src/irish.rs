//! Single transferable vote of Dáil Éireann: papers move whole, and those filed last go on.
//!
//! Electoral Act 1992 (No. 23 of 1992), sections 118 to 124, as amended by the Electoral (Amendment) Act 2001, section
//! 31 (which adds section 124(1A)).

use crate::contest::Contest;
use crate::parcel::Reading;
use crate::sheet::{Lookback, Pick};
use crate::whole_papers::WholePapers;
use crate::{Action, Count, CountError, Decision, Transfer};

/// Counts by sections 119 to 124.
pub(crate) fn count(contest: &Contest) -> Result<Count, CountError> {
    let papers = WholePapers::of_first_preferences(contest, Reading::Consecutive)?;
    let last_received = papers.piles.iter().map(Vec::len).collect();
    let mut count = Irish { papers, last_received, pending: Vec::new() };
    // Section 120: valid papers / (vacancies + 1), the fraction disregarded, and one more.
    let seats = i128::from(contest.election.seats);
    count.papers.sheet.quota = Some(count.papers.sheet.valid / (seats + 1) + 1);
    count.end_count(Action::FirstCount, "section 119", Vec::new());
    while !count.papers.sheet.is_over() {
        if !count.pending.is_empty() && !count.surplus_waits() {
            count.transfer_surplus()?;
        } else {
            count.exclude()?;
        }
    }
    Ok(count.papers.sheet.finish())
}

struct Irish<'a> {
    papers: WholePapers<'a>,
    /// How many papers the sub-parcel that a candidate received last has: the last ones of the pile.
    last_received: Vec<usize>,
    /// Those deemed elected whose surplus was not transferred.
    pending: Vec<u16>,
}

impl Irish<'_> {
    fn quota(&self) -> i128 {
        self.papers.sheet.quota.unwrap_or(0)
    }

    fn surpluses(&self) -> i128 {
        self.pending.iter().map(|candidate| self.papers.sheet.total(*candidate) - self.quota()).sum()
    }

    /// Continuing candidates who may be excluded, lowest first.
    fn ascending(&self) -> Vec<u16> {
        let mut candidates = self.papers.sheet.excludable();
        candidates.sort_by_key(|candidate| (self.papers.sheet.total(*candidate), *candidate));
        candidates
    }

    /// Whether so many votes do not decide about the quarter of a quota that saves the lowest candidate's expenses: the
    /// lowest has more already, or does not reach it with these either.
    fn leaves_the_quarter_alone(&self, lowest: u16, further: i128) -> bool {
        let votes = self.papers.sheet.total(lowest);
        4 * votes > self.quota() || 4 * (votes + further) <= self.quota()
    }

    /// Section 121: a surplus need not be transferred that, with all others, is less than the difference between the
    /// two lowest, or between several lowest together and the next, unless it decides about the quarter of a quota.
    fn surplus_waits(&self) -> bool {
        let surpluses = self.surpluses();
        let ascending = self.ascending();
        let [lowest, next, ..] = ascending[..] else { return false };
        let total = |candidate: u16| self.papers.sheet.total(candidate);
        let less_than_difference = surpluses < total(next) - total(lowest);
        (less_than_difference && self.leaves_the_quarter_alone(lowest, surpluses))
            || self.together_excludable().len() > 1
    }

    /// Section 121: the largest surplus first; of equal ones, that of the candidate with most original votes, then by
    /// the earliest count at which they were unequal, then by lot.
    fn transfer_surplus(&mut self) -> Result<(), CountError> {
        let pending = self.pending.clone();
        let purpose = "surplus to transfer";
        let candidate = self.papers.sheet.pick(&pending, Pick::Highest, Lookback::Earliest, purpose)?;
        self.pending.retain(|other| *other != candidate);
        let surplus = (self.papers.sheet.total(candidate) - self.quota()) as usize;
        let from = usize::from(candidate);
        let start = self.papers.piles[from].len() - self.last_received[from];
        let received = self.papers.piles[from].split_off(start);
        let continuing = self.papers.sheet.continuing_table();
        let mut parcels = vec![Vec::new(); continuing.len()];
        for paper in received {
            parcels[self.papers.next(paper, &continuing)].push(paper);
        }
        let not_transferable = std::mem::take(&mut parcels[0]);
        let transferable: usize = parcels.iter().map(Vec::len).sum();
        let shares = if transferable <= surplus {
            parcels.iter().map(Vec::len).collect()
        } else {
            self.shares(&parcels, surplus, transferable)?
        };
        let mut transfers = Vec::new();
        let mut stay = not_transferable;
        for (to, mut papers) in parcels.into_iter().enumerate() {
            if shares[to] > 0 && shares[to] < papers.len() {
                self.papers.order_decides(candidate, &papers)?;
            }
            let go = papers.split_off(papers.len() - shares[to]);
            stay.extend(papers);
            self.receive(candidate, to, go, &mut transfers);
        }
        self.papers.piles[from].append(&mut stay);
        self.last_received[from] = 0;
        // Papers without a further preference that belong to the surplus are not effective.
        let moved: usize = shares.iter().sum();
        self.papers.sheet.totals[from] -= surplus as i128;
        let not_effective: Vec<u32> = {
            let pile = &mut self.papers.piles[from];
            let keep = pile.len() - (surplus - moved).min(pile.len());
            pile.split_off(keep)
        };
        self.papers.file(candidate, 0, not_effective, &mut transfers);
        self.end_count(Action::Surplus(candidate), "section 121", transfers);
        Ok(())
    }

    /// Section 121: from each sub-parcel its papers × surplus / transferable papers; the largest fractions make up what
    /// is missing. Of equal fractions, that of the larger sub-parcel; then of the candidate with most original votes,
    /// the earliest count at which they were unequal, and lot.
    fn shares(
        &mut self,
        parcels: &[Vec<u32>],
        surplus: usize,
        transferable: usize,
    ) -> Result<Vec<usize>, CountError> {
        let mut shares: Vec<usize> =
            parcels.iter().map(|papers| papers.len() * surplus / transferable).collect();
        let fraction = |to: usize| parcels[to].len() * surplus % transferable;
        let mut open: Vec<usize> = (0..parcels.len()).filter(|to| fraction(*to) > 0).collect();
        while shares.iter().sum::<usize>() < surplus {
            let best = open.iter().map(|to| (fraction(*to), parcels[*to].len())).max().unwrap_or_default();
            let tied: Vec<u16> = open
                .iter()
                .filter(|to| (fraction(**to), parcels[**to].len()) == best)
                .map(|to| *to as u16)
                .collect();
            let purpose = "largest fraction";
            let taken = self.papers.sheet.break_tie(tied, Pick::Highest, Lookback::Earliest, purpose)?;
            open.retain(|to| *to != usize::from(taken));
            shares[usize::from(taken)] += 1;
        }
        Ok(shares)
    }

    /// Section 122: two or more lowest whose votes, with surpluses not transferred, are less than those of the next, in
    /// one operation, unless that decides about the quarter of a quota; as many as leave a candidate for each vacancy.
    fn together_excludable(&self) -> Vec<u16> {
        let ascending = self.ascending();
        let sheet = &self.papers.sheet;
        let most = sheet.continuing().len().saturating_sub(sheet.vacancies());
        let surpluses = self.surpluses();
        let mut together = 0;
        let mut excludable = 0;
        for (place, pair) in ascending.windows(2).enumerate().take(most) {
            together += sheet.total(pair[0]);
            let others = together - sheet.total(ascending[0]) + surpluses;
            if together + surpluses < sheet.total(pair[1])
                && self.leaves_the_quarter_alone(ascending[0], others)
            {
                excludable = place + 1;
            }
        }
        ascending[..if excludable >= 2 { excludable } else { 0 }].to_vec()
    }

    /// Section 122: the lowest, or several lowest together; of equal ones, that with fewest original votes, then by the
    /// earliest count at which they were unequal, then by lot.
    fn exclude(&mut self) -> Result<(), CountError> {
        let mut excluded = self.together_excludable();
        if excluded.is_empty() {
            let candidates = self.papers.sheet.excludable();
            let purpose = "exclusion";
            excluded.push(self.papers.sheet.pick(&candidates, Pick::Lowest, Lookback::Earliest, purpose)?);
        }
        excluded.iter().for_each(|candidate| self.papers.sheet.exclude(*candidate));
        let continuing = self.papers.sheet.continuing_table();
        let mut received = vec![0; continuing.len()];
        let mut transfers = Vec::new();
        for candidate in &excluded {
            let papers = std::mem::take(&mut self.papers.piles[usize::from(*candidate)]);
            self.papers.sheet.totals[usize::from(*candidate)] = 0;
            let mut parcels = vec![Vec::new(); continuing.len()];
            for paper in papers {
                parcels[self.papers.next(paper, &continuing)].push(paper);
            }
            for (to, papers) in parcels.into_iter().enumerate() {
                received[to] += papers.len();
                self.papers.file(*candidate, to, papers, &mut transfers);
            }
        }
        for (to, papers) in received.into_iter().enumerate().filter(|(_, papers)| *papers > 0) {
            self.last_received[to] = papers;
        }
        self.end_count(Action::Exclusion(excluded), "section 122", transfers);
        Ok(())
    }

    fn receive(&mut self, from: u16, to: usize, papers: Vec<u32>, transfers: &mut Vec<Transfer>) {
        if !papers.is_empty() {
            self.last_received[to] = papers.len();
            self.papers.file(from, to, papers, transfers);
        }
    }

    /// Ends a count: section 120 (who has the quota), then section 124 (last vacancies).
    fn end_count(&mut self, action: Action, paragraph: &'static str, transfers: Vec<Transfer>) {
        let mut decisions: Vec<Decision> = Vec::new();
        let quota = self.quota();
        let sheet = &mut self.papers.sheet;
        let reached: Vec<u16> = sheet.continuing().into_iter().filter(|c| sheet.total(*c) >= quota).collect();
        self.pending.extend(reached.iter().filter(|candidate| sheet.total(**candidate) > quota));
        sheet.elect_all(reached, "section 120", &mut decisions);
        let surpluses = self.surpluses();
        let ascending = self.ascending();
        let sheet = &mut self.papers.sheet;
        let continuing = sheet.continuing();
        let vacancies = sheet.vacancies();
        let total = |candidate: u16| sheet.totals[usize::from(candidate)];
        let all: i128 = continuing.iter().map(|candidate| total(*candidate)).sum();
        let hopeless = match ascending[..] {
            [lowest, next, ..] => (total(lowest) + surpluses < total(next)).then_some(lowest),
            _ => None,
        };
        let sure = |candidate: &u16| total(*candidate) >= all - total(*candidate) + surpluses;
        let ahead: Vec<u16> = continuing.iter().copied().filter(sure).collect();
        match (continuing.len().saturating_sub(vacancies), hopeless, &ahead[..]) {
            _ if vacancies == 0 => {}
            (0, ..) => sheet.elect_all(continuing, "section 124(1)", &mut decisions),
            (1, Some(lowest), _) => {
                let others = continuing.into_iter().filter(|candidate| *candidate != lowest).collect();
                sheet.elect_all(others, "section 124(1A)", &mut decisions);
            }
            (_, _, [candidate]) if vacancies == 1 => {
                sheet.elect(*candidate, "section 124(2)", &mut decisions);
            }
            _ => {}
        }
        sheet.end_stage(action, paragraph, transfers, decisions);
    }
}
