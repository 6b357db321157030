//! At least so many of a group: whoever is needed is guarded, whoever has no place left is doomed.

use mandate_count::{Constraint, Election, Rule, count, count_with_constraint};
use proptest::prelude::*;

/// Three seats, at least one of 4 and 5. Without the constraint 1, 2 and 3 are elected; with it, once two of them are, the
/// last place is the group's: 3 is doomed, though ahead of both, and of the group the one with more votes is elected.
#[test]
fn a_place_is_kept_for_the_group() {
    let mut election = Election::new(3, ["A", "B", "C", "D", "E"]);
    for (ranking, weight) in [(&[1u16, 3][..], 40), (&[2, 3], 35), (&[3, 5], 20), (&[4, 3], 9), (&[5, 3], 6)]
    {
        election.push(ranking, weight).unwrap();
    }
    let constraint = Constraint { members: vec![4, 5], at_least: 1 };
    for rule in [Rule::ScottishStv, Rule::Meek, Rule::Warren] {
        let mut free = count(rule, &election, None).unwrap().winners();
        free.sort_unstable();
        assert_eq!(free, [1, 2, 3], "{rule}");
        let bound = count_with_constraint(rule, &election, &constraint, None).unwrap();
        // The papers of the doomed go to 5, who overtakes 4.
        assert_eq!(bound.winners(), [1, 2, 5], "{rule}");
    }
}

#[test]
fn constraints_that_cannot_be_met_are_refused() {
    let mut election = Election::new(2, ["A", "B", "C"]);
    election.push(&[1], 1).unwrap();
    let with = |members: &[u16], at_least, rule| {
        let constraint = Constraint { members: members.to_vec(), at_least };
        count_with_constraint(rule, &election, &constraint, None).unwrap_err().to_string()
    };
    assert_eq!(
        with(&[1], 2, Rule::Meek),
        "the constraint asks for 2 of the group, of whom 1 stand; ask for no more than stand"
    );
    assert_eq!(
        with(&[1, 2, 3], 3, Rule::Meek),
        "the constraint asks for 3 of the group for 2 seats; ask for no more than there are seats"
    );
    assert_eq!(
        with(&[1], 1, Rule::Ers97),
        "the constraint asks for a rule that takes it, not ers97; scottish-stv, meek and warren do"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_group_is_elected(
        ballots in prop::collection::vec((Just((1u16..=6).collect::<Vec<_>>()).prop_shuffle(), 1usize..=6, 1u64..30), 1..20),
        seats in 1u32..=5,
        members in prop::sample::subsequence((1u16..=6).collect::<Vec<_>>(), 1..=6),
        at_least in 1u32..=5,
        rule in prop::sample::select(vec![Rule::ScottishStv, Rule::Meek, Rule::Warren]),
    ) {
        let mut election = Election::new(seats, ["A", "B", "C", "D", "E", "F"]);
        for (ranking, length, weight) in ballots {
            election.push(&ranking[..length], weight).unwrap();
        }
        let at_least = at_least.min(seats).min(members.len() as u32);
        let constraint = Constraint { members: members.clone(), at_least };
        let result = count_with_constraint(rule, &election, &constraint, Some(&[6; 32])).unwrap();
        prop_assert_eq!(result.elected.len(), seats as usize);
        let of_group = result.winners().iter().filter(|winner| members.contains(winner)).count();
        prop_assert!(of_group >= at_least as usize, "{result:?}");
        // No constraint at all is the plain count.
        let none = Constraint { members, at_least: 0 };
        let free = count_with_constraint(rule, &election, &none, Some(&[6; 32])).unwrap();
        prop_assert_eq!(free, count(rule, &election, Some(&[6; 32])).unwrap());
    }
}
