//! Multiplying a plan through: does it hold, and how far can it be from the best?
//!
//! Everything is exact. There is no tolerance: a plan is rounded so that every row holds to the last decimal, or
//! it fails. What the bound of a stage rests on is weak duality alone. For any prices not below nought,
//!
//! ```text
//! goal(x) ≤ goal(x) + Σ price × slack(x) ≤ max over the box of the middle term = bound
//! ```
//!
//! because every feasible x has slack not below nought; and the maximum over the box of levels, imports, stock
//! and fulfilments is taken variable by variable. See `docs/certificate.md`.

mod bound;

use crate::decimal::Decimal;
use crate::economy::{Economy, LEVEL_DECIMALS, LEVEL_ONE, WEIGHT_DECIMALS};
use crate::plan::{Goal, Plan, Stage};
use bound::Bound;
use num_rational::BigRational;
use num_traits::{ToPrimitive, Zero};
use std::fmt;

/// What came of multiplying a plan through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The row that is violated by most, as a share of its limit; none where every row holds.
    pub largest_violation: Option<Violation>,
    /// Value, bound and gap of each stage.
    pub stages: Vec<StageCheck>,
    /// Everything that is wrong; empty where the plan holds and its certificate proves its bounds.
    pub failures: Vec<CheckFailure>,
}

/// By how much a row does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which row: `balance of steel`, `capacity of W12`, `labour of skilled`.
    pub row: String,
    /// By how much, above nought.
    pub amount: Decimal,
    /// The row's unit.
    pub unit: String,
}

/// One stage as recomputed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageCheck {
    /// What the stage is after.
    pub goal: Goal,
    /// What the plan reaches.
    pub value: Decimal,
    /// What no plan can better that does as well in the earlier stages.
    pub bound: Decimal,
    /// |bound − value| as a share of the larger of the two (of a thousandth of full fulfilment where both are
    /// smaller than that); nought where both are nought.
    pub gap: BigRational,
}

/// One thing that is wrong with a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckFailure {
    /// The plan names another economy.
    OtherEconomy,
    /// The plan's lists are not as long as the economy's.
    Lengths,
    /// A row does not hold.
    Row(Violation),
    /// Imported or drawn from stock, and left over by a last decimal or more.
    LeftOver(Violation),
    /// A stated number is not what the plan's other numbers give.
    Stated {
        /// Which number.
        what: String,
        /// As stated.
        stated: Decimal,
        /// As recomputed.
        actual: Decimal,
    },
    /// A price below nought.
    NegativePrice {
        /// The stage's goal.
        goal: Goal,
        /// Which row's price.
        row: String,
    },
    /// A price of a row that can have none: a ceiling that is not there, an earlier stage of common fulfilment.
    IdlePrice {
        /// The stage's goal.
        goal: Goal,
        /// Which row's price.
        row: String,
    },
    /// No stages, a goal twice, a tier without needs, or weighted fulfilment before common fulfilment.
    Stages(String),
    /// Prices so large that 128 bits do not hold their products.
    TooLarge(Goal),
}

impl fmt::Display for CheckFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherEconomy => f.write_str("the plan is for another economy (SHA-256 differs)"),
            Self::Lengths => f.write_str("the plan has not one number for each row of the economy"),
            Self::Row(Violation { row, amount, unit }) => write!(f, "{row} is violated by {amount} {unit}"),
            Self::LeftOver(Violation { row, amount, unit }) => {
                write!(
                    f,
                    "{row}: {amount} {unit} are fetched and left over; a plan fetches only what it uses"
                )
            }
            Self::Stated { what, stated, actual } => {
                write!(f, "{what}: the plan states {stated}, its own numbers give {actual}")
            }
            Self::NegativePrice { goal, row } => write!(f, "{goal}: the price of {row} is below nought"),
            Self::IdlePrice { goal, row } => {
                write!(f, "{goal}: {row} has a price, but no limit that it could be of")
            }
            Self::Stages(what) => f.write_str(what),
            Self::TooLarge(goal) => write!(f, "{goal}: prices are too large to multiply in 128 bits"),
        }
    }
}

impl StageCheck {
    /// The gap as the nearest floating-point number: for showing, never for deciding.
    pub fn gap_shown(&self) -> f64 {
        self.gap.to_f64().unwrap_or(f64::NAN)
    }
}

impl Check {
    /// The widest gap as the nearest floating-point number: for showing, never for deciding.
    pub fn gap_shown(&self) -> f64 {
        self.gap().to_f64().unwrap_or(f64::NAN)
    }

    /// Whether the plan holds and its certificate proves the bounds that it states. How wide a gap is let pass is
    /// for the caller to say.
    pub fn ok(&self) -> bool {
        self.failures.is_empty()
    }

    /// The widest gap of all stages.
    pub fn gap(&self) -> BigRational {
        self.stages.iter().map(|stage| stage.gap.clone()).max().unwrap_or_else(BigRational::zero)
    }
}

/// Multiplies `plan` through, in exact arithmetic.
pub fn check(economy: &Economy, plan: &Plan) -> Check {
    let (mut check, digest) = std::thread::scope(|scope| {
        let digest = scope.spawn(|| economy.digest());
        (check_numbers(economy, plan), digest.join().expect("hashing does not panic"))
    });
    if plan.economy != digest {
        check.failures.insert(0, CheckFailure::OtherEconomy);
    }
    check
}

/// The same for a plan that is known to be for this economy, without hashing the economy again.
pub(crate) fn check_numbers(economy: &Economy, plan: &Plan) -> Check {
    let mut failures = Vec::new();
    if !lengths_agree(economy, plan) {
        return Check { largest_violation: None, stages: Vec::new(), failures: vec![CheckFailure::Lengths] };
    }
    let largest_violation = check_rows(economy, plan, &mut failures);
    check_labour_statement(economy, plan, &mut failures);
    let stages = check_stages(economy, plan, &mut failures);
    Check { largest_violation, stages, failures }
}

fn lengths_agree(economy: &Economy, plan: &Plan) -> bool {
    let prices_agree = plan.stages.iter().enumerate().all(|(at, stage)| {
        stage.prices.products.len() == economy.products.len()
            && stage.prices.labour.len() == economy.grades.len()
            && stage.prices.satellites.len() == economy.satellites.len()
            && stage.prices.earlier.len() == at
    });
    plan.levels.len() == economy.activities.len()
        && plan.imports.len() == economy.products.len()
        && plan.stock.len() == economy.products.len()
        && plan.fulfilments.len() == economy.needs.len()
        && plan.labour.len() == economy.grades.len()
        && plan.before.as_ref().is_none_or(|before| before.len() == economy.activities.len())
        && prices_agree
}

/// Collects what does not hold, and keeps the worst by share of its limit.
struct Violations<'a> {
    failures: &'a mut Vec<CheckFailure>,
    worst: Option<(BigRational, Violation)>,
}

impl Violations<'_> {
    /// `excess` above nought is a violation; `limit` is what it is a share of.
    fn note(&mut self, excess: i128, decimals: u32, limit: i128, row: impl FnOnce() -> String, unit: &str) {
        if excess <= 0 {
            return;
        }
        let share = BigRational::new(excess.into(), limit.abs().max(1).into());
        let violation =
            Violation { row: row(), amount: Decimal::new(excess, decimals), unit: unit.to_owned() };
        self.failures.push(CheckFailure::Row(violation.clone()));
        if self.worst.as_ref().is_none_or(|(worst, _)| share > *worst) {
            self.worst = Some((share, violation));
        }
    }

    /// A quantity that must lie between two others.
    fn note_between(
        &mut self,
        value: i64,
        (least, most): (i64, i64),
        decimals: u32,
        row: impl Fn() -> String,
        unit: &str,
    ) {
        let limit = i128::from(most);
        self.note(i128::from(value) - limit, decimals, limit, &row, unit);
        self.note(i128::from(least) - i128::from(value), decimals, limit, &row, unit);
    }
}

fn check_rows(economy: &Economy, plan: &Plan, failures: &mut Vec<CheckFailure>) -> Option<Violation> {
    let mut violations = Violations { failures, worst: None };
    for (activity, &level) in economy.activities.iter().zip(&plan.levels) {
        let row = || format!("capacity of {}", activity.id);
        violations.note_between(level, (0, activity.capacity), LEVEL_DECIMALS, row, "level");
    }
    for (index, product) in economy.products.iter().enumerate() {
        let imports = || format!("imports of {}", product.id);
        let limits = (0, product.import_limit);
        violations.note_between(plan.imports[index], limits, product.decimals, imports, &product.unit);
        let stock = || format!("stock of {}", product.id);
        violations.note_between(
            plan.stock[index],
            (0, product.stock),
            product.decimals,
            stock,
            &product.unit,
        );
    }
    for (need, &fulfilment) in economy.needs.iter().zip(&plan.fulfilments) {
        let row = || format!("fulfilment of {}", need.id);
        violations.note_between(fulfilment, (need.minimum, LEVEL_ONE), LEVEL_DECIMALS, row, "share");
    }
    let balances = economy.balances(plan);
    for (product, balance) in economy.products.iter().zip(&balances) {
        let row = || format!("balance of {}", product.id);
        let decimals = product.decimals + LEVEL_DECIMALS;
        violations.note(-balance.left, decimals, balance.supply, row, &product.unit);
    }
    for (index, left) in economy.left_over(plan, &balances) {
        let product = &economy.products[index];
        let row = format!("imports or stock of {}", product.id);
        let amount = Decimal::new(left, product.decimals);
        violations.failures.push(CheckFailure::LeftOver(Violation {
            row,
            amount,
            unit: product.unit.clone(),
        }));
    }
    for (grade, used) in economy.grades.iter().zip(plan.labour_used(economy)) {
        let available = Decimal::new(grade.available, economy.labour_decimals);
        let row = || format!("labour of {}", grade.id);
        note_ceiling(&mut violations, &used, &available, row, &economy.labour_unit);
    }
    for (index, row) in economy.satellites.iter().enumerate() {
        let Some(ceiling) = row.ceiling else { continue };
        let used = economy.satellite_load(plan, index);
        let ceiling = Decimal::new(ceiling, row.decimals);
        note_ceiling(&mut violations, &used, &ceiling, || format!("ceiling of {}", row.id), &row.unit);
    }
    violations.worst.map(|(_, violation)| violation)
}

fn note_ceiling(
    violations: &mut Violations,
    used: &Decimal,
    ceiling: &Decimal,
    row: impl FnOnce() -> String,
    unit: &str,
) {
    if used <= ceiling {
        return;
    }
    let excess = used - ceiling;
    let limit = if ceiling.is_zero() { BigRational::from_integer(1.into()) } else { ceiling.to_rational() };
    let share = excess.to_rational() / limit;
    let violation = Violation { row: row(), amount: excess, unit: unit.to_owned() };
    violations.failures.push(CheckFailure::Row(violation.clone()));
    if violations.worst.as_ref().is_none_or(|(worst, _)| share > *worst) {
        violations.worst = Some((share, violation));
    }
}

fn check_labour_statement(economy: &Economy, plan: &Plan, failures: &mut Vec<CheckFailure>) {
    for ((grade, stated), actual) in economy.grades.iter().zip(&plan.labour).zip(plan.labour_used(economy)) {
        if *stated != actual {
            let what = format!("labour of {}", grade.id);
            failures.push(CheckFailure::Stated { what, stated: stated.clone(), actual });
        }
    }
}

/// Checks stage after stage; later ones rest on the values of earlier ones, so the first without a bound ends it.
fn check_stages(economy: &Economy, plan: &Plan, failures: &mut Vec<CheckFailure>) -> Vec<StageCheck> {
    if let Err(what) = order_of_stages(economy, plan) {
        failures.push(CheckFailure::Stages(what));
        return Vec::new();
    }
    let mut checks = Vec::new();
    for stage in &plan.stages {
        let goal = stage.goal;
        let value = goal.value(economy, plan);
        if stage.value != value {
            let what = format!("value of {goal}");
            failures.push(CheckFailure::Stated { what, stated: stage.value.clone(), actual: value.clone() });
        }
        if let Some(row) = negative_price(economy, plan, stage) {
            failures.push(CheckFailure::NegativePrice { goal, row });
            break;
        }
        if let Some(row) = idle_price(economy, plan, stage) {
            failures.push(CheckFailure::IdlePrice { goal, row });
            break;
        }
        let bound = Bound::new(economy, goal, &checks, plan.before.as_deref());
        let Some(bound) = bound.of(&stage.prices) else {
            failures.push(CheckFailure::TooLarge(goal));
            break;
        };
        if stage.bound != bound {
            let what = format!("bound of {goal}");
            failures.push(CheckFailure::Stated { what, stated: stage.bound.clone(), actual: bound.clone() });
        }
        let gap = relative_gap(economy, goal, &value, &bound);
        checks.push(StageCheck { goal, value, bound, gap });
    }
    checks
}

/// The bound of one stage for prices that a solver found; `None` where 128 bits do not hold it.
#[cfg(feature = "solve")]
pub(crate) fn bound_of(
    economy: &Economy,
    goal: Goal,
    earlier: &[StageCheck],
    before: Option<&[i64]>,
    prices: &crate::Prices,
) -> Option<Decimal> {
    Bound::new(economy, goal, earlier, before).of(prices)
}

/// |bound − value| as a share of the larger of the two; fulfilments below a thousandth of full ones are measured
/// against that thousandth, since a share of next to nothing says nothing.
pub(crate) fn relative_gap(economy: &Economy, goal: Goal, value: &Decimal, bound: &Decimal) -> BigRational {
    let thousandth = match goal {
        Goal::Common(_) => Decimal::new(1, 3),
        Goal::Weighted(tier) => {
            let weights =
                economy.needs.iter().filter(|need| need.tier == tier).map(|need| i128::from(need.weight));
            Decimal::new(weights.sum::<i128>(), WEIGHT_DECIMALS + 3)
        }
        Goal::Change | Goal::Labour | Goal::Imports => Decimal::zero(),
    };
    let size = value.abs().max(bound.abs()).max(thousandth);
    if size.is_zero() {
        return BigRational::zero();
    }
    (bound - value).abs().to_rational() / size.to_rational()
}

fn order_of_stages(economy: &Economy, plan: &Plan) -> Result<(), String> {
    let stages = &plan.stages;
    if stages.is_empty() {
        return Err("the plan has no stages, so nothing is proven about it".to_owned());
    }
    let tiers = economy.tiers();
    for (at, stage) in stages.iter().enumerate() {
        let before: Vec<Goal> = stages[..at].iter().map(|earlier| earlier.goal).collect();
        if before.contains(&stage.goal) {
            return Err(format!("{} stands twice among the stages", stage.goal));
        }
        match stage.goal {
            Goal::Common(tier) | Goal::Weighted(tier) if !tiers.contains(&tier) => {
                return Err(format!("no need is of tier {tier}, so {} is no stage", stage.goal));
            }
            Goal::Change if plan.before.is_none() => {
                return Err("the plan says of no levels before, so least change is no stage".to_owned());
            }
            Goal::Common(tier) if before.contains(&Goal::Weighted(tier)) => {
                return Err(format!("{} must come before the weighted fulfilment", stage.goal));
            }
            _ => {}
        }
    }
    Ok(())
}

fn negative_price(economy: &Economy, plan: &Plan, stage: &Stage) -> Option<String> {
    let prices = &stage.prices;
    let below = |prices: &[i128]| prices.iter().position(|&price| price < 0);
    if let Some(at) = below(&prices.products) {
        return Some(economy.products[at].id.clone());
    }
    if let Some(at) = below(&prices.labour) {
        return Some(format!("labour of {}", economy.grades[at].id));
    }
    if let Some(at) = below(&prices.satellites) {
        return Some(format!("the ceiling of {}", economy.satellites[at].id));
    }
    below(&prices.earlier).map(|at| plan.stages[at].goal.to_string())
}

fn idle_price(economy: &Economy, plan: &Plan, stage: &Stage) -> Option<String> {
    let satellites = economy.satellites.iter().zip(&stage.prices.satellites);
    let idle = satellites
        .filter(|(row, price)| row.ceiling.is_none() && **price != 0)
        .map(|(row, _)| row.id.clone());
    let earlier = plan.stages.iter().zip(&stage.prices.earlier);
    let common = earlier.filter(|(stage, price)| matches!(stage.goal, Goal::Common(_)) && **price != 0);
    idle.chain(common.map(|(stage, _)| stage.goal.to_string())).next()
}
