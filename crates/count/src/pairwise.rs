//! Candidates compared two by two.

use crate::contest::Contest;
use crate::single_stage::{self, Tally, break_tie_at_the_cut};
use crate::{Action, Count, CountError, Decision, Elected, Election, Pairwise, Stage, Votes};

/// A table of all pairs of more candidates would fill the memory of common machines.
const MOST_CANDIDATES: usize = 5_000;

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
    pub fn of(contest: &Contest) -> Result<Self, CountError> {
        let election = contest.election;
        let standing = contest.standing_table();
        let candidates = election.candidates.len();
        if candidates > MOST_CANDIDATES {
            return Err(CountError::TooLarge {
                rule: contest.rule.name(),
                what: "candidates",
                limit: MOST_CANDIDATES,
                actual: candidates,
            });
        }
        let mut matrix = Self { candidates, preferred: vec![0; candidates * candidates], valid: 0 };
        let mut ranked = vec![0u64; candidates];
        let mut tied: Vec<u64> = Vec::new();
        // The candidates of a ballot in order, each with where the rank after its own begins.
        let mut order: Vec<(usize, usize)> = Vec::new();
        for ballot in election.ballots.iter() {
            order.clear();
            for rank in ballot.ranks() {
                let start = order.len();
                let named =
                    rank.iter().filter_map(|mark| mark.candidate()).filter(|c| standing[usize::from(*c)]);
                order.extend(named.map(|candidate| (usize::from(candidate) - 1, 0)));
                let end = order.len();
                order[start..].iter_mut().for_each(|(_, next_rank)| *next_rank = end);
            }
            for (place, (candidate, next_rank)) in order.iter().enumerate() {
                ranked[*candidate] += ballot.weight;
                let row = candidate * candidates..(candidate + 1) * candidates;
                let preferred = &mut matrix.preferred[row.clone()];
                order[*next_rank..].iter().for_each(|(lower, _)| preferred[*lower] += ballot.weight);
                if *next_rank > place + 1 {
                    tied.resize(candidates * candidates, 0);
                    let level = &order[place + 1..*next_rank];
                    level.iter().for_each(|(equal, _)| tied[row.start + equal] += ballot.weight);
                }
            }
            matrix.valid += if order.is_empty() { 0 } else { ballot.weight };
        }
        if matrix.valid == 0 {
            return Err(CountError::NobodyVoted { cast: election.ballots.total_weight() });
        }
        matrix.add_unranked(&ranked, &tied);
        Ok(matrix)
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

/// Elects those whom the rule's transitive relation puts above the others; who is level is ordered by lot where a
/// seat hangs on it. Candidates are indexed from 0 in `is_above`.
pub(crate) fn conclude(
    contest: &Contest,
    matrix: &Matrix,
    paragraph: &'static str,
    is_above: impl Fn(usize, usize) -> bool,
    path_strengths: Option<Vec<Vec<u64>>>,
) -> Result<Count, CountError> {
    let election = contest.election;
    let mut rank = vec![0u64; election.candidates.len() + 1];
    for candidate in &contest.eligible {
        let index = usize::from(*candidate) - 1;
        let above = contest.eligible.iter().filter(|other| is_above(usize::from(**other) - 1, index)).count();
        rank[usize::from(*candidate)] = u64::MAX - above as u64;
    }
    let rank = |candidate: u16| rank[usize::from(candidate)];
    let mut order = contest.eligible.clone();
    order.sort_by_key(|candidate| (std::cmp::Reverse(rank(*candidate)), *candidate));
    let ties = break_tie_at_the_cut(&mut order, rank, contest)?;
    let (winners, runners_up) = order.split_at(contest.seats as usize);
    let votes = |units: u64| Votes::new(i128::from(units), i128::from(election.ballots.denominator()));
    let stage = Stage {
        number: 1,
        action: Action::Comparison,
        paragraph,
        transfers: Vec::new(),
        totals: election.candidates.iter().map(|_| Votes::ZERO).collect(),
        non_transferable: Votes::ZERO,
        rounding: Votes::ZERO,
        quota: None,
        elected: winners.iter().map(|candidate| Decision { candidate: *candidate, paragraph }).collect(),
        excluded: Vec::new(),
    };
    Ok(Count {
        rule: contest.rule,
        seats: contest.seats,
        valid: votes(matrix.valid),
        invalid: votes(election.ballots.total_weight() - matrix.valid),
        quota: None,
        elected: winners.iter().map(|candidate| Elected { candidate: *candidate, stage: 1 }).collect(),
        runners_up: runners_up.to_vec(),
        ties,
        stages: vec![stage],
        pairwise: Some(Pairwise { path_strengths, ..matrix.to_pairwise(election) }),
    })
}

/// Elects those with the highest scores, which are twice the points (so that half points are whole numbers).
pub(crate) fn elect_by_doubled_scores(
    contest: &Contest,
    matrix: &Matrix,
    paragraph: &'static str,
    doubled: Vec<u64>,
    denominator: u32,
) -> Result<Count, CountError> {
    let per_point = 2 * denominator;
    let tally = Tally { paragraph, totals: doubled, denominator: per_point, valid: 2 * matrix.valid };
    let mut count = single_stage::elect(tally, contest)?;
    count.valid = Votes::new(i128::from(matrix.valid), i128::from(contest.election.ballots.denominator()));
    count.invalid = Votes::new(
        i128::from(contest.election.ballots.total_weight() - matrix.valid),
        i128::from(contest.election.ballots.denominator()),
    );
    count.pairwise = Some(matrix.to_pairwise(contest.election));
    Ok(count)
}
