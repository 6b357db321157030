//! Balancing the economy in rounds between those who know and those who decide together.
//!
//! Workplaces keep their own activities. What goes up is proposals: for each product group that a branch makes,
//! blocks of so much out, so much in, so many hours, each the sum over workplaces that answer alike to the prices
//! that came down. What comes down is a price for every product and grade of labour, for every stage. The congress
//! says which part of each block it calls on (the *master*), stage after stage, and each round gives a plan that
//! holds and a bound that no plan can exceed.
//!
//! The bound is that of Dantzig and Wolfe's decomposition (Operations Research 8, 1960). The master is that of
//! Bienstock and Zuckerberg (2010; studied by Muñoz and others, Computational Optimization and Applications 69,
//! 2018): not mixtures of whole answers, of which there is one a round, but any part of each set of workplaces on
//! which all answers agree. That brings the rounds from dozens down to a handful, and the master has neither
//! a row for each proposer nor more columns than there are different answers.

mod block;
mod bound;
mod owed;

use crate::economy::{Economy, LEVEL_ONE};
use crate::plan::{Goal, Plan, Prices};
use crate::solve::{
    Balanced, Duals, Held, Options, Primal, Programme, Scales, SolveError, Unsolved, balance,
    hold_when_rounded, mend, rounded_plan, rounded_prices, with_stages,
};
use block::{Answers, Block, answers};
use bound::bound;

/// About what rounding every level to decimals misses the blocks by, as a share of a product's supply. Where an early goal
/// takes nearly all of a scarce product, a later one may hang on a thousand-millionth of it: what is mended
/// afterwards moved goals by half a hundredth, and three times this margin by a five-hundredth.
const ROUNDING_MARGIN: f64 = 1e-10;

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
        let solve = Options { give: 1e-4, ..Options::default() };
        Self { solve, gap: 1e-3, maximum: 12, threads: 2 }
    }
}

/// One stage of one round, in floating point: for showing how the rounds converge. What is claimed in the end
/// stands exactly in the plan's certificate.
#[derive(Debug, Clone, PartialEq)]
pub struct RoundStage {
    /// What the stage is after.
    pub goal: Goal,
    /// What the blocks so far allow.
    pub value: f64,
    /// What no plan can better.
    pub bound: f64,
    /// |bound − value| as a share.
    pub gap: f64,
}

/// One round: prices down, proposals up.
#[derive(Debug, Clone, PartialEq)]
pub struct Round {
    /// From 1. Rounds before the first that is told of went by until the blocks could meet what is owed.
    pub number: usize,
    /// Each stage with its value and bound.
    pub stages: Vec<RoundStage>,
    /// Blocks that the congress has on its table.
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
/// As [`solve`](crate::solve()). What is owed and cannot be met is named after rounds of its own.
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
    let (blocks, rounds) = owed::blocks_that_meet_it(economy, options)?;
    let mut congress = Congress::new(economy, &scales, &goals, options, blocks, rounds);
    congress.leave_room_for_rounding();
    loop {
        let stages = congress.balance()?;
        let duals: Vec<&Duals> = stages.iter().map(|stage| &stage.solution.duals).collect();
        let parts = congress.parts(&stages);
        let Answers { blocks, gains } =
            answers(economy, &scales, &congress.blocks, &parts, &goals, &duals, options.threads);
        let round = congress.close_round(&stages, &gains);
        report(&round);
        let wide = round.widest().is_some_and(|stage| stage.gap > options.gap);
        if !wide || round.number >= options.maximum || !congress.take(blocks) {
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

/// The congress: the master program, and the blocks on its table.
struct Congress<'a> {
    economy: &'a Economy,
    scales: &'a Scales,
    goals: &'a [Goal],
    options: &'a RoundOptions,
    programme: Programme,
    /// What is asked of every row beyond what is needed, as a share.
    margin: f64,
    /// By product group of a branch.
    blocks: Vec<Vec<Block>>,
    /// By stage, prices of every round so far.
    priced: Vec<Vec<Priced>>,
    rounds: usize,
}

impl<'a> Congress<'a> {
    /// `rounds` is how many there were before.
    fn new(
        economy: &'a Economy,
        scales: &'a Scales,
        goals: &'a [Goal],
        options: &'a RoundOptions,
        blocks: Vec<Vec<Block>>,
        rounds: usize,
    ) -> Self {
        let programme = programme(economy, scales, options, 0.0, &blocks);
        let priced = vec![Vec::new(); goals.len()];
        Self { economy, scales, goals, options, programme, margin: 0.0, blocks, priced, rounds }
    }

    /// Asks for a hair more of every row from now on, so that rounding every level takes nothing that a goal hangs on.
    fn leave_room_for_rounding(&mut self) {
        self.margin = ROUNDING_MARGIN;
        self.programme.set_margin(self.margin);
    }

    /// Lays the blocks on the table in place of the earlier ones. Whether any is new.
    fn take(&mut self, blocks: Vec<Vec<Block>>) -> bool {
        let shape = |blocks: &[Vec<Block>]| -> Vec<Vec<u32>> {
            blocks.iter().flatten().map(|block| block.activities.clone()).collect()
        };
        let new = shape(&blocks) != shape(&self.blocks);
        self.blocks = blocks;
        self.programme = programme(self.economy, self.scales, self.options, self.margin, &self.blocks);
        new
    }

    /// By product group, block and stage, the part of the block that the stage calls on.
    fn parts(&self, stages: &[Balanced]) -> Vec<Vec<Vec<f64>>> {
        let mut at = 0;
        let mut of_block = || {
            at += 1;
            stages.iter().map(|stage| stage.solution.primal.levels[at - 1].clamp(0.0, 1.0)).collect()
        };
        self.blocks.iter().map(|blocks| blocks.iter().map(|_| of_block()).collect()).collect()
    }

    /// Calls on the blocks, stage after stage.
    fn balance(&mut self) -> Result<Vec<Balanced>, SolveError> {
        let give = self.options.solve.give;
        match balance(&mut self.programme, self.goals, give) {
            // Where nothing at all can be spared, rounding is mended afterwards as far as it can be.
            Err(Unsolved::Infeasible) if self.margin > 0.0 => {
                self.margin = 0.0;
                self.programme.set_margin(0.0);
                Ok(balance(&mut self.programme, self.goals, give)?)
            }
            balanced => Ok(balanced?),
        }
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
        Round { number: self.rounds, stages: closed, columns: self.blocks.iter().map(Vec::len).sum() }
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
        let Self { mut programme, blocks, options, .. } = self;
        hold_when_rounded(&mut programme, economy, stages, options.solve.give, |primal| {
            let levels = levels(economy, &blocks, &primal.levels);
            let mut plan = rounded_plan(economy, scales, &Primal { levels, ..primal.clone() });
            mend(economy, &mut plan);
            with_stages(economy, plan, goals, &prices)
        })
    }
}

fn programme(
    economy: &Economy,
    scales: &Scales,
    options: &RoundOptions,
    margin: f64,
    blocks: &[Vec<Block>],
) -> Programme {
    let mut programme = Programme::new(economy, scales, 0, &options.solve);
    programme.set_margin(margin);
    blocks.iter().flatten().for_each(|block| programme.add_block(&block.entries, scales));
    programme
}

/// The level of each activity from the parts of the blocks, with nine decimals: what rounding takes from one activity's
/// output or adds to it, the next smaller one of the block makes good, so that the block gives what it is called on for.
fn levels(economy: &Economy, blocks: &[Vec<Block>], parts: &[f64]) -> Vec<f64> {
    let one = LEVEL_ONE as f64;
    let mut levels = vec![0.0; economy.activities.len()];
    for (block, part) in blocks.iter().flatten().zip(parts) {
        let output = |activity: u32| {
            let outputs = &economy.activities[activity as usize].outputs;
            outputs.iter().map(|flow| flow.quantity).max().unwrap_or(1).max(1)
        };
        let mut by_size: Vec<(i64, u32)> =
            block.activities.iter().map(|&activity| (output(activity), activity)).collect();
        by_size.sort_by_key(|&(output, activity)| (std::cmp::Reverse(output), activity));
        let mut owed = 0.0;
        for (output, activity) in by_size {
            let capacity = economy.activities[activity as usize].capacity as f64;
            let exact = part.clamp(0.0, 1.0) * capacity;
            let level = (exact + owed / output as f64).round().clamp(0.0, capacity);
            owed += (exact - level) * output as f64;
            levels[activity as usize] = level / one;
        }
    }
    levels
}
