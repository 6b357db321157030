//! Counting rules, apportionment and ballot file formats, exact and by the letter of each rule.
//!
//! An [`Election`] holds candidates, seats and ballots. [`Rule`] names how it is counted.

mod apportionment;
mod approval;
mod approvals;
pub mod blt;
mod borda;
mod contest;
mod copeland;
mod count;
mod countback;
mod election;
mod error;
mod ers97;
mod explanation;
pub mod format;
mod gregory;
mod instant_runoff;
mod lines;
pub mod lot;
mod majority_judgement;
mod meek;
mod minneapolis;
mod name;
mod northern_ireland;
mod outcome;
mod pairwise;
mod parcel;
mod phragmen;
mod plurality;
pub mod preflib;
pub mod print;
mod ranked_pairs;
mod reach;
mod read_error;
mod rule;
mod schulze;
mod scottish_stv;
mod sheet;
mod single_stage;
pub mod spreadsheet;
mod star;
mod thiele;
mod two_rounds;
mod votes;

pub use apportionment::{ApportionError, ApportionmentMethod, apportion};
pub use count::count;
pub use countback::countback;
pub use election::{Ballot, BallotError, Ballots, Candidate, Election, MAXIMUM_CANDIDATES, Mark};
pub use error::CountError;
pub use format::Format;
pub use name::UnknownName;
pub use outcome::{Action, Count, Decision, Elected, Pairwise, Stage, Tie, TieBreak, Transfer};
pub use read_error::{ReadError, ReadFailure};
pub use rule::Rule;
pub use votes::Votes;
