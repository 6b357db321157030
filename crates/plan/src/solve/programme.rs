//! The economy as a linear program in floating point, scaled so that a solver finds its way.
//!
//! Every product's row is divided by the product's supply in the base year, labour by what there is of it, goals
//! by their natural size. In unscaled money the solver was seen to stop eight per cent away from the optimum.

use super::{Options, SolveError};
use crate::economy::{Economy, FULFILMENT_ONE, Flow, LEVEL_ONE, WEIGHT_DECIMALS};
use crate::plan::Goal;
use highs::{Col, HighsModelStatus, Model, RowProblem, Sense, SolvedModel};
use std::collections::BTreeMap;

/// By what each row, column and goal is divided. All above nought; quantities in whole units.
pub(crate) struct Scales {
    /// By product: supply at level 1 with all imports and stock.
    pub(crate) products: Vec<f64>,
    /// By grade: labour there is.
    pub(crate) grades: Vec<f64>,
    /// By satellite row: the ceiling, 1 where there is none.
    pub(crate) satellites: Vec<f64>,
    /// By tier: the sum of weights.
    weights: BTreeMap<u8, f64>,
    labour: f64,
    imports: f64,
}

/// 10^−`decimals`.
pub(crate) fn unit(decimals: u32) -> f64 {
    10f64.powi(-(decimals as i32))
}

fn above_nought(size: f64) -> f64 {
    if size > 0.0 { size } else { 1.0 }
}

impl Scales {
    pub(crate) fn of(economy: &Economy) -> Self {
        let mut products: Vec<f64> = economy
            .products
            .iter()
            .map(|product| (product.import_limit + product.stock) as f64 * unit(product.decimals))
            .collect();
        for activity in &economy.activities {
            for output in &activity.outputs {
                let index = output.of as usize;
                products[index] += output.quantity as f64 * unit(economy.products[index].decimals);
            }
        }
        let prices = economy.products.iter().map(|product| {
            let limit = product.import_limit as f64 * unit(product.decimals);
            limit * product.import_price as f64 * unit(WEIGHT_DECIMALS)
        });
        let labour_unit = unit(economy.labour_decimals);
        let grades: Vec<f64> =
            economy.grades.iter().map(|grade| grade.available as f64 * labour_unit).collect();
        let mut weights: BTreeMap<u8, f64> = BTreeMap::new();
        for need in &economy.needs {
            *weights.entry(need.tier).or_default() += need.weight as f64 * unit(WEIGHT_DECIMALS);
        }
        let ceiling = |row: &crate::Satellite| {
            row.ceiling.map_or(1.0, |ceiling| above_nought(ceiling as f64 * unit(row.decimals)))
        };
        Self {
            labour: above_nought(grades.iter().sum()),
            imports: above_nought(prices.sum()),
            products: products.into_iter().map(above_nought).collect(),
            grades: grades.into_iter().map(above_nought).collect(),
            satellites: economy.satellites.iter().map(ceiling).collect(),
            weights: weights.into_iter().map(|(tier, sum)| (tier, above_nought(sum))).collect(),
        }
    }

    /// The natural size of a goal, in its own unit.
    pub(crate) fn goal(&self, goal: Goal) -> f64 {
        match goal {
            Goal::Common(_) => 1.0,
            Goal::Weighted(tier) => self.weights.get(&tier).copied().unwrap_or(1.0),
            Goal::Labour => self.labour,
            Goal::Imports => self.imports,
        }
    }
}

/// A solver's answer for all variables, unrounded: levels and fulfilments as shares, imports and stock as shares
/// of the product's scale.
pub(crate) struct Primal {
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
pub(super) struct Solution {
    /// The goal's value, scaled, and turned so that more is better.
    pub(super) value: f64,
    pub(super) primal: Primal,
    pub(super) duals: Duals,
}

/// Why a stage was not solved.
pub(super) enum Unsolved {
    Infeasible,
    Stuck { goal: Goal, status: String },
    Named(SolveError),
}

/// The linear program of an economy, kept with its last basis between the stages.
pub(super) struct Programme {
    model: Option<Model>,
    limit_s: Option<f64>,
    /// With each column, by what the level is multiplied in it.
    levels: Vec<(Col, f64)>,
    imports: Vec<Col>,
    stock: Vec<Col>,
    fulfilments: Vec<Col>,
    commons: BTreeMap<u8, Col>,
    products: Vec<usize>,
    grades: Vec<usize>,
    satellites: Vec<Option<usize>>,
    /// The row that holds each stage solved so far; none for common fulfilments, which become bounds.
    held: Vec<Option<usize>>,
    /// Costs of each goal, scaled, and turned so that more is better.
    costs: BTreeMap<Goal, Vec<(Col, f64)>>,
    goal_in_costs: Option<Goal>,
    /// Tiers whose common fulfilment is full.
    full: Vec<u8>,
    rows: usize,
}

/// Of a goal's natural size: below it, give is a share of this, so that a goal near nought leaves some room too.
const SMALL: f64 = 0.05;

/// A fulfilment nearer to 1 than this is full.
const FULL: f64 = 1e-9;

impl Programme {
    pub(super) fn new(economy: &Economy, scales: &Scales, margin: f64, options: &Options) -> Self {
        Builder::new(economy, scales).build(margin, options)
    }

    /// Solves one stage, with what was held before.
    pub(super) fn solve(&mut self, goal: Goal) -> Result<Solution, Unsolved> {
        let Some(costs) = self.costs.get(&goal) else {
            return Err(Unsolved::Named(SolveError::Goals(format!(
                "no need is of the tier of stage `{goal}`"
            ))));
        };
        let mut model = self.model.take().expect("the model is put back after each stage");
        if let Some(last) = self.goal_in_costs.replace(goal) {
            self.costs[&last].iter().for_each(|&(column, _)| model.change_column_cost(column, 0.0));
        }
        costs.iter().for_each(|&(column, cost)| model.change_column_cost(column, cost));
        let solved = run_persistently(model, goal)?;
        match solved.status() {
            HighsModelStatus::Optimal => {}
            HighsModelStatus::Infeasible | HighsModelStatus::UnboundedOrInfeasible => {
                return Err(Unsolved::Infeasible);
            }
            HighsModelStatus::Unbounded => return Err(Unsolved::Named(SolveError::Unbounded(goal))),
            HighsModelStatus::ReachedTimeLimit => {
                return Err(Unsolved::Named(SolveError::Limit(goal, self.limit_s.unwrap_or(0.0))));
            }
            status => {
                return Err(Unsolved::Named(SolveError::Solver { goal, status: format!("{status:?}") }));
            }
        }
        let solution = self.read(goal, &solved);
        self.model = Some(solved.into());
        Ok(solution)
    }

    fn read(&self, goal: Goal, solved: &SolvedModel) -> Solution {
        let found = solved.get_solution();
        let columns = found.columns();
        let values = |list: &[Col]| list.iter().map(|column| columns[column.index()]).collect::<Vec<f64>>();
        let price = |row: usize| found.dual_rows()[row].max(0.0);
        let prices = |rows: &[usize]| rows.iter().map(|&row| price(row)).collect::<Vec<f64>>();
        let perhaps =
            |rows: &[Option<usize>]| rows.iter().map(|row| row.map_or(0.0, price)).collect::<Vec<f64>>();
        Solution {
            value: self.costs[&goal].iter().map(|(column, cost)| cost * columns[column.index()]).sum(),
            primal: Primal {
                levels: self.levels.iter().map(|(column, scale)| columns[column.index()] / scale).collect(),
                imports: values(&self.imports),
                stock: values(&self.stock),
                fulfilments: values(&self.fulfilments),
            },
            duals: Duals {
                products: prices(&self.products),
                grades: prices(&self.grades),
                satellites: perhaps(&self.satellites),
                earlier: perhaps(&self.held),
            },
        }
    }

    /// Holds later stages to what this one reached, less a share `give` of it.
    pub(super) fn hold(&mut self, goal: Goal, value: f64, give: f64) {
        let model = self.model.as_mut().expect("the model is put back after each stage");
        // A tier that can be met in full is held to that without give: its needs become fixed.
        let full = value >= 1.0 - FULL;
        let least = if full { value.min(1.0) } else { value - give * value.abs().max(SMALL) };
        match goal {
            Goal::Common(tier) => {
                let least = if full { 1.0 } else { least.max(0.0) };
                model.change_column_bounds(self.commons[&tier], least..=1.0);
                self.held.push(None);
            }
            Goal::Weighted(tier) if full && self.full.contains(&tier) => self.held.push(None),
            _ => {
                let against: Vec<(Col, f64)> =
                    self.costs[&goal].iter().map(|&(column, cost)| (column, -cost)).collect();
                model.add_row(..=-least, against);
                self.held.push(Some(self.rows));
                self.rows += 1;
            }
        }
        if let (Goal::Common(tier), true) = (goal, full) {
            self.full.push(tier);
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

/// Gathers columns and rows before the solver sees them.
struct Builder<'a> {
    economy: &'a Economy,
    scales: &'a Scales,
    problem: RowProblem,
    rows_of_products: Vec<Vec<(Col, f64)>>,
    rows_of_grades: Vec<Vec<(Col, f64)>>,
    rows_of_satellites: Vec<Vec<(Col, f64)>>,
    costs: BTreeMap<Goal, Vec<(Col, f64)>>,
}

impl<'a> Builder<'a> {
    fn new(economy: &'a Economy, scales: &'a Scales) -> Self {
        Self {
            economy,
            scales,
            problem: RowProblem::new(),
            rows_of_products: vec![Vec::new(); economy.products.len()],
            rows_of_grades: vec![Vec::new(); economy.grades.len()],
            rows_of_satellites: vec![Vec::new(); economy.satellites.len()],
            costs: BTreeMap::from([(Goal::Labour, Vec::new()), (Goal::Imports, Vec::new())]),
        }
    }

    fn build(mut self, margin: f64, options: &Options) -> Programme {
        let levels = self.add_levels();
        let (imports, stock) = self.add_imports_and_stock();
        let fulfilments = self.add_fulfilments();
        let mut rows = 0..;
        let mut next = || rows.next().expect("rows are fewer than numbers");
        let mut products = Vec::new();
        for (index, row) in self.rows_of_products.iter().enumerate() {
            let product = &self.economy.products[index];
            let owed = product.exports as f64 * unit(product.decimals) / self.scales.products[index];
            // Each row says: uses less supply are at most what is not owed.
            self.problem.add_row(..=-owed - margin, row);
            products.push(next());
        }
        let mut grades = Vec::new();
        for row in &self.rows_of_grades {
            self.problem.add_row(..=1.0 - margin, row);
            grades.push(next());
        }
        let mut satellites = vec![None; self.economy.satellites.len()];
        for (index, row) in self.rows_of_satellites.iter().enumerate() {
            if let Some(ceiling) = self.economy.satellites[index].ceiling {
                let share = if ceiling > 0 { 1.0 - margin } else { 0.0 };
                self.problem.add_row(..=share, row);
                satellites[index] = Some(next());
            }
        }
        let commons = self.add_commons(&fulfilments, &mut next);
        let mut model = self.problem.optimise(Sense::Maximise);
        set_options(&mut model, options);
        Programme {
            model: Some(model),
            limit_s: options.limit_s,
            levels,
            imports,
            stock,
            fulfilments,
            commons,
            products,
            grades,
            satellites,
            held: Vec::new(),
            costs: self.costs,
            goal_in_costs: None,
            full: Vec::new(),
            rows: next(),
        }
    }

    /// A column for each activity, multiplied so that its largest share of any product's supply is 1: the solver
    /// drops what it thinks too small to matter, and a small workplace's inputs matter to the balance.
    fn add_levels(&mut self) -> Vec<(Col, f64)> {
        let economy = self.economy;
        let labour_unit = unit(economy.labour_decimals);
        let mut columns = Vec::with_capacity(economy.activities.len());
        for activity in &economy.activities {
            let shares: Vec<(usize, f64)> = net_use(&activity.outputs, &activity.inputs)
                .into_iter()
                .map(|(product, quantity)| {
                    let quantity = quantity as f64 * unit(economy.products[product].decimals);
                    (product, quantity / self.scales.products[product])
                })
                .collect();
            let scale =
                above_nought(shares.iter().fold(0.0, |largest: f64, (_, share)| largest.max(share.abs())));
            let column =
                self.problem.add_column(0.0, 0.0..=activity.capacity as f64 / LEVEL_ONE as f64 * scale);
            for (product, share) in shares {
                self.rows_of_products[product].push((column, share / scale));
            }
            let mut labour = 0.0;
            for hours in &activity.labour {
                let index = hours.of as usize;
                let quantity = hours.quantity as f64 * labour_unit / scale;
                self.rows_of_grades[index].push((column, quantity / self.scales.grades[index]));
                labour += quantity;
            }
            self.cost(Goal::Labour, column, -labour);
            for load in &activity.satellites {
                let index = load.of as usize;
                let quantity = load.quantity as f64 * unit(economy.satellites[index].decimals) / scale;
                self.rows_of_satellites[index].push((column, quantity / self.scales.satellites[index]));
            }
            columns.push((column, scale));
        }
        columns
    }

    fn add_imports_and_stock(&mut self) -> (Vec<Col>, Vec<Col>) {
        let (mut imports, mut stock) = (Vec::new(), Vec::new());
        for (index, product) in self.economy.products.iter().enumerate() {
            let scale = self.scales.products[index];
            let size = |quantity: i64| quantity as f64 * unit(product.decimals) / scale;
            let import = self.problem.add_column(0.0, 0.0..=size(product.import_limit));
            let drawn = self.problem.add_column(0.0, 0.0..=size(product.stock));
            self.rows_of_products[index].extend([(import, -1.0), (drawn, -1.0)]);
            self.cost(Goal::Imports, import, -scale * product.import_price as f64 * unit(WEIGHT_DECIMALS));
            imports.push(import);
            stock.push(drawn);
        }
        (imports, stock)
    }

    fn add_fulfilments(&mut self) -> Vec<Col> {
        let economy = self.economy;
        let mut columns = Vec::new();
        for need in &economy.needs {
            let column = self.problem.add_column(0.0, need.minimum as f64 / FULFILMENT_ONE as f64..=1.0);
            for flow in &need.bundle {
                let product = flow.of as usize;
                let quantity = flow.quantity as f64 * unit(economy.products[product].decimals);
                self.rows_of_products[product].push((column, quantity / self.scales.products[product]));
            }
            self.cost(Goal::Weighted(need.tier), column, need.weight as f64 * unit(WEIGHT_DECIMALS));
            columns.push(column);
        }
        columns
    }

    /// For each tier a common fulfilment, and for each need a row: it is not below the common one.
    fn add_commons(&mut self, fulfilments: &[Col], next: &mut impl FnMut() -> usize) -> BTreeMap<u8, Col> {
        let mut commons = BTreeMap::new();
        for tier in self.economy.tiers() {
            let common = self.problem.add_column(0.0, 0.0..=1.0);
            self.cost(Goal::Common(tier), common, 1.0);
            commons.insert(tier, common);
        }
        for (need, &fulfilment) in self.economy.needs.iter().zip(fulfilments) {
            self.problem.add_row(..=0.0, [(commons[&need.tier], 1.0), (fulfilment, -1.0)]);
            next();
        }
        commons
    }

    fn cost(&mut self, goal: Goal, column: Col, cost: f64) {
        let scaled = cost / self.scales.goal(goal);
        let costs = self.costs.entry(goal).or_default();
        if scaled != 0.0 {
            costs.push((column, scaled));
        }
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

    // Rows and columns are scaled above; a second scaling cost more iterations than it saved.
    model.set_option("simplex_scale_strategy", 0);
    if let Some(limit_s) = options.limit_s {
        model.set_option("time_limit", limit_s);
    }
}
