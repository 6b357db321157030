//! Proofs that an entry is in the record, and that a longer record continues a shorter one
//! (RFC 6962 sections 2.1.1 and 2.1.2), and their check, which needs nothing but hashes.

use crate::checkpoint::decode_hash;
use crate::digest::Digest;
use crate::tree::{node_hash, split};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use std::ops::Range;

/// Proves that the leaf at `index` is in the tree of `size` leaves: an audit path, RFC 6962 section 2.1.1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InclusionProof {
    /// The leaf's place, from 0.
    pub index: u64,
    /// The number of leaves of the tree that the proof is for.
    pub size: u64,
    /// The hashes from the leaf's neighbour up to the root's child.
    pub path: Vec<Digest>,
}

/// Proves that the tree of `to` leaves begins with the tree of `from` leaves: RFC 6962 section 2.1.2.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConsistencyProof {
    /// The number of leaves of the earlier tree, at least 1.
    pub from: u64,
    /// The number of leaves of the later tree.
    pub to: u64,
    /// The hashes in the order of RFC 6962.
    pub path: Vec<Digest>,
}

impl InclusionProof {
    /// `PATH(index, D[size])` of RFC 6962 section 2.1.1. `index` MUST be less than `size`. `root_of` tells the
    /// root over a range of leaves.
    pub(crate) fn generate<E>(
        index: u64,
        size: u64,
        mut root_of: impl FnMut(Range<u64>) -> Result<Digest, E>,
    ) -> Result<Self, E> {
        let mut path = Vec::new();
        let mut subtree = 0..size;
        while subtree.end - subtree.start > 1 {
            let middle = subtree.start + split(subtree.end - subtree.start);
            let (inside, sibling) = halves(subtree, middle, index < middle);
            path.push(root_of(sibling)?);
            subtree = inside;
        }
        path.reverse();
        Ok(Self { index, size, path })
    }

    /// Whether a leaf with this hash stands at `index` of the tree with this root.
    pub fn holds(&self, leaf: &Digest, root: &Digest) -> bool {
        self.index < self.size
            && root_with_leaf(self.index, self.size, leaf, &self.path)
                .is_some_and(|computed| computed == *root)
    }

    /// The proof with its checkpoint in the form of C2SP's tlog-proof, which other programs check.
    /// `checkpoint` is a checkpoint of the tree of `size` leaves, signed or not.
    pub fn to_tlog_proof(&self, checkpoint: &str) -> String {
        let mut text = format!("{TLOG_PROOF_HEADER}\nindex {}\n", self.index);
        for hash in &self.path {
            text.push_str(&STANDARD.encode(hash.as_bytes()));
            text.push('\n');
        }
        text.push('\n');
        text.push_str(checkpoint);
        text
    }

    /// Reads the form of C2SP's tlog-proof; what comes back beside the proof is the checkpoint's text.
    /// The proof's size is that of the checkpoint.
    ///
    /// # Errors
    /// The line at fault and what is wrong with it.
    pub fn from_tlog_proof(text: &str) -> Result<(Self, &str), String> {
        let (proof, checkpoint) = text
            .split_once("\n\n")
            .ok_or("the proof ends before the empty line that its checkpoint follows")?;
        let mut lines = proof.lines().enumerate().map(|(at, line)| (at + 1, line)).peekable();
        if lines.next().is_none_or(|(_, line)| line != TLOG_PROOF_HEADER) {
            return Err(format!("line 1: expected \"{TLOG_PROOF_HEADER}\""));
        }
        lines.next_if(|(_, line)| line.starts_with("extra "));
        let index = lines
            .next()
            .and_then(|(_, line)| line.strip_prefix("index ")?.parse().ok())
            .ok_or("line 2: expected \"index \" and the entry's number")?;
        let path = lines
            .map(|(number, line)| {
                decode_hash(line).ok_or(format!("line {number}: not a hash in base64: {line}"))
            })
            .collect::<Result<_, _>>()?;
        let size = crate::Checkpoint::parse(checkpoint)?.size;
        Ok((Self { index, size, path }, checkpoint))
    }
}

const TLOG_PROOF_HEADER: &str = "c2sp.org/tlog-proof@v1";

impl ConsistencyProof {
    /// `PROOF(from, D[to])` of RFC 6962 section 2.1.2. `from` MUST be at least 1 and at most `to`.
    pub(crate) fn generate<E>(
        from: u64,
        to: u64,
        mut root_of: impl FnMut(Range<u64>) -> Result<Digest, E>,
    ) -> Result<Self, E> {
        let mut path = Vec::new();
        let mut subtree = 0..to;
        while subtree.end != from {
            let middle = subtree.start + split(subtree.end - subtree.start);
            let (inside, sibling) = halves(subtree, middle, from <= middle);
            path.push(root_of(sibling)?);
            subtree = inside;
        }
        if subtree.start > 0 {
            path.push(root_of(subtree)?);
        }
        path.reverse();
        Ok(Self { from, to, path })
    }

    /// Whether the tree of `to` leaves with the root `to_root` begins with the tree of `from` leaves with the
    /// root `from_root`. Never for an empty earlier tree: everything continues it.
    pub fn holds(&self, from_root: &Digest, to_root: &Digest) -> bool {
        self.from >= 1
            && self.from <= self.to
            && roots_with_proof(self.from, self.to, Some(from_root), &self.path)
                .is_some_and(|(from, to)| from == *from_root && to == *to_root)
    }
}

/// The half of a tree split at `middle` to go on in, and the other one.
fn halves(tree: Range<u64>, middle: u64, left: bool) -> (Range<u64>, Range<u64>) {
    let (first, second) = (tree.start..middle, middle..tree.end);
    if left { (first, second) } else { (second, first) }
}

/// The root of a tree of `size` leaves in which `leaf` stands at `index`; nothing if the path's length is wrong.
fn root_with_leaf(index: u64, size: u64, leaf: &Digest, path: &[Digest]) -> Option<Digest> {
    if size == 1 {
        return path.is_empty().then_some(*leaf);
    }
    let (sibling, path) = path.split_last()?;
    let middle = split(size);
    if index < middle {
        Some(node_hash(&root_with_leaf(index, middle, leaf, path)?, sibling))
    } else {
        Some(node_hash(sibling, &root_with_leaf(index - middle, size - middle, leaf, path)?))
    }
}

/// The roots of the trees of `from` and of `to` leaves. `known` is the earlier root, as long as the subtree
/// looked at begins with the whole earlier tree (the boolean `b` of RFC 6962 section 2.1.2).
fn roots_with_proof(from: u64, to: u64, known: Option<&Digest>, path: &[Digest]) -> Option<(Digest, Digest)> {
    if from == to {
        let root = match (known, path) {
            (Some(root), []) | (None, [root]) => *root,
            _ => return None,
        };
        return Some((root, root));
    }
    let (sibling, path) = path.split_last()?;
    let middle = split(to);
    if from <= middle {
        let (from_root, to_root) = roots_with_proof(from, middle, known, path)?;
        Some((from_root, node_hash(&to_root, sibling)))
    } else {
        let (from_root, to_root) = roots_with_proof(from - middle, to - middle, None, path)?;
        Some((node_hash(sibling, &from_root), node_hash(sibling, &to_root)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tests::naive_root;
    use proptest::prelude::*;
    use serde_json::Value;

    /// A hash of a test case. Some cases hold texts that are no hashes ("don't care 1"), or nothing; filled up
    /// with zeros, and nothing with `empty`, they stay as equal and as different as the case needs.
    fn hash_or(value: &Value, empty: u8) -> Digest {
        let mut bytes = STANDARD.decode(value.as_str().unwrap()).unwrap();
        bytes.resize(32, if bytes.is_empty() { empty } else { 0 });
        Digest::from_slice(&bytes).unwrap()
    }

    fn hash(value: &Value) -> Digest {
        hash_or(value, 0)
    }

    fn path(value: &Value) -> Vec<Digest> {
        value.as_array().map(|hashes| hashes.iter().map(hash).collect()).unwrap_or_default()
    }

    fn cases(text: &str) -> impl Iterator<Item = Value> {
        text.lines().map(|line| serde_json::from_str(line).unwrap())
    }

    #[test]
    fn inclusion_cases_of_transparency_dev() {
        let text = include_str!("../testdata/rfc6962-proofs/inclusion.jsonl");
        let mut good = 0;
        for case in cases(text) {
            let proof = InclusionProof {
                index: case["leafIdx"].as_u64().unwrap(),
                size: case["treeSize"].as_u64().unwrap(),
                path: path(&case["proof"]),
            };
            let expected = !case["wantErr"].as_bool().unwrap();
            good += usize::from(expected);
            assert_eq!(proof.holds(&hash_or(&case["leafHash"], 1), &hash(&case["root"])), expected, "{case}");
        }
        assert_eq!(good, 6, "proofs that hold among the cases");
    }

    #[test]
    fn consistency_cases_of_transparency_dev() {
        let text = include_str!("../testdata/rfc6962-proofs/consistency.jsonl");
        let mut good = 0;
        for case in cases(text) {
            let proof = ConsistencyProof {
                from: case["size1"].as_u64().unwrap(),
                to: case["size2"].as_u64().unwrap(),
                path: path(&case["proof"]),
            };
            let expected = !case["wantErr"].as_bool().unwrap();
            good += usize::from(expected);
            assert_eq!(proof.holds(&hash(&case["root1"]), &hash(&case["root2"])), expected, "{case}");
        }
        assert_eq!(good, 6, "proofs that hold among the cases");
    }

    fn leaves(size: u64, seed: u64) -> Vec<Digest> {
        (0..size).map(|leaf| Digest::of(format!("{seed} {leaf}").as_bytes())).collect()
    }

    fn root_of(leaves: &[Digest]) -> impl FnMut(Range<u64>) -> Result<Digest, String> {
        |range| Ok(naive_root(&leaves[range.start as usize..range.end as usize]))
    }

    fn disturb(hash: &Digest, bit: usize) -> Digest {
        let mut bytes = *hash.as_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        Digest::from_bytes(bytes)
    }

    proptest! {
        #[test]
        fn inclusion_is_proved_and_nothing_else(
            size in 1u64..120, at in any::<prop::sample::Index>(), other in any::<prop::sample::Index>(),
            bit in 0usize..256, seed in any::<u64>(),
        ) {
            let leaves = leaves(size, seed);
            let index = at.index(leaves.len());
            let proof = InclusionProof::generate(index as u64, size, root_of(&leaves)).unwrap();
            let (leaf, root) = (&leaves[index], &naive_root(&leaves));
            prop_assert!(proof.holds(leaf, root));
            prop_assert!(!proof.holds(&disturb(leaf, bit), root));
            prop_assert!(!proof.holds(leaf, &disturb(root, bit)));
            for place in 0..proof.path.len() {
                let mut disturbed = proof.clone();
                disturbed.path[place] = disturb(&disturbed.path[place], bit);
                prop_assert!(!disturbed.holds(leaf, root));
            }
            let mut longer = proof.clone();
            longer.path.push(*leaf);
            prop_assert!(!longer.holds(leaf, root));
            let elsewhere = other.index(leaves.len());
            if elsewhere != index {
                prop_assert!(!proof.holds(&leaves[elsewhere], root));
                let moved = InclusionProof { index: elsewhere as u64, ..proof };
                prop_assert!(!moved.holds(leaf, root));
            }
        }

        #[test]
        fn consistency_is_proved_and_nothing_else(
            to in 1u64..120, earlier in any::<prop::sample::Index>(), bit in 0usize..256, seed in any::<u64>(),
        ) {
            let leaves = leaves(to, seed);
            let from = earlier.index(leaves.len()) as u64 + 1;
            let proof = ConsistencyProof::generate(from, to, root_of(&leaves)).unwrap();
            let (from_root, to_root) = (&naive_root(&leaves[..from as usize]), &naive_root(&leaves));
            prop_assert!(proof.holds(from_root, to_root));
            prop_assert!(!proof.holds(&disturb(from_root, bit), to_root));
            prop_assert!(!proof.holds(from_root, &disturb(to_root, bit)));
            for place in 0..proof.path.len() {
                let mut disturbed = proof.clone();
                disturbed.path[place] = disturb(&disturbed.path[place], bit);
                prop_assert!(!disturbed.holds(from_root, to_root));
            }
        }

        #[test]
        fn tlog_proofs_read_back(size in 1u64..120, at in any::<prop::sample::Index>(), seed in any::<u64>()) {
            let leaves = leaves(size, seed);
            let proof = InclusionProof::generate(at.index(leaves.len()) as u64, size, root_of(&leaves)).unwrap();
            let checkpoint = crate::Checkpoint { origin: "valley".into(), size, root: naive_root(&leaves) };
            let checkpoint = checkpoint.to_string();
            let text = proof.to_tlog_proof(&checkpoint);
            prop_assert_eq!(InclusionProof::from_tlog_proof(&text), Ok((proof, checkpoint.as_str())));
        }
    }
}
