//! Ballot papers that move whole, for rules older than fractions: which papers go on is a matter of their order, and
//! the order is a matter of the lot.
//!
//! The statutes have the papers mixed, or the polling places drawn, before they are counted. Here the order follows
//! from the seed: each paper is given the SHA-256 digest of
//!
//! ```text
//! "mandate papers 1" 0x00, the seed (32 bytes), the paper's entries (2 bytes each), 0xffff,
//! which of the papers with these entries it is, from 0 (8 bytes)
//! ```
//!
//! (integers big-endian), and the smallest digest lies first. Without a seed papers lie in the order of their entries,
//! and a choice that depends on more than that is [`CountError::LotNeeded`].

use crate::contest::Contest;
use crate::election::Mark;
use crate::parcel::{Parcel, Reading, next_preference};
use crate::sheet::{Sheet, draw_one};
use crate::{CountError, Transfer};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// More papers than in any election by these rules; each takes four bytes and a digest.
const MOST_PAPERS: u64 = 20_000_000;

/// Papers in candidates' parcels. A paper is the index of its ballot; a ballot of weight 3 is three papers.
pub(crate) struct WholePapers<'a> {
    pub sheet: Sheet<'a>,
    contest: &'a Contest<'a>,
    /// Papers of each candidate by number, the one filed last at the end.
    pub piles: Vec<Vec<u32>>,
    reading: Reading,
}

impl<'a> WholePapers<'a> {
    /// The papers sorted by first preference, in the order of the lot, and credited to the sheet.
    pub fn of_first_preferences(contest: &'a Contest, reading: Reading) -> Result<Self, CountError> {
        let election = contest.election;
        let denominator = election.ballots.denominator();
        if denominator > 1 {
            return Err(CountError::WholePapersOnly { rule: contest.rule.name(), denominator });
        }
        let cast = election.ballots.total_weight();
        if cast > MOST_PAPERS {
            return Err(CountError::TooLarge {
                rule: contest.rule.name(),
                what: "papers",
                limit: MOST_PAPERS as usize,
                actual: cast as usize,
            });
        }
        let sheet = Sheet::new(contest, 1);
        let piles = vec![Vec::new(); sheet.totals.len()];
        let mut papers = Self { sheet, contest, piles, reading };
        let continuing = papers.sheet.continuing_table();
        for paper in order(contest) {
            let candidate = papers.next(paper, &continuing);
            if candidate == 0 {
                papers.sheet.invalid += 1;
            } else {
                papers.sheet.valid += 1;
                papers.sheet.totals[candidate] += 1;
                papers.piles[candidate].push(paper);
            }
        }
        if papers.sheet.valid == 0 {
            return Err(CountError::NobodyVoted { cast });
        }
        Ok(papers)
    }

    /// The next preference of a paper for one of these, 0 where there is none.
    pub fn next(&self, paper: u32, continuing: &[bool]) -> usize {
        next_preference(self.sheet.election.ballots.marks(paper as usize), continuing, self.reading)
    }

    /// Says that the order of these papers decides: where they differ, there has to be a seed.
    pub fn order_decides(&self, from: u16, papers: &[u32]) -> Result<(), CountError> {
        let marks = |paper: &u32| self.sheet.election.ballots.marks(*paper as usize);
        let differ = papers.windows(2).any(|pair| marks(&pair[0]) != marks(&pair[1]));
        if differ && self.contest.seed.is_none() {
            let purpose = "which papers go on from";
            draw_one(self.sheet.election, None, self.sheet.stage(), purpose, &[from])?;
        }
        Ok(())
    }

    /// Credits papers to a candidate and notes the transfer.
    pub fn file(&mut self, from: u16, to: usize, papers: Vec<u32>, transfers: &mut Vec<Transfer>) {
        if papers.is_empty() {
            return;
        }
        let weight = papers.len() as i128;
        let parcel = Parcel { value: 1, weight, ..Parcel::default() };
        transfers.push(self.sheet.transfer(from, Some(to as u16).filter(|to| *to > 0), &parcel));
        if to == 0 {
            self.sheet.non_transferable += weight;
        } else {
            self.sheet.totals[to] += weight;
            self.piles[to].extend(papers);
        }
    }
}

/// All papers in the order of the lot.
fn order(contest: &Contest) -> Vec<u32> {
    let ballots = &contest.election.ballots;
    let standing = contest.standing_table();
    let mut kinds: BTreeMap<Vec<u16>, (u32, u64)> = BTreeMap::new();
    for (index, ballot) in ballots.iter().enumerate() {
        // Whoever does not stand might as well never have been on the paper.
        let mut entries: Vec<u16> = Vec::with_capacity(ballot.marks.len());
        for rank in ballot.marks.chunk_by(|mark, _| mark.tied_with_next()) {
            let stays =
                |mark: &&Mark| mark.candidate().is_none_or(|candidate| standing[usize::from(candidate)]);
            let start = entries.len();
            entries.extend(rank.iter().filter(stays).map(|mark| mark.0 | Mark::TIED));
            if let Some(last) = entries[start..].last_mut() {
                *last &= !Mark::TIED;
            }
        }
        kinds.entry(entries).or_insert((index as u32, 0)).1 += ballot.weight;
    }
    let Some(seed) = contest.seed else {
        return kinds.into_values().flat_map(|(paper, times)| (0..times).map(move |_| paper)).collect();
    };
    let mut papers: Vec<([u8; 16], u32)> = Vec::with_capacity(ballots.total_weight() as usize);
    for (entries, (paper, times)) in kinds {
        let mut common = Sha256::new();
        common.update(b"mandate papers 1\0");
        common.update(seed);
        entries.iter().for_each(|entry| common.update(entry.to_be_bytes()));
        common.update([0xff, 0xff]);
        for copy in 0..times {
            let digest: [u8; 32] = common.clone().chain_update(copy.to_be_bytes()).finalize().into();
            let mut first = [0; 16];
            first.copy_from_slice(&digest[..16]);
            papers.push((first, paper));
        }
    }
    papers.sort_unstable();
    papers.into_iter().map(|(_, paper)| paper).collect()
}
