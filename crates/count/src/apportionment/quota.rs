//! Methods of quotas: whole quotas first, then the largest remainders.

use super::{ApportionError, ApportionmentMethod, Problem};
use std::collections::BTreeSet;

pub(super) fn apportion(method: ApportionmentMethod, problem: &Problem) -> Result<Vec<u32>, ApportionError> {
    let mut seats = vec![problem.minimum; problem.weights.len()];
    let mut free: Vec<usize> = (0..seats.len()).filter(|index| problem.weights[*index] > 0).collect();
    let mut left = problem.seats - problem.minimum * (seats.len() - free.len()) as u32;
    while !free.is_empty() {
        let shares = divide(method, problem, &free, left)?;
        let bounded = |share: u32| share.clamp(problem.minimum, problem.maximum);
        let lifted: u64 = shares.iter().map(|share| u64::from(bounded(*share).saturating_sub(*share))).sum();
        let cut: u64 = shares.iter().map(|share| u64::from(share.saturating_sub(bounded(*share)))).sum();
        for (index, share) in free.iter().zip(&shares) {
            seats[*index] = bounded(*share);
        }
        if lifted == 0 && cut == 0 {
            break;
        }
        // The bound that displaces more seats binds for certain; the other one may not any more afterwards.
        let binds =
            |share: u32| if lifted >= cut { share < problem.minimum } else { share > problem.maximum };
        let mut fixed = shares.iter().map(|share| binds(*share));
        free.retain(|index| {
            let leaves = fixed.next().unwrap_or(false);
            left -= if leaves { seats[*index] } else { 0 };
            !leaves
        });
    }
    Ok(seats)
}

/// The plain division of `seats` among the claimants in `free`, in their order.
fn divide(
    method: ApportionmentMethod,
    problem: &Problem,
    free: &[usize],
    seats: u32,
) -> Result<Vec<u32>, ApportionError> {
    let total: u128 = free.iter().map(|index| u128::from(problem.weights[*index])).sum();
    // The quota is numerator / denominator votes.
    let (numerator, denominator) = match method {
        ApportionmentMethod::LargestRemainderDroop => (total / (u128::from(seats) + 1) + 1, 1),
        ApportionmentMethod::LargestRemainderImperiali => (total, imperiali_divisor(problem, free, seats)),
        _ => (total, u128::from(seats.max(1))),
    };
    let mut shares = Vec::with_capacity(free.len());
    let mut remainders = Vec::with_capacity(free.len());
    for (place, index) in free.iter().enumerate() {
        let votes = u128::from(problem.weights[*index]) * denominator;
        shares.push(if seats == 0 { 0 } else { (votes / numerator) as u32 });
        remainders.push((votes % numerator, place));
    }
    let given: u64 = shares.iter().map(|share| u64::from(*share)).sum();
    let mut left = (u64::from(seats) - given) as usize;
    remainders.sort_unstable_by(|a, b| b.cmp(a));
    // A Droop quota of few votes can leave more seats than claimants; then every one of them gets a whole round.
    let rounds = left.checked_div(free.len()).unwrap_or(0);
    shares.iter_mut().for_each(|share| *share += rounds as u32);
    left -= rounds * free.len();
    for group in remainders.chunk_by(|a, b| a.0 == b.0) {
        let places: Vec<usize> = group.iter().map(|(_, place)| *place).collect();
        if places.len() <= left {
            places.iter().for_each(|place| shares[*place] += 1);
            left -= places.len();
        } else if left > 0 {
            let tied: Vec<usize> = places.iter().map(|place| free[*place]).collect();
            let drawn: BTreeSet<usize> = problem.draw(&tied, left)?.into_iter().collect();
            free.iter()
                .zip(&mut shares)
                .filter(|(index, _)| drawn.contains(index))
                .for_each(|(_, share)| *share += 1);
            left = 0;
        }
    }
    Ok(shares)
}

/// The Imperiali quota divides by the seats and two; where that gives away more seats than there are, the divisor is
/// lowered by one until it does not (Italy, DPR 361/1957, article 77, as in force until 1993).
fn imperiali_divisor(problem: &Problem, free: &[usize], seats: u32) -> u128 {
    let total: u128 = free.iter().map(|index| u128::from(problem.weights[*index])).sum();
    let given = |divisor: u128| -> u128 {
        free.iter()
            .map(|index| (u128::from(problem.weights[*index]) * divisor).checked_div(total).unwrap_or(0))
            .sum()
    };
    let seats = u128::from(seats);
    [seats + 2, seats + 1].into_iter().find(|divisor| given(*divisor) <= seats).unwrap_or(seats.max(1))
}
