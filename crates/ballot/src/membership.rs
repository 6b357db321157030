//! Whether points are in the group, for many of them together.
//!
//! The surrounding sets have small subgroups, in which a random linear combination of points is neutral with
//! probability 1/2 however long its coefficients: a weight of 128 bits counts modulo the order 2 of such a point
//! like one of a single bit. So 128 independent sums over random subsets are formed, and each is raised to q: a
//! set with one point outside passes with probability at most 2^-128. The subsets are drawn by hashing all the
//! points, so that whoever chooses the points cannot know the subsets before. Eight sums at a time, a point goes into
//! the bucket of the subset of the eight that it belongs to, so that a point costs 16 multiplications instead of a
//! power.

use crate::digest::sha256;
use crate::group::Group;

/// Sums over random subsets: the logarithm of the probability of error.
const ROUNDS: usize = 128;
/// For each point, one bit a sum.
const ROUND_BYTES: usize = ROUNDS / 8;
/// From this number of points on, the sums are cheaper than single checks.
const BATCH_FROM: usize = 2 * ROUNDS;

/// The labels of those points that are not in the group.
pub(crate) fn outsiders<G: Group, L: Copy>(points: &[(L, G::Point)]) -> Vec<L> {
    if points.len() >= BATCH_FROM && all_members::<G, L>(points) {
        return Vec::new();
    }
    points.iter().filter(|(_, point)| !G::is_member(point)).map(|(label, _)| *label).collect()
}

fn all_members<G: Group, L>(points: &[(L, G::Point)]) -> bool {
    let plain: Vec<G::Point> = points.iter().map(|(_, point)| *point).collect();
    let seed = sha256(&[G::encode(&plain).join(",").as_bytes()]);
    let subsets: Vec<u8> = (0..plain.len().div_ceil(2)).flat_map(|pair| subsets(&seed, pair)).collect();
    (0..ROUND_BYTES).all(|byte| {
        let own = subsets.iter().skip(byte).step_by(ROUND_BYTES);
        eight_sums::<G>(plain.iter().zip(own)).iter().all(G::is_member)
    })
}

/// Which of the 128 sums each of two points belongs to, a bit a sum: SHA-256 of the seed and the number of the pair.
fn subsets(seed: &[u8; 32], pair: usize) -> [u8; 2 * ROUND_BYTES] {
    sha256(&[seed, &(pair as u64).to_be_bytes()])
}

/// Eight sums of the points, each with the sums that it belongs to as bits.
fn eight_sums<'a, G: Group>(points: impl Iterator<Item = (&'a G::Point, &'a u8)>) -> Vec<G::Point> {
    let mut buckets = vec![None; 1 << u8::BITS];
    for (point, &subset) in points {
        multiply_into::<G>(&mut buckets[usize::from(subset)], point);
    }
    // Sum 7 is that of the buckets from 128 on; then these go to those below, which differ in that bit alone.
    let mut sums = Vec::new();
    while buckets.len() > 1 {
        let upper = buckets.split_off(buckets.len() / 2);
        let mut sum = None;
        for (bucket, point) in buckets.iter_mut().zip(&upper) {
            if let Some(point) = point {
                multiply_into::<G>(&mut sum, point);
                multiply_into::<G>(bucket, point);
            }
        }
        sums.push(sum.unwrap_or_else(G::identity));
    }
    sums
}

fn multiply_into<G: Group>(target: &mut Option<G::Point>, factor: &G::Point) {
    *target = Some(match target {
        Some(value) => G::multiply(value, factor),
        None => *factor,
    });
}
