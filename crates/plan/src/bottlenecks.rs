//! What holds a plan back: limits that bind, what one unit more would give, and how much hangs on them.

use crate::decimal::Decimal;
use crate::economy::{Economy, LEVEL_DECIMALS, WEIGHT_DECIMALS};
use crate::plan::{Goal, Plan};

/// Which limit binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Limit {
    /// Capacity of an activity.
    Capacity,
    /// Labour of a grade.
    Labour,
    /// Imports of a product.
    Imports,
    /// Stock of a product.
    Stock,
    /// Ceiling of a satellite row.
    Ceiling,
}

impl Limit {
    /// The word for it, in tables and files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Capacity => "capacity",
            Self::Labour => "labour",
            Self::Imports => "imports",
            Self::Stock => "stock",
            Self::Ceiling => "ceiling",
        }
    }
}

/// A limit that binds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bottleneck {
    /// Which kind of limit.
    pub limit: Limit,
    /// Of which activity, grade, product or satellite row.
    pub id: String,
    /// The limit's unit.
    pub unit: String,
    /// What there is.
    pub there_is: Decimal,
    /// What one unit more would add to the stage's goal (for the least goals: save of it), at the prices of the
    /// stage; as far as those hold.
    pub price: Decimal,
    /// Price × what there is: how much of the goal hangs on it.
    pub worth: Decimal,
}

impl Plan {
    /// The first stage that is not met in full and at whose prices something has a worth, where bottlenecks of the
    /// plan are to be looked for; none where there is no such stage.
    pub fn tight_stage(&self, economy: &Economy) -> Option<usize> {
        let is_full = |goal: Goal, value: &Decimal| match goal {
            Goal::Common(_) => *value >= Decimal::new(1, 0),
            Goal::Weighted(tier) => {
                let of_tier = economy.needs.iter().filter(|need| need.tier == tier);
                let weights: i128 = of_tier.map(|need| i128::from(need.weight)).sum();
                *value >= Decimal::new(weights, WEIGHT_DECIMALS)
            }
            Goal::Change | Goal::Labour | Goal::Imports => true,
        };
        (0..self.stages.len()).find(|&at| {
            let stage = &self.stages[at];
            !is_full(stage.goal, &stage.value) && !self.bottlenecks(economy, at).is_empty()
        })
    }

    /// The limits that have a price in a stage, those first on which most hangs. Empty where there is no such stage.
    pub fn bottlenecks(&self, economy: &Economy, stage: usize) -> Vec<Bottleneck> {
        let Some(of) = self.stages.get(stage) else { return Vec::new() };
        let prices = &of.prices;
        let price = |mantissa: i128| Decimal::new(mantissa, prices.decimals);
        let mut found = Vec::new();
        let mut add = |limit, id: &str, unit: &str, there_is: Decimal, price: Decimal| {
            if !price.is_zero() && !price.is_negative() {
                let worth = &price * &there_is;
                let (id, unit) = (id.to_owned(), unit.to_owned());
                found.push(Bottleneck { limit, id, unit, there_is, price, worth });
            }
        };
        for (grade, &mantissa) in economy.grades.iter().zip(&prices.labour) {
            let available = Decimal::new(grade.available, economy.labour_decimals);
            add(Limit::Labour, &grade.id, &economy.labour_unit, available, price(mantissa));
        }
        for (row, &mantissa) in economy.satellites.iter().zip(&prices.satellites) {
            let ceiling = Decimal::new(row.ceiling.unwrap_or(0), row.decimals);
            add(Limit::Ceiling, &row.id, &row.unit, ceiling, price(mantissa));
        }
        let imports_cost = self.multiplier(stage, Goal::Imports);
        for (index, product) in economy.products.iter().enumerate() {
            let worth = price(prices.products[index]);
            // Only what is fetched whole holds anything back.
            if product.import_limit > 0 && self.imports[index] >= product.import_limit {
                let gain = &worth - &(&imports_cost * &Decimal::new(product.import_price, WEIGHT_DECIMALS));
                let limit = economy.quantity(index, product.import_limit);
                add(Limit::Imports, &product.id, &product.unit, limit, gain);
            }
            if product.stock > 0 && self.stock[index] >= product.stock {
                let stock = economy.quantity(index, product.stock);
                add(Limit::Stock, &product.id, &product.unit, stock, worth);
            }
        }
        for (index, activity) in economy.activities.iter().enumerate() {
            if activity.capacity > 0 && self.levels[index] >= activity.capacity {
                let capacity = Decimal::new(activity.capacity, LEVEL_DECIMALS);
                let gain = self.margin(economy, stage, activity);
                add(Limit::Capacity, &activity.id, "level", capacity, gain);
            }
        }
        let order = |left: &Bottleneck, right: &Bottleneck| {
            right.worth.cmp(&left.worth).then((left.limit, &left.id).cmp(&(right.limit, &right.id)))
        };
        found.sort_by(order);
        found
    }

    /// How much a stage gains when `goal` gives way by one.
    pub(crate) fn multiplier(&self, stage: usize, goal: Goal) -> Decimal {
        if self.stages[stage].goal == goal {
            return Decimal::new(1, 0);
        }
        let prices = &self.stages[stage].prices;
        match self.stages[..stage].iter().position(|earlier| earlier.goal == goal) {
            Some(at) => Decimal::new(prices.earlier[at], prices.decimals),
            None => Decimal::zero(),
        }
    }
}
