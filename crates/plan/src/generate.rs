//! Splitting industries into workplaces: made up, but adding up exactly to what they were made from.

use crate::economy::{Activity, Economy, Flow, Workplace};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What to split into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Splitting {
    /// How many workplaces in all; at least one for each activity of the source. Each activity is split into as
    /// many, the first ones into one more where they do not go up evenly.
    pub workplaces: usize,
    /// The same seed gives the same economy on every machine: all arithmetic is in whole numbers.
    pub seed: u64,
    /// Names of districts, over which workplaces are strewn; empty: all stay where they were.
    pub districts: Vec<String>,
}

/// Why an economy cannot be split as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{workplaces} workplaces for {activities} activities; ask for at least one workplace an activity")]
pub struct TooFewWorkplaces {
    /// Asked for.
    pub workplaces: usize,
    /// In the source.
    pub activities: usize,
}

/// Each activity of `source` split into workplaces of unequal size, productivity and input mix.
///
/// Sizes differ by a factor of up to a thousand, labour for the same output by up to three, each input by up to
/// about two. For every product, grade and satellite row the parts add up to the activity they were made from.
///
/// # Errors
///
/// Fewer workplaces than activities.
pub fn split(source: &Economy, splitting: &Splitting) -> Result<Economy, TooFewWorkplaces> {
    let activities = source.activities.len();
    let workplaces = splitting.workplaces;
    if workplaces < activities {
        return Err(TooFewWorkplaces { workplaces, activities });
    }
    let mut districts = splitting.districts.clone();
    districts.sort_unstable();
    districts.dedup();
    let mut economy = Economy {
        workplaces: Vec::with_capacity(workplaces),
        activities: Vec::with_capacity(workplaces),
        ..without_activities(source)
    };
    let mut random = ChaCha8Rng::seed_from_u64(splitting.seed);
    let mut parts = Vec::with_capacity(workplaces);
    for (index, activity) in source.activities.iter().enumerate() {
        let count = workplaces / activities + usize::from(index < workplaces % activities);
        parts.extend(split_activity(source, activity, count, &mut random));
    }
    parts.sort_by(|left, right| left.0.id.cmp(&right.0.id));
    for (index, (mut workplace, mut activity)) in parts.into_iter().enumerate() {
        if !districts.is_empty() {
            workplace.district = below(&mut random, districts.len() as u64) as u32;
        }
        activity.workplace = index as u32;
        economy.workplaces.push(workplace);
        economy.activities.push(activity);
    }
    if !districts.is_empty() {
        economy.districts = districts;
    }
    Ok(economy)
}

fn without_activities(source: &Economy) -> Economy {
    Economy {
        name: source.name.clone(),
        labour_unit: source.labour_unit.clone(),
        labour_decimals: source.labour_decimals,
        products: source.products.clone(),
        grades: source.grades.clone(),
        satellites: source.satellites.clone(),
        branches: source.branches.clone(),
        districts: source.districts.clone(),
        groups: source.groups.clone(),
        workplaces: Vec::new(),
        activities: Vec::new(),
        needs: source.needs.clone(),
    }
}

fn below(random: &mut ChaCha8Rng, limit: u64) -> u64 {
    // A bias of 2^−44 at most, for limits below a million: of no weight in made-up data.
    ((u128::from(random.next_u64()) * u128::from(limit)) >> 64) as u64
}

fn split_activity(
    source: &Economy,
    activity: &Activity,
    count: usize,
    random: &mut ChaCha8Rng,
) -> Vec<(Workplace, Activity)> {
    let origin = &source.workplaces[activity.workplace as usize];
    // Cubes of even draws: many small workplaces, few large ones.
    let sizes: Vec<u64> = (0..count).map(|_| 1 + below(random, 1000).pow(3) / 1_000_000).collect();
    let labour_per_output: Vec<u64> = (0..count).map(|_| 500 + below(random, 1001)).collect();
    let width = count.to_string().len().max(2);
    let mut parts: Vec<(Workplace, Activity)> = (1..=count)
        .map(|number| {
            let id = format!("{}-{number:0width$}", activity.id);
            let name = format!("{} {number}", origin.name);
            let workplace =
                Workplace { id: id.clone(), name, branch: origin.branch, district: origin.district };
            let part =
                Activity { id, group: activity.group, capacity: activity.capacity, ..Activity::default() };
            (workplace, part)
        })
        .collect();
    for output in &activity.outputs {
        // The main product goes by size; by-products differ, since not every workplace makes them alike.
        let main = activity.outputs.iter().all(|other| other.quantity <= output.quantity);
        let spread = if main { (1000, 1) } else { (700, 601) };
        let weights = weighted(&sizes, |_| spread.0 + below(random, spread.1));
        share_out(*output, &weights, |at, part| parts[at].1.outputs.push(part));
    }
    for input in &activity.inputs {
        let weights = weighted(&sizes, |_| 700 + below(random, 601));
        share_out(*input, &weights, |at, part| parts[at].1.inputs.push(part));
    }
    for hours in &activity.labour {
        let weights = weighted(&sizes, |at| labour_per_output[at]);
        share_out(*hours, &weights, |at, part| parts[at].1.labour.push(part));
    }
    for load in &activity.satellites {
        let weights = weighted(&sizes, |_| 500 + below(random, 1001));
        share_out(*load, &weights, |at, part| parts[at].1.satellites.push(part));
    }
    parts
}

fn weighted(sizes: &[u64], mut factor: impl FnMut(usize) -> u64) -> Vec<u64> {
    sizes.iter().enumerate().map(|(at, size)| size * factor(at)).collect()
}

/// Divides a quantity in proportion to `weights`, in whole units, so that the parts add up to it: each part is
/// the difference between two rounded running sums.
fn share_out(flow: Flow, weights: &[u64], mut give: impl FnMut(usize, Flow)) {
    let total: u128 = weights.iter().map(|&weight| u128::from(weight)).sum();
    let (mut sum, mut given) = (0u128, 0i64);
    for (at, &weight) in weights.iter().enumerate() {
        sum += u128::from(weight);
        let up_to_here = (u128::from(flow.quantity.unsigned_abs()) * sum / total) as i64;
        if up_to_here > given {
            give(at, Flow { of: flow.of, quantity: up_to_here - given });
        }
        given = up_to_here;
    }
}
