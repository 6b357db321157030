//! Ballots from several boxes counted together, with a subtotal for each box at every stage.
//!
//! A workplace that counted its own box can find its ballots in the count of all: the votes that its papers give each
//! candidate. Values that a rule cuts off are the count's, not a box's, so the subtotals of an elected candidate may exceed
//! the votes of the sheet by what the sheet shows as rounding.

use crate::contest::Contest;
use crate::count::count_contest;
use crate::lot::Seed;
use crate::{Count, CountError, Election, Rule, Votes};
use std::cell::RefCell;
use thiserror::Error;

/// An election whose ballots come from several boxes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoxedElection {
    /// All ballots together, box after box.
    pub election: Election,
    /// The boxes' names.
    pub names: Vec<String>,
    /// For each box, how many of the ballots belong to it and to the boxes before it.
    ends: Vec<u32>,
}

/// Why boxes could not be put together.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BoxError {
    /// There is no box.
    #[error("there is no box to count")]
    NoBox,
    /// Two boxes have different candidates or seats.
    #[error(
        "\"{name}\" has {found} where \"{first}\" has {expected}; the ballot papers of all boxes must be the same"
    )]
    Different {
        /// The box that differs.
        name: String,
        /// The box that it is compared with.
        first: String,
        /// What it has.
        found: String,
        /// What the first one has.
        expected: String,
    },
    /// A ballot of a box does not fit into the whole.
    #[error("\"{name}\": {error}")]
    Ballot {
        /// The box.
        name: String,
        /// What is wrong.
        error: crate::BallotError,
    },
}

impl BoxedElection {
    /// Puts boxes with the same ballot paper together.
    pub fn new(boxes: Vec<(String, Election)>) -> Result<Self, BoxError> {
        let mut boxes = boxes.into_iter();
        let Some((first, mut election)) = boxes.next() else { return Err(BoxError::NoBox) };
        let mut joined = Self {
            names: vec![first.clone()],
            ends: vec![election.ballots.len() as u32],
            election: Election::default(),
        };
        for (name, other) in boxes {
            let differs = |found: String, expected: String| BoxError::Different {
                name: name.clone(),
                first: first.clone(),
                found,
                expected,
            };
            if other.seats != election.seats {
                return Err(differs(format!("{} seats", other.seats), format!("{} seats", election.seats)));
            }
            if other.candidates.len() != election.candidates.len() {
                let found = format!("{} candidates", other.candidates.len());
                return Err(differs(found, format!("{} candidates", election.candidates.len())));
            }
            for (place, (theirs, ours)) in other.candidates.iter().zip(&election.candidates).enumerate() {
                if theirs != ours {
                    let words = |it: &crate::Candidate| {
                        let withdrawn = if it.withdrawn { " (withdrawn)" } else { "" };
                        format!("candidate {} \"{}\"{withdrawn}", place + 1, it.name)
                    };
                    return Err(differs(words(theirs), words(ours)));
                }
            }
            let refused = |error| BoxError::Ballot { name: name.clone(), error };
            let denominator = num_integer::lcm(
                u64::from(election.ballots.denominator()),
                u64::from(other.ballots.denominator()),
            );
            let denominator =
                u32::try_from(denominator).map_err(|_| refused(crate::BallotError::DenominatorTooLarge))?;
            election.ballots.split_votes(denominator).map_err(refused)?;
            let factor = u64::from(denominator / other.ballots.denominator());
            for ballot in other.ballots.iter() {
                election.ballots.marks.extend_from_slice(ballot.marks);
                let weight = ballot.weight.checked_mul(factor).ok_or(crate::BallotError::WeightTooLarge);
                weight.and_then(|weight| election.ballots.close(weight)).map_err(refused)?;
            }
            joined.names.push(name);
            joined.ends.push(election.ballots.len() as u32);
        }
        joined.election = election;
        Ok(joined)
    }

    fn box_of(&self, ballot: u32) -> usize {
        self.ends.partition_point(|end| *end <= ballot)
    }
}

/// What one box gives each candidate at the end of a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subtotal {
    /// Votes by candidate, in the order of the ballot paper.
    pub votes: Vec<Votes>,
    /// Votes on papers that can no longer be transferred, and on those that the rule set aside.
    pub non_transferable: Votes,
}

/// A count of all boxes, with their subtotals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoxedCount {
    /// The count of all ballots.
    pub count: Count,
    /// For each stage, the subtotal of each box.
    pub subtotals: Vec<Vec<Subtotal>>,
}

/// Whether subtotals can be told under this rule: where every vote stays with a paper.
pub fn has_subtotals(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::ScottishStv
            | Rule::Ers97
            | Rule::NorthernIreland
            | Rule::Minneapolis
            | Rule::InstantRunoff
            | Rule::Maine
            | Rule::Plurality
            | Rule::Approval
    )
}

/// Counts all boxes together. Rules without [`has_subtotals`] give no subtotals.
pub fn count_boxes(rule: Rule, boxed: &BoxedElection, seed: Option<&Seed>) -> Result<BoxedCount, CountError> {
    let ledger = Ledger::new(boxed);
    let mut contest = Contest::new(rule, &boxed.election, seed)?;
    if matches!(rule, Rule::Plurality | Rule::Approval) {
        let count = count_contest(&contest)?;
        return Ok(BoxedCount { count, subtotals: vec![each_alone(rule, boxed)] });
    }
    contest.ledger = has_subtotals(rule).then_some(&ledger);
    let count = count_contest(&contest)?;
    // A vote's value in units of the rule; the stages have it in votes.
    let unit = ledger.unit.borrow().unwrap_or(1);
    let stages = ledger.stages.borrow();
    let subtotals = stages.iter().map(|boxes| {
        let subtotal = |units: &Vec<i128>| Subtotal {
            votes: units[1..].iter().map(|units| Votes::new(*units, unit)).collect(),
            non_transferable: Votes::new(units[0], unit),
        };
        boxes.iter().map(subtotal).collect()
    });
    let subtotals = subtotals.collect();
    Ok(BoxedCount { count, subtotals })
}

/// The only stage of rules that add up ballots: each box by itself.
fn each_alone(rule: Rule, boxed: &BoxedElection) -> Vec<Subtotal> {
    let denominator = i128::from(boxed.election.ballots.denominator());
    let candidates = boxed.election.candidates.len();
    let mut units = vec![vec![0i128; candidates + 1]; boxed.names.len()];
    let standing: Vec<bool> = boxed.election.candidates.iter().map(|it| !it.withdrawn).collect();
    for (number, ballot) in (0u32..).zip(boxed.election.ballots.iter()) {
        let of_box = &mut units[boxed.box_of(number)];
        let weight = i128::from(ballot.weight);
        let stands = |candidate: &u16| standing[usize::from(*candidate) - 1];
        let named: Vec<u16> = match rule {
            Rule::Approval => ballot.candidates().filter(stands).collect(),
            _ => {
                let first =
                    ballot.ranks().map(|rank| rank.iter().filter_map(|mark| mark.candidate()).filter(stands));
                let first: Option<Vec<u16>> =
                    first.map(Iterator::collect).find(|rank: &Vec<u16>| !rank.is_empty());
                first.filter(|rank| rank.len() == 1).unwrap_or_default()
            }
        };
        if named.is_empty() {
            of_box[0] += weight;
        }
        named.iter().for_each(|candidate| of_box[usize::from(*candidate)] += weight);
    }
    let subtotal = |units: Vec<i128>| Subtotal {
        votes: units[1..].iter().map(|units| Votes::new(*units, denominator)).collect(),
        non_transferable: Votes::new(units[0], denominator),
    };
    units.into_iter().map(subtotal).collect()
}

/// Follows each box's papers through a count.
pub(crate) struct Ledger<'a> {
    boxed: &'a BoxedElection,
    /// For each box, the units of each candidate by number; index 0 is for nobody.
    now: RefCell<Vec<Vec<i128>>>,
    stages: RefCell<Vec<Vec<Vec<i128>>>>,
    /// One vote in units.
    unit: RefCell<Option<i128>>,
}

impl<'a> Ledger<'a> {
    fn new(boxed: &'a BoxedElection) -> Self {
        let empty = vec![vec![0; boxed.election.candidates.len() + 1]; boxed.names.len()];
        Self { boxed, now: RefCell::new(empty), stages: RefCell::new(Vec::new()), unit: RefCell::new(None) }
    }

    /// Papers of a value go from one candidate to another; 0 is nobody, before the first preference and after the last.
    pub fn transfer(&self, from: usize, to: usize, papers: &[u32], value: i128) {
        let mut now = self.now.borrow_mut();
        for paper in papers {
            let of_box = &mut now[self.boxed.box_of(*paper)];
            let units = i128::from(self.boxed.election.ballots.weight(*paper as usize)) * value;
            if from > 0 {
                of_box[from] -= units;
            }
            of_box[to] += units;
        }
    }

    /// A stage ends; `per_vote` units are one vote.
    pub fn end_stage(&self, per_vote: i128) {
        *self.unit.borrow_mut() = Some(per_vote);
        self.stages.borrow_mut().push(self.now.borrow().clone());
    }
}
