//! Counting rules, apportionment and ballot file formats, exact and by the letter of each rule.
//!
//! An [`Election`] holds candidates, seats and ballots; [`count`] counts it by a [`Rule`] and returns a [`Count`], a
//! value that says what happened at each stage, by which paragraph, and how ties were broken. [`mod@print`] makes text,
//! CSV, Markdown and SVG of it. [`countback`] fills a casual vacancy, [`apportion`] shares seats in proportion,
//! [`budget`] decides which projects are paid for, and [`mod@format`] reads and writes ballot files.
//!
//! Nothing is decided in floating point, and nothing depends on the order of the ballots. Where a rule says "by lot",
//! the lot is a function of a seed that the caller passes (see [`lot`]); without one, a tie is an error that names the
//! tied. The library neither prints nor reads files nor knows the time.
//!
//! ```
//! use mandate_count::{Election, Rule, count};
//!
//! let mut election = Election::new(1, ["Memphis", "Nashville", "Chattanooga", "Knoxville"]);
//! election.push(&[1, 2, 3, 4], 42)?;
//! election.push(&[2, 3, 4, 1], 26)?;
//! election.push(&[3, 4, 2, 1], 15)?;
//! election.push(&[4, 3, 2, 1], 17)?;
//! assert_eq!(count(Rule::Schulze, &election, None)?.winners(), [2]);
//! assert_eq!(count(Rule::InstantRunoff, &election, None)?.winners(), [4]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod abif;
mod amount;
mod apportionment;
mod approval;
mod approvals;
mod arithmetic;
pub mod audit;
mod australian_senate;
pub mod blt;
mod borda;
mod bottoms_up;
mod boxes;
pub mod budget;
mod cambridge;
mod constraint;
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
mod history;
mod instant_runoff;
mod irish;
mod lines;
pub mod lot;
mod majority_judgement;
pub mod margin;
mod meek;
mod minneapolis;
mod name;
pub mod nist;
mod northern_ireland;
mod outcome;
pub mod pabulib;
mod pairwise;
mod parcel;
mod phragmen;
mod plurality;
pub mod preflib;
pub mod print;
mod ranked_pairs;
pub mod rctab;
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
mod totals;
mod two_rounds;
mod utf16;
mod votes;
mod whole_papers;
pub mod works_council;

pub use apportionment::{
    ApportionError, ApportionmentMethod, Biproportional, BiproportionalError, Districts, apportion,
    biproportional,
};
pub use arithmetic::{Arithmetic, takes_fractions};
pub use boxes::{BoxError, BoxedCount, BoxedElection, Subtotal, count_boxes, has_subtotals};
pub use constraint::{Constraint, count_with_constraint, takes_constraint};
pub use count::{Conditions, count, count_under};
pub use countback::countback;
pub use election::{Ballot, BallotError, Ballots, Candidate, Election, MAXIMUM_CANDIDATES, Mark};
pub use error::CountError;
pub use format::Format;
pub use name::UnknownName;
pub use outcome::{Action, Count, Decision, Elected, Pairwise, Stage, Tie, TieBreak, Transfer};
pub use read_error::{ReadError, ReadFailure};
pub use rule::Rule;
pub use totals::Totals;
pub use votes::Votes;
