//! The congress: all good words on one table, balanced stage after stage.
//!
//! It knows the frame and the words, and nothing of workplaces. The same price lists and words give the same prices,
//! whoever computes them.

use super::judging::decimals_of;
use super::price_list::{Heard, PriceList, RowPrices, StagePrices};
use super::proposal::Proposal;
use super::quantities::Quantities;
use super::targets::{Commitment, Part, Targets};
use crate::check::{StageCheck, bound_of, relative_gap};
use crate::decimal::Decimal;
use crate::economy::{Activity, Digest, Economy, FULFILMENT_ONE, Flow, LEVEL_DECIMALS};
use crate::plan::{Goal, Plan};
use crate::rounds::RoundStage;
use crate::solve::{
    Balanced, Entries, Options, Primal, Programme, Scales, SolveError, Unsolved, balance, rounded_plan,
    rounded_prices, unit,
};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{ToPrimitive, Zero};
use std::collections::{BTreeMap, BTreeSet};

/// When the congress stops, and how it solves between.
#[derive(Debug, Clone)]
pub struct CongressOptions {
    /// Stages, give and limit, as for [`solve`](crate::solve()).
    pub solve: Options,
    /// Stop when no stage's gap is wider than this share.
    pub gap: f64,
    /// Stop after so many price lists.
    pub maximum: u32,
    /// What is asked of every product and grade beyond what is needed, as a share of its supply, so that the plan
    /// still balances when all levels were rounded down.
    pub margin: f64,
}

impl Default for CongressOptions {
    fn default() -> Self {
        let solve = Options { give: 1e-5, ..Options::default() };
        Self { solve, gap: 1e-3, maximum: 12, margin: 2e-8 }
    }
}

/// Where the rounds stand: what the words so far allow, and what no plan can better.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The last round that has prices; 0 before the first.
    pub round: u32,
    /// Each stage with its value and bound. Before the first prices there is no bound, and the gap is infinite.
    pub stages: Vec<RoundStage>,
    /// Proposals on the table.
    pub columns: usize,
    /// Whose gain in some round is known only from its earlier words, because it was silent or not believed: bounds
    /// rest on what it last said it could do.
    pub unproven: BTreeSet<String>,
    /// The prices of the next round.
    pub next: PriceList,
    /// By participant, the parts of its words that this balance calls on.
    pub parts: BTreeMap<String, Vec<Part>>,
    is_over: bool,
    /// Imports, stock and fulfilments of this balance, rounded.
    pub(super) rounded: Plan,
    /// By round and stage, what all participants gain at the prices.
    pub(super) gains: Vec<Vec<Decimal>>,
}

impl Standing {
    /// Whether more rounds are of no use: the gap is narrow enough, all rounds were used, or nothing new was said.
    pub fn is_over(&self) -> bool {
        self.is_over
    }

    /// The stage whose gap is widest.
    pub fn widest(&self) -> Option<&RoundStage> {
        self.stages.iter().max_by(|left, right| left.gap.total_cmp(&right.gap))
    }

    /// What each participant is asked to do. `words` are those that this balance rests on.
    pub fn targets(&self, frame: &Economy, words: &[Proposal], turn: u32) -> BTreeMap<String, Targets> {
        let digest = frame.frame().digest();
        let targets = self.parts.iter().map(|(from, parts)| {
            let mut quantities = Quantities::default();
            for part in parts {
                let word = words.iter().find(|word| word.from == *from && word.round == part.round);
                if let Some(group) = word.and_then(|word| word.groups.get(&part.group)) {
                    quantities.add_part(&group.columns[part.column].quantities, part.part);
                }
            }
            let targets = Targets { frame: digest, to: from.clone(), turn, parts: parts.clone(), quantities };
            (from.clone(), targets)
        });
        targets.collect()
    }
}

/// One column of the master program: whose, and which of its words.
struct Laid {
    from: String,
    owner: usize,
    part: Part,
    quantities: Quantities,
}

/// Balances the economy from the good words (see [`judge`](super::judge)), in their order. `given` are commitments
/// of participants who could not keep their word: they do what they committed themselves to, and the rest is
/// planned around it.
///
/// The rounds so far are gone through again, each with the words that its prices rest on, because a solver that goes
/// on from where it was is many times faster than one that begins anew, and may end at another of several optima.
///
/// # Errors
///
/// As [`solve`](crate::solve()), for the economy that the words describe.
pub fn balance_words(
    frame: &Economy,
    lists: &[PriceList],
    words: &[Proposal],
    given: &[Commitment],
    options: &CongressOptions,
) -> Result<Standing, SolveError> {
    let openings: Vec<&Proposal> = words.iter().filter(|word| word.round == 0).collect();
    let mut master = Master::new(frame, &openings, given, options)?;
    for list in lists {
        let heard = |word: &&Proposal| {
            list.rests_on.iter().any(|heard| heard.round == word.round && heard.from == word.from)
        };
        master.lay(&words.iter().filter(heard).collect::<Vec<_>>());
        master.balance()?;
    }
    master.lay(&words.iter().collect::<Vec<_>>());
    master.stand(lists, words)
}

/// The master program of the congress, kept from round to round.
pub(super) struct Master<'a> {
    frame: &'a Economy,
    given: Vec<Commitment>,
    goals: Vec<Goal>,
    scales: Scales,
    options: CongressOptions,
    programme: Programme,
    owners: BTreeMap<(String, String), usize>,
    laid: Vec<Laid>,
    /// How many columns lay there when it was last balanced.
    balanced: usize,
    /// SHA-256 of the words seen so far, by who spoke in which round.
    digests: BTreeMap<(String, u32), Digest>,
}

impl<'a> Master<'a> {
    /// A master with an owner for each group of each opening.
    pub(super) fn new(
        frame: &'a Economy,
        openings: &[&Proposal],
        given: &[Commitment],
        options: &CongressOptions,
    ) -> Result<Self, SolveError> {
        let goals = options.solve.goals.clone().unwrap_or_else(|| Goal::lexicographic(frame));
        if goals.is_empty() {
            return Err(SolveError::Goals("no stages to solve for; name at least one goal".to_owned()));
        }
        let scales = Scales::of(&with_openings(frame, openings));
        let owns = |word: &&&Proposal| given.iter().all(|commitment| commitment.from != word.from);
        let names = openings
            .iter()
            .filter(owns)
            .flat_map(|word| word.groups.keys().map(|group| (word.from.clone(), group.clone())));
        let names: BTreeSet<(String, String)> = names.collect();
        let owners: BTreeMap<(String, String), usize> = names.into_iter().zip(0..).collect();
        // With the openings it is seen who supplies what, and the margin is asked of every product that anybody can spare.
        let others: Vec<&Proposal> = openings.iter().filter(owns).copied().collect();
        let supplied = with_openings(&around(frame, given), &others);
        let mut programme = Programme::new(&supplied, &scales, owners.len(), &options.solve);
        programme.set_margin(options.margin);
        let (given, options) = (given.to_vec(), options.clone());
        Ok(Self {
            frame,
            given,
            goals,
            scales,
            options,
            programme,
            owners,
            laid: Vec::new(),
            balanced: 0,
            digests: BTreeMap::new(),
        })
    }

    /// Lays words on the table, but no column twice.
    pub(super) fn lay(&mut self, words: &[&Proposal]) {
        for word in words {
            for (group, proposed) in &word.groups {
                let Some(&owner) = self.owners.get(&(word.from.clone(), group.clone())) else { continue };
                for (at, column) in proposed.columns.iter().enumerate() {
                    let quantities = &column.quantities;
                    if self.laid.iter().any(|laid| laid.owner == owner && laid.quantities == *quantities) {
                        continue;
                    }
                    self.programme.add_proposal(&entries(self.frame, quantities), owner, &self.scales);
                    let part = Part { round: word.round, group: group.clone(), column: at, part: 0 };
                    let (from, quantities) = (word.from.clone(), quantities.clone());
                    self.laid.push(Laid { from, owner, part, quantities });
                }
            }
        }
    }

    fn balance(&mut self) -> Result<Vec<Balanced>, SolveError> {
        self.balanced = self.laid.len();
        let give = self.options.solve.give;
        match balance(&mut self.programme, &self.goals, give) {
            // Where nothing at all can be spared, rounding is mended afterwards as far as it can be.
            Err(Unsolved::Infeasible) => {
                self.programme.set_margin(0.0);
                Ok(balance(&mut self.programme, &self.goals, give)?)
            }
            balanced => Ok(balanced?),
        }
    }

    /// A word as the price list names it. Words do not change, so each is hashed once.
    fn heard(&mut self, word: &Proposal) -> Heard {
        let Self { frame, digests, .. } = self;
        let key = (word.from.clone(), word.round);
        let digest = *digests.entry(key).or_insert_with(|| word.digest(frame));
        Heard { from: word.from.clone(), round: word.round, digest }
    }

    /// Balances what is on the table, and says where the rounds stand.
    pub(super) fn stand(&mut self, lists: &[PriceList], words: &[Proposal]) -> Result<Standing, SolveError> {
        let nothing_new = self.laid.len() == self.balanced;
        let stages = self.balance()?;
        let rests_on = words.iter().map(|word| self.heard(word)).collect();
        let Self { frame, scales, goals, options, .. } = self;
        let last = stages.last().expect("there is at least one goal");
        let prices = |stage: &Balanced| StagePrices {
            goal: stage.goal,
            prices: rounded_prices(frame, scales, stage.goal, goals, &stage.solution.duals),
        };
        let next = PriceList {
            frame: frame.frame().digest(),
            round: lists.len() as u32 + 1,
            rests_on,
            stages: stages.iter().map(prices).collect(),
        };
        let (gains, unproven) = gains(frame, lists, words, &self.given)?;
        let standing = in_figures(frame, scales, lists, &stages, &gains);
        let widest = standing.iter().fold(0.0, |widest: f64, stage| widest.max(stage.gap));
        let is_used_up = lists.len() as u32 >= options.maximum;
        let is_over = !lists.is_empty() && (widest <= options.gap || is_used_up || nothing_new);
        let primal = Primal { levels: Vec::new(), ..last.solution.primal.clone() };
        Ok(Standing {
            round: lists.len() as u32,
            stages: standing,
            columns: self.laid.len(),
            unproven,
            next,
            parts: parts(&self.laid, &last.solution.primal.levels),
            is_over,
            rounded: rounded_plan(frame, scales, &primal),
            gains,
        })
    }
}

/// The frame with each group's opening as an activity, which tells how much there is of each product and what it is made of.
fn with_openings(frame: &Economy, openings: &[&Proposal]) -> Economy {
    let mut economy = frame.clone();
    for word in openings {
        for column in word.groups.values().flat_map(|group| &group.columns) {
            let flow = |(&of, &sum): (&u32, &i128)| Flow {
                of,
                quantity: i64::try_from(sum / i128::from(FULFILMENT_ONE)).unwrap_or(i64::MAX),
            };
            let outputs = column.quantities.outputs.iter().map(flow).collect();
            let inputs = column.quantities.inputs.iter().map(flow).collect();
            economy.activities.push(Activity { outputs, inputs, ..Activity::default() });
        }
    }
    economy
}

/// The frame as it is for all others when some do what is given: their outputs are there, their inputs, labour and
/// loads are taken. Rounded so that nothing is counted that is not there.
fn around(frame: &Economy, given: &[Commitment]) -> Economy {
    let mut rest = frame.clone();
    let down = |sum: i128| i64::try_from(sum.div_euclid(i128::from(FULFILMENT_ONE))).unwrap_or(i64::MAX);
    let up = |sum: i128| down(sum + i128::from(FULFILMENT_ONE) - 1);
    for quantities in given.iter().flat_map(|commitment| commitment.groups.values()) {
        let rows: BTreeSet<u32> =
            quantities.outputs.keys().chain(quantities.inputs.keys()).copied().collect();
        for row in rows {
            let of = |sums: &BTreeMap<u32, i128>| sums.get(&row).copied().unwrap_or(0);
            let net = of(&quantities.outputs) - of(&quantities.inputs);
            let product = &mut rest.products[row as usize];
            if net >= 0 { product.stock += down(net) } else { product.exports += up(-net) }
        }
        for (&grade, &sum) in &quantities.labour {
            let available = &mut rest.grades[grade as usize].available;
            *available = (*available - up(sum)).max(0);
        }
        for (&row, &sum) in &quantities.loads {
            if let Some(ceiling) = &mut rest.satellites[row as usize].ceiling {
                *ceiling = (*ceiling - up(sum)).max(0);
            }
        }
    }
    rest
}

fn entries(frame: &Economy, quantities: &Quantities) -> Entries {
    let whole = |kind: &str, of: u32, sum: i128| {
        (of as usize, sum as f64 * unit(decimals_of(frame, kind, of) + LEVEL_DECIMALS))
    };
    let mut net: BTreeMap<u32, i128> = quantities.inputs.clone();
    quantities.outputs.iter().for_each(|(&of, sum)| *net.entry(of).or_default() -= sum);
    let rows = |kind: &'static str, sums: &BTreeMap<u32, i128>| {
        sums.iter().filter(|(_, sum)| **sum != 0).map(|(&of, &sum)| whole(kind, of, sum)).collect()
    };
    Entries {
        net_use: rows("outputs", &net),
        labour: rows("labour", &quantities.labour),
        loads: rows("loads", &quantities.loads),
    }
}

/// The solver's parts, rounded down to decimals; those of one owner are 1 at most together.
fn parts(laid: &[Laid], levels: &[f64]) -> BTreeMap<String, Vec<Part>> {
    let mut left: BTreeMap<usize, i64> = BTreeMap::new();
    let mut parts: BTreeMap<String, Vec<Part>> = BTreeMap::new();
    for (column, &level) in laid.iter().zip(levels) {
        let of_participant = parts.entry(column.from.clone()).or_default();
        let left = left.entry(column.owner).or_insert(FULFILMENT_ONE);
        // A solver's nought may be a hair off.
        let part = ((level * FULFILMENT_ONE as f64 + 1e-3).floor().max(0.0) as i64).min(*left);
        *left -= part;
        if part > 0 {
            of_participant.push(Part { part, ..column.part.clone() });
        }
    }
    parts
}

/// By round and stage, what all participants gain at most at the prices: as they state it, and where one did not,
/// the most that any of its words gains. With the names of the latter.
#[allow(clippy::type_complexity, reason = "a table and a set of names")]
fn gains(
    frame: &Economy,
    lists: &[PriceList],
    words: &[Proposal],
    given: &[Commitment],
) -> Result<(Vec<Vec<Decimal>>, BTreeSet<String>), SolveError> {
    let mut unproven = BTreeSet::new();
    let mut gains = Vec::new();
    for list in lists {
        let by_row = list.by_row(frame).ok_or_else(|| {
            SolveError::Rounding(format!("prices of round {} do not fit 128 bits", list.round))
        })?;
        let mut sums = vec![Decimal::zero(); by_row.len()];
        for opening in words.iter().filter(|word| word.round == 0) {
            let from = &opening.from;
            let commitment = given.iter().find(|commitment| commitment.from == *from);
            let word = words.iter().find(|word| word.round == list.round && word.from == *from);
            if commitment.is_none() && word.is_none() {
                unproven.insert(from.clone());
            }
            for (stage, rows) in by_row.iter().enumerate() {
                let gain = match (commitment, word) {
                    (Some(commitment), _) => {
                        let values = commitment.groups.values().map(|quantities| rows.value(quantities));
                        values.fold(Decimal::zero(), |sum, value| &sum + &value)
                    }
                    (None, Some(word)) => {
                        let stated = word.groups.values().filter_map(|group| group.gains.get(stage));
                        stated.fold(Decimal::zero(), |sum, gain| &sum + gain)
                    }
                    (None, None) => last_word(words, opening, rows),
                };
                sums[stage] = &sums[stage] + &gain;
            }
        }
        gains.push(sums);
    }
    Ok((gains, unproven))
}

/// The most that a participant gains with what it ever said it could do.
fn last_word(words: &[Proposal], opening: &Proposal, rows: &RowPrices) -> Decimal {
    let own = || words.iter().filter(|word| word.from == opening.from);
    let best = opening.groups.keys().map(|group| {
        let columns = own().filter_map(|word| word.groups.get(group)).flat_map(|group| &group.columns);
        columns.map(|column| rows.value(&column.quantities)).fold(Decimal::zero(), Decimal::max)
    });
    best.fold(Decimal::zero(), |sum, best| &sum + &best)
}

/// The bound of a stage at the prices of a round, with what the participants gain at them. `None` where 128 bits do
/// not hold it.
pub(super) fn bound_with_gains(
    frame: &Economy,
    list: &PriceList,
    at: usize,
    earlier: &[StageCheck],
    gains: &Decimal,
) -> Option<Decimal> {
    let StagePrices { goal, prices } = &list.stages[at];
    let bound = bound_of(frame, *goal, earlier, None, prices)?;
    Some(if goal.is_least() { &bound - gains } else { &bound + gains })
}

/// The round whose prices bound a stage best, with that bound.
pub(super) fn best_bound(
    frame: &Economy,
    lists: &[PriceList],
    at: usize,
    earlier: &[StageCheck],
    gains: &[Vec<Decimal>],
) -> Option<(usize, Decimal)> {
    let bounds = lists.iter().enumerate().filter_map(|(round, list)| {
        Some((round, bound_with_gains(frame, list, at, earlier, &gains[round][at])?))
    });
    let is_least = lists.first()?.stages[at].goal.is_least();
    bounds.reduce(|best, other| {
        let is_better = if is_least { other.1 > best.1 } else { other.1 < best.1 };
        if is_better { other } else { best }
    })
}

/// Values against bounds, for showing how the rounds converge.
fn in_figures(
    frame: &Economy,
    scales: &Scales,
    lists: &[PriceList],
    stages: &[Balanced],
    gains: &[Vec<Decimal>],
) -> Vec<RoundStage> {
    let turned = |goal: Goal, value: f64| {
        let size = scales.goal(goal);
        if goal.is_least() { -value * size } else { value * size }
    };
    let mut closed = Vec::new();
    for (at, stage) in stages.iter().enumerate() {
        let goal = stage.goal;
        let earlier: Vec<StageCheck> = stage
            .held
            .iter()
            .map(|held| {
                let value = exact(turned(held.goal, held.least));
                StageCheck { goal: held.goal, bound: value.clone(), value, gap: BigRational::zero() }
            })
            .collect();
        let value = exact(turned(goal, stage.solution.value));
        let bound = best_bound(frame, lists, at, &earlier, gains).map(|(_, bound)| bound);
        let gap = bound.as_ref().map_or(f64::INFINITY, |bound| {
            relative_gap(frame, goal, &value, bound).to_f64().unwrap_or(f64::INFINITY)
        });
        let unbounded = if goal.is_least() { f64::NEG_INFINITY } else { f64::INFINITY };
        closed.push(RoundStage {
            goal,
            value: value.to_f64(),
            bound: bound.map_or(unbounded, |bound| bound.to_f64()),
            gap,
        });
    }
    closed
}

/// A solver's number as a decimal of 12 places.
fn exact(value: f64) -> Decimal {
    const PLACES: u32 = 12;
    let mantissa = num_traits::FromPrimitive::from_f64((value * 10f64.powi(PLACES as i32)).round());
    Decimal::new(mantissa.unwrap_or(BigInt::ZERO), PLACES)
}
