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

use crate::check::check;
use crate::economy::{Economy, LEVEL_ONE};
use crate::plan::{Goal, Plan};
use crate::solve::{
    Duals, Options, Primal, Programme, Scales, Solution, SolveError, Unsolved, mend, rounded_plan,
    rounded_prices, with_stages,
};
use bound::{Held, bound};
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

/// A stage that the congress balanced, and what it was held to.
struct Balanced {
    goal: Goal,
    solution: Solution,
    /// The earlier stages as they were held.
    held: Vec<Held>,
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
        let programme = Programme::new(economy, scales, 0.0, owners.count(), &options.solve);
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
        self.programme.release();
        let mut held: Vec<Held> = Vec::new();
        let mut stages = Vec::new();
        for &goal in self.goals {
            let solution = self.solve_with_more_give(goal, &mut held)?;
            let value = solution.value;
            stages.push(Balanced { goal, solution, held: held.clone() });
            let least = self.programme.hold(goal, value, self.options.solve.give);
            held.push(Held { goal, value, least });
        }
        Ok(stages)
    }

    /// Solves a stage; where the solver finds no way because earlier stages leave it too little room, they give
    /// way tenfold, a few times.
    fn solve_with_more_give(&mut self, goal: Goal, held: &mut [Held]) -> Result<Solution, SolveError> {
        const MOST_GIVE: f64 = 1e-2;
        let mut give = self.options.solve.give;
        loop {
            match self.programme.solve(goal) {
                Ok(solution) => return Ok(solution),
                Err(Unsolved::Named(error)) => return Err(error),
                Err(Unsolved::Infeasible) if held.is_empty() => {
                    return Err(SolveError::Goals(
                        "what is owed (least fulfilments, exports) cannot be met by the opening proposals; \
                         solve the economy as one program to learn what cannot be met together"
                            .to_owned(),
                    ));
                }
                Err(Unsolved::Infeasible | Unsolved::Stuck { .. }) if give < MOST_GIVE => {
                    give = (give * 10.0).max(1e-6);
                    self.programme.release();
                    for stage in held.iter_mut() {
                        stage.least = self.programme.hold(stage.goal, stage.value, give);
                    }
                }
                Err(Unsolved::Infeasible) => {
                    return Err(SolveError::Solver { goal, status: "Infeasible".to_owned() });
                }
                Err(Unsolved::Stuck { goal, status }) => return Err(SolveError::Solver { goal, status }),
            }
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
    fn adopt(&self, stages: Vec<Balanced>) -> Result<Plan, SolveError> {
        let last = stages.last().expect("there is at least one goal");
        let levels = self.levels(&last.solution.primal.levels);
        let primal = Primal { levels, ..last.solution.primal.clone() };
        let mut plan = rounded_plan(self.economy, self.scales, &primal);
        mend(self.economy, &mut plan);
        let prices = stages.iter().enumerate().map(|(at, stage)| {
            let (priced, _) = self.best_prices(at, &stage.held);
            rounded_prices(self.economy, self.scales, stage.goal, self.goals, &priced.duals)
        });
        let plan = with_stages(self.economy, plan, self.goals, prices.collect())?;
        match check(self.economy, &plan).failures.first() {
            None => Ok(plan),
            Some(failure) => Err(SolveError::Rounding(failure.to_string())),
        }
    }

    fn levels(&self, parts: &[f64]) -> Vec<f64> {
        let mut levels = vec![0.0; self.economy.activities.len()];
        for ((owner, pattern), &part) in self.table.iter().zip(parts) {
            if part > 0.0 {
                for activity in self.owners.called_on(*owner, pattern) {
                    levels[activity] += part;
                }
            }
        }
        for (level, activity) in levels.iter_mut().zip(&self.economy.activities) {
            *level = level.min(1.0) * activity.capacity as f64 / LEVEL_ONE as f64;
        }
        levels
    }
}
