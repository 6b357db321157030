//! Whether points are in the group, for many of them together.
//!
//! The surrounding sets have small subgroups, in which a random linear combination of points is neutral with
//! probability 1/2 however long its coefficients: a weight of 128 bits counts modulo the order 2 of such a point
//! like one of a single bit. So 128 independent sums over random subsets are formed, and each is raised to q: a
//! set with one point outside passes with probability at most 2^-128. The subsets are drawn by hashing all the
//! points, so that whoever chooses the points cannot know the subsets before. The points are taken in blocks of
//! six, whose 64 products are tabled, so that a point costs 32 multiplications instead of a power.

use crate::digest::sha256;
use crate::group::Group;

/// Sums over random subsets: the logarithm of the probability of error.
const ROUNDS: usize = 128;
/// Points whose products are tabled together.
const BLOCK: usize = 6;
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
    let mut sums = [G::identity(); ROUNDS];
    for (index, block) in plain.chunks(BLOCK).enumerate() {
        let products = subset_products::<G>(block);
        for (sum, subset) in sums.iter_mut().zip(subsets(&seed, index)) {
            let subset = usize::from(subset) & (products.len() - 1);
            if subset > 0 {
                *sum = G::multiply(sum, &products[subset]);
            }
        }
    }
    sums.iter().all(G::is_member)
}

/// The products of all subsets of a block, by the bits of their index.
fn subset_products<G: Group>(block: &[G::Point]) -> Vec<G::Point> {
    let mut products = vec![G::identity()];
    for point in block {
        for index in 0..products.len() {
            products.push(if index == 0 { *point } else { G::multiply(&products[index], point) });
        }
    }
    products
}

/// One random byte for each round: SHA-256 of the seed, the block's number and a counter.
fn subsets(seed: &[u8; 32], block: usize) -> impl Iterator<Item = u8> {
    let block = block as u64;
    (0..(ROUNDS / 32) as u64)
        .flat_map(move |counter| sha256(&[seed, &block.to_be_bytes(), &counter.to_be_bytes()]))
}
