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

/// A fulfilment nearer to 1 than this is full.
const FULL: f64 = 1e-9;

/// Coefficients below this are left out of the program.
const LEAST_COEFFICIENT: f64 = 1e-12;

/// The linear program of an economy.
pub(crate) struct Programme {
    model: Option<Model>,
    limit_s: Option<f64>,
    rows: Rows,
    /// With each column, by what its variable is multiplied in it.
    levels: Vec<(Col, f64)>,
    imports: Vec<Col>,
    stock: Vec<Col>,
    fulfilments: Vec<Col>,
    /// The column that holds each goal's value.
    goals: BTreeMap<Goal, Col>,
    maximised: Option<Goal>,
    /// Stages held so far, in order.
    held: Vec<Goal>,
    /// Tiers held at full common fulfilment.
    full: Vec<u8>,
}

/// The rows, numbered in the order in which they were added.
struct Rows {
    products: Vec<Row>,
    grades: Vec<Row>,
    satellites: Vec<Option<Row>>,
    commons: Vec<Row>,
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
    fn of(economy: &Economy, activity: &Activity) -> Self {
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
    pub(crate) fn new(
        economy: &Economy,
        scales: &Scales,
        margin: f64,
        owners: usize,
        options: &Options,
    ) -> Self {
        let mut problem = ColProblem::new();
        let rows = Rows::add(&mut problem, economy, scales, margin, owners);
        let mut model = problem.optimise(Sense::Maximise);
        set_options(&mut model, options);
        let mut programme = Self {
            model: Some(model),
            limit_s: options.limit_s,
            rows,
            levels: Vec::new(),
            imports: Vec::new(),
            stock: Vec::new(),
            fulfilments: Vec::new(),
            goals: BTreeMap::new(),
            maximised: None,
            held: Vec::new(),
            full: Vec::new(),
        };
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

    /// Adds a column multiplied so that its largest share of any product's supply is 1: the solver drops what it
    /// thinks too small to matter, and a small workplace's inputs matter to the balance.
    fn add_level(&mut self, entries: &Entries, capacity: f64, owner: Option<usize>, scales: &Scales) {
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
        let added = self.model().add_col(0.0, 0.0..=capacity * scale, column);
        self.levels.push((added, scale));
    }

    fn model(&mut self) -> &mut Model {
        self.model.as_mut().expect("the model is put back after each stage")
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

    /// A column for each need, and for each tier one that is a lower limit of all its needs.
    fn add_needs(&mut self, economy: &Economy, scales: &Scales) {
        let mut commons: BTreeMap<u8, Vec<(Row, f64)>> = BTreeMap::new();
        for (index, need) in economy.needs.iter().enumerate() {
            let link = self.rows.commons[index];
            let mut column: Vec<(Row, f64)> = vec![(link, -1.0)];
            for flow in &need.bundle {
                let product = flow.of as usize;
                let quantity = flow.quantity as f64 * unit(economy.products[product].decimals);
                column.push((self.rows.products[product], quantity / scales.products[product]));
            }
            let goal = Goal::Weighted(need.tier);
            let weight = need.weight as f64 * unit(WEIGHT_DECIMALS) / scales.goal(goal);
            column.push((self.rows.goals[&goal], -weight));
            let least = need.minimum as f64 / FULFILMENT_ONE as f64;
            let fulfilment = self.model().add_col(0.0, least..=1.0, column);
            self.fulfilments.push(fulfilment);
            commons.entry(need.tier).or_default().push((link, 1.0));
        }
        for (tier, links) in commons {
            let common = self.model().add_col(0.0, 0.0..=1.0, links);
            self.goals.insert(Goal::Common(tier), common);
        }
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
        let model = self.model.take().expect("the model is put back after each stage");
        let solved = run_persistently(model, goal)?;
        let outcome = match solved.status() {
            HighsModelStatus::Optimal => Ok(self.read(goal, &solved)),
            HighsModelStatus::Infeasible | HighsModelStatus::UnboundedOrInfeasible => {
                Err(Unsolved::Infeasible)
            }
            HighsModelStatus::Unbounded => Err(Unsolved::Named(SolveError::Unbounded(goal))),
            HighsModelStatus::ReachedTimeLimit => {
                Err(Unsolved::Named(SolveError::Limit(goal, self.limit_s.unwrap_or(0.0))))
            }
            status => Err(Unsolved::Stuck { goal, status: format!("{status:?}") }),
        };
        self.model = Some(solved.into());
        outcome
    }

    fn read(&self, goal: Goal, solved: &SolvedModel) -> Solution {
        let found = solved.get_solution();
        let columns = found.columns();
        let values = |list: &[Col]| list.iter().map(|column| columns[column.index()]).collect::<Vec<f64>>();
        let price = |number: usize| found.dual_rows()[number].max(0.0);
        let numbers = &self.rows.numbers;
        let earlier = |goal: &Goal| numbers.goals.get(goal).map_or(0.0, |&number| price(number));
        Solution {
            value: columns[self.goals[&goal].index()],
            primal: Primal {
                levels: self.levels.iter().map(|(column, scale)| columns[column.index()] / scale).collect(),
                imports: values(&self.imports),
                stock: values(&self.stock),
                fulfilments: values(&self.fulfilments),
            },
            duals: Duals {
                products: (0..self.rows.products.len()).map(|row| price(numbers.products + row)).collect(),
                grades: (0..self.rows.grades.len()).map(|row| price(numbers.grades + row)).collect(),
                satellites: numbers.satellites.iter().map(|number| number.map_or(0.0, price)).collect(),
                earlier: self.held.iter().map(earlier).collect(),
            },
        }
    }

    /// Holds later stages to what this one reached, less a share `give` of it. Returns what is held, scaled and
    /// turned so that more is better. A tier that can be met in full is held to that without give.
    pub(crate) fn hold(&mut self, goal: Goal, value: f64, give: f64) -> f64 {
        let tier_is_full = value >= 1.0 - FULL;
        let least = match goal {
            Goal::Common(_) if tier_is_full => 1.0,
            Goal::Common(_) => (value - give * value.max(SMALL)).max(0.0),
            Goal::Weighted(tier) if self.full.contains(&tier) => f64::NEG_INFINITY,
            _ => value - give * value.abs().max(SMALL),
        };
        let column = self.goals[&goal];
        match goal {
            Goal::Common(tier) => {
                self.model().change_column_bounds(column, least..=1.0);
                if tier_is_full {
                    self.full.push(tier);
                }
            }
            _ => self.model().change_column_bounds(column, least..),
        }
        self.held.push(goal);
        if least.is_finite() { least } else { value }
    }

    /// Lets go of every stage held, for the next round.
    pub(crate) fn release(&mut self) {
        self.full.clear();
        for goal in std::mem::take(&mut self.held) {
            let column = self.goals[&goal];
            match goal {
                Goal::Common(_) => self.model().change_column_bounds(column, 0.0..=1.0),
                _ => self.model().change_column_bounds(column, f64::NEG_INFINITY..),
            }
        }
    }
}

impl Rows {
    fn add(problem: &mut ColProblem, economy: &Economy, scales: &Scales, margin: f64, owners: usize) -> Self {
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
            .map(|(product, scale)| add(-(product.exports as f64) * unit(product.decimals) / scale - margin))
            .collect();
        let grades: Vec<(Row, usize)> = economy.grades.iter().map(|_| add(1.0 - margin)).collect();
        let satellites: Vec<Option<(Row, usize)>> = economy
            .satellites
            .iter()
            .map(|row| row.ceiling.map(|ceiling| add(if ceiling > 0 { 1.0 - margin } else { 0.0 })))
            .collect();
        let commons: Vec<(Row, usize)> = economy.needs.iter().map(|_| add(0.0)).collect();
        let weighted = economy.tiers().into_iter().map(Goal::Weighted);
        let goals: BTreeMap<Goal, (Row, usize)> =
            weighted.chain([Goal::Labour, Goal::Imports]).map(|goal| (goal, add(0.0))).collect();
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
            commons: handles(commons),
            goals: goals.into_iter().map(|(goal, (row, _))| (goal, row)).collect(),
            owners: handles(owners),
            numbers,
        }
    }
}

/// Ways to solve, each tried where the solver gives up on the one before: from the last basis; with its usual
/// tolerance, since rounding is mended afterwards anyway; without presolve; by the primal simplex; by the interior
/// point method with its crossover.
const WAYS: [Way; 5] = [
    Way { tolerance: 1e-9, presolve: "choose", simplex_strategy: 1, solver: "choose" },
    Way { tolerance: 1e-7, presolve: "choose", simplex_strategy: 1, solver: "choose" },
    Way { tolerance: 1e-7, presolve: "off", simplex_strategy: 1, solver: "choose" },
    Way { tolerance: 1e-7, presolve: "off", simplex_strategy: 4, solver: "choose" },
    Way { tolerance: 1e-7, presolve: "choose", simplex_strategy: 1, solver: "ipm" },
];

/// Settings of HiGHS, by its own names.
struct Way {
    tolerance: f64,
    presolve: &'static str,
    simplex_strategy: i32,
    solver: &'static str,
}

fn run_persistently(mut model: Model, goal: Goal) -> Result<SolvedModel, Unsolved> {
    let mut ways = WAYS.iter();
    loop {
        if let Some(way) = ways.next() {
            model.set_option("primal_feasibility_tolerance", way.tolerance);
            model.set_option("dual_feasibility_tolerance", way.tolerance);
            model.set_option("presolve", way.presolve);
            model.set_option("simplex_strategy", way.simplex_strategy);
            model.set_option("solver", way.solver);
        }
        let solved = run(model, goal)?;
        let gave_up = matches!(solved.status(), HighsModelStatus::Unknown | HighsModelStatus::SolveError);
        if !gave_up || ways.len() == 0 {
            return Ok(solved);
        }
        model = solved.into();
    }
}

fn run(model: Model, goal: Goal) -> Result<SolvedModel, Unsolved> {
    model
        .try_solve()
        .map_err(|status| Unsolved::Named(SolveError::Solver { goal, status: format!("{status:?}") }))
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
