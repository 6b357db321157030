//! What comes down in a round: a price for every product and every grade of labour, for each stage.

use super::quantities::Quantities;
use crate::decimal::Decimal;
use crate::economy::{Activity, Digest, Economy, Flow, LEVEL_DECIMALS};
use crate::plan::{Goal, Prices};
use num_bigint::BigInt;
use std::collections::BTreeMap;

/// The prices of one round, as the congress sends them down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceList {
    /// Digest of the [frame](Economy::frame).
    pub frame: Digest,
    /// From 1.
    pub round: u32,
    /// The words that the congress had on its table.
    pub rests_on: Vec<Heard>,
    /// By stage, the first first.
    pub stages: Vec<StagePrices>,
}

/// One word that was heard.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Heard {
    /// Who spoke.
    pub from: String,
    /// Which round it answers; 0 is the opening.
    pub round: u32,
    /// SHA-256 of the file.
    pub digest: Digest,
}

/// Prices of one stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagePrices {
    /// What the stage is after.
    pub goal: Goal,
    /// As in a [`Stage`](crate::Stage) of a certificate.
    pub prices: Prices,
}

/// Prices of one stage per unit of each row's last decimal, all at one number of decimals.
pub(super) struct RowPrices {
    products: Vec<i128>,
    grades: Vec<i128>,
    satellites: Vec<i128>,
    decimals: u32,
}

impl PriceList {
    /// The prices of every stage by row; `None` where 128 bits do not hold one.
    pub(super) fn by_row(&self, frame: &Economy) -> Option<Vec<RowPrices>> {
        (0..self.stages.len()).map(|at| RowPrices::new(frame, &self.stages, at)).collect()
    }
}

impl RowPrices {
    fn new(frame: &Economy, stages: &[StagePrices], at: usize) -> Option<Self> {
        let StagePrices { goal, prices } = &stages[at];
        let products = frame.products.iter().map(|product| product.decimals);
        let rows = frame.satellites.iter().map(|row| row.decimals);
        let deepest = products.clone().chain(rows.clone()).chain([frame.labour_decimals]).max().unwrap_or(0);
        let aligned = |price: i128, decimals: u32| price.checked_mul(10i128.checked_pow(deepest - decimals)?);
        // To save labour is itself worth something where least labour is the goal, or was an earlier one.
        let saved = match stages[..at].iter().position(|earlier| earlier.goal == Goal::Labour) {
            _ if *goal == Goal::Labour => 10i128.checked_pow(prices.decimals)?,
            Some(earlier) => prices.earlier[earlier],
            None => 0,
        };
        let of_products = prices.products.iter().zip(products);
        let of_rows =
            frame.satellites.iter().zip(&prices.satellites).map(|(row, &price)| {
                if row.ceiling.is_some() { aligned(price, row.decimals) } else { Some(0) }
            });
        let of_grades = prices.labour.iter();
        Some(Self {
            products: of_products
                .map(|(&price, decimals)| aligned(price, decimals))
                .collect::<Option<_>>()?,
            grades: of_grades
                .map(|&price| aligned(price.checked_add(saved)?, frame.labour_decimals))
                .collect::<Option<_>>()?,
            satellites: of_rows.collect::<Option<_>>()?,
            decimals: prices.decimals + deepest,
        })
    }

    /// What an activity gains at level 1; `None` where 128 bits do not hold it.
    pub(super) fn gain(&self, activity: &Activity) -> Option<i128> {
        let sides: [(&[Flow], &[i128], i128); 4] = [
            (&activity.outputs, &self.products, 1),
            (&activity.inputs, &self.products, -1),
            (&activity.labour, &self.grades, -1),
            (&activity.satellites, &self.satellites, -1),
        ];
        let mut gain = 0i128;
        for (flows, prices, sign) in sides {
            for flow in flows {
                let part = prices[flow.of as usize].checked_mul(sign * i128::from(flow.quantity))?;
                gain = gain.checked_add(part)?;
            }
        }
        Some(gain)
    }

    /// A gain at level 1 over a whole capacity, in the goal's unit.
    pub(super) fn at_capacity(&self, gain: i128, capacity: i64) -> Decimal {
        Decimal::new(BigInt::from(gain) * capacity, self.decimals + LEVEL_DECIMALS)
    }

    /// What quantities gain together: outputs less all that they take.
    pub(super) fn value(&self, quantities: &Quantities) -> Decimal {
        let sum = |amounts: &BTreeMap<u32, i128>, prices: &[i128]| -> BigInt {
            let worth = amounts.iter().map(|(&of, &amount)| BigInt::from(amount) * prices[of as usize]);
            worth.sum()
        };
        let given = sum(&quantities.outputs, &self.products);
        let taken = sum(&quantities.inputs, &self.products)
            + sum(&quantities.labour, &self.grades)
            + sum(&quantities.loads, &self.satellites);
        Decimal::new(given - taken, self.decimals + LEVEL_DECIMALS)
    }
}
