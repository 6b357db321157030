//! Budgets: which projects are paid for from a sum of money, by the votes on them.
//!
//! Greedy: projects by votes as long as there is money. Equal shares: D. Peters, G. Pierczyński and P. Skowron,
//! *Proportional participatory budgeting with additive utilities* (2021): every voter holds an equal share of the
//! budget; the project whose supporters pay least for each unit of utility is paid for first.
//! Sequential Phragmén: M. Los, Z. Christoff and D. Grossi, *Proportional budget allocations: towards a systematization*
//! (2022), after L. E. Phragmén: all earn at the same speed, and a project is bought as soon as its supporters hold its
//! cost; the first that no longer fits ends it.

use crate::lot::{self, Seed};
use crate::name::named;
use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Zero};
use std::collections::BTreeMap;
use thiserror::Error;

/// A rule for budgets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BudgetRule {
    /// Projects by points, each that still fits.
    Greedy,
    /// Equal shares, where a project is worth its cost to whoever supports it.
    EqualShares,
    /// Equal shares, where every project is worth the same to whoever supports it.
    EqualSharesByCount,
    /// Projects as soon as their supporters, who all earn at the same speed, hold their cost.
    SequentialPhragmen,
}

/// What is done with the money that equal shares leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Completion {
    /// It stays.
    None,
    /// Further projects by points, each that still fits.
    ByPoints,
    /// As if every voter held one unit of the currency more, and another, as long as the projects together fit the budget
    /// (Peters, Pierczyński and Skowron 2021, section 3.4); then by points.
    AddOne,
}

impl BudgetRule {
    /// Every rule.
    pub const ALL: &[Self] =
        &[Self::Greedy, Self::EqualShares, Self::EqualSharesByCount, Self::SequentialPhragmen];

    /// The name by which commands call the rule.
    pub fn name(self) -> &'static str {
        match self {
            Self::Greedy => "greedy",
            Self::EqualShares => "equal-shares",
            Self::EqualSharesByCount => "equal-shares-by-count",
            Self::SequentialPhragmen => "sequential-phragmen",
        }
    }

    fn aliases(self) -> &'static [&'static str] {
        &[]
    }
}

named!(BudgetRule, "budget rule");

/// What is decided on: money, projects, votes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Budgeting {
    /// What the budget is called; may be empty.
    pub title: String,
    /// The money to spend, in hundredths of the currency.
    pub budget_cents: u64,
    /// The projects.
    pub projects: Vec<Project>,
    /// The votes.
    pub votes: Vec<BudgetVote>,
}

/// Something that money can be spent on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// The identifier in the file.
    pub id: String,
    /// The name.
    pub name: String,
    /// What it costs, in hundredths of the currency; more than nothing.
    pub cost_cents: u64,
}

/// One voter's points for projects, by their place in [`Budgeting::projects`]; an approval is one point.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct BudgetVote {
    /// Project and points, ascending by project, points greater than zero.
    pub points: Vec<(usize, u32)>,
}

/// The projects that are paid for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spending {
    /// In the order in which they were chosen.
    pub funded: Vec<Funded>,
    /// What they cost together, in hundredths of the currency.
    pub spent_cents: u64,
    /// Projects between which a lot decided, by their place, each time the first drawn first.
    pub lots: Vec<Vec<usize>>,
}

/// A project that is paid for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Funded {
    /// The place in [`Budgeting::projects`].
    pub project: usize,
    /// Under equal shares: what the supporters who could afford it paid at most, in hundredths of the currency.
    /// `None` where the project was added afterwards with what was left.
    pub paid_a_head_cents: Option<BigRational>,
}

/// Why a budget could not be decided.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BudgetError {
    /// A lot is needed and no seed was passed.
    #[error("a lot is needed between projects {}; pass a seed that was agreed beforehand", ids.join(", "))]
    LotNeeded {
        /// The tied projects' identifiers.
        ids: Vec<String>,
    },
    /// Nobody voted.
    #[error("there is no vote in the file")]
    NobodyVoted,
}

/// Decides a budget; `completion` says what equal shares do with the money that nobody can spend together.
pub fn spend(
    rule: BudgetRule,
    budgeting: &Budgeting,
    completion: Completion,
    seed: Option<&Seed>,
) -> Result<Spending, BudgetError> {
    if budgeting.votes.is_empty() {
        return Err(BudgetError::NobodyVoted);
    }
    let spending = Spending { funded: Vec::new(), spent_cents: 0, lots: Vec::new() };
    let mut council = Council { budgeting, seed, spending };
    match rule {
        BudgetRule::Greedy => council.greedy()?,
        BudgetRule::SequentialPhragmen => council.phragmen()?,
        _ if completion == Completion::AddOne => council.equal_shares_of_more(rule)?,
        _ => council.equal_shares(rule, budgeting.budget_cents)?,
    }
    if completion != Completion::None && rule != BudgetRule::Greedy {
        council.greedy()?;
    }
    Ok(council.spending)
}

struct Council<'a> {
    budgeting: &'a Budgeting,
    seed: Option<&'a Seed>,
    spending: Spending,
}

/// Voters with the same points.
struct Voters {
    points: Vec<(usize, u32)>,
    count: u64,
}

impl Council<'_> {
    fn left_cents(&self) -> u64 {
        self.budgeting.budget_cents - self.spending.spent_cents
    }

    fn is_funded(&self, project: usize) -> bool {
        self.spending.funded.iter().any(|funded| funded.project == project)
    }

    fn fund(&mut self, project: usize, paid_a_head_cents: Option<BigRational>) {
        self.spending.spent_cents += self.budgeting.projects[project].cost_cents;
        self.spending.funded.push(Funded { project, paid_a_head_cents });
    }

    /// Projects by points, those with most first; each that still fits is paid for. A lot orders projects with equal
    /// points that do not all fit.
    fn greedy(&mut self) -> Result<(), BudgetError> {
        let mut points = vec![0u64; self.budgeting.projects.len()];
        for (project, given) in self.budgeting.votes.iter().flat_map(|vote| &vote.points) {
            points[*project] += u64::from(*given);
        }
        let mut order: Vec<usize> = (0..points.len()).filter(|project| !self.is_funded(*project)).collect();
        order.sort_by_key(|project| (std::cmp::Reverse(points[*project]), *project));
        for level in order.chunk_by(|a, b| points[*a] == points[*b]) {
            let cost = |project: &&usize| u128::from(self.budgeting.projects[**project].cost_cents);
            let fitting: Vec<usize> =
                level.iter().filter(|project| cost(project) <= self.left_cents().into()).copied().collect();
            let all_fit =
                fitting.iter().map(|project| cost(&project)).sum::<u128>() <= self.left_cents().into();
            let fitting = if all_fit || fitting.len() < 2 { fitting } else { self.draw(fitting)? };
            for project in fitting {
                if self.budgeting.projects[project].cost_cents <= self.left_cents() {
                    self.fund(project, None);
                }
            }
        }
        Ok(())
    }

    /// Equal shares of ever more money, one unit more for each voter, as long as what is bought fits the budget and some
    /// other project still does.
    fn equal_shares_of_more(&mut self, rule: BudgetRule) -> Result<(), BudgetError> {
        let Self { budgeting, seed, .. } = *self;
        let step_cents = 100 * budgeting.votes.len() as u64;
        let mut shared_cents = budgeting.budget_cents;
        loop {
            let spending = Spending { funded: Vec::new(), spent_cents: 0, lots: Vec::new() };
            let mut next = Council { budgeting, seed, spending };
            next.equal_shares(rule, shared_cents)?;
            if next.spending.spent_cents > budgeting.budget_cents {
                return Ok(());
            }
            self.spending = next.spending;
            let fits = |project: &usize| {
                !self.is_funded(*project) && budgeting.projects[*project].cost_cents <= self.left_cents()
            };
            // What nobody supports is never bought, however much is shared.
            let wanted = |project: &usize| {
                budgeting.votes.iter().any(|vote| vote.points.iter().any(|(wanted, _)| wanted == project))
            };
            if !(0..budgeting.projects.len()).any(|project| fits(&project) && wanted(&project)) {
                return Ok(());
            }
            shared_cents = shared_cents.saturating_add(step_cents);
        }
    }

    /// All voters earn at the same speed; ends with the first project that no longer fits.
    fn phragmen(&mut self) -> Result<(), BudgetError> {
        let mut shares = Shares::new(self.budgeting, BudgetRule::EqualSharesByCount, 0);
        loop {
            let mut tied: Vec<usize> = Vec::new();
            let mut least: Option<BigRational> = None;
            for (_, project) in &shares.open {
                let Some(time) = shares.time(*project) else { continue };
                if least.as_ref().is_none_or(|least| time < *least) {
                    tied.clear();
                    least = Some(time.clone());
                }
                if least.as_ref() == Some(&time) {
                    tied.push(*project);
                }
            }
            let Some(time) = least else { return Ok(()) };
            let left_cents = self.left_cents();
            if tied.iter().any(|project| self.budgeting.projects[*project].cost_cents > left_cents) {
                return Ok(());
            }
            let project = if tied.len() > 1 { self.draw(tied)?[0] } else { tied[0] };
            shares.earn_and_buy(project, time);
            self.fund(project, None);
        }
    }

    fn equal_shares(&mut self, rule: BudgetRule, shared_cents: u64) -> Result<(), BudgetError> {
        let mut shares = Shares::new(self.budgeting, rule, shared_cents);
        loop {
            let (tied, price) = shares.cheapest();
            let Some(price) = price else { return Ok(()) };
            let project = if tied.len() > 1 { self.draw(tied)?[0] } else { tied[0] };
            let paid = shares.pay(project, price);
            self.fund(project, Some(paid));
        }
    }

    fn draw(&mut self, mut tied: Vec<usize>) -> Result<Vec<usize>, BudgetError> {
        tied.sort_unstable();
        let Some(seed) = self.seed else {
            let ids = tied.iter().map(|project| self.budgeting.projects[*project].id.clone()).collect();
            return Err(BudgetError::LotNeeded { ids });
        };
        let numbers: Vec<u32> = tied.iter().map(|project| *project as u32 + 1).collect();
        let purpose = format!("project {}", self.spending.funded.len() + 1);
        let drawn: Vec<usize> =
            lot::draw(seed, &purpose, &numbers).into_iter().map(|number| number as usize - 1).collect();
        self.spending.lots.push(drawn.clone());
        Ok(drawn)
    }
}

/// What voters hold and what projects cost them.
struct Shares<'a> {
    budgeting: &'a Budgeting,
    rule: BudgetRule,
    voters: Vec<Voters>,
    /// For each project, its supporters among `voters` and the points that each gives.
    supporters: Vec<Vec<(usize, u32)>>,
    /// What each voter holds, as integers in the unit in which a hundredth of the currency is `cent`.
    money: Vec<BigInt>,
    cent: BigInt,
    /// Projects not yet paid for that their supporters may still be able to pay for, each with a bound below which
    /// its price cannot be: prices only rise while voters spend.
    open: Vec<(BigRational, usize)>,
}

impl<'a> Shares<'a> {
    fn new(budgeting: &'a Budgeting, rule: BudgetRule, shared_cents: u64) -> Self {
        let mut groups: BTreeMap<&BudgetVote, u64> = BTreeMap::new();
        for vote in &budgeting.votes {
            *groups.entry(vote).or_default() += 1;
        }
        let voters: Vec<Voters> =
            groups.into_iter().map(|(vote, count)| Voters { points: vote.points.clone(), count }).collect();
        let mut supporters = vec![Vec::new(); budgeting.projects.len()];
        for (group, voters) in voters.iter().enumerate() {
            voters.points.iter().for_each(|(project, points)| supporters[*project].push((group, *points)));
        }
        let all = budgeting.votes.len() as u64;
        let open = (0..budgeting.projects.len()).map(|project| (BigRational::zero(), project)).collect();
        let money = vec![BigInt::from(shared_cents); voters.len()];
        Self { budgeting, rule, voters, supporters, money, cent: BigInt::from(all), open }
    }

    /// What a point for this project is worth.
    fn worth(&self, project: usize) -> u64 {
        match self.rule {
            BudgetRule::EqualSharesByCount => 1,
            _ => self.budgeting.projects[project].cost_cents,
        }
    }

    /// The projects of the lowest price for a unit of utility, and that price in hundredths of the currency.
    fn cheapest(&mut self) -> (Vec<usize>, Option<BigRational>) {
        self.open.sort();
        let mut tied: Vec<usize> = Vec::new();
        let mut least: Option<BigRational> = None;
        for place in 0..self.open.len() {
            let (bound, project) = &self.open[place];
            let project = *project;
            if least.as_ref().is_some_and(|least| bound > least) {
                break;
            }
            let Some(price) = self.price(project) else {
                // They will never hold more than now: a mark for removal.
                self.open[place].1 = usize::MAX;
                continue;
            };
            self.open[place].0 = price.clone();
            if least.as_ref().is_none_or(|least| price < *least) {
                tied.clear();
                least = Some(price.clone());
            }
            if least.as_ref() == Some(&price) {
                tied.push(project);
            }
        }
        self.open.retain(|(_, project)| *project != usize::MAX);
        (tied, least)
    }

    /// The least price for a unit of utility at which the supporters, paying it or all they hold, pay the cost.
    fn price(&self, project: usize) -> Option<BigRational> {
        let worth = self.worth(project);
        let mut supporters: Vec<(&BigInt, u32, u64)> = self.supporters[project]
            .iter()
            .map(|(group, points)| (&self.money[*group], *points, self.voters[*group].count))
            .collect();
        // Whoever holds least for what the project is worth to them runs out first.
        supporters.sort_by(|a, b| if a.1 == b.1 { a.0.cmp(b.0) } else { (a.0 * b.1).cmp(&(b.0 * a.1)) });
        let mut utility: u128 =
            supporters.iter().map(|(_, points, count)| u128::from(*points) * u128::from(*count)).sum();
        let mut cost = BigInt::from(self.budgeting.projects[project].cost_cents) * &self.cent;
        for (money, points, count) in supporters {
            if &cost * points <= money * utility {
                return Some(BigRational::new(cost, BigInt::from(utility) * worth * &self.cent));
            }
            cost -= money * count;
            utility -= u128::from(points) * u128::from(count);
        }
        None
    }

    /// Takes the cost from the supporters; gives what those paid who did not run out, for a point, in hundredths.
    fn pay(&mut self, project: usize, price: BigRational) -> BigRational {
        let a_point = price * BigInt::from(self.worth(project));
        let in_units = &a_point * &self.cent;
        let factor = in_units.denom().clone();
        if !factor.is_one() {
            self.money.iter_mut().for_each(|money| *money *= &factor);
            self.cent *= &factor;
        }
        let payment = in_units.numer().clone();
        for (group, points) in &self.supporters[project] {
            let left = &self.money[*group] - &payment * *points;
            self.money[*group] = left.max(BigInt::zero());
        }
        self.open.retain(|(_, open)| *open != project);
        self.shrink_unit();
        a_point
    }

    /// What every voter must earn, in the unit of `money`, until the supporters hold the cost together.
    fn time(&self, project: usize) -> Option<BigRational> {
        let mut sum = BigInt::from(self.budgeting.projects[project].cost_cents) * &self.cent;
        let mut supporters = 0;
        for (group, _) in &self.supporters[project] {
            sum -= &self.money[*group] * self.voters[*group].count;
            supporters += self.voters[*group].count;
        }
        (supporters > 0).then(|| BigRational::new(sum, BigInt::from(supporters)))
    }

    fn earn_and_buy(&mut self, project: usize, time: BigRational) {
        let factor = time.denom();
        self.money.iter_mut().for_each(|money| *money = &*money * factor + time.numer());
        self.cent *= factor;
        for (group, _) in &self.supporters[project] {
            self.money[*group] = BigInt::zero();
        }
        self.open.retain(|(_, open)| *open != project);
        self.shrink_unit();
    }

    /// Keeps the integers short where all of them share a factor with the unit.
    fn shrink_unit(&mut self) {
        let divisor = self.money.iter().fold(self.cent.clone(), |divisor, money| {
            if divisor.is_one() { divisor } else { divisor.gcd(money) }
        });
        if !divisor.is_one() {
            self.money.iter_mut().for_each(|money| *money /= &divisor);
            self.cent /= &divisor;
        }
    }
}
