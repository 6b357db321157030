//! Why no plan is possible, with a proof: what is owed cannot be met together.
//!
//! Everything owed (least fulfilments, exports, what must be left at the end) becomes a need of one tier. The best
//! plan of that economy says how much of each can be met, evenly first; the bound of its first stage says that no
//! plan meets all. Where the bound is below 1, its prices are a Farkas proof for the economy itself: priced so, all
//! that could be had is worth less than what is owed.

use crate::check::{Check, check_numbers};
use crate::decimal::Decimal;
use crate::economy::{Economy, FULFILMENT_ONE, Flow, Need, WEIGHT_DECIMALS};
use crate::horizon::period_of;
use crate::plan::{Goal, Plan};
use std::fmt;

/// The tier that everything owed is put into.
const OWED: u8 = 0;

/// A proof that what is owed cannot be met together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortage {
    /// The economy of what is owed.
    pub owed: Economy,
    /// A plan of it, whose first stage is the common fulfilment of what is owed.
    pub plan: Plan,
}

/// Something owed that would have to give way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortfall {
    /// A need with a least fulfilment, `exports of` a product, `closing stock of` or `closing capacity of`.
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

impl Shortage {
    /// Multiplies the proof through: the plan holds in the economy of what is owed.
    pub fn check(&self) -> Check {
        check_numbers(&self.owed, &self.plan)
    }

    /// Whether it is a proof: it holds, and no plan meets in full all that is owed.
    pub fn proves(&self) -> bool {
        let check = self.check();
        let first = check.stages.first();
        check.ok()
            && first.is_some_and(|stage| stage.goal == Goal::Common(OWED) && stage.bound < Decimal::new(1, 0))
    }

    /// What would have to give way, and to how much; the largest shortfall first.
    pub fn shortfalls(&self) -> Vec<Shortfall> {
        let met = self.owed.needs.iter().zip(&self.plan.fulfilments);
        let short = met.filter(|(_, fulfilment)| **fulfilment < FULFILMENT_ONE - NOISE);
        let mut shortfalls: Vec<Shortfall> =
            short.map(|(need, &attainable)| Shortfall { owed: need.id.clone(), attainable }).collect();
        shortfalls.sort_by_key(|shortfall| shortfall.attainable);
        shortfalls
    }
}

impl Economy {
    /// The economy of what is owed: exports are a need each instead, each need with a minimum asks for that part of
    /// its bundle (rounded down), other needs are left out. All are of one tier and of one weight.
    pub fn of_what_is_owed(&self) -> Economy {
        let mut owed = self.clone();
        owed.needs = Vec::new();
        for need in self.needs.iter().filter(|need| need.minimum > 0) {
            let part = |flow: &Flow| {
                let exact = i128::from(flow.quantity) * i128::from(need.minimum) / i128::from(FULFILMENT_ONE);
                Flow { of: flow.of, quantity: exact as i64 }
            };
            let bundle = need.bundle.iter().map(part).filter(|flow| flow.quantity > 0).collect();
            owed.needs.push(whole(need.id.clone(), bundle));
        }
        for (index, product) in self.products.iter().enumerate().filter(|(_, product)| product.exports > 0) {
            let flow = Flow { of: index as u32, quantity: product.exports };
            owed.needs.push(whole(obligation(&product.id), vec![flow]));
            owed.products[index].exports = 0;
        }
        owed.needs.sort_by(|left, right| left.id.cmp(&right.id));
        owed
    }
}

fn whole(id: String, bundle: Vec<Flow>) -> Need {
    Need { id, tier: OWED, asked_by: String::new(), weight: 10i64.pow(WEIGHT_DECIMALS), minimum: 0, bundle }
}

/// What exports of a product are called.
fn obligation(product: &str) -> String {
    let at_end = || {
        let (id, _) = product.rsplit_once('@').filter(|_| period_of(product) == Some("end"))?;
        Some(match id.strip_prefix("capacity/") {
            Some(activity) => format!("closing capacity of {activity}"),
            None => format!("closing stock of {id}"),
        })
    };
    at_end().unwrap_or_else(|| format!("exports of {product}"))
}
