//! Parcels of ballot papers: papers that were received together and carry the same value.

use crate::election::{Ballots, Mark};
use crate::sheet::Sheet;
use crate::{CountError, Election, Transfer};

/// Papers of equal value, by their index among the ballots.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parcel {
    /// The value of a paper of weight one, in the units of the rule.
    pub value: i128,
    pub papers: Vec<u32>,
    /// The weights of the papers together.
    pub weight: i128,
    /// Whether the papers came by first preference and not by a transfer.
    pub by_first_preference: bool,
}

/// Papers sorted by their next available preference.
pub(crate) struct Sorted {
    /// For each candidate by number, the papers whose next available preference is for them.
    pub parcels: Vec<Parcel>,
    /// Papers with no further preference.
    pub non_transferable: Parcel,
}

/// How many papers are fetched from memory together.
const BLOCK_PAPERS: usize = 32;

/// What a rule makes of ranks that are shared (overvotes) or skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// A paper says nothing beyond a rank that is shared or skipped: from there on it does not show, in unbroken
    /// order, who is preferred next.
    Consecutive,
    /// Skipped ranks are passed over; a shared rank ends the paper.
    StopAtOvervote,
    /// A single skipped rank is passed over; two in a row, or a shared rank, end the paper.
    StopAtTwoSkips,
    /// Skipped and shared ranks are passed over.
    PassOver,
}

/// The first preference for a continuing candidate, 0 where there is none.
#[inline]
pub(crate) fn next_preference(marks: &[Mark], continuing: &[bool], reading: Reading) -> usize {
    match reading {
        Reading::Consecutive => next_in_unbroken_order(marks, continuing),
        _ => next_in_broken_order(marks, continuing, reading),
    }
}

#[inline]
fn next_in_unbroken_order(marks: &[Mark], continuing: &[bool]) -> usize {
    for mark in marks {
        let candidate = usize::from(mark.0);
        if candidate == 0 || mark.tied_with_next() {
            return 0;
        }
        if continuing[candidate] {
            return candidate;
        }
    }
    0
}

fn next_in_broken_order(marks: &[Mark], continuing: &[bool], reading: Reading) -> usize {
    let mut skips = 0;
    for rank in marks.chunk_by(|mark, _| mark.tied_with_next()) {
        match rank {
            [Mark::SKIPPED] => {
                skips += 1;
                if skips == 2 && reading == Reading::StopAtTwoSkips {
                    return 0;
                }
                continue;
            }
            [mark] if continuing[usize::from(mark.0)] => return usize::from(mark.0),
            [_] => {}
            _ if reading == Reading::PassOver => {}
            _ => return 0,
        }
        skips = 0;
    }
    0
}

/// Sorts papers by next available preference; each keeps `value`.
pub(crate) fn sort(
    ballots: &Ballots,
    papers: impl Iterator<Item = u32>,
    continuing: &[bool],
    value: i128,
    reading: Reading,
) -> Sorted {
    let mut parcels: Vec<Parcel> = continuing.iter().map(|_| Parcel { value, ..Parcel::default() }).collect();
    let mut papers = papers.peekable();
    let mut block = Vec::with_capacity(BLOCK_PAPERS);
    while papers.peek().is_some() {
        block.extend(papers.by_ref().take(BLOCK_PAPERS).map(|paper| (paper, ballots.marks(paper as usize))));
        // Papers of a late stage lie far apart in memory. Touching a block of them first lets the memory fetch them
        // side by side; the loop below, whose branches nobody can predict, would wait for one after the other.
        std::hint::black_box(
            block.iter().fold(0, |touched, (_, marks)| touched ^ marks.first().map_or(0, |m| m.0)),
        );
        for (paper, marks) in block.drain(..) {
            parcels[next_preference(marks, continuing, reading)].papers.push(paper);
        }
    }
    for parcel in &mut parcels {
        parcel.weight = ballots.weight_of(&parcel.papers);
    }
    let non_transferable = std::mem::replace(&mut parcels[0], Parcel { value, ..Parcel::default() });
    Sorted { parcels, non_transferable }
}

/// Sorts all papers of an election by first preference, at this value.
pub(crate) fn sort_all(election: &Election, continuing: &[bool], value: i128, reading: Reading) -> Sorted {
    sort(&election.ballots, 0..election.ballots.len() as u32, continuing, value, reading)
}

/// The parcels that each candidate holds, in the order in which they came.
pub(crate) struct Piles {
    piles: Vec<Vec<Parcel>>,
    reading: Reading,
}

impl Piles {
    /// Empty piles for these many candidates and the unused index 0.
    pub fn new(length: usize, reading: Reading) -> Self {
        Self { piles: vec![Vec::new(); length], reading }
    }

    /// Piles by first preference, credited to the sheet with its valid and invalid votes; `value` is that of a paper
    /// of weight one.
    pub fn of_first_preferences(
        sheet: &mut Sheet,
        value: i128,
        reading: Reading,
    ) -> Result<Self, CountError> {
        let mut piles = Self::new(sheet.totals.len(), reading);
        let sorted = sort_all(sheet.election, &sheet.continuing_table(), value, reading);
        sheet.invalid = sorted.non_transferable.weight * value;
        follow(sheet, 0, 0, &sorted.non_transferable.papers, value);
        for (candidate, parcel) in sorted.parcels.into_iter().enumerate() {
            sheet.valid += parcel.weight * value;
            follow(sheet, 0, candidate, &parcel.papers, value);
            piles.add(sheet, candidate, Parcel { by_first_preference: true, ..parcel });
        }
        if sheet.valid == 0 {
            return Err(CountError::NobodyVoted { cast: sheet.election.ballots.total_weight() });
        }
        Ok(piles)
    }

    /// Takes all parcels from a candidate.
    pub fn take(&mut self, candidate: u16) -> Vec<Parcel> {
        std::mem::take(&mut self.piles[usize::from(candidate)])
    }

    /// Takes the parcel that a candidate received last.
    pub fn take_last(&mut self, candidate: u16) -> Parcel {
        self.piles[usize::from(candidate)].pop().unwrap_or_default()
    }

    /// Sorts papers by next available preference for continuing candidates.
    pub fn sort(&self, sheet: &Sheet, papers: Vec<u32>, value: i128) -> Sorted {
        let continuing = sheet.continuing_table();
        sort(&sheet.election.ballots, papers.into_iter(), &continuing, value, self.reading)
    }

    /// Credits a parcel to a candidate.
    pub fn add(&mut self, sheet: &mut Sheet, candidate: usize, parcel: Parcel) {
        sheet.totals[candidate] += parcel.value * parcel.weight;
        if parcel.weight > 0 {
            self.piles[candidate].push(parcel);
        }
    }

    /// Sorts a parcel on to the continuing candidates at this value of a paper, and notes the transfers.
    pub fn sort_on(
        &mut self,
        sheet: &mut Sheet,
        from: u16,
        parcel: Parcel,
        value: i128,
        transfers: &mut Vec<Transfer>,
    ) {
        let Sorted { parcels, non_transferable } = self.sort(sheet, parcel.papers, value);
        for (candidate, parcel) in parcels.into_iter().enumerate().filter(|(_, parcel)| parcel.weight > 0) {
            transfers.push(sheet.transfer(from, Some(candidate as u16), &parcel));
            follow(sheet, from.into(), candidate, &parcel.papers, value);
            self.add(sheet, candidate, parcel);
        }
        if non_transferable.weight > 0 {
            transfers.push(sheet.transfer(from, None, &non_transferable));
            follow(sheet, from.into(), 0, &non_transferable.papers, value);
            sheet.non_transferable += value * non_transferable.weight;
        }
    }
}

/// Tells the boxes, where there are any, that papers of a value go from one candidate to another; 0 is nobody.
pub(crate) fn follow(sheet: &Sheet, from: usize, to: usize, papers: &[u32], value: i128) {
    if let Some(ledger) = sheet.contest.ledger {
        ledger.transfer(from, to, papers, value);
    }
}

/// The weights of first preferences by candidate number; papers without one count for nobody.
pub(crate) fn first_preferences(election: &Election, continuing: &[bool], reading: Reading) -> Vec<u64> {
    let mut totals = vec![0; continuing.len()];
    for ballot in election.ballots.iter() {
        totals[next_preference(ballot.marks, continuing, reading)] += ballot.weight;
    }
    totals[0] = 0;
    totals
}

impl Ballots {
    fn weight_of(&self, papers: &[u32]) -> i128 {
        match self.uniform_weight() {
            Some(weight) => papers.len() as i128 * i128::from(weight),
            None => papers.iter().map(|paper| i128::from(self.weight(*paper as usize))).sum(),
        }
    }
}
