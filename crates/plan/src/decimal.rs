//! Exact decimal numbers: what stands in files, and what the check computes with.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};
use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, Mul, Neg, Sub};
use std::str::FromStr;

/// An exact decimal number: `mantissa` × 10^−`decimals`. Sums and products are exact, so their decimals grow as
/// they must; equality and order are those of the numbers, whatever their decimals.
#[derive(Debug, Clone)]
pub struct Decimal {
    mantissa: BigInt,
    decimals: u32,
}

/// Why a text is not the number that its place asks for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Not digits with at most one point and a sign before them. Exponents, thousands separators, `NaN` and
    /// `inf` are refused too: a plan's numbers mean the same to every reader or they are not read.
    #[error("`{0}` is not a plain decimal number; write it like 1234.5, without exponent or separators")]
    NotDecimal(String),
    /// More decimals than the row's unit has.
    #[error("`{text}` has more than {allowed} decimals; round it, or raise the decimals of its unit")]
    TooManyDecimals {
        /// The number as it stands.
        text: String,
        /// Decimals that the unit has.
        allowed: u32,
    },
    /// Beyond what exact arithmetic in 128 bits can add up without care.
    #[error(
        "`{0}` is too large; the limit is 15 digits at the decimals of its unit, so choose a larger unit"
    )]
    TooLarge(String),
}

impl Decimal {
    /// `mantissa` × 10^−`decimals`.
    pub fn new(mantissa: impl Into<BigInt>, decimals: u32) -> Self {
        Self { mantissa: mantissa.into(), decimals }
    }

    /// Nought.
    pub fn zero() -> Self {
        Self::new(0, 0)
    }

    /// The mantissa at exactly `decimals` decimals; `None` where that would drop a digit other than nought.
    pub fn mantissa_at(&self, decimals: u32) -> Option<BigInt> {
        if decimals >= self.decimals {
            return Some(&self.mantissa * power_of_ten(decimals - self.decimals));
        }
        let power = power_of_ten(self.decimals - decimals);
        (&self.mantissa % &power).is_zero().then(|| &self.mantissa / &power)
    }

    /// Whether it is nought.
    pub fn is_zero(&self) -> bool {
        self.mantissa.is_zero()
    }

    /// Whether it is below nought.
    pub fn is_negative(&self) -> bool {
        self.mantissa.is_negative()
    }

    /// The distance from nought.
    pub fn abs(&self) -> Self {
        Self { mantissa: self.mantissa.abs(), decimals: self.decimals }
    }

    /// The same number as a fraction.
    pub fn to_rational(&self) -> BigRational {
        BigRational::new(self.mantissa.clone(), power_of_ten(self.decimals))
    }

    /// The nearest floating-point number: for showing, never for deciding.
    pub fn to_f64(&self) -> f64 {
        self.to_rational().to_f64().unwrap_or(f64::NAN)
    }

    /// How many decimals it carries.
    pub fn decimals(&self) -> u32 {
        self.decimals
    }

    /// Both mantissas at the larger number of decimals.
    fn aligned(&self, other: &Self) -> (BigInt, BigInt, u32) {
        let decimals = self.decimals.max(other.decimals);
        let at = |number: &Self| &number.mantissa * power_of_ten(decimals - number.decimals);
        (at(self), at(other), decimals)
    }
}

/// 10^`exponent`.
pub(crate) fn power_of_ten(exponent: u32) -> BigInt {
    BigInt::from(10u8).pow(exponent)
}

impl Add for &Decimal {
    type Output = Decimal;
    fn add(self, other: &Decimal) -> Decimal {
        let (left, right, decimals) = self.aligned(other);
        Decimal { mantissa: left + right, decimals }
    }
}

impl Sub for &Decimal {
    type Output = Decimal;
    fn sub(self, other: &Decimal) -> Decimal {
        let (left, right, decimals) = self.aligned(other);
        Decimal { mantissa: left - right, decimals }
    }
}

impl Mul for &Decimal {
    type Output = Decimal;
    fn mul(self, other: &Decimal) -> Decimal {
        Decimal { mantissa: &self.mantissa * &other.mantissa, decimals: self.decimals + other.decimals }
    }
}

impl Neg for &Decimal {
    type Output = Decimal;
    fn neg(self) -> Decimal {
        Decimal { mantissa: -&self.mantissa, decimals: self.decimals }
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let (left, right, _) = self.aligned(other);
        left.cmp(&right)
    }
}

/// Without trailing noughts, so that each number is written in one way only: `-1.25`, `3`, `0`.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad_integral(
            !self.mantissa.is_negative(),
            "",
            &written(&self.mantissa.abs().to_string(), self.decimals),
        )
    }
}

impl FromStr for Decimal {
    type Err = NumberError;

    /// Reads a plain decimal number with any number of decimals, of at most 200 characters.
    fn from_str(text: &str) -> Result<Self, NumberError> {
        const LONGEST: usize = 200;
        if text.len() > LONGEST {
            return Err(NumberError::TooLarge(shortened(text)));
        }
        let not_decimal = || NumberError::NotDecimal(shortened(text));
        let (digits, decimals) = split(text.as_bytes()).ok_or_else(not_decimal)?;
        let mantissa = BigInt::parse_bytes(&digits, 10).ok_or_else(not_decimal)?;
        Ok(Self { mantissa, decimals })
    }
}

/// Sign and digits without the point, and how many stood behind the point.
fn split(text: &[u8]) -> Option<(Vec<u8>, u32)> {
    let (sign, body) = match text {
        [b'-', rest @ ..] => (Some(b'-'), rest),
        _ => (None, text),
    };
    let point = body.iter().position(|&byte| byte == b'.');
    let (whole, fraction) = match point {
        Some(at) => (&body[..at], &body[at + 1..]),
        None => (body, &body[..0]),
    };
    let plain = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    if whole.is_empty() || (point.is_some() && fraction.is_empty()) || !plain(whole) || !plain(fraction) {
        return None;
    }
    let digits = sign.into_iter().chain(whole.iter().copied()).chain(fraction.iter().copied()).collect();
    Some((digits, u32::try_from(fraction.len()).ok()?))
}

/// The mantissa of `text` at `decimals` decimals, as files hold quantities. At most 15 digits, so that every
/// quantity is also exact in a spreadsheet and in a solver's double.
pub(crate) fn parse_fixed(text: &[u8], decimals: u32) -> Result<i64, NumberError> {
    let shown = || shortened(&String::from_utf8_lossy(text));
    let (negative, body) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    let mut mantissa: i64 = 0;
    let (mut digits, mut behind, mut point) = (0usize, 0u32, false);
    for &byte in body {
        match byte {
            b'.' if !point && digits > 0 => point = true,
            b'0'..=b'9' => {
                digits += 1;
                if point {
                    behind += 1;
                    // Trailing noughts beyond the unit's decimals say nothing and are let pass.
                    if behind > decimals {
                        if byte != b'0' {
                            return Err(NumberError::TooManyDecimals { text: shown(), allowed: decimals });
                        }
                        continue;
                    }
                }
                mantissa = mantissa * 10 + i64::from(byte - b'0');
                if mantissa > crate::LARGEST_MANTISSA {
                    return Err(NumberError::TooLarge(shown()));
                }
            }
            _ => return Err(NumberError::NotDecimal(shown())),
        }
    }
    if digits == 0 || (point && behind == 0) {
        return Err(NumberError::NotDecimal(shown()));
    }
    for _ in behind.min(decimals)..decimals {
        mantissa *= 10;
        if mantissa > crate::LARGEST_MANTISSA {
            return Err(NumberError::TooLarge(shown()));
        }
    }
    Ok(if negative { -mantissa } else { mantissa })
}

/// The text of `mantissa` × 10^−`decimals` without trailing noughts.
pub(crate) fn format_fixed(mantissa: i64, decimals: u32) -> String {
    let mut text = Vec::new();
    write_fixed(&mut text, mantissa, decimals);
    String::from_utf8(text).expect("digits are UTF-8")
}

/// Appends that text, without an allocation of its own: economies have millions of numbers.
pub(crate) fn write_fixed(text: &mut Vec<u8>, mantissa: i64, decimals: u32) {
    if mantissa < 0 {
        text.push(b'-');
    }
    let mut rest = mantissa.unsigned_abs();
    let mut behind = decimals as usize;
    while behind > 0 && rest.is_multiple_of(10) {
        rest /= 10;
        behind -= 1;
    }
    let start = text.len();
    let mut written = 0;
    while rest > 0 || written <= behind {
        if written == behind && behind > 0 {
            text.push(b'.');
        }
        text.push(b'0' + (rest % 10) as u8);
        rest /= 10;
        written += 1;
    }
    text[start..].reverse();
}

/// Places the point in a row of digits and drops the noughts behind it.
fn written(digits: &str, decimals: u32) -> String {
    let decimals = decimals as usize;
    if decimals == 0 {
        return digits.to_owned();
    }
    let padded = format!("{digits:0>width$}", width = decimals + 1);
    let (whole, fraction) = padded.split_at(padded.len() - decimals);
    match fraction.trim_end_matches('0') {
        "" => whole.to_owned(),
        fraction => format!("{whole}.{fraction}"),
    }
}

/// A value as an error message may carry it: never a ten-megabyte line.
pub(crate) fn shortened(text: &str) -> String {
    const LONGEST: usize = 40;
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
