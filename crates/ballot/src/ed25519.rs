//! The group Ed25519 (specification from 2.1 on, "Elliptic curves"), on curve25519-dalek.
//!
//! Unlike RFC 8032, the specification writes a compressed point as one number in hexadecimal, most significant
//! digit first: the bytes of RFC 8032 in reverse.

use crate::digest::sha256;
use crate::group::{self, Embedding, Group, Job, PointFault, Term};
use crate::randomness::{Randomness, RandomnessFailure};
use crypto_bigint::U256;
use curve25519_dalek::constants::ED25519_BASEPOINT_POINT;
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint, VartimeEdwardsPrecomputation};
use curve25519_dalek::scalar::Scalar as Residue;
use curve25519_dalek::traits::{Identity, VartimeMultiscalarMul, VartimePrecomputedMultiscalarMul};
use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, Mul, Neg, Sub};
use zeroize::Zeroize;

/// The prime-order subgroup of Curve25519 in Edwards form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ed25519;

/// 2^255 - 19, the field's characteristic, least significant byte first.
const FIELD_CHARACTERISTIC: [u8; 32] = {
    let mut bytes = [0xff; 32];
    bytes[0] = 0xed;
    bytes[31] = 0x7f;
    bytes
};

/// Bits of an embedded number below its padding (the specification's p).
const PADDING_BITS: u32 = 14;

/// Tables for g and y: g's are curve25519-dalek's own.
pub struct Ed25519Bases {
    y: VartimeEdwardsPrecomputation,
    both: VartimeEdwardsPrecomputation,
}

impl Group for Ed25519 {
    const NAME: &'static str = "Ed25519";
    const EMBEDDING: Option<Embedding> = Some(Embedding { integers: 30, padding_bits: PADDING_BITS });

    type Point = EdwardsPoint;
    type Scalar = Ed25519Scalar;
    type Bases = Ed25519Bases;

    fn generator() -> EdwardsPoint {
        ED25519_BASEPOINT_POINT
    }

    fn identity() -> EdwardsPoint {
        EdwardsPoint::identity()
    }

    fn decode(text: &str) -> Result<EdwardsPoint, PointFault> {
        if text.len() != 64 || text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(PointFault::NotCanonical);
        }
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| PointFault::NotCanonical)?;
        bytes.reverse();
        decompress(bytes)
    }

    fn encode(points: &[EdwardsPoint]) -> Vec<String> {
        let compressed = EdwardsPoint::compress_batch_alloc(points);
        compressed
            .into_iter()
            .map(|point| {
                let mut bytes = point.to_bytes();
                bytes.reverse();
                hexadecimal(&bytes)
            })
            .collect()
    }

    fn keys(points: &[EdwardsPoint]) -> Vec<u64> {
        let compressed = EdwardsPoint::compress_batch_alloc(points);
        compressed.iter().map(|point| u64::from_le_bytes(*first_bytes(point.as_bytes()))).collect()
    }

    /// The reference implementation compares RFC 8032's bytes, which are the spelling's pairs of digits backwards.
    fn order(left: &str, right: &str) -> Ordering {
        let pairs = |text: &'_ str| text.as_bytes().chunks(2).rev().map(<[u8]>::to_vec).collect::<Vec<_>>();
        pairs(left).cmp(&pairs(right))
    }

    fn is_member(point: &EdwardsPoint) -> bool {
        // q · point = (q - 1) · point + point, and q - 1 is a reduced exponent.
        let almost = EdwardsPoint::vartime_double_scalar_mul_basepoint(&-Residue::ONE, point, &Residue::ZERO);
        almost + point == EdwardsPoint::identity()
    }

    fn multiply(left: &EdwardsPoint, right: &EdwardsPoint) -> EdwardsPoint {
        left + right
    }

    fn divide(left: &EdwardsPoint, right: &EdwardsPoint) -> EdwardsPoint {
        left - right
    }

    fn power(base: &EdwardsPoint, exponent: &Ed25519Scalar) -> EdwardsPoint {
        base * exponent.0
    }

    fn power_of_generator(exponent: &Ed25519Scalar) -> EdwardsPoint {
        EdwardsPoint::mul_base(&exponent.0)
    }

    fn bases(y: &EdwardsPoint, _uses: usize) -> Ed25519Bases {
        Ed25519Bases {
            y: VartimeEdwardsPrecomputation::new([*y]),
            both: VartimeEdwardsPrecomputation::new([ED25519_BASEPOINT_POINT, *y]),
        }
    }

    fn combine(bases: &Ed25519Bases, jobs: &[Job<Self>]) -> Vec<Vec<EdwardsPoint>> {
        let all = |job: &Job<Self>| job.terms.iter().map(|term| bases.product(&job.variable, term)).collect();
        jobs.iter().map(all).collect()
    }

    fn product(points: &[EdwardsPoint], exponents: &[Ed25519Scalar]) -> EdwardsPoint {
        EdwardsPoint::vartime_multiscalar_mul(exponents.iter().map(|exponent| exponent.0), points)
    }

    fn embed(integers: &[u8]) -> Option<EdwardsPoint> {
        if integers.len() > Self::EMBEDDING.map_or(0, |embedding| embedding.integers) {
            return None;
        }
        let number =
            integers.iter().fold(U256::ZERO, |number, &integer| (number << 8) | U256::from_u8(integer));
        let shifted = number << PADDING_BITS;
        (0..1u64 << PADDING_BITS)
            .filter_map(|padding| uncompress(shifted | U256::from_u64(padding)))
            .find(Self::is_member)
    }

    fn extract(count: usize, point: &EdwardsPoint) -> Vec<u8> {
        let number = U256::from_le_slice(point.compress().as_bytes()) >> PADDING_BITS;
        let bytes = number.to_be_bytes();
        bytes[32 - count.min(32)..].to_vec()
    }

    fn independent_generator(index: i64) -> EdwardsPoint {
        let hash = sha256(&[format!("ggen|{index}").as_bytes()]);
        let mut candidate = U256::from_be_slice(&hash) >> 2;
        loop {
            if let Some(point) = uncompress(candidate) {
                return point.mul_by_cofactor();
            }
            candidate = candidate.wrapping_add(&U256::ONE);
        }
    }
}

impl Ed25519Bases {
    fn product(&self, variable: &EdwardsPoint, term: &Term<Ed25519Scalar>) -> EdwardsPoint {
        let exponent = term.variable.0;
        match (term.g, term.y) {
            (g, None) => {
                let g = g.map_or(Residue::ZERO, |g| g.0);
                EdwardsPoint::vartime_double_scalar_mul_basepoint(&exponent, variable, &g)
            }
            (None, Some(y)) => self.y.vartime_mixed_multiscalar_mul([y.0], [exponent], [*variable]),
            // (V - g) · c is V · c - g · c with one scalar less.
            (Some(g), Some(y)) if g.0 == -exponent => {
                let shifted = variable - ED25519_BASEPOINT_POINT;
                self.y.vartime_mixed_multiscalar_mul([y.0], [exponent], [shifted])
            }
            (Some(g), Some(y)) => {
                self.both.vartime_mixed_multiscalar_mul([g.0, y.0], [exponent], [*variable])
            }
        }
    }
}

/// As `hex::encode` does it, but not one character at a time.
fn hexadecimal(bytes: &[u8; 32]) -> String {
    let mut digits = vec![0; 2 * bytes.len()];
    hex::encode_to_slice(bytes, &mut digits).expect("two digits a byte");
    String::from_utf8(digits).expect("digits are ASCII")
}

fn first_bytes(bytes: &[u8; 32]) -> &[u8; 8] {
    bytes.first_chunk().expect("8 of 32 bytes")
}

/// The point of a number below 2^256 (the specification's `uncompress`), canonical or not.
fn uncompress(number: U256) -> Option<EdwardsPoint> {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(&number.to_le_bytes());
    CompressedEdwardsY(bytes).decompress()
}

/// The point of its one canonical compression.
fn decompress(bytes: [u8; 32]) -> Result<EdwardsPoint, PointFault> {
    let mut ordinate = bytes;
    ordinate[31] &= 0x7f;
    let negative = bytes[31] & 0x80 != 0;
    if ordinate.iter().rev().cmp(FIELD_CHARACTERISTIC.iter().rev()) != Ordering::Less {
        return Err(PointFault::NotCanonical);
    }
    // The two points with abscissa 0 have no negative twin: (0, 1) and (0, -1).
    let one = U256::ONE;
    let minus_one = U256::from_le_slice(&FIELD_CHARACTERISTIC).wrapping_sub(&one);
    let y = U256::from_le_slice(&ordinate);
    if negative && (y == one || y == minus_one) {
        return Err(PointFault::NotCanonical);
    }
    CompressedEdwardsY(bytes).decompress().ok_or(PointFault::Outside)
}

/// An integer modulo the order of Ed25519's generator.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Ed25519Scalar(Residue);

impl fmt::Debug for Ed25519Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ed25519Scalar(…)")
    }
}

impl Zeroize for Ed25519Scalar {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

impl Add for Ed25519Scalar {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Ed25519Scalar {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Mul for Ed25519Scalar {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }
}

impl Neg for Ed25519Scalar {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl group::Scalar for Ed25519Scalar {
    const ZERO: Self = Self(Residue::ZERO);
    const ONE: Self = Self(Residue::ONE);

    fn from_u64(number: u64) -> Self {
        Self(Residue::from(number))
    }

    fn reduce(bytes: &[u8]) -> Self {
        let mut wide = [0; 64];
        for (target, &byte) in wide.iter_mut().zip(bytes.iter().rev()) {
            *target = byte;
        }
        Self(Residue::from_bytes_mod_order_wide(&wide))
    }

    fn random(randomness: &mut dyn Randomness) -> Result<Self, RandomnessFailure> {
        let mut wide = zeroize::Zeroizing::new([0; 64]);
        randomness.fill(wide.as_mut())?;
        Ok(Self(Residue::from_bytes_mod_order_wide(&wide)))
    }

    fn invert(&self) -> Option<Self> {
        (self.0 != Residue::ZERO).then(|| Self(self.0.invert()))
    }

    fn decode(text: &str) -> Option<Self> {
        let number = group::decimal::<{ U256::LIMBS }>(text)?;
        let mut bytes = [0; 32];
        bytes.copy_from_slice(&number.to_le_bytes());
        Option::from(Residue::from_canonical_bytes(bytes)).map(Self)
    }

    fn encode(&self) -> String {
        U256::from_le_slice(self.0.as_bytes()).to_string_radix_vartime(10)
    }
}
