//! Making good what rounding took from the balances.

use crate::economy::{Economy, FULFILMENT_ONE};
use crate::plan::Plan;
use std::collections::BTreeMap;

/// Each pass raises levels by last decimals, whose inputs the next pass makes good; what is lacking shrinks from
/// pass to pass as in any economy that yields more than it uses up.
const MOST_PASSES: usize = 60;

/// Brings every balance to nought or above, exactly: from stock, from imports, from the largest makers that have
/// room, and only then from needs. Leaves in deficit what cannot be mended so; the
/// check will name it.
pub(crate) fn mend(economy: &Economy, plan: &mut Plan) {
    let mut makers = BTreeMap::new();
    for _ in 0..MOST_PASSES {
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
        let unknown = |(product, _): &(usize, i128)| !makers.contains_key(product);
        if deficits.iter().any(unknown) {
            makers =
                makers_of(economy, deficits.iter().map(|(product, _)| *product).chain(makers.into_keys()));
        }
        for (product, deficit) in deficits {
            mend_one(economy, plan, &makers[&product], product, deficit);
        }
    }
    plan.labour = plan.labour_used(economy);
}

/// For each product, the activities whose main output it is and that yield more of it than they use, with that
/// yield, the largest first. (To raise an activity for a by-product would ask far more of the others than it
/// gives.)
fn makers_of(economy: &Economy, products: impl Iterator<Item = usize>) -> BTreeMap<usize, Vec<(usize, i64)>> {
    let mut makers: BTreeMap<usize, Vec<(usize, i64)>> =
        products.map(|product| (product, Vec::new())).collect();
    for (index, activity) in economy.activities.iter().enumerate() {
        for output in &activity.outputs {
            let Some(makers) = makers.get_mut(&(output.of as usize)) else { continue };
            let own_use =
                activity.inputs.iter().find(|input| input.of == output.of).map_or(0, |input| input.quantity);
            let main = activity.outputs.iter().all(|other| other.quantity <= output.quantity);
            if main && output.quantity > own_use {
                makers.push((index, output.quantity - own_use));
            }
        }
    }
    makers.values_mut().for_each(|makers| makers.sort_by_key(|&(index, net)| (-net, index)));
    makers
}

/// `deficit` is in units of 10^−9 of the product's last decimal.
fn mend_one(economy: &Economy, plan: &mut Plan, makers: &[(usize, i64)], product: usize, mut deficit: i128) {
    let row = &economy.products[product];
    let one = FULFILMENT_ONE;
    raise(&mut plan.stock[product], row.stock, one, &mut deficit);
    raise(&mut plan.imports[product], row.import_limit, one, &mut deficit);
    for &(activity, net) in makers {
        raise(&mut plan.levels[activity], economy.activities[activity].capacity, net, &mut deficit);
    }
    let mut asking: Vec<(usize, i64)> = Vec::new();
    if deficit > 0 {
        let flows = economy.needs.iter().enumerate().map(|(index, need)| (index, &need.bundle));
        asking.extend(flows.filter_map(|(index, bundle)| {
            bundle.iter().find(|flow| flow.of as usize == product).map(|flow| (index, flow.quantity))
        }));
        // From the largest: there it is the smallest share.
        asking.sort_by_key(|&(need, quantity)| (-quantity, need));
    }
    for (need, quantity) in asking {
        let mut given_up = 0;
        raise(&mut given_up, plan.fulfilments[need] - economy.needs[need].minimum, quantity, &mut deficit);
        plan.fulfilments[need] -= given_up;
    }
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
