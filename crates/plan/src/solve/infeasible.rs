//! Which things that are owed cannot be met together, and how much of each can.

use super::{Options, SolveError, solve};
use crate::economy::{Economy, FULFILMENT_ONE, Flow, Need};
use crate::plan::Goal;
use std::fmt;

/// Something owed that would have to give way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortfall {
    /// A need with a least fulfilment, or `exports of` a product.
    pub owed: String,
    /// How much of what is owed can be met, in units of 10^−9.
    pub attainable: i64,
}

impl fmt::Display for Shortfall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = self.attainable as f64 / FULFILMENT_ONE as f64 * 100.0;
        write!(f, "{percent:.4} % of what is owed to `{}`", self.owed)
    }
}

/// Shares below this of a whole are the solver's noise, in units of 10^−9.
const NOISE: i64 = 1_000;

/// What would have to give way. Everything owed becomes a need of one tier of its own, and that tier is met as
/// far as it goes: evenly first, then as much as possible.
pub(super) fn shortfalls(economy: &Economy, options: &Options) -> Result<Vec<Shortfall>, SolveError> {
    let mut relaxed = economy.clone();
    relaxed.needs = owed(economy);
    relaxed.products.iter_mut().for_each(|product| product.exports = 0);
    if relaxed.needs.is_empty() {
        return Ok(Vec::new());
    }
    let goals = Some(vec![Goal::Common(0), Goal::Weighted(0)]);
    let plan = solve(&relaxed, &Options { goals, ..options.clone() })?;
    let met = relaxed.needs.iter().zip(&plan.fulfilments);
    let short = met.filter(|(_, fulfilment)| **fulfilment < FULFILMENT_ONE - NOISE);
    let mut shortfalls: Vec<Shortfall> =
        short.map(|(need, &attainable)| Shortfall { owed: need.id.clone(), attainable }).collect();
    shortfalls.sort_by_key(|shortfall| shortfall.attainable);
    Ok(shortfalls)
}

fn owed(economy: &Economy) -> Vec<Need> {
    let whole = |id: String, bundle: Vec<Flow>| Need {
        id,
        tier: 0,
        asked_by: String::new(),
        weight: 1_000_000,
        minimum: 0,
        bundle,
    };
    let mut owed = Vec::new();
    for need in economy.needs.iter().filter(|need| need.minimum > 0) {
        let part = |flow: &Flow| {
            let quantity = i128::from(flow.quantity) * i128::from(need.minimum) / i128::from(FULFILMENT_ONE);
            Flow { of: flow.of, quantity: quantity as i64 }
        };
        owed.push(whole(need.id.clone(), need.bundle.iter().map(part).collect()));
    }
    for (index, product) in economy.products.iter().enumerate().filter(|(_, product)| product.exports > 0) {
        let flow = Flow { of: index as u32, quantity: product.exports };
        owed.push(whole(format!("exports of {}", product.id), vec![flow]));
    }
    owed.sort_by(|left, right| left.id.cmp(&right.id));
    owed
}
