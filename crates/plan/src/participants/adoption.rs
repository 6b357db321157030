//! The plan as the congress has it: commitments added up, balanced to the last decimal, with its certificate.

use super::congress::{Standing, best_bound};
use super::files::{MessageError, parse, to_bytes};
use super::judging::{Fault, Named};
use super::price_list::PriceList;
use super::proposal::Proposal;
use super::quantities::Quantities;
use super::targets::{Commitment, Levels, Targets, row_name};
use crate::check::{StageCheck, relative_gap};
use crate::decimal::Decimal;
use crate::economy::{Digest, Economy, FULFILMENT_ONE, LEVEL_DECIMALS};
use crate::plan::{Goal, Plan, Stage};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BTreeMap;

const FORMAT: &str = "mandate-balance-1";

/// A plan without its levels: what the congress knows of it. With the levels of all workplaces it is a whole
/// [`Plan`], which anybody can check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// Which turn of targets it rests on.
    pub turn: u32,
    /// SHA-256 of each commitment that it adds up.
    pub rests_on: BTreeMap<String, Digest>,
    /// Imports, stock, fulfilments, labour and stages; no levels, and the frame's digest.
    pub plan: Plan,
}

/// An adopted balance, and who is named in it.
#[derive(Debug, Clone)]
pub struct Adoption {
    /// The balance.
    pub balance: Balance,
    /// The widest gap of all stages.
    pub gap: f64,
    /// Who did not commit itself: it is held to its targets.
    pub named: Vec<Named>,
}

/// Why commitments are not a plan.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Unadopted {
    /// Some cannot keep their word. Balance again with their commitments given.
    #[error("{}; the next turn plans around them", in_words(.0))]
    Broken(Vec<Named>),
    /// A product of which rounding left too little.
    #[error("after rounding {0} lacks of `{1}`; balance with a wider margin")]
    Rounding(Decimal, String),
    /// There are no prices that could bound a stage.
    #[error("no round has prices yet, so nothing would be proven")]
    NoPrices,
}

fn in_words(named: &[Named]) -> String {
    named.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Adds the commitments up and balances what rounding left, from stock, imports and in the end from needs. `given`
/// are the commitments of an earlier turn that `standing` was planned around.
///
/// # Errors
///
/// Commitments that fall short of their targets.
pub fn adopt(
    frame: &Economy,
    lists: &[PriceList],
    words: &[Proposal],
    standing: &Standing,
    targets: &BTreeMap<String, Targets>,
    commitments: &[Commitment],
    given: &[Commitment],
) -> Result<Adoption, Unadopted> {
    let mut named = Vec::new();
    let mut broken = Vec::new();
    let mut sums = Quantities::default();
    let mut rests_on = BTreeMap::new();
    let round = lists.len() as u32;
    for commitment in given {
        commitment.groups.values().for_each(|quantities| sums.add(quantities));
        rests_on.insert(commitment.from.clone(), commitment.digest(frame));
    }
    for (from, targets) in targets {
        let digest = targets.digest(frame);
        let own =
            commitments.iter().find(|commitment| commitment.from == *from && commitment.targets == digest);
        let Some(commitment) = own else {
            named.push(Named { from: from.clone(), round, fault: Fault::Silent });
            sums.add(&targets.quantities);
            continue;
        };
        let mut committed = Quantities::default();
        commitment.groups.values().for_each(|quantities| committed.add(quantities));
        if let Some(fault) = short_of(frame, words, targets, &committed) {
            broken.push(Named { from: from.clone(), round, fault });
        }
        rests_on.insert(from.clone(), commitment.digest(frame));
        sums.add(&committed);
    }
    if !broken.is_empty() {
        return Err(Unadopted::Broken(broken));
    }
    let mut plan = Plan { levels: Vec::new(), stages: Vec::new(), ..standing.rounded.clone() };
    plan.economy = frame.frame().digest();
    close(frame, &mut plan, &sums)?;
    let decimals = frame.labour_decimals + LEVEL_DECIMALS;
    let labour = |grade: usize| sums.labour.get(&(grade as u32)).copied().unwrap_or(0);
    plan.labour = (0..frame.grades.len()).map(|grade| Decimal::new(labour(grade), decimals)).collect();
    let checks = add_stages(frame, lists, standing, &mut plan)?;
    let gap = checks.iter().map(StageCheck::gap_shown).fold(0.0, f64::max);
    let turn = targets.values().map(|targets| targets.turn).max().unwrap_or(1);
    Ok(Adoption { balance: Balance { turn, rests_on, plan }, gap, named })
}

/// Where a commitment falls short of the targets by more than rounding explains: a millionth of what there was at
/// the opening.
fn short_of(frame: &Economy, words: &[Proposal], targets: &Targets, committed: &Quantities) -> Option<Fault> {
    const MILLIONTH: i128 = 1_000_000;
    let mut opening = Quantities::default();
    let openings = words.iter().filter(|word| word.round == 0 && word.from == targets.to);
    openings
        .flat_map(|word| word.groups.values())
        .flat_map(|group| &group.columns)
        .for_each(|column| opening.add(&column.quantities));
    let terms = targets.parts.len() as i128;
    let fault = |kind: &'static str, of: u32, committed: i128, target: i128| {
        let decimals = super::judging::decimals_of(frame, kind, of) + LEVEL_DECIMALS;
        Some(Fault::BrokenWord {
            row: row_name(frame, kind, of),
            committed: Decimal::new(committed, decimals),
            target: Decimal::new(target, decimals),
        })
    };
    for (&of, &target) in &targets.quantities.outputs {
        let given = committed.outputs.get(&of).copied().unwrap_or(0);
        let most = opening.outputs.get(&of).copied().unwrap_or(0);
        if given < target - most / MILLIONTH - terms {
            return fault("outputs", of, given, target);
        }
    }
    let kinds = committed.kinds().into_iter().zip(targets.quantities.kinds()).skip(1);
    for ((kind, taken), (_, targets)) in kinds {
        for (&of, &taken) in taken {
            let target = targets.get(&of).copied().unwrap_or(0);
            if taken > target + terms {
                return fault(kind, of, taken, target);
            }
        }
    }
    None
}

/// Brings every balance to nought or above, exactly: from stock, from imports, then from needs, beginning with the last
/// tier and its largest; then leaves abroad and in stock what would be left over.
fn close(frame: &Economy, plan: &mut Plan, sums: &Quantities) -> Result<(), Unadopted> {
    let one = i128::from(FULFILMENT_ONE);
    for product in 0..frame.products.len() {
        let mut lacks = -left(frame, plan, sums, product);
        if lacks <= 0 {
            continue;
        }
        let row = &frame.products[product];
        for (own, limit) in
            [(&mut plan.stock[product], row.stock), (&mut plan.imports[product], row.import_limit)]
        {
            let units = ((lacks.max(0) + one - 1) / one).min(i128::from((limit - *own).max(0)));
            *own += units as i64;
            lacks -= units * one;
        }
        let mut asking: Vec<(usize, i64)> = frame
            .needs
            .iter()
            .enumerate()
            .filter_map(|(at, need)| {
                let flow = need.bundle.iter().find(|flow| flow.of as usize == product)?;
                Some((at, flow.quantity))
            })
            .collect();
        asking.sort_by_key(|&(need, quantity)| (Reverse(frame.needs[need].tier), -quantity, need));
        for (need, quantity) in asking {
            let quantity = i128::from(quantity);
            let room = i128::from(plan.fulfilments[need] - frame.needs[need].minimum);
            let units = ((lacks.max(0) + quantity - 1) / quantity).min(room.max(0));
            plan.fulfilments[need] -= units as i64;
            lacks -= units * quantity;
        }
        if lacks > 0 {
            let decimals = row.decimals + LEVEL_DECIMALS;
            return Err(Unadopted::Rounding(Decimal::new(lacks, decimals), row.id.clone()));
        }
    }
    for product in 0..frame.products.len() {
        let mut over = left(frame, plan, sums, product).div_euclid(one);
        for own in [&mut plan.imports[product], &mut plan.stock[product]] {
            let units = over.clamp(0, i128::from(*own));
            *own -= units as i64;
            over -= units;
        }
    }
    Ok(())
}

/// What is left of a product, in units of 10^−9 of its last decimal.
fn left(frame: &Economy, plan: &Plan, sums: &Quantities, product: usize) -> i128 {
    let row = &frame.products[product];
    let of = |sums: &BTreeMap<u32, i128>| sums.get(&(product as u32)).copied().unwrap_or(0);
    let fetched =
        i128::from(plan.imports[product]) + i128::from(plan.stock[product]) - i128::from(row.exports);
    let given = frame.needs.iter().zip(&plan.fulfilments).map(|(need, &fulfilment)| {
        let flow = need.bundle.iter().find(|flow| flow.of as usize == product);
        flow.map_or(0, |flow| i128::from(flow.quantity) * i128::from(fulfilment))
    });
    of(&sums.outputs) - of(&sums.inputs) + fetched * i128::from(FULFILMENT_ONE) - given.sum::<i128>()
}

/// Value, bound and prices of each stage, exactly.
fn add_stages(
    frame: &Economy,
    lists: &[PriceList],
    standing: &Standing,
    plan: &mut Plan,
) -> Result<Vec<StageCheck>, Unadopted> {
    let mut checks: Vec<StageCheck> = Vec::new();
    let stages = lists.first().map_or(0, |list| list.stages.len());
    for at in 0..stages {
        let goal = lists[0].stages[at].goal;
        let value = match goal {
            Goal::Labour => plan.labour.iter().fold(Decimal::zero(), |sum, used| &sum + used),
            _ => goal.value(frame, plan),
        };
        let (round, bound) =
            best_bound(frame, lists, at, &checks, &standing.gains).ok_or(Unadopted::NoPrices)?;
        let gap = relative_gap(frame, goal, &value, &bound);
        let prices = lists[round].stages[at].prices.clone();
        plan.stages.push(Stage { goal, value: value.clone(), bound: bound.clone(), prices });
        checks.push(StageCheck { goal, value, bound, gap });
    }
    if checks.is_empty() { Err(Unadopted::NoPrices) } else { Ok(checks) }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredBalance {
    format: String,
    economy: String,
    turn: u32,
    rests_on: BTreeMap<String, String>,
    plan: serde_json::Value,
}

impl Balance {
    /// The whole plan, with the levels of all activities. What is stated stays as it was stated, so that the check
    /// finds a gain that was not true.
    pub fn whole(&self, economy: &Economy, levels: &Levels) -> Plan {
        let level = |activity: &crate::Activity| levels.get(&activity.id).copied().unwrap_or(0);
        Plan {
            economy: economy.digest(),
            levels: economy.activities.iter().map(level).collect(),
            ..self.plan.clone()
        }
    }

    /// Reads a balance.
    ///
    /// # Errors
    ///
    /// Whatever is malformed, unknown to the economy, or meant for another one.
    pub fn read(bytes: &[u8], frame: &Economy) -> Result<Self, MessageError> {
        let stored: StoredBalance = parse(bytes, frame, FORMAT)?;
        let wrong = |place: &str, what: String| MessageError::Value { place: place.to_owned(), what };
        let plan = Plan::read(stored.plan.to_string().as_bytes(), &frame.frame());
        let digest = |(from, text): (&String, &String)| {
            let digest = text.parse().map_err(|what| wrong("rests_on", what))?;
            Ok((from.clone(), digest))
        };
        Ok(Self {
            turn: stored.turn,
            rests_on: stored.rests_on.iter().map(digest).collect::<Result<_, MessageError>>()?,
            plan: plan.map_err(|error| wrong("plan", error.to_string()))?,
        })
    }

    /// The file.
    pub fn write(&self, frame: &Economy) -> Vec<u8> {
        let plan = self.plan.write(&frame.frame());
        to_bytes(&StoredBalance {
            format: FORMAT.to_owned(),
            economy: self.plan.economy.to_string(),
            turn: self.turn,
            rests_on: self.rests_on.iter().map(|(from, digest)| (from.clone(), digest.to_string())).collect(),
            plan: serde_json::from_slice(&plan).expect("a plan is written as JSON"),
        })
    }
}
