//! Counting by a rule's name.

use crate::lot::Seed;
use crate::{Count, CountError, Election, Rule};
use crate::{approval, plurality, schulze, scottish_stv, two_rounds};

/// Counts an election by a rule.
///
/// `seed` is used only where the rule's text says "by lot"; without one, such a tie is
/// [`CountError::LotNeeded`]. The order of the ballots never matters.
pub fn count(rule: Rule, election: &Election, seed: Option<&Seed>) -> Result<Count, CountError> {
    match rule {
        Rule::ScottishStv => scottish_stv::count(election, seed),
        Rule::Plurality => plurality::count(election, seed),
        Rule::TwoRounds => two_rounds::count(election, seed),
        Rule::Schulze => schulze::count(election, seed),
        Rule::Approval => approval::count(election, seed),
    }
}

/// The checks that come before every count: there are seats, and enough candidates for them.
pub(crate) fn check_seats(rule: Rule, election: &Election) -> Result<(), CountError> {
    let seats = election.seats;
    let standing = election.candidates.iter().filter(|candidate| !candidate.withdrawn).count();
    if seats == 0 {
        return Err(CountError::NoSeats);
    }
    if seats as usize > standing {
        return Err(CountError::MoreSeatsThanCandidates { seats, standing });
    }
    if rule.fills_one_seat() && seats > 1 {
        return Err(CountError::OneSeatOnly { rule: rule.name(), seats });
    }
    Ok(())
}
