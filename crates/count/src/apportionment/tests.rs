use super::*;
use ApportionmentMethod::*;
use proptest::prelude::*;

/// Votes and seats as published, with the place.
#[test]
fn published_apportionments() {
    // Wikipedia, "D'Hondt method" and "Sainte-Laguë method": 230,000 votes, 8 seats.
    let four = [100_000, 80_000, 30_000, 20_000];
    // Wikipedia, "Largest remainder method": 100,000 votes, 10 seats.
    let six = [47_000, 16_000, 15_900, 12_000, 6_100, 3_100];
    // Balinski and Young (2001), table A2.1 of appendix A: 36 seats by five methods of divisors.
    let states = [27_744, 25_178, 19_951, 14_610, 9_225, 3_292];
    let cases: &[(ApportionmentMethod, &[u64], u32, &[u32])] = &[
        (Dhondt, &four, 8, &[4, 3, 1, 0]),
        (Webster, &four, 8, &[3, 3, 1, 1]),
        (LargestRemainder, &six, 10, &[5, 2, 1, 1, 1, 0]),
        (LargestRemainderDroop, &six, 10, &[5, 2, 2, 1, 0, 0]),
        // Computed by hand: quota 100,000 / 12 = 8,333.3 gives 5, 1, 1, 1 and the remainders 7,667 and 7,567 the rest.
        (LargestRemainderImperiali, &six, 10, &[5, 2, 2, 1, 0, 0]),
        // By hand: averages 50,000, 40,000, 33,333, 26,667, 25,000, 20,000, 20,000, 16,667.
        (Imperiali, &four, 8, &[5, 3, 0, 0]),
        // By hand: averages 100,000, 80,000, 30,000, 25,000, 20,000, 20,000, 14,286, 11,429.
        (Danish, &four, 8, &[3, 3, 1, 1]),
        (Adams, &states, 36, &[10, 9, 7, 5, 3, 2]),
        (Dean, &states, 36, &[10, 9, 7, 5, 4, 1]),
        (HuntingtonHill, &states, 36, &[10, 9, 7, 6, 3, 1]),
        (Webster, &states, 36, &[10, 9, 8, 5, 3, 1]),
        (Dhondt, &states, 36, &[11, 9, 7, 5, 3, 1]),
    ];
    for (method, votes, seats, expected) in cases {
        assert_eq!(apportion(*method, votes, *seats, 0, None, None).unwrap(), *expected, "{method}");
    }
}

#[test]
fn bounds_bind_inside_the_method() {
    // With one seat at least for each, the other three seats go to 600 and 300 as 2 and 1.
    assert_eq!(apportion(LargestRemainder, &[600, 300, 10, 1], 6, 1, None, None), Ok(vec![3, 1, 1, 1]));
    assert_eq!(apportion(Dhondt, &[600, 300, 10, 1], 6, 1, None, None), Ok(vec![3, 1, 1, 1]));
    assert_eq!(apportion(Webster, &[600, 300, 100], 10, 0, Some(5), None), Ok(vec![5, 4, 1]));
    assert_eq!(apportion(LargestRemainder, &[600, 300, 100], 10, 0, Some(5), None), Ok(vec![5, 4, 1]));
}

#[test]
fn refusals_name_the_numbers() {
    type Case<'a> = (&'a [u64], u32, u32, Option<u32>, &'a str);
    let cases: [Case; 5] = [
        (&[5, 5, 5], 2, 1, None, "3 claimants with at least 1 each need 3 seats, but there are only 2"),
        (
            &[5, 5],
            9,
            0,
            Some(4),
            "9 seats cannot be filled: at most 8 can be, because of the maximum or for want of weight",
        ),
        (
            &[0, 0],
            1,
            0,
            None,
            "1 seats cannot be filled: at most 0 can be, because of the maximum or for want of weight",
        ),
        (&[5], 5, 3, Some(2), "the minimum of 3 seats exceeds the maximum of 2"),
        (
            &[7, 9, 7],
            2,
            0,
            None,
            "a lot is needed for the last seats between claimants [1, 3]; pass a seed that was agreed beforehand",
        ),
    ];
    for (weights, seats, minimum, maximum, message) in cases {
        let error = apportion(Webster, weights, seats, minimum, maximum, None).unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}

fn methods() -> impl Strategy<Value = ApportionmentMethod> {
    prop::sample::select(ApportionmentMethod::ALL)
}

proptest! {
    #[test]
    fn seats_add_up_within_their_bounds(
        method in methods(),
        weights in prop::collection::vec(1u64..2000, 1..12),
        beyond in 0u32..60,
        minimum in 0u32..3,
    ) {
        let seats = beyond + minimum * weights.len() as u32;
        let shares = apportion(method, &weights, seats, minimum, None, Some(&[1; 32])).unwrap();
        prop_assert_eq!(shares.iter().sum::<u32>(), seats);
        prop_assert!(shares.iter().all(|share| *share >= minimum));
    }

    #[test]
    fn largest_remainders_keep_the_quota(weights in prop::collection::vec(1u64..2000, 1..12), seats in 0u32..60) {
        let shares = apportion(LargestRemainder, &weights, seats, 0, None, Some(&[1; 32])).unwrap();
        let total: u64 = weights.iter().sum();
        for (weight, share) in weights.iter().zip(shares) {
            let exact = weight * u64::from(seats);
            prop_assert!(u64::from(share) >= exact / total && u64::from(share) <= exact.div_ceil(total));
        }
    }

    /// A larger house takes no seat from anybody under a method of divisors; the jump ahead of `safe_start` and the
    /// walk seat by seat agree.
    #[test]
    fn divisors_are_house_monotone(
        method in methods(),
        weights in prop::collection::vec(1u64..1_000_000, 2..8),
        seats in 1u32..200,
    ) {
        prop_assume!(!matches!(method, LargestRemainder | LargestRemainderDroop | LargestRemainderImperiali));
        let Ok(smaller) = apportion(method, &weights, seats, 0, None, None) else { return Ok(()) };
        let Ok(larger) = apportion(method, &weights, seats + 1, 0, None, None) else { return Ok(()) };
        prop_assert!(smaller.iter().zip(&larger).all(|(before, after)| before <= after));
    }
}
