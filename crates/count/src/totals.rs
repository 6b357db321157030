//! The votes of all candidates at the end of a stage.

use crate::Votes;
use serde::{Serialize, Serializer};
use std::fmt;
use std::ops::Index;
use std::sync::Arc;

/// So many candidates' votes are kept together.
const CHUNK: usize = 64;

/// The votes of all candidates, in the order of the ballot paper: index 0 is candidate 1.
///
/// Where stage after stage changes the votes of few of many candidates, the stages share what did not change: ten thousand
/// candidates and as many stages would not fit into the memory of common machines otherwise.
#[derive(Clone, Default)]
pub struct Totals {
    chunks: Vec<Arc<[Votes]>>,
}

impl Totals {
    /// The votes that `now` stands for, and what is unchanged since `before` shared with an earlier stage.
    pub(crate) fn following<N: PartialEq>(
        earlier: Option<(&Self, &[N])>,
        now: &[N],
        votes: impl Fn(&N) -> Votes,
    ) -> Self {
        let chunk = |(place, now): (usize, &[N])| match earlier {
            Some((totals, before)) if before[place * CHUNK..][..now.len()] == *now => {
                Arc::clone(&totals.chunks[place])
            }
            _ => now.iter().map(&votes).collect(),
        };
        Self { chunks: now.chunks(CHUNK).enumerate().map(chunk).collect() }
    }

    /// How many candidates there are.
    pub fn len(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.len()).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// The votes of the candidate at this place of the ballot paper, counted from 0.
    pub fn get(&self, index: usize) -> Option<&Votes> {
        self.chunks.get(index / CHUNK)?.get(index % CHUNK)
    }

    /// The votes of all, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Votes> + Clone {
        self.chunks.iter().flat_map(|chunk| chunk.iter())
    }
}

impl Index<usize> for Totals {
    type Output = Votes;

    fn index(&self, index: usize) -> &Votes {
        &self.chunks[index / CHUNK][index % CHUNK]
    }
}

impl FromIterator<Votes> for Totals {
    fn from_iter<I: IntoIterator<Item = Votes>>(votes: I) -> Self {
        let votes: Vec<Votes> = votes.into_iter().collect();
        Self { chunks: votes.chunks(CHUNK).map(Arc::from).collect() }
    }
}

impl PartialEq for Totals {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl Eq for Totals {}

impl PartialEq<Vec<Votes>> for Totals {
    fn eq(&self, other: &Vec<Votes>) -> bool {
        self.iter().eq(other)
    }
}

impl fmt::Debug for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl Serialize for Totals {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}
