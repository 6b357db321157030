//! Whole quotients, then the largest remainders, as the Spanish and Italian texts share them.

use crate::Votes;
use num_bigint::BigInt;
use num_rational::BigRational;

/// Seats of lists, with what made them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Division {
    pub quotient: Votes,
    /// Seats for whole quotients.
    pub whole: Vec<u32>,
    /// Votes beyond the whole quotients.
    pub remainders: Vec<Votes>,
    /// Seats for remainders.
    pub by_remainder: Vec<u32>,
}

/// Divides by `quotient`; `prefer` orders lists with equal remainders, or says which are left tied.
pub(super) fn divide<E>(
    votes: &[u64],
    quotient: &BigRational,
    seats: u32,
    mut prefer: impl FnMut(&[usize]) -> Result<usize, E>,
) -> Result<Division, E> {
    let exact = |votes: u64| BigRational::from_integer(BigInt::from(votes));
    let whole: Vec<u32> = votes
        .iter()
        .map(|votes| u32::try_from((exact(*votes) / quotient).floor().to_integer()).unwrap_or(0))
        .collect();
    let remainders: Vec<BigRational> = votes
        .iter()
        .zip(&whole)
        .map(|(votes, whole)| exact(*votes) - quotient * BigInt::from(*whole))
        .collect();
    let mut by_remainder = vec![0; votes.len()];
    let mut open: Vec<usize> = (0..votes.len()).filter(|list| votes[*list] > 0).collect();
    let mut left = seats.saturating_sub(whole.iter().sum());
    while left > 0 && !open.is_empty() {
        let best = open.iter().map(|list| &remainders[*list]).max();
        let tied: Vec<usize> = open.iter().copied().filter(|list| Some(&remainders[*list]) == best).collect();
        let taken = if tied.len() <= left as usize { tied[0] } else { prefer(&tied)? };
        by_remainder[taken] += 1;
        open.retain(|list| *list != taken);
        left -= 1;
    }
    Ok(Division {
        quotient: Votes::from(quotient.clone()),
        whole,
        remainders: remainders.into_iter().map(Votes::from).collect(),
        by_remainder,
    })
}
