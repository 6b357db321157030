//! Counting rules, apportionment and ballot file formats, exact and by the letter of each rule.
//!
//! An [`Election`] holds candidates, seats and ballots. [`Rule`] names how it is counted.

mod apportionment;
mod election;
mod error;
pub mod lot;
mod name;
mod outcome;
mod rule;
mod votes;

pub use apportionment::ApportionmentMethod;
pub use election::{Ballot, BallotError, Ballots, Candidate, Election, MAXIMUM_CANDIDATES, Mark};
pub use error::CountError;
pub use name::UnknownName;
pub use outcome::{Action, Count, Decision, Elected, Pairwise, Stage, Tie, TieBreak, Transfer};
pub use rule::Rule;
pub use votes::Votes;
