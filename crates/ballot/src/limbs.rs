//! Products of long numbers whose limbs have 28 bits, four numbers side by side.
//!
//! Products of limbs have 56 bits, and the 148 of a column are summed in 64 bits without a carry. Some limbs of the
//! left number are held in registers and the right number passes by: each of its limbs, and each column, is read and
//! written once for several products.

use std::cell::Cell;

/// Numbers side by side.
pub(crate) const LANES: usize = 4;
/// Bits of a limb.
pub(crate) const LIMB_BITS: usize = 28;
/// Limbs of a number.
pub(crate) const LIMBS: usize = 74;
/// Limbs of the left number that are held in registers, of which AVX2 has sixteen: with as many columns, and two more.
const HELD: usize = 5;
/// The bits of a limb.
pub(crate) const LIMB_MASK: u64 = (1 << LIMB_BITS) - 1;

/// The same limb of four numbers.
#[derive(Clone, Copy)]
#[repr(C, align(32))]
pub(crate) struct Limb(pub [u64; LANES]);

impl Limb {
    pub const ZERO: Self = Self([0; LANES]);
}

/// Four numbers.
pub(crate) type Limbs = [Limb; LIMBS];

/// Sums of products: twice as many limbs, and room for the last carry.
type Columns = [Limb; 2 * LIMBS + 1];

/// What computing modulo p needs: p, and -1/p modulo 2^28.
#[derive(Clone, Copy)]
pub(crate) struct Modulus {
    pub limbs: Limbs,
    pub negative_inverse: Limb,
}

/// The arithmetic of four words at once, with the instructions that the processor has.
pub(crate) trait Words: Copy {
    type Four: Copy;

    fn load(self, limb: &Limb) -> Self::Four;
    fn store(self, words: Self::Four) -> Limb;
    fn add(self, left: Self::Four, right: Self::Four) -> Self::Four;
    /// The product of the lower halves.
    fn multiply(self, left: Self::Four, right: Self::Four) -> Self::Four;
    /// The bits of the lowest limb.
    fn low(self, words: Self::Four) -> Self::Four;
    /// The bits above the lowest limb.
    fn carry(self, words: Self::Four) -> Self::Four;

    #[inline(always)]
    fn multiply_add(self, left: Self::Four, right: Self::Four, sum: Self::Four) -> Self::Four {
        self.add(sum, self.multiply(left, right))
    }
}

/// product · factor / 2^2072 modulo p, below 2p where both are, put in the product's place.
#[inline(always)]
pub(crate) fn multiply<W: Words>(words: W, product: &mut Limbs, factor: &Limbs, modulus: &Modulus) {
    let mut columns = [Limb::ZERO; 2 * LIMBS + 1];
    for block in 0..LIMBS / HELD {
        multiply_block::<W, HELD>(words, product, factor, HELD * block, &mut columns);
    }
    multiply_block::<W, { LIMBS % HELD }>(words, product, factor, LIMBS - LIMBS % HELD, &mut columns);
    reduce(words, modulus, &mut columns, product);
}

/// number² / 2^2072 modulo p, below 2p where the number is, put in the number's place.
#[inline(always)]
pub(crate) fn square<W: Words>(words: W, number: &mut Limbs, modulus: &Modulus) {
    let mut columns = [Limb::ZERO; 2 * LIMBS + 1];
    for block in 0..LIMBS / HELD {
        square_block::<W, HELD>(words, number, HELD * block, &mut columns);
    }
    square_block::<W, { LIMBS % HELD }>(words, number, LIMBS - LIMBS % HELD, &mut columns);
    reduce(words, modulus, &mut columns, number);
}

/// Clears the lower half of the columns by multiples of p; the upper half, carried, is the result.
#[inline(always)]
fn reduce<W: Words>(words: W, modulus: &Modulus, columns: &mut Columns, result: &mut Limbs) {
    for block in 0..LIMBS / HELD {
        reduce_block::<W, HELD>(words, modulus, HELD * block, columns);
    }
    reduce_block::<W, { LIMBS % HELD }>(words, modulus, LIMBS - LIMBS % HELD, columns);
    let mut carried = words.load(&Limb::ZERO);
    for (column, limb) in columns[LIMBS..].iter().zip(result) {
        let sum = words.add(words.load(column), carried);
        *limb = words.store(words.low(sum));
        carried = words.carry(sum);
    }
}

/// Columns `first` and up, where `N` limbs of the left number meet those limbs of the right one.
#[inline(always)]
fn multiply_block<W: Words, const N: usize>(
    words: W,
    left: &Limbs,
    right: &Limbs,
    first: usize,
    columns: &mut Columns,
) {
    let factors = std::array::from_fn(|index| words.load(&left[first + index]));
    let pending = std::array::from_fn(|index| words.load(&columns[first + index]));
    pass::<W, N>(words, &factors, right, pending, &mut columns[first..first + LIMBS + N - 1]);
}

/// What `N` limbs give with each other, and, doubled, with those after them.
#[inline(always)]
fn square_block<W: Words, const N: usize>(words: W, number: &Limbs, first: usize, columns: &mut Columns) {
    let factors: [W::Four; N] = std::array::from_fn(|index| words.load(&number[first + index]));
    let doubled = factors.map(|factor| words.add(factor, factor));
    for left in 0..N {
        for right in left..N {
            let factor = if left == right { factors[left] } else { doubled[left] };
            let column = &mut columns[2 * first + left + right];
            *column = words.store(words.multiply_add(factor, factors[right], words.load(column)));
        }
    }
    let rest = &number[first + N..];
    let start = 2 * first + N;
    let pending = std::array::from_fn(|index| words.load(&columns[start + index]));
    pass::<W, N>(words, &doubled, rest, pending, &mut columns[start..start + rest.len() + N - 1]);
}

/// Adds the multiples of p that make `N` columns 0, each modulo 2^28, and carries what is left of them.
#[inline(always)]
fn reduce_block<W: Words, const N: usize>(words: W, modulus: &Modulus, first: usize, columns: &mut Columns) {
    let negative_inverse = words.load(&modulus.negative_inverse);
    let low: [W::Four; N] = std::array::from_fn(|index| words.load(&modulus.limbs[index]));
    let mut multiples = [negative_inverse; N];
    let mut carried = words.load(&Limb::ZERO);
    for column in 0..N {
        let mut sum = words.add(words.load(&columns[first + column]), carried);
        for earlier in 0..column {
            sum = words.multiply_add(multiples[earlier], low[column - earlier], sum);
        }
        multiples[column] = words.low(words.multiply(sum, negative_inverse));
        carried = words.carry(words.multiply_add(multiples[column], low[0], sum));
    }
    // The lowest limbs of p still meet the later of these multiples.
    let mut pending: [W::Four; N] = std::array::from_fn(|index| words.load(&columns[first + N + index]));
    pending[0] = words.add(pending[0], carried);
    for (index, pending) in pending.iter_mut().enumerate().take(N - 1) {
        for later in index + 1..N {
            *pending = words.multiply_add(multiples[later], low[N + index - later], *pending);
        }
    }
    let rest = &modulus.limbs[N..];
    pass::<W, N>(words, &multiples, rest, pending, &mut columns[first + N..first + N + rest.len() + N - 1]);
}

/// Adds `factors` times the limbs to the columns. The first N - 1 columns come in `pending`; the others, of which each
/// limb brings one more, are read.
#[inline(always)]
fn pass<W: Words, const N: usize>(
    words: W,
    factors: &[W::Four; N],
    limbs: &[Limb],
    mut pending: [W::Four; N],
    columns: &mut [Limb],
) {
    let columns = Cell::from_mut(columns).as_slice_of_cells();
    for (limb, window) in limbs.iter().zip(columns.windows(N)) {
        let limb = words.load(limb);
        pending[N - 1] = words.load(&window[N - 1].get());
        window[0].set(words.store(words.multiply_add(factors[0], limb, pending[0])));
        for index in 1..N {
            pending[index - 1] = words.multiply_add(factors[index], limb, pending[index]);
        }
    }
    for (column, pending) in columns[limbs.len()..].iter().zip(pending) {
        column.set(words.store(pending));
    }
}

/// With whatever instructions the compiler finds.
#[derive(Clone, Copy)]
pub(crate) struct PortableWords;

impl Words for PortableWords {
    type Four = Limb;

    #[inline(always)]
    fn load(self, limb: &Limb) -> Limb {
        *limb
    }

    #[inline(always)]
    fn store(self, words: Limb) -> Limb {
        words
    }

    #[inline(always)]
    fn add(self, left: Limb, right: Limb) -> Limb {
        Limb(std::array::from_fn(|lane| left.0[lane].wrapping_add(right.0[lane])))
    }

    #[inline(always)]
    fn multiply(self, left: Limb, right: Limb) -> Limb {
        const HALF: u64 = 0xffff_ffff;
        Limb(std::array::from_fn(|lane| (left.0[lane] & HALF).wrapping_mul(right.0[lane] & HALF)))
    }

    #[inline(always)]
    fn low(self, words: Limb) -> Limb {
        Limb(words.0.map(|word| word & LIMB_MASK))
    }

    #[inline(always)]
    fn carry(self, words: Limb) -> Limb {
        Limb(words.0.map(|word| word >> LIMB_BITS))
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use super::{LIMB_BITS, LIMB_MASK, Limb, Words};
    use pulp::x86::V3;
    use std::arch::x86_64::__m256i;

    impl Words for V3 {
        type Four = __m256i;

        #[inline(always)]
        fn load(self, limb: &Limb) -> __m256i {
            pulp::cast(limb.0)
        }

        #[inline(always)]
        fn store(self, words: __m256i) -> Limb {
            Limb(pulp::cast(words))
        }

        #[inline(always)]
        fn add(self, left: __m256i, right: __m256i) -> __m256i {
            self.avx2._mm256_add_epi64(left, right)
        }

        #[inline(always)]
        fn multiply(self, left: __m256i, right: __m256i) -> __m256i {
            self.avx2._mm256_mul_epu32(left, right)
        }

        #[inline(always)]
        fn low(self, words: __m256i) -> __m256i {
            self.avx2._mm256_and_si256(words, self.avx._mm256_set1_epi64x(LIMB_MASK as i64))
        }

        #[inline(always)]
        fn carry(self, words: __m256i) -> __m256i {
            self.avx2._mm256_srli_epi64::<{ LIMB_BITS as i32 }>(words)
        }
    }
}
