//! Solving an economy as one linear program, stage after stage, with HiGHS.
//!
//! What the solver answers is floating point and is believed nowhere: levels and prices are rounded to decimals,
//! and [`check`](crate::check) multiplies them through before the plan is handed out.

mod infeasible;
mod mending;
mod prices;
mod productivity;
mod programme;
mod revising;
mod rounding;
mod scales;
mod stages;

use crate::check::check_numbers;
use crate::economy::Economy;
use crate::plan::{Goal, Plan, Prices};
use crate::shortage::{Shortage, Shortfall};
pub(crate) use programme::{Duals, Entries, Primal, Programme, Unsolved};
pub(crate) use scales::{Scales, unit};
pub(crate) use stages::{Balanced, Held, balance};

pub(crate) use mending::mend;
pub(crate) use prices::rounded_prices;
pub use revising::revise;
pub(crate) use rounding::{rounded_plan, with_stages};

/// What to solve for, and how closely.
#[derive(Debug, Clone)]
pub struct Options {
    /// The stages in their order; none: [`Goal::lexicographic`].
    pub goals: Option<Vec<Goal>>,
    /// By how much of its value a stage may give way to later ones, as a share. Held to its very optimum, a
    /// stage leaves the next one so little room that its prices mean nothing.
    pub give: f64,
    /// Processor seconds after which to stop with [`SolveError::Limit`].
    pub limit_s: Option<f64>,
}

impl Default for Options {
    fn default() -> Self {
        Self { goals: None, give: 5e-7, limit_s: None }
    }
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SolveError {
    /// What is owed (least fulfilments, exports) cannot be met together. `shortfalls` is the smallest relaxation,
    /// evenly shared first, that makes it possible.
    #[error("what is owed cannot be met together; at best {}", shortfalls_in_words(.shortfalls))]
    Infeasible {
        /// What would have to give way, and to how much; the largest shortfall first.
        shortfalls: Vec<Shortfall>,
        /// What proves it.
        proof: Box<Shortage>,
    },
    /// No part of the first needs can be had, because what is made for them is used up in making it.
    #[error(
        "the economy consumes itself: making {} takes at least as much of it as there comes out, whatever the \
         capacities; no part of the needs of tier {tier} can be met",
        products_in_words(.products)
    )]
    NotProductive {
        /// Ids of the products that use themselves up.
        products: Vec<String>,
        /// The tier whose needs go without.
        tier: u8,
        /// A plan in which nothing is done, whose prices prove that its common fulfilment, nought, is the greatest.
        plan: Box<Plan>,
    },
    /// The goal has no greatest value. Every variable of an economy is bounded, so this names numbers that the
    /// solver cannot work with.
    #[error(
        "stage `{0}` came out unbounded, though every quantity is limited: the numbers span too many powers of ten"
    )]
    Unbounded(Goal),
    /// The time limit was reached.
    #[error("stage `{0}` was not solved within the limit of {1} s")]
    Limit(Goal, f64),
    /// The solver gave up.
    #[error("stage `{goal}`: the solver stopped with `{status}`")]
    Solver {
        /// Which stage.
        goal: Goal,
        /// HiGHS' own word.
        status: String,
    },
    /// Rows so tight that no rounding keeps them.
    #[error("rounded to decimals the plan does not hold: {0}; leave a last digit of slack in that row")]
    Rounding(String),
    /// An index or a goal that the economy does not have.
    #[error("{0}")]
    Goals(String),
}

fn products_in_words(products: &[String]) -> String {
    const SHOWN: usize = 5;
    let words: Vec<String> = products.iter().take(SHOWN).map(|id| format!("`{id}`")).collect();
    let rest = products.len().saturating_sub(SHOWN);
    let rest = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    format!("{}{rest}", words.join(", "))
}

fn shortfalls_in_words(shortfalls: &[Shortfall]) -> String {
    const SHOWN: usize = 5;
    let words: Vec<String> = shortfalls.iter().take(SHOWN).map(Shortfall::to_string).collect();
    let rest = shortfalls.len().saturating_sub(SHOWN);
    let rest = if rest > 0 { format!("; and {rest} more") } else { String::new() };
    format!("{}{rest}", words.join("; "))
}

/// The best plan, stage after stage, with its certificate.
///
/// The same economy and options give the same plan: one thread, a fixed seed, and rounding far above the last
/// digits of floating point.
///
/// # Errors
///
/// A named reason, see [`SolveError`].
pub fn solve(economy: &Economy, options: &Options) -> Result<Plan, SolveError> {
    let goals = options.goals.clone().unwrap_or_else(|| Goal::lexicographic(economy));
    if goals.is_empty() {
        return Err(SolveError::Goals("no stages to solve for; name at least one goal".to_owned()));
    }
    let scales = Scales::of(economy);
    let mut programme = Programme::new(economy, &scales, 0, options);
    programme.add_activities(economy, &scales);
    let stages = match balance(&mut programme, &goals, options.give) {
        Ok(stages) => stages,
        Err(Unsolved::Infeasible) => return Err(infeasible(economy, options)?),
        Err(unsolved) => return Err(unsolved.into()),
    };
    if let Some(not_productive) = not_productive(economy, &scales, &stages[0])? {
        return Err(not_productive);
    }
    let prices: Vec<Prices> = stages
        .iter()
        .map(|stage| rounded_prices(economy, &scales, stage.goal, &goals, &stage.solution.duals))
        .collect();
    hold_when_rounded(&mut programme, economy, stages, options.give, |primal| {
        let mut plan = rounded_plan(economy, &scales, primal);
        mend(economy, &mut plan);
        with_stages(economy, plan, &goals, &prices)
    })
}

/// Makes a plan of the last stage with `plan_of`. Where rounding cannot be mended, the stages are balanced again
/// with a hair more asked of every row than is needed, and if it must be with more than a hair.
pub(crate) fn hold_when_rounded(
    programme: &mut Programme,
    economy: &Economy,
    mut stages: Vec<Balanced>,
    give: f64,
    plan_of: impl Fn(&Primal) -> Result<Plan, SolveError>,
) -> Result<Plan, SolveError> {
    const MOST_MARGIN: f64 = 1e-5;
    let goals: Vec<Goal> = stages.iter().map(|stage| stage.goal).collect();
    let mut margin: f64 = 0.0;
    loop {
        let last = stages.last().expect("there is at least one goal");
        let plan = plan_of(&last.solution.primal)?;
        let checked = check_numbers(economy, &plan);
        let Some(failure) = checked.failures.first() else { return Ok(plan) };
        margin = (margin * 16.0).max(1e-9);
        if margin > MOST_MARGIN {
            return Err(SolveError::Rounding(failure.to_string()));
        }
        programme.set_margin(margin);
        stages = balance(programme, &goals, give)?;
    }
}

fn infeasible(economy: &Economy, options: &Options) -> Result<SolveError, SolveError> {
    let proof = infeasible::shortage(economy, options)?;
    Ok(match proof {
        Some(proof) => SolveError::Infeasible { shortfalls: proof.shortfalls(), proof: Box::new(proof) },
        None => SolveError::Rounding("what is owed leaves no slack at all".to_owned()),
    })
}

/// Where the first stage came to nothing: whether that is because the economy consumes itself.
fn not_productive(
    economy: &Economy,
    scales: &Scales,
    first: &Balanced,
) -> Result<Option<SolveError>, SolveError> {
    const NOTHING: f64 = 1e-7;
    let Goal::Common(tier) = first.goal else { return Ok(None) };
    let owes_something = economy.products.iter().any(|product| product.exports > 0)
        || economy.needs.iter().any(|need| need.minimum > 0);
    if first.solution.value > NOTHING || owes_something {
        return Ok(None);
    }
    let found = productivity::consumes_itself(economy, &scales.products, 0, tier);
    let Some((prices, products)) = found else { return Ok(None) };
    let plan = with_stages(economy, Plan::idle(economy), &[first.goal], &[prices])?;
    if !plan.stages[0].bound.is_zero() || !check_numbers(economy, &plan).ok() {
        return Ok(None);
    }
    let products = products.into_iter().map(|product| economy.products[product].id.clone()).collect();
    Ok(Some(SolveError::NotProductive { products, tier, plan: Box::new(plan) }))
}

impl From<Unsolved> for SolveError {
    fn from(unsolved: Unsolved) -> Self {
        match unsolved {
            Unsolved::Named(error) => error,
            Unsolved::Stuck { goal, status } => Self::Solver { goal, status },
            Unsolved::Infeasible => Self::Rounding("what is owed leaves no slack at all".to_owned()),
        }
    }
}
