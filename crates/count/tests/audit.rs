//! Assertions, risks and samples against what papers and other programs publish, and margins against their laws.

use mandate_count::audit::{self, Assertion, Comparison, Kind, Poll, assertions, draws_without_difference};
use mandate_count::{Election, Rule, count, margin};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::One;
use proptest::prelude::*;
use std::fs;
use std::path::Path;

fn fraction(numerator: i64, denominator: i64) -> BigRational {
    BigRational::new(BigInt::from(numerator), BigInt::from(denominator))
}

/// The test cases of Rivest's sampler (repository cjerdonek/rivest-sampler-tests, `tests.json`, public domain).
#[test]
fn the_sample_is_rivests() {
    for (seed, papers, expected) in [
        ("0", 1000, [905, 573, 160]),
        ("0", 2, [1, 1, 2]),
        ("1", 1000, [97, 89, 163]),
        ("0000000000", 1000, [978, 359, 132]),
        ("999999999999999999999999", 1000, [544, 800, 654]),
        ("abcde", 1000, [247, 427, 157]),
    ] {
        assert_eq!([1, 2, 3].map(|draw| audit::draw(seed, draw, papers)), expected, "{seed}");
    }
}

/// Lindeman and Stark, *A Gentle Introduction to Risk-limiting Audits* (2012), section on comparison audits: at a risk
/// limit of 10 % and γ = 1.03905, n ≥ 4.8 (1.4 (o₁ + 5 o₂ − 0.6 u₁ − 4.4 u₂)) / μ, rounded constants. Without differences and
/// with a diluted margin of 10 % that is 48 draws; with one one-vote overstatement, 1.4 / 0.1 = 14 more.
#[test]
fn a_comparison_needs_as_many_papers_as_the_gentle_introduction_says() {
    let limit = fraction(1, 10);
    let draws = draws_without_difference(1_000, 10_000, &limit).unwrap();
    assert!((46..=48).contains(&draws), "{draws}");
    let with = |one_vote_overstatements, two_vote_overstatements| {
        let enough = |draws: &u32| {
            let seen = Comparison {
                draws: *draws,
                one_vote_overstatements,
                two_vote_overstatements,
                ..Comparison::default()
            };
            seen.risk(1_000, 10_000) <= limit
        };
        (1..1_000).find(enough).unwrap()
    };
    assert!((12..=15).contains(&(with(1, 0) - draws)), "{}", with(1, 0));
    // A two-vote overstatement costs 5 times 1.4 / μ, about 70 draws.
    assert!((62..=72).contains(&(with(0, 1) - draws)), "{}", with(0, 1));
}

/// The exact formula with small numbers: μ = 1/2, γ = 1.03905, three draws.
#[test]
fn the_risk_is_the_kaplan_markov_bound() {
    let seen = Comparison { draws: 3, ..Comparison::default() };
    let factor = BigRational::one() - fraction(1, 2) / fraction(207_810, 100_000);
    assert_eq!(seen.risk(50, 100), &factor * &factor * &factor);
    let mut seen = Comparison::default();
    seen.add(1, 0);
    seen.add(1, -1);
    seen.add(0, 1);
    assert_eq!(
        (
            seen.draws,
            seen.one_vote_overstatements,
            seen.two_vote_overstatements,
            seen.one_vote_understatements
        ),
        (3, 1, 1, 1)
    );
    assert_eq!(seen.risk(50, 100), BigRational::one());
}

/// BRAVO's statistic is multiplied by 2s for the winner and 2(1 − s) for the loser: with s = 3/5 and 14 papers for the
/// winner of 20, (6/5)^14 (4/5)^6. Each vote for a winner of all votes doubles it: 5 papers give 1/32 (the test case of
/// SHANGRLA's Kaplan–Markov and Kaplan–Wald, `tests/core/test_NonnegMean.py`).
#[test]
fn a_poll_is_bravos() {
    let poll = Poll { winner: 14, loser: 6 };
    let statistic = num_traits::pow(fraction(6, 5), 14) * num_traits::pow(fraction(4, 5), 6);
    assert_eq!(poll.risk((60, 40)), statistic.recip());
    assert_eq!(Poll { winner: 5, loser: 0 }.risk((10, 0)), fraction(1, 32));
    assert_eq!(Poll { winner: 5, loser: 1 }.risk((10, 0)), BigRational::one());
}

/// A file of the format of RAIRE: a line a ballot, after the contest and the ballot's identifier its ranking.
fn raire(name: &str) -> (Election, u16) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/raire").join(name);
    let text = fs::read_to_string(path).unwrap();
    let mut lines = text.lines().skip(1);
    let heading: Vec<&str> = lines.next().unwrap().split(',').collect();
    let candidates: usize = heading[2].parse().unwrap();
    let ids: Vec<&str> = heading[3..3 + candidates].to_vec();
    let number = |id: &str| ids.iter().position(|it| *it == id).unwrap() as u16 + 1;
    let mut election = Election::new(1, ids.iter().map(|id| id.to_string()));
    for line in lines {
        let ranking: Vec<u16> = line.split(',').skip(2).filter(|id| !id.is_empty()).map(number).collect();
        election.push(&ranking, 1).unwrap();
    }
    let winner = heading.iter().position(|it| *it == "winner").map(|at| number(heading[at + 1])).unwrap();
    (election, winner)
}

/// In these elections the lower bound and the change that was tried meet, so that the margin is exact. The numbers were
/// computed so, and not compared with a published table.
#[test]
fn margins_of_real_instant_runoffs() {
    for (name, exact) in [
        ("Aspen_2009_Mayor.raire", 89),
        ("Berkeley_2010_D1CityCouncil.raire", 1174),
        ("Berkeley_2010_D4CityCouncil.raire", 517),
        ("Berkeley_2010_D7CityCouncil.raire", 364),
        ("Berkeley_2010_D8CityCouncil.raire", 878),
        ("Oakland_2010_D6CityCouncil.raire", 2603),
    ] {
        let (election, winner) = raire(name);
        let result = count(Rule::InstantRunoff, &election, Some(&[1; 32])).unwrap();
        assert_eq!(result.winners(), [winner], "{name}");
        let margin = margin::of_instant_runoff(&election, &result, 100_000).unwrap();
        assert_eq!((margin.at_least, margin.at_most), (exact, exact), "{name}");
        let found = assertions(&election, winner, 100_000).unwrap();
        assert!(found.is_best, "{name}");
        assert!(found.assertions.iter().all(|(assertion, margin)| {
            let (for_winner, for_loser) = assertion.tally(&election.ballots);
            for_winner - for_loser == *margin
        }));
    }
}

fn elections() -> impl Strategy<Value = Election> {
    let order: Vec<u16> = (1..=4).collect();
    let ballot = (Just(order).prop_shuffle(), 1usize..=4, 1u64..12);
    prop::collection::vec(ballot, 1..7).prop_map(|ballots| {
        let mut election = Election::new(1, ["A", "B", "C", "D"]);
        for (ranking, length, weight) in ballots {
            election.push(&ranking[..length], weight).unwrap();
        }
        election
    })
}

fn orders() -> Vec<Vec<u16>> {
    let mut orders = vec![Vec::new()];
    for _ in 0..4 {
        orders = orders
            .into_iter()
            .flat_map(|order: Vec<u16>| {
                (1..=4)
                    .filter(|next| !order.contains(next))
                    .map(|next| [&order[..], &[next]].concat())
                    .collect::<Vec<_>>()
            })
            .collect();
    }
    orders
}

/// Whether an assertion, if true, rules this order of elimination out.
fn rules_out(assertion: &Assertion, order: &[u16]) -> bool {
    let place = |candidate: u16| order.iter().position(|it| *it == candidate).unwrap();
    match &assertion.kind {
        Kind::NotEliminatedBefore => place(assertion.winner) < place(assertion.loser),
        Kind::NotEliminatedNext(left) => {
            let mut end = order[order.len() - left.len()..].to_vec();
            end.sort_unstable();
            end == *left && order[order.len() - left.len()] == assertion.winner
        }
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// The assertions are true of the ballots and rule out every order that elects another.
    #[test]
    fn assertions_prove_the_winner(election in elections()) {
        let Ok(result) = count(Rule::InstantRunoff, &election, None) else { return Ok(()) };
        let winner = result.winners()[0];
        let Some(found) = assertions(&election, winner, 10_000) else { return Ok(()) };
        for (assertion, margin) in &found.assertions {
            let (for_winner, for_loser) = assertion.tally(&election.ballots);
            prop_assert!(*margin > 0 && for_winner == for_loser + margin);
        }
        for order in orders().into_iter().filter(|order| order[3] != winner) {
            prop_assert!(found.assertions.iter().any(|(it, _)| rules_out(it, &order)), "{order:?} {found:?}");
        }
    }

    /// Fewer ballots than the lower bound, changed in any way we try, leave the winner; the upper bound suffices.
    #[test]
    fn margins_hold(election in elections(), changes in prop::collection::vec((0u16..64, 1u16..=4), 1..6)) {
        let Ok(result) = count(Rule::InstantRunoff, &election, None) else { return Ok(()) };
        let winner = result.winners()[0];
        let margin = margin::of_instant_runoff(&election, &result, 10_000).unwrap();
        let mut single = Election { ballots: Default::default(), ..election.clone() };
        let mut ballots: Vec<Vec<u16>> = election
            .ballots
            .iter()
            .flat_map(|ballot| vec![ballot.candidates().collect::<Vec<_>>(); ballot.weight as usize])
            .collect();
        for (place, candidate) in changes.iter().take(margin.at_least.saturating_sub(1) as usize) {
            let place = usize::from(*place) % ballots.len();
            ballots[place] = vec![*candidate];
        }
        for ballot in &ballots {
            single.push(ballot, 1).unwrap();
        }
        if margin.at_least > 0 {
            let changed = count(Rule::InstantRunoff, &single, Some(&[3; 32])).unwrap();
            prop_assert_eq!(changed.winners(), [winner], "{:?}", margin);
        }
    }
}
