//! Plurality: each ballot is one vote for the candidate it puts first, and those with most votes are elected.

use crate::lot::Seed;
use crate::single_stage::{self, Tally};
use crate::{Count, CountError, Election, Rule, parcel};

/// Counts first preferences. With several seats this is the single non-transferable vote.
///
/// A ballot whose first rank is shared or skipped is invalid. Ties for the last seats are broken by lot.
pub fn count(election: &Election, seed: Option<&Seed>) -> Result<Count, CountError> {
    crate::count::check_seats(Rule::Plurality, election)?;
    let standing = crate::parcel::standing_table(election);
    let totals = parcel::first_preferences(election, &standing);
    let valid = totals.iter().sum();
    let denominator = election.ballots.denominator();
    let tally = Tally { rule: Rule::Plurality, paragraph: "most votes", totals, denominator, valid };
    single_stage::elect(tally, election, seed)
}
