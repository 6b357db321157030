//! Methods of divisors: each further seat goes to the highest average.

use super::{ApportionError, ApportionmentMethod, Problem};
use num_bigint::BigUint;
use std::cmp::Ordering;
use std::collections::BinaryHeap;

pub(super) fn apportion(method: ApportionmentMethod, problem: &Problem) -> Result<Vec<u32>, ApportionError> {
    let mut seats = safe_start(method, problem);
    let mut left = problem.seats - seats.iter().sum::<u32>();
    let claim = |index: usize, seats: u32| Claim { method, weight: problem.weights[index], seats, index };
    let has_claim = |index: usize, seats: u32| seats < problem.maximum && problem.weights[index] > 0;
    let mut queue: BinaryHeap<Claim> =
        seats.iter().enumerate().filter(|(i, s)| has_claim(*i, **s)).map(|(i, s)| claim(i, *s)).collect();
    while left > 0 {
        // The queue is not empty: the maximums were checked to hold all seats.
        let mut tied: Vec<Claim> = queue.pop().into_iter().collect();
        while queue.peek().is_some_and(|next| next.cmp(&tied[0]).is_eq()) {
            tied.extend(queue.pop());
        }
        let taken: Vec<usize> = tied.iter().map(|claim| claim.index).collect();
        let taken = if taken.len() > left as usize { problem.draw(&taken, left as usize)? } else { taken };
        for index in taken {
            seats[index] += 1;
            left -= 1;
            if has_claim(index, seats[index]) {
                queue.push(claim(index, seats[index]));
            }
        }
    }
    Ok(seats)
}

/// Seats that each certainly gets, so that a house of millions does not need millions of steps.
///
/// With `s` seats beyond the minimums and `n` claimants, the divisor weight / (s − n) hands out at most s − n seats
/// plus one to each by rounding up, on top of the minimums: no more than there are. So it is no smaller than the
/// final divisor, and nobody gets less in the end than whole quotients of it.
fn safe_start(method: ApportionmentMethod, problem: &Problem) -> Vec<u32> {
    let claimants = problem.weights.len() as u64;
    let beyond = u64::from(problem.seats) - u64::from(problem.minimum) * claimants;
    let quotients = u128::from(beyond.saturating_sub(claimants));
    let total: u128 = problem.weights.iter().map(|weight| u128::from(*weight)).sum();
    let start = |weight: &u64| {
        let whole = (u128::from(*weight) * quotients).checked_div(total).unwrap_or(0) as u32;
        // Divisors from 2 on give each one seat less than the whole quotients.
        let whole = whole.saturating_sub(u32::from(method == ApportionmentMethod::Imperiali));
        whole.clamp(problem.minimum, problem.maximum)
    };
    problem.weights.iter().map(start).collect()
}

/// A claim to one more seat beyond `seats`; the greater claim is the higher average.
struct Claim {
    method: ApportionmentMethod,
    weight: u64,
    seats: u32,
    index: usize,
}

impl Claim {
    /// The average as numerators and denominators to be multiplied; under Huntington–Hill, its square.
    fn average(&self) -> ([u64; 2], [u64; 2]) {
        let seats = u64::from(self.seats);
        match self.method {
            ApportionmentMethod::Dhondt => ([self.weight, 1], [seats + 1, 1]),
            ApportionmentMethod::Imperiali => ([self.weight, 1], [seats + 2, 1]),
            ApportionmentMethod::Danish => ([self.weight, 1], [3 * seats + 1, 1]),
            ApportionmentMethod::Adams => ([self.weight, 1], [seats, 1]),
            ApportionmentMethod::ModifiedSainteLague if seats == 0 => ([self.weight, 10], [14, 1]),
            ApportionmentMethod::Dean => ([self.weight, 2 * seats + 1], [2 * seats, seats + 1]),
            ApportionmentMethod::HuntingtonHill => ([self.weight, self.weight], [seats, seats + 1]),
            _ => ([self.weight, 1], [2 * seats + 1, 1]),
        }
    }
}

impl Ord for Claim {
    fn cmp(&self, other: &Self) -> Ordering {
        let (numerator, denominator) = self.average();
        let (other_numerator, other_denominator) = other.average();
        // A first seat under Adams, Dean and Huntington–Hill has divisor zero and goes before all others; among
        // several, the larger weight goes first (Balinski and Young, appendix A, section 1).
        match (denominator.contains(&0), other_denominator.contains(&0)) {
            (true, true) => self.weight.cmp(&other.weight),
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) => {
                let [a, b] = numerator;
                let [c, d] = other_denominator;
                let [e, f] = other_numerator;
                let [g, h] = denominator;
                compare_products([a, b, c, d], [e, f, g, h])
            }
        }
    }
}

impl PartialOrd for Claim {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Claim {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Claim {}

fn compare_products(left: [u64; 4], right: [u64; 4]) -> Ordering {
    let small =
        |factors: [u64; 4]| factors.iter().try_fold(1u128, |product, f| product.checked_mul((*f).into()));
    match (small(left), small(right)) {
        (Some(left), Some(right)) => left.cmp(&right),
        _ => {
            let big = |factors: [u64; 4]| factors.iter().map(|f| BigUint::from(*f)).product::<BigUint>();
            big(left).cmp(&big(right))
        }
    }
}
