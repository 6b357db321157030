//! From a solver's duals to prices in decimals.

use super::programme::Duals;
use super::scales::Scales;
use crate::economy::Economy;
use crate::plan::{Goal, Prices};

/// A price is rounded where a further digit would change the stage's bound by less than this share of the goal's
/// size, were the whole supply of the row valued at it.
const DIGITS: i32 = 11;

/// Prices per whole unit of each row, in the goal's own unit, from duals per scaled unit.
pub(crate) fn rounded_prices(
    economy: &Economy,
    scales: &Scales,
    goal: Goal,
    goals: &[Goal],
    duals: &Duals,
) -> Prices {
    let size = scales.goal(goal);
    let price = |dual: f64, row: f64| Rounded::new(dual, size, row);
    let of_rows = |duals: &[f64], rows: &[f64]| -> Vec<Rounded> {
        duals.iter().zip(rows).map(|(&dual, &row)| price(dual, row)).collect()
    };
    let products = of_rows(&duals.products, &scales.products);
    let labour = of_rows(&duals.grades, &scales.grades);
    let satellites = of_rows(&duals.satellites, &scales.satellites);
    let sizes: Vec<f64> = goals.iter().map(|&earlier| scales.goal(earlier)).collect();
    let earlier = of_rows(&duals.earlier, &sizes);
    debug_assert_eq!(products.len(), economy.products.len());
    let all = products.iter().chain(&labour).chain(&satellites).chain(&earlier);
    let decimals = all.map(|price| price.decimals).max().unwrap_or(0);
    let aligned = |prices: &[Rounded]| prices.iter().map(|price| price.mantissa_at(decimals)).collect();
    Prices {
        decimals,
        products: aligned(&products),
        labour: aligned(&labour),
        satellites: aligned(&satellites),
        earlier: aligned(&earlier),
    }
}

/// A price at the decimals that it deserves.
struct Rounded {
    mantissa: i128,
    decimals: u32,
}

impl Rounded {
    fn new(dual: f64, goal_size: f64, row_size: f64) -> Self {
        // The size of the price of a row whose whole supply is worth the whole goal.
        let size = goal_size / row_size;
        let decimals = (DIGITS - size.log10().floor() as i32).max(0) as u32;
        let mantissa = (dual * size * 10f64.powi(decimals as i32)).round();
        if mantissa == 0.0 || !mantissa.is_finite() {
            return Self { mantissa: 0, decimals: 0 };
        }
        Self { mantissa: mantissa as i128, decimals }
    }

    fn mantissa_at(&self, decimals: u32) -> i128 {
        if self.mantissa == 0 {
            return 0;
        }
        10i128
            .checked_pow(decimals - self.decimals)
            .map_or(i128::MAX, |power| self.mantissa.saturating_mul(power))
    }
}
