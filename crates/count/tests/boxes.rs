//! Boxes counted together: the whole is the count of all ballots, and the parts add up.

use mandate_count::{BoxedElection, Election, Rule, Votes, count, count_boxes, has_subtotals};
use num_rational::BigRational;
use num_traits::Zero;
use proptest::prelude::*;

fn elections() -> impl Strategy<Value = Vec<Election>> {
    let order: Vec<u16> = (1..=5).collect();
    let ballot = (Just(order).prop_shuffle(), 0usize..=5, 1u64..30);
    let one = prop::collection::vec(ballot, 0..12).prop_map(|ballots| {
        let mut election = Election::new(2, ["A", "B", "C", "D", "E"]);
        for (ranking, length, weight) in ballots {
            election.push(&ranking[..length], weight).unwrap();
        }
        election
    });
    prop::collection::vec(one, 1..5)
}

fn sum<'a>(votes: impl Iterator<Item = &'a Votes>) -> BigRational {
    votes.fold(BigRational::zero(), |sum, votes| sum + votes.to_rational())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_parts_add_up(elections in elections(), rule in prop::sample::select(Rule::ALL)) {
        let seats = if rule.fills_one_seat() { 1 } else { 2 };
        let boxes = elections.into_iter().enumerate().map(|(number, election)| {
            (format!("box {number}"), Election { seats, ..election })
        });
        let boxed = BoxedElection::new(boxes.collect()).unwrap();
        let whole = count(rule, &boxed.election, Some(&[8; 32]));
        let parts = count_boxes(rule, &boxed, Some(&[8; 32]));
        let (Ok(whole), Ok(parts)) = (&whole, &parts) else {
            prop_assert_eq!(whole.map(|_| ()), parts.map(|_| ()));
            return Ok(());
        };
        prop_assert_eq!(whole, &parts.count);
        if !has_subtotals(rule) {
            prop_assert!(parts.subtotals.is_empty());
            return Ok(());
        }
        prop_assert_eq!(parts.subtotals.len(), whole.stages.len());
        for (stage, boxes) in whole.stages.iter().zip(&parts.subtotals) {
            for (candidate, total) in stage.totals.iter().enumerate() {
                let together = sum(boxes.iter().map(|it| &it.votes[candidate]));
                // Only what was cut off, or could not be transferred of a surplus, is beyond the sheet.
                let beyond = &together - total.to_rational();
                prop_assert!(beyond >= BigRational::zero(), "{rule} {stage:?}");
                prop_assert!(beyond <= stage.rounding.to_rational() + stage.non_transferable.to_rational());
            }
            let none = sum(boxes.iter().map(|it| &it.non_transferable));
            if rule != Rule::Approval {
                let all = none + sum(boxes.iter().flat_map(|it| &it.votes));
                prop_assert_eq!(all, whole.valid.to_rational() + whole.invalid.to_rational());
            }
        }
    }
}

#[test]
fn boxes_with_different_papers_are_refused() {
    let paper = |names: [&str; 2]| Election::new(1, names);
    let boxes =
        vec![("foundry".to_owned(), paper(["Ann", "Bob"])), ("mill".to_owned(), paper(["Ann", "Cem"]))];
    assert_eq!(
        BoxedElection::new(boxes).unwrap_err().to_string(),
        "\"mill\" has candidate 2 \"Cem\" where \"foundry\" has candidate 2 \"Bob\"; the ballot papers of all boxes must be \
         the same"
    );
}
