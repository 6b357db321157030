//! What a sheet adds up: whole units where a rule keeps decimal places, fractions where it is counted without rounding.

use crate::Votes;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Zero;
use std::ops::Sub;

/// An exact number of units.
pub(crate) trait Amount: Clone + Ord + Zero + Sub<Output = Self> {
    /// As votes, of which each has so many units.
    fn votes(&self, per_vote: i128) -> Votes;
}

impl Amount for i128 {
    fn votes(&self, per_vote: i128) -> Votes {
        Votes::new(*self, per_vote)
    }
}

impl Amount for BigRational {
    fn votes(&self, per_vote: i128) -> Votes {
        Votes::from(self / BigInt::from(per_vote))
    }
}
