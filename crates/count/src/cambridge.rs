//! Proportional representation of Cambridge, Massachusetts: papers move whole, every nth of a surplus.
//!
//! General Laws of Massachusetts, chapter 54A, section 9, with the surplus by the Cincinnati method (section 16(b); the
//! city's Election Commission states it: of the ballots in the order in which they were counted, every nth, n being the
//! nearest whole number to ballots / surplus; one without a further choice is skipped; then those after them).

use crate::contest::Contest;
use crate::parcel::Reading;
use crate::sheet::{Lookback, Pick};
use crate::whole_papers::WholePapers;
use crate::{Action, Count, CountError, Decision, Transfer};

/// Section 9(g): whoever has fewer ballots than a nomination needs signatures is defeated; in Cambridge, fifty.
const SIGNATURES: i128 = 50;

/// Counts by rules (a) to (l) of section 9.
pub(crate) fn count(contest: &Contest) -> Result<Count, CountError> {
    // (a) An omitted number is passed over; a number given twice shows no choice.
    let papers = WholePapers::of_first_preferences(contest, Reading::PassOver)?;
    let mut count = Cambridge { papers };
    // (c)
    let seats = i128::from(contest.election.seats);
    count.papers.sheet.quota = Some(count.papers.sheet.valid / (seats + 1) + 1);
    let mut elected = Vec::new();
    let quota = count.quota();
    let sheet = &mut count.papers.sheet;
    let reached: Vec<u16> = sheet.continuing().into_iter().filter(|c| sheet.total(*c) >= quota).collect();
    sheet.elect_all(reached.clone(), "9(c)", &mut elected);
    sheet.end_stage(Action::FirstCount, "9(d)", Vec::new(), elected);
    count.transfer_surpluses(reached)?;
    let mut together = true;
    while !count.papers.sheet.is_over() {
        let continuing = count.papers.sheet.continuing();
        if continuing.len() <= count.papers.sheet.vacancies() {
            // (l), second sentence
            let mut elected = Vec::new();
            count.papers.sheet.elect_all(continuing, "9(l)", &mut elected);
            count.papers.sheet.end_stage(Action::LastVacancies, "9(l)", Vec::new(), elected);
            break;
        }
        count.defeat(std::mem::take(&mut together))?;
    }
    Ok(count.papers.sheet.finish())
}

struct Cambridge<'a> {
    papers: WholePapers<'a>,
}

impl Cambridge<'_> {
    fn quota(&self) -> i128 {
        self.papers.sheet.quota.unwrap_or(0)
    }

    /// The largest surplus first, of equal ones by lot: section 9 has no order, because there surpluses go on while
    /// first choices are sorted.
    fn transfer_surpluses(&mut self, mut elected: Vec<u16>) -> Result<(), CountError> {
        elected.retain(|candidate| self.papers.sheet.total(*candidate) > self.quota());
        while !elected.is_empty() && !self.papers.sheet.is_over() {
            let purpose = "surplus to transfer";
            let candidate = self.papers.sheet.pick(&elected, Pick::Highest, Lookback::No, purpose)?;
            elected.retain(|other| *other != candidate);
            self.transfer_surplus(candidate)?;
        }
        Ok(())
    }

    /// The Cincinnati method. Whoever reaches the quota on the way takes no further ballot (9(c)).
    fn transfer_surplus(&mut self, candidate: u16) -> Result<(), CountError> {
        let from = usize::from(candidate);
        let papers = std::mem::take(&mut self.papers.piles[from]);
        self.papers.order_decides(candidate, &papers)?;
        let surplus = papers.len() - self.quota() as usize;
        // The nearest whole number to ballots / surplus.
        let step = (2 * papers.len() + surplus) / (2 * surplus);
        let first_round = (step - 1..2 * step - 1).flat_map(|start| (start..papers.len()).step_by(step));
        let mut taken = vec![false; papers.len()];
        let mut left = surplus;
        let mut transfers = Vec::new();
        let mut elected = Vec::new();
        for place in first_round.chain(0..step - 1) {
            if left == 0 {
                break;
            }
            if place < papers.len()
                && !taken[place]
                && self.move_on(candidate, papers[place], &mut transfers, &mut elected)
            {
                taken[place] = true;
                left -= 1;
            }
        }
        let kept = papers.iter().zip(&taken).filter(|(_, taken)| !**taken).map(|(paper, _)| *paper);
        self.papers.piles[from] = kept.collect();
        // What has no further choice stays with the candidate.
        self.papers.sheet.totals[from] -= (surplus - left) as i128;
        self.papers.sheet.end_stage(Action::Surplus(candidate), "16(b)", merged(transfers), elected);
        Ok(())
    }

    /// Credits a ballot to its next choice among the continuing; false where it has none.
    fn move_on(
        &mut self,
        from: u16,
        paper: u32,
        transfers: &mut Vec<Transfer>,
        elected: &mut Vec<Decision>,
    ) -> bool {
        let to = self.papers.next(paper, &self.papers.sheet.continuing_table());
        if to == 0 {
            return false;
        }
        self.papers.file(from, to, vec![paper], transfers);
        if self.papers.sheet.totals[to] >= self.quota() {
            self.papers.sheet.elect(to as u16, "9(c)", elected);
        }
        true
    }

    /// (g) all with fewer ballots than signatures, together, the first time; (i), (j) then the lowest. (l) nobody is
    /// defeated whose seat nobody could take.
    fn defeat(&mut self, together: bool) -> Result<(), CountError> {
        let mut open = self.papers.sheet.excludable();
        let most = self.papers.sheet.continuing().len() - self.papers.sheet.vacancies();
        let mut defeated = Vec::new();
        if together {
            while defeated.len() < most && open.iter().any(|c| self.papers.sheet.total(*c) < SIGNATURES) {
                let lowest = self.lowest(&open)?;
                open.retain(|candidate| *candidate != lowest);
                defeated.push(lowest);
            }
        }
        let paragraph = if defeated.is_empty() { "9(j)" } else { "9(g)" };
        if defeated.is_empty() {
            defeated.push(self.lowest(&open)?);
        }
        defeated.iter().for_each(|candidate| self.papers.sheet.exclude(*candidate));
        let mut transfers = Vec::new();
        let mut elected = Vec::new();
        for candidate in &defeated {
            let papers = std::mem::take(&mut self.papers.piles[usize::from(*candidate)]);
            self.papers.sheet.totals[usize::from(*candidate)] = 0;
            for paper in papers {
                if !self.move_on(*candidate, paper, &mut transfers, &mut elected) {
                    self.papers.file(*candidate, 0, vec![paper], &mut transfers);
                }
            }
        }
        self.papers.sheet.end_stage(Action::Exclusion(defeated), paragraph, merged(transfers), elected);
        Ok(())
    }

    /// (k): of those tied at the bottom, whoever had fewest ballots before the last transfer, or before that; then lot.
    fn lowest(&mut self, candidates: &[u16]) -> Result<u16, CountError> {
        self.papers.sheet.pick(candidates, Pick::Lowest, Lookback::MostRecent, "defeat")
    }
}

/// Ballots moved one by one, from the same candidate to the same, as one transfer.
fn merged(single: Vec<Transfer>) -> Vec<Transfer> {
    let mut merged: Vec<Transfer> = Vec::new();
    for transfer in single {
        match merged.iter_mut().find(|other| (other.from, other.to) == (transfer.from, transfer.to)) {
            Some(other) => {
                other.papers = other.papers.plus(&transfer.papers);
                other.votes = other.votes.plus(&transfer.votes);
            }
            None => merged.push(transfer),
        }
    }
    merged
}
