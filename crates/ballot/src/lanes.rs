//! Four numbers modulo a prime of 2,048 bits at once, for what is public.
//!
//! A number is 74 limbs of 28 bits; the same limb of four numbers stands together, so that the compiler multiplies
//! four limbs with one instruction where the processor has them (AVX2, chosen when the program runs). Products of
//! limbs have 56 bits and are summed 148 at a time without a carry. Values stay below 2p: with R = 2^2072 a
//! Montgomery product of such values is again below 2p, and no subtraction is needed before the end.

use crypto_bigint::modular::{ConstMontyForm, ConstMontyParams};
use crypto_bigint::{U2048, Word};
use pulp::{Arch, Simd, WithSimd};

pub(crate) const LANES: usize = 4;
const LIMB_BITS: usize = 28;
const LIMBS: usize = 74;
const LIMB_MASK: u64 = (1 << LIMB_BITS) - 1;
const HALF: u64 = 0xffff_ffff;
/// R = 2^2072 is this many bits more than crypto-bigint's.
const EXCESS_BITS: u32 = (LIMBS * LIMB_BITS) as u32 - U2048::BITS;

type Residue<M> = ConstMontyForm<M, { U2048::LIMBS }>;
type Limb = [u64; LANES];

/// Four numbers below 2p in Montgomery form with R = 2^2072.
#[derive(Clone, Copy)]
pub(crate) struct Lanes([Limb; LIMBS]);

/// One number of the four, to be kept in tables.
#[derive(Clone, Copy)]
pub(crate) struct Narrow([u32; LIMBS]);

/// A modulus and what computing with it needs.
pub(crate) struct LaneField {
    arch: Arch,
    modulus: Lanes,
    /// -1/p modulo 2^28
    negative_inverse: u64,
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
            arch: Arch::new(),
            modulus: spread(modulus),
            negative_inverse: inverse.wrapping_neg() & LIMB_MASK,
            enter: power(r_bits + EXCESS_BITS),
            leave: power(U2048::BITS),
            one: power(r_bits),
        }
    }

    /// Four numbers, or fewer: the first stands for those missing.
    pub fn load<M: ConstMontyParams<{ U2048::LIMBS }>>(&self, numbers: &[Residue<M>]) -> Lanes {
        let mut lanes = Lanes([[0; LANES]; LIMBS]);
        for lane in 0..LANES {
            let Some(number) = numbers.get(lane).or(numbers.first()) else { break };
            lanes.set_lane(lane, number.as_montgomery().as_words());
        }
        self.multiply(&lanes, &self.enter)
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

    pub fn multiply(&self, left: &Lanes, right: &Lanes) -> Lanes {
        let mut out = Lanes([[0; LANES]; LIMBS]);
        self.arch.dispatch(Multiply { left, right, field: self, out: &mut out });
        out
    }

    pub fn square(&self, number: &Lanes) -> Lanes {
        let mut out = Lanes([[0; LANES]; LIMBS]);
        self.arch.dispatch(Square { number, field: self, out: &mut out });
        out
    }
}

/// The same number in all lanes.
fn spread(number: &U2048) -> Lanes {
    let mut lanes = Lanes([[0; LANES]; LIMBS]);
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
            limb[lane] = (low | high) & LIMB_MASK;
        }
    }

    /// One number, and whether it has more than 2,048 bits.
    fn lane(&self, lane: usize) -> (U2048, bool) {
        let mut words = [0; U2048::LIMBS + 1];
        for (index, limb) in self.0.iter().enumerate() {
            let (word, offset) = (index * LIMB_BITS / 64, index * LIMB_BITS % 64);
            words[word] |= limb[lane] << offset;
            if offset + LIMB_BITS > 64 {
                words[word + 1] |= limb[lane] >> (64 - offset);
            }
        }
        let mut low = [0; U2048::LIMBS];
        low.copy_from_slice(&words[..U2048::LIMBS]);
        (U2048::from_words(low), words[U2048::LIMBS] != 0)
    }

    /// One number, narrowed.
    pub fn narrow(&self, lane: usize) -> Narrow {
        Narrow(std::array::from_fn(|index| self.0[index][lane] as u32))
    }

    /// Lane by lane the numbers given.
    pub fn widen(numbers: [&Narrow; LANES]) -> Self {
        Self(std::array::from_fn(|index| numbers.map(|number| u64::from(number.0[index]))))
    }

    /// Lane by lane from the one of `choices` that `indices` names.
    pub fn gather(choices: &[Self], indices: [usize; LANES]) -> Self {
        let chosen = indices.map(|index| &choices[index]);
        Self(std::array::from_fn(|index| std::array::from_fn(|lane| chosen[lane].0[index][lane])))
    }

    /// Puts each lane into the one of `targets` that `indices` names.
    pub fn scatter(&self, targets: &mut [Self], indices: [usize; LANES]) {
        for (lane, index) in indices.into_iter().enumerate() {
            for (target, own) in targets[index].0.iter_mut().zip(&self.0) {
                target[lane] = own[lane];
            }
        }
    }
}

/// sum += left · right, lane by lane; the masks tell the compiler that limbs have half a word.
#[inline(always)]
fn accumulate(sum: &mut Limb, left: &Limb, right: &Limb) {
    for lane in 0..LANES {
        sum[lane] = sum[lane].wrapping_add((left[lane] & HALF).wrapping_mul(right[lane] & HALF));
    }
}

#[inline(always)]
fn carry(from: &Limb, to: &mut Limb) {
    for lane in 0..LANES {
        to[lane] = to[lane].wrapping_add(from[lane] >> LIMB_BITS);
    }
}

/// The multiple of p that makes a limb 0 modulo 2^28.
#[inline(always)]
fn quotient(limb: &Limb, negative_inverse: u64) -> Limb {
    std::array::from_fn(|lane| limb[lane].wrapping_mul(negative_inverse) & LIMB_MASK)
}

/// The upper half of the sums, with its carries.
#[inline(always)]
fn normalize(upper: &[Limb], out: &mut Lanes) {
    let mut carried = [0; LANES];
    for (limb, out) in upper.iter().zip(&mut out.0) {
        for lane in 0..LANES {
            let sum = limb[lane].wrapping_add(carried[lane]);
            out[lane] = sum & LIMB_MASK;
            carried[lane] = sum >> LIMB_BITS;
        }
    }
}

struct Multiply<'a> {
    left: &'a Lanes,
    right: &'a Lanes,
    field: &'a LaneField,
    out: &'a mut Lanes,
}

impl WithSimd for Multiply<'_> {
    type Output = ();

    /// Row by row: one limb of the left number times the right one, and the multiple of p that clears the lowest.
    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) {
        let (right, modulus) = (&self.right.0, &self.field.modulus.0);
        let mut sums = [[0; LANES]; 2 * LIMBS];
        for (index, left) in self.left.0.iter().enumerate() {
            let row: &mut [Limb; LIMBS] = sums[index..].first_chunk_mut().expect("a row");
            accumulate(&mut row[0], left, &right[0]);
            let multiple = quotient(&row[0], self.field.negative_inverse);
            accumulate(&mut row[0], &multiple, &modulus[0]);
            let (lowest, rest) = row.split_at_mut(1);
            carry(&lowest[0], &mut rest[0]);
            for ((sum, right), modulus) in rest.iter_mut().zip(&right[1..]).zip(&modulus[1..]) {
                accumulate(sum, left, right);
                accumulate(sum, &multiple, modulus);
            }
        }
        normalize(&sums[LIMBS..], self.out);
    }
}

struct Square<'a> {
    number: &'a Lanes,
    field: &'a LaneField,
    out: &'a mut Lanes,
}

impl WithSimd for Square<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) {
        let mut sums = [[0; LANES]; 2 * LIMBS + 2];
        square_rows(&self.number.0, &mut sums);
        reduce_rows(&self.field.modulus.0, self.field.negative_inverse, &mut sums);
        normalize(&sums[LIMBS..2 * LIMBS], self.out);
    }
}

/// The square, each mixed product taken once and doubled, two rows at a time.
#[inline(always)]
fn square_rows(number: &[Limb; LIMBS], sums: &mut [Limb; 2 * LIMBS + 2]) {
    let mut doubled = *number;
    for limb in &mut doubled {
        for lane in limb.iter_mut() {
            *lane <<= 1;
        }
    }
    for first in (0..LIMBS).step_by(2) {
        let (even, odd) = (&number[first], &number[first + 1]);
        let (even_doubled, odd_doubled) = (&doubled[first], &doubled[first + 1]);
        let row = &mut sums[2 * first..first + LIMBS + 1];
        accumulate(&mut row[0], even, even);
        accumulate(&mut row[1], even_doubled, odd);
        accumulate(&mut row[2], odd, odd);
        let rest = &number[first + 2..];
        // Columns from 2 on: the even row meets rest[c], the odd row rest[c - 1].
        let columns = &mut row[2..];
        for (column, limb) in rest.iter().enumerate() {
            accumulate(&mut columns[column], even_doubled, limb);
            accumulate(&mut columns[column + 1], odd_doubled, limb);
        }
    }
}

/// Clears the lower half by multiples of p, two rows at a time.
#[inline(always)]
fn reduce_rows(modulus: &[Limb; LIMBS], negative_inverse: u64, sums: &mut [Limb; 2 * LIMBS + 2]) {
    for first in (0..LIMBS).step_by(2) {
        let row: &mut [Limb; LIMBS + 1] = sums[first..].first_chunk_mut().expect("a row");
        let (mut lowest, mut second) = (row[0], row[1]);
        let even = quotient(&lowest, negative_inverse);
        accumulate(&mut lowest, &even, &modulus[0]);
        carry(&lowest, &mut second);
        accumulate(&mut second, &even, &modulus[1]);
        let odd = quotient(&second, negative_inverse);
        accumulate(&mut second, &odd, &modulus[0]);
        carry(&second, &mut row[2]);
        for index in 2..LIMBS {
            let mut sum = row[index];
            accumulate(&mut sum, &even, &modulus[index]);
            accumulate(&mut sum, &odd, &modulus[index - 1]);
            row[index] = sum;
        }
        accumulate(&mut row[LIMBS], &odd, &modulus[LIMBS - 1]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::{Belenios2048Parameters, Field, Rfc3526Parameters};
    use crate::randomness::{Randomness, SeededRandomness};

    /// Against crypto-bigint's arithmetic: random numbers and the extremes.
    fn agrees<F: Field>() {
        let field = LaneField::new::<F::Modulus>();
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
            let square = field.store::<F::Modulus>(&field.square(&left_lanes));
            for lane in 0..LANES {
                assert_eq!(product[lane], left[lane] * right[lane]);
                assert_eq!(square[lane], left[lane].square());
            }
        }
    }

    #[test]
    fn agrees_with_crypto_bigint() {
        agrees::<Belenios2048Parameters>();
        agrees::<Rfc3526Parameters>();
    }
}
