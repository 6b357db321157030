//! Meek's and Warren's methods: elected candidates keep just the part of each vote that gives them the quota.
//!
//! Meek: B. L. Meek (1969), as stated step by step in the reference rule of the Proportional Representation
//! Foundation (after Hill, Wichmann and Woodall, *Algorithm 123*, The Computer Journal 30, 1987): nine decimal
//! places, ω = 0.000001. Warren: C. H. E. Warren, *Counting in STV elections* (Voting matters 1, 1994): a candidate
//! takes the same amount from every ballot that can pay it, instead of the same proportion; all else as in Meek.
//!
//! Both can be counted in fractions instead of nine decimal places. The steps are the same, but that the quota is
//! votes / (seats + 1) and whoever has more is elected; and that where what is left of the surpluses could still change who
//! is lowest, iteration goes on below ω, so that only those are tied who differ by less than 10⁻²⁰ of a vote.

mod arithmetic;
mod tree;

use crate::contest::Contest;
use crate::sheet::{Lookback, Pick, Sheet, Standing};
use crate::{Action, Arithmetic, Count, CountError, Rule};
use arithmetic::{Fractions, NinePlaces};
use num_traits::Zero;
use tree::Tree;

/// Counts by Meek's method or Warren's, in the numbers that are asked for.
pub(crate) fn count(contest: &Contest) -> Result<Count, CountError> {
    match contest.arithmetic {
        Arithmetic::Decimal => count_in::<NinePlaces>(contest),
        Arithmetic::Rational => count_in::<Fractions>(contest),
    }
}

/// The reference rule's steps A to C.
fn count_in<A: arithmetic::Arithmetic>(contest: &Contest) -> Result<Count, CountError> {
    let mut count = Meek::<A>::new(contest)?;
    // B.1
    while !count.sheet.is_over() && count.sheet.continuing().len() > count.sheet.vacancies() {
        if !count.defeat_doomed() {
            count.round()?;
        }
    }
    count.fill_last_vacancies();
    Ok(count.sheet.finish())
}

struct Meek<'a, A: arithmetic::Arithmetic> {
    sheet: Sheet<'a, A::Votes>,
    tree: Tree,
    /// Whether amounts are kept (Warren) instead of proportions (Meek).
    warren: bool,
    /// What each candidate keeps of a vote, by number.
    keep_factors: Vec<A::Keep>,
    /// What the stage under way began with.
    action: Action,
}

impl<'a, A: arithmetic::Arithmetic> Meek<'a, A> {
    /// A: keep factors are 1 for those who stand, 0 for others.
    fn new(contest: &'a Contest) -> Result<Self, CountError> {
        let sheet = Sheet::new(contest, A::PER_VOTE);
        let stands = contest.standing_table();
        let tree = Tree::of(contest.election, &stands);
        let keep_factors =
            stands.iter().map(|stands| if *stands { A::whole() } else { A::nothing() }).collect();
        let warren = contest.rule == Rule::Warren;
        let mut count = Self { sheet, tree, warren, keep_factors, action: Action::FirstCount };
        count.sheet.valid = A::of_weight(count.tree.valid);
        count.sheet.invalid = A::of_weight(contest.election.ballots.total_weight() - count.tree.valid);
        if count.tree.valid == 0 {
            return Err(CountError::NobodyVoted { cast: contest.election.ballots.total_weight() });
        }
        Ok(count)
    }

    /// B.2 and B.3: iterates until somebody is elected or the surplus is spread, then elects or defeats.
    fn round(&mut self) -> Result<(), CountError> {
        let denominator = self.sheet.election.ballots.denominator();
        let mut last_surplus: Option<A::Votes> = None;
        loop {
            self.distribute();
            let quota = self.set_quota();
            let elected = self.find_winners(&quota);
            if !elected.is_empty() {
                self.end_stage("B.2.c", elected);
                self.action = Action::Iteration;
                return Ok(());
            }
            let surplus = self.surplus(&quota);
            // B.2.e
            let grows = last_surplus.is_some_and(|last| surplus >= last);
            let is_small = surplus < A::omega(denominator) && self.lowest(&surplus).len() <= 1;
            if grows || is_small || surplus < A::finest(denominator) {
                self.end_stage("B.2.e", Vec::new());
                return self.defeat_lowest(&surplus);
            }
            self.update_keep_factors(&quota);
            last_surplus = Some(surplus);
        }
    }

    /// B.2.a: each ballot gives each candidate in turn the keep factor's part of what is left of it.
    fn distribute(&mut self) {
        self.sheet.totals.fill(A::Votes::zero());
        A::distribute(&self.tree, &self.keep_factors, self.warren, &mut self.sheet.totals);
        self.sheet.non_transferable = self.sheet.valid.clone() - self.credited();
    }

    /// The votes of all candidates.
    fn credited(&self) -> A::Votes {
        self.sheet.totals.iter().fold(A::Votes::zero(), |sum, votes| sum + votes.clone())
    }

    /// B.2.b
    fn set_quota(&mut self) -> A::Votes {
        let election = self.sheet.election;
        let quota = A::quota(&self.credited(), election.seats, election.ballots.denominator());
        self.sheet.quota = Some(quota.clone());
        quota
    }

    /// B.2.c
    fn find_winners(&self, quota: &A::Votes) -> Vec<u16> {
        let reached = |candidate: &u16| A::reaches(&self.sheet.totals[usize::from(*candidate)], quota);
        self.sheet.continuing().into_iter().filter(reached).collect()
    }

    /// B.2.d
    fn surplus(&self, quota: &A::Votes) -> A::Votes {
        let surpluses = self.elected().map(|candidate| self.sheet.totals[candidate].clone() - quota.clone());
        surpluses.fold(A::Votes::zero(), |sum, surplus| sum + surplus).max(A::Votes::zero())
    }

    /// B.2.f
    fn update_keep_factors(&mut self, quota: &A::Votes) {
        for candidate in self.elected().collect::<Vec<_>>() {
            let keep = &mut self.keep_factors[candidate];
            *keep = A::lowered(keep, quota, &self.sheet.totals[candidate]);
        }
    }

    /// The lowest, and whoever the surplus left could put below it.
    fn lowest(&self, surplus: &A::Votes) -> Vec<u16> {
        let mut tied = self.sheet.excludable();
        let lowest = tied.iter().map(|candidate| self.sheet.total(*candidate)).min();
        let reach = lowest.map(|lowest| lowest + surplus.clone());
        tied.retain(|candidate| Some(self.sheet.total(*candidate)) <= reach);
        tied
    }

    /// B.3: the lowest is defeated; whoever is within the surplus of the lowest is tied with it.
    fn defeat_lowest(&mut self, surplus: &A::Votes) -> Result<(), CountError> {
        let tied = self.lowest(surplus);
        let candidate = self.sheet.break_tie(tied, Pick::Lowest, Lookback::No, "exclusion")?;
        self.sheet.exclude(candidate);
        self.keep_factors[usize::from(candidate)] = A::nothing();
        self.action = Action::Exclusion(vec![candidate]);
        Ok(())
    }

    /// Whoever can no longer be elected under a constraint is defeated before the next round.
    fn defeat_doomed(&mut self) -> bool {
        let doomed = self.sheet.doomed();
        for candidate in &doomed {
            self.sheet.exclude(*candidate);
            self.keep_factors[usize::from(*candidate)] = A::nothing();
        }
        let any = !doomed.is_empty();
        if any {
            self.action = Action::Exclusion(doomed);
        }
        any
    }

    /// C.1
    fn fill_last_vacancies(&mut self) {
        let continuing = self.sheet.continuing();
        if !self.sheet.is_over() && continuing.len() <= self.sheet.vacancies() {
            let mut decisions = Vec::new();
            self.sheet.elect_all(continuing, "C.1", &mut decisions);
            self.sheet.end_stage(Action::LastVacancies, "C.1", Vec::new(), decisions);
        }
    }

    fn elected(&self) -> impl Iterator<Item = usize> {
        (1..self.sheet.standing.len())
            .filter(|candidate| self.sheet.standing[*candidate] == Standing::Elected)
    }

    fn end_stage(&mut self, paragraph: &'static str, elected: Vec<u16>) {
        let mut decisions = Vec::new();
        self.sheet.elect_all(elected, paragraph, &mut decisions);
        self.sheet.end_stage(self.action.clone(), paragraph, Vec::new(), decisions);
        if let Some(quota) = self.sheet.quota.as_ref().map(|quota| self.sheet.votes(quota)) {
            self.sheet.note_stage_quota(quota);
        }
    }
}
