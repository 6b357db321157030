//! Approval: each ballot is a vote for everyone it names, and those with most votes are elected.

use crate::lot::Seed;
use crate::single_stage::{self, Tally};
use crate::{Count, CountError, Election, Rule};

/// Counts approvals: a ballot approves of all whom it names, in whatever order.
///
/// A ballot that names nobody who stands is invalid. Ties for the last seats are broken by lot.
pub fn count(election: &Election, seed: Option<&Seed>) -> Result<Count, CountError> {
    crate::count::check_seats(Rule::Approval, election)?;
    let standing = crate::parcel::standing_table(election);
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
    let tally = Tally { rule: Rule::Approval, paragraph: "most approvals", totals, denominator, valid };
    single_stage::elect(tally, election, seed)
}
