//! What branches give each other under a plan, in one unit. For showing only: nothing is decided by it.

use crate::picture::sankey::Flow;
use mandate_plan::{Economy, LEVEL_DECIMALS, Plan};
use std::collections::BTreeMap;

/// How many flows are shown: the largest.
const FLOWS: usize = 40;

/// The largest flows between branches of the first order. None where products are not counted in one unit, so that
/// they cannot be added up.
///
/// `branch` says to which branch a workplace belongs; one that it does not know stands under the economy's own code.
pub fn flows(
    economy: &Economy,
    plan: &Plan,
    imports: &str,
    branch: &dyn Fn(&str) -> Option<String>,
) -> Vec<Flow> {
    let Some(unit) = economy.products.first().map(|product| product.unit.clone()) else { return Vec::new() };
    if economy.products.iter().any(|product| product.unit != unit) {
        return Vec::new();
    }
    let branches: Vec<String> = economy
        .workplaces
        .iter()
        .map(|workplace| {
            branch(&workplace.id).unwrap_or_else(|| economy.branches[workplace.branch as usize].clone())
        })
        .collect();
    let one = 10f64.powi(LEVEL_DECIMALS as i32);
    let mut made: Vec<BTreeMap<String, f64>> = vec![BTreeMap::new(); economy.products.len()];
    let mut used: Vec<BTreeMap<String, f64>> = vec![BTreeMap::new(); economy.products.len()];
    for (activity, &level) in economy.activities.iter().zip(&plan.levels) {
        let branch = &branches[activity.workplace as usize];
        let level = level as f64 / one;
        for flow in &activity.outputs {
            *made[flow.of as usize].entry(branch.clone()).or_default() += flow.quantity as f64 * level;
        }
        for flow in &activity.inputs {
            *used[flow.of as usize].entry(branch.clone()).or_default() += flow.quantity as f64 * level;
        }
    }
    let mut between: BTreeMap<(String, String), f64> = BTreeMap::new();
    for (row, (made, used)) in made.iter_mut().zip(&used).enumerate() {
        made.insert(imports.to_owned(), plan.imports[row] as f64);
        let supply: f64 = made.values().sum();
        if supply <= 0.0 {
            continue;
        }
        let scale = 10f64.powi(-(economy.products[row].decimals as i32));
        for (from, gives) in made.iter().filter(|(_, gives)| **gives > 0.0) {
            for (to, takes) in used.iter().filter(|(to, _)| *to != from) {
                *between.entry((from.clone(), to.clone())).or_default() += gives / supply * takes * scale;
            }
        }
    }
    let mut flows: Vec<Flow> = between
        .into_iter()
        .map(|((from, to), quantity)| Flow { from, to, quantity, unit: unit.clone() })
        .collect();
    flows.sort_by(|a, b| b.quantity.total_cmp(&a.quantity));
    flows.truncate(FLOWS);
    flows
}
