//! Laws: the tally of the encrypted is the tally of the plain, any k of n trustees give the same result, shuffles
//! keep the multiset.

mod support;

use mandate_ballot::{Fault, GroupName};
use proptest::prelude::*;
use support::{Plan, set_up};

const QUESTIONS: &str = r#"[
    {"answers":["A","B","C"],"min":1,"max":2,"question":"?"},
    {"answers":["A","B"],"blank":true,"min":1,"max":1,"question":"?"}]"#;
const RANKING: &str = r#"[{"type":"NonHomomorphic","value":{"answers":["A","B","C"],"question":"?"}}]"#;

fn choices() -> impl Strategy<Value = Vec<Vec<u64>>> {
    let first = prop::sample::select(vec![[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1]]);
    let second = prop::sample::select(vec![[1, 0, 0], [0, 1, 0], [0, 0, 1]]);
    (first, second).prop_map(|(first, second)| vec![first.to_vec(), second.to_vec()])
}

/// The sums of the last vote of each voter, weighted.
fn plain_tally(votes: &[(usize, Vec<Vec<u64>>)], weights: &[u64]) -> Vec<Vec<u64>> {
    let mut sums = vec![vec![0; 3]; 2];
    for (voter, weight) in weights.iter().enumerate() {
        if let Some((_, vote)) = votes.iter().rev().find(|(by, _)| *by == voter) {
            for (sums, vote) in sums.iter_mut().zip(vote) {
                for (sum, number) in sums.iter_mut().zip(vote) {
                    *sum += number * weight;
                }
            }
        }
    }
    sums
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn encrypted_tally_is_the_plain_one(
        weights in prop::collection::vec(prop_oneof![Just(1), 1u64..36, Just(900_000)], 1..5),
        votes in prop::collection::vec((0usize..5, choices()), 0..8),
        seed: u64,
    ) {
        let votes: Vec<_> = votes.into_iter().map(|(voter, vote)| (voter % weights.len(), vote)).collect();
        let mut made = set_up(GroupName::Ed25519, QUESTIONS, &weights, Plan { singles: 2, threshold: None }, seed);
        made.vote(&votes);
        let result = made.tally(&[], &[1, 2]).expect("a result");
        prop_assert_eq!(result, serde_json::to_string(&plain_tally(&votes, &weights)).expect("JSON"));
    }

    #[test]
    fn any_k_of_n_trustees_open_the_tally(
        (threshold, size, order) in (1usize..4).prop_flat_map(|threshold| {
            (threshold..5).prop_flat_map(move |size| {
                let order: Vec<usize> = (1..=size).collect();
                (Just(threshold), Just(size), Just(order).prop_shuffle())
            })
        }),
        seed: u64,
    ) {
        let plan = Plan { singles: 0, threshold: Some((threshold, size)) };
        let mut made = set_up(GroupName::Ed25519, QUESTIONS, &[1, 1], plan, seed);
        made.vote(&[(0, vec![vec![1, 1, 0], vec![0, 1, 0]]), (1, vec![vec![1, 0, 0], vec![1, 0, 0]])]);
        let open = made.archive.clone();
        let result = made.tally(&[], &order[..threshold]).expect("a result");
        prop_assert_eq!(result, "[[2,1,0],[1,1,0]]");
        made.archive = open;
        let faults = made.tally(&[], &order[..threshold - 1]).expect_err("too few");
        // Without any decryption the archive cannot even come to a result.
        let too_few = matches!(faults[..], [Fault::DecryptionsMissing { .. } | Fault::EventOrder { .. }]);
        prop_assert!(too_few, "{:?}", faults);
    }

    #[test]
    fn shuffles_keep_the_multiset(
        rankings in prop::collection::vec(prop::collection::vec(0u64..=255, 3), 1..7),
        shufflers in prop::sample::subsequence(vec![1usize, 2], 1..=2).prop_shuffle(),
        seed: u64,
    ) {
        let weights = vec![1; rankings.len()];
        let mut made = set_up(GroupName::Ed25519, RANKING, &weights, Plan { singles: 2, threshold: None }, seed);
        let votes: Vec<_> =
            rankings.iter().enumerate().map(|(voter, ranking)| (voter, vec![ranking.clone()])).collect();
        made.vote(&votes);
        let result = made.tally(&shufflers, &[2, 1]).expect("a result");
        let mut decrypted: Vec<Vec<Vec<u64>>> = serde_json::from_str(&result).expect("ballots");
        let mut cast = rankings;
        decrypted[0].sort();
        cast.sort();
        prop_assert_eq!(&decrypted[0], &cast);
    }
}

/// The 2,048-bit groups once each: their arithmetic is slow, the protocol is the same.
#[test]
fn other_groups() {
    for group in [GroupName::Belenios2048, GroupName::Rfc3526] {
        let plan = Plan { singles: 1, threshold: Some((2, 3)) };
        let mut made = set_up(group, QUESTIONS, &[3, 35], plan, 7);
        made.vote(&[(0, vec![vec![1, 1, 0], vec![0, 1, 0]]), (1, vec![vec![0, 0, 1], vec![1, 0, 0]])]);
        assert_eq!(made.tally(&[], &[1, 4, 2]).expect("a result"), "[[3,3,35],[35,3,0]]");
    }
    let mut made = set_up(GroupName::Rfc3526, RANKING, &[1, 1], Plan { singles: 1, threshold: None }, 8);
    made.vote(&[(0, vec![vec![1, 2, 3]]), (1, vec![vec![255, 0, 7]])]);
    let result = made.tally(&[1], &[1]).expect("a result");
    assert!(["[[[1,2,3],[255,0,7]]]", "[[[255,0,7],[1,2,3]]]"].contains(&result.as_str()), "{result}");
}
