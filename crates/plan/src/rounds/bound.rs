//! What no plan can better, from the prices of a round: the same bound as in a certificate, in floating point.

use crate::economy::{Economy, FULFILMENT_ONE, Need, WEIGHT_DECIMALS};
use crate::plan::Goal;
use crate::solve::{Duals, Held, Scales, unit};

/// The bound of a stage, scaled and turned so that more is better. `gains` is what all activities gain at these
/// prices.
pub(super) fn bound(
    economy: &Economy,
    scales: &Scales,
    goal: Goal,
    held: &[Held],
    duals: &Duals,
    gains: f64,
) -> f64 {
    let multiplier = |of: Goal| multiplier(goal, held, duals, of);
    let mut sum = gains + duals.grades.iter().sum::<f64>();
    for (row, price) in economy.satellites.iter().zip(&duals.satellites) {
        if row.ceiling.is_some_and(|ceiling| ceiling > 0) {
            sum += price;
        }
    }
    for (stage, price) in held.iter().zip(&duals.earlier) {
        sum -= price * stage.least;
    }
    let import_goal = multiplier(Goal::Imports);
    for (index, product) in economy.products.iter().enumerate() {
        let scale = scales.products[index];
        let share = |quantity: i64| quantity as f64 * unit(product.decimals) / scale;
        let price = duals.products[index];
        let import_price =
            product.import_price as f64 * unit(WEIGHT_DECIMALS) * scale / scales.goal(Goal::Imports);
        sum += (price - import_goal * import_price).max(0.0) * share(product.import_limit);
        sum += price * (share(product.stock) - share(product.exports));
    }
    sum + needs(economy, scales, goal, held, duals)
}

/// 1 for the stage's own goal, its price for an earlier stage, nought for any other.
pub(super) fn multiplier(goal: Goal, held: &[Held], duals: &Duals, of: Goal) -> f64 {
    if of == goal {
        return 1.0;
    }
    held.iter().position(|stage| stage.goal == of).map_or(0.0, |at| duals.earlier[at])
}

fn needs(economy: &Economy, scales: &Scales, goal: Goal, held: &[Held], duals: &Duals) -> f64 {
    let mut sum = 0.0;
    let mut of_common = Vec::new();
    for need in &economy.needs {
        let cost = cost(economy, scales, need, duals);
        let settled =
            held.iter().find(|stage| stage.goal == Goal::Common(need.tier)).map_or(0.0, |stage| stage.least);
        let least = settled.max(need.minimum as f64 / FULFILMENT_ONE as f64);
        if goal == Goal::Common(need.tier) {
            of_common.push((cost, least));
            continue;
        }
        let weighted = Goal::Weighted(need.tier);
        let weight = need.weight as f64 * unit(WEIGHT_DECIMALS) / scales.goal(weighted);
        let gain = multiplier(goal, held, duals, weighted) * weight - cost;
        sum += if gain < 0.0 { gain * least } else { gain };
    }
    if matches!(goal, Goal::Common(_)) { sum + best_common(&of_common) } else { sum }
}

fn cost(economy: &Economy, scales: &Scales, need: &Need, duals: &Duals) -> f64 {
    let part = |flow: &crate::Flow| {
        let product = flow.of as usize;
        let share =
            flow.quantity as f64 * unit(economy.products[product].decimals) / scales.products[product];
        share * duals.products[product]
    };
    need.bundle.iter().map(part).sum()
}

/// The greatest over a common fulfilment of itself less what it costs; at 0, at 1 or at a need's minimum.
fn best_common(needs: &[(f64, f64)]) -> f64 {
    let mut breaks: Vec<f64> = needs.iter().map(|(_, least)| *least).chain([0.0, 1.0]).collect();
    breaks.sort_by(f64::total_cmp);
    breaks.dedup();
    let value = |common: f64| needs.iter().fold(common, |sum, (cost, least)| sum - cost * common.max(*least));
    breaks.into_iter().map(value).fold(f64::NEG_INFINITY, f64::max)
}
