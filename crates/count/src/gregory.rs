//! Gregory's method, as the rules of the British and Irish tradition share it: a surplus is transferred from the
//! parcel that was received last, and the papers of the excluded go on in batches of falling value.

use crate::contest::Contest;
use crate::parcel::{Parcel, Piles, Reading, Sorted, follow};
use crate::sheet::Sheet;
use crate::{CountError, Transfer};

/// Values are kept to two decimal places.
pub(crate) const ONE: i128 = 100;

pub(crate) struct Gregory<'a> {
    pub sheet: Sheet<'a>,
    pub piles: Piles,
    /// Elected candidates whose surplus has not been transferred.
    pub pending: Vec<u16>,
}

/// Papers of one value, each parcel with the candidate whom it comes from.
pub(crate) struct Batch {
    pub value: i128,
    parcels: Vec<(u16, Parcel)>,
}

impl Batch {
    /// The papers that came by first preference, and then those that were transferred at full value.
    pub fn split_first_preferences(self) -> Vec<Self> {
        let value = self.value;
        let (first, transferred) =
            self.parcels.into_iter().partition(|(_, parcel)| parcel.by_first_preference);
        [first, transferred]
            .map(|parcels| Self { value, parcels })
            .into_iter()
            .filter(|b| !b.parcels.is_empty())
            .collect()
    }
}

impl<'a> Gregory<'a> {
    /// Papers sorted by first preference.
    pub fn new(contest: &'a Contest) -> Result<Self, CountError> {
        let mut sheet = Sheet::new(contest, ONE);
        let piles = Piles::of_first_preferences(&mut sheet, ONE, Reading::Consecutive)?;
        Ok(Self { sheet, piles, pending: Vec::new() })
    }

    /// Votes beyond the quota.
    pub fn surplus(&self, candidate: u16) -> i128 {
        (self.sheet.total(candidate) - self.sheet.quota.unwrap_or(0)).max(0)
    }

    /// All surpluses that have not been transferred.
    pub fn surpluses(&self) -> i128 {
        self.pending.iter().map(|candidate| self.surplus(*candidate)).sum()
    }

    /// Transfers a surplus from the last parcel: each transferable paper at its value, or, where these values exceed
    /// the surplus, at surplus / number of transferable papers, cut off after two decimal places.
    pub fn transfer_surplus(&mut self, candidate: u16) -> Vec<Transfer> {
        let surplus = self.surplus(candidate);
        let Parcel { value, papers, .. } = self.piles.take_last(candidate);
        let Sorted { parcels, non_transferable } = self.piles.sort(&self.sheet, papers, value);
        let transferable: i128 = parcels.iter().map(|parcel| parcel.weight).sum();
        let exceeds = transferable * value > surplus;
        let new_value = if exceeds { surplus / transferable } else { value };
        let mut transfers = Vec::new();
        for (to, parcel) in parcels.into_iter().enumerate().filter(|(_, parcel)| parcel.weight > 0) {
            let parcel = Parcel { value: new_value, ..parcel };
            transfers.push(self.sheet.transfer(candidate, Some(to as u16), &parcel));
            follow(&self.sheet, candidate.into(), to, &parcel.papers, new_value);
            self.piles.add(&mut self.sheet, to, parcel);
        }
        let left = surplus - transferable * new_value;
        if exceeds {
            self.sheet.rounding += left;
        } else if left > 0 {
            let votes = self.sheet.votes(&left);
            let papers = self.sheet.transfer(candidate, None, &non_transferable);
            transfers.push(Transfer { votes, ..papers });
            self.sheet.non_transferable += left;
        }
        self.sheet.totals[usize::from(candidate)] -= surplus;
        self.pending.retain(|pending| *pending != candidate);
        transfers
    }

    /// Excludes candidates and takes their papers, in batches of falling value.
    pub fn exclude(&mut self, candidates: &[u16]) -> Vec<Batch> {
        let mut parcels: Vec<(u16, Parcel)> = Vec::new();
        for candidate in candidates {
            self.sheet.exclude(*candidate);
            parcels.extend(self.piles.take(*candidate).into_iter().map(|parcel| (*candidate, parcel)));
        }
        parcels.sort_by_key(|(_, parcel)| std::cmp::Reverse(parcel.value));
        let mut batches: Vec<Batch> = Vec::new();
        for (from, parcel) in parcels {
            match batches.last_mut().filter(|batch| batch.value == parcel.value) {
                Some(batch) => batch.parcels.push((from, parcel)),
                None => batches.push(Batch { value: parcel.value, parcels: vec![(from, parcel)] }),
            }
        }
        batches
    }

    /// Transfers a batch; whoever receives of it receives one parcel.
    pub fn transfer_batch(&mut self, batch: Batch) -> Vec<Transfer> {
        let mut transfers = Vec::new();
        let mut received = vec![Parcel { value: batch.value, ..Parcel::default() }; self.sheet.totals.len()];
        for (from, parcel) in batch.parcels {
            self.sheet.totals[usize::from(from)] -= parcel.value * parcel.weight;
            let Sorted { parcels, non_transferable } =
                self.piles.sort(&self.sheet, parcel.papers, batch.value);
            for (to, parcel) in parcels.into_iter().enumerate().filter(|(_, parcel)| parcel.weight > 0) {
                transfers.push(self.sheet.transfer(from, Some(to as u16), &parcel));
                follow(&self.sheet, from.into(), to, &parcel.papers, batch.value);
                received[to].weight += parcel.weight;
                received[to].papers.extend(parcel.papers);
            }
            if non_transferable.weight > 0 {
                transfers.push(self.sheet.transfer(from, None, &non_transferable));
                follow(&self.sheet, from.into(), 0, &non_transferable.papers, batch.value);
                self.sheet.non_transferable += batch.value * non_transferable.weight;
            }
        }
        for (to, parcel) in received.into_iter().enumerate() {
            self.piles.add(&mut self.sheet, to, parcel);
        }
        transfers
    }

    /// Continuing candidates who may be excluded, fewest votes first.
    pub fn ascending(&self) -> Vec<u16> {
        let mut continuing = self.sheet.excludable();
        continuing.sort_by_key(|candidate| (self.sheet.total(*candidate), *candidate));
        continuing
    }
}
