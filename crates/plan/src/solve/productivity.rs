//! Whether an economy can give anything: the condition of Hawkins and Simon (1949) for more than square tables.
//!
//! Where there are prices, not all nought, at which no activity gives more than it takes, of products that are neither
//! imported nor in stock, then nothing that has such a price can be had, whatever the capacities: what is made
//! of it is used up in making it.

use super::scales::unit;
use crate::economy::Economy;
use crate::plan::Prices;
use highs::{HighsModelStatus, RowProblem, Sense};
use std::collections::BTreeMap;

/// Prices are rounded to so many digits of a share of each product's supply.
const DIGITS: i32 = 10;

/// By what outputs are made to count for more while prices are sought, so that the prices hold when rounded.
const SLACK: f64 = 1e-6;

/// The prices that prove that no part of the common needs of `tier` can be had, and the products that have one; none
/// where there are no such prices, or none that hold when rounded.
pub(super) fn consumes_itself(
    economy: &Economy,
    scales: &[f64],
    stage: usize,
    tier: u8,
) -> Option<(Prices, Vec<usize>)> {
    let mut problem = RowProblem::new();
    let unsupplied = economy.unsupplied();
    let mut asked = vec![0.0; economy.products.len()];
    let needs = economy.needs.iter().filter(|need| need.tier == tier);
    for flow in needs.flat_map(|need| &need.bundle) {
        let product = flow.of as usize;
        asked[product] += flow.quantity as f64 * unit(economy.products[product].decimals) / scales[product];
    }
    let prices: Vec<_> = economy
        .products
        .iter()
        .enumerate()
        .map(|(index, product)| {
            let comes_from_elsewhere = product.import_limit > 0 || product.stock > 0;
            let most = if comes_from_elsewhere || unsupplied.contains(&index) { 0.0 } else { 1e6 };
            problem.add_column(asked[index], 0.0..=most)
        })
        .collect();
    for activity in &economy.activities {
        // One coefficient for each product, also where it is both made and used.
        let mut row: BTreeMap<usize, f64> = BTreeMap::new();
        for (flows, factor) in [(&activity.outputs, 1.0 + SLACK), (&activity.inputs, -1.0)] {
            for flow in flows {
                let product = flow.of as usize;
                let quantity = flow.quantity as f64 * unit(economy.products[product].decimals);
                *row.entry(product).or_default() += factor * quantity / scales[product];
            }
        }
        let largest = row.values().fold(0.0f64, |largest, share| largest.max(share.abs()));
        if largest > 0.0 {
            let entries = row.into_iter().map(|(product, share)| (prices[product], share / largest));
            problem.add_row(..=0.0, entries);
        }
    }
    let all: Vec<_> = prices.iter().copied().zip(asked.iter().copied()).collect();
    problem.add_row(..=1.0, all);
    let mut model = problem.optimise(Sense::Maximise);
    model.make_quiet();
    let solved = model.try_solve().ok()?;
    if solved.status() != HighsModelStatus::Optimal {
        return None;
    }
    let solution = solved.get_solution();
    let found = solution.columns();
    let worth: f64 = found.iter().zip(&asked).map(|(price, asked)| price * asked).sum();
    if worth < 0.5 {
        return None;
    }
    rounded(economy, scales, stage, &found.iter().map(|price| price / worth).collect::<Vec<f64>>())
}

/// Prices in decimals, rounded up so that together they are worth at least the whole need; and what has one.
fn rounded(economy: &Economy, scales: &[f64], stage: usize, shares: &[f64]) -> Option<(Prices, Vec<usize>)> {
    let priced: Vec<usize> = (0..shares.len()).filter(|&at| shares[at] > 1e-9).collect();
    let largest = priced.iter().map(|&at| scales[at]).fold(0.0, f64::max);
    let decimals = (DIGITS + largest.log10().ceil() as i32).max(0) as u32;
    let mut products = vec![0i128; shares.len()];
    for &at in &priced {
        // A hair more, so that the whole need is worth 1 at least.
        products[at] = (shares[at] * (1.0 + 1e-8) / scales[at] * 10f64.powi(decimals as i32)).ceil() as i128;
    }
    let prices = Prices {
        decimals,
        products,
        labour: vec![0; economy.grades.len()],
        satellites: vec![0; economy.satellites.len()],
        earlier: vec![0; stage],
    };
    Some((prices, priced))
}
