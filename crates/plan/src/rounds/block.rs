//! What each branch puts up, product group by product group, and how it answers prices.
//!
//! A product group is proposed in *blocks*: activities that have answered alike to the prices of every stage. A block
//! says so much out, so much in, so many hours, the sum over its activities at capacity, and may be called on in
//! any part. New prices split a block where its activities disagree about them; blocks that every stage calls on in
//! the same part, and that agree about the prices, become one again. So the congress's program stays as small as
//! there are different answers, however many workplaces there are.

use crate::economy::{Activity, Economy, LEVEL_ONE};
use crate::plan::Goal;
use crate::solve::{Duals, Entries, Scales, unit};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Activities of one product group of one branch, proposed together.
#[derive(Debug, Clone)]
pub(super) struct Block {
    /// Sorted indices of activities.
    pub(super) activities: Vec<u32>,
    /// What they give and take at capacity.
    pub(super) entries: Entries,
}

impl Block {
    fn of(economy: &Economy, activities: Vec<u32>) -> Self {
        let mut sums = Sums::new(economy);
        activities.iter().for_each(|&activity| sums.add(&economy.activities[activity as usize]));
        Self { entries: sums.entries(economy), activities }
    }
}

/// One block for each product group of each branch: all its activities.
pub(super) fn opening(economy: &Economy) -> Vec<Vec<Block>> {
    let mut by_owner: BTreeMap<(u32, u32), Vec<u32>> = BTreeMap::new();
    for (index, activity) in economy.activities.iter().enumerate() {
        let branch = economy.workplaces[activity.workplace as usize].branch;
        by_owner.entry((branch, activity.group)).or_default().push(index as u32);
    }
    by_owner.into_values().map(|activities| vec![Block::of(economy, activities)]).collect()
}

/// Sums of what activities give and take at capacity, in units of the last decimal.
struct Sums {
    net_use: Vec<f64>,
    labour: Vec<f64>,
    loads: Vec<f64>,
}

impl Sums {
    fn new(economy: &Economy) -> Self {
        Self {
            net_use: vec![0.0; economy.products.len()],
            labour: vec![0.0; economy.grades.len()],
            loads: vec![0.0; economy.satellites.len()],
        }
    }

    fn add(&mut self, activity: &Activity) {
        let capacity = activity.capacity as f64 / LEVEL_ONE as f64;
        let add = |sums: &mut [f64], flows: &[crate::Flow], factor: f64| {
            for flow in flows {
                sums[flow.of as usize] += flow.quantity as f64 * factor;
            }
        };
        add(&mut self.net_use, &activity.outputs, -capacity);
        add(&mut self.net_use, &activity.inputs, capacity);
        add(&mut self.labour, &activity.labour, capacity);
        add(&mut self.loads, &activity.satellites, capacity);
    }

    fn entries(&self, economy: &Economy) -> Entries {
        let sparse = |sums: &[f64], decimals: &dyn Fn(usize) -> u32| {
            let entry = |(index, sum): (usize, &f64)| (index, sum * unit(decimals(index)));
            sums.iter().enumerate().filter(|(_, sum)| **sum != 0.0).map(entry).collect()
        };
        Entries {
            net_use: sparse(&self.net_use, &|product| economy.products[product].decimals),
            labour: sparse(&self.labour, &|_| economy.labour_decimals),
            loads: sparse(&self.loads, &|row| economy.satellites[row].decimals),
        }
    }
}

/// Prices of every stage by row, per unit of the row's last decimal: stages stand side by side, so that one pass
/// over the activities serves all of them.
struct StagePrices {
    stages: usize,
    products: Vec<f64>,
    grades: Vec<f64>,
    satellites: Vec<f64>,
}

impl StagePrices {
    fn new(economy: &Economy, scales: &Scales, goals: &[Goal], duals: &[&Duals]) -> Self {
        let stages = goals.len();
        let mut prices = Self { stages, products: Vec::new(), grades: Vec::new(), satellites: Vec::new() };
        for (index, product) in economy.products.iter().enumerate() {
            let per_unit = unit(product.decimals) / scales.products[index];
            prices.products.extend(duals.iter().map(|stage| stage.products[index] * per_unit));
        }
        // To save labour is itself worth something where least labour is the goal, or was an earlier one.
        let labour_at = goals.iter().position(|&goal| goal == Goal::Labour);
        let saved = |stage: usize| match labour_at {
            Some(at) if at == stage => 1.0,
            Some(at) if at < stage => duals[stage].earlier[at],
            _ => 0.0,
        };
        let labour_unit = unit(economy.labour_decimals);
        for (index, scale) in scales.grades.iter().enumerate() {
            let price = |stage: usize| {
                labour_unit * (duals[stage].grades[index] / scale + saved(stage) / scales.goal(Goal::Labour))
            };
            prices.grades.extend((0..stages).map(price));
        }
        for (index, row) in economy.satellites.iter().enumerate() {
            let per_unit = unit(row.decimals) / scales.satellites[index];
            prices.satellites.extend(duals.iter().map(|stage| stage.satellites[index] * per_unit));
        }
        prices
    }

    /// What an activity gains at level 1 at the prices of each stage.
    fn gains(&self, activity: &Activity, gains: &mut [f64]) {
        gains.fill(0.0);
        let add = |gains: &mut [f64], flows: &[crate::Flow], rows: &[f64], sign: f64| {
            for flow in flows {
                let quantity = sign * flow.quantity as f64;
                let first = flow.of as usize * self.stages;
                for (gain, price) in gains.iter_mut().zip(&rows[first..first + self.stages]) {
                    *gain += quantity * price;
                }
            }
        };
        add(gains, &activity.outputs, &self.products, 1.0);
        add(gains, &activity.inputs, &self.products, -1.0);
        add(gains, &activity.labour, &self.grades, -1.0);
        add(gains, &activity.satellites, &self.satellites, -1.0);
    }
}

/// What all product groups answer to prices.
pub(super) struct Answers {
    /// By product group, its blocks anew.
    pub(super) blocks: Vec<Vec<Block>>,
    /// By stage, what all activities together gain.
    pub(super) gains: Vec<f64>,
}

/// What every product group answers at the prices of every stage. `parts` says by product group, block and stage
/// which part of the block each stage calls on. Groups are shared out over threads; each is computed by one, and
/// results stand in the groups' order.
pub(super) fn answers(
    economy: &Economy,
    scales: &Scales,
    blocks: &[Vec<Block>],
    parts: &[Vec<Vec<f64>>],
    goals: &[Goal],
    duals: &[&Duals],
    threads: usize,
) -> Answers {
    let prices = StagePrices::new(economy, scales, goals, duals);
    let next = AtomicUsize::new(0);
    let found: Mutex<BTreeMap<usize, Answered>> = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                loop {
                    let group = next.fetch_add(1, Ordering::Relaxed);
                    let Some(blocks) = blocks.get(group) else { break };
                    let answer = answer(economy, blocks, &parts[group], &prices);
                    found.lock().expect("no thread panics holding it").insert(group, answer);
                }
            });
        }
    });
    let mut gains = vec![0.0; goals.len()];
    let mut all = Vec::new();
    for (blocks, of_group) in found.into_inner().expect("no thread panics holding it").into_values() {
        gains.iter_mut().zip(of_group).for_each(|(sum, gain)| *sum += gain);
        all.push(blocks);
    }
    Answers { blocks: all, gains }
}

/// Parts nearer to each other than this are the same.
const SAME_PART: f64 = 1e-9;

/// One group's blocks after prices, and what it gains at each stage's.
type Answered = (Vec<Block>, Vec<f64>);

/// One group's blocks after prices: activities stand together that every stage calls on in the same part, and that
/// gain at the same stages' prices.
fn answer(economy: &Economy, blocks: &[Block], parts: &[Vec<f64>], prices: &StagePrices) -> Answered {
    let stages = prices.stages;
    let mut gains = vec![0.0; stages];
    let mut of_activity = vec![0.0; stages];
    let mut together: BTreeMap<(Vec<i64>, Vec<bool>), Vec<u32>> = BTreeMap::new();
    for (block, parts) in blocks.iter().zip(parts) {
        let called: Vec<i64> = parts.iter().map(|part| (part / SAME_PART).round() as i64).collect();
        for &index in &block.activities {
            let activity = &economy.activities[index as usize];
            let capacity = activity.capacity as f64 / LEVEL_ONE as f64;
            prices.gains(activity, &mut of_activity);
            let gaining = of_activity.iter().map(|&gain| gain > 0.0).collect();
            for (sum, gain) in gains.iter_mut().zip(&of_activity) {
                *sum += gain.max(0.0) * capacity;
            }
            together.entry((called.clone(), gaining)).or_default().push(index);
        }
    }
    let mut known: BTreeMap<&[u32], &Block> = BTreeMap::new();
    blocks.iter().for_each(|block| {
        known.insert(&block.activities, block);
    });
    let block = |mut activities: Vec<u32>| {
        activities.sort_unstable();
        match known.get(activities.as_slice()) {
            Some(&block) => block.clone(),
            None => Block::of(economy, activities),
        }
    };
    (together.into_values().map(block).collect(), gains)
}
