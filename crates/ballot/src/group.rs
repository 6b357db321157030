//! Groups of prime order (specification, "Groups"): what the protocol asks of one, and its elements and exponents
//! as they stand in messages.

use crate::randomness::{Randomness, RandomnessFailure};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::borrow::Cow;
use std::fmt::{self, Debug};
use std::ops::{Add, Mul, Neg, Sub};
use zeroize::Zeroize;

/// A cyclic group of prime order q with generator g, written multiplicatively.
pub trait Group: Copy + PartialEq + Debug + Send + Sync + 'static {
    /// The name in the election's field `group`.
    const NAME: &'static str;
    /// Bits that one number of a ranked or graded answer takes; none where the group cannot carry such answers.
    const EMBEDDING: Option<Embedding>;

    /// A point of the surrounding set: the curve, or the integers modulo p. [`Group::is_member`] says whether it
    /// is in the group.
    type Point: Copy + PartialEq + Debug + Send + Sync + 'static;
    /// An exponent: an integer modulo q.
    type Scalar: Scalar;
    /// Tables for two fixed bases: g and one other, in practice the election's public key y.
    type Bases: Send + Sync + 'static;

    /// The generator g.
    fn generator() -> Self::Point;
    /// The neutral element.
    fn identity() -> Self::Point;
    /// Reads the one canonical spelling of a point.
    fn decode(text: &str) -> Result<Self::Point, PointFault>;
    /// The canonical spellings of points, in their order.
    fn encode(points: &[Self::Point]) -> Vec<String>;
    /// Short keys of points: equal points have equal keys, different ones seldom.
    fn keys(points: &[Self::Point]) -> Vec<u64>;
    /// The order in which an encrypted tally lists the ciphertexts of a non-homomorphic question.
    fn order(left: &str, right: &str) -> std::cmp::Ordering;
    /// Whether the point's order divides q.
    fn is_member(point: &Self::Point) -> bool;
    /// left · right
    fn multiply(left: &Self::Point, right: &Self::Point) -> Self::Point;
    /// left / right
    fn divide(left: &Self::Point, right: &Self::Point) -> Self::Point;
    /// base^exponent, in time independent of the exponent.
    fn power(base: &Self::Point, exponent: &Self::Scalar) -> Self::Point;
    /// g^exponent, in time independent of the exponent.
    fn power_of_generator(exponent: &Self::Scalar) -> Self::Point;
    /// Tables for g and y, worth their making for about `uses` calls of [`Group::combine`].
    fn bases(y: &Self::Point, uses: usize) -> Self::Bases;
    /// For each term of each job g^g · y^y · variable^variable. Takes time that depends on the exponents: for public
    /// ones only.
    fn combine(bases: &Self::Bases, jobs: &[Job<Self>]) -> Vec<Vec<Self::Point>>;
    /// ∏ points^exponents. Takes time that depends on the exponents: for public ones only.
    fn product(points: &[Self::Point], exponents: &[Self::Scalar]) -> Self::Point;
    /// Encodes small integers as a group element (`of_ints`); none where they do not fit.
    fn embed(integers: &[u8]) -> Option<Self::Point>;
    /// The small integers that [`Group::embed`] encoded (`to_ints`).
    fn extract(count: usize, point: &Self::Point) -> Vec<u8>;
    /// A generator of which nobody knows the logarithm (`get_generator`).
    fn independent_generator(index: i64) -> Self::Point;
}

/// How a group carries vectors of small integers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Embedding {
    /// The largest number of integers of 8 bits that fit.
    pub integers: usize,
    /// Bits of padding (the specification's p), among which a group element is looked for.
    pub padding_bits: u32,
}

/// One product of powers of the two fixed bases and of a variable one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Term<S> {
    /// Exponent of g; none for 0.
    pub g: Option<S>,
    /// Exponent of y; none for 0.
    pub y: Option<S>,
    /// Exponent of the variable base.
    pub variable: S,
}

/// Products of powers that have the variable base in common.
#[derive(Debug, Clone, PartialEq)]
pub struct Job<G: Group> {
    /// The variable base.
    pub variable: G::Point,
    /// The exponents of each product.
    pub terms: Vec<Term<G::Scalar>>,
    /// The sum of the variable base's exponents, where it may be a short number: in a disjunction of two it is a hash
    /// of 256 bits, and one long power less is needed.
    pub sum: Option<G::Scalar>,
}

/// Integers modulo the group's order q.
pub trait Scalar:
    Copy
    + PartialEq
    + Debug
    + Send
    + Sync
    + Zeroize
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Neg<Output = Self>
    + 'static
{
    /// 0
    const ZERO: Self;
    /// 1
    const ONE: Self;
    /// A small number.
    fn from_u64(number: u64) -> Self;
    /// Big-endian bytes, at most 64 of them, modulo q.
    fn reduce(bytes: &[u8]) -> Self;
    /// A uniformly random number.
    fn random(randomness: &mut dyn Randomness) -> Result<Self, RandomnessFailure>;
    /// 1/self; 0 has none.
    fn invert(&self) -> Option<Self>;
    /// Reads a decimal number below q without leading zeros.
    fn decode(text: &str) -> Option<Self>;
    /// The decimal number.
    fn encode(&self) -> String;
}

/// Why a text is not a group element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PointFault {
    /// Not the one spelling that the group has for an element.
    #[error("is not a canonical encoding of a point")]
    NotCanonical,
    /// No point of the curve, or not between 1 and p - 1.
    #[error("is outside the curve or field")]
    Outside,
}

/// A point together with its canonical spelling, as it stands in messages and goes into hashes.
#[derive(Clone)]
pub struct Element<G: Group> {
    point: G::Point,
    text: Box<str>,
}

impl<G: Group> Element<G> {
    /// The element of a point.
    pub fn new(point: G::Point) -> Self {
        Self::all(&[point]).remove(0)
    }

    /// The elements of several points; cheaper than one by one.
    pub fn all(points: &[G::Point]) -> Vec<Self> {
        G::encode(points)
            .into_iter()
            .zip(points)
            .map(|(text, &point)| Self { point, text: text.into_boxed_str() })
            .collect()
    }

    /// Reads the canonical spelling.
    pub fn decode(text: &str) -> Result<Self, PointFault> {
        Ok(Self { point: G::decode(text)?, text: text.into() })
    }

    /// The point.
    pub fn point(&self) -> &G::Point {
        &self.point
    }

    /// The canonical spelling.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl<G: Group> PartialEq for Element<G> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<G: Group> Debug for Element<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<G: Group> Serialize for Element<G> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de, G: Group> Deserialize<'de> for Element<G> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        Self::decode(&text).map_err(|fault| de::Error::custom(format!("{} {fault}", excerpt(&text))))
    }
}

/// An exponent as it stands in messages: a decimal number in a string.
#[derive(Clone, Copy, PartialEq)]
pub struct Exponent<G: Group>(pub G::Scalar);

impl<G: Group> Debug for Exponent<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.encode())
    }
}

impl<G: Group> Serialize for Exponent<G> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.encode())
    }
}

impl<'de, G: Group> Deserialize<'de> for Exponent<G> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        G::Scalar::decode(&text).map(Self).ok_or_else(|| {
            de::Error::custom(format!("{} is not a decimal number below the group's order", excerpt(&text)))
        })
    }
}

/// An exponent that nobody else may learn: wiped when dropped, never printed.
pub struct SecretExponent<G: Group>(pub(crate) G::Scalar);

impl<G: Group> SecretExponent<G> {
    /// A uniformly random exponent.
    pub fn random(randomness: &mut dyn Randomness) -> Result<Self, RandomnessFailure> {
        G::Scalar::random(randomness).map(Self)
    }

    /// g^self
    pub fn public(&self) -> G::Point {
        G::power_of_generator(&self.0)
    }
}

impl<G: Group> Drop for SecretExponent<G> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// SHA-256 of `prefix` and the points' spellings separated by commas, modulo q: the protocol's challenges.
pub(crate) fn challenge<G: Group>(prefix: &[&str], commitments: &[G::Point]) -> G::Scalar {
    let mut text = prefix.concat();
    text.push_str(&G::encode(commitments).join(","));
    G::Scalar::reduce(&crate::digest::sha256(&[text.as_bytes()]))
}

/// The beginning of a text, for messages.
pub(crate) fn excerpt(text: &str) -> String {
    match text.char_indices().nth(24) {
        Some((end, _)) => format!("{:?}…", &text[..end]),
        None => format!("{text:?}"),
    }
}

/// Reads an unsigned decimal number without sign, leading zeros or separators.
pub(crate) fn decimal<const LIMBS: usize>(text: &str) -> Option<crypto_bigint::Uint<LIMBS>> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let leading_zero = text.len() > 1 && text.starts_with('0');
    if !digits || leading_zero {
        return None;
    }
    crypto_bigint::Uint::from_str_radix_vartime(text, 10).ok()
}
