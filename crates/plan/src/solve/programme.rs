//! The economy as a linear program in floating point, kept with its last basis from stage to stage, and from
//! round to round while columns are added.
//!
//! Rows come first, then columns, so that columns can be added later. Every row says `≤`, so that prices are not
//! below nought. For each goal but common fulfilments there is a row and a column that holds the goal's value:
//! to maximise the column is the stage, to bound it from below holds the stage for later ones.

use super::scales::{Scales, above_nought, unit};
use super::{Options, SolveError};
use crate::economy::{Activity, Economy, FULFILMENT_ONE, Flow, LEVEL_ONE, WEIGHT_DECIMALS};
use crate::plan::Goal;
use highs::{Col, ColProblem, HighsModelStatus, Model, Row, Sense, SolvedModel};
use std::collections::BTreeMap;

/// A solver's answer for all variables, unrounded: levels and fulfilments as shares, imports and stock as shares
/// of the product's scale.
#[derive(Debug, Clone)]
pub(crate) struct Primal {
    /// By column that was added: level of an activity, or part of a proposal.
    pub(crate) levels: Vec<f64>,
    pub(crate) imports: Vec<f64>,
    pub(crate) stock: Vec<f64>,
    pub(crate) fulfilments: Vec<f64>,
}

/// A solver's prices for all rows of one stage, per scaled unit of row and goal, not below nought.
#[derive(Debug, Clone, Default)]
pub(crate) struct Duals {
    pub(crate) products: Vec<f64>,
    pub(crate) grades: Vec<f64>,
    pub(crate) satellites: Vec<f64>,
    /// By earlier stage, in the order of solving.
    pub(crate) earlier: Vec<f64>,
}

/// One solved stage.
pub(crate) struct Solution {
    /// The goal's value, scaled, and turned so that more is better.
    pub(crate) value: f64,
    pub(crate) primal: Primal,
    pub(crate) duals: Duals,
}

/// Why a stage was not solved.
#[derive(Debug)]
pub(crate) enum Unsolved {
    Infeasible,
    Stuck { goal: Goal, status: String },
    Named(SolveError),
}

/// Of a goal's natural size: below it, give is a share of this, so that a goal near nought leaves some room too.
const SMALL: f64 = 0.05;

/// The same between rounds, which give way by more: a gap is measured against a thousandth at least, and half of the
/// gap that rounds usually stop at is enough to give.
const SMALL_IN_ROUNDS: f64 = 0.005;

/// A fulfilment nearer to 1 than this is full.
const FULL: f64 = 1e-9;

/// From so many products on (several periods of a large table), the dual simplex goes by Devex weights, of which an
/// iteration costs one solve with the basis less than with steepest edges. Ten periods of 402 industries took 29 s
/// instead of 44 s.
const MANY_ROWS: usize = 4_000;

/// HiGHS' number for these weights.
const DEVEX: i32 = 1;

/// Coefficients below this are left out of the program.
const LEAST_COEFFICIENT: f64 = 1e-12;

/// The linear program of an economy.
pub(crate) struct Programme {
    model: Option<Model>,
    limit_s: Option<f64>,
    method: Method,
    rows: Rows,
    /// With each column, by what its variable is multiplied in it.
    levels: Vec<(Col, f64)>,
    /// Where a plan is revised: each activity's level before, and the column that lowers it.
    before: Vec<(f64, Option<Col>)>,
    imports: Vec<Col>,
    stock: Vec<Col>,
    needs: Vec<NeedColumn>,
    /// The column that holds each goal's value.
    goals: BTreeMap<Goal, Col>,
    /// What is asked of every row beyond what is needed, as a share.
    margin: Option<Col>,
    maximised: Option<Goal>,
    /// Stages held so far, in order.
    held: Vec<Goal>,
    /// Tiers held at full common fulfilment.
    full: Vec<u8>,
}

/// A need's column.
#[derive(Clone, Copy)]
struct NeedColumn {
    column: Col,
    tier: u8,
    /// The need's own least fulfilment.
    minimum: f64,
}

impl NeedColumn {
    /// What the need gets in a solution of a stage whose goal has this value.
    fn fulfilment(&self, goal: Goal, columns: &[f64], value: f64) -> f64 {
        let own = columns[self.column.index()];
        if goal == Goal::Common(self.tier) { own.max(value) } else { own }
    }
}

/// The rows, numbered in the order in which they were added.
struct Rows {
    products: Vec<Row>,
    grades: Vec<Row>,
    satellites: Vec<Option<Row>>,
    /// By need with a minimum: it is not below its tier's common fulfilment.
    commons: Vec<Option<Row>>,
    goals: BTreeMap<Goal, Row>,
    /// Each says that the parts of an owner's proposals add up to at most 1.
    owners: Vec<Row>,
    numbers: RowNumbers,
}

struct RowNumbers {
    products: usize,
    grades: usize,
    satellites: Vec<Option<usize>>,
    goals: BTreeMap<Goal, usize>,
}

/// A column's entries by row of the economy, in whole units of each row.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Entries {
    /// Use less output of each product, with the product's index.
    pub(crate) net_use: Vec<(usize, f64)>,
    /// Labour by grade.
    pub(crate) labour: Vec<(usize, f64)>,
    /// Loads on satellite rows.
    pub(crate) loads: Vec<(usize, f64)>,
}

impl Entries {
    /// What an activity takes at level 1.
    pub(super) fn of(economy: &Economy, activity: &Activity) -> Self {
        let net = net_use(&activity.outputs, &activity.inputs).into_iter();
        let decimals = |product: usize| unit(economy.products[product].decimals);
        let plain = |flows: &[Flow], decimals: &dyn Fn(usize) -> u32| {
            let entry =
                |flow: &Flow| (flow.of as usize, flow.quantity as f64 * unit(decimals(flow.of as usize)));
            flows.iter().map(entry).collect()
        };
        Self {
            net_use: net.map(|(product, quantity)| (product, quantity as f64 * decimals(product))).collect(),
            labour: plain(&activity.labour, &|_| economy.labour_decimals),
            loads: plain(&activity.satellites, &|row| economy.satellites[row].decimals),
        }
    }
}

impl Programme {
    /// The program with its rows, imports, stock and needs, and `owners` rows for proposals. Activities and
    /// proposals are added as columns.
    pub(crate) fn new(economy: &Economy, scales: &Scales, owners: usize, options: &Options) -> Self {
        let mut problem = ColProblem::new();
        let rows = Rows::add(&mut problem, economy, scales, owners);
        let mut model = problem.optimise(Sense::Maximise);
        set_options(&mut model, options);
        if economy.products.len() > MANY_ROWS {
            model.set_option("simplex_dual_edge_weight_strategy", DEVEX);
        }
        let mut programme = Self {
            model: Some(model),
            limit_s: options.limit_s,
            method: if owners > 0 { Method::Proposals } else { Method::Activities },
            rows,
            levels: Vec::new(),
            before: Vec::new(),
            imports: Vec::new(),
            stock: Vec::new(),
            needs: Vec::new(),
            goals: BTreeMap::new(),
            margin: None,
            maximised: None,
            held: Vec::new(),
            full: Vec::new(),
        };
        programme.add_margin(economy);
        programme.add_goals();
        programme.add_imports_and_stock(economy, scales);
        programme.add_needs(economy, scales);
        programme
    }

    /// A column for each activity.
    pub(crate) fn add_activities(&mut self, economy: &Economy, scales: &Scales) {
        for activity in &economy.activities {
            let entries = Entries::of(economy, activity);
            self.add_level(&entries, activity.capacity as f64 / LEVEL_ONE as f64, None, scales);
        }
    }

    /// A column for a proposal: any part of it up to all, and with the owner's other proposals at most 1.
    pub(crate) fn add_proposal(&mut self, entries: &Entries, owner: usize, scales: &Scales) {
        self.add_level(entries, 1.0, Some(owner), scales);
    }

    /// A column for a block: any part of it up to all.
    pub(crate) fn add_block(&mut self, entries: &Entries, scales: &Scales) {
        self.method = Method::Blocks;
        self.add_level(entries, 1.0, None, scales);
    }

    /// Adds a column multiplied so that its largest share of any product's supply is 1: the solver drops what it
    /// thinks too small to matter, and a small workplace's inputs matter to the balance.
    fn add_level(&mut self, entries: &Entries, capacity: f64, owner: Option<usize>, scales: &Scales) {
        let (column, scale) = self.level_column(entries, owner, scales);
        let added = self.model().add_col(0.0, 0.0..=capacity * scale, column);
        self.levels.push((added, scale));
    }

    /// The entries of such a column, and by what its variable is multiplied.
    fn level_column(
        &mut self,
        entries: &Entries,
        owner: Option<usize>,
        scales: &Scales,
    ) -> (Vec<(Row, f64)>, f64) {
        let share = |&(product, quantity): &(usize, f64)| (product, quantity / scales.products[product]);
        let shares: Vec<(usize, f64)> = entries.net_use.iter().map(share).collect();
        let largest = shares.iter().fold(0.0, |largest: f64, (_, share)| largest.max(share.abs()));
        // Proposals are parts of 1 already.
        let scale = if owner.is_some() { 1.0 } else { above_nought(largest) };
        let mut column: Vec<(Row, f64)> =
            shares.into_iter().map(|(product, share)| (self.rows.products[product], share / scale)).collect();
        let mut labour = 0.0;
        for &(grade, quantity) in &entries.labour {
            column.push((self.rows.grades[grade], quantity / scales.grades[grade] / scale));
            labour += quantity;
        }
        column.push((self.rows.goals[&Goal::Labour], labour / scales.goal(Goal::Labour) / scale));
        for &(satellite, quantity) in &entries.loads {
            if let Some(row) = self.rows.satellites[satellite] {
                column.push((row, quantity / scales.satellites[satellite] / scale));
            }
        }
        if let Some(owner) = owner {
            column.push((self.rows.owners[owner], 1.0));
        }
        column.retain(|(_, coefficient)| coefficient.abs() > LEAST_COEFFICIENT);
        (column, scale)
    }

    /// Two columns that raise and lower an activity from its level before, as far as there is room.
    pub(super) fn add_change(&mut self, entries: &Entries, before: f64, room: f64, scales: &Scales) {
        let (column, scale) = self.level_column(entries, None, scales);
        let labour: f64 = entries.labour.iter().map(|(_, quantity)| quantity).sum();
        let cost = (self.rows.goals[&Goal::Change], labour / scales.goal(Goal::Change) / scale);
        let lowering = column.iter().map(|&(row, coefficient)| (row, -coefficient));
        let lowering: Vec<(Row, f64)> = lowering.chain([cost]).collect();
        let raising: Vec<(Row, f64)> =
            if room > 0.0 { column.into_iter().chain([cost]).collect() } else { Vec::new() };
        let raising = self.model().add_col(0.0, 0.0..=room.max(0.0) * scale, raising);
        self.levels.push((raising, scale));
        let lowering = (before > 0.0).then(|| self.model().add_col(0.0, 0.0..=before * scale, lowering));
        self.before.push((before, lowering));
    }

    /// A column that is there once, whatever is planned.
    pub(super) fn add_fixed(&mut self, entries: &Entries, scales: &Scales) {
        let (column, scale) = self.level_column(entries, None, scales);
        self.model().add_col(0.0, scale..=scale, column);
    }

    fn model(&mut self) -> &mut Model {
        self.model.as_mut().expect("the model is put back after each stage")
    }

    /// A row that nothing can supply can spare nothing, and needs not: whatever uses it stays at nought exactly.
    fn add_margin(&mut self, economy: &Economy) {
        let products = self.rows.products.iter().zip(can_be_had(economy));
        let grades = self.rows.grades.iter().zip(economy.grades.iter().map(|grade| grade.available > 0));
        let under_ceilings = self.rows.satellites.iter().zip(&economy.satellites);
        let satellites = under_ceilings.filter_map(|(row, satellite)| {
            Some((row.as_ref()?, satellite.ceiling.is_some_and(|most| most > 0)))
        });
        let rows = products.chain(grades).chain(satellites).filter(|(_, has_any)| *has_any);
        let rows: Vec<(Row, f64)> = rows.map(|(&row, _)| (row, 1.0)).collect();
        self.margin = Some(self.model().add_col(0.0, 0.0..=0.0, rows));
    }

    /// Asks a share more of every row than is needed, so that a plan rounded afterwards still holds.
    pub(crate) fn set_margin(&mut self, share: f64) {
        if let Some(margin) = self.margin {
            self.model().change_column_bounds(margin, share..=share);
        }
    }

    fn add_goals(&mut self) {
        let rows: Vec<(Goal, Row)> = self.rows.goals.iter().map(|(&goal, &row)| (goal, row)).collect();
        for (goal, row) in rows {
            let column = self.model().add_col(0.0, f64::NEG_INFINITY.., [(row, 1.0)]);
            self.goals.insert(goal, column);
        }
    }

    fn add_imports_and_stock(&mut self, economy: &Economy, scales: &Scales) {
        for (index, product) in economy.products.iter().enumerate() {
            let scale = scales.products[index];
            let size = |quantity: i64| quantity as f64 * unit(product.decimals) / scale;
            let balance = self.rows.products[index];
            let price = product.import_price as f64 * unit(WEIGHT_DECIMALS);
            let cost = (self.rows.goals[&Goal::Imports], scale * price / scales.goal(Goal::Imports));
            let import = self.model().add_col(0.0, 0.0..=size(product.import_limit), [(balance, -1.0), cost]);
            self.imports.push(import);
            let stock = self.model().add_col(0.0, 0.0..=size(product.stock), [(balance, -1.0)]);
            self.stock.push(stock);
        }
    }

    /// A column for each need, and for each tier one that gives all its needs alike. While a tier's common
    /// fulfilment is sought, that column stands for all its needs but those with a minimum of their own; in every
    /// other stage it is nought.
    fn add_needs(&mut self, economy: &Economy, scales: &Scales) {
        let mut commons: BTreeMap<u8, BTreeMap<usize, f64>> = BTreeMap::new();
        let mut links: BTreeMap<u8, Vec<(Row, f64)>> = BTreeMap::new();
        for (index, need) in economy.needs.iter().enumerate() {
            let share = |flow: &Flow| {
                let product = flow.of as usize;
                let quantity = flow.quantity as f64 * unit(economy.products[product].decimals);
                (product, quantity / scales.products[product])
            };
            let bundle: Vec<(usize, f64)> = need.bundle.iter().map(share).collect();
            let mut column: Vec<(Row, f64)> =
                bundle.iter().map(|&(product, share)| (self.rows.products[product], share)).collect();
            let common = commons.entry(need.tier).or_default();
            match self.rows.commons[index] {
                Some(link) => {
                    column.push((link, -1.0));
                    links.entry(need.tier).or_default().push((link, 1.0));
                }
                None => {
                    bundle.iter().for_each(|&(product, share)| *common.entry(product).or_default() += share)
                }
            }
            let goal = Goal::Weighted(need.tier);
            let weight = need.weight as f64 * unit(WEIGHT_DECIMALS) / scales.goal(goal);
            column.push((self.rows.goals[&goal], -weight));
            column.retain(|(_, coefficient)| coefficient.abs() > LEAST_COEFFICIENT);
            let least = need.minimum as f64 / FULFILMENT_ONE as f64;
            let fulfilment = self.model().add_col(0.0, least..=1.0, column);
            self.needs.push(NeedColumn { column: fulfilment, tier: need.tier, minimum: least });
        }
        for (tier, common) in commons {
            let mut column: Vec<(Row, f64)> =
                common.into_iter().map(|(product, share)| (self.rows.products[product], share)).collect();
            column.extend(links.remove(&tier).unwrap_or_default());
            let common = self.model().add_col(0.0, 0.0..=0.0, column);
            self.goals.insert(Goal::Common(tier), common);
        }
    }

    /// Lets the needs of a tier lie between `least` (or their own minimum) and 1.
    fn bound_needs(&mut self, tier: u8, least: f64) {
        for at in 0..self.needs.len() {
            let need = self.needs[at];
            if need.tier == tier {
                self.model().change_column_bounds(need.column, least.max(need.minimum)..=1.0);
            }
        }
    }

    /// Makes the tier's common column stand for its needs.
    fn seek_common(&mut self, tier: u8) {
        for at in 0..self.needs.len() {
            let need = self.needs[at];
            if need.tier == tier && need.minimum == 0.0 {
                self.model().change_column_bounds(need.column, 0.0..=0.0);
            }
        }
        let common = self.goals[&Goal::Common(tier)];
        self.model().change_column_bounds(common, 0.0..=1.0);
    }

    /// Solves one stage, with what was held before.
    pub(crate) fn solve(&mut self, goal: Goal) -> Result<Solution, Unsolved> {
        let Some(&column) = self.goals.get(&goal) else {
            return Err(Unsolved::Named(SolveError::Goals(format!(
                "no need is of the tier of stage `{goal}`"
            ))));
        };
        if let Some(last) = self.maximised.replace(goal) {
            let last = self.goals[&last];
            self.model().change_column_cost(last, 0.0);
        }
        self.model().change_column_cost(column, 1.0);
        if let Goal::Common(tier) = goal {
            self.seek_common(tier);
        }
        let model = self.model.take().expect("the model is put back after each stage");
        let solved = run_persistently(model, goal, self.method)?;
        let outcome = match solved.status() {
            HighsModelStatus::Optimal => Ok(self.read(goal, &solved)),
            HighsModelStatus::Infeasible | HighsModelStatus::UnboundedOrInfeasible => {
                Err(Unsolved::Infeasible)
            }
            HighsModelStatus::Unbounded => Err(Unsolved::Named(SolveError::Unbounded(goal))),
            HighsModelStatus::ReachedTimeLimit => {
                Err(Unsolved::Named(SolveError::Limit(goal, self.limit_s.unwrap_or(0.0))))
            }
            // Prices that are not quite the best bound less tightly, and no less truly.
            _ if self.method == Method::Blocks && nearly_feasible(&solved) => Ok(self.read(goal, &solved)),
            status => Err(Unsolved::Stuck { goal, status: format!("{status:?}") }),
        };
        self.model = Some(solved.into());
        outcome
    }

    fn read(&self, goal: Goal, solved: &SolvedModel) -> Solution {
        let found = solved.get_solution();
        let columns = found.columns();
        let values = |list: &[Col]| list.iter().map(|column| columns[column.index()]).collect::<Vec<f64>>();
        let common = columns[self.goals[&goal].index()];
        let price = |number: usize| found.dual_rows()[number].max(0.0);
        let numbers = &self.rows.numbers;
        let earlier = |goal: &Goal| numbers.goals.get(goal).map_or(0.0, |&number| price(number));
        Solution {
            value: columns[self.goals[&goal].index()],
            primal: Primal {
                levels: (0..self.levels.len()).map(|at| self.level(at, columns)).collect(),
                imports: values(&self.imports),
                stock: values(&self.stock),
                fulfilments: self.needs.iter().map(|need| need.fulfilment(goal, columns, common)).collect(),
            },
            duals: Duals {
                products: (0..self.rows.products.len()).map(|row| price(numbers.products + row)).collect(),
                grades: (0..self.rows.grades.len()).map(|row| price(numbers.grades + row)).collect(),
                satellites: numbers.satellites.iter().map(|number| number.map_or(0.0, price)).collect(),
                earlier: self.held.iter().map(earlier).collect(),
            },
        }
    }

    fn level(&self, at: usize, columns: &[f64]) -> f64 {
        let (column, scale) = self.levels[at];
        let raised = columns[column.index()] / scale;
        let Some(&(before, lowering)) = self.before.get(at) else { return raised };
        before + raised - lowering.map_or(0.0, |column| columns[column.index()] / scale)
    }

    /// Holds later stages to what this one reached, less a share `give` of it. Returns what is held, scaled and
    /// turned so that more is better. A tier that can be met in full is held to that without give.
    pub(crate) fn hold(&mut self, goal: Goal, value: f64, give: f64) -> f64 {
        let small = if self.method == Method::Blocks { SMALL_IN_ROUNDS } else { SMALL };
        let tier_is_full = value >= 1.0 - FULL;
        let least = match goal {
            Goal::Common(_) if tier_is_full => 1.0,
            // A fulfilment that a plan can have: rounding would else lose a hair of it, which later stages may make
            // much of.
            Goal::Common(_) if self.method == Method::Blocks => {
                let places = FULFILMENT_ONE as f64;
                ((value - give * value.max(small)).max(0.0) * places).floor() / places
            }
            Goal::Common(_) => (value - give * value.max(small)).max(0.0),
            Goal::Weighted(tier) if self.full.contains(&tier) => value,
            _ => value - give * value.abs().max(small),
        };
        let column = self.goals[&goal];
        match goal {
            Goal::Common(tier) => {
                self.model().change_column_bounds(column, 0.0..=0.0);
                self.bound_needs(tier, least);
                if tier_is_full {
                    self.full.push(tier);
                }
            }
            // All its needs are held at 1 already.
            Goal::Weighted(tier) if self.full.contains(&tier) => {}
            _ => self.model().change_column_bounds(column, least..),
        }
        self.held.push(goal);
        least
    }

    /// Lets go of every stage held, for the next round.
    pub(crate) fn release(&mut self) {
        self.full.clear();
        for goal in std::mem::take(&mut self.held) {
            let column = self.goals[&goal];
            match goal {
                Goal::Common(tier) => {
                    self.model().change_column_bounds(column, 0.0..=0.0);
                    self.bound_needs(tier, 0.0);
                }
                _ => self.model().change_column_bounds(column, f64::NEG_INFINITY..),
            }
        }
    }
}

impl Rows {
    fn add(problem: &mut ColProblem, economy: &Economy, scales: &Scales, owners: usize) -> Self {
        let mut count = 0;
        let mut add = |most: f64| {
            count += 1;
            (problem.add_row(..=most), count - 1)
        };
        let products: Vec<(Row, usize)> = economy
            .products
            .iter()
            .zip(&scales.products)
            // Uses less supply are at most what is not owed.
            .map(|(product, scale)| add(-(product.exports as f64) * unit(product.decimals) / scale))
            .collect();
        let grades: Vec<(Row, usize)> =
            economy.grades.iter().map(|grade| add(if grade.available > 0 { 1.0 } else { 0.0 })).collect();
        let satellites: Vec<Option<(Row, usize)>> = economy
            .satellites
            .iter()
            .map(|row| row.ceiling.map(|ceiling| add(if ceiling > 0 { 1.0 } else { 0.0 })))
            .collect();
        let commons = economy.needs.iter().map(|need| (need.minimum > 0).then(|| add(0.0).0)).collect();
        let weighted = economy.tiers().into_iter().map(Goal::Weighted);
        let goals: BTreeMap<Goal, (Row, usize)> = weighted
            .chain([Goal::Change, Goal::Labour, Goal::Imports])
            .map(|goal| (goal, add(0.0)))
            .collect();
        let owners: Vec<(Row, usize)> = (0..owners).map(|_| add(1.0)).collect();
        let first = |rows: &[(Row, usize)]| rows.first().map_or(0, |(_, number)| *number);
        let numbers = RowNumbers {
            products: first(&products),
            grades: first(&grades),
            satellites: satellites.iter().map(|row| row.map(|(_, number)| number)).collect(),
            goals: goals.iter().map(|(&goal, (_, number))| (goal, *number)).collect(),
        };
        let handles = |rows: Vec<(Row, usize)>| rows.into_iter().map(|(row, _)| row).collect();
        Self {
            products: handles(products),
            grades: handles(grades),
            satellites: satellites.into_iter().map(|row| row.map(|(row, _)| row)).collect(),
            commons,
            goals: goals.into_iter().map(|(goal, (row, _))| (goal, row)).collect(),
            owners: handles(owners),
            numbers,
        }
    }
}

/// How to solve, by what the columns are. With activities as columns the dual simplex takes fewest iterations.
/// Between rounds the last plan stays feasible while proposals are added, and from stage to stage while blocks stay,
/// which suits the primal one: it was three times as fast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    Activities,
    Proposals,
    Blocks,
}

impl Method {
    /// Ways to solve, each tried where the solver gives up on the one before: from the last basis; with its usual
    /// tolerance, since rounding is mended afterwards anyway; without presolve; by the other simplex; by the
    /// interior point method with its crossover.
    fn ways(self) -> Vec<Way> {
        let way = |tolerance, presolve, simplex, solver, perturbed| Way {
            tolerance,
            presolve,
            simplex,
            solver,
            perturbed,
        };
        let (first, other) = match self {
            Self::Activities => (DUAL, PRIMAL),
            Self::Proposals | Self::Blocks => (PRIMAL, DUAL),
        };
        let mut ways = vec![
            way(1e-9, "choose", first, "choose", true),
            way(1e-7, "choose", first, "choose", true),
            way(1e-7, "off", first, "choose", true),
            way(1e-7, "off", other, "choose", true),
            way(1e-7, "choose", first, "ipm", true),
        ];
        // Once the solver takes back its perturbation of bounds, a plan of blocks was seen to miss them by a thousandth;
        // without it, it takes more iterations and arrives.
        if self == Self::Blocks {
            ways.insert(1, way(1e-9, "off", first, "choose", false));
        }
        ways
    }
}

/// HiGHS' numbers for its simplex methods.
const DUAL: i32 = 1;
const PRIMAL: i32 = 4;

/// Settings of HiGHS, by its own names.
struct Way {
    tolerance: f64,
    presolve: &'static str,
    simplex: i32,
    solver: &'static str,
    /// Whether the primal simplex may move bounds a little so as not to stand still.
    perturbed: bool,
}

fn run_persistently(mut model: Model, goal: Goal, method: Method) -> Result<SolvedModel, Unsolved> {
    let mut ways = method.ways().into_iter();
    loop {
        if let Some(way) = ways.next() {
            model.set_option("primal_feasibility_tolerance", way.tolerance);
            model.set_option("dual_feasibility_tolerance", way.tolerance);
            model.set_option("presolve", way.presolve);
            model.set_option("simplex_strategy", way.simplex);
            model.set_option("solver", way.solver);
            let perturbation = if way.perturbed { 1.0 } else { 0.0 };
            model.set_option("primal_simplex_bound_perturbation_multiplier", perturbation);
        }
        let solved = run(model, goal)?;
        let gave_up = matches!(solved.status(), HighsModelStatus::Unknown | HighsModelStatus::SolveError);
        let mendable = method == Method::Blocks && nearly_feasible(&solved);
        if !gave_up || mendable || ways.len() == 0 {
            return Ok(solved);
        }
        model = solved.into();
    }
}

/// Rows and bounds that are violated by less than this, as a share of a product's supply, are kept well enough for
/// rounding to mend.
const MENDABLE: f64 = 1e-6;

fn nearly_feasible(solved: &SolvedModel) -> bool {
    solved.double_info_value(c"max_primal_infeasibility").is_ok_and(|most| most <= MENDABLE)
}

fn run(model: Model, goal: Goal) -> Result<SolvedModel, Unsolved> {
    model
        .try_solve()
        .map_err(|status| Unsolved::Named(SolveError::Solver { goal, status: format!("{status:?}") }))
}

/// By product, whether any of it can be had: from abroad, from stock, or from an activity all of whose inputs can be had.
/// Products that are made of each other are counted in; whether they use each other up is not looked at.
fn can_be_had(economy: &Economy) -> Vec<bool> {
    let fetched = |product: &crate::Product| product.import_limit > 0 || product.stock > 0;
    let mut can: Vec<bool> = vec![true; economy.products.len()];
    loop {
        let mut now: Vec<bool> = economy.products.iter().map(fetched).collect();
        let runs = |activity: &&Activity| activity.inputs.iter().all(|input| can[input.of as usize]);
        let made = economy.activities.iter().filter(runs).flat_map(|activity| &activity.outputs);
        made.for_each(|output| now[output.of as usize] = true);
        if now == can {
            return can;
        }
        can = now;
    }
}

/// Input less output by product: what an activity takes from the balance, once for products that it both makes
/// and uses.
pub(crate) fn net_use(outputs: &[Flow], inputs: &[Flow]) -> BTreeMap<usize, i64> {
    let mut net = BTreeMap::new();
    outputs.iter().for_each(|flow| *net.entry(flow.of as usize).or_default() -= flow.quantity);
    inputs.iter().for_each(|flow| *net.entry(flow.of as usize).or_default() += flow.quantity);
    net
}

fn set_options(model: &mut Model, options: &Options) {
    model.make_quiet();
    model.set_option("threads", 1);
    model.set_option("random_seed", 1);
    model.set_option("small_matrix_value", LEAST_COEFFICIENT);
    // Rows and columns are scaled above; a second scaling cost more iterations than it saved.
    model.set_option("simplex_scale_strategy", 0);
    if let Some(limit_s) = options.limit_s {
        model.set_option("time_limit", limit_s);
    }
}
