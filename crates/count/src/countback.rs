//! Countback: casual vacancies filled from the ballots of the election, without a by-election.
//!
//! R. A. Newland and F. S. Britton, *How to conduct an election by the Single Transferable Vote* (Electoral Reform
//! Society, 3rd edition, 1997), paragraph 7.1: all voting papers are counted again, preferences for those who left
//! are passed over, nobody who sits is excluded, and the count proceeds until a new representative is elected.

use crate::contest::Contest;
use crate::count::count_contest;
use crate::lot::Seed;
use crate::{Count, CountError, Election, Rule};

/// Fills the seats that `leavers` held, while `sitting` keep theirs.
///
/// `leavers` are all who cannot take a seat: those who left, and those who do not consent. `sitting` are those who
/// were elected, at the election or by an earlier countback, and still serve. As many are elected as seats are not
/// taken by the sitting, or as many as are available. The result names the new ones only; with nobody gone, so that all elected are neither
/// leavers nor sitting, it is the result of the election.
///
/// The rule is that of the election. Under a transferable vote the papers are transferred as in the election, except
/// that none of the sitting is ever excluded; under the other rules the most preferred of those available are
/// elected.
pub fn countback(
    rule: Rule,
    election: &Election,
    leavers: &[u16],
    sitting: &[u16],
    seed: Option<&Seed>,
) -> Result<Count, CountError> {
    count_contest(&Contest::for_vacancies(rule, election, leavers, sitting, seed)?)
}
