//! Majority judgement: the highest median grade wins.
//!
//! M. Balinski and R. Laraki, *Majority Judgment: Measuring, Ranking, and Electing* (2011), chapter 1. A ballot's
//! first rank is the best grade, the second the next, and so on (a skipped rank is a grade given to nobody); whoever
//! is not on the ballot gets the worst.

use crate::contest::Contest;
use crate::single_stage::{self, Tally};
use crate::{Count, CountError};
use std::cmp::Ordering;

/// Orders by median grade (the lower one where there are two); of equal ones, one ballot of the median grade each is
/// taken away until the medians differ. Candidates with the same grades throughout are ordered by lot.
pub(crate) fn count(contest: &Contest) -> Result<Count, CountError> {
    let standing = contest.standing_table();
    let mut grades: Vec<Vec<u64>> = vec![Vec::new(); standing.len()];
    let mut valid = 0;
    for ballot in contest.election.ballots.iter() {
        let mut graded = false;
        for (grade, rank) in ballot.ranks().enumerate() {
            for candidate in rank.iter().filter_map(|mark| mark.candidate()).map(usize::from) {
                if standing[candidate] {
                    let given = &mut grades[candidate];
                    given.resize(given.len().max(grade + 1), 0);
                    given[grade] += ballot.weight;
                    graded = true;
                }
            }
        }
        valid += if graded { ballot.weight } else { 0 };
    }
    let worst = grades.iter().map(Vec::len).max().unwrap_or(0);
    for given in &mut grades {
        let graded: u64 = given.iter().sum();
        given.resize(worst + 1, 0);
        given[worst] = valid.saturating_sub(graded);
    }
    let mut order = contest.eligible.clone();
    order.sort_by(|a, b| compare(&grades[usize::from(*a)], &grades[usize::from(*b)]));
    // The tally is the place from behind: equal for candidates with the same grades.
    let mut totals = vec![0; standing.len()];
    let mut place = 0;
    for pair in (0..order.len()).rev() {
        let candidate = usize::from(order[pair]);
        let next = order.get(pair + 1).map(|next| usize::from(*next));
        if next.is_none_or(|next| compare(&grades[candidate], &grades[next]).is_ne()) {
            place += 1;
        }
        totals[candidate] = place;
    }
    let denominator = contest.election.ballots.denominator();
    let tally = Tally { paragraph: "highest majority grade", totals, denominator, valid };
    let mut count = single_stage::elect(tally, contest)?;
    let places = std::mem::take(&mut count.stages[0].totals);
    count.stages[0].totals = places.iter().map(|place| place.times(denominator)).collect();
    Ok(count)
}

/// Better grades first. Both hold equally many ballots.
fn compare(a: &[u64], b: &[u64]) -> Ordering {
    let (mut a, mut b) = (a.to_vec(), b.to_vec());
    loop {
        let (Some(of_a), Some(of_b)) = (median(&a), median(&b)) else { return Ordering::Equal };
        if of_a != of_b {
            return of_a.cmp(&of_b);
        }
        // As many ballots of this grade as certainly keep it the median of both are taken away at once.
        let step = removable(&a, of_a).min(removable(&b, of_b)).max(1);
        a[of_a] -= step;
        b[of_b] -= step;
    }
}

/// The lower median: with 2k or 2k − 1 ballots, the k-th from the worst.
fn median(grades: &[u64]) -> Option<usize> {
    let total: u64 = grades.iter().sum();
    let mut from_worst = 0;
    (0..grades.len()).rev().find(|grade| {
        from_worst += grades[*grade];
        total > 0 && from_worst >= total.div_ceil(2)
    })
}

/// How many ballots of the median grade can be taken away, one after the other, with the median unchanged before
/// each.
fn removable(grades: &[u64], median: usize) -> u64 {
    let better: u64 = grades[..median].iter().sum();
    let worse: u64 = grades[median + 1..].iter().sum();
    let at = grades[median];
    // The median stays while worse < ⌈total / 2⌉ and better ≤ ⌊total / 2⌋.
    let bound = if better > worse { better - worse } else { worse - better + 1 };
    at.saturating_sub(bound)
}
