//! The numbers that Meek's and Warren's methods are counted in.

use super::tree::Tree;
use crate::amount::Amount;
use num_bigint::{BigInt, BigUint};
use num_rational::BigRational;
use num_traits::{ToPrimitive, Zero};

/// How a vote is divided: what is rounded, and where.
pub(super) trait Arithmetic {
    /// Votes, in units of the sheet.
    type Votes: Amount;
    /// What a candidate keeps of each vote.
    type Keep: Clone;

    /// Units of one vote on a ballot of weight one.
    const PER_VOTE: i128;

    /// All of a vote.
    fn whole() -> Self::Keep;
    /// Nothing of it.
    fn nothing() -> Self::Keep;
    /// The units of ballots of this weight.
    fn of_weight(weight: u64) -> Self::Votes;
    /// B.2.a: adds to each candidate's votes what all ballots pay; Warren's candidates keep amounts, Meek's proportions.
    fn distribute(tree: &Tree, keep: &[Self::Keep], warren: bool, totals: &mut [Self::Votes]);
    /// B.2.b: the votes that elect; `denominator` is the weight of one vote.
    fn quota(votes: &Self::Votes, seats: u32, denominator: u32) -> Self::Votes;
    /// B.2.c: whether so many votes elect.
    fn reaches(votes: &Self::Votes, quota: &Self::Votes) -> bool;
    /// B.2.f: keep factor × quota / votes, rounded up.
    fn lowered(keep: &Self::Keep, quota: &Self::Votes, votes: &Self::Votes) -> Self::Keep;
    /// Iteration may end when the surpluses together are less than this, one millionth of a vote.
    fn omega(denominator: u32) -> Self::Votes;
    /// It must end when they are less than this, even if the surplus left could still change who is lowest.
    fn finest(denominator: u32) -> Self::Votes;
}

/// The reference rule's nine decimal places.
pub(super) struct NinePlaces;

/// One vote in units of the ninth decimal place.
const ONE: u64 = 1_000_000_000;

impl Arithmetic for NinePlaces {
    type Votes = i128;
    type Keep = u64;

    const PER_VOTE: i128 = ONE as i128;

    fn whole() -> u64 {
        ONE
    }

    fn nothing() -> u64 {
        0
    }

    fn of_weight(weight: u64) -> i128 {
        i128::from(weight) * Self::PER_VOTE
    }

    /// Each payment is rounded up.
    fn distribute(tree: &Tree, keep: &[u64], warren: bool, totals: &mut [i128]) {
        if warren {
            pay(tree, totals, |left, candidate| keep[candidate].min(left));
        } else {
            pay(tree, totals, |left, candidate| (left * keep[candidate]).div_ceil(ONE));
        }
    }

    /// The votes / (seats + 1), cut off after nine decimal places, plus 0.000000001.
    fn quota(votes: &i128, seats: u32, denominator: u32) -> i128 {
        let denominator = i128::from(denominator);
        (votes / ((i128::from(seats) + 1) * denominator) + 1) * denominator
    }

    fn reaches(votes: &i128, quota: &i128) -> bool {
        votes >= quota
    }

    /// Rounded up at each step.
    fn lowered(keep: &u64, quota: &i128, votes: &i128) -> u64 {
        let one = u128::from(ONE);
        let kept = (u128::from(*keep) * *quota as u128).div_ceil(one);
        (kept * one).div_ceil(*votes as u128).min(one) as u64
    }

    fn omega(denominator: u32) -> i128 {
        1_000 * i128::from(denominator)
    }

    fn finest(denominator: u32) -> i128 {
        Self::omega(denominator)
    }
}

/// Walks all ballots; `kept` says how much a candidate keeps of what is left.
fn pay(tree: &Tree, totals: &mut [i128], kept: impl Fn(u64, usize) -> u64) {
    let mut left = vec![0; tree.deepest + 1];
    left[0] = ONE;
    let mut place = 0;
    while let Some(node) = tree.nodes.get(place) {
        let (depth, candidate) = (usize::from(node.depth), usize::from(node.candidate));
        let kept = kept(left[depth], candidate);
        totals[candidate] += i128::from(kept) * i128::from(node.weight);
        left[depth + 1] = left[depth] - kept;
        place = if left[depth + 1] == 0 { node.next as usize } else { place + 1 };
    }
}

/// Fractions: no vote and no quota is rounded.
///
/// Were the keep factors fractions without end too, each iteration would multiply their digits by the number of those
/// elected: nobody has ever seen the second stage of a real election counted so. But a keep factor is a guess that the next
/// iteration mends, and any guess from one down to the true factor will do (Hill, Wichmann and Woodall 1987, section 4.2:
/// the iteration comes down to one solution from wherever it begins above it). So they, and they alone, are rounded up, to
/// thirty decimal places; a vote that passes n of the elected then has 30 n places, all of which are kept.
pub(super) struct Fractions;

/// One in units of the thirtieth decimal place.
const WHOLE: u128 = 10u128.pow(30);

impl Arithmetic for Fractions {
    type Votes = BigRational;
    type Keep = u128;

    const PER_VOTE: i128 = 1;

    fn whole() -> u128 {
        WHOLE
    }

    fn nothing() -> u128 {
        0
    }

    fn of_weight(weight: u64) -> BigRational {
        BigInt::from(weight).into()
    }

    fn distribute(tree: &Tree, keep: &[u128], warren: bool, totals: &mut [BigRational]) {
        let paid = if warren { pay_amounts(tree, keep) } else { pay_proportions(tree, keep) };
        for (total, by_power) in totals.iter_mut().zip(paid) {
            // The sum over the least common denominator, from the highest power down.
            let highest = by_power.len().saturating_sub(1) as u32;
            let units = by_power.into_iter().fold(BigUint::zero(), |sum, units| sum * WHOLE + units);
            *total = BigRational::new(units.into(), BigInt::from(WHOLE).pow(highest));
        }
    }

    /// The votes / (seats + 1).
    fn quota(votes: &BigRational, seats: u32, _: u32) -> BigRational {
        votes / BigInt::from(u64::from(seats) + 1)
    }

    /// More than the quota: exactly as many could be had by one more than there are seats.
    fn reaches(votes: &BigRational, quota: &BigRational) -> bool {
        votes > quota
    }

    /// Rounded up once, to thirty decimal places.
    fn lowered(keep: &u128, quota: &BigRational, votes: &BigRational) -> u128 {
        (quota / votes * BigInt::from(*keep)).ceil().to_integer().to_u128().unwrap_or(WHOLE).min(WHOLE)
    }

    fn omega(denominator: u32) -> BigRational {
        BigRational::new(denominator.into(), BigInt::from(1_000_000))
    }

    /// 10⁻²⁰ of a vote.
    fn finest(denominator: u32) -> BigRational {
        BigRational::new(denominator.into(), BigInt::from(10).pow(20))
    }
}

/// For each candidate, what all ballots pay in units of 1 / `WHOLE`^n, by n: n of the elected were passed before.
fn pay_proportions(tree: &Tree, keep: &[u128]) -> Vec<Vec<BigUint>> {
    let mut paid: Vec<Vec<BigUint>> = vec![Vec::new(); keep.len()];
    // What is left of a vote at each depth, and its power.
    let mut left = vec![(BigUint::from(1u32), 0); tree.deepest + 1];
    let mut place = 0;
    while let Some(node) = tree.nodes.get(place) {
        let (depth, candidate) = (usize::from(node.depth), usize::from(node.candidate));
        let (before, power) = &left[depth];
        match keep[candidate] {
            0 => left[depth + 1] = left[depth].clone(),
            WHOLE => {
                add(&mut paid[candidate], *power, before * node.weight);
                place = node.next as usize;
                continue;
            }
            keep => {
                let power = power + 1;
                add(&mut paid[candidate], power, before * keep * node.weight);
                left[depth + 1] = (before * (WHOLE - keep), power);
            }
        }
        place += 1;
    }
    paid
}

/// The same where amounts are kept: all are whole numbers of 1 / `WHOLE`.
fn pay_amounts(tree: &Tree, keep: &[u128]) -> Vec<Vec<BigUint>> {
    let mut paid: Vec<Vec<BigUint>> = vec![Vec::new(); keep.len()];
    let mut left = vec![WHOLE; tree.deepest + 1];
    let mut place = 0;
    while let Some(node) = tree.nodes.get(place) {
        let (depth, candidate) = (usize::from(node.depth), usize::from(node.candidate));
        let kept = keep[candidate].min(left[depth]);
        add(&mut paid[candidate], 1, BigUint::from(kept) * node.weight);
        left[depth + 1] = left[depth] - kept;
        place = if left[depth + 1] == 0 { node.next as usize } else { place + 1 };
    }
    paid
}

fn add(by_power: &mut Vec<BigUint>, power: usize, units: BigUint) {
    if by_power.len() <= power {
        by_power.resize(power + 1, BigUint::zero());
    }
    by_power[power] += units;
}
