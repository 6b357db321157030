//! What shall be done, and the prices that prove how near it is to the best.

use crate::decimal::Decimal;
use crate::economy::{Digest, Economy};
use num_bigint::BigInt;
use std::fmt;

/// Activity levels, imports, stock drawn and fulfilments, with a certificate: for each lexicographic stage the
/// value reached, a bound that no plan can exceed, and the prices that the bound follows from.
///
/// Vectors run parallel to the lists of the [`Economy`] that the plan is for. The file format is described in
/// `docs/certificate.md`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Which economy it is for.
    pub economy: Digest,
    /// Level of each activity, in units of 10^−9.
    pub levels: Vec<i64>,
    /// Imports of each product, in units of its last decimal.
    pub imports: Vec<i64>,
    /// Stock drawn of each product, in units of its last decimal.
    pub stock: Vec<i64>,
    /// Fulfilment of each need, in units of 10^−9.
    pub fulfilments: Vec<i64>,
    /// Where the plan revises an earlier one: that one's level of each activity, from which changes are counted.
    pub before: Option<Vec<i64>>,
    /// Labour of each grade that the levels add up to; stated, so that a reader sees it and a changed level shows.
    pub labour: Vec<Decimal>,
    /// The lexicographic stages, the first first.
    pub stages: Vec<Stage>,
}

/// What one lexicographic stage is after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Goal {
    /// The greatest fulfilment that every need of the tier reaches.
    Common(u8),
    /// The greatest sum of weight × fulfilment over the needs of the tier.
    Weighted(u8),
    /// The least change against the plan before, in labour: over all activities, labour at level 1 of all grades ×
    /// distance of the level from the one before. Activities without labour may change as they like.
    Change,
    /// The least labour, over all grades.
    Labour,
    /// The least imports, each product at its import price.
    Imports,
}

/// One lexicographic stage of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// What it is after.
    pub goal: Goal,
    /// What the plan reaches, exactly.
    pub value: Decimal,
    /// What no plan can better that does at least as well in every earlier stage; follows from `prices` exactly.
    pub bound: Decimal,
    /// One price for every row.
    pub prices: Prices,
}

/// Prices of one stage: by how much its goal would gain from one unit more. None is below nought. All are in
/// units of 10^−`decimals` of the goal's own unit, per whole unit of the row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prices {
    /// Decimals of every price of this stage.
    pub decimals: u32,
    /// By product.
    pub products: Vec<i128>,
    /// By grade of labour.
    pub labour: Vec<i128>,
    /// By satellite row; nought where there is no ceiling.
    pub satellites: Vec<i128>,
    /// By earlier stage: what giving way there by one would gain here. Nought for stages of common fulfilment,
    /// which later stages respect as lower limits of each need.
    pub earlier: Vec<i128>,
}

impl Goal {
    /// Whether less is better.
    pub fn is_least(self) -> bool {
        matches!(self, Self::Change | Self::Labour | Self::Imports)
    }

    /// The stages in their order: common and weighted fulfilment of each tier, then least labour, least imports.
    pub fn lexicographic(economy: &Economy) -> Vec<Goal> {
        let by_tier = economy.tiers().into_iter().flat_map(|tier| [Goal::Common(tier), Goal::Weighted(tier)]);
        by_tier.chain([Goal::Labour, Goal::Imports]).collect()
    }

    /// The stages of a plan that revises another: fulfilments as ever, then the least change.
    pub fn revising(economy: &Economy) -> Vec<Goal> {
        let by_tier = economy.tiers().into_iter().flat_map(|tier| [Goal::Common(tier), Goal::Weighted(tier)]);
        by_tier.chain([Goal::Change]).collect()
    }

    /// What the plan's numbers give for this goal, exactly. Common fulfilment of a tier without needs is full.
    pub fn value(self, economy: &Economy, plan: &Plan) -> Decimal {
        let needs = || economy.needs.iter().zip(&plan.fulfilments);
        match self {
            Self::Common(tier) => {
                let met = needs().filter(|(need, _)| need.tier == tier).map(|(_, &fulfilment)| fulfilment);
                Decimal::new(met.min().unwrap_or(crate::FULFILMENT_ONE), crate::LEVEL_DECIMALS)
            }
            Self::Weighted(tier) => {
                let of_tier = needs().filter(|(need, _)| need.tier == tier);
                let sum: BigInt =
                    of_tier.map(|(need, &fulfilment)| BigInt::from(need.weight) * fulfilment).sum();
                Decimal::new(sum, crate::WEIGHT_DECIMALS + crate::LEVEL_DECIMALS)
            }
            Self::Change => plan.labour_changed(economy),
            Self::Labour => plan.labour_used(economy).iter().fold(Decimal::zero(), |sum, used| &sum + used),
            Self::Imports => economy.products.iter().zip(&plan.imports).fold(
                Decimal::zero(),
                |sum, (product, &quantity)| {
                    let price = Decimal::new(product.import_price, crate::WEIGHT_DECIMALS);
                    &sum + &(&price * &Decimal::new(quantity, product.decimals))
                },
            ),
        }
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Common(tier) => write!(f, "common fulfilment of tier {tier}"),
            Self::Weighted(tier) => write!(f, "weighted fulfilment of tier {tier}"),
            Self::Change => f.write_str("least change"),
            Self::Labour => f.write_str("least labour"),
            Self::Imports => f.write_str("least imports"),
        }
    }
}

impl Plan {
    /// A plan in which nothing is done yet, without stages.
    pub fn idle(economy: &Economy) -> Self {
        Self {
            economy: economy.digest(),
            levels: vec![0; economy.activities.len()],
            imports: vec![0; economy.products.len()],
            stock: vec![0; economy.products.len()],
            fulfilments: vec![0; economy.needs.len()],
            before: None,
            labour: vec![Decimal::zero(); economy.grades.len()],
            stages: Vec::new(),
        }
    }

    /// Labour of all grades whose work is another than before, exactly; nought where there is no plan before.
    pub fn labour_changed(&self, economy: &Economy) -> Decimal {
        let before = self.before.iter().flatten();
        let levels = economy.activities.iter().zip(&self.levels).zip(before);
        let changed = levels.map(|((activity, &level), &before)| {
            let hours: i128 = activity.labour.iter().map(|flow| i128::from(flow.quantity)).sum();
            BigInt::from(hours * (i128::from(level) - i128::from(before)).abs())
        });
        Decimal::new(changed.sum::<BigInt>(), economy.labour_decimals + crate::LEVEL_DECIMALS)
    }

    /// Labour of each grade that the levels add up to, exactly.
    pub fn labour_used(&self, economy: &Economy) -> Vec<Decimal> {
        let mut used = vec![0i128; economy.grades.len()];
        for (activity, &level) in economy.activities.iter().zip(&self.levels) {
            for hours in &activity.labour {
                used[hours.of as usize] += i128::from(hours.quantity) * i128::from(level);
            }
        }
        let decimals = economy.labour_decimals + crate::LEVEL_DECIMALS;
        used.into_iter().map(|sum| Decimal::new(sum, decimals)).collect()
    }
}
