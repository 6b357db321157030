//! Balancing the economy in rounds between those who know and those who decide together.
//!
//! Workplaces keep their own activities. What goes up is a proposal: for each product group that a branch makes,
//! so much out, so much in, so many hours, the sum over its workplaces at the prices that last came down. What
//! comes down is a price for every product and grade of labour. The congress combines proposals (the *master*),
//! stage after stage, and each round gives a plan that holds and a bound that no plan can exceed.
//!
//! This is Dantzig and Wolfe's decomposition (Operations Research 8, 1960) with one column a product group a
//! round instead of one a branch, which brings the number of rounds from dozens down to a handful, and with the
//! prices of every stage carried in the same round.

mod bound;
mod proposal;

use crate::economy::{Economy, LEVEL_ONE};
use crate::plan::{Goal, Plan, Prices};
use crate::solve::{
    Balanced, Duals, Held, Options, Primal, Programme, Scales, SolveError, Unsolved, balance,
    hold_when_rounded, mend, rounded_plan, rounded_prices, with_stages,
};
use bound::bound;
use proposal::{Owners, Pattern, Proposal, proposals};

/// When to stop, and how to solve between.
#[derive(Debug, Clone)]
pub struct RoundOptions {
    /// Stages, give and limit, as for [`solve`](crate::solve).
    pub solve: Options,
    /// Stop when no stage's gap is wider than this share.
    pub gap: f64,
    /// Stop after so many rounds.
    pub maximum: usize,
    /// Threads that proposals are computed in; the result is the same for any number.
    pub threads: usize,
}

impl Default for RoundOptions {
    fn default() -> Self {
        let solve = Options { give: 1e-5, ..Options::default() };
        Self { solve, gap: 1e-3, maximum: 12, threads: 2 }
    }
}

/// One stage of one round, in floating point: for showing how the rounds converge. What is claimed in the end
/// stands exactly in the plan's certificate.
#[derive(Debug, Clone, PartialEq)]
pub struct RoundStage {
    /// What the stage is after.
    pub goal: Goal,
    /// What the proposals so far allow.
    pub value: f64,
    /// What no plan can better.
    pub bound: f64,
    /// |bound − value| as a share.
    pub gap: f64,
}

/// One round: prices down, proposals up.
#[derive(Debug, Clone, PartialEq)]
pub struct Round {
    /// From 1.
    pub number: usize,
    /// Each stage with its value and bound.
    pub stages: Vec<RoundStage>,
    /// Proposals that the congress has on its table.
    pub columns: usize,
}

impl Round {
    /// The stage whose gap is widest.
    pub fn widest(&self) -> Option<&RoundStage> {
        self.stages.iter().max_by(|left, right| left.gap.total_cmp(&right.gap))
    }
}

/// Balances `economy` in rounds and tells `report` of each.
///
/// # Errors
///
/// As [`solve`](crate::solve()).
pub fn rounds(
    economy: &Economy,
    options: &RoundOptions,
    report: &mut dyn FnMut(&Round),
) -> Result<Plan, SolveError> {
    let goals = options.solve.goals.clone().unwrap_or_else(|| Goal::lexicographic(economy));
    if goals.is_empty() {
        return Err(SolveError::Goals("no stages to solve for; name at least one goal".to_owned()));
    }
    let scales = Scales::of(economy);
    let owners = Owners::of(economy);
    let mut congress = Congress::new(economy, &scales, owners, &goals, options);
    congress.take(congress.owners.opening(economy));
    loop {
        let stages = congress.balance()?;
        let duals: Vec<&Duals> = stages.iter().map(|stage| &stage.solution.duals).collect();
        let (new, gains) = proposals(economy, &scales, &congress.owners, &goals, &duals, options.threads);
        let round = congress.close_round(&stages, &gains);
        report(&round);
        let wide = round.widest().is_some_and(|stage| stage.gap > options.gap);
        if !wide || round.number >= options.maximum || congress.take(new) == 0 {
            return congress.adopt(stages);
        }
    }
}

/// Prices of a stage from some round, with what the activities gain at them altogether.
#[derive(Clone)]
struct Priced {
    duals: Duals,
    gains: f64,
}

/// The congress: the master program, and the proposals on its table.
struct Congress<'a> {
    economy: &'a Economy,
    scales: &'a Scales,
    owners: Owners,
    goals: &'a [Goal],
    options: &'a RoundOptions,
    programme: Programme,
    /// Who made each proposal and what it means for each of the owner's activities, in the order of columns.
    table: Vec<(usize, Pattern)>,
    /// By stage, prices of every round so far.
    priced: Vec<Vec<Priced>>,
    rounds: usize,
}

impl<'a> Congress<'a> {
    fn new(
        economy: &'a Economy,
        scales: &'a Scales,
        owners: Owners,
        goals: &'a [Goal],
        options: &'a RoundOptions,
    ) -> Self {
        let mut programme = Programme::new(economy, scales, owners.count(), &options.solve);
        // So that rounding needs no mending: far below any gap that rounds are asked for.
        programme.set_margin(2e-9);
        let priced = vec![Vec::new(); goals.len()];
        Self { economy, scales, owners, goals, options, programme, table: Vec::new(), priced, rounds: 0 }
    }

    /// Lays proposals on the table, but none twice. Returns how many were new.
    fn take(&mut self, proposals: Vec<Proposal>) -> usize {
        let before = self.table.len();
        for proposal in proposals {
            if self.owners.is_new(&proposal) {
                self.programme.add_proposal(&proposal.entries, proposal.owner, self.scales);
                self.table.push((proposal.owner, proposal.pattern));
            }
        }
        self.table.len() - before
    }

    /// Combines the proposals, stage after stage.
    fn balance(&mut self) -> Result<Vec<Balanced>, SolveError> {
        balance(&mut self.programme, self.goals, self.options.solve.give).map_err(|unsolved| match unsolved {
            Unsolved::Infeasible => SolveError::Goals(
                "what is owed (least fulfilments, exports) cannot be met by the opening proposals; \
                 solve the economy as one program to learn what cannot be met together"
                    .to_owned(),
            ),
            other => other.into(),
        })
    }

    /// Values against bounds. Each stage's bound is the best that the prices of any round give.
    fn close_round(&mut self, stages: &[Balanced], gains: &[f64]) -> Round {
        self.rounds += 1;
        let mut closed = Vec::new();
        for (at, stage) in stages.iter().enumerate() {
            self.priced[at].push(Priced { duals: stage.solution.duals.clone(), gains: gains[at] });
            let (_, bound) = self.best_prices(at, &stage.held);
            let size = self.scales.goal(stage.goal);
            let turned = |value: f64| if stage.goal.is_least() { -value * size } else { value * size };
            let value = stage.solution.value;
            let largest = value.abs().max(bound.abs()).max(1e-3);
            closed.push(RoundStage {
                goal: stage.goal,
                value: turned(value),
                bound: turned(bound),
                gap: (bound - value).max(0.0) / largest,
            });
        }
        Round { number: self.rounds, stages: closed, columns: self.table.len() }
    }

    /// The prices of the round that bound a stage best, and that bound.
    fn best_prices(&self, at: usize, held: &[Held]) -> (&Priced, f64) {
        let bounds = self.priced[at].iter().map(|priced| {
            let bound = bound(self.economy, self.scales, self.goals[at], held, &priced.duals, priced.gains);
            (priced, bound)
        });
        bounds.min_by(|left, right| left.1.total_cmp(&right.1)).expect("a round was balanced")
    }

    /// The plan of the last stage of the last round: each activity at the parts of the proposals that call on it.
    fn adopt(self, stages: Vec<Balanced>) -> Result<Plan, SolveError> {
        let (economy, scales, goals) = (self.economy, self.scales, self.goals);
        let prices = stages.iter().enumerate().map(|(at, stage)| {
            let (priced, _) = self.best_prices(at, &stage.held);
            rounded_prices(economy, scales, stage.goal, goals, &priced.duals)
        });
        let prices: Vec<Prices> = prices.collect();
        let Self { mut programme, table, owners, options, .. } = self;
        hold_when_rounded(&mut programme, economy, stages, options.solve.give, |primal| {
            let levels = levels(economy, &owners, &table, &primal.levels);
            let mut plan = rounded_plan(economy, scales, &Primal { levels, ..primal.clone() });
            mend(economy, &mut plan);
            with_stages(economy, plan, goals, &prices)
        })
    }
}

/// The level of each activity from the parts of the proposals on the table.
fn levels(economy: &Economy, owners: &Owners, table: &[(usize, Pattern)], parts: &[f64]) -> Vec<f64> {
    let mut levels = vec![0.0; economy.activities.len()];
    for ((owner, pattern), &part) in table.iter().zip(parts) {
        if part > 0.0 {
            owners.called_on(*owner, pattern).for_each(|activity| levels[activity] += part);
        }
    }
    for (level, activity) in levels.iter_mut().zip(&economy.activities) {
        *level = level.min(1.0) * activity.capacity as f64 / LEVEL_ONE as f64;
    }
    levels
}
