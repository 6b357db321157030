//! The measured risk of an assertion after a sample, as an exact fraction.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Zero};

/// γ of the comparison method, 1.03905: the larger, the less a two-vote overstatement costs and the more ballots are
/// drawn where there is none. (Lindeman and Stark, *A Gentle Introduction to Risk-limiting Audits*, 2012.)
const GAMMA: (u32, u32) = (103_905, 100_000);

fn fraction(numerator: impl Into<BigInt>, denominator: impl Into<BigInt>) -> BigRational {
    BigRational::new(numerator.into(), denominator.into())
}

/// How the papers that were seen differ from what was counted, for one assertion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Comparison {
    /// Papers compared, each draw counted.
    pub draws: u32,
    /// Papers that favour the winner less by one vote than was counted.
    pub one_vote_overstatements: u32,
    /// Papers that favour the winner less by two votes than was counted.
    pub two_vote_overstatements: u32,
    /// Papers that favour the winner more by one vote than was counted.
    pub one_vote_understatements: u32,
    /// Papers that favour the winner more by two votes than was counted.
    pub two_vote_understatements: u32,
}

impl Comparison {
    /// Adds a paper: what was counted and what is on it, each 1, 0 or −1.
    pub fn add(&mut self, counted: i32, seen: i32) {
        self.draws += 1;
        match counted - seen {
            2 => self.two_vote_overstatements += 1,
            1 => self.one_vote_overstatements += 1,
            -1 => self.one_vote_understatements += 1,
            -2 => self.two_vote_understatements += 1,
            _ => {}
        }
    }

    /// The chance that so little disagreement is seen although the assertion is false: the Kaplan–Markov bound with the
    /// diluted margin μ = `margin` / `ballots`, each paper drawn with replacement.
    ///
    /// (1 − μ/2γ)^n · (1 − 1/2γ)^−o₁ · (1 − 1/γ)^−o₂ · (1 + 1/2γ)^−u₁ · (1 + 1/γ)^−u₂, at most 1.
    pub fn risk(&self, margin: u64, ballots: u64) -> BigRational {
        let gamma = fraction(GAMMA.0, GAMMA.1);
        let half = (&gamma * BigInt::from(2)).recip();
        let whole = gamma.recip();
        let mu = fraction(margin, ballots.max(1));
        let one = BigRational::one();
        let power = |base: BigRational, exponent: u32| num_traits::pow(base, exponent as usize);
        let gain = power(&one - mu * &half, self.draws);
        let cost = power(&one - &half, self.one_vote_overstatements)
            * power(&one - &whole, self.two_vote_overstatements)
            * power(&one + &half, self.one_vote_understatements)
            * power(&one + &whole, self.two_vote_understatements);
        (gain / cost).min(one)
    }
}

/// How many draws without a difference bring the risk of the closest assertion to the limit. `None` beyond a million,
/// where counting all papers is less work.
pub fn draws_without_difference(margin: u64, ballots: u64, limit: &BigRational) -> Option<u32> {
    let enough = |draws: u32| Comparison { draws, ..Comparison::default() }.risk(margin, ballots) <= *limit;
    // Bits of the exact power grow with the draws, so the bound is searched by doubling and halving.
    let mut most = 1;
    while !enough(most) {
        most *= 2;
        if most > 1 << 20 {
            return None;
        }
    }
    let mut least = most / 2;
    while most - least > 1 {
        let middle = least + (most - least) / 2;
        if enough(middle) { most = middle } else { least = middle }
    }
    Some(most)
}

/// What a sample of papers says without regard to how each was counted: BRAVO for one assertion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Poll {
    /// Papers for the winner, each draw counted.
    pub winner: u32,
    /// Papers for the loser.
    pub loser: u32,
}

impl Poll {
    /// Adds a paper: 1 for the winner, −1 for the loser, 0 for neither.
    pub fn add(&mut self, seen: i32) {
        match seen {
            1 => self.winner += 1,
            -1 => self.loser += 1,
            _ => {}
        }
    }

    /// The inverse of BRAVO's test statistic, at most 1: with the reported share s of the winner among the votes for
    /// either, each vote for the winner multiplies the statistic by 2s and each for the loser by 2(1 − s).
    /// (M. Lindeman, P. B. Stark and V. S. Yates, *BRAVO: Ballot-polling risk-limiting audits to verify outcomes*, 2012.)
    pub fn risk(&self, reported: (u64, u64)) -> BigRational {
        let both = BigInt::from(reported.0) + BigInt::from(reported.1);
        if both.is_zero() || reported.0 <= reported.1 {
            return BigRational::one();
        }
        let factor = |votes: u64| fraction(BigInt::from(votes) * 2, both.clone());
        let power = |base: BigRational, exponent: u32| num_traits::pow(base, exponent as usize);
        if reported.1 == 0 && self.loser > 0 {
            return BigRational::one();
        }
        let statistic = power(factor(reported.0), self.winner) * power(factor(reported.1), self.loser);
        if statistic.is_zero() { BigRational::one() } else { statistic.recip().min(BigRational::one()) }
    }
}
