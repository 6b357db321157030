//! One stage of an economy as a linear program for other solvers, in free MPS or LP format, and a plan's targets
//! as CSV. Numbers are exact decimals, names are kept.
//!
//! Both formats state a minimum (readers of MPS differ about maxima), so goals of fulfilment stand with their
//! sign turned. Rows of balances, labour, ceilings and earlier stages are divided by a power of ten near their size,
//! which a solver's tolerance asks for: a stage of ten million held to one ten-millionth leaves presolve no room to
//! compute in. Levels, imports, fulfilments and the goal stand in their own units.

mod names;

use crate::decimal::{Decimal, format_fixed};
use crate::economy::{Economy, FULFILMENT_ONE, Flow, LEVEL_DECIMALS, WEIGHT_DECIMALS};
use crate::plan::{Goal, Plan};
use names::encoded;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// One stage: what it is after, and the values that earlier stages hold it to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageModel<'a> {
    economy: &'a Economy,
    goal: Goal,
    held: Vec<(Goal, Decimal)>,
}

/// A row: its name, `≤` and the right side.
struct Row {
    name: String,
    most: String,
}

/// A column: its name, limits, cost and entries by row.
struct Column {
    name: String,
    least: String,
    most: String,
    cost: Decimal,
    entries: BTreeMap<usize, String>,
}

impl<'a> StageModel<'a> {
    /// The program of one stage; `held` are the earlier stages with the values that they must keep.
    pub fn new(economy: &'a Economy, goal: Goal, held: Vec<(Goal, Decimal)>) -> Self {
        Self { economy, goal, held }
    }

    /// Writes free MPS.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn write_mps(&self, out: &mut dyn Write) -> io::Result<()> {
        let (rows, columns) = self.rows_and_columns();
        writeln!(out, "* {}; {}", self.economy.name.replace(['\n', '\r'], " "), self.sense())?;
        writeln!(out, "NAME stage\nROWS\n N goal")?;
        for row in &rows {
            writeln!(out, " L {}", row.name)?;
        }
        writeln!(out, "COLUMNS")?;
        for column in &columns {
            if !column.cost.is_zero() {
                writeln!(out, " {} goal {}", column.name, column.cost)?;
            }
            for (row, entry) in &column.entries {
                writeln!(out, " {} {} {entry}", column.name, rows[*row].name)?;
            }
        }
        writeln!(out, "RHS")?;
        for row in rows.iter().filter(|row| row.most != "0") {
            writeln!(out, " rhs {} {}", row.name, row.most)?;
        }
        writeln!(out, "BOUNDS")?;
        for column in &columns {
            if column.least != "0" {
                writeln!(out, " LO bounds {} {}", column.name, column.least)?;
            }
            writeln!(out, " UP bounds {} {}", column.name, column.most)?;
        }
        writeln!(out, "ENDATA")
    }

    /// Writes the LP format (as CPLEX, GLPK, HiGHS and CBC read it).
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn write_lp(&self, out: &mut dyn Write) -> io::Result<()> {
        let (rows, columns) = self.rows_and_columns();
        writeln!(out, "\\ {}; {}", self.economy.name.replace(['\n', '\r'], " "), self.sense())?;
        writeln!(out, "Minimize\n goal:")?;
        for column in columns.iter().filter(|column| !column.cost.is_zero()) {
            writeln!(out, "  {} {}", signed(&column.cost.to_string()), column.name)?;
        }
        writeln!(out, "Subject To")?;
        let mut entries: Vec<Vec<(usize, &str)>> = vec![Vec::new(); rows.len()];
        for (index, column) in columns.iter().enumerate() {
            column.entries.iter().for_each(|(row, entry)| entries[*row].push((index, entry)));
        }
        for (row, entries) in rows.iter().zip(entries).filter(|(_, entries)| !entries.is_empty()) {
            writeln!(out, " {}:", row.name)?;
            for (column, entry) in entries {
                writeln!(out, "  {} {}", signed(entry), columns[column].name)?;
            }
            writeln!(out, "  <= {}", row.most)?;
        }
        writeln!(out, "Bounds")?;
        for column in &columns {
            writeln!(out, " {} <= {} <= {}", column.least, column.name, column.most)?;
        }
        writeln!(out, "End")
    }

    fn sense(&self) -> String {
        let sign = if self.goal.is_least() { "least value" } else { "least value of minus" };
        format!("{sign} {}", self.goal)
    }

    fn rows_and_columns(&self) -> (Vec<Row>, Vec<Column>) {
        let mut builder = Builder::new(self);
        builder.add_activities();
        builder.add_imports_and_stock();
        builder.add_needs();
        (builder.rows, builder.columns)
    }
}

fn signed(number: &str) -> String {
    match number.strip_prefix('-') {
        Some(size) => format!("- {size}"),
        None => format!("+ {number}"),
    }
}

/// How many digits stand before the point.
fn whole_digits(number: &Decimal) -> u32 {
    let text = number.abs().to_string();
    text.split('.').next().map_or(1, |whole| whole.len() as u32)
}

/// By a power of ten.
fn divided(number: &Decimal, power: u32) -> Decimal {
    number * &Decimal::new(1, power)
}

struct Builder<'a> {
    model: &'a StageModel<'a>,
    rows: Vec<Row>,
    columns: Vec<Column>,
    /// Index of the first row of each kind, and the power of ten that each row is divided by.
    powers: Vec<u32>,
    first_grade: usize,
    satellites: Vec<Option<usize>>,
    /// The row that holds each earlier stage; none for common fulfilments.
    held: Vec<(Goal, usize)>,
}

impl<'a> Builder<'a> {
    fn new(model: &'a StageModel<'a>) -> Self {
        let economy = model.economy;
        let mut builder = Self {
            model,
            rows: Vec::new(),
            columns: Vec::new(),
            powers: Vec::new(),
            first_grade: economy.products.len(),
            satellites: Vec::new(),
            held: Vec::new(),
        };
        let mut sizes: Vec<i128> =
            economy.products.iter().map(|product| i128::from(product.import_limit + product.stock)).collect();
        for output in economy.activities.iter().flat_map(|activity| &activity.outputs) {
            sizes[output.of as usize] += i128::from(output.quantity);
        }
        for (product, size) in economy.products.iter().zip(sizes) {
            let name = format!("balance.{}", encoded(&product.id));
            builder.add_row(name, -product.exports, product.decimals, size);
        }
        for grade in &economy.grades {
            let name = format!("labour.{}", encoded(&grade.id));
            builder.add_row(name, grade.available, economy.labour_decimals, i128::from(grade.available));
        }
        for row in &economy.satellites {
            let ceiling = row.ceiling.map(|ceiling| {
                let name = format!("ceiling.{}", encoded(&row.id));
                builder.add_row(name, ceiling, row.decimals, i128::from(ceiling))
            });
            builder.satellites.push(ceiling);
        }
        for (at, (goal, value)) in model.held.iter().enumerate() {
            if !matches!(goal, Goal::Common(_)) {
                let most = if goal.is_least() { value.clone() } else { -value };
                let power = whole_digits(value).saturating_sub(1);
                let most = divided(&most, power).to_string();
                builder.rows.push(Row { name: format!("held.{}", at + 1), most });
                builder.powers.push(power);
                builder.held.push((*goal, builder.rows.len() - 1));
            }
        }
        builder
    }

    /// Adds a row in units of a power of ten near `size`, and returns its index.
    fn add_row(&mut self, name: String, most: i64, decimals: u32, size: i128) -> usize {
        let digits = size.unsigned_abs().max(1).ilog10();
        let power = digits.saturating_sub(decimals);
        self.rows.push(Row { name, most: format_fixed(most, decimals + power) });
        self.powers.push(power);
        self.rows.len() - 1
    }

    fn entry(&self, row: usize, quantity: i64, decimals: u32) -> String {
        format_fixed(quantity, decimals + self.powers[row])
    }

    /// A column with its part in the goal and in the rows that hold earlier stages. `parts` says how much it adds
    /// to which goal.
    fn add_column(
        &mut self,
        name: String,
        (least, most): (String, String),
        mut entries: BTreeMap<usize, String>,
        parts: &[(Goal, Decimal)],
    ) {
        let mut cost = Decimal::zero();
        for (goal, amount) in parts {
            let turned = if goal.is_least() { amount.clone() } else { -amount };
            if *goal == self.model.goal {
                cost = turned.clone();
            }
            if let Some((_, row)) = self.held.iter().find(|(held, _)| held == goal) {
                entries.insert(*row, divided(&turned, self.powers[*row]).to_string());
            }
        }
        self.columns.push(Column { name, least, most, cost, entries });
    }

    fn add_activities(&mut self) {
        let economy = self.model.economy;
        for activity in &economy.activities {
            let mut net: BTreeMap<usize, i64> = BTreeMap::new();
            activity
                .outputs
                .iter()
                .for_each(|flow| *net.entry(flow.of as usize).or_default() -= flow.quantity);
            activity
                .inputs
                .iter()
                .for_each(|flow| *net.entry(flow.of as usize).or_default() += flow.quantity);
            let mut entries: BTreeMap<usize, String> = net
                .into_iter()
                .filter(|(_, quantity)| *quantity != 0)
                .map(|(product, quantity)| {
                    (product, self.entry(product, quantity, economy.products[product].decimals))
                })
                .collect();
            let mut labour = Decimal::zero();
            for hours in &activity.labour {
                let row = self.first_grade + hours.of as usize;
                entries.insert(row, self.entry(row, hours.quantity, economy.labour_decimals));
                labour = &labour + &Decimal::new(hours.quantity, economy.labour_decimals);
            }
            for load in &activity.satellites {
                let satellite = load.of as usize;
                if let Some(row) = self.satellites[satellite] {
                    let decimals = economy.satellites[satellite].decimals;
                    entries.insert(row, self.entry(row, load.quantity, decimals));
                }
            }
            let name = format!("level.{}", encoded(&activity.id));
            let limits = ("0".to_owned(), format_fixed(activity.capacity, LEVEL_DECIMALS));
            self.add_column(name, limits, entries, &[(Goal::Labour, labour)]);
        }
    }

    fn add_imports_and_stock(&mut self) {
        let economy = self.model.economy;
        for (index, product) in economy.products.iter().enumerate() {
            let id = encoded(&product.id);
            // Minus one whole unit, in the row's power of ten.
            let entry = Decimal::new(-1, self.powers[index]).to_string();
            let price = Decimal::new(product.import_price, WEIGHT_DECIMALS);
            for (kind, limit, parts) in [
                ("import", product.import_limit, vec![(Goal::Imports, price)]),
                ("stock", product.stock, Vec::new()),
            ] {
                if limit > 0 {
                    let limits = ("0".to_owned(), format_fixed(limit, product.decimals));
                    let entries = BTreeMap::from([(index, entry.clone())]);
                    self.add_column(format!("{kind}.{id}"), limits, entries, &parts);
                }
            }
        }
    }

    fn add_needs(&mut self) {
        let economy = self.model.economy;
        let common = match self.model.goal {
            Goal::Common(tier) => Some(tier),
            _ => None,
        };
        let mut links = BTreeMap::new();
        for need in &economy.needs {
            let mut entries = self.bundle(&need.bundle);
            if common == Some(need.tier) {
                let row = self.rows.len();
                self.rows.push(Row { name: format!("common.{}", encoded(&need.id)), most: "0".to_owned() });
                self.powers.push(0);
                entries.insert(row, "-1".to_owned());
                links.insert(row, "1".to_owned());
            }
            let settled = self.model.held.iter().find(|(goal, _)| *goal == Goal::Common(need.tier));
            let minimum = Decimal::new(need.minimum, LEVEL_DECIMALS);
            let least = settled.map_or(minimum.clone(), |(_, value)| minimum.max(value.clone()));
            let weight = Decimal::new(need.weight, WEIGHT_DECIMALS);
            let limits = (least.to_string(), format_fixed(FULFILMENT_ONE, LEVEL_DECIMALS));
            let name = format!("need.{}", encoded(&need.id));
            self.add_column(name, limits, entries, &[(Goal::Weighted(need.tier), weight)]);
        }
        if let Some(tier) = common {
            let limits = ("0".to_owned(), "1".to_owned());
            let parts = [(Goal::Common(tier), Decimal::new(1, 0))];
            self.add_column(format!("common.{tier}"), limits, links, &parts);
        }
    }

    fn bundle(&self, bundle: &[Flow]) -> BTreeMap<usize, String> {
        let entry = |flow: &Flow| {
            let product = flow.of as usize;
            (product, self.entry(product, flow.quantity, self.model.economy.products[product].decimals))
        };
        bundle.iter().map(entry).collect()
    }
}

/// Writes the targets of every workplace as CSV: `workplace,activity,product,quantity,unit`.
///
/// # Errors
///
/// Those of the writer.
pub fn write_targets(economy: &Economy, plan: &Plan, out: &mut dyn Write) -> io::Result<()> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(["workplace", "activity", "product", "quantity", "unit"])?;
    for target in plan.all_targets(economy) {
        let activity = &economy.activities[target.activity];
        let workplace = &economy.workplaces[activity.workplace as usize];
        let product = &economy.products[target.product];
        let quantity = target.quantity.to_string();
        table.write_record([&workplace.id, &activity.id, &product.id, &quantity, &product.unit])?;
    }
    table.flush()
}
