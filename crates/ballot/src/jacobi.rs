//! The Jacobi symbol, which tells the squares modulo a prime from the rest. It takes time that depends on its
//! arguments: for public numbers only.

use crypto_bigint::U2048;

const LIMBS: usize = U2048::LIMBS;

/// (number / modulus), the modulus being odd: 1, -1, or 0 where they have a factor in common. Reciprocity, as in the
/// binary algorithm for greatest common divisors.
pub(crate) fn jacobi_symbol(number: &U2048, modulus: &U2048) -> i32 {
    let (mut upper, mut lower) = (Shrinking::new(number), Shrinking::new(modulus));
    let mut negative = false;
    loop {
        let Some(zeros) = upper.strip_zeros() else {
            // gcd(0, n) is n.
            return i32::from(lower.is_one()) * if negative { -1 } else { 1 };
        };
        // (2 / n) is -1 where n is 3 or 5 modulo 8.
        negative ^= zeros % 2 == 1 && matches!(lower.words[0] % 8, 3 | 5);
        if upper.is_below(&lower) {
            std::mem::swap(&mut upper, &mut lower);
            negative ^= upper.words[0] & lower.words[0] & 3 == 3;
        }
        upper.subtract(&lower);
    }
}

/// A number of which the leading words that are 0 are not gone through any more.
struct Shrinking {
    words: [u64; LIMBS],
    length: usize,
}

impl Shrinking {
    fn new(number: &U2048) -> Self {
        let mut own = Self { words: *number.as_words(), length: LIMBS };
        own.shrink();
        own
    }

    fn shrink(&mut self) {
        while self.length > 0 && self.words[self.length - 1] == 0 {
            self.length -= 1;
        }
    }

    fn is_one(&self) -> bool {
        self.length == 1 && self.words[0] == 1
    }

    /// Divides by the highest power of 2 that divides it; tells which. None for 0.
    fn strip_zeros(&mut self) -> Option<u32> {
        let own = &mut self.words[..self.length];
        let words = own.iter().position(|&word| word != 0)?;
        let bits = own[words].trailing_zeros();
        own.copy_within(words.., 0);
        let kept = own.len() - words;
        own[kept..].fill(0);
        if bits > 0 {
            let mut above = 0;
            for word in own[..kept].iter_mut().rev() {
                let shifted = (*word >> bits) | above;
                above = *word << (64 - bits);
                *word = shifted;
            }
        }
        self.length = kept;
        self.shrink();
        Some(words as u32 * 64 + bits)
    }

    fn is_below(&self, other: &Self) -> bool {
        let own = self.words[..self.length].iter().rev();
        (self.length, 0)
            .cmp(&(other.length, 0))
            .then_with(|| own.cmp(other.words[..other.length].iter().rev()))
            == std::cmp::Ordering::Less
    }

    /// self - other, which is not above it.
    fn subtract(&mut self, other: &Self) {
        let mut borrow = false;
        for (word, other) in self.words[..self.length].iter_mut().zip(&other.words) {
            let (difference, first) = word.overflowing_sub(*other);
            let (difference, second) = difference.overflowing_sub(u64::from(borrow));
            *word = difference;
            borrow = first | second;
        }
        self.shrink();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::{Field, Rfc3526Parameters};
    use crate::randomness::{Randomness, SeededRandomness};
    use crypto_bigint::modular::ConstMontyParams;
    use crypto_bigint::{JacobiSymbol, Odd};

    fn reference(number: &U2048, modulus: &U2048) -> i32 {
        match number.jacobi_symbol_vartime(&Odd::new(*modulus).unwrap()) {
            JacobiSymbol::Zero => 0,
            JacobiSymbol::One => 1,
            JacobiSymbol::MinusOne => -1,
        }
    }

    /// A worked example: (1001 / 9907) = -1, and the squares and the rest modulo 7.
    #[test]
    fn small_numbers() {
        let symbol = |number, modulus| jacobi_symbol(&U2048::from_u64(number), &U2048::from_u64(modulus));
        assert_eq!(symbol(1001, 9907), -1);
        assert_eq!((0..7).map(|number| symbol(number, 7)).collect::<Vec<_>>(), [0, 1, 1, -1, 1, -1, -1]);
        assert_eq!(symbol(21, 33), 0);
        assert_eq!(symbol(0, 1), 1);
    }

    #[test]
    fn agrees_with_crypto_bigint() {
        let prime = *<Rfc3526Parameters as Field>::Modulus::PARAMS.modulus().as_ref();
        let mut randomness = SeededRandomness::new(4);
        let mut random = || {
            let mut bytes = [0; 256];
            randomness.fill(&mut bytes).unwrap();
            U2048::from_be_slice(&bytes)
        };
        let mut seen = [0; 3];
        for _ in 0..100 {
            let (number, modulus) = (random(), random() | U2048::ONE);
            for (number, modulus) in
                [(number, modulus), (number, prime), (number >> 1900, modulus), (number, modulus >> 1990)]
            {
                let symbol = jacobi_symbol(&number, &(modulus | U2048::ONE));
                assert_eq!(symbol, reference(&number, &(modulus | U2048::ONE)), "{number} / {modulus}");
                seen[(symbol + 1) as usize] += 1;
            }
        }
        assert!(seen.iter().all(|&times| times > 0), "{seen:?}");
    }
}
