//! Borda's method: a point for each candidate whom a ballot puts lower.
//!
//! J.-C. de Borda, *Mémoire sur les élections au scrutin* (1781). Candidates whom a ballot leaves level, or does not
//! rank, share the points of their places equally, as he proposed for ties.

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
            // On each ballot: two half points for being higher, one for being level.
            doubled[a + 1] += matrix.valid + matrix.votes(a, b) - matrix.votes(b, a);
        }
    }
    pairwise::elect_by_doubled_scores(
        contest,
        &matrix,
        "most points",
        doubled,
        contest.election.ballots.denominator(),
    )
}
