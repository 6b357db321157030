//! The Schulze method: candidates compared by the strongest paths of pairwise victories.
//!
//! M. Schulze, Social Choice and Welfare 36 (2011), 267–303. The strength of a victory is its winning votes; of two
//! with equal winning votes, that with fewer losing votes is stronger (the paper's relation ≻win).

use crate::contest::Contest;
use crate::pairwise::{self, Matrix};
use crate::reach::Reach;
use crate::{Count, CountError};

/// Counts by the Schulze method; with several seats, the first ones of the Schulze order are elected (which is not
/// proportional).
///
/// Candidates whom the method leaves level are ordered by lot where a seat hangs on it.
pub(crate) fn count(contest: &Contest) -> Result<Count, CountError> {
    let matrix = Matrix::of(contest)?;
    let paths = Paths::of(&matrix);
    // "Stronger path to than from" is transitive (the paper's section 4.1), so whoever has fewer others above goes
    // first, and of two with equally many neither is above the other.
    let is_above = |above: usize, below: usize| paths.prefers(above, below);
    pairwise::conclude(contest, &matrix, "strongest paths", is_above, Some(paths.to_votes()))
}

/// The strongest paths between all pairs of candidates.
struct Paths {
    candidates: usize,
    /// `strength[a * candidates + b]`: 1 + the place of the weakest link of the strongest path among `links`
    /// from strong to weak; 0 where no path of victories leads from a to b.
    strength: Vec<u32>,
    /// Winning votes of each class of equally strong links, strongest first.
    class_votes: Vec<u64>,
}

impl Paths {
    /// Victories are added from strong to weak while it is kept up who reaches whom: the victory by which a first
    /// reaches b is the weakest link of their strongest path. (Floyd's algorithm, in the paper, gives the same in
    /// time cubic in the candidates; this takes each victory once.)
    fn of(matrix: &Matrix) -> Self {
        let n = matrix.candidates;
        let mut links: Vec<(u64, u64, u32, u32)> = Vec::new();
        for a in 0..n {
            for b in (0..n).filter(|b| matrix.beats(a, *b)) {
                links.push((u64::MAX - matrix.votes(a, b), matrix.votes(b, a), a as u32, b as u32));
            }
        }
        links.sort_unstable();
        let mut paths = Self { candidates: n, strength: vec![0; n * n], class_votes: Vec::new() };
        let mut reach = Reach::new(n);
        for class in links.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            paths.class_votes.push(u64::MAX - class[0].0);
            let strength = paths.class_votes.len() as u32;
            for (_, _, a, b) in class {
                reach.link(*a as usize, *b as usize, |x, y| paths.strength[x * n + y] = strength);
            }
        }
        paths
    }

    /// Whether the strongest path from `a` to `b` is stronger than that from `b` to `a`.
    fn prefers(&self, a: usize, b: usize) -> bool {
        let there = self.strength[a * self.candidates + b];
        let back = self.strength[b * self.candidates + a];
        there != 0 && (back == 0 || there < back)
    }

    fn to_votes(&self) -> Vec<Vec<u64>> {
        let votes = |class: &u32| if *class == 0 { 0 } else { self.class_votes[*class as usize - 1] };
        self.strength.chunks(self.candidates.max(1)).map(|row| row.iter().map(votes).collect()).collect()
    }
}
