//! Control: what workplaces report against what they were mandated to do, and the economy of what is left.
//!
//! Reports come as a tidy table, `activity,kind,of,quantity`: what an activity has put out, taken in, how long was
//! worked, what it loaded on satellite rows, and how far it can still go in what is left of the period. What is done
//! is done: its outputs lie in stock, its inputs and hours are gone. What is left can be planned anew.

use crate::decimal::Decimal;
use crate::economy::{Economy, LARGEST_MANTISSA, LEVEL_DECIMALS, LEVEL_ONE};
use crate::files::{EconomyError, Files};
use crate::plan::Plan;
use std::collections::BTreeMap;

/// What a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reported {
    /// So much of the product (by index) was put out.
    Output(usize),
    /// So much of the product was taken in.
    Input(usize),
    /// So much labour of the grade was worked.
    Labour(usize),
    /// So much was loaded on the satellite row.
    Load(usize),
}

/// What one activity reports.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// What is done, in units of the last decimal of each row.
    pub done: BTreeMap<Reported, i64>,
    /// The level that it can still reach in what is left of the period, in units of 10^−9. Not said: its capacity
    /// less the level at which it would have put out as much as it did.
    pub remaining: Option<i64>,
}

/// Reports by index of the activity.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reports {
    /// By index of the activity.
    pub by_activity: BTreeMap<usize, Report>,
}

/// One line of a comparison of reports with mandates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// Index of the activity.
    pub activity: usize,
    /// What it is about.
    pub of: Reported,
    /// Id of the product, grade or satellite row.
    pub id: String,
    /// Its unit.
    pub unit: String,
    /// What the plan mandates: level × quantity at level 1.
    pub mandate: Decimal,
    /// What was reported.
    pub done: Decimal,
}

/// What is done of an activity, as a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    /// The level at which it would have put out as much as it did, in units of 10^−9, rounded up.
    pub level: i64,
    /// The level that it can still reach, in units of 10^−9.
    pub remaining: i64,
}

impl Reported {
    /// The word for it in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Output(_) => "output",
            Self::Input(_) => "input",
            Self::Labour(_) => "labour",
            Self::Load(_) => "load",
        }
    }

    /// Id, unit and decimals of the row.
    pub(crate) fn row(self, economy: &Economy) -> (&str, &str, u32) {
        match self {
            Self::Output(of) | Self::Input(of) => {
                let product = &economy.products[of];
                (&product.id, &product.unit, product.decimals)
            }
            Self::Labour(of) => (&economy.grades[of].id, &economy.labour_unit, economy.labour_decimals),
            Self::Load(of) => {
                let row = &economy.satellites[of];
                (&row.id, &row.unit, row.decimals)
            }
        }
    }
}

impl Reports {
    /// Reads reports: a CSV file with the columns `activity,kind,of,quantity` and, if you like, `unit`. `kind` is
    /// `output`, `input`, `labour`, `load` or `remaining`; the last has no `of`.
    ///
    /// # Errors
    ///
    /// The first thing wrong, with line and field.
    pub fn read(file_name: &str, bytes: &[u8], economy: &Economy) -> Result<Reports, EconomyError> {
        let files = Files::from([("reports.csv".to_owned(), bytes.to_vec())]);
        crate::files::read_reports(&files, economy)
            .map_err(|error| EconomyError { file: file_name.to_owned(), ..error })
    }

    /// What was mandated beside what was reported: every flow of every activity that reports, in their order.
    pub fn compare(&self, economy: &Economy, plan: &Plan) -> Vec<Comparison> {
        let mut rows = Vec::new();
        for (&index, report) in &self.by_activity {
            let mut mandates = mandates(economy, index, plan.levels[index]);
            for &of in report.done.keys() {
                mandates.entry(of).or_default();
            }
            for (of, mandate) in mandates {
                let (id, unit, decimals) = of.row(economy);
                let done = report.done.get(&of).copied().unwrap_or(0);
                rows.push(Comparison {
                    activity: index,
                    of,
                    id: id.to_owned(),
                    unit: unit.to_owned(),
                    mandate: Decimal::new(mandate, decimals + LEVEL_DECIMALS),
                    done: Decimal::new(done, decimals),
                });
            }
        }
        rows
    }

    /// What is done of an activity, and what it can still do.
    pub fn done(&self, economy: &Economy, activity: usize) -> Done {
        let row = &economy.activities[activity];
        let Some(report) = self.by_activity.get(&activity) else {
            return Done { level: 0, remaining: row.capacity };
        };
        let levels = row.outputs.iter().map(|output| {
            let done = report.done.get(&Reported::Output(output.of as usize)).copied().unwrap_or(0);
            let exact = i128::from(done) * i128::from(LEVEL_ONE);
            -(-exact).div_euclid(i128::from(output.quantity))
        });
        let level = levels.max().unwrap_or(0).min(i128::from(LARGEST_MANTISSA)) as i64;
        Done { level, remaining: report.remaining.unwrap_or((row.capacity - level).max(0)) }
    }

    /// What is outstanding of each mandate: the level mandated less the level done.
    pub fn outstanding(&self, economy: &Economy, plan: &Plan) -> Vec<i64> {
        let level = |(index, &level): (usize, &i64)| (level - self.done(economy, index).level).max(0);
        plan.levels.iter().enumerate().map(level).collect()
    }

    /// The economy of what is left: outputs that are done lie in stock, inputs that are gone are owed, hours and
    /// loads are taken from what there is of them (not below nought), and activities go as far as they still can.
    ///
    /// # Errors
    ///
    /// In words: a quantity that grows beyond 15 digits.
    pub fn economy_left(&self, economy: &Economy) -> Result<Economy, String> {
        let mut left = economy.clone();
        for (&index, report) in &self.by_activity {
            left.activities[index].capacity = self.done(economy, index).remaining;
            for (&of, &quantity) in &report.done {
                match of {
                    Reported::Output(product) => left.products[product].stock += quantity,
                    Reported::Input(product) => left.products[product].exports += quantity,
                    Reported::Labour(grade) => {
                        let available = &mut left.grades[grade].available;
                        *available = (*available - quantity).max(0);
                    }
                    Reported::Load(row) => {
                        let ceiling = &mut left.satellites[row].ceiling;
                        *ceiling = ceiling.map(|ceiling| (ceiling - quantity).max(0));
                    }
                }
            }
        }
        match left.products.iter().find(|row| row.stock.max(row.exports) > LARGEST_MANTISSA) {
            Some(product) => {
                Err(format!("reports of `{}` add up beyond 15 digits; choose a larger unit", product.id))
            }
            None => Ok(left),
        }
    }
}

/// Level × quantity at level 1 of every flow, in units of 10^−9 of the row's last decimal.
fn mandates(economy: &Economy, activity: usize, level: i64) -> BTreeMap<Reported, i128> {
    let row = &economy.activities[activity];
    let exact = |quantity: i64| i128::from(quantity) * i128::from(level);
    let outputs = row.outputs.iter().map(|flow| (Reported::Output(flow.of as usize), exact(flow.quantity)));
    let inputs = row.inputs.iter().map(|flow| (Reported::Input(flow.of as usize), exact(flow.quantity)));
    let labour = row.labour.iter().map(|flow| (Reported::Labour(flow.of as usize), exact(flow.quantity)));
    let loads = row.satellites.iter().map(|flow| (Reported::Load(flow.of as usize), exact(flow.quantity)));
    outputs.chain(inputs).chain(labour).chain(loads).collect()
}
