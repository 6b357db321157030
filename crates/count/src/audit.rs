//! Risk-limiting audits: how many papers to look at by hand, which ones, and when it is enough.
//!
//! An outcome is broken into assertions ([`of_most_votes`], `raire`). Papers are drawn with a seed that everybody could
//! see being made (`sample`). Each paper is compared with how it was counted ([`Comparison`]), or, where the order of
//! the papers is not that of the file, only read ([`Poll`]). The audit ends when the risk of every assertion is at most
//! the risk limit; a wrong outcome then had at most that chance to pass. All risks are exact fractions.

mod assertion;
mod raire;
mod risk;
mod sample;

pub use assertion::{Assertion, Kind, of_most_votes};
pub use raire::{Assertions, assertions};
pub use risk::{Comparison, Poll, draws_without_difference};
pub use sample::draw;
