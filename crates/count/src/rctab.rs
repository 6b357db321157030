//! Ranked choice voting with the variants, the configurations and the cast vote records of RCTab.
//!
//! RCTab (Bright Spots for the Ranked Choice Voting Resource Center) tabulates official elections in the United States.
//! Its configuration names the variants that statutes and charters there differ in. [`Configuration::read`] reads such
//! a file, [`Configuration::read_source`] the records it names, and [`tabulate`] counts them round by round, with the
//! same lots where the configuration has a seed.

mod configuration;
mod java_random;
mod record;
mod source;
mod tabulation;
mod tiebreak;

pub use configuration::{
    Configuration, ConfiguredCandidate, Mode, Overvotes, Parameters, Source, Tiebreak, UNDECLARED_WRITE_INS,
};
pub use record::{Choice, Record, Records};
pub use source::LARGEST_BYTES;
pub use tabulation::{Inactive, InactiveVotes, Tabulation, tabulate};

use crate::contest::Contest;
use crate::{Count, CountError};

impl Configuration {
    /// Tabulates the records by the configuration's variants: one count, or one a seat under `multiPassIrv`.
    pub fn tabulate(
        &self,
        records: &Records,
        seed: Option<&crate::lot::Seed>,
    ) -> Result<Vec<Tabulation>, CountError> {
        tabulate(&self.parameters, &self.election(), records, self.write_ins(), seed)
    }
}

/// Counts ballots that come without a configuration by what RCTab suggests.
pub(crate) fn count(contest: &Contest) -> Result<Count, CountError> {
    let mut election = contest.election.clone();
    for (number, candidate) in (1u16..).zip(&mut election.candidates) {
        candidate.withdrawn = !contest.eligible.contains(&number);
    }
    let parameters = Parameters::suggested(contest.seats);
    let records = Records::of(&election);
    let tabulations = tabulate(&parameters, &election, &records, None, contest.seed)?;
    let tabulation = tabulations.into_iter().next();
    tabulation.map(|it| it.count).ok_or(CountError::NoSeats)
}
