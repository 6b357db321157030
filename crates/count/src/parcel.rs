//! Parcels of ballot papers: papers that were received together and carry the same value.

use crate::election::{Ballots, Mark};
use crate::sheet::Sheet;
use crate::{Election, Transfer};

/// Papers of equal value, by their index among the ballots.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parcel {
    /// The value of a paper of weight one, in the units of the rule.
    pub value: i128,
    pub papers: Vec<u32>,
    /// The weights of the papers together.
    pub weight: i128,
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

/// The first preference for a continuing candidate. A paper says nothing beyond a rank that is skipped or shared,
/// because from there on it does not show which candidate is preferred next.
#[inline]
fn next_preference(marks: &[Mark], continuing: &[bool]) -> usize {
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

/// Sorts papers by next available preference; each keeps `value`.
pub(crate) fn sort(
    ballots: &Ballots,
    papers: impl Iterator<Item = u32>,
    continuing: &[bool],
    value: i128,
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
            parcels[next_preference(marks, continuing)].papers.push(paper);
        }
    }
    for parcel in &mut parcels {
        parcel.weight = ballots.weight_of(&parcel.papers);
    }
    let non_transferable = std::mem::replace(&mut parcels[0], Parcel { value, ..Parcel::default() });
    Sorted { parcels, non_transferable }
}

/// Sorts all papers of an election by first preference, at this value.
pub(crate) fn sort_all(election: &Election, continuing: &[bool], value: i128) -> Sorted {
    sort(&election.ballots, 0..election.ballots.len() as u32, continuing, value)
}

/// The parcels that each candidate holds, in the order in which they came.
pub(crate) struct Piles(Vec<Vec<Parcel>>);

impl Piles {
    /// Empty piles for these many candidates and the unused index 0.
    pub fn new(length: usize) -> Self {
        Self(vec![Vec::new(); length])
    }

    pub fn of(&self, candidate: u16) -> &[Parcel] {
        &self.0[usize::from(candidate)]
    }

    pub fn take(&mut self, candidate: u16) -> Vec<Parcel> {
        std::mem::take(&mut self.0[usize::from(candidate)])
    }

    /// Credits a parcel to a candidate.
    pub fn add(&mut self, sheet: &mut Sheet, candidate: usize, parcel: Parcel) {
        sheet.totals[candidate] += parcel.value * parcel.weight;
        self.0[candidate].push(parcel);
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
        let continuing = sheet.continuing_table();
        let Sorted { parcels, non_transferable } =
            sort(&sheet.election.ballots, parcel.papers.into_iter(), &continuing, value);
        for (candidate, parcel) in parcels.into_iter().enumerate().filter(|(_, parcel)| parcel.weight > 0) {
            transfers.push(sheet.transfer(from, Some(candidate as u16), &parcel));
            self.add(sheet, candidate, parcel);
        }
        if non_transferable.weight > 0 {
            transfers.push(sheet.transfer(from, None, &non_transferable));
            sheet.non_transferable += value * non_transferable.weight;
        }
    }
}

/// Who stands, by number.
pub(crate) fn standing_table(election: &Election) -> Vec<bool> {
    std::iter::once(false).chain(election.candidates.iter().map(|candidate| !candidate.withdrawn)).collect()
}

/// The weights of first preferences by candidate number; papers without one count for nobody.
pub(crate) fn first_preferences(election: &Election, continuing: &[bool]) -> Vec<u64> {
    let mut totals = vec![0; continuing.len()];
    for ballot in election.ballots.iter() {
        totals[next_preference(ballot.marks, continuing)] += ballot.weight;
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
