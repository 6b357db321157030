//! From a solver's floating point to a plan in decimals.

use super::SolveError;
use super::programme::Primal;
use super::scales::{Scales, unit};
use crate::check::{StageCheck, bound_of, relative_gap};
use crate::economy::{Economy, FULFILMENT_ONE, LEVEL_ONE};
use crate::plan::{Goal, Plan, Prices, Stage};

/// The nearest whole number within limits; what is not a number becomes the lower one.
fn rounded(value: f64, least: i64, most: i64) -> i64 {
    let nearest = value.round();
    if nearest.is_nan() { least } else { (nearest as i64).clamp(least, most) }
}

/// Everything to the nearest last decimal. The balances are then out by some last decimals, which
/// [`mend`](super::mend) makes good.
pub(crate) fn rounded_plan(economy: &Economy, scales: &Scales, primal: &Primal) -> Plan {
    let mut plan = Plan::idle(economy);
    for (index, activity) in economy.activities.iter().enumerate() {
        plan.levels[index] = rounded(primal.levels[index] * LEVEL_ONE as f64, 0, activity.capacity);
    }
    for (index, product) in economy.products.iter().enumerate() {
        let mantissa_of_scale = scales.products[index] / unit(product.decimals);
        plan.imports[index] = rounded(primal.imports[index] * mantissa_of_scale, 0, product.import_limit);
        plan.stock[index] = rounded(primal.stock[index] * mantissa_of_scale, 0, product.stock);
    }
    for (index, need) in economy.needs.iter().enumerate() {
        let fulfilment = primal.fulfilments[index] * FULFILMENT_ONE as f64;
        plan.fulfilments[index] = rounded(fulfilment, need.minimum, FULFILMENT_ONE);
    }
    plan
}

/// The plan with its stages: each value and bound computed exactly from the rounded numbers.
pub(crate) fn with_stages(
    economy: &Economy,
    mut plan: Plan,
    goals: &[Goal],
    prices: &[Prices],
) -> Result<Plan, SolveError> {
    let mut earlier: Vec<StageCheck> = Vec::new();
    for (&goal, prices) in goals.iter().zip(prices) {
        let value = goal.value(economy, &plan);
        let bound = bound_of(economy, goal, &earlier, plan.before.as_deref(), prices)
            .ok_or_else(|| SolveError::Rounding(format!("prices of stage `{goal}` do not fit 128 bits")))?;
        let gap = relative_gap(economy, goal, &value, &bound);
        earlier.push(StageCheck { goal, value: value.clone(), bound: bound.clone(), gap });
        plan.stages.push(Stage { goal, value, bound, prices: prices.clone() });
    }
    Ok(plan)
}
