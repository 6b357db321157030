//! Who may be elected, and to how many seats.

use crate::boxes::Ledger;
use crate::constraint::Constraint;
use crate::lot::Seed;
use crate::{Arithmetic, CountError, Election, Rule};

/// An election as a rule is asked to count it: all who stand for all seats, or, in a countback, those who are
/// available for the seats that are vacant.
pub(crate) struct Contest<'a> {
    pub rule: Rule,
    pub election: &'a Election,
    /// Who may be elected, ascending.
    pub eligible: Vec<u16>,
    /// Who sits already and keeps the seat, ascending; nobody unless this is a countback.
    pub sitting: Vec<u16>,
    /// How many of the eligible are to be elected.
    pub seats: u32,
    pub seed: Option<&'a Seed>,
    /// At least so many of a group, where that is asked for.
    pub constraint: Option<&'a Constraint>,
    /// The numbers it is counted in, under rules that leave a choice.
    pub arithmetic: Arithmetic,
    /// Where each box's papers are followed, if anybody asks for that.
    pub ledger: Option<&'a Ledger<'a>>,
}

impl<'a> Contest<'a> {
    /// All who stand, for all seats.
    pub fn new(rule: Rule, election: &'a Election, seed: Option<&'a Seed>) -> Result<Self, CountError> {
        let contest = Self {
            rule,
            election,
            eligible: election.standing(),
            sitting: Vec::new(),
            seats: election.seats,
            seed,
            constraint: None,
            arithmetic: Arithmetic::Decimal,
            ledger: None,
        };
        contest.check()
    }

    /// Those who neither sit nor left, for the seats that nobody sits on, or as many of them as there are candidates.
    pub fn for_vacancies(
        rule: Rule,
        election: &'a Election,
        leavers: &[u16],
        sitting: &[u16],
        seed: Option<&'a Seed>,
    ) -> Result<Self, CountError> {
        let on_paper = |candidate: &u16| (1..=election.candidates.len()).contains(&usize::from(*candidate));
        if let Some(stranger) = leavers.iter().chain(sitting).find(|candidate| !on_paper(candidate)) {
            return Err(CountError::NotInOffice {
                candidate: *stranger,
                reason: "is not on the ballot paper",
            });
        }
        if let Some(both) = leavers.iter().find(|leaver| sitting.contains(leaver)) {
            return Err(CountError::NotInOffice { candidate: *both, reason: "cannot both leave and sit" });
        }
        let mut eligible = election.standing();
        eligible.retain(|candidate| !leavers.contains(candidate) && !sitting.contains(candidate));
        let mut sitting = sitting.to_vec();
        sitting.sort_unstable();
        sitting.dedup();
        let vacant = election.seats.saturating_sub(sitting.len() as u32);
        if eligible.is_empty() {
            return Err(CountError::MoreSeatsThanCandidates { seats: vacant, standing: 0 });
        }
        let seats = vacant.min(eligible.len() as u32);
        let contest = Self {
            rule,
            election,
            eligible,
            sitting,
            seats,
            seed,
            constraint: None,
            arithmetic: Arithmetic::Decimal,
            ledger: None,
        };
        contest.check()
    }

    /// The checks that come before every count: there are seats, and enough candidates for them.
    fn check(self) -> Result<Self, CountError> {
        if self.seats == 0 {
            return Err(CountError::NoSeats);
        }
        if self.seats as usize > self.eligible.len() {
            return Err(CountError::MoreSeatsThanCandidates {
                seats: self.seats,
                standing: self.eligible.len(),
            });
        }
        if self.rule.fills_one_seat() && self.election.seats > 1 {
            return Err(CountError::OneSeatOnly { rule: self.rule.name(), seats: self.election.seats });
        }
        Ok(self)
    }

    /// Whose preferences count, by number: the eligible and the sitting; index 0 is unused.
    pub fn standing_table(&self) -> Vec<bool> {
        let mut table = vec![false; self.election.candidates.len() + 1];
        self.eligible.iter().chain(&self.sitting).for_each(|candidate| table[usize::from(*candidate)] = true);
        table
    }
}
