//! Laws that hold for every election.

use mandate_count::{Candidate, Count, Election, Rule, Votes, count, countback};
use num_rational::BigRational;
use num_traits::Zero;
use proptest::prelude::*;

const CANDIDATES: u16 = 6;

fn rules() -> impl Strategy<Value = Rule> {
    prop::sample::select(Rule::ALL)
}

/// Ballots as permutations cut short, with weights.
fn elections() -> impl Strategy<Value = Election> {
    let order: Vec<u16> = (1..=CANDIDATES).collect();
    let ballot = (Just(order).prop_shuffle(), 1usize..=6, 1u64..40);
    (prop::collection::vec(ballot, 1..25), 1u32..5).prop_map(|(ballots, seats)| {
        let mut election = Election::new(seats, ["A", "B", "C", "D", "E", "F"]);
        for (ranking, length, weight) in ballots {
            election.push(&ranking[..length], weight).unwrap();
        }
        election
    })
}

fn for_rule(rule: Rule, election: &Election) -> Election {
    Election { seats: if rule.fills_one_seat() { 1 } else { election.seats }, ..election.clone() }
}

fn rational(votes: &Votes) -> BigRational {
    votes.to_rational()
}

fn is_transferable(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::ScottishStv
            | Rule::Ers97
            | Rule::NorthernIreland
            | Rule::Meek
            | Rule::Warren
            | Rule::Minneapolis
            | Rule::Irish
            | Rule::AustralianSenate
            | Rule::Cambridge
            | Rule::BottomsUp
    )
}

/// Whether the rule promises solid coalitions their seats. Cambridge defeats all with fewer than fifty ballots at once,
/// which no election of this size outlives.
fn is_proportional(rule: Rule) -> bool {
    is_transferable(rule) && !matches!(rule, Rule::BottomsUp | Rule::Cambridge)
}

fn sorted(count: &Count) -> Vec<u16> {
    let mut winners = count.winners();
    winners.sort_unstable();
    winners
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Every seat is filled, by candidates who stand, each once; everybody else is a runner-up.
    #[test]
    fn everybody_is_elected_or_not(rule in rules(), election in elections()) {
        let election = for_rule(rule, &election);
        let result = count(rule, &election, Some(&[5; 32])).unwrap();
        prop_assert_eq!(result.elected.len(), election.seats as usize);
        let mut all = result.winners();
        all.extend(&result.runners_up);
        all.sort_unstable();
        prop_assert_eq!(all, (1..=CANDIDATES).collect::<Vec<_>>());
    }

    /// Votes are conserved at each stage to the last digit.
    #[test]
    fn votes_are_conserved(rule in rules().prop_filter("transferable", |rule| is_transferable(*rule)), election in elections()) {
        let result = count(rule, &election, Some(&[5; 32])).unwrap();
        for stage in &result.stages {
            let credited = stage.totals.iter().map(rational).fold(BigRational::zero(), |sum, votes| sum + votes);
            let all = credited + rational(&stage.non_transferable) + rational(&stage.rounding);
            prop_assert_eq!(all, rational(&result.valid), "stage {} of {:?}", stage.number, result);
        }
    }

    /// The order of the ballots and how equal ones are bundled make no difference (anonymity).
    #[test]
    fn ballots_in_any_order(rule in rules(), election in elections()) {
        let election = for_rule(rule, &election);
        let mut reversed = Election { ballots: Default::default(), ..election.clone() };
        for ballot in election.ballots.iter().collect::<Vec<_>>().into_iter().rev() {
            let ranking: Vec<u16> = ballot.candidates().collect();
            for part in [ballot.weight / 3, ballot.weight - ballot.weight / 3] {
                if part > 0 {
                    reversed.push(&ranking, part).unwrap();
                }
            }
        }
        let first = count(rule, &election, Some(&[5; 32])).unwrap();
        let second = count(rule, &reversed, Some(&[5; 32])).unwrap();
        prop_assert_eq!(first.stages.last().map(|s| &s.totals), second.stages.last().map(|s| &s.totals));
        prop_assert_eq!(first, second);
    }

    /// Renaming the candidates renames the result (neutrality), where no lot is needed.
    #[test]
    fn candidates_in_any_order(rule in rules(), election in elections()) {
        let election = for_rule(rule, &election);
        let Ok(result) = count(rule, &election, None) else { return Ok(()) };
        let mut mirrored = Election { ballots: Default::default(), ..election.clone() };
        for ballot in election.ballots.iter() {
            let ranking: Vec<u16> = ballot.candidates().map(|candidate| CANDIDATES + 1 - candidate).collect();
            mirrored.push(&ranking, ballot.weight).unwrap();
        }
        let mirror = count(rule, &mirrored, None).unwrap();
        let mut expected: Vec<u16> = result.winners().iter().map(|candidate| CANDIDATES + 1 - candidate).collect();
        expected.sort_unstable();
        prop_assert_eq!(sorted(&mirror), expected);
    }

    /// A withdrawn candidate and a candidate who never stood are the same.
    #[test]
    fn a_withdrawn_candidate_never_stood(rule in rules(), election in elections()) {
        let mut election = for_rule(rule, &election);
        election.candidates[5] = Candidate { withdrawn: true, ..election.candidates[5].clone() };
        let mut without = Election { ballots: Default::default(), ..election.clone() };
        without.candidates.pop();
        for ballot in election.ballots.iter() {
            let stays = |rank: &[mandate_count::Mark]| {
                rank.iter().filter_map(|mark| mark.candidate()).filter(|candidate| *candidate != 6).collect()
            };
            let ranks: Vec<Vec<u16>> = ballot.ranks().map(stays).collect();
            // Where ranks are grades, the others keep theirs; where they are an order, they move up.
            let graded = matches!(rule, Rule::Star | Rule::MajorityJudgement);
            let ranks = ranks.iter().map(Vec::as_slice).filter(|rank| graded || !rank.is_empty());
            without.push_ranks(ranks, ballot.weight).unwrap();
        }
        match (count(rule, &election, Some(&[5; 32])), count(rule, &without, Some(&[5; 32]))) {
            (Ok(withdrawn), Ok(without)) => prop_assert_eq!(withdrawn.winners(), without.winners()),
            (withdrawn, without) => prop_assert_eq!(withdrawn.is_err(), without.is_err()),
        }
    }

    /// A countback with nobody gone gives the same seats.
    #[test]
    fn a_countback_with_nobody_gone_changes_nothing(rule in rules(), election in elections()) {
        let election = for_rule(rule, &election);
        let seed = Some(&[5; 32]);
        let result = count(rule, &election, seed).unwrap();
        prop_assert_eq!(countback(rule, &election, &[], &[], seed).unwrap(), result);
    }

    /// A countback fills the vacancy with somebody new, and leaves those who sit alone.
    #[test]
    fn a_countback_fills_the_vacancy(rule in rules(), election in elections(), place in 0usize..4) {
        let election = for_rule(rule, &election);
        let winners = count(rule, &election, Some(&[5; 32])).unwrap().winners();
        let leaver = winners[place % winners.len()];
        let sitting: Vec<u16> = winners.iter().copied().filter(|winner| *winner != leaver).collect();
        match countback(rule, &election, &[leaver], &sitting, Some(&[5; 32])) {
            Ok(result) => {
                let [new] = result.winners()[..] else { panic!("{result:?}") };
                prop_assert!(!winners.contains(&new));
            }
            Err(error) => prop_assert!(matches!(error, mandate_count::CountError::NobodyVoted { .. }), "{}", error),
        }
    }

    /// However many leave, as many of the available are elected as seats are vacant, or all of them.
    #[test]
    fn a_countback_fills_as_many_seats_as_it_can(
        rule in rules(),
        election in elections(),
        leaving in prop::collection::vec(1u16..=CANDIDATES, 1..4),
    ) {
        let election = for_rule(rule, &election);
        let winners = count(rule, &election, Some(&[5; 32])).unwrap().winners();
        let sitting: Vec<u16> = winners.iter().copied().filter(|winner| !leaving.contains(winner)).collect();
        let vacant = election.seats as usize - sitting.len();
        let available = (1..=CANDIDATES).filter(|c| !leaving.contains(c) && !sitting.contains(c)).count();
        match countback(rule, &election, &leaving, &sitting, Some(&[5; 32])) {
            Ok(result) => prop_assert_eq!(result.winners().len(), vacant.min(available)),
            Err(error) => prop_assert!(
                matches!(error, mandate_count::CountError::NobodyVoted { .. }) || vacant.min(available) == 0,
                "{}", error
            ),
        }
    }

    /// A majority of half the votes and one, or a quota of them for a set of candidates, gets its seats
    /// (proportionality for solid coalitions, with the Droop quota).
    #[test]
    fn solid_coalitions_get_their_seats(rule in rules().prop_filter("proportional", |rule| is_proportional(*rule)), election in elections()) {
        let result = count(rule, &election, Some(&[5; 32])).unwrap();
        let total = election.ballots.total_weight();
        for set in 1u16..1 << CANDIDATES {
            let inside = |candidate: u16| set >> (candidate - 1) & 1 == 1;
            let size = set.count_ones() as usize;
            let solid = |ballot: &mandate_count::Ballot| {
                let prefix: Vec<u16> = ballot.candidates().take(size).collect();
                prefix.len() == size && prefix.into_iter().all(inside)
            };
            let supporters: u64 = election.ballots.iter().filter(solid).map(|ballot| ballot.weight).sum();
            // Rounding loses less than a hundredth of a vote a paper and transfer; two whole votes beyond the quota
            // are enough for 40 papers of such weight only where no paper is cut, so take one percent and two votes.
            let quota = total / (u64::from(election.seats) + 1) + 3 + total / 20;
            let deserved = ((supporters / quota) as usize).min(size);
            let seated = result.winners().into_iter().filter(|winner| inside(*winner)).count();
            prop_assert!(seated >= deserved, "{} of {} for {:#b} under {}", seated, deserved, set, rule);
        }
    }

    /// The exact committee is worth no less than any other: all of them are tried.
    #[test]
    fn no_committee_is_worth_more(
        rule in prop::sample::select(&[Rule::ProportionalApproval, Rule::ChamberlinCourant][..]),
        election in elections(),
    ) {
        let worth = |committee: u16| -> u64 {
            let of_ballot = |ballot: mandate_count::Ballot| {
                let elected = ballot.candidates().filter(|candidate| committee >> (candidate - 1) & 1 == 1).count();
                // Sixtieths: 60 / 1 + 60 / 2 + … is whole for up to six members.
                let worth: u64 = match rule {
                    Rule::ChamberlinCourant => u64::from(elected > 0),
                    _ => (1..=elected as u64).map(|place| 60 / place).sum(),
                };
                worth * ballot.weight
            };
            election.ballots.iter().map(of_ballot).sum()
        };
        let winners = count(rule, &election, Some(&[5; 32])).unwrap().winners();
        let elected = winners.iter().fold(0, |committee, winner| committee | 1 << (winner - 1));
        let best = (0u16..1 << CANDIDATES).filter(|c| c.count_ones() == election.seats).map(worth).max();
        prop_assert_eq!(Some(worth(elected)), best);
    }
}
