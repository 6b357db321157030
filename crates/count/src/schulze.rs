//! The Schulze method: candidates compared by the strongest paths of pairwise victories.
//!
//! M. Schulze, Social Choice and Welfare 36 (2011), 267–303. The strength of a victory is its winning votes; of two
//! with equal winning votes, that with fewer losing votes is stronger (the paper's relation ≻win).

use crate::contest::Contest;
use crate::pairwise::Matrix;
use crate::single_stage::break_tie_at_the_cut;
use crate::{Action, Count, CountError, Decision, Elected, Stage, Tie, Votes};

/// Counts by the Schulze method; with several seats, the first ones of the Schulze order are elected (which is not
/// proportional).
///
/// Candidates whom the method leaves level are ordered by lot where a seat hangs on it.
pub(crate) fn count(contest: &Contest) -> Result<Count, CountError> {
    let election = contest.election;
    let matrix = Matrix::of(contest);
    let cast = election.ballots.total_weight();
    if matrix.valid == 0 {
        return Err(CountError::NobodyVoted { cast });
    }
    let paths = Paths::of(&matrix);
    let (order, ties) = order(&paths, contest)?;
    let (winners, runners_up) = order.split_at(contest.seats as usize);
    let paragraph = "strongest paths";
    let votes = |units: u64| Votes::new(i128::from(units), i128::from(election.ballots.denominator()));
    let stage = Stage {
        number: 1,
        action: Action::Comparison,
        paragraph,
        transfers: Vec::new(),
        totals: vec![Votes::ZERO; election.candidates.len()],
        non_transferable: Votes::ZERO,
        rounding: Votes::ZERO,
        quota: None,
        elected: winners.iter().map(|candidate| Decision { candidate: *candidate, paragraph }).collect(),
        excluded: Vec::new(),
    };
    let mut pairwise = matrix.to_pairwise(election);
    pairwise.path_strengths = Some(paths.to_votes());
    Ok(Count {
        rule: contest.rule,
        seats: contest.seats,
        valid: votes(matrix.valid),
        invalid: votes(cast - matrix.valid),
        quota: None,
        elected: winners.iter().map(|candidate| Elected { candidate: *candidate, stage: 1 }).collect(),
        runners_up: runners_up.to_vec(),
        ties,
        stages: vec![stage],
        pairwise: Some(pairwise),
    })
}

/// The order of the candidates: by how many the strongest paths put above them.
///
/// The relation "stronger path to than from" is transitive (the paper's section 4.1), so candidates with equally
/// many above them are level or differ in nothing that a seat hangs on.
fn order(paths: &Paths, contest: &Contest) -> Result<(Vec<u16>, Vec<Tie>), CountError> {
    let standing = &contest.eligible;
    let above = |candidate: u16| {
        let better = |other: &&u16| paths.prefers(usize::from(**other) - 1, usize::from(candidate) - 1);
        standing.iter().filter(better).count() as u64
    };
    let mut ranks: Vec<(u64, u16)> =
        standing.iter().map(|candidate| (above(*candidate), *candidate)).collect();
    ranks.sort_unstable();
    let mut order: Vec<u16> = ranks.iter().map(|(_, candidate)| *candidate).collect();
    let mut rank_of = vec![0u64; contest.election.candidates.len() + 1];
    ranks.iter().for_each(|(above, candidate)| rank_of[usize::from(*candidate)] = u64::MAX - above);
    let ties = break_tie_at_the_cut(&mut order, |candidate| rank_of[usize::from(candidate)], contest)?;
    Ok((order, ties))
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

/// Who reaches whom, as rows of bits, in both directions.
struct Reach {
    words: usize,
    to: Vec<u64>,
    from: Vec<u64>,
}

impl Reach {
    fn new(candidates: usize) -> Self {
        let words = candidates.div_ceil(64);
        let mut reach = Self { words, to: vec![0; candidates * words], from: vec![0; candidates * words] };
        for candidate in 0..candidates {
            // Everybody reaches themselves, which makes paths of one link no special case.
            reach.to[candidate * words + candidate / 64] |= 1 << (candidate % 64);
            reach.from[candidate * words + candidate / 64] |= 1 << (candidate % 64);
        }
        reach
    }

    /// Adds a link and tells of each pair that it newly connects.
    fn link(&mut self, a: usize, b: usize, mut connected: impl FnMut(usize, usize)) {
        let words = self.words;
        if self.to[a * words + b / 64] >> (b % 64) & 1 == 1 {
            return;
        }
        let sources: Vec<u64> =
            (0..words).map(|word| self.from[a * words + word] & !self.from[b * words + word]).collect();
        let targets: Vec<u64> = self.to[b * words..(b + 1) * words].to_vec();
        for source in bits(&sources) {
            for (word, target) in targets.iter().enumerate() {
                let new = target & !self.to[source * words + word];
                self.to[source * words + word] |= new;
                for bit in bits(&[new]) {
                    let target = word * 64 + bit;
                    self.from[target * words + source / 64] |= 1 << (source % 64);
                    connected(source, target);
                }
            }
        }
    }
}

/// The places of the bits that are set.
fn bits(words: &[u64]) -> impl Iterator<Item = usize> {
    words.iter().enumerate().flat_map(|(place, word)| {
        let mut left = *word;
        std::iter::from_fn(move || {
            let bit = left.trailing_zeros() as usize;
            (left != 0).then(|| {
                left &= left - 1;
                place * 64 + bit
            })
        })
    })
}
