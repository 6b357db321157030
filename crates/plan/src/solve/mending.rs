//! Making good what rounding took from the balances.

use crate::economy::{Economy, FULFILMENT_ONE, Flow};
use crate::plan::Plan;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Each pass raises levels by last decimals, whose inputs the next pass makes good; what is lacking shrinks from
/// pass to pass as in any economy that yields more than it uses up.
const MOST_PASSES: usize = 36;

/// After so many passes makers are left alone: two products, each of which is made of the other, were seen to pass one
/// lack to and fro for ever.
const MOST_PASSES_BY_MAKERS: usize = 24;

/// Brings every balance to nought or above, exactly: from stock, from imports, from the largest makers that have
/// room, then from needs, the last tier first, and where nobody needs the product from its largest users. Leaves in
/// deficit what cannot be mended so; the check will name it.
pub(crate) fn mend(economy: &Economy, plan: &mut Plan) {
    let mut around: BTreeMap<usize, Around> = BTreeMap::new();
    for pass in 0..MOST_PASSES {
        let balances = economy.balances(plan);
        let deficits: Vec<(usize, i128)> = balances
            .iter()
            .enumerate()
            .filter(|(_, balance)| balance.left < 0)
            .map(|(product, balance)| (product, -balance.left))
            .collect();
        if deficits.is_empty() {
            break;
        }
        if deficits.iter().any(|(product, _)| !around.contains_key(product)) {
            let products = deficits.iter().map(|(product, _)| *product).chain(around.into_keys()).collect();
            around = Around::each(economy, products);
        }
        for (product, deficit) in deficits {
            let by_makers = pass < MOST_PASSES_BY_MAKERS;
            mend_one(economy, plan, &around[&product], product, deficit, by_makers);
        }
    }
    leave_what_is_left_over(economy, plan);
    plan.labour = plan.labour_used(economy);
}

/// Leaves abroad, and then in stock, what would be left over: a plan fetches only what it uses.
fn leave_what_is_left_over(economy: &Economy, plan: &mut Plan) {
    for (product, left) in economy.left_over(plan, &economy.balances(plan)) {
        let from_imports = left.min(plan.imports[product]);
        plan.imports[product] -= from_imports;
        plan.stock[product] -= left - from_imports;
    }
}

/// Who makes a product and who uses it, each with how much more of the one than of the other at level 1, the
/// largest first.
#[derive(Default)]
struct Around {
    /// Activities whose main output it is. (To raise an activity for a by-product would ask far more of the others
    /// than it gives.)
    makers: Vec<(usize, i64)>,
    users: Vec<(usize, i64)>,
}

impl Around {
    fn each(economy: &Economy, products: BTreeSet<usize>) -> BTreeMap<usize, Self> {
        let mut around: BTreeMap<usize, Self> =
            products.into_iter().map(|product| (product, Self::default())).collect();
        for (index, activity) in economy.activities.iter().enumerate() {
            if let Some(main) = activity.outputs.iter().max_by_key(|output| output.quantity)
                && let Some(around) = around.get_mut(&(main.of as usize))
            {
                let net = main.quantity - quantity_of(&activity.inputs, main.of);
                around.makers.extend((net > 0).then_some((index, net)));
            }
            for input in &activity.inputs {
                let Some(around) = around.get_mut(&(input.of as usize)) else { continue };
                let net = input.quantity - quantity_of(&activity.outputs, input.of);
                around.users.extend((net > 0).then_some((index, net)));
            }
        }
        for around in around.values_mut() {
            around.makers.sort_by_key(|&(index, net)| (-net, index));
            around.users.sort_by_key(|&(index, net)| (-net, index));
        }
        around
    }
}

fn quantity_of(flows: &[Flow], product: u32) -> i64 {
    flows.binary_search_by_key(&product, |flow| flow.of).map_or(0, |at| flows[at].quantity)
}

/// `deficit` is in units of 10^−9 of the product's last decimal.
fn mend_one(
    economy: &Economy,
    plan: &mut Plan,
    around: &Around,
    product: usize,
    mut deficit: i128,
    by_makers: bool,
) {
    let row = &economy.products[product];
    raise(&mut plan.stock[product], row.stock, FULFILMENT_ONE, &mut deficit);
    raise(&mut plan.imports[product], row.import_limit, FULFILMENT_ONE, &mut deficit);
    let makers: &[(usize, i64)] = if by_makers { &around.makers } else { &[] };
    for &(activity, net) in makers {
        raise(&mut plan.levels[activity], economy.activities[activity].capacity, net, &mut deficit);
    }
    if deficit > 0 {
        let flows = economy.needs.iter().enumerate().map(|(index, need)| (index, &need.bundle));
        let mut asking: Vec<(usize, i64)> = flows
            .filter_map(|(index, bundle)| {
                bundle.iter().find(|flow| flow.of as usize == product).map(|flow| (index, flow.quantity))
            })
            .collect();
        // From the last tier, which gives way to all others, and there from the largest, of which it is the smallest
        // share.
        asking.sort_by_key(|&(need, quantity)| (Reverse(economy.needs[need].tier), -quantity, need));
        for (need, quantity) in asking {
            lower(&mut plan.fulfilments[need], economy.needs[need].minimum, quantity, &mut deficit);
        }
    }
    for &(activity, net) in &around.users {
        lower(&mut plan.levels[activity], 0, net, &mut deficit);
    }
}

/// Lowers `value` by whole units that use `net` each, down to `least`, until the deficit is made good.
fn lower(value: &mut i64, least: i64, net: i64, deficit: &mut i128) {
    let mut given_up = 0;
    raise(&mut given_up, *value - least, net, deficit);
    *value -= given_up;
}

/// Raises `value` by whole units that yield `net` each, up to `limit`, until the deficit is made good.
fn raise(value: &mut i64, limit: i64, net: i64, deficit: &mut i128) {
    if *deficit <= 0 {
        return;
    }
    let net = i128::from(net);
    let wanted = (*deficit + net - 1) / net;
    let units = wanted.min(i128::from((limit - *value).max(0)));
    *value += units as i64;
    *deficit -= units * net;
}
