//! What a plan says, as exact figures for tables and mandates: fulfilment, targets, bottlenecks.

use crate::decimal::Decimal;
use crate::economy::{Economy, FULFILMENT_ONE, LEVEL_DECIMALS, WEIGHT_DECIMALS};
use crate::plan::{Goal, Plan};
use num_bigint::BigInt;
use std::collections::BTreeMap;

/// Where a product comes from and goes to, in units of 10^−9 of its last decimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ProductBalance {
    /// Output of all activities, imports and stock drawn.
    pub supply: i128,
    /// Input of all activities.
    pub intermediate: i128,
    /// Given to needs.
    pub needs: i128,
    /// Supply less intermediate use, needs and exports owed: below nought the plan does not hold.
    pub left: i128,
}

/// How far a tier of needs is met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierFulfilment {
    /// Which tier.
    pub tier: u8,
    /// What every need of the tier reaches at least, between 0 and 1.
    pub common: Decimal,
    /// Sum of weight × fulfilment over the tier's needs.
    pub weighted: Decimal,
    /// Sum of the weights: what `weighted` would be if all were met.
    pub weights: Decimal,
}

/// What a workplace is to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Index of the activity.
    pub activity: usize,
    /// Index of the product.
    pub product: usize,
    /// Level × output, rounded down to the product's decimals.
    pub quantity: Decimal,
}

/// What a workplace needs from others to reach its targets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// Index of the product.
    pub product: usize,
    /// Level × input, rounded up to the product's decimals.
    pub quantity: Decimal,
    /// Branches that make the product under the plan, by what they make of it, the largest first.
    pub makers: Vec<(u32, Decimal)>,
    /// What of it is imported in the whole plan.
    pub imports: Decimal,
}

/// A product that holds the plan back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TightProduct {
    /// Index of the product.
    pub product: usize,
    /// What one unit more would add to the goal.
    pub price: Decimal,
    /// Price × supply: how much of the goal hangs on the product.
    pub worth: Decimal,
}

impl Economy {
    /// Where each product comes from and goes to under `plan`, exactly.
    pub fn balances(&self, plan: &Plan) -> Vec<ProductBalance> {
        let one = i128::from(FULFILMENT_ONE);
        let mut balances = vec![ProductBalance::default(); self.products.len()];
        for (activity, &level) in self.activities.iter().zip(&plan.levels) {
            for output in &activity.outputs {
                balances[output.of as usize].supply += i128::from(output.quantity) * i128::from(level);
            }
            for input in &activity.inputs {
                balances[input.of as usize].intermediate += i128::from(input.quantity) * i128::from(level);
            }
        }
        for (need, &fulfilment) in self.needs.iter().zip(&plan.fulfilments) {
            for flow in &need.bundle {
                balances[flow.of as usize].needs += i128::from(flow.quantity) * i128::from(fulfilment);
            }
        }
        for (index, balance) in balances.iter_mut().enumerate() {
            let product = &self.products[index];
            balance.supply += (i128::from(plan.imports[index]) + i128::from(plan.stock[index])) * one;
            balance.left =
                balance.supply - balance.intermediate - balance.needs - i128::from(product.exports) * one;
        }
        balances
    }

    /// Products of which whole last decimals are imported or drawn from stock and left over, with how many.
    pub(crate) fn left_over(&self, plan: &Plan, balances: &[ProductBalance]) -> Vec<(usize, i64)> {
        let left_over = |(index, balance): (usize, &ProductBalance)| {
            let fetched = plan.imports[index].max(0).saturating_add(plan.stock[index].max(0));
            let left = balance.left.div_euclid(i128::from(FULFILMENT_ONE)).clamp(0, i128::from(fetched));
            (index, left as i64)
        };
        balances.iter().enumerate().map(left_over).filter(|(_, left)| *left > 0).collect()
    }

    /// What the activities put on one satellite row, exactly.
    pub fn satellite_load(&self, plan: &Plan, satellite: usize) -> Decimal {
        let mut sum = 0i128;
        for (activity, &level) in self.activities.iter().zip(&plan.levels) {
            let load = activity.satellites.iter().find(|flow| flow.of as usize == satellite);
            sum += load.map_or(0, |flow| i128::from(flow.quantity) * i128::from(level));
        }
        Decimal::new(sum, self.satellites[satellite].decimals + LEVEL_DECIMALS)
    }

    /// Products that nobody makes, imports or holds stock of, although a need or an activity asks for them.
    pub fn unsupplied(&self) -> Vec<usize> {
        let mut supplied: Vec<bool> =
            self.products.iter().map(|product| product.import_limit > 0 || product.stock > 0).collect();
        let mut asked: Vec<bool> = self.products.iter().map(|product| product.exports > 0).collect();
        for activity in &self.activities {
            activity.outputs.iter().for_each(|flow| supplied[flow.of as usize] = true);
            activity.inputs.iter().for_each(|flow| asked[flow.of as usize] = true);
        }
        self.needs.iter().flat_map(|need| &need.bundle).for_each(|flow| asked[flow.of as usize] = true);
        (0..self.products.len()).filter(|&product| asked[product] && !supplied[product]).collect()
    }
}

impl Plan {
    /// How far each tier is met, the first first.
    pub fn fulfilment(&self, economy: &Economy) -> Vec<TierFulfilment> {
        let tier = |tier| {
            let weights =
                economy.needs.iter().filter(|need| need.tier == tier).map(|need| BigInt::from(need.weight));
            TierFulfilment {
                tier,
                common: Goal::Common(tier).value(economy, self),
                weighted: Goal::Weighted(tier).value(economy, self),
                weights: Decimal::new(weights.sum::<BigInt>(), WEIGHT_DECIMALS),
            }
        };
        economy.tiers().into_iter().map(tier).collect()
    }

    /// What a workplace is to make: level × output of each of its activities.
    pub fn targets(&self, economy: &Economy, workplace: usize) -> Vec<Target> {
        let activities = activities_of(economy, workplace);
        activities.flat_map(|(index, activity)| self.targets_of(economy, index, activity)).collect()
    }

    /// The targets of all workplaces, activity by activity.
    pub fn all_targets<'a>(&'a self, economy: &'a Economy) -> impl Iterator<Item = Target> + 'a {
        let activities = economy.activities.iter().enumerate();
        activities.flat_map(|(index, activity)| self.targets_of(economy, index, activity))
    }

    fn targets_of<'a>(
        &'a self,
        economy: &'a Economy,
        index: usize,
        activity: &'a crate::Activity,
    ) -> impl Iterator<Item = Target> + 'a {
        activity.outputs.iter().map(move |output| {
            let product = output.of as usize;
            let exact = i128::from(output.quantity) * i128::from(self.levels[index]);
            let rounded = exact.div_euclid(i128::from(FULFILMENT_ONE));
            let quantity = Decimal::new(rounded, economy.products[product].decimals);
            Target { activity: index, product, quantity }
        })
    }

    /// What a workplace needs from others, and who makes it.
    pub fn waits(&self, economy: &Economy, workplace: usize) -> Vec<Wait> {
        let mut inputs: BTreeMap<usize, i128> = BTreeMap::new();
        for (index, activity) in activities_of(economy, workplace) {
            for input in &activity.inputs {
                let quantity = i128::from(input.quantity) * i128::from(self.levels[index]);
                *inputs.entry(input.of as usize).or_default() += quantity;
            }
        }
        let made = self.made_by_branch(economy, inputs.keys().copied().collect());
        let wait = |(product, exact): (usize, i128)| {
            let decimals = economy.products[product].decimals;
            let mut makers: Vec<(u32, Decimal)> = made[&product]
                .iter()
                .map(|(&branch, &quantity)| (branch, Decimal::new(quantity, decimals + LEVEL_DECIMALS)))
                .collect();
            makers.sort_by(|left, right| right.1.cmp(&left.1).then(left.0.cmp(&right.0)));
            Wait {
                product,
                quantity: Decimal::new(-(-exact).div_euclid(i128::from(FULFILMENT_ONE)), decimals),
                makers,
                imports: economy.quantity(product, self.imports[product]),
            }
        };
        inputs.into_iter().filter(|&(_, exact)| exact > 0).map(wait).collect()
    }

    /// For each of `products`, what each branch makes of it, in units of 10^−9 of its last decimal.
    fn made_by_branch(
        &self,
        economy: &Economy,
        products: Vec<usize>,
    ) -> BTreeMap<usize, BTreeMap<u32, i128>> {
        let mut made: BTreeMap<usize, BTreeMap<u32, i128>> =
            products.into_iter().map(|product| (product, BTreeMap::new())).collect();
        for (activity, &level) in economy.activities.iter().zip(&self.levels).filter(|(_, level)| **level > 0)
        {
            let branch = economy.workplaces[activity.workplace as usize].branch;
            for output in &activity.outputs {
                if let Some(by_branch) = made.get_mut(&(output.of as usize)) {
                    *by_branch.entry(branch).or_default() += i128::from(output.quantity) * i128::from(level);
                }
            }
        }
        made
    }

    /// The `count` products that hold back the given stage most, by price × supply; fewer where fewer have a
    /// price.
    pub fn tightest(&self, economy: &Economy, stage: usize, count: usize) -> Vec<TightProduct> {
        let Some(stage) = self.stages.get(stage) else { return Vec::new() };
        let balances = economy.balances(self);
        let tight = |(product, balance): (usize, &ProductBalance)| {
            let price = Decimal::new(stage.prices.products[product], stage.prices.decimals);
            let supply = Decimal::new(balance.supply, economy.products[product].decimals + LEVEL_DECIMALS);
            TightProduct { product, worth: &price * &supply, price }
        };
        let mut tight: Vec<TightProduct> = balances.iter().enumerate().map(tight).collect();
        tight.retain(|product| !product.price.is_zero());
        tight.sort_by(|left, right| right.worth.cmp(&left.worth).then(left.product.cmp(&right.product)));
        tight.truncate(count);
        tight
    }
}

fn activities_of(economy: &Economy, workplace: usize) -> impl Iterator<Item = (usize, &crate::Activity)> {
    economy
        .activities
        .iter()
        .enumerate()
        .filter(move |(_, activity)| activity.workplace as usize == workplace)
}
