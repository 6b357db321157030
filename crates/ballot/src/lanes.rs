//! Four numbers modulo a prime of 2,048 bits at once, for what is public.
//!
//! The same limb of four numbers stands together, so that one instruction multiplies four limbs where the processor
//! has it (AVX2, chosen when the program runs); [`crate::limbs`] does the products. Values stay below 2p: with
//! R = 2^2072 a Montgomery product of such values is again below 2p, and no subtraction is needed before the end.

use crate::limbs::{self, LIMB_BITS, LIMB_MASK, LIMBS, Limb, Limbs, Modulus, PortableWords};
use crypto_bigint::modular::{ConstMontyForm, ConstMontyParams};
use crypto_bigint::{U2048, Word};
#[cfg(target_arch = "x86_64")]
use pulp::{NullaryFnOnce, x86::V3};

pub(crate) use crate::limbs::LANES;

/// R = 2^2072 is this many bits more than crypto-bigint's.
const EXCESS_BITS: u32 = (LIMBS * LIMB_BITS) as u32 - U2048::BITS;

type Residue<M> = ConstMontyForm<M, { U2048::LIMBS }>;

/// Four numbers below 2p in Montgomery form with R = 2^2072.
#[derive(Clone, Copy)]
pub(crate) struct Lanes(Limbs);

/// One number of the four, to be kept in tables.
#[derive(Clone, Copy)]
pub(crate) struct Narrow([u32; LIMBS]);

/// A modulus and what computing with it needs.
pub(crate) struct LaneField {
    #[cfg(target_arch = "x86_64")]
    avx2: Option<V3>,
    modulus: Modulus,
    /// 2^(2072 + 24) modulo p: multiplying by it turns crypto-bigint's form into this one.
    enter: Lanes,
    /// 2^2048 modulo p: multiplying by it turns this form into crypto-bigint's.
    leave: Lanes,
    /// 1 in Montgomery form.
    pub one: Lanes,
}

impl LaneField {
    pub fn new<M: ConstMontyParams<{ U2048::LIMBS }>>() -> Self {
        let modulus = M::PARAMS.modulus().as_ref();
        // Newton's iteration doubles the bits that are right, from 3 on.
        let low = modulus.as_words()[0];
        let inverse = (0..5).fold(low, |x, _| x.wrapping_mul(2u64.wrapping_sub(low.wrapping_mul(x))));
        let two = Residue::<M>::new(&U2048::from_u8(2));
        let power = |bits: u32| spread(&two.pow_vartime(&U2048::from_u32(bits)).retrieve());
        let r_bits = U2048::BITS + EXCESS_BITS;
        Self {
            #[cfg(target_arch = "x86_64")]
            avx2: V3::try_new(),
            modulus: Modulus {
                limbs: spread(modulus).0,
                negative_inverse: Limb([inverse.wrapping_neg() & LIMB_MASK; LANES]),
            },
            enter: power(r_bits + EXCESS_BITS),
            leave: power(U2048::BITS),
            one: power(r_bits),
        }
    }

    /// Four numbers, or fewer: the first stands for those missing.
    pub fn load<M: ConstMontyParams<{ U2048::LIMBS }>>(&self, numbers: &[Residue<M>]) -> Lanes {
        let mut lanes = Lanes([Limb::ZERO; LIMBS]);
        for lane in 0..LANES {
            let Some(number) = numbers.get(lane).or(numbers.first()) else { break };
            lanes.set_lane(lane, number.as_montgomery().as_words());
        }
        self.multiply_by(&mut lanes, &self.enter);
        lanes
    }

    /// The four numbers.
    pub fn store<M: ConstMontyParams<{ U2048::LIMBS }>>(&self, lanes: &Lanes) -> [Residue<M>; LANES] {
        let left = self.multiply(lanes, &self.leave);
        std::array::from_fn(|lane| {
            let (number, overflow) = left.lane(lane);
            let modulus = M::PARAMS.modulus().as_ref();
            let reduced = if overflow || number >= *modulus { number.wrapping_sub(modulus) } else { number };
            Residue::from_montgomery(reduced)
        })
    }

    /// left · right
    pub fn multiply(&self, left: &Lanes, right: &Lanes) -> Lanes {
        let mut product = *left;
        self.multiply_by(&mut product, right);
        product
    }

    /// product · factor, in the product's place.
    pub fn multiply_by(&self, product: &mut Lanes, factor: &Lanes) {
        let modulus = &self.modulus;
        #[cfg(target_arch = "x86_64")]
        if let Some(words) = self.avx2 {
            return words.vectorize(Multiply { words, product: &mut product.0, factor: &factor.0, modulus });
        }
        limbs::multiply(PortableWords, &mut product.0, &factor.0, modulus);
    }

    /// number², in the number's place.
    pub fn square(&self, number: &mut Lanes) {
        let modulus = &self.modulus;
        #[cfg(target_arch = "x86_64")]
        if let Some(words) = self.avx2 {
            return words.vectorize(Square { words, number: &mut number.0, modulus });
        }
        limbs::square(PortableWords, &mut number.0, modulus);
    }
}

/// A product, as what [`pulp`] compiles for AVX2.
#[cfg(target_arch = "x86_64")]
struct Multiply<'a> {
    words: V3,
    product: &'a mut Limbs,
    factor: &'a Limbs,
    modulus: &'a Modulus,
}

#[cfg(target_arch = "x86_64")]
impl NullaryFnOnce for Multiply<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        limbs::multiply(self.words, self.product, self.factor, self.modulus);
    }
}

/// A square, likewise.
#[cfg(target_arch = "x86_64")]
struct Square<'a> {
    words: V3,
    number: &'a mut Limbs,
    modulus: &'a Modulus,
}

#[cfg(target_arch = "x86_64")]
impl NullaryFnOnce for Square<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        limbs::square(self.words, self.number, self.modulus);
    }
}

/// The same number in all lanes.
fn spread(number: &U2048) -> Lanes {
    let mut lanes = Lanes([Limb::ZERO; LIMBS]);
    for lane in 0..LANES {
        lanes.set_lane(lane, number.as_words());
    }
    lanes
}

impl Lanes {
    fn set_lane(&mut self, lane: usize, words: &[Word]) {
        for (index, limb) in self.0.iter_mut().enumerate() {
            let (word, offset) = (index * LIMB_BITS / 64, index * LIMB_BITS % 64);
            let low = words.get(word).map_or(0, |word| word >> offset);
            let high = match words.get(word + 1) {
                Some(next) if offset + LIMB_BITS > 64 => next << (64 - offset),
                _ => 0,
            };
            limb.0[lane] = (low | high) & LIMB_MASK;
        }
    }

    /// One number, and whether it has more than 2,048 bits.
    fn lane(&self, lane: usize) -> (U2048, bool) {
        let mut words = [0; U2048::LIMBS + 1];
        for (index, limb) in self.0.iter().enumerate() {
            let (word, offset) = (index * LIMB_BITS / 64, index * LIMB_BITS % 64);
            words[word] |= limb.0[lane] << offset;
            if offset + LIMB_BITS > 64 {
                words[word + 1] |= limb.0[lane] >> (64 - offset);
            }
        }
        let mut low = [0; U2048::LIMBS];
        low.copy_from_slice(&words[..U2048::LIMBS]);
        (U2048::from_words(low), words[U2048::LIMBS] != 0)
    }

    /// One number, narrowed.
    pub fn narrow(&self, lane: usize) -> Narrow {
        Narrow(std::array::from_fn(|index| self.0[index].0[lane] as u32))
    }

    /// Lane by lane the numbers given.
    pub fn widen(numbers: [&Narrow; LANES]) -> Self {
        Self(std::array::from_fn(|index| Limb(numbers.map(|number| u64::from(number.0[index])))))
    }

    /// Lane by lane from the one of `choices` that `indices` names.
    pub fn gather(choices: &[Self], indices: [usize; LANES]) -> Self {
        let chosen = indices.map(|index| &choices[index]);
        Self(std::array::from_fn(|index| Limb(std::array::from_fn(|lane| chosen[lane].0[index].0[lane]))))
    }

    /// Puts each lane into the one of `targets` that `indices` names.
    pub fn scatter(&self, targets: &mut [Self], indices: [usize; LANES]) {
        for (lane, index) in indices.into_iter().enumerate() {
            for (target, own) in targets[index].0.iter_mut().zip(&self.0) {
                target.0[lane] = own.0[lane];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::{Belenios2048Parameters, Field, Rfc3526Parameters};
    use crate::randomness::{Randomness, SeededRandomness};

    /// Against crypto-bigint's arithmetic: random numbers and the extremes.
    fn agrees<F: Field>(portable: bool) {
        let mut field = LaneField::new::<F::Modulus>();
        #[cfg(target_arch = "x86_64")]
        if portable {
            field.avx2 = None;
        }
        let modulus = F::Modulus::PARAMS.modulus().as_ref();
        let mut randomness = SeededRandomness::new(3);
        let mut numbers = vec![U2048::ZERO, U2048::ONE, modulus.wrapping_sub(&U2048::ONE), U2048::MAX];
        for _ in 0..60 {
            let mut bytes = [0; 256];
            randomness.fill(&mut bytes).unwrap();
            numbers.push(U2048::from_be_slice(&bytes));
        }
        let residues: Vec<Residue<F::Modulus>> = numbers.iter().map(Residue::new).collect();
        for pair in residues.windows(8) {
            let (left, right) = (&pair[..4], &pair[4..]);
            let (left_lanes, right_lanes) = (field.load(left), field.load(right));
            let product = field.store::<F::Modulus>(&field.multiply(&left_lanes, &right_lanes));
            let mut square = left_lanes;
            field.square(&mut square);
            let square = field.store::<F::Modulus>(&square);
            for lane in 0..LANES {
                assert_eq!(product[lane], left[lane] * right[lane]);
                assert_eq!(square[lane], left[lane].square());
            }
        }
    }

    #[test]
    fn agrees_with_crypto_bigint() {
        for portable in [false, true] {
            agrees::<Belenios2048Parameters>(portable);
            agrees::<Rfc3526Parameters>(portable);
        }
    }
}
