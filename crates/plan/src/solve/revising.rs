//! Revising a plan: the best that can still be reached, with the least change of what was mandated.
//!
//! Each activity's level is the one before, more or less what it is raised or lowered by. The solver thus begins at
//! the plan before and moves away from it only where it must.

use super::programme::{Entries, Programme};
use super::{Options, SolveError, Unsolved, infeasible};
use super::{balance, hold_when_rounded, mend, rounded_plan, rounded_prices, with_stages};
use crate::economy::{Economy, LEVEL_ONE};
use crate::plan::{Goal, Plan, Prices};
use crate::solve::Scales;

/// The best plan that is nearest to the levels `before`, with its certificate: by default fulfilments as ever, then
/// the least change (see [`Goal::Change`]).
///
/// # Errors
///
/// As [`solve`](crate::solve()).
pub fn revise(economy: &Economy, before: &[i64], options: &Options) -> Result<Plan, SolveError> {
    if before.len() != economy.activities.len() {
        return Err(SolveError::Goals(format!(
            "{} levels before, the economy has {} activities",
            before.len(),
            economy.activities.len()
        )));
    }
    let goals = options.goals.clone().unwrap_or_else(|| Goal::revising(economy));
    if goals.is_empty() {
        return Err(SolveError::Goals("no stages to solve for; name at least one goal".to_owned()));
    }
    let scales = Scales::of(economy);
    let mut programme = Programme::new(economy, &scales, 0, options);
    programme.add_changes(economy, &scales, before);
    let stages = match balance(&mut programme, &goals, options.give) {
        Ok(stages) => stages,
        Err(Unsolved::Infeasible) => return Err(infeasible(economy, options)?),
        Err(unsolved) => return Err(unsolved.into()),
    };
    let prices: Vec<Prices> = stages
        .iter()
        .map(|stage| rounded_prices(economy, &scales, stage.goal, &goals, &stage.solution.duals))
        .collect();
    hold_when_rounded(&mut programme, economy, stages, options.give, |primal| {
        let mut plan = rounded_plan(economy, &scales, primal);
        plan.before = Some(before.to_vec());
        mend(economy, &mut plan);
        with_stages(economy, plan, &goals, &prices)
    })
}

/// What the levels before take and give altogether, by row.
struct Sums {
    net_use: Vec<f64>,
    labour: Vec<f64>,
    loads: Vec<f64>,
}

impl Sums {
    fn add(&mut self, entries: &Entries, level: f64) {
        entries.net_use.iter().for_each(|&(row, quantity)| self.net_use[row] += quantity * level);
        entries.labour.iter().for_each(|&(row, quantity)| self.labour[row] += quantity * level);
        entries.loads.iter().for_each(|&(row, quantity)| self.loads[row] += quantity * level);
    }

    fn entries(self) -> Entries {
        let listed = |sums: Vec<f64>| sums.into_iter().enumerate().filter(|(_, sum)| *sum != 0.0).collect();
        Entries { net_use: listed(self.net_use), labour: listed(self.labour), loads: listed(self.loads) }
    }
}

impl Programme {
    /// Columns that raise and lower each activity from its level before, and one that stands for all levels before.
    fn add_changes(&mut self, economy: &Economy, scales: &Scales, before: &[i64]) {
        let mut sums = Sums {
            net_use: vec![0.0; economy.products.len()],
            labour: vec![0.0; economy.grades.len()],
            loads: vec![0.0; economy.satellites.len()],
        };
        for (activity, &before) in economy.activities.iter().zip(before) {
            let share = |level: i64| level as f64 / LEVEL_ONE as f64;
            let capacity = share(activity.capacity);
            let before = share(before.clamp(0, activity.capacity));
            let entries = Entries::of(economy, activity);
            self.add_change(&entries, before, capacity - before, scales);
            sums.add(&entries, before);
        }
        self.add_fixed(&sums.entries(), scales);
    }
}
