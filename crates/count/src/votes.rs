//! Exact numbers of votes.

use num_bigint::{BigInt, Sign};
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};
use serde::{Serialize, Serializer};
use std::cmp::Ordering;
use std::fmt;

/// An exact number of votes: an integer, a decimal or a fraction, never rounded by this type.
///
/// It prints as a decimal where it has a finite one (`1264.5`) and as a fraction where not (`2/3`).
/// In JSON a whole number is a number, and any other one a string of the same text, because readers of JSON
/// would round it.
#[derive(Clone)]
pub struct Votes(Form);

/// Counts in fixed decimal places make thousands of these, so the common case does without big integers.
#[derive(Clone)]
enum Form {
    Small { numerator: i128, denominator: i128 },
    Big(Box<BigRational>),
}

impl Votes {
    /// No votes.
    pub const ZERO: Self = Self(Form::Small { numerator: 0, denominator: 1 });

    /// `numerator / denominator` votes. The denominator must be positive.
    pub fn new(numerator: i128, denominator: i128) -> Self {
        assert!(denominator > 0, "the denominator of a number of votes must be positive");
        Self(Form::Small { numerator, denominator })
    }

    /// The same as a rational number in lowest terms.
    pub fn to_rational(&self) -> BigRational {
        match &self.0 {
            Form::Small { numerator, denominator } => {
                BigRational::new(BigInt::from(*numerator), BigInt::from(*denominator))
            }
            Form::Big(ratio) => ratio.as_ref().clone(),
        }
    }

    /// The whole number that this is, or `None` where it is no whole number or does not fit.
    pub fn to_integer(&self) -> Option<i128> {
        match &self.0 {
            Form::Small { numerator, denominator } => {
                (numerator % denominator == 0).then(|| numerator / denominator)
            }
            Form::Big(ratio) => ratio.is_integer().then(|| ratio.to_integer().to_i128()).flatten(),
        }
    }

    /// How many decimal digits it takes to write this exactly; of a fraction without a finite decimal, those of numerator
    /// and denominator.
    pub fn digits(&self) -> usize {
        self.to_string().bytes().filter(u8::is_ascii_digit).count()
    }

    /// The sum of both.
    pub(crate) fn plus(&self, other: &Self) -> Self {
        Self::from(self.to_rational() + other.to_rational())
    }

    /// This many times as many votes.
    pub(crate) fn times(&self, factor: u32) -> Self {
        Self::from(self.to_rational() * BigInt::from(factor))
    }

    /// Written with exactly `places` decimal places, cut off, not rounded: for tables meant for people.
    pub fn to_decimal(&self, places: u32) -> String {
        let ratio = self.to_rational();
        let scaled = (ratio * BigInt::from(10).pow(places)).trunc().to_integer();
        decimal(&scaled, places)
    }
}

/// `scaled / 10^places` in decimal notation.
fn decimal(scaled: &BigInt, places: u32) -> String {
    let sign = if scaled.sign() == Sign::Minus { "-" } else { "" };
    let places = places as usize;
    let digits = format!("{:0>width$}", scaled.abs().to_string(), width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// How many decimal places the fraction with this denominator (in lowest terms) needs, if finitely many.
fn decimal_places(mut denominator: BigInt) -> Option<u32> {
    let mut count = |prime: u32| {
        let mut times = 0;
        while (&denominator % prime).is_zero() {
            denominator /= prime;
            times += 1;
        }
        times
    };
    let places = count(2).max(count(5));
    denominator.is_one().then_some(places)
}

/// With a precision (`{:.9}`), what needs more digits is cut off after so many decimal places, and an ellipsis says so.
impl fmt::Display for Votes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(whole) = self.to_integer() {
            return write!(f, "{whole}");
        }
        let ratio = self.to_rational();
        match (decimal_places(ratio.denom().clone()), f.precision()) {
            (places, Some(most)) if is_longer(places, &ratio, most) => {
                write!(f, "{}…", self.to_decimal(most as u32))
            }
            (Some(places), _) => f.write_str(&self.to_decimal(places)),
            (None, _) => write!(f, "{}/{}", ratio.numer(), ratio.denom()),
        }
    }
}

/// Whether a number takes more than so many decimal places, or as a fraction more digits than that below the line.
fn is_longer(places: Option<u32>, ratio: &BigRational, most: usize) -> bool {
    match places {
        Some(places) => places as usize > most,
        None => *ratio.denom() > BigInt::from(10).pow(most as u32),
    }
}

impl fmt::Debug for Votes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Votes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.to_integer().and_then(|whole| i64::try_from(whole).ok()) {
            Some(whole) => serializer.serialize_i64(whole),
            None => serializer.collect_str(self),
        }
    }
}

impl Ord for Votes {
    fn cmp(&self, other: &Self) -> Ordering {
        if let (Form::Small { numerator: a, denominator: b }, Form::Small { numerator: c, denominator: d }) =
            (&self.0, &other.0)
            && let (Some(left), Some(right)) = (a.checked_mul(*d), c.checked_mul(*b))
        {
            return left.cmp(&right);
        }
        self.to_rational().cmp(&other.to_rational())
    }
}

impl PartialOrd for Votes {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Votes {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Votes {}

impl From<u64> for Votes {
    fn from(whole: u64) -> Self {
        Self::new(i128::from(whole), 1)
    }
}

impl From<BigRational> for Votes {
    fn from(ratio: BigRational) -> Self {
        match (ratio.numer().to_i128(), ratio.denom().to_i128()) {
            (Some(numerator), Some(denominator)) => Self::new(numerator, denominator),
            _ => Self(Form::Big(Box::new(ratio))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_decimals_where_they_end_and_fractions_where_not() {
        for (numerator, denominator, text) in [
            (1265, 1, "1265"),
            (126_450_000, 100_000, "1264.5"),
            (-5, 100_000, "-0.00005"),
            (2, 3, "2/3"),
            (20, 10, "2"),
            (7, 16, "0.4375"),
        ] {
            assert_eq!(Votes::new(numerator, denominator).to_string(), text);
        }
        assert_eq!(Votes::new(2, 3).to_decimal(2), "0.66");
        assert_eq!(
            format!("{:.3} {:.4} {:.1}", Votes::new(7, 16), Votes::new(7, 16), Votes::new(3, 1)),
            "0.437… 0.4375 3"
        );
    }

    #[test]
    fn equal_values_of_different_form_are_equal() {
        assert_eq!(Votes::new(1, 2), Votes::new(50_000, 100_000));
        assert!(Votes::new(i128::MAX, 3) > Votes::new(i128::MAX, 4));
    }
}
