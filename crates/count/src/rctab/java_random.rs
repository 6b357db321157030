//! The random numbers that RCTab draws its lots with, so that a configuration's seed gives the same lot here and there.
//!
//! The generator is the one that the documentation of `java.util.Random` prescribes: a linear congruence of 48 bits.

const MULTIPLIER: u64 = 0x5_DEEC_E66D;
const ADDEND: u64 = 0xB;
const MASK: u64 = (1 << 48) - 1;

/// `java.util.Random`.
pub(crate) struct JavaRandom {
    state: u64,
}

impl JavaRandom {
    /// `new Random(seed)`.
    pub fn new(seed: i64) -> Self {
        Self { state: (seed as u64 ^ MULTIPLIER) & MASK }
    }

    fn next_bits(&mut self, bits: u32) -> u64 {
        self.state = (self.state.wrapping_mul(MULTIPLIER).wrapping_add(ADDEND)) & MASK;
        self.state >> (48 - bits)
    }

    /// `(int) Math.floor(nextDouble() * choices)`, in integers: `nextDouble` is a whole number of 2^-53.
    pub fn choose(&mut self, choices: usize) -> usize {
        let numerator = (self.next_bits(26) << 27) + self.next_bits(27);
        ((u128::from(numerator) * choices as u128) >> 53) as usize
    }

    /// `nextInt(bound)` for a positive bound.
    fn next_below(&mut self, bound: u64) -> u64 {
        if bound.is_power_of_two() {
            return (bound * self.next_bits(31)) >> 31;
        }
        loop {
            let bits = self.next_bits(31);
            let value = bits % bound;
            // Java lets the sum overflow 31 bits to see that the last, incomplete run of values was hit.
            if bits - value + (bound - 1) < 1 << 31 {
                return value;
            }
        }
    }

    /// `Collections.shuffle(list, random)`.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for size in (2..=list.len()).rev() {
            list.swap(size - 1, self.next_below(size as u64) as usize);
        }
    }
}

/// Java sorts texts by their units of UTF-16.
pub(crate) fn sort_key(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

/// The bucket in which a text lies in a Java set of this many, which is the order in which Java walks through the set:
/// a power of two from 16 up, three quarters full at most.
pub(crate) fn bucket(text: &str, keys: usize) -> u32 {
    let units = text.encode_utf16();
    let hash = units.fold(0u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(u32::from(unit)));
    let mut buckets: u32 = 16;
    while keys as u64 > u64::from(buckets) / 4 * 3 {
        buckets *= 2;
    }
    (hash ^ (hash >> 16)) & (buckets - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `new Random(0)` and `new Random(42)`, as printed by many pages about Java: the first `nextInt(10)` are
    /// 0, 8, 9, 7, 5 and 0, 3, 8, 4, 0.
    #[test]
    fn draws_what_java_draws() {
        let first = |seed| {
            let mut random = JavaRandom::new(seed);
            [(); 5].map(|()| random.next_below(10))
        };
        assert_eq!(first(0), [0, 8, 9, 7, 5]);
        assert_eq!(first(42), [0, 3, 8, 4, 0]);
    }
}
