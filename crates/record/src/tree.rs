//! The Merkle tree over the entries, RFC 6962 section 2.1: leaves and nodes are hashed with different first
//! bytes, and the left subtree of `n` leaves holds the largest power of two below `n`.

use crate::digest::Digest;

/// The hash of a leaf, `SHA-256(0x00 ‖ entry)` (RFC 6962 section 2.1).
pub fn leaf_hash(entry: &[u8]) -> Digest {
    Digest::of_pieces(&[&[0], entry])
}

/// The hash of an inner node, `SHA-256(0x01 ‖ left ‖ right)` (RFC 6962 section 2.1).
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(left.as_bytes());
    bytes[33..].copy_from_slice(right.as_bytes());
    Digest::of(&bytes)
}

/// The root of the tree without leaves, `SHA-256()` (RFC 6962 section 2.1).
pub fn empty_root() -> Digest {
    Digest::of(b"")
}

/// The largest power of two smaller than `size`, where RFC 6962 splits a tree. `size` is at least 2.
pub(crate) fn split(size: u64) -> u64 {
    debug_assert!(size >= 2, "a tree of {size} leaves has no two halves");
    1 << (u64::BITS - 1 - (size - 1).leading_zeros())
}

/// The right edge of a growing tree: the roots of its complete subtrees, largest first, one for each binary
/// digit 1 of its size. It is all that is needed to add leaves and to tell the root: O(log n) memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Digest>,
}

impl Frontier {
    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf.
    pub fn push(&mut self, leaf: Digest) {
        self.push_subtree(0, leaf);
    }

    /// Adds a complete subtree of `2^level` leaves by its root. The size so far MUST be a multiple of `2^level`.
    pub fn push_subtree(&mut self, level: u32, root: Digest) {
        self.push_seeing(level, root, |_, _| {});
    }

    /// Adds a complete subtree, showing each node that this completes with its level (a leaf has level 0).
    pub(crate) fn push_seeing(&mut self, mut level: u32, root: Digest, mut see: impl FnMut(u32, &Digest)) {
        assert!(
            self.size.is_multiple_of(1 << level),
            "a subtree of 2^{level} leaves cannot begin at leaf {}",
            self.size
        );
        let mut hash = root;
        let mut digits = self.size >> level;
        self.size += 1 << level;
        see(level, &hash);
        while digits & 1 == 1 {
            let left = self.peaks.pop().expect("each binary digit 1 of the size has its peak");
            hash = node_hash(&left, &hash);
            level += 1;
            digits >>= 1;
            see(level, &hash);
        }
        self.peaks.push(hash);
    }

    /// The root of the tree at its present size.
    pub fn root(&self) -> Digest {
        let mut peaks = self.peaks.iter().rev();
        let Some(&smallest) = peaks.next() else { return empty_root() };
        peaks.fold(smallest, |right, left| node_hash(left, &right))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The leaves and roots that the implementations of Certificate Transparency test with, one root for each
    /// size from 0 to 8: `testonly/constants.go` in the repository transparency-dev/merkle (Apache-2.0).
    pub(crate) const LEAVES: [&str; 8] =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    const ROOTS: [&str; 9] = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    /// The definition of RFC 6962 section 2.1, word for word, as the yardstick.
    pub(crate) fn naive_root(leaves: &[Digest]) -> Digest {
        match leaves {
            [] => Digest::of(b""),
            [leaf] => *leaf,
            _ => {
                let mut k = 1;
                while k * 2 < leaves.len() {
                    k *= 2;
                }
                node_hash(&naive_root(&leaves[..k]), &naive_root(&leaves[k..]))
            }
        }
    }

    #[test]
    fn roots_of_certificate_transparency() {
        let mut frontier = Frontier::default();
        assert_eq!(frontier.root().to_string(), ROOTS[0]);
        for (leaf, root) in LEAVES.iter().zip(&ROOTS[1..]) {
            frontier.push(leaf_hash(&hex::decode(leaf).unwrap()));
            assert_eq!(frontier.root().to_string(), *root);
        }
    }

    #[test]
    fn splits_at_the_largest_power_of_two_below() {
        let splits: Vec<u64> = (2..=9).map(split).collect();
        assert_eq!(splits, [1, 2, 2, 4, 4, 4, 4, 8]);
    }

    proptest! {
        #[test]
        fn root_equals_the_definition(leaves in prop::collection::vec(any::<[u8; 32]>(), 0..200)) {
            let leaves: Vec<Digest> = leaves.into_iter().map(Digest::from_bytes).collect();
            let mut frontier = Frontier::default();
            for (count, leaf) in leaves.iter().enumerate() {
                prop_assert_eq!(frontier.root(), naive_root(&leaves[..count]));
                frontier.push(*leaf);
            }
            prop_assert_eq!(frontier.root(), naive_root(&leaves));
        }

        #[test]
        fn whole_subtrees_stand_for_their_leaves(
            level in 0u32..5, whole in 0usize..6, rest in 0usize..20, seed in any::<u64>(),
        ) {
            let leaf = |n: usize| Digest::of(format!("{seed} {n}").as_bytes());
            let leaves: Vec<Digest> = (0..(whole << level) + rest).map(leaf).collect();
            let (complete, loose) = leaves.split_at(whole << level);
            let mut frontier = Frontier::default();
            for subtree in complete.chunks(1 << level) {
                frontier.push_subtree(level, naive_root(subtree));
            }
            for leaf in loose {
                frontier.push(*leaf);
            }
            prop_assert_eq!(frontier.size(), leaves.len() as u64);
            prop_assert_eq!(frontier.root(), naive_root(&leaves));
        }
    }
}
