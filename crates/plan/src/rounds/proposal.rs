//! What each branch answers to prices, product group by product group.

use crate::economy::{Activity, Economy, LEVEL_ONE};
use crate::plan::Goal;
use crate::solve::{Duals, Entries, Scales, unit};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Which of an owner's activities run at capacity, one bit each; the others rest.
pub(super) type Pattern = Vec<u64>;

/// One column: what a product group of a branch would give and take, all its workplaces together.
#[derive(Debug, Clone)]
pub(super) struct Proposal {
    pub(super) owner: usize,
    pub(super) pattern: Pattern,
    pub(super) entries: Entries,
}

/// Who proposes: each product group of each branch, with its activities.
pub(super) struct Owners {
    activities: Vec<Vec<usize>>,
    known: Vec<BTreeSet<Pattern>>,
}

impl Owners {
    pub(super) fn of(economy: &Economy) -> Self {
        let mut by_owner: BTreeMap<(u32, u32), Vec<usize>> = BTreeMap::new();
        for (index, activity) in economy.activities.iter().enumerate() {
            let branch = economy.workplaces[activity.workplace as usize].branch;
            by_owner.entry((branch, activity.group)).or_default().push(index);
        }
        let known = vec![BTreeSet::new(); by_owner.len()];
        Self { activities: by_owner.into_values().collect(), known }
    }

    pub(super) fn count(&self) -> usize {
        self.activities.len()
    }

    /// Notes a proposal; false where its pattern was proposed before.
    pub(super) fn is_new(&mut self, proposal: &Proposal) -> bool {
        self.known[proposal.owner].insert(proposal.pattern.clone())
    }

    /// The activities that a pattern calls on.
    pub(super) fn called_on<'a>(
        &'a self,
        owner: usize,
        pattern: &'a Pattern,
    ) -> impl Iterator<Item = usize> + 'a {
        let called = |place: usize| pattern[place / 64] >> (place % 64) & 1 == 1;
        self.activities[owner]
            .iter()
            .enumerate()
            .filter(move |(place, _)| called(*place))
            .map(|(_, index)| *index)
    }

    /// The opening proposals: all at capacity.
    pub(super) fn opening(&self, economy: &Economy) -> Vec<Proposal> {
        let all = |(owner, activities): (usize, &Vec<usize>)| {
            let mut sums = Sums::new(economy);
            let mut pattern = vec![0u64; activities.len().div_ceil(64)];
            for (place, &activity) in activities.iter().enumerate() {
                pattern[place / 64] |= 1 << (place % 64);
                sums.add(&economy.activities[activity]);
            }
            Proposal { owner, pattern, entries: sums.entries(economy) }
        };
        self.activities.iter().enumerate().map(all).collect()
    }
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
        activity
            .outputs
            .iter()
            .for_each(|flow| self.net_use[flow.of as usize] -= flow.quantity as f64 * capacity);
        activity
            .inputs
            .iter()
            .for_each(|flow| self.net_use[flow.of as usize] += flow.quantity as f64 * capacity);
        activity
            .labour
            .iter()
            .for_each(|flow| self.labour[flow.of as usize] += flow.quantity as f64 * capacity);
        activity
            .satellites
            .iter()
            .for_each(|flow| self.loads[flow.of as usize] += flow.quantity as f64 * capacity);
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

    /// What an activity gains at level 1, at the prices of each stage.
    fn gains(&self, activity: &Activity, gains: &mut [f64]) {
        gains.fill(0.0);
        let mut add = |flows: &[crate::Flow], rows: &[f64], sign: f64| {
            for flow in flows {
                let quantity = sign * flow.quantity as f64;
                let first = flow.of as usize * self.stages;
                for (gain, price) in gains.iter_mut().zip(&rows[first..first + self.stages]) {
                    *gain += quantity * price;
                }
            }
        };
        add(&activity.outputs, &self.products, 1.0);
        add(&activity.inputs, &self.products, -1.0);
        add(&activity.labour, &self.grades, -1.0);
        add(&activity.satellites, &self.satellites, -1.0);
    }
}

/// What every owner proposes at the prices of every stage, and what all activities together gain at each stage's
/// prices. Owners are shared out over threads; each is computed by one, and results stand in the owners' order.
pub(super) fn proposals(
    economy: &Economy,
    scales: &Scales,
    owners: &Owners,
    goals: &[Goal],
    duals: &[&Duals],
    threads: usize,
) -> (Vec<Proposal>, Vec<f64>) {
    let prices = StagePrices::new(economy, scales, goals, duals);
    let next = AtomicUsize::new(0);
    let answers: Mutex<BTreeMap<usize, Answer>> = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                loop {
                    let owner = next.fetch_add(1, Ordering::Relaxed);
                    let Some(activities) = owners.activities.get(owner) else { break };
                    let answer = answer(economy, owner, activities, &prices);
                    answers.lock().expect("no thread panics holding it").insert(owner, answer);
                }
            });
        }
    });
    let mut gains = vec![0.0; goals.len()];
    let mut all = Vec::new();
    for answer in answers.into_inner().expect("no thread panics holding it").into_values() {
        gains.iter_mut().zip(answer.gains).for_each(|(sum, gain)| *sum += gain);
        all.extend(answer.proposals);
    }
    (all, gains)
}

struct Answer {
    proposals: Vec<Proposal>,
    gains: Vec<f64>,
}

/// One owner's proposals: at each stage's prices, the activities that gain run, the others rest.
fn answer(economy: &Economy, owner: usize, activities: &[usize], prices: &StagePrices) -> Answer {
    let stages = prices.stages;
    let mut gains = vec![0.0; stages];
    let mut patterns = vec![vec![0u64; activities.len().div_ceil(64)]; stages];
    let mut of_activity = vec![0.0; stages];
    for (place, &index) in activities.iter().enumerate() {
        let activity = &economy.activities[index];
        let capacity = activity.capacity as f64 / LEVEL_ONE as f64;
        prices.gains(activity, &mut of_activity);
        for (stage, &gain) in of_activity.iter().enumerate() {
            if gain > 0.0 {
                gains[stage] += gain * capacity;
                patterns[stage][place / 64] |= 1 << (place % 64);
            }
        }
    }
    let patterns: BTreeSet<Pattern> =
        patterns.into_iter().filter(|pattern| pattern.iter().any(|&word| word != 0)).collect();
    let proposal = |pattern: Pattern| {
        let mut sums = Sums::new(economy);
        for (place, &index) in activities.iter().enumerate() {
            if pattern[place / 64] >> (place % 64) & 1 == 1 {
                sums.add(&economy.activities[index]);
            }
        }
        Proposal { owner, entries: sums.entries(economy), pattern }
    };
    Answer { proposals: patterns.into_iter().map(proposal).collect(), gains }
}
