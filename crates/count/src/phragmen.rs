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
use num_rational::BigRational;
use num_traits::{One, Zero};

/// Counts by either method. Candidates of whom nobody approves come last, by lot.
pub(crate) fn count(contest: &Contest) -> Result<Count, CountError> {
    let approvals = Approvals::of(contest)?;
    let groups = approvals.groups.len();
    let seats = contest.seats as usize + contest.sitting.len();
    // Money held by each voter of a group, in units such that a seat costs 1 and a vote of weight 1 is a voter.
    let share = match contest.rule {
        Rule::EqualShares => ratio(seats as u64, approvals.valid),
        _ => BigRational::zero(),
    };
    let open = contest.eligible.clone();
    let mut purchase = Purchase {
        contest,
        approvals,
        money: vec![share; groups],
        open,
        seats: Vec::new(),
        ties: Vec::new(),
    };
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

fn ratio(numerator: u64, denominator: u64) -> BigRational {
    BigRational::new(BigInt::from(numerator), BigInt::from(denominator))
}

struct Purchase<'a> {
    contest: &'a Contest<'a>,
    approvals: Approvals,
    /// What each voter of a group holds; negative for those who paid before they earned.
    money: Vec<BigRational>,
    open: Vec<u16>,
    seats: Vec<(u16, Votes)>,
    ties: Vec<Tie>,
}

impl Purchase<'_> {
    /// Seats as long as the supporters of anybody can pay for one: to whoever has the lowest greatest payment a head.
    fn equal_shares(&mut self) -> Result<(), CountError> {
        while self.seats.len() < self.contest.seats as usize {
            let prices: Vec<(u16, BigRational)> = self
                .open
                .iter()
                .filter_map(|candidate| Some((*candidate, self.price_a_head(*candidate)?)))
                .collect();
            let Some(least) = prices.iter().map(|(_, price)| price).min().cloned() else { return Ok(()) };
            let tied = prices.into_iter().filter(|(_, price)| *price == least).map(|(c, _)| c).collect();
            let candidate = take_one(self.contest, self.seats.len() as u32 + 1, tied, &mut self.ties)?;
            for group in &self.approvals.supporters[usize::from(candidate)] {
                let paid = self.money[*group].clone().min(least.clone());
                self.money[*group] -= paid;
            }
            self.give(candidate, least);
        }
        Ok(())
    }

    /// The least ρ such that supporters who pay ρ each, or all they hold, pay 1 together; `None` if they cannot.
    fn price_a_head(&self, candidate: u16) -> Option<BigRational> {
        let mut supporters: Vec<(&BigRational, u64)> = self.approvals.supporters[usize::from(candidate)]
            .iter()
            .map(|group| (&self.money[*group], self.approvals.groups[*group].weight))
            .collect();
        supporters.sort();
        let mut voters: u64 = supporters.iter().map(|(_, weight)| weight).sum();
        let mut cost = BigRational::one();
        for (money, weight) in supporters {
            let price = &cost / BigInt::from(voters);
            if price <= *money {
                return Some(price);
            }
            cost -= money * BigInt::from(weight);
            voters -= weight;
        }
        None
    }

    /// The remaining seats: to whoever's supporters have earned 1 first.
    fn phragmen(&mut self) -> Result<(), CountError> {
        while self.seats.len() < self.contest.seats as usize {
            let times: Vec<(u16, BigRational)> =
                self.open.iter().filter_map(|candidate| Some((*candidate, self.time(*candidate)?))).collect();
            let stage = self.seats.len() as u32 + 1;
            let Some(first) = times.iter().map(|(_, time)| time).min().cloned() else {
                let candidate = take_one(self.contest, stage, self.open.clone(), &mut self.ties)?;
                self.give(candidate, BigRational::zero());
                continue;
            };
            let tied = times.into_iter().filter(|(_, time)| *time == first).map(|(c, _)| c).collect();
            let candidate = take_one(self.contest, stage, tied, &mut self.ties)?;
            self.money.iter_mut().for_each(|money| *money += &first);
            for group in &self.approvals.supporters[usize::from(candidate)] {
                self.money[*group] = BigRational::zero();
            }
            self.give(candidate, first);
        }
        Ok(())
    }

    /// How long from now until the supporters hold 1 together; `None` where there are none.
    fn time(&self, candidate: u16) -> Option<BigRational> {
        let supporters = &self.approvals.supporters[usize::from(candidate)];
        let weight = |group: &usize| BigInt::from(self.approvals.groups[*group].weight);
        let voters: BigInt = supporters.iter().map(weight).sum();
        let held: BigRational = supporters.iter().map(|group| &self.money[*group] * weight(group)).sum();
        (!voters.is_zero()).then(|| (BigRational::one() - held) / voters)
    }

    /// In a countback, the supporters of those who sit have paid for them in equal parts.
    fn pay_for_sitting(&mut self, candidate: u16) {
        let voters = self.approvals.support(candidate);
        for group in self.approvals.supporters[usize::from(candidate)].clone() {
            self.money[group] -= ratio(1, voters);
        }
    }

    fn give(&mut self, candidate: u16, price: BigRational) {
        self.open.retain(|other| *other != candidate);
        self.seats.push((candidate, Votes::from(price)));
    }
}
