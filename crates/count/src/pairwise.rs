//! Candidates compared two by two.

use crate::contest::Contest;
use crate::{Election, Pairwise};

/// How many votes prefer whom to whom. Candidates are indexed from 0.
pub(crate) struct Matrix {
    pub candidates: usize,
    /// Row by row: votes that prefer the row's candidate to the column's.
    preferred: Vec<u64>,
    /// Weight of ballots that rank any candidate.
    pub valid: u64,
}

impl Matrix {
    /// Compares all candidates on all ballots: ranked before unranked, unranked candidates alike.
    ///
    /// For ballots that rank few of many candidates, only the pairs that both are ranked are touched; the others
    /// follow from how often each is ranked at all.
    pub fn of(contest: &Contest) -> Self {
        let election = contest.election;
        let standing = contest.standing_table();
        let candidates = election.candidates.len();
        let mut matrix = Self { candidates, preferred: vec![0; candidates * candidates], valid: 0 };
        let mut ranked = vec![0u64; candidates];
        let mut tied: Vec<u64> = Vec::new();
        let mut above: Vec<usize> = Vec::new();
        for ballot in election.ballots.iter() {
            above.clear();
            for rank in ballot.ranks() {
                let start = above.len();
                for candidate in rank.iter().filter_map(|mark| mark.candidate()) {
                    let index = usize::from(candidate) - 1;
                    if !standing[usize::from(candidate)] {
                        continue;
                    }
                    ranked[index] += ballot.weight;
                    for better in &above[..start] {
                        matrix.preferred[better * candidates + index] += ballot.weight;
                    }
                    for equal in &above[start..] {
                        tied.resize(candidates * candidates, 0);
                        tied[equal * candidates + index] += ballot.weight;
                    }
                    above.push(index);
                }
            }
            matrix.valid += if above.is_empty() { 0 } else { ballot.weight };
        }
        matrix.add_unranked(&ranked, &tied);
        matrix
    }

    /// Adds the votes of ballots that rank one of a pair and not the other.
    fn add_unranked(&mut self, ranked: &[u64], tied: &[u64]) {
        let n = self.candidates;
        for a in 0..n {
            for b in a + 1..n {
                let (ab, ba) = (self.preferred[a * n + b], self.preferred[b * n + a]);
                let equal = if tied.is_empty() { 0 } else { tied[a * n + b] + tied[b * n + a] };
                let both = ab + ba + equal;
                self.preferred[a * n + b] = ab + (ranked[a] - both);
                self.preferred[b * n + a] = ba + (ranked[b] - both);
            }
        }
    }

    /// Votes that prefer `a` to `b`.
    pub fn votes(&self, a: usize, b: usize) -> u64 {
        self.preferred[a * self.candidates + b]
    }

    /// Whether more votes prefer `a` to `b` than `b` to `a`.
    pub fn beats(&self, a: usize, b: usize) -> bool {
        self.votes(a, b) > self.votes(b, a)
    }

    /// The table for the result.
    pub fn to_pairwise(&self, election: &Election) -> Pairwise {
        Pairwise {
            denominator: election.ballots.denominator(),
            preferred: self.preferred.chunks(self.candidates.max(1)).map(<[u64]>::to_vec).collect(),
            path_strengths: None,
        }
    }
}
