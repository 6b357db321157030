//! Stage after stage: each is solved, then held for the later ones.

use super::SolveError;
use super::programme::{Programme, Solution, Unsolved};
use crate::plan::Goal;

/// An earlier stage as it was held, scaled and turned so that more is better.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Held {
    pub(crate) goal: Goal,
    /// What it reached.
    pub(crate) value: f64,
    /// What it was held to.
    pub(crate) least: f64,
}

/// A solved stage, and the earlier ones as they were held.
pub(crate) struct Balanced {
    pub(crate) goal: Goal,
    pub(crate) solution: Solution,
    pub(crate) held: Vec<Held>,
}

/// More than this is never given way to a later stage, as a share of a stage's value.
const MOST_GIVE: f64 = 1e-3;

/// Solves all stages in their order.
///
/// # Errors
///
/// [`Unsolved::Infeasible`] only where the first stage is: that is a fact about the economy.
pub(crate) fn balance(
    programme: &mut Programme,
    goals: &[Goal],
    give: f64,
) -> Result<Vec<Balanced>, Unsolved> {
    programme.release();
    let mut held: Vec<Held> = Vec::new();
    let mut stages = Vec::new();
    for &goal in goals {
        let solution = solve_with_more_give(programme, goal, &mut held, give)?;
        let value = solution.value;
        stages.push(Balanced { goal, solution, held: held.clone() });
        let least = programme.hold(goal, value, give);
        held.push(Held { goal, value, least });
    }
    Ok(stages)
}

/// Solves a stage; where the solver finds no way because earlier stages leave it too little room, they give way
/// tenfold, a few times. How much was given shows in their gaps.
fn solve_with_more_give(
    programme: &mut Programme,
    goal: Goal,
    held: &mut [Held],
    mut give: f64,
) -> Result<Solution, Unsolved> {
    loop {
        let (goal, status) = match programme.solve(goal) {
            Err(Unsolved::Stuck { goal, status }) => (goal, status),
            // The stage before was feasible, so this is the solver's tolerance and no fact.
            Err(Unsolved::Infeasible) if !held.is_empty() => (goal, "Infeasible".to_owned()),
            solved_or_named => return solved_or_named,
        };
        if give >= MOST_GIVE || held.is_empty() {
            return Err(Unsolved::Named(SolveError::Solver { goal, status }));
        }
        give = (give * 10.0).max(1e-6);
        programme.release();
        for stage in held.iter_mut() {
            stage.least = programme.hold(stage.goal, stage.value, give);
        }
    }
}
