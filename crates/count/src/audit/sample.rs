//! The papers to draw, from a public seed.
//!
//! R. L. Rivest's sampler (2011), which the audits of Colorado and California use: draw *i* is the SHA-256 digest of the
//! seed, a comma and *i* in decimal, as a number, modulo the number of papers, plus one. A paper may be drawn more than
//! once, and then counts more than once.

use num_bigint::BigUint;
use num_traits::ToPrimitive;
use sha2::{Digest, Sha256};

/// The number of the paper, from 1, that draw `draw` (from 1) takes out of this many. At least one paper must be there.
pub fn draw(seed: &str, draw: u64, papers: u64) -> u64 {
    let digest = Sha256::digest(format!("{seed},{draw}"));
    let number = BigUint::from_bytes_be(&digest) % BigUint::from(papers);
    number.to_u64().unwrap_or(0) + 1
}
