//! Where secrets come from: the operating system, and in tests a seed.

use std::fmt;
use zeroize::Zeroizing;

/// A source of random bytes. Sealed, so that no caller can hand in a weak one: outside tests there is only
/// [`SystemRandomness`].
pub trait Randomness: sealed::Sealed {
    /// Fills `bytes` with uniformly random bytes.
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RandomnessFailure>;
}

mod sealed {
    pub trait Sealed {}
}

/// The operating system gave no random bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RandomnessFailure(String);

impl fmt::Display for RandomnessFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the operating system gave no random bytes: {}", self.0)
    }
}

impl std::error::Error for RandomnessFailure {}

/// The operating system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandomness;

impl sealed::Sealed for SystemRandomness {}

impl Randomness for SystemRandomness {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RandomnessFailure> {
        getrandom::fill(bytes).map_err(|error| RandomnessFailure(error.to_string()))
    }
}

/// Bytes derived from a seed by SHA-256 in counter mode, for tests and benches.
#[cfg(any(test, feature = "seeded-randomness"))]
#[derive(Debug, Clone)]
pub struct SeededRandomness {
    seed: [u8; 32],
    counter: u64,
}

#[cfg(any(test, feature = "seeded-randomness"))]
impl SeededRandomness {
    /// The source that `seed` determines.
    pub fn new(seed: u64) -> Self {
        Self { seed: crate::digest::sha256(&[b"seeded randomness", &seed.to_be_bytes()]), counter: 0 }
    }
}

#[cfg(any(test, feature = "seeded-randomness"))]
impl sealed::Sealed for SeededRandomness {}

#[cfg(any(test, feature = "seeded-randomness"))]
impl Randomness for SeededRandomness {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RandomnessFailure> {
        for chunk in bytes.chunks_mut(32) {
            let block = crate::digest::sha256(&[&self.seed, &self.counter.to_be_bytes()]);
            chunk.copy_from_slice(&block[..chunk.len()]);
            self.counter += 1;
        }
        Ok(())
    }
}

/// A uniformly random number below `bound`, by rejection.
pub(crate) fn below(bound: u64, randomness: &mut dyn Randomness) -> Result<u64, RandomnessFailure> {
    let limit = u64::MAX - u64::MAX % bound;
    loop {
        let mut bytes = Zeroizing::new([0; 8]);
        randomness.fill(bytes.as_mut())?;
        let candidate = u64::from_be_bytes(*bytes);
        if candidate < limit {
            return Ok(candidate % bound);
        }
    }
}

const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// A uniformly random string of `length` Base58 characters.
pub(crate) fn base58(
    length: usize,
    randomness: &mut dyn Randomness,
) -> Result<Zeroizing<String>, RandomnessFailure> {
    let mut text = Zeroizing::new(String::with_capacity(length));
    for _ in 0..length {
        text.push(BASE58[below(58, randomness)? as usize] as char);
    }
    Ok(text)
}

/// The value of one Base58 character, none where it is not in the alphabet.
pub(crate) fn base58_digit(character: u8) -> Option<u64> {
    BASE58.iter().position(|&digit| digit == character).map(|position| position as u64)
}
