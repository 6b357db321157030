//! Plurality: each ballot is one vote for the candidate it puts first, and those with most votes are elected.

use crate::contest::Contest;
use crate::single_stage::{self, Tally};
use crate::{Count, CountError, parcel};

/// Counts first preferences. With several seats this is the single non-transferable vote.
///
/// A ballot whose first rank is shared or skipped is invalid. Ties for the last seats are broken by lot.
pub(crate) fn count(contest: &Contest) -> Result<Count, CountError> {
    let election = contest.election;
    let standing = contest.standing_table();
    let totals = parcel::first_preferences(election, &standing, parcel::Reading::Consecutive);
    let valid = totals.iter().sum();
    let denominator = election.ballots.denominator();
    single_stage::elect(Tally { paragraph: "most votes", totals, denominator, valid }, contest)
}
