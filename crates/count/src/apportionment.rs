//! Apportionment: seats in proportion to members or votes.
//!
//! Names and definitions follow M. L. Balinski and H. P. Young, *Fair Representation* (2nd edition, 2001) and
//! F. Pukelsheim, *Proportional Representation* (2nd edition, 2017).

mod biproportional;
mod divisor;
mod quota;

pub use biproportional::{Biproportional, BiproportionalError, Districts, biproportional};

use crate::lot::{self, Seed};
use crate::name::named;
use thiserror::Error;

/// A method of apportionment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ApportionmentMethod {
    /// Whole Hare quotas first, then the largest remainders (Hamilton, Hare–Niemeyer).
    LargestRemainder,
    /// The same with the Droop quota, ⌊votes / (seats + 1)⌋ + 1.
    LargestRemainderDroop,
    /// The same with the Imperiali quota, votes / (seats + 2); where that gives away too many seats, the Droop quota.
    LargestRemainderImperiali,
    /// Divisors 1, 3, 5, … (Webster, Sainte-Laguë): no bias between large and small.
    Webster,
    /// Divisors 1.4, 3, 5, …: Sainte-Laguë with a first seat that is harder to win (Norway; Sweden until 2018).
    ModifiedSainteLague,
    /// Divisors 1, 2, 3, … (D'Hondt, Jefferson): favours the large.
    Dhondt,
    /// Divisors 2, 3, 4, …: favours the large even more (municipal councils of Belgium).
    Imperiali,
    /// Divisors 1, 4, 7, …: favours the small (Denmark, seats within a province until 2023; by estate).
    Danish,
    /// Divisors 0, 1, 2, …: favours the small; everybody with a vote gets a seat where there are enough.
    Adams,
    /// Divisors at the harmonic means of neighbouring whole numbers.
    Dean,
    /// Divisors at the geometric means (Equal Proportions): United States Code, title 2, section 2a.
    HuntingtonHill,
}

impl ApportionmentMethod {
    /// Every method.
    pub const ALL: &[Self] = &[
        Self::LargestRemainder,
        Self::LargestRemainderDroop,
        Self::LargestRemainderImperiali,
        Self::Webster,
        Self::ModifiedSainteLague,
        Self::Dhondt,
        Self::Imperiali,
        Self::Danish,
        Self::Adams,
        Self::Dean,
        Self::HuntingtonHill,
    ];

    /// The name by which charters and commands call the method.
    pub fn name(self) -> &'static str {
        match self {
            Self::LargestRemainder => "largest-remainder",
            Self::LargestRemainderDroop => "largest-remainder-droop",
            Self::LargestRemainderImperiali => "largest-remainder-imperiali",
            Self::Webster => "webster",
            Self::ModifiedSainteLague => "modified-sainte-lague",
            Self::Dhondt => "dhondt",
            Self::Imperiali => "imperiali",
            Self::Danish => "danish",
            Self::Adams => "adams",
            Self::Dean => "dean",
            Self::HuntingtonHill => "huntington-hill",
        }
    }

    /// Other names for the same method.
    pub fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::LargestRemainder => &["hamilton", "hare-niemeyer"],
            Self::Webster => &["sainte-lague"],
            Self::Dhondt => &["d-hondt", "jefferson"],
            Self::HuntingtonHill => &["equal-proportions", "hill"],
            _ => &[],
        }
    }

    /// What the method does, in a sentence.
    pub fn summary(self) -> &'static str {
        match self {
            Self::LargestRemainder => "whole quotas of votes / seats, then the largest remainders",
            Self::LargestRemainderDroop => {
                "whole quotas of ⌊votes / (seats + 1)⌋ + 1, then the largest remainders"
            }
            Self::LargestRemainderImperiali => {
                "whole quotas of votes / (seats + 2), then the largest remainders"
            }
            Self::Webster => "highest averages with divisors 1, 3, 5, …",
            Self::ModifiedSainteLague => "highest averages with divisors 1.4, 3, 5, …",
            Self::Dhondt => "highest averages with divisors 1, 2, 3, …",
            Self::Imperiali => "highest averages with divisors 2, 3, 4, …",
            Self::Danish => "highest averages with divisors 1, 4, 7, …",
            Self::Adams => "highest averages with divisors 0, 1, 2, …",
            Self::Dean => "highest averages with the harmonic means of neighbouring whole numbers",
            Self::HuntingtonHill => "highest averages with the geometric means of neighbouring whole numbers",
        }
    }
}

named!(ApportionmentMethod, "method of apportionment");

/// Why seats could not be apportioned.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ApportionError {
    /// The minimums alone need more seats than there are.
    #[error(
        "{claimants} claimants with at least {minimum} each need {needed} seats, but there are only {seats}"
    )]
    MinimumsExceedSeats {
        /// How many share the seats.
        claimants: usize,
        /// The least for each.
        minimum: u32,
        /// Seats to be shared.
        seats: u32,
        /// Seats that the minimums need.
        needed: u64,
    },
    /// The maximums together leave seats over.
    #[error(
        "{seats} seats cannot be filled: at most {fillable} can be, because of the maximum or for want of weight"
    )]
    SeatsExceedMaximums {
        /// Seats to be shared.
        seats: u32,
        /// Seats that can be given out.
        fillable: u64,
    },
    /// The least exceeds the most.
    #[error("the minimum of {minimum} seats exceeds the maximum of {maximum}")]
    MinimumExceedsMaximum {
        /// The least for each.
        minimum: u32,
        /// The most for each.
        maximum: u32,
    },
    /// A lot is needed and no seed was passed.
    #[error(
        "a lot is needed for the last seats between claimants {tied:?}; pass a seed that was agreed beforehand"
    )]
    LotNeeded {
        /// The tied claimants by their place in the list, from 1, ascending.
        tied: Vec<usize>,
    },
}

/// Shares `seats` in proportion to `weights` (members or votes), at least `minimum` and at most `maximum` to each.
///
/// A minimum or maximum that binds is a bound inside the method, not a correction afterwards: under a method of
/// divisors each gets what the common divisor gives, or the bound (Balinski and Young, appendix A, section 6); under
/// a method of quotas whoever falls short of the minimum gets it and leaves the division, which is made again among
/// the others. Claimants of weight zero get the minimum and no more. Ties are broken by lot (see [`crate::lot`]).
pub fn apportion(
    method: ApportionmentMethod,
    weights: &[u64],
    seats: u32,
    minimum: u32,
    maximum: Option<u32>,
    seed: Option<&Seed>,
) -> Result<Vec<u32>, ApportionError> {
    let maximum = maximum.unwrap_or(u32::MAX);
    let problem = Problem { weights, seats, minimum, maximum, seed };
    problem.check()?;
    match method {
        ApportionmentMethod::LargestRemainder
        | ApportionmentMethod::LargestRemainderDroop
        | ApportionmentMethod::LargestRemainderImperiali => quota::apportion(method, &problem),
        _ => divisor::apportion(method, &problem),
    }
}

struct Problem<'a> {
    weights: &'a [u64],
    seats: u32,
    minimum: u32,
    maximum: u32,
    seed: Option<&'a Seed>,
}

impl Problem<'_> {
    fn check(&self) -> Result<(), ApportionError> {
        let &Self { weights, seats, minimum, maximum, .. } = self;
        if minimum > maximum {
            return Err(ApportionError::MinimumExceedsMaximum { minimum, maximum });
        }
        let needed = weights.len() as u64 * u64::from(minimum);
        if needed > u64::from(seats) {
            return Err(ApportionError::MinimumsExceedSeats {
                claimants: weights.len(),
                minimum,
                seats,
                needed,
            });
        }
        let most = |weight: &u64| u64::from(if *weight == 0 { minimum } else { maximum });
        let fillable: u64 = weights.iter().map(most).sum();
        if fillable < u64::from(seats) {
            return Err(ApportionError::SeatsExceedMaximums { seats, fillable });
        }
        Ok(())
    }

    /// `places` of the tied, by lot.
    fn draw(&self, tied: &[usize], places: usize) -> Result<Vec<usize>, ApportionError> {
        let mut numbers: Vec<u32> = tied.iter().map(|index| *index as u32 + 1).collect();
        numbers.sort_unstable();
        let Some(seed) = self.seed else {
            return Err(ApportionError::LotNeeded { tied: numbers.iter().map(|n| *n as usize).collect() });
        };
        let drawn = lot::draw(seed, "last seats", &numbers);
        Ok(drawn.into_iter().take(places).map(|number| number as usize - 1).collect())
    }
}

#[cfg(test)]
mod tests;
