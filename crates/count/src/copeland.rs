//! Copeland's method: a point for each candidate beaten in a pair, half a point for each tie.
//!
//! A. H. Copeland, *A "reasonable" social welfare function* (seminar on applications of mathematics to social
//! sciences, University of Michigan, 1951).

use crate::contest::Contest;
use crate::pairwise::{self, Matrix};
use crate::{Count, CountError};

/// Counts points; ties for the last seats are broken by lot.
pub(crate) fn count(contest: &Contest) -> Result<Count, CountError> {
    let matrix = Matrix::of(contest)?;
    let standing = contest.standing_table();
    let stands = |index: &usize| standing[*index + 1];
    let mut doubled = vec![0; standing.len()];
    for a in (0..matrix.candidates).filter(stands) {
        for b in (0..matrix.candidates).filter(stands).filter(|b| *b != a) {
            doubled[a + 1] += match matrix.votes(a, b).cmp(&matrix.votes(b, a)) {
                std::cmp::Ordering::Greater => 2,
                std::cmp::Ordering::Equal => 1,
                std::cmp::Ordering::Less => 0,
            };
        }
    }
    pairwise::elect_by_doubled_scores(contest, &matrix, "most pairs won", doubled, 1)
}
