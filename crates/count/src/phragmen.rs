//! Phragmén's sequential method and the method of equal shares: each seat is paid for by those who approve.
//!
//! L. E. Phragmén (1894–1899) as in S. Janson, *Phragmén's and Thiele's election methods* (2016), section 3:
//! supporters earn money at equal speed, a seat costs 1, and whose supporters can first afford it is elected.
//! Equal shares: D. Peters and P. Skowron, *Proportionality and the limits of welfarism* (2020): every voter holds an
//! equal share of the seats' cost; each seat goes to whoever costs the supporters least a head; what seats are left
//! are given by Phragmén's method, going on from what is left of the shares, as the paper proposes.

use crate::approvals::Approvals;
use crate::contest::Contest;
use crate::thiele::take_one;
use crate::{Count, CountError, Rule, Tie, Votes};
use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Zero};
use std::cmp::Ordering;

/// Counts by either method. Candidates of whom nobody approves come last, by lot.
pub(crate) fn count(contest: &Contest) -> Result<Count, CountError> {
    let approvals = Approvals::of(contest)?;
    let seats = contest.seats as usize + contest.sitting.len();
    let mut purchase = Purchase {
        contest,
        money: vec![BigInt::zero(); approvals.groups.len()],
        approvals,
        cost: BigInt::one(),
        open: contest.eligible.clone(),
        seats: Vec::new(),
        ties: Vec::new(),
    };
    if contest.rule == Rule::EqualShares {
        purchase.hand_out(&(0..purchase.money.len()).collect::<Vec<_>>(), seats, purchase.approvals.valid);
    }
    for sitting in &contest.sitting {
        purchase.pay_for_sitting(*sitting);
    }
    if contest.rule == Rule::EqualShares {
        purchase.equal_shares()?;
    }
    purchase.phragmen()?;
    let Purchase { approvals, seats, ties, .. } = purchase;
    Ok(approvals.conclude(contest, "supporters pay", &seats, ties))
}

struct Purchase<'a> {
    contest: &'a Contest<'a>,
    approvals: Approvals,
    /// What each voter of a group holds, in the unit in which a seat costs `cost`: integers over one denominator,
    /// because sums of many fractions would spend their time on common divisors. Negative for debts.
    money: Vec<BigInt>,
    cost: BigInt,
    open: Vec<u16>,
    seats: Vec<(u16, Votes)>,
    ties: Vec<Tie>,
}

/// A sum of money for so many voters: its quotient is what each pays or earns.
struct PerHead {
    sum: BigInt,
    voters: u64,
}

impl PerHead {
    fn compare(&self, other: &Self) -> Ordering {
        (&self.sum * other.voters).cmp(&(&other.sum * self.voters))
    }
}

impl Purchase<'_> {
    /// Seats as long as the supporters of anybody can pay for one: to whoever has the lowest greatest payment a head.
    fn equal_shares(&mut self) -> Result<(), CountError> {
        while self.seats.len() < self.contest.seats as usize {
            let prices = self
                .open
                .iter()
                .filter_map(|candidate| Some((*candidate, self.price_a_head(*candidate)?)))
                .collect();
            let Some((tied, price)) = least(prices) else { return Ok(()) };
            let candidate = take_one(self.contest, self.seats.len() as u32 + 1, tied, &mut self.ties)?;
            let price = self.in_whole_units(price);
            for group in &self.approvals.supporters[usize::from(candidate)] {
                let left = &self.money[*group] - &price;
                self.money[*group] = left.max(BigInt::zero());
            }
            self.give(candidate, price);
        }
        Ok(())
    }

    /// The least payment such that supporters who pay it each, or all they hold, pay for a seat together; `None` if
    /// they cannot.
    fn price_a_head(&self, candidate: u16) -> Option<PerHead> {
        let mut supporters: Vec<(&BigInt, u64)> = self.approvals.supporters[usize::from(candidate)]
            .iter()
            .map(|group| (&self.money[*group], self.approvals.groups[*group].weight))
            .collect();
        supporters.sort_unstable();
        let mut voters: u64 = supporters.iter().map(|(_, weight)| weight).sum();
        let mut sum = self.cost.clone();
        for (money, weight) in supporters {
            if sum <= money * voters {
                return Some(PerHead { sum, voters });
            }
            sum -= money * weight;
            voters -= weight;
        }
        None
    }

    /// The remaining seats: to whoever's supporters have earned the cost first.
    fn phragmen(&mut self) -> Result<(), CountError> {
        while self.seats.len() < self.contest.seats as usize {
            let times =
                self.open.iter().filter_map(|candidate| Some((*candidate, self.time(*candidate)?))).collect();
            let stage = self.seats.len() as u32 + 1;
            let Some((tied, time)) = least(times) else {
                let candidate = take_one(self.contest, stage, self.open.clone(), &mut self.ties)?;
                self.give(candidate, BigInt::zero());
                continue;
            };
            let candidate = take_one(self.contest, stage, tied, &mut self.ties)?;
            let earned = self.in_whole_units(time);
            self.money.iter_mut().for_each(|money| *money += &earned);
            for group in &self.approvals.supporters[usize::from(candidate)] {
                self.money[*group] = BigInt::zero();
            }
            self.give(candidate, earned);
        }
        Ok(())
    }

    /// What every voter must earn from now until the supporters hold the cost together; `None` where there are none.
    fn time(&self, candidate: u16) -> Option<PerHead> {
        let mut sum = self.cost.clone();
        let mut voters = 0;
        for group in &self.approvals.supporters[usize::from(candidate)] {
            let weight = self.approvals.groups[*group].weight;
            sum -= &self.money[*group] * weight;
            voters += weight;
        }
        (voters > 0).then_some(PerHead { sum, voters })
    }

    /// A quotient in a unit so much smaller that it is whole; all money is counted in the smaller unit from then on.
    fn in_whole_units(&mut self, quotient: PerHead) -> BigInt {
        let voters = BigInt::from(quotient.voters);
        let divisor = quotient.sum.gcd(&voters);
        let factor = voters / &divisor;
        if !factor.is_one() {
            self.money.iter_mut().for_each(|money| *money *= &factor);
            self.cost *= &factor;
        }
        quotient.sum / divisor
    }

    /// In a countback, the supporters of those who sit have paid for them in equal parts.
    fn pay_for_sitting(&mut self, candidate: u16) {
        let supporters = self.approvals.supporters[usize::from(candidate)].clone();
        let voters = self.approvals.support(candidate);
        if voters > 0 {
            let part = self.in_whole_units(PerHead { sum: self.cost.clone(), voters });
            supporters.iter().for_each(|group| self.money[*group] -= &part);
        }
    }

    /// Gives each voter of these groups the same part of the cost of so many seats.
    fn hand_out(&mut self, groups: &[usize], seats: usize, voters: u64) {
        let part = self.in_whole_units(PerHead { sum: &self.cost * seats, voters });
        groups.iter().for_each(|group| self.money[*group] += &part);
    }

    fn give(&mut self, candidate: u16, price: BigInt) {
        self.open.retain(|other| *other != candidate);
        self.seats.push((candidate, Votes::from(BigRational::new(price, self.cost.clone()))));
    }
}

/// Those with the least quotient, and that quotient.
fn least(quotients: Vec<(u16, PerHead)>) -> Option<(Vec<u16>, PerHead)> {
    let mut tied = Vec::new();
    let mut least: Option<PerHead> = None;
    for (candidate, quotient) in quotients {
        let order = least.as_ref().map_or(Ordering::Less, |least| quotient.compare(least));
        if order.is_lt() {
            tied.clear();
            least = Some(quotient);
        }
        if order.is_le() {
            tied.push(candidate);
        }
    }
    least.map(|least| (tied, least))
}
