//! Meek's and Warren's methods in fractions, beside the same in nine decimal places.

use mandate_count::{
    Arithmetic, Conditions, Count, CountError, Election, Rule, Votes, blt, count, count_under,
};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Zero;
use proptest::prelude::*;
use std::path::PathBuf;

fn in_fractions(rule: Rule, election: &Election, seed: Option<&[u8; 32]>) -> Result<Count, CountError> {
    count_under(
        rule,
        election,
        &Conditions { arithmetic: Arithmetic::Rational, ..Conditions::default() },
        seed,
    )
}

fn excluded(count: &Count) -> Vec<&[u16]> {
    count.stages.iter().map(|stage| stage.excluded.as_slice()).collect()
}

/// In all 54 wards, fractions and nine decimal places elect the same at the same stages, and exclude the same; no two
/// candidates are so near to each other there that rounding could matter. Votes differ by less than 10⁻⁵.
#[test]
fn the_wards_come_out_the_same() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/scottish-elections");
    let mut wards = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let Ok(election) = blt::read(&std::fs::read(&path).unwrap()) else { continue };
        for rule in [Rule::Meek, Rule::Warren] {
            let decimal = count(rule, &election, None).unwrap();
            let rational = in_fractions(rule, &election, None).unwrap();
            assert_eq!(rational.elected, decimal.elected, "{rule} {}", path.display());
            assert_eq!(excluded(&rational), excluded(&decimal), "{rule} {}", path.display());
            let least = BigRational::new(1.into(), 100_000.into());
            for (ours, theirs) in rational.stages.iter().zip(&decimal.stages) {
                for (exact, rounded) in ours.totals.iter().zip(theirs.totals.iter()) {
                    let apart = exact.to_rational() - rounded.to_rational();
                    assert!(apart < least && -apart < least, "{rule} {}: {exact} {rounded}", path.display());
                }
            }
        }
        wards += 1;
    }
    assert_eq!(wards, 54);
}

/// A has 1,000,003 votes, the quota is 600,003, so 400,000/1,000,003 of each of A's papers goes on. B gets 83,334 of them
/// and C 916,669: 334,333 + 83,334 × 400,000/1,000,003 against 1,000 + 916,669 × 400,000/1,000,003, which is 1/1,000,003
/// more. Nine decimal places leave a surplus larger than that and need a lot; fractions exclude B.
#[test]
fn a_millionth_of_a_vote_decides() {
    let mut election = Election::new(2, ["A", "B", "C", "D"]);
    for (ranking, weight) in
        [(&[1u16, 2][..], 83_334), (&[1, 3], 916_669), (&[2], 334_333), (&[3], 1_000), (&[4], 464_673)]
    {
        election.push(ranking, weight).unwrap();
    }
    assert!(matches!(count(Rule::Meek, &election, None), Err(CountError::LotNeeded { stage: 3, .. })));
    for rule in [Rule::Meek, Rule::Warren] {
        let result = in_fractions(rule, &election, None).unwrap();
        assert_eq!(result.winners(), [1, 3], "{rule}");
        let totals = &result.stages[1].totals;
        let apart = totals[2].to_rational() - totals[1].to_rational();
        let expected = BigRational::new(1.into(), 1_000_003.into());
        // The keep factor of A is rounded up at the thirtieth place.
        let error = apart - expected;
        let most = BigRational::new(1.into(), BigInt::from(10).pow(24));
        assert!(error < most && -error < most, "{rule}: {:?}", totals);
    }
}

/// Where votes run out of preferences the quota is no round number: three seats, all votes, over four.
#[test]
fn the_quota_is_a_fraction() {
    let mut election = Election::new(2, ["A", "B", "C"]);
    for (ranking, weight) in [(&[1u16, 2][..], 7), (&[2], 2), (&[3], 1)] {
        election.push(ranking, weight).unwrap();
    }
    let result = in_fractions(Rule::Meek, &election, None).unwrap();
    assert_eq!(result.stages[0].quota, Some(Votes::new(10, 3)));
    assert_eq!(result.winners(), [1, 2]);
    assert!(result.ties.is_empty());
}

#[test]
fn other_rules_have_numbers_of_their_own() {
    let mut election = Election::new(1, ["A", "B"]);
    election.push(&[1], 1).unwrap();
    assert_eq!(
        in_fractions(Rule::Ers97, &election, None).unwrap_err().to_string(),
        "the text of ers97 says which numbers it is counted in; in fractions only meek and warren are counted"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// Nothing is rounded: all votes are with candidates or on papers without a further preference.
    #[test]
    fn every_vote_is_somewhere(
        ballots in prop::collection::vec((Just((1u16..=6).collect::<Vec<_>>()).prop_shuffle(), 1usize..=6, 1u64..30), 1..20),
        seats in 1u32..=5,
        rule in prop::sample::select(vec![Rule::Meek, Rule::Warren]),
    ) {
        let mut election = Election::new(seats, ["A", "B", "C", "D", "E", "F"]);
        for (ranking, length, weight) in ballots {
            election.push(&ranking[..length], weight).unwrap();
        }
        let result = in_fractions(rule, &election, Some(&[5; 32])).unwrap();
        for stage in &result.stages {
            let credited = stage.totals.iter().fold(BigRational::zero(), |sum, votes| sum + votes.to_rational());
            prop_assert_eq!(stage.rounding.clone(), Votes::ZERO);
            prop_assert_eq!(credited + stage.non_transferable.to_rational(), result.valid.to_rational());
        }
        // Decimal places may find a tie where there is none, but where they need no lot they elect the same.
        if let Ok(decimal) = count(rule, &election, None) {
            let (mut ours, mut theirs) = (result.winners(), decimal.winners());
            ours.sort_unstable();
            theirs.sort_unstable();
            prop_assert_eq!(ours, theirs);
        }
    }
}
