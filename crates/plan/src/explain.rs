//! Why a target is what it is: what it feeds, what it waits for, what binds it, at which price.

use crate::decimal::Decimal;
use crate::economy::{Activity, Economy, LEVEL_DECIMALS};
use crate::plan::{Goal, Plan, Stage};

/// Where a product of the plan goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductReason {
    /// Index of the product.
    pub product: usize,
    /// All there is of it.
    pub supply: Decimal,
    /// Branches that use it, with how much, the largest first.
    pub users: Vec<(u32, Decimal)>,
    /// Needs that it goes to, with how much, the largest first.
    pub needs: Vec<(usize, Decimal)>,
    /// By stage, what one unit more of it would add to the stage's goal; stages in which it adds nothing are left
    /// out.
    pub prices: Vec<(Goal, Decimal)>,
    /// Whether imports of it are at their limit, but for a millionth at most: rounding leaves some last decimals.
    pub imports_at_limit: bool,
}

/// Why an activity runs at its level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityReason {
    /// Index of the activity.
    pub activity: usize,
    /// Its level.
    pub level: Decimal,
    /// What binds it.
    pub binding: Binding,
    /// At the prices of the stage that decides (the first one at whose prices it gains or loses): value of what it
    /// gives, less value of what it takes, at level 1.
    pub margin: Option<(Goal, Decimal)>,
}

/// What holds an activity where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binding {
    /// It rests: others make the same with less.
    Rests,
    /// It runs at its capacity.
    Capacity,
    /// It runs as far as is asked of it: at the prices it neither gains nor loses.
    Demand,
}

impl Plan {
    /// Where a product goes, and what more of it would be worth.
    pub fn explain_product(&self, economy: &Economy, product: usize) -> ProductReason {
        let row = &economy.products[product];
        let decimals = row.decimals + LEVEL_DECIMALS;
        let mut users = vec![0i128; economy.branches.len()];
        for (activity, &level) in economy.activities.iter().zip(&self.levels) {
            let branch = economy.workplaces[activity.workplace as usize].branch as usize;
            let input = activity.inputs.iter().find(|flow| flow.of as usize == product);
            users[branch] += input.map_or(0, |flow| i128::from(flow.quantity) * i128::from(level));
        }
        let needs = economy.needs.iter().zip(&self.fulfilments).map(|(need, &fulfilment)| {
            let flow = need.bundle.iter().find(|flow| flow.of as usize == product);
            flow.map_or(0, |flow| i128::from(flow.quantity) * i128::from(fulfilment))
        });
        let price = |stage: &Stage| Decimal::new(stage.prices.products[product], stage.prices.decimals);
        let prices = self.stages.iter().map(|stage| (stage.goal, price(stage)));
        ProductReason {
            product,
            supply: Decimal::new(economy.balances(self)[product].supply, decimals),
            users: largest_first((0..).zip(users), decimals),
            needs: largest_first(needs.enumerate(), decimals),
            prices: prices.filter(|(_, price)| !price.is_zero()).collect(),
            imports_at_limit: is_at_limit(self.imports[product], row.import_limit),
        }
    }

    /// Why an activity runs at its level.
    pub fn explain_activity(&self, economy: &Economy, index: usize) -> ActivityReason {
        let activity = &economy.activities[index];
        let level = self.levels[index];
        let binding = match level {
            0 => Binding::Rests,
            level if level == activity.capacity => Binding::Capacity,
            _ => Binding::Demand,
        };
        let margins =
            (0..self.stages.len()).map(|at| (self.stages[at].goal, self.margin(economy, at, activity)));
        ActivityReason {
            activity: index,
            level: Decimal::new(level, LEVEL_DECIMALS),
            binding,
            margin: margins.into_iter().find(|(_, margin)| !margin.is_zero()),
        }
    }

    /// What a level of 1 gains at the prices of a stage.
    pub(crate) fn margin(&self, economy: &Economy, at: usize, activity: &Activity) -> Decimal {
        let prices = &self.stages[at].prices;
        let price = |mantissa: i128| Decimal::new(mantissa, prices.decimals);
        let saved = self.multiplier(at, Goal::Labour);
        let mut margin = Decimal::zero();
        for output in &activity.outputs {
            let product = output.of as usize;
            margin =
                &margin + &(&economy.quantity(product, output.quantity) * &price(prices.products[product]));
        }
        for input in &activity.inputs {
            let product = input.of as usize;
            margin =
                &margin - &(&economy.quantity(product, input.quantity) * &price(prices.products[product]));
        }
        for hours in &activity.labour {
            let paid = &price(prices.labour[hours.of as usize]) + &saved;
            margin = &margin - &(&Decimal::new(hours.quantity, economy.labour_decimals) * &paid);
        }
        for load in &activity.satellites {
            let row = load.of as usize;
            let quantity = Decimal::new(load.quantity, economy.satellites[row].decimals);
            margin = &margin - &(&quantity * &price(prices.satellites[row]));
        }
        margin
    }

    /// Labour of each branch, all grades, exactly.
    pub fn labour_by_branch(&self, economy: &Economy) -> Vec<Decimal> {
        let mut used = vec![0i128; economy.branches.len()];
        for (activity, &level) in economy.activities.iter().zip(&self.levels) {
            let branch = economy.workplaces[activity.workplace as usize].branch as usize;
            let hours: i128 = activity.labour.iter().map(|flow| i128::from(flow.quantity)).sum();
            used[branch] += hours * i128::from(level);
        }
        let decimals = economy.labour_decimals + LEVEL_DECIMALS;
        used.into_iter().map(|sum| Decimal::new(sum, decimals)).collect()
    }
}

fn is_at_limit(quantity: i64, limit: i64) -> bool {
    limit > 0 && i128::from(quantity) * 1_000_000 >= i128::from(limit) * 999_999
}

fn largest_first<T: Ord + Copy>(
    amounts: impl Iterator<Item = (T, i128)>,
    decimals: u32,
) -> Vec<(T, Decimal)> {
    let mut amounts: Vec<(T, i128)> = amounts.filter(|(_, amount)| *amount > 0).collect();
    amounts.sort_by_key(|&(of, amount)| (-amount, of));
    amounts.into_iter().map(|(of, amount)| (of, Decimal::new(amount, decimals))).collect()
}
