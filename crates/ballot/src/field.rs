//! The groups modulo a prime of 2,048 bits (specification, "Finite fields"): BELENIOS-2048 and RFC-3526-2048.
//!
//! Elements are kept in Montgomery form. Secret exponents go through crypto-bigint's constant-time power; powers
//! with public exponents are in [`crate::exponentiation`].

use crate::digest::sha256;
use crate::exponentiation::{self, FieldBases};
use crate::group::{self, Embedding, Group, Job, PointFault};
use crate::jacobi::jacobi_symbol;
use crate::randomness::{Randomness, RandomnessFailure};
use crypto_bigint::modular::{ConstMontyForm, ConstMontyParams};
use crypto_bigint::{Odd, U2048, const_monty_params};
use std::cmp::Ordering;
use std::fmt;
use std::marker::PhantomData;
use std::ops::{Add, Mul, Neg, Sub};
use zeroize::Zeroize;

pub(crate) const LIMBS: usize = U2048::LIMBS;
const BITS_PER_INTEGER: u32 = 8;

/// A number modulo p, or modulo q, in Montgomery form.
pub(crate) type Residue<M> = ConstMontyForm<M, LIMBS>;

/// The parameters of one group modulo a prime.
pub trait Field: Copy + fmt::Debug + Send + Sync + PartialEq + 'static {
    /// The name in the election's field `group`.
    const NAME: &'static str;
    /// The prime p.
    type Modulus: ConstMontyParams<LIMBS>;
    /// The prime q, which divides p - 1.
    type Order: ConstMontyParams<LIMBS>;
    /// Bits of q.
    const ORDER_BITS: u32;
    /// The generator g.
    const GENERATOR: U2048;
    /// Padding of embedded integers, where the group carries them.
    const PADDING_BITS: Option<u32>;
}

/// A group modulo a prime.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FieldGroup<F>(PhantomData<F>);

/// For elections without ranked or graded questions: p of 2,048 and q of 256 bits.
pub type Belenios2048 = FieldGroup<Belenios2048Parameters>;
/// The group of RFC 3526, section 3: p = 2q + 1.
pub type Rfc3526 = FieldGroup<Rfc3526Parameters>;

/// Parameters of BELENIOS-2048.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Belenios2048Parameters;
/// Parameters of RFC-3526-2048.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rfc3526Parameters;

const_monty_params!(
    BeleniosModulus,
    U2048,
    "\
     a3ef2d011fefb1b6e39e568fccdffb0fb7dc7ef3a791b6862791811d21fc35f21e6d36856b428030421f514ed40bfd4c\
     06e092a495af8d79a2f85e0fb11c0ede07dd973f9c53e50930c6e82ac36de1ae3fb8c3aabfff12ce27a5022ddd8912d1\
     07435012768a2cdd0a4091d8fa447f6c7ebc15a349fa318a6b4fe17d8d47e843a3e14dfa9b2162f4d7229abe93a188b4\
     6b006517d6f6747ebbb29c9ec3099b607f18fb1a8bc858279aa8599411d998d3e3fada9e010840d082d8c31911acdd4a\
     0e7992d0f18cc759cb5de0acf66a3882555bc810941e021b6a4ccfa04ee4008f878affa2375e2999b44f6cef17d70730\
     1e59e0e6351e051ed9cec4157646e64f\
     ",
    "p of BELENIOS-2048."
);
const_monty_params!(
    BeleniosOrder,
    U2048,
    "\
     000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000\
     000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000\
     000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000\
     000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000\
     0000000000000000000000000000000000000000000000000000000000000000adb6066a73522565f4daa0f2579db7f2\
     f0fa90c2168bc709e20263387d55c491\
     ",
    "q of BELENIOS-2048."
);
const BELENIOS_G: &str = "\
     1307c1ab5f295885d7caa3a78a42415e31fd1c5807b61fb1e781878a52230a51988b98c259597f9c5a9dfd001d26ba31\
     d9d8976f01d95a1c8262ee68a0e92cea541e5219e0d0d094301b894236823fe1d4bc04e29f3748aefd4f10d5b1a356a8\
     643e673fd9d215fc8fe5fb9cf9fdb8ea88fdb1a3381a697fdf9c2458570b06d26aef1be365fdd90165f397c6b870df8c\
     1b9e519edcee8bb0f74b7a1615a274ba60a7ea574a61f552d2dde0ce514e0927c4ff49b1964c4a913731ae4268d60d7f\
     22127b6cbba44d453ac8b72fd04e0991b7aeff04867d8724ac638f5f34100d2d47aa680d43771902743d663f42d853c0\
     41e1c91fe3823f4bcf284308f1d7e653\
     ";
const_monty_params!(
    RfcModulus,
    U2048,
    "\
     ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd\
     ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed\
     ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f\
     83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b\
     e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa0510\
     15728e5a8aacaa68ffffffffffffffff\
     ",
    "p of RFC 3526, section 3."
);
const_monty_params!(
    RfcOrder,
    U2048,
    "\
     7fffffffffffffffe487ed5110b4611a62633145c06e0e68948127044533e63a0105df531d89cd9128a5043cc71a026e\
     f7ca8cd9e69d218d98158536f92f8a1ba7f09ab6b6a8e122f242dabb312f3f637a262174d31bf6b585ffae5b7a035bf6\
     f71c35fdad44cfd2d74f9208be258ff324943328f6722d9ee1003e5c50b1df82cc6d241b0e2ae9cd348b1fd47e9267af\
     c1b2ae91ee51d6cb0e3179ab1042a95dcf6a9483b84b4b36b3861aa7255e4c0278ba3604650c10be19482f23171b671d\
     f1cf3b960c074301cd93c1d17603d147dae2aef837a62964ef15e5fb4aac0b8c1ccaa4be754ab5728ae9130c4c7d0288\
     0ab9472d455655347fffffffffffffff\
     ",
    "q = (p - 1) / 2 of RFC 3526, section 3."
);

impl Field for Belenios2048Parameters {
    const NAME: &'static str = "BELENIOS-2048";
    type Modulus = BeleniosModulus;
    type Order = BeleniosOrder;
    const ORDER_BITS: u32 = 256;
    const GENERATOR: U2048 = U2048::from_be_hex(BELENIOS_G);
    const PADDING_BITS: Option<u32> = None;
}

impl Field for Rfc3526Parameters {
    const NAME: &'static str = "RFC-3526-2048";
    type Modulus = RfcModulus;
    type Order = RfcOrder;
    const ORDER_BITS: u32 = 2047;
    const GENERATOR: U2048 = U2048::from_u8(2);
    const PADDING_BITS: Option<u32> = Some(8);
}

fn modulus<F: Field>() -> &'static Odd<U2048> {
    F::Modulus::PARAMS.modulus()
}

fn order<F: Field>() -> &'static Odd<U2048> {
    F::Order::PARAMS.modulus()
}

impl<F: Field> Group for FieldGroup<F> {
    const NAME: &'static str = F::NAME;
    const EMBEDDING: Option<Embedding> = match F::PADDING_BITS {
        Some(padding_bits) => {
            let integers = (F::ORDER_BITS - 1 - padding_bits) / BITS_PER_INTEGER;
            Some(Embedding { integers: integers as usize, padding_bits })
        }
        None => None,
    };

    type Point = Residue<F::Modulus>;
    type Scalar = FieldScalar<F>;
    type Bases = FieldBases<F>;

    fn generator() -> Self::Point {
        Residue::new(&F::GENERATOR)
    }

    fn identity() -> Self::Point {
        Residue::ONE
    }

    fn decode(text: &str) -> Result<Self::Point, PointFault> {
        let number = group::decimal::<LIMBS>(text).ok_or(PointFault::NotCanonical)?;
        if number == U2048::ZERO || number >= *modulus::<F>().as_ref() {
            return Err(PointFault::Outside);
        }
        Ok(Residue::new(&number))
    }

    fn encode(points: &[Self::Point]) -> Vec<String> {
        points.iter().map(|point| point.retrieve().to_string_radix_vartime(10)).collect()
    }

    fn keys(points: &[Self::Point]) -> Vec<u64> {
        points.iter().map(|point| mix(point.as_montgomery().as_words())).collect()
    }

    fn order(left: &str, right: &str) -> Ordering {
        (left.len(), left).cmp(&(right.len(), right))
    }

    fn is_member(point: &Self::Point) -> bool {
        // Where p = 2q + 1, the members are the squares.
        if F::ORDER_BITS + 1 == U2048::BITS {
            // The Montgomery form is the number times 2^2048, which is a square.
            return jacobi_symbol(point.as_montgomery(), modulus::<F>().as_ref()) == 1;
        }
        point.pow_vartime(order::<F>().as_ref()) == Residue::ONE
    }

    fn multiply(left: &Self::Point, right: &Self::Point) -> Self::Point {
        left * right
    }

    fn divide(left: &Self::Point, right: &Self::Point) -> Self::Point {
        // p is prime and 0 is refused where points are read, so that there is always an inverse.
        let inverse: Option<Self::Point> = right.invert_vartime().into();
        left * inverse.unwrap_or(Residue::ZERO)
    }

    fn power(base: &Self::Point, exponent: &FieldScalar<F>) -> Self::Point {
        base.pow_bounded_exp(&exponent.0.retrieve(), F::ORDER_BITS)
    }

    fn power_of_generator(exponent: &FieldScalar<F>) -> Self::Point {
        Self::power(&Self::generator(), exponent)
    }

    fn bases(y: &Self::Point, uses: usize) -> FieldBases<F> {
        FieldBases::new(&Self::generator(), y, uses)
    }

    fn combine(bases: &FieldBases<F>, jobs: &[Job<Self>]) -> Vec<Vec<Self::Point>> {
        bases.combine(jobs)
    }

    fn product(points: &[Self::Point], exponents: &[FieldScalar<F>]) -> Self::Point {
        let exponents: Vec<U2048> = exponents.iter().map(|exponent| exponent.to_number()).collect();
        exponentiation::product::<F>(points, &exponents)
    }

    fn embed(integers: &[u8]) -> Option<Self::Point> {
        let embedding = Self::EMBEDDING?;
        if integers.len() > embedding.integers {
            return None;
        }
        let number = integers
            .iter()
            .fold(U2048::ZERO, |number, &integer| (number << BITS_PER_INTEGER) | U2048::from_u8(integer));
        let shifted = number << embedding.padding_bits;
        (0..1u64 << embedding.padding_bits)
            .map(|padding| shifted | U2048::from_u64(padding))
            .filter(|number| *number != U2048::ZERO)
            .map(|number| Residue::new(&number))
            .find(Self::is_member)
    }

    fn extract(count: usize, point: &Self::Point) -> Vec<u8> {
        let number = point.retrieve() >> F::PADDING_BITS.unwrap_or(0);
        let bytes = number.to_be_bytes();
        let length = bytes.as_slice().len();
        bytes.as_slice()[length - count.min(length)..].to_vec()
    }

    fn independent_generator(index: i64) -> Self::Point {
        let hash = sha256(&[format!("ggen|{index}").as_bytes()]);
        let mut number = [0; 256];
        number[224..].copy_from_slice(&hash);
        let cofactor =
            modulus::<F>().as_ref().wrapping_sub(&U2048::ONE).wrapping_div(order::<F>().as_nz_ref());
        Residue::<F::Modulus>::new(&U2048::from_be_slice(&number)).pow_vartime(&cofactor)
    }
}

/// A key of 64 bits from all words: small powers of 2, the generator of RFC 3526, share many of their words.
fn mix(words: &[u64]) -> u64 {
    words.iter().fold(0, |key: u64, word| (key.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// An integer modulo q.
#[derive(Clone, Copy, PartialEq)]
pub struct FieldScalar<F: Field>(Residue<F::Order>);

impl<F: Field> FieldScalar<F> {
    /// The number below q.
    pub(crate) fn to_number(self) -> U2048 {
        self.0.retrieve()
    }
}

impl<F: Field> fmt::Debug for FieldScalar<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FieldScalar(…)")
    }
}

impl<F: Field> Zeroize for FieldScalar<F> {
    fn zeroize(&mut self) {
        self.0.as_montgomery_mut().zeroize();
    }
}

impl<F: Field> Add for FieldScalar<F> {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl<F: Field> Sub for FieldScalar<F> {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl<F: Field> Mul for FieldScalar<F> {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }
}

impl<F: Field> Neg for FieldScalar<F> {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl<F: Field> group::Scalar for FieldScalar<F> {
    const ZERO: Self = Self(Residue::ZERO);
    const ONE: Self = Self(Residue::ONE);

    fn from_u64(number: u64) -> Self {
        Self(Residue::new(&U2048::from_u64(number)))
    }

    fn reduce(bytes: &[u8]) -> Self {
        let mut number = [0; 256];
        number[256 - bytes.len()..].copy_from_slice(bytes);
        // Montgomery form is defined for every number of 2,048 bits, below q or not.
        Self(Residue::new(&U2048::from_be_slice(&number)))
    }

    fn random(randomness: &mut dyn Randomness) -> Result<Self, RandomnessFailure> {
        let mut bytes = zeroize::Zeroizing::new([0; 256]);
        let first = 256 - F::ORDER_BITS.div_ceil(8) as usize;
        let excess_bits = F::ORDER_BITS.div_ceil(8) * 8 - F::ORDER_BITS;
        loop {
            randomness.fill(&mut bytes[first..])?;
            bytes[first] &= 0xff >> excess_bits;
            let mut number = U2048::from_be_slice(bytes.as_ref());
            if number < *order::<F>().as_ref() {
                let scalar = Self(Residue::new(&number));
                number.zeroize();
                return Ok(scalar);
            }
        }
    }

    fn invert(&self) -> Option<Self> {
        Option::from(self.0.invert_vartime()).map(Self)
    }

    fn decode(text: &str) -> Option<Self> {
        let number = group::decimal::<LIMBS>(text)?;
        (number < *order::<F>().as_ref()).then(|| Self(Residue::new(&number)))
    }

    fn encode(&self) -> String {
        self.0.retrieve().to_string_radix_vartime(10)
    }
}
