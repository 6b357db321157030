//! Several periods: one economy repeated, with what ties the periods together.
//!
//! A [`Horizon`] is an economy of one period, and beside it what carries over: stores, wear of capacities,
//! activities that make capacity for later periods, what is owed at the end. It *unfolds* into an [`Economy`] in
//! which each product, grade and activity stands once a period, as `ID@01`, `ID@02` …; capacity that can be built
//! is a product there, made jointly for all later periods. Whatever plans, checks, compares or exports an economy
//! does so for several periods too, and a certificate needs no word for time.

mod unfold;

use crate::economy::Economy;
use std::collections::BTreeMap;

/// The most periods; two digits name them.
pub const MOST_PERIODS: usize = 99;

/// What stands between an id and its period in an unfolded economy.
const MARK: char = '@';

/// The word that stands in a period's place for what is left behind the last one.
const END: &str = "end";

/// An economy over several periods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Horizon {
    /// One period: techniques, limits and needs as they are in each.
    pub base: Economy,
    /// The periods in their order.
    pub periods: Vec<Period>,
    /// By product: what can be kept from one period to the next. Other stocks are there anew in each period, as a
    /// hectare or a bed is.
    pub stores: BTreeMap<usize, Store>,
    /// By activity: how its capacity wears, and what of it must be left. Other capacities stay as they are.
    pub wear: BTreeMap<usize, Wear>,
    /// What builds capacity.
    pub gains: Vec<Gain>,
    /// Outputs that come in a later period than the activity's inputs.
    pub later: Vec<Later>,
    /// By satellite row: a ceiling on the sum over all periods.
    pub budgets: BTreeMap<usize, i64>,
}

/// One period's multiples of what the base says, in units of 10^−9.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Of labour available.
    pub labour: i64,
    /// Of the bundles of needs.
    pub needs: i64,
    /// Of the weights of needs.
    pub weight: i64,
    /// Of import limits.
    pub imports: i64,
    /// Of exports owed.
    pub exports: i64,
}

/// Where a product is kept between periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Store {
    /// Index of the workplace that keeps it.
    pub workplace: u32,
    /// It holds at most this much, in units of the product's last decimal.
    pub limit: i64,
    /// The share that is still good a period later, in units of 10^−9; at most 1.
    pub kept: i64,
    /// What must lie in it behind the last period.
    pub closing: i64,
}

/// How the capacity of an activity carries over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wear {
    /// The share that is left a period later, in units of 10^−9; at most 1.
    pub kept: i64,
    /// The capacity that must be left behind the last period, in units of 10^−9.
    pub closing: i64,
}

/// An activity that builds capacity of another, or of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gain {
    /// Index of the activity that builds.
    pub by: u32,
    /// Index of the activity whose capacity grows.
    pub of: u32,
    /// By how much at level 1 of the builder, in units of 10^−9.
    pub quantity: i64,
    /// After how many periods it can be used; at least 1.
    pub after: usize,
}

/// An output that comes in a later period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Later {
    /// Index of the activity.
    pub by: u32,
    /// Index of the product.
    pub of: u32,
    /// How much comes at level 1, in units of the product's last decimal.
    pub quantity: i64,
    /// How many periods later; at least 1. What would come behind the last period counts as closing stock.
    pub after: usize,
}

/// Which period a row of an unfolded economy belongs to: the text behind its id's last `@`; none in an economy of
/// one period.
pub fn period_of(id: &str) -> Option<&str> {
    let (_, period) = id.rsplit_once(MARK)?;
    let is_period = period == END || (period.len() == 2 && period.bytes().all(|byte| byte.is_ascii_digit()));
    is_period.then_some(period)
}
