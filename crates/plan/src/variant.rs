//! Changes to an economy from which variants of a plan follow: shocks, hours, shares, ceilings.
//!
//! Each scales exactly and rounds down, so that a limit is never made wider by rounding.

use crate::economy::{Economy, FULFILMENT_ONE, Need};
use num_rational::Ratio;

/// `quantity` × `factor`, rounded down; at most what files may hold.
fn scaled(quantity: i64, factor: Ratio<i64>) -> i64 {
    let exact = i128::from(quantity) * i128::from(*factor.numer());
    let rounded = exact.div_euclid(i128::from(*factor.denom()));
    rounded.clamp(0, i128::from(crate::LARGEST_MANTISSA)) as i64
}

impl Economy {
    /// Imports of a product become `factor` times as much at most. False where there is no such product.
    pub fn scale_import_limit(&mut self, product: &str, factor: Ratio<i64>) -> bool {
        let Some(index) = self.product(product) else { return false };
        let limit = &mut self.products[index].import_limit;
        *limit = scaled(*limit, factor);
        true
    }

    /// Labour of every grade becomes `factor` times as much: shorter hours, more members.
    pub fn scale_labour(&mut self, factor: Ratio<i64>) {
        for grade in &mut self.grades {
            grade.available = scaled(grade.available, factor);
        }
    }

    /// Every activity may go to `factor` times its capacity: less than 1 sets some aside for repair and building.
    pub fn scale_capacities(&mut self, factor: Ratio<i64>) {
        for activity in &mut self.activities {
            activity.capacity = scaled(activity.capacity, factor);
        }
    }

    /// The chosen needs ask for `factor` times as much, and weigh as much more.
    pub fn scale_needs(&mut self, chosen: impl Fn(&Need) -> bool, factor: Ratio<i64>) {
        for need in self.needs.iter_mut().filter(|need| chosen(need)) {
            need.weight = scaled(need.weight, factor);
            for flow in &mut need.bundle {
                flow.quantity = scaled(flow.quantity, factor);
            }
            need.bundle.retain(|flow| flow.quantity > 0);
        }
    }

    /// The chosen needs are met to at least `share` (at most 1) in every plan: a share of investment that no
    /// other need may eat.
    pub fn secure_needs(&mut self, chosen: impl Fn(&Need) -> bool, share: Ratio<i64>) {
        for need in self.needs.iter_mut().filter(|need| chosen(need)) {
            need.minimum = scaled(FULFILMENT_ONE, share).min(FULFILMENT_ONE);
        }
    }

    /// The chosen needs move to another tier.
    pub fn move_needs(&mut self, chosen: impl Fn(&Need) -> bool, tier: u8) {
        for need in self.needs.iter_mut().filter(|need| chosen(need)) {
            need.tier = tier;
        }
    }

    /// A ceiling for a satellite row. False where there is no such row.
    pub fn set_ceiling(&mut self, satellite: &str, ceiling: i64) -> bool {
        let Some(row) = self.satellites.iter_mut().find(|row| row.id == satellite) else { return false };
        row.ceiling = Some(ceiling);
        true
    }
}
