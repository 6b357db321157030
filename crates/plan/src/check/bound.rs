//! The bound of one stage, from its prices.

use crate::check::StageCheck;
use crate::decimal::Decimal;
use crate::economy::{Activity, Economy, FULFILMENT_ONE, LEVEL_DECIMALS, Need, WEIGHT_DECIMALS};
use crate::plan::{Goal, Prices};
use num_bigint::BigInt;

/// One stage with what the earlier stages hold it to.
pub(super) struct Bound<'a> {
    economy: &'a Economy,
    goal: Goal,
    earlier: &'a [StageCheck],
    /// Levels that changes are counted from, for the stage of least change.
    before: Option<&'a [i64]>,
}

impl<'a> Bound<'a> {
    /// `earlier` are the stages before it, with the values that the plan reaches.
    pub(super) fn new(
        economy: &'a Economy,
        goal: Goal,
        earlier: &'a [StageCheck],
        before: Option<&'a [i64]>,
    ) -> Self {
        Self { economy, goal, earlier, before }
    }

    /// What no plan can better under these prices: a greatest value, or for the least goals a least one. `None`
    /// where 128 bits do not hold the products, or where an earlier stage could not be checked.
    pub(super) fn of(&self, prices: &Prices) -> Option<Decimal> {
        if prices.earlier.len() != self.earlier.len() {
            return None;
        }
        let constant = self.constant(prices);
        let activities = self.activities(prices)?;
        let imports_and_stock = self.imports_and_stock(prices);
        let needs = self.needs(prices);
        let greatest = &(&constant + &activities) + &(&imports_and_stock + &needs);
        Some(if self.goal.is_least() { -&greatest } else { greatest })
    }

    /// How much this stage gains when `goal` gives way by one: 1 for the stage's own goal, its price for an
    /// earlier stage, nought for any other.
    fn multiplier(&self, goal: Goal, prices: &Prices) -> Decimal {
        if goal == self.goal {
            return Decimal::new(1, 0);
        }
        match self.earlier.iter().position(|stage| stage.goal == goal) {
            Some(at) => Decimal::new(prices.earlier[at], prices.decimals),
            None => Decimal::zero(),
        }
    }

    /// Price × what each row has without any activity: labour, ceilings, less exports owed, and the values of
    /// the earlier stages.
    fn constant(&self, prices: &Prices) -> Decimal {
        let economy = self.economy;
        let price = |mantissa: i128| Decimal::new(mantissa, prices.decimals);
        let mut sum = Decimal::zero();
        for (product, &mantissa) in economy.products.iter().zip(&prices.products) {
            sum = &sum - &(&price(mantissa) * &Decimal::new(product.exports, product.decimals));
        }
        for (grade, &mantissa) in economy.grades.iter().zip(&prices.labour) {
            sum = &sum + &(&price(mantissa) * &Decimal::new(grade.available, economy.labour_decimals));
        }
        for (row, &mantissa) in economy.satellites.iter().zip(&prices.satellites) {
            let ceiling = Decimal::new(row.ceiling.unwrap_or(0), row.decimals);
            sum = &sum + &(&price(mantissa) * &ceiling);
        }
        for (stage, &mantissa) in self.earlier.iter().zip(&prices.earlier) {
            let part = &price(mantissa) * &stage.value;
            sum = match stage.goal {
                Goal::Change | Goal::Labour | Goal::Imports => &sum + &part,
                Goal::Weighted(_) => &sum - &part,
                // Later stages respect it as a lower limit of each need; its price adds nothing.
                Goal::Common(_) => sum,
            };
        }
        sum
    }

    /// Over all activities: what a level gains at these prices × the capacity, where it gains.
    fn activities(&self, prices: &Prices) -> Option<Decimal> {
        let economy = self.economy;
        let products = economy.products.iter().map(|product| product.decimals);
        let satellites = economy.satellites.iter().map(|row| row.decimals);
        let deepest = products.chain(satellites).chain([economy.labour_decimals]).max().unwrap_or(0);
        // All prices per unit of the last decimal, at one number of decimals, so that they can be added up.
        let aligned = |price: i128, decimals: u32| price.checked_mul(10i128.checked_pow(deepest - decimals)?);
        let of_product = economy.products.iter().zip(&prices.products);
        let of_product = of_product.map(|(product, &price)| aligned(price, product.decimals));
        let of_product: Vec<i128> = of_product.collect::<Option<_>>()?;
        let of_satellite = economy.satellites.iter().zip(&prices.satellites);
        let of_satellite = of_satellite
            .map(|(row, &price)| if row.ceiling.is_some() { aligned(price, row.decimals) } else { Some(0) });
        let of_satellite: Vec<i128> = of_satellite.collect::<Option<_>>()?;
        let labour_goal = self.multiplier(Goal::Labour, prices).mantissa_at(prices.decimals)?;
        let labour_goal = i128::try_from(labour_goal).ok()?;
        let of_grade = prices.labour.iter();
        let of_grade =
            of_grade.map(|&price| aligned(price.checked_add(labour_goal)?, economy.labour_decimals));
        let of_grade: Vec<i128> = of_grade.collect::<Option<_>>()?;
        let change_goal = self.multiplier(Goal::Change, prices).mantissa_at(prices.decimals)?;
        let of_change = aligned(i128::try_from(change_goal).ok()?, economy.labour_decimals)?;

        let rows = RowPrices {
            products: of_product,
            grades: of_grade,
            satellites: of_satellite,
            change: if self.before.is_some() { of_change } else { 0 },
        };
        let middle = economy.activities.len() / 2;
        let (one, other) = economy.activities.split_at(middle);
        let (before_one, before_other) = match self.before {
            Some(before) => before.split_at(middle),
            None => Default::default(),
        };
        let (one, other) = std::thread::scope(|scope| {
            let one = scope.spawn(|| rows.gained(one, before_one));
            let other = rows.gained(other, before_other);
            (one.join().expect("adding up does not panic"), other)
        });
        Some(Decimal::new(one? + other?, prices.decimals + deepest + LEVEL_DECIMALS))
    }

    fn imports_and_stock(&self, prices: &Prices) -> Decimal {
        let import_goal = self.multiplier(Goal::Imports, prices);
        let mut sum = Decimal::zero();
        for (product, &mantissa) in self.economy.products.iter().zip(&prices.products) {
            let price = Decimal::new(mantissa, prices.decimals);
            let gain = &price - &(&import_goal * &Decimal::new(product.import_price, WEIGHT_DECIMALS));
            if !gain.is_negative() {
                sum = &sum + &(&gain * &Decimal::new(product.import_limit, product.decimals));
            }
            sum = &sum + &(&price * &Decimal::new(product.stock, product.decimals));
        }
        sum
    }

    /// Over all needs: the best fulfilment at these prices, between the least allowed and 1.
    fn needs(&self, prices: &Prices) -> Decimal {
        let mut sum = Decimal::zero();
        let mut of_common = Vec::new();
        for need in &self.economy.needs {
            let cost = self.cost(need, prices);
            let least = self.least_fulfilment(need);
            if self.goal == Goal::Common(need.tier) {
                of_common.push((cost, least));
                continue;
            }
            let weight = Decimal::new(need.weight, WEIGHT_DECIMALS);
            let gain = &(&self.multiplier(Goal::Weighted(need.tier), prices) * &weight) - &cost;
            sum = &sum + &if gain.is_negative() { &gain * &least } else { gain };
        }
        match self.goal {
            Goal::Common(_) => &sum + &best_common(&of_common),
            _ => sum,
        }
    }

    /// What the whole need costs at these prices.
    fn cost(&self, need: &Need, prices: &Prices) -> Decimal {
        need.bundle.iter().fold(Decimal::zero(), |sum, flow| {
            let product = flow.of as usize;
            let quantity = self.economy.quantity(product, flow.quantity);
            &sum + &(&quantity * &Decimal::new(prices.products[product], prices.decimals))
        })
    }

    /// The need's own minimum, or the common fulfilment of its tier where that is settled.
    fn least_fulfilment(&self, need: &Need) -> Decimal {
        let minimum = Decimal::new(need.minimum, LEVEL_DECIMALS);
        let settled = self.earlier.iter().find(|stage| stage.goal == Goal::Common(need.tier));
        settled.map_or(minimum.clone(), |stage| minimum.max(stage.value.clone()))
    }
}

/// Prices per unit of each row's last decimal, all at one number of decimals.
struct RowPrices {
    products: Vec<i128>,
    grades: Vec<i128>,
    satellites: Vec<i128>,
    /// What an hour's change of levels costs; nought where none is counted.
    change: i128,
}

impl RowPrices {
    /// Over activities: what the best level gains, given the levels before where change is counted. `None` where 128
    /// bits do not hold a gain.
    fn gained(&self, activities: &[Activity], before: &[i64]) -> Option<BigInt> {
        let rows = [&self.products, &self.grades, &self.satellites];
        let largest = rows.into_iter().flatten().map(|price| price.unsigned_abs()).max().unwrap_or(0);
        let largest = i128::try_from(largest).ok()?;
        let mut sum = BigInt::ZERO;
        for (index, activity) in activities.iter().enumerate() {
            let gain = self.gain(activity, largest)?;
            if self.change != 0 {
                let hours: i64 = activity.labour.iter().map(|flow| flow.quantity).sum();
                let change = self.change.checked_mul(i128::from(hours))?;
                sum += best_level(gain, change, before[index], activity.capacity);
            } else if gain > 0 {
                sum += BigInt::from(gain) * activity.capacity;
            }
        }
        Some(sum)
    }

    /// What a level gains; `largest` is the largest of all prices.
    fn gain(&self, activity: &Activity, largest: i128) -> Option<i128> {
        let kinds = [
            (&activity.outputs, &self.products, 1),
            (&activity.inputs, &self.products, -1),
            (&activity.labour, &self.grades, -1),
            (&activity.satellites, &self.satellites, -1),
        ];
        // Where all quantities at the largest price fit, so does every sum on the way, and needs no look of its own.
        let all = kinds.iter().flat_map(|(flows, ..)| *flows);
        let all = all.fold(0u128, |sum, flow| sum.saturating_add(flow.quantity.unsigned_abs().into()));
        let fits = i128::try_from(all).ok().and_then(|all| largest.checked_mul(all)).is_some();
        let mut gain: i128 = 0;
        for (flows, rows, sign) in kinds {
            for flow in flows {
                let (price, quantity) = (rows[flow.of as usize], i128::from(sign * flow.quantity));
                gain = if fits {
                    gain.wrapping_add(price.wrapping_mul(quantity))
                } else {
                    gain.checked_add(price.checked_mul(quantity)?)?
                };
            }
        }
        Some(gain)
    }
}

/// The greatest, over a level between nought and capacity, of gain × level less the price of its distance from the
/// level before. Piecewise linear, so it is greatest at nought, at the capacity or at the level before.
fn best_level(gain: i128, change: i128, before: i64, capacity: i64) -> BigInt {
    let worth = |level: i64| {
        let distance = (i128::from(level) - i128::from(before)).abs();
        BigInt::from(gain) * level - BigInt::from(change) * distance
    };
    [0, capacity, before.clamp(0, capacity)].into_iter().map(worth).max().expect("three levels")
}

/// The greatest, over a common fulfilment θ between 0 and 1, of θ less the cost of giving each need θ or its own
/// minimum, whichever is more. Piecewise linear in θ, so it is greatest at 0, at 1 or at a minimum.
fn best_common(needs: &[(Decimal, Decimal)]) -> Decimal {
    let mut breaks = vec![Decimal::zero(), Decimal::new(FULFILMENT_ONE, LEVEL_DECIMALS)];
    breaks.extend(needs.iter().map(|(_, least)| least.clone()));
    breaks.sort_unstable();
    breaks.dedup();
    let value = |common: &Decimal| {
        needs.iter().fold(common.clone(), |sum, (cost, least)| &sum - &(cost * common.max(least)))
    };
    breaks.iter().map(value).max().expect("0 and 1 are among the breaks")
}
