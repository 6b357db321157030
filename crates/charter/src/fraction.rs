//! Exact fractions: shares, quorums and majorities.

use std::cmp::Ordering;
use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

/// An exact fraction that is not negative, kept in lowest terms, so that `2/4` equals `1/2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fraction {
    numerator: u64,
    denominator: NonZeroU64,
}

impl Fraction {
    /// Nothing.
    pub const ZERO: Self = Self { numerator: 0, denominator: NonZeroU64::MIN };
    /// The whole.
    pub const ONE: Self = Self { numerator: 1, denominator: NonZeroU64::MIN };

    /// `numerator / denominator` in lowest terms; `None` where the denominator is zero.
    pub fn new(numerator: u64, denominator: u64) -> Option<Self> {
        let divisor = greatest_common_divisor(numerator, denominator);
        let numerator = numerator.checked_div(divisor)?;
        let denominator = NonZeroU64::new(denominator.checked_div(divisor)?)?;
        Some(Self { numerator, denominator })
    }

    /// The numerator in lowest terms.
    pub fn numerator(self) -> u64 {
        self.numerator
    }

    /// The denominator in lowest terms, never zero.
    pub fn denominator(self) -> u64 {
        self.denominator.get()
    }

    /// The least whole number that is at least this share of `n` (`2/3` of 694 is 463). Saturates at `u64::MAX`.
    pub fn at_least(self, n: u64) -> u64 {
        saturate(self.product(n).div_ceil(u128::from(self.denominator())))
    }

    /// The least whole number that is strictly more than this share of `n` (`1/2` of 694 is 348). Saturates at
    /// `u64::MAX`.
    pub fn more_than(self, n: u64) -> u64 {
        saturate(self.product(n) / u128::from(self.denominator()) + 1)
    }

    /// `self + other`, `None` where the exact sum does not fit.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let (a, b) = (u128::from(self.denominator()), u128::from(other.denominator()));
        let numerator = self.product(other.denominator()).checked_add(other.product(self.denominator()))?;
        let (mut x, mut y) = (numerator, a * b);
        while y != 0 {
            (x, y) = (y, x % y);
        }
        Self::new(u64::try_from(numerator / x).ok()?, u64::try_from(a * b / x).ok()?)
    }

    fn product(self, n: u64) -> u128 {
        u128::from(self.numerator) * u128::from(n)
    }
}

fn greatest_common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

fn saturate(n: u128) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

impl Ord for Fraction {
    fn cmp(&self, other: &Self) -> Ordering {
        self.product(other.denominator()).cmp(&other.product(self.denominator()))
    }
}

impl PartialOrd for Fraction {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.denominator() {
            1 => write!(f, "{}", self.numerator),
            denominator => write!(f, "{}/{denominator}", self.numerator),
        }
    }
}

/// The text is no fraction such as `1/2` or `1`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "found {0:?}, expected a fraction such as \"1/2\" or a whole number such as \"1\", without sign or decimal point"
)]
pub struct NotAFraction(String);

impl FromStr for Fraction {
    type Err = NotAFraction;

    /// Reads `numerator/denominator` or a whole number; digits only, spaces around each allowed.
    fn from_str(text: &str) -> Result<Self, NotAFraction> {
        let (numerator, denominator) = text.split_once('/').unwrap_or((text, "1"));
        whole_number(numerator)
            .zip(whole_number(denominator))
            .and_then(|(numerator, denominator)| Self::new(numerator, denominator))
            .ok_or_else(|| NotAFraction(text.to_owned()))
    }
}

fn whole_number(text: &str) -> Option<u64> {
    let digits = text.trim();
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_fractions_and_refuses_what_is_none() {
        let cases = [
            ("1/5", Some((1, 5))),
            ("2/4", Some((1, 2))),
            ("1", Some((1, 1))),
            ("0", Some((0, 1))),
            (" 2 / 3 ", Some((2, 3))),
            ("1/0", None),
            ("0/0", None),
            ("-1/2", None),
            ("+1/2", None),
            ("0.5", None),
            ("1/2/3", None),
            ("", None),
            ("18446744073709551616", None),
        ];
        for (text, expected) in cases {
            let read = text.parse::<Fraction>().ok().map(|f| (f.numerator(), f.denominator()));
            assert_eq!(read, expected, "{text:?}");
        }
    }

    #[test]
    fn two_thirds_of_694_delegates_are_463_and_more_than_half_348() {
        assert_eq!("2/3".parse::<Fraction>().unwrap().at_least(694), 463);
        assert_eq!("1/2".parse::<Fraction>().unwrap().more_than(694), 348);
        assert_eq!(Fraction::ONE.at_least(u64::MAX), u64::MAX);
        assert_eq!(Fraction::ONE.more_than(u64::MAX), u64::MAX);
        assert_eq!(Fraction::ZERO.at_least(10), 0);
        assert_eq!(Fraction::ZERO.more_than(10), 1);
    }

    proptest! {
        #[test]
        fn thresholds_are_the_least_numbers_that_meet_them(a in 0..=u64::MAX, b in 1..=u64::MAX, n in 0..=u64::MAX) {
            let share = Fraction::new(a, b).unwrap();
            let reaches = |k: u64| u128::from(k) * u128::from(b) >= u128::from(a) * u128::from(n);
            let exceeds = |k: u64| u128::from(k) * u128::from(b) > u128::from(a) * u128::from(n);
            let (least, more) = (share.at_least(n), share.more_than(n));
            prop_assert!(least == u64::MAX || reaches(least));
            prop_assert!(least == 0 || !reaches(least - 1));
            prop_assert!(more == u64::MAX || exceeds(more));
            prop_assert!(more == 0 || !exceeds(more - 1));
        }

        #[test]
        fn display_reads_back(a in 0..=u64::MAX, b in 1..=u64::MAX) {
            let share = Fraction::new(a, b).unwrap();
            prop_assert_eq!(share.to_string().parse::<Fraction>(), Ok(share));
        }

        #[test]
        fn sums_are_exact(a in 0..1000u64, b in 1..1000u64, c in 0..1000u64, d in 1..1000u64) {
            let sum = Fraction::new(a, b).unwrap().checked_add(Fraction::new(c, d).unwrap());
            prop_assert_eq!(sum, Fraction::new(a * d + c * b, b * d));
        }
    }
}
