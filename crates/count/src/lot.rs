//! Decisions by lot that anybody can repeat.
//!
//! A lot is a function of the seed, of what is decided, and of who is tied, and of nothing else: not of the order in
//! which ballots were read or candidates were compared. Each of the tied is given the SHA-256 digest of
//!
//! ```text
//! "mandate lot 1" 0x00, the seed (32 bytes), the purpose (its length as 4 bytes, then its text),
//! the number of the tied (4 bytes), their numbers in ascending order (4 bytes each), its own number (4 bytes)
//! ```
//!
//! (integers big-endian), and the smallest digest is drawn first.

use sha2::{Digest, Sha256};

/// The seed of all lots of one count: agreed, or committed to, before the ballots are known.
pub type Seed = [u8; 32];

/// The tied in the order in which the lot draws them.
pub fn draw(seed: &Seed, purpose: &str, tied: &[u32]) -> Vec<u32> {
    let mut sorted = tied.to_vec();
    sorted.sort_unstable();
    let mut common = Sha256::new();
    common.update(b"mandate lot 1\0");
    common.update(seed);
    common.update((purpose.len() as u32).to_be_bytes());
    common.update(purpose.as_bytes());
    common.update((sorted.len() as u32).to_be_bytes());
    for number in &sorted {
        common.update(number.to_be_bytes());
    }
    sorted.sort_by_cached_key(|number| {
        let digest: [u8; 32] = common.clone().chain_update(number.to_be_bytes()).finalize().into();
        digest
    });
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_the_tied_does_not_matter_but_all_else_does() {
        let drawn = draw(&[7; 32], "exclusion at stage 3", &[4, 9, 2, 11, 30]);
        assert_eq!(drawn, draw(&[7; 32], "exclusion at stage 3", &[30, 2, 4, 11, 9]));
        assert_ne!(drawn, draw(&[8; 32], "exclusion at stage 3", &[4, 9, 2, 11, 30]));
        assert_ne!(drawn, draw(&[7; 32], "exclusion at stage 4", &[4, 9, 2, 11, 30]));
    }

    #[test]
    fn every_one_of_the_tied_is_drawn_first_about_as_often() {
        let mut first = [0u32; 4];
        for seed in 0..=255u8 {
            first[draw(&[seed; 32], "test", &[0, 1, 2, 3])[0] as usize] += 1;
        }
        // 256 draws, 64 expected each; six standard deviations are 42.
        assert!(first.iter().all(|times| (22..=106).contains(times)), "{first:?}");
    }
}
