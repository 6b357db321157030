//! By what rows and goals are divided before a solver sees them.
//!
//! Every product's row is divided by the product's supply in the base year, labour by what there is of it, goals
//! by their natural size. In unscaled money the solver was seen to stop eight per cent away from the optimum.

use crate::economy::{Economy, WEIGHT_DECIMALS};
use crate::plan::Goal;
use std::collections::BTreeMap;

/// By what each row, column and goal is divided. All above nought; quantities in whole units.
pub(crate) struct Scales {
    /// By product: supply at level 1 with all imports and stock.
    pub(crate) products: Vec<f64>,
    /// By grade: labour there is.
    pub(crate) grades: Vec<f64>,
    /// By satellite row: the ceiling, 1 where there is none.
    pub(crate) satellites: Vec<f64>,
    /// By tier: the sum of weights.
    weights: BTreeMap<u8, f64>,
    labour: f64,
    imports: f64,
}

/// 10^−`decimals`.
pub(crate) fn unit(decimals: u32) -> f64 {
    10f64.powi(-(decimals as i32))
}

pub(crate) fn above_nought(size: f64) -> f64 {
    if size > 0.0 { size } else { 1.0 }
}

impl Scales {
    pub(crate) fn of(economy: &Economy) -> Self {
        let mut products: Vec<f64> = economy
            .products
            .iter()
            .map(|product| (product.import_limit + product.stock) as f64 * unit(product.decimals))
            .collect();
        for activity in &economy.activities {
            for output in &activity.outputs {
                let index = output.of as usize;
                products[index] += output.quantity as f64 * unit(economy.products[index].decimals);
            }
        }
        let prices = economy.products.iter().map(|product| {
            let limit = product.import_limit as f64 * unit(product.decimals);
            limit * product.import_price as f64 * unit(WEIGHT_DECIMALS)
        });
        let labour_unit = unit(economy.labour_decimals);
        let grades: Vec<f64> =
            economy.grades.iter().map(|grade| grade.available as f64 * labour_unit).collect();
        let mut weights: BTreeMap<u8, f64> = BTreeMap::new();
        for need in &economy.needs {
            *weights.entry(need.tier).or_default() += need.weight as f64 * unit(WEIGHT_DECIMALS);
        }
        let ceiling = |row: &crate::Satellite| {
            row.ceiling.map_or(1.0, |ceiling| above_nought(ceiling as f64 * unit(row.decimals)))
        };
        Self {
            labour: above_nought(grades.iter().sum()),
            imports: above_nought(prices.sum()),
            products: products.into_iter().map(above_nought).collect(),
            grades: grades.into_iter().map(above_nought).collect(),
            satellites: economy.satellites.iter().map(ceiling).collect(),
            weights: weights.into_iter().map(|(tier, sum)| (tier, above_nought(sum))).collect(),
        }
    }

    /// The natural size of a goal, in its own unit.
    pub(crate) fn goal(&self, goal: Goal) -> f64 {
        match goal {
            Goal::Common(_) => 1.0,
            Goal::Weighted(tier) => self.weights.get(&tier).copied().unwrap_or(1.0),
            Goal::Change | Goal::Labour => self.labour,
            Goal::Imports => self.imports,
        }
    }
}
