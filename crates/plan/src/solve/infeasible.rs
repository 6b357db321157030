//! Which things that are owed cannot be met together, and how much of each can.

use super::{Options, SolveError, solve};
use crate::economy::Economy;
use crate::plan::Goal;
use crate::shortage::Shortage;

/// The proof that what is owed cannot be met together; none where it can.
pub(super) fn shortage(economy: &Economy, options: &Options) -> Result<Option<Shortage>, SolveError> {
    let owed = economy.of_what_is_owed();
    let Some(tier) = owed.tiers().first().copied() else { return Ok(None) };
    let goals = Some(vec![Goal::Common(tier), Goal::Weighted(tier)]);
    let plan = solve(&owed, &Options { goals, ..options.clone() });
    let plan = match plan {
        Err(SolveError::NotProductive { plan, .. }) => *plan,
        solved => solved?,
    };
    let shortage = Shortage { owed, plan };
    Ok(shortage.proves().then_some(shortage))
}
