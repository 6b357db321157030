//! Meek's and Warren's methods: elected candidates keep just the part of each vote that gives them the quota.
//!
//! Meek: B. L. Meek (1969), as stated step by step in the reference rule of the Proportional Representation
//! Foundation (after Hill, Wichmann and Woodall, *Algorithm 123*, The Computer Journal 30, 1987): nine decimal
//! places, ω = 0.000001. Warren: C. H. E. Warren, *Counting in STV elections* (Voting matters 1, 1994): a candidate
//! takes the same amount from every ballot that can pay it, instead of the same proportion; all else as in Meek.

use crate::contest::Contest;
use crate::sheet::{Lookback, Pick, Sheet, Standing};
use crate::{Action, Count, CountError, Election, Rule};

/// One vote in units of the ninth decimal place.
const ONE: u64 = 1_000_000_000;

/// Iteration ends when the surpluses together are less than this, one millionth of a vote.
const OMEGA: i128 = 1_000;

/// Counts by the reference rule's steps A to C, by Meek's method or Warren's.
pub(crate) fn count(contest: &Contest) -> Result<Count, CountError> {
    let mut count = Meek::new(contest)?;
    // B.1
    while !count.sheet.is_over() && count.sheet.continuing().len() > count.sheet.vacancies() {
        if !count.defeat_doomed() {
            count.round()?;
        }
    }
    count.fill_last_vacancies();
    Ok(count.sheet.finish())
}

struct Meek<'a> {
    sheet: Sheet<'a>,
    tree: Tree,
    /// Whether amounts are kept (Warren) instead of proportions (Meek).
    warren: bool,
    /// What each candidate keeps of a vote, by number, in units of the ninth decimal place.
    keep_factors: Vec<u64>,
    /// What the stage under way began with.
    action: Action,
}

impl<'a> Meek<'a> {
    /// A: keep factors are 1 for those who stand, 0 for others.
    fn new(contest: &'a Contest) -> Result<Self, CountError> {
        let sheet = Sheet::new(contest, ONE.into());
        let stands = contest.standing_table();
        let tree = Tree::of(contest.election, &stands);
        let keep_factors = stands.iter().map(|stands| if *stands { ONE } else { 0 }).collect();
        let warren = contest.rule == Rule::Warren;
        let mut count = Self { sheet, tree, warren, keep_factors, action: Action::FirstCount };
        count.sheet.valid = i128::from(count.tree.valid) * i128::from(ONE);
        count.sheet.invalid =
            i128::from(contest.election.ballots.total_weight() - count.tree.valid) * i128::from(ONE);
        if count.sheet.valid == 0 {
            return Err(CountError::NobodyVoted { cast: contest.election.ballots.total_weight() });
        }
        Ok(count)
    }

    /// B.2 and B.3: iterates until somebody is elected or the surplus is spread, then elects or defeats.
    fn round(&mut self) -> Result<(), CountError> {
        let mut last_surplus = i128::MAX;
        loop {
            self.distribute();
            let surplus = {
                self.set_quota();
                let elected = self.find_winners();
                if !elected.is_empty() {
                    self.end_stage("B.2.c", elected);
                    self.action = Action::Iteration;
                    return Ok(());
                }
                self.surplus()
            };
            // B.2.e
            let omega = OMEGA * i128::from(self.sheet.election.ballots.denominator());
            if surplus < omega || surplus >= last_surplus {
                self.end_stage("B.2.e", Vec::new());
                return self.defeat_lowest(surplus);
            }
            last_surplus = surplus;
            self.update_keep_factors();
        }
    }

    /// B.2.a: each ballot gives each candidate in turn the keep factor's part of what is left of it, rounded up.
    fn distribute(&mut self) {
        self.sheet.totals.fill(0);
        let keep_factors = &self.keep_factors;
        if self.warren {
            self.tree.pay(&mut self.sheet.totals, |left, candidate| keep_factors[candidate].min(left));
        } else {
            self.tree.pay(&mut self.sheet.totals, |left, candidate| {
                (left * keep_factors[candidate]).div_ceil(ONE)
            });
        }
        self.sheet.non_transferable = self.sheet.valid - self.sheet.totals.iter().sum::<i128>();
    }

    /// B.2.b: the votes of all candidates / (seats + 1), cut off after nine decimal places, plus 0.000000001.
    fn set_quota(&mut self) {
        let denominator = i128::from(self.sheet.election.ballots.denominator());
        let votes: i128 = self.sheet.totals.iter().sum();
        let seats = i128::from(self.sheet.election.seats);
        self.sheet.quota = Some((votes / ((seats + 1) * denominator) + 1) * denominator);
    }

    /// B.2.c
    fn find_winners(&self) -> Vec<u16> {
        let quota = self.sheet.quota.unwrap_or(0);
        let reached = |candidate: &u16| self.sheet.total(*candidate) >= quota;
        self.sheet.continuing().into_iter().filter(reached).collect()
    }

    /// B.2.d
    fn surplus(&self) -> i128 {
        let quota = self.sheet.quota.unwrap_or(0);
        self.elected().map(|candidate| self.sheet.totals[candidate] - quota).sum::<i128>().max(0)
    }

    /// B.2.f: keep factor × quota / votes, rounded up at each step.
    fn update_keep_factors(&mut self) {
        let quota = self.sheet.quota.unwrap_or(0) as u128;
        let one = u128::from(ONE);
        for candidate in self.elected().collect::<Vec<_>>() {
            let votes = self.sheet.totals[candidate] as u128;
            let kept = (u128::from(self.keep_factors[candidate]) * quota).div_ceil(one);
            self.keep_factors[candidate] = (kept * one).div_ceil(votes).min(one) as u64;
        }
    }

    /// B.3: the lowest is defeated; whoever is within the surplus of the lowest is tied with it.
    fn defeat_lowest(&mut self, surplus: i128) -> Result<(), CountError> {
        let mut tied = self.sheet.excludable();
        let lowest = tied.iter().map(|candidate| self.sheet.total(*candidate)).min().unwrap_or(0);
        tied.retain(|candidate| self.sheet.total(*candidate) <= lowest + surplus);
        let candidate = self.sheet.break_tie(tied, Pick::Lowest, Lookback::No, "exclusion")?;
        self.sheet.exclude(candidate);
        self.keep_factors[usize::from(candidate)] = 0;
        self.action = Action::Exclusion(vec![candidate]);
        Ok(())
    }

    /// Whoever can no longer be elected under a constraint is defeated before the next round.
    fn defeat_doomed(&mut self) -> bool {
        let doomed = self.sheet.doomed();
        for candidate in &doomed {
            self.sheet.exclude(*candidate);
            self.keep_factors[usize::from(*candidate)] = 0;
        }
        let any = !doomed.is_empty();
        if any {
            self.action = Action::Exclusion(doomed);
        }
        any
    }

    /// C.1
    fn fill_last_vacancies(&mut self) {
        let continuing = self.sheet.continuing();
        if !self.sheet.is_over() && continuing.len() <= self.sheet.vacancies() {
            let mut decisions = Vec::new();
            self.sheet.elect_all(continuing, "C.1", &mut decisions);
            self.sheet.end_stage(Action::LastVacancies, "C.1", Vec::new(), decisions);
        }
    }

    fn elected(&self) -> impl Iterator<Item = usize> {
        (1..self.sheet.standing.len())
            .filter(|candidate| self.sheet.standing[*candidate] == Standing::Elected)
    }

    fn end_stage(&mut self, paragraph: &'static str, elected: Vec<u16>) {
        let mut decisions = Vec::new();
        self.sheet.elect_all(elected, paragraph, &mut decisions);
        self.sheet.end_stage(self.action.clone(), paragraph, Vec::new(), decisions);
        let quota = self.sheet.votes(self.sheet.quota.unwrap_or(0));
        self.sheet.note_stage_quota(quota);
    }
}

/// Ballots that begin alike pay alike: the rankings as a tree, so that each beginning is computed once.
struct Tree {
    /// In the order of a walk from the root, parents before children.
    nodes: Vec<Node>,
    deepest: usize,
    /// Weight of all ballots that rank anybody who stands.
    valid: u64,
}

struct Node {
    candidate: u16,
    depth: u16,
    /// Weight of the ballots that come through here.
    weight: u64,
    /// Where the walk goes on when nothing is left to pay below this node.
    next: u32,
}

impl Tree {
    fn of(election: &Election, stands: &[bool]) -> Self {
        let mut rankings: Vec<(Vec<u16>, u64)> = Vec::with_capacity(election.ballots.len());
        let mut valid = 0;
        for ballot in election.ballots.iter() {
            // A rank that is skipped or shared says nothing more about the order.
            let strict =
                ballot.marks.iter().take_while(|mark| mark.candidate().is_some() && !mark.tied_with_next());
            let ranking: Vec<u16> =
                strict.map(|mark| mark.0).filter(|mark| stands[usize::from(*mark)]).collect();
            if !ranking.is_empty() {
                valid += ballot.weight;
                rankings.push((ranking, ballot.weight));
            }
        }
        rankings.sort_unstable();
        let mut tree = Self { nodes: Vec::new(), deepest: 0, valid };
        // The nodes from the root to the end of the ranking before.
        let mut path: Vec<usize> = Vec::new();
        for (ranking, weight) in rankings {
            let common =
                path.iter().zip(&ranking).take_while(|(node, c)| tree.nodes[**node].candidate == **c).count();
            tree.close(&mut path, common);
            for (depth, candidate) in ranking.iter().enumerate().skip(common) {
                path.push(tree.nodes.len());
                tree.nodes.push(Node { candidate: *candidate, depth: depth as u16, weight: 0, next: 0 });
            }
            path.iter().for_each(|node| tree.nodes[*node].weight += weight);
            tree.deepest = tree.deepest.max(path.len());
        }
        tree.close(&mut path, 0);
        tree
    }

    fn close(&mut self, path: &mut Vec<usize>, length: usize) {
        for node in path.drain(length..) {
            self.nodes[node].next = self.nodes.len() as u32;
        }
    }

    /// Walks all ballots; `keep` says how much a candidate keeps of what is left.
    fn pay(&self, totals: &mut [i128], keep: impl Fn(u64, usize) -> u64) {
        let mut left = vec![0; self.deepest + 1];
        left[0] = ONE;
        let mut place = 0;
        while let Some(node) = self.nodes.get(place) {
            let (depth, candidate) = (usize::from(node.depth), usize::from(node.candidate));
            let kept = keep(left[depth], candidate);
            totals[candidate] += i128::from(kept) * i128::from(node.weight);
            left[depth + 1] = left[depth] - kept;
            place = if left[depth + 1] == 0 { node.next as usize } else { place + 1 };
        }
    }
}
