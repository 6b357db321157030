//! What each rule promises, as a table, and a law of it for each promise. docs/rules.md shows the same table.

use mandate_count::{Ballot, Election, Rule, count};
use proptest::prelude::*;

/// What a rule can promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Promise {
    /// Whoever is first on more than half of the ballots is elected.
    Majority,
    /// Whoever beats everybody else in pairs is elected.
    Condorcet,
    /// Whoever is beaten by everybody else in pairs is not.
    CondorcetLoser,
    /// Whoever is elected stays so when ballots move them up.
    Monotone,
    /// Whom two electorates elect apart they elect together.
    Consistent,
    /// Extended justified representation: of any group of ℓ/k of the voters who approve of the same ℓ, somebody has ℓ
    /// representatives of k.
    ExtendedJustified,
    /// Proportional justified representation: such a group has ℓ representatives together.
    ProportionalJustified,
    /// Justified representation: the same for ℓ = 1.
    Justified,
}

use Promise::*;

/// D. R. Woodall, *Properties of preferential election rules* (Voting matters 3, 1994); M. Schulze (2011), section 4;
/// T. N. Tideman (1987); M. Balinski and R. Laraki (2011), chapter 13; M. Lackner and P. Skowron, *Multi-Winner Voting
/// with Approval Preferences* (2023), table 4.1.
const PROMISES: &[(Rule, &[Promise])] = &[
    (Rule::Plurality, &[Majority, Monotone, Consistent]),
    (Rule::TwoRounds, &[Majority, CondorcetLoser]),
    (Rule::InstantRunoff, &[Majority, CondorcetLoser]),
    (Rule::Maine, &[Majority, CondorcetLoser]),
    (Rule::Schulze, &[Majority, Condorcet, CondorcetLoser, Monotone]),
    (Rule::RankedPairs, &[Majority, Condorcet, CondorcetLoser, Monotone]),
    (Rule::Copeland, &[Majority, Condorcet, CondorcetLoser, Monotone]),
    (Rule::Borda, &[CondorcetLoser, Monotone, Consistent]),
    (Rule::Star, &[CondorcetLoser, Monotone]),
    (Rule::MajorityJudgement, &[Monotone]),
    (Rule::ScottishStv, &[Majority, CondorcetLoser]),
    (Rule::Meek, &[Majority, CondorcetLoser]),
    (Rule::Approval, &[Consistent]),
    (Rule::ProportionalApproval, &[ExtendedJustified, ProportionalJustified, Justified]),
    (Rule::EqualShares, &[ExtendedJustified, ProportionalJustified, Justified]),
    (Rule::SequentialPhragmen, &[ProportionalJustified, Justified]),
    (Rule::ChamberlinCourant, &[Justified]),
];

fn promised(promise: Promise) -> impl Strategy<Value = Rule> {
    let rules: Vec<Rule> =
        PROMISES.iter().filter(|(_, promises)| promises.contains(&promise)).map(|(rule, _)| *rule).collect();
    prop::sample::select(rules)
}

const CANDIDATES: u16 = 4;

/// Complete rankings, so that every rule reads the same in them.
fn ballots() -> impl Strategy<Value = Vec<(Vec<u16>, u64)>> {
    let order: Vec<u16> = (1..=CANDIDATES).collect();
    prop::collection::vec((Just(order).prop_shuffle(), 1u64..12), 1..8)
}

fn election(ballots: &[(Vec<u16>, u64)]) -> Election {
    let mut election = Election::new(1, ["A", "B", "C", "D"]);
    for (ranking, weight) in ballots {
        election.push(ranking, *weight).unwrap();
    }
    election
}

/// The winner, where no lot is needed.
fn winner(rule: Rule, ballots: &[(Vec<u16>, u64)]) -> Option<u16> {
    Some(count(rule, &election(ballots), None).ok()?.winners()[0])
}

/// The winner, with lots among the others where there have to be.
fn by_lot(rule: Rule, ballots: &[(Vec<u16>, u64)]) -> u16 {
    count(rule, &election(ballots), Some(&[4; 32])).unwrap().winners()[0]
}

fn prefers(ballots: &[(Vec<u16>, u64)], a: u16, b: u16) -> u64 {
    let place = |ranking: &[u16], candidate: u16| ranking.iter().position(|other| *other == candidate);
    ballots
        .iter()
        .filter(|(ranking, _)| place(ranking, a) < place(ranking, b))
        .map(|(_, weight)| weight)
        .sum()
}

/// The election in which one of the ballots puts a candidate a place higher, if there is one.
fn raised(rule: Rule, ballots: &[(Vec<u16>, u64)], chosen: usize, candidate: u16) -> Election {
    let mut election = Election::new(1, ["A", "B", "C", "D"]);
    for (number, (ranking, weight)) in ballots.iter().enumerate() {
        let mut ranks: Vec<Vec<u16>> = ranking.iter().map(|candidate| vec![*candidate]).collect();
        let place = ranking.iter().position(|other| *other == candidate).unwrap();
        if number == chosen && place > 0 {
            if matches!(rule, Rule::Star | Rule::MajorityJudgement) {
                ranks[place].clear();
                ranks[place - 1].push(candidate);
            } else {
                ranks.swap(place, place - 1);
            }
        }
        election.push_ranks(ranks.iter().map(Vec::as_slice), *weight).unwrap();
    }
    election
}

fn others(candidate: u16) -> impl Iterator<Item = u16> {
    (1..=CANDIDATES).filter(move |other| *other != candidate)
}

/// Ballots that approve of any of six candidates.
fn approvals() -> impl Strategy<Value = Election> {
    let ballot = (prop::sample::subsequence((1u16..=6).collect::<Vec<_>>(), 1..=4), 1u64..6);
    (prop::collection::vec(ballot, 1..10), 1u32..5).prop_map(|(ballots, seats)| {
        let mut election = Election::new(seats, ["A", "B", "C", "D", "E", "F"]);
        for (approved, weight) in ballots {
            election.push(&approved, weight).unwrap();
        }
        election
    })
}

fn set(candidates: impl IntoIterator<Item = u16>) -> u16 {
    candidates.into_iter().fold(0, |set, candidate| set | 1 << (candidate - 1))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn majority(rule in promised(Majority), ballots in ballots()) {
        let all: u64 = ballots.iter().map(|(_, weight)| weight).sum();
        for candidate in 1..=CANDIDATES {
            let first: u64 = ballots.iter().filter(|(r, _)| r[0] == candidate).map(|(_, weight)| weight).sum();
            if 2 * first > all {
                prop_assert_eq!(by_lot(rule, &ballots), candidate, "{}", rule);
            }
        }
    }

    #[test]
    fn condorcet(rule in promised(Condorcet), ballots in ballots()) {
        for candidate in 1..=CANDIDATES {
            if others(candidate).all(|o| prefers(&ballots, candidate, o) > prefers(&ballots, o, candidate)) {
                prop_assert_eq!(by_lot(rule, &ballots), candidate, "{}", rule);
            }
        }
    }

    #[test]
    fn condorcet_loser(rule in promised(CondorcetLoser), ballots in ballots()) {
        let winner = winner(rule, &ballots);
        for candidate in 1..=CANDIDATES {
            if others(candidate).all(|o| prefers(&ballots, candidate, o) < prefers(&ballots, o, candidate)) {
                prop_assert_ne!(winner, Some(candidate), "{}", rule);
            }
        }
    }

    /// One ballot puts the winner a place higher and leaves all others in order; with stars and grades it gives the winner
    /// one more, and all others what they had.
    #[test]
    fn monotone(rule in promised(Monotone), ballots in ballots(), ballot in any::<prop::sample::Index>()) {
        let Some(elected) = winner(rule, &ballots) else { return Ok(()) };
        let raised = raised(rule, &ballots, ballot.index(ballots.len()), elected);
        // Where a lot is needed now, the winner is among the tied, and others may be.
        if let Ok(now) = count(rule, &raised, None) {
            prop_assert_eq!(now.winners()[0], elected, "{}", rule);
        }
    }

    #[test]
    fn consistent(rule in promised(Consistent), first in ballots(), second in ballots()) {
        let (Some(apart), Some(other)) = (winner(rule, &first), winner(rule, &second)) else { return Ok(()) };
        if apart == other {
            let together: Vec<(Vec<u16>, u64)> = first.into_iter().chain(second).collect();
            prop_assert_eq!(winner(rule, &together), Some(apart), "{}", rule);
        }
    }

    #[test]
    fn extended_justified_representation(rule in promised(ExtendedJustified), election in approvals()) {
        represented(rule, &election, 6, |approved, elected, wanted| {
            ((approved & elected).count_ones() < wanted).then_some(0)
        })?;
    }

    #[test]
    fn justified_representation(rule in promised(Justified), election in approvals()) {
        represented(rule, &election, 1, |approved, elected, _| (approved & elected == 0).then_some(0))?;
    }

    /// The group's representatives are all elected whom any of them approves of.
    #[test]
    fn proportional_justified_representation(rule in promised(ProportionalJustified), election in approvals()) {
        let elected = set(count(rule, &election, Some(&[4; 32])).unwrap().winners());
        let all = election.ballots.total_weight();
        for wanted in 1u16..1 << 6 {
            let size = wanted.count_ones();
            for together in (0u16..1 << 6).filter(|set| set & !elected == 0 && set.count_ones() < size) {
                let group = |ballot: &Ballot| {
                    let approved = set(ballot.candidates());
                    approved & wanted == wanted && approved & elected & !together == 0
                };
                let weight: u64 = election.ballots.iter().filter(group).map(|ballot| ballot.weight).sum();
                prop_assert!(weight * u64::from(election.seats) < u64::from(size) * all, "{}", rule);
            }
        }
    }
}

/// No group of ℓ/k of the voters who all approve of the same ℓ consists of the unrepresented.
fn represented(
    rule: Rule,
    election: &Election,
    most: u32,
    unrepresented: impl Fn(u16, u16, u32) -> Option<u32>,
) -> Result<(), TestCaseError> {
    let elected = set(count(rule, election, Some(&[4; 32])).unwrap().winners());
    for wanted in 1u16..1 << 6 {
        let size = wanted.count_ones();
        if size > most.min(election.seats) {
            continue;
        }
        let group = |ballot: &Ballot| {
            let approved = set(ballot.candidates());
            approved & wanted == wanted && unrepresented(approved, elected, size).is_some()
        };
        let weight: u64 = election.ballots.iter().filter(group).map(|ballot| ballot.weight).sum();
        let all = election.ballots.total_weight();
        prop_assert!(
            weight * u64::from(election.seats) < u64::from(size) * all,
            "{} {:#b} {:#b} {:?}",
            rule,
            wanted,
            elected,
            election
        );
    }
    Ok(())
}

/// The page shows what is promised here.
#[test]
fn the_page_has_the_same_table() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/rules.md");
    let page = std::fs::read_to_string(page).unwrap();
    for (promise, words) in [
        (Majority, "whoever is first on more than half of the ballots is elected"),
        (Condorcet, "whoever beats everybody in pairs is elected"),
        (CondorcetLoser, "whoever loses to everybody in pairs is not elected"),
        (Monotone, "moving somebody who is elected up on a ballot does not unseat them"),
        (Consistent, "whom two electorates elect apart they elect together"),
        (ExtendedJustified, "extended justified representation"),
        (ProportionalJustified, "proportional justified representation"),
        (Justified, "| justified representation"),
    ] {
        let row = page.lines().find(|line| line.starts_with('|') && line.contains(words));
        let row = row.unwrap_or_else(|| panic!("no row \"{words}\""));
        for (rule, promises) in PROMISES {
            assert_eq!(row.contains(&format!("`{rule}`")), promises.contains(&promise), "{words}: {rule}");
        }
    }
}

/// A ballot can give the winner by stars one more and somebody else one less, so that another comes into the runoff and wins
/// it: the stars of others must stay what they were. 8 ballots 4, 1, 2, 3 and 9 ballots 3, 1, 4, 2 give 68 stars to 1, 67 to
/// 4, 61 to 3, and 1 beats 4; after the swap, 76, 59 and 61, and 3 beats 1.
#[test]
fn star_is_not_monotone_where_others_lose_stars() {
    let before = [(vec![4, 1, 2, 3], 8), (vec![3, 1, 4, 2], 9)];
    let swapped = [(vec![1, 4, 2, 3], 8), (vec![3, 1, 4, 2], 9)];
    assert_eq!(winner(Rule::Star, &before), Some(1));
    assert_eq!(winner(Rule::Star, &swapped), Some(3));
    assert_eq!(count(Rule::Star, &raised(Rule::Star, &before, 0, 1), None).unwrap().winners(), [1]);
}
