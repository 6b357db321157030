//! Approval: each ballot is a vote for everyone it names, and those with most votes are elected.

use crate::contest::Contest;
use crate::single_stage::{self, Tally};
use crate::{Count, CountError};

/// Counts approvals: a ballot approves of all whom it names, in whatever order.
///
/// A ballot that names nobody who stands is invalid. Ties for the last seats are broken by lot.
pub(crate) fn count(contest: &Contest) -> Result<Count, CountError> {
    let election = contest.election;
    let standing = contest.standing_table();
    let mut totals = vec![0; standing.len()];
    let mut valid = 0;
    for ballot in election.ballots.iter() {
        let mut approves = false;
        for candidate in ballot.candidates().map(usize::from).filter(|candidate| standing[*candidate]) {
            totals[candidate] += ballot.weight;
            approves = true;
        }
        valid += if approves { ballot.weight } else { 0 };
    }
    let denominator = election.ballots.denominator();
    let tally = Tally { paragraph: "most approvals", totals, denominator, valid };
    single_stage::elect(tally, contest)
}
