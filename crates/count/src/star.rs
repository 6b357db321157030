//! STAR: score, then automatic runoff.
//!
//! Equal Vote Coalition, *STAR Voting: rules and official tie-breaking protocol*. A ballot's first rank is five
//! stars, the second four, and so on to one star for the fifth (a skipped rank is a number of stars given to nobody);
//! whoever is not on the ballot, or lower, gets none.

use crate::contest::Contest;
use crate::pairwise::Matrix;
use crate::sheet::{Lookback, Pick, Sheet};
use crate::{Action, Count, CountError};

/// Stars of the first rank.
const MOST: usize = 5;

/// The two with most stars go into the runoff, which counts each ballot for the one with more stars on it.
///
/// Ties for a place in the runoff: who wins more pairs among the tied, then who has more ratings of five, then by
/// lot. A tie in the runoff: more stars, then more ratings of five, then by lot.
pub(crate) fn count(contest: &Contest) -> Result<Count, CountError> {
    let matrix = Matrix::of(contest)?;
    let mut sheet = Sheet::new(contest, 1);
    let mut fives = vec![0i128; sheet.totals.len()];
    for ballot in contest.election.ballots.iter() {
        for (rank, candidates) in ballot.ranks().enumerate().take(MOST) {
            for candidate in candidates.iter().filter_map(|mark| mark.candidate()).map(usize::from) {
                sheet.totals[candidate] += (MOST - rank) as i128 * i128::from(ballot.weight);
                fives[candidate] += if rank == 0 { i128::from(ballot.weight) } else { 0 };
            }
        }
    }
    sheet.valid = i128::from(matrix.valid);
    sheet.invalid = i128::from(contest.election.ballots.total_weight() - matrix.valid);
    let mut finalists: Vec<u16> = Vec::new();
    while finalists.len() < 2.min(contest.eligible.len()) {
        let rest: Vec<u16> =
            contest.eligible.iter().copied().filter(|candidate| !finalists.contains(candidate)).collect();
        let tied = highest(&rest, |candidate| sheet.total(candidate));
        let tied = highest(&tied, |candidate| {
            tied.iter().filter(|other| matrix.beats(index(candidate), index(**other))).count() as i128
        });
        let tied = highest(&tied, |candidate| fives[usize::from(candidate)]);
        finalists.push(sheet.break_tie(tied, Pick::Highest, Lookback::No, "place in the runoff")?);
    }
    sheet.end_stage(Action::FirstCount, "scoring round", Vec::new(), Vec::new());
    let against = |candidate: u16| {
        finalists.iter().map(|other| i128::from(matrix.votes(index(candidate), index(*other)))).sum()
    };
    let tied = highest(&finalists, against);
    let tied = highest(&tied, |candidate| sheet.total(candidate));
    let tied = highest(&tied, |candidate| fives[usize::from(candidate)]);
    let winner = sheet.break_tie(tied, Pick::Highest, Lookback::No, "runoff")?;
    let scores = std::mem::take(&mut sheet.totals);
    sheet.totals = vec![0; scores.len()];
    finalists.iter().for_each(|finalist| sheet.totals[usize::from(*finalist)] = against(*finalist));
    let mut decisions = Vec::new();
    sheet.elect(winner, "runoff", &mut decisions);
    sheet.end_stage(Action::Runoff(finalists), "runoff", Vec::new(), decisions);
    // Whoever was not elected is ordered by stars.
    sheet.totals = scores;
    Ok(sheet.finish())
}

fn index(candidate: u16) -> usize {
    usize::from(candidate) - 1
}

fn highest(candidates: &[u16], value: impl Fn(u16) -> i128) -> Vec<u16> {
    let most = candidates.iter().map(|candidate| value(*candidate)).max();
    candidates.iter().copied().filter(|candidate| Some(value(*candidate)) == most).collect()
}
