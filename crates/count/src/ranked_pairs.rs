//! Ranked pairs: victories are locked in from strong to weak, unless they contradict those locked in before.
//!
//! T. N. Tideman, *Independence of clones as a criterion for voting rules*, Social Choice and Welfare 4 (1987), with
//! the order of equally strong victories by T. M. Zavist and T. N. Tideman, Social Choice and Welfare 6 (1989). The
//! strength of a victory is its margin.

use crate::contest::Contest;
use crate::pairwise::{self, Matrix};
use crate::reach::Reach;
use crate::sheet::draw_order;
use crate::{Count, CountError, Tie, TieBreak};

/// Counts by ranked pairs.
///
/// Equally strong victories that contradict each other are taken in an order of the candidates drawn by lot: that of
/// the earlier winner first, and of one winner's that over the later loser first.
pub(crate) fn count(contest: &Contest) -> Result<Count, CountError> {
    let matrix = Matrix::of(contest)?;
    let n = matrix.candidates;
    let mut victories: Vec<(u64, usize, usize)> = Vec::new();
    for a in 0..n {
        for b in (0..n).filter(|b| matrix.beats(a, *b)) {
            victories.push((matrix.votes(a, b) - matrix.votes(b, a), a, b));
        }
    }
    victories.sort_unstable_by(|x, y| y.0.cmp(&x.0).then((x.1, x.2).cmp(&(y.1, y.2))));
    let mut locked = Reach::new(n);
    let mut ties = Vec::new();
    for class in victories.chunk_by(|x, y| x.0 == y.0) {
        let open: Vec<(usize, usize)> =
            class.iter().map(|(_, a, b)| (*a, *b)).filter(|(a, b)| !locked.reaches(*b, *a)).collect();
        if let Some(all) = lock(locked.clone(), &open) {
            locked = all;
            continue;
        }
        let place = places_by_lot(contest, &mut ties)?;
        let mut ordered = open;
        ordered.sort_by_key(|(a, b)| (place[*a], std::cmp::Reverse(place[*b])));
        for (a, b) in ordered {
            if !locked.reaches(b, a) {
                locked.link(a, b, |_, _| {});
            }
        }
    }
    let mut count =
        pairwise::conclude(contest, &matrix, "locked pairs", |a, b| locked.reaches(a, b) && a != b, None)?;
    count.ties.splice(0..0, ties);
    Ok(count)
}

/// All of these locked in, unless they contradict each other.
fn lock(mut locked: Reach, victories: &[(usize, usize)]) -> Option<Reach> {
    for (a, b) in victories {
        if locked.reaches(*b, *a) {
            return None;
        }
        locked.link(*a, *b, |_, _| {});
    }
    Some(locked)
}

/// Each candidate's place, by index, in an order drawn once.
fn places_by_lot(contest: &Contest, ties: &mut Vec<Tie>) -> Result<Vec<usize>, CountError> {
    let standing = contest.standing_table();
    let all: Vec<u16> =
        (1..standing.len() as u16).filter(|candidate| standing[usize::from(*candidate)]).collect();
    let purpose = "order of equally strong victories";
    let drawn = draw_order(contest.election, contest.seed, 1, purpose, &all)?;
    let mut place = vec![usize::MAX; standing.len() - 1];
    drawn.iter().enumerate().for_each(|(order, candidate)| place[usize::from(*candidate) - 1] = order);
    if ties.is_empty() {
        ties.push(Tie {
            stage: 1,
            tied: all,
            purpose: purpose.to_owned(),
            taken: drawn,
            broken_by: TieBreak::Lot,
        });
    }
    Ok(place)
}
