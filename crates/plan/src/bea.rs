//! The economy of the United States from the make and use tables of the Bureau of Economic Analysis.
//!
//! Layout: as in the R package useeior (USEPA/useeior, MIT), which distributes the Bureau's tables (public
//! domain) as matrices: `make.csv` (industry × commodity), `use.csv` (commodity and value added × industry and
//! final demand), and names. Summary (71 industries) and detail (402) differ in their codes only.

mod matrix;

use crate::economy::{
    Activity, Economy, Flow, Grade, LARGEST_MANTISSA, LEVEL_ONE, Need, Product, WEIGHT_DECIMALS, Workplace,
};
use crate::files::{EconomyError, Files};
use matrix::{Matrix, Names};
use num_rational::Ratio;
use std::collections::BTreeMap;
use std::fmt;

/// Decimals of million dollars: whole dollars, so that industries can be split into workplaces exactly.
const MONEY_DECIMALS: u32 = 6;
const MONEY_UNIT: &str = "million USD of 2017";

/// How the tables become an economy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// Household consumption, then government, then investment and exports; or all final demand as one tier.
    pub tiers: Tiers,
    /// Each industry may go to this multiple of its output in 2017.
    pub capacity: Ratio<i64>,
}

/// How final demand is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tiers {
    /// All final demand is of tier 1.
    One,
    /// 1 household consumption, 2 government, 3 investment, exports and margins on imports.
    Three,
}

impl Default for Setting {
    fn default() -> Self {
        Self { tiers: Tiers::Three, capacity: Ratio::new(11, 10) }
    }
}

/// Something in the tables that is no plain output, input or need, and what was made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Treatment {
    /// What it is.
    pub what: &'static str,
    /// What was made of it.
    pub made: &'static str,
    /// In how many entries it was found.
    pub entries: usize,
    /// Their sum without sign, in million dollars of 2017.
    pub million_usd: i64,
}

impl fmt::Display for Treatment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, made, entries, million_usd } = self;
        write!(f, "{what} ({entries} entries, {million_usd} million USD): {made}")
    }
}

/// Final demand by whom it is for. The name is the first part of the needs' ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Purpose {
    Consumption,
    Government,
    Investment,
    Exports,
    Margins,
}

impl Purpose {
    /// By the Bureau's code: F01 household consumption, F02 private investment, F03 change in inventories, F04
    /// exports, F05 imports (where positive: margins), F06 to F10 government.
    fn of(code: &str) -> Option<Self> {
        match code.get(..3)? {
            "F01" => Some(Self::Consumption),
            "F02" | "F03" => Some(Self::Investment),
            "F04" => Some(Self::Exports),
            "F05" => Some(Self::Margins),
            "F06" | "F07" | "F10" => Some(Self::Government),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Consumption => "consumption",
            Self::Government => "government",
            Self::Investment => "investment",
            Self::Exports => "exports",
            Self::Margins => "margins",
        }
    }

    fn tier(self, tiers: Tiers) -> u8 {
        match (tiers, self) {
            (Tiers::One, _) | (_, Self::Consumption) => 1,
            (_, Self::Government) => 2,
            _ => 3,
        }
    }
}

/// The words for the sectors that the first two characters of an industry's code stand for.
pub fn sector_name(code: &str) -> &'static str {
    match code {
        "11" => "agriculture, forestry and fishing",
        "21" => "mining",
        "22" => "utilities",
        "23" => "construction",
        "31" => "food, textiles and clothing",
        "32" => "wood, paper, oil, chemicals and minerals",
        "33" => "metals, machinery and vehicles",
        "42" => "wholesale trade",
        "44" | "45" | "4A" | "4B" => "retail trade",
        "48" => "transport",
        "49" => "post, couriers and warehouses",
        "51" => "information",
        "52" => "finance and insurance",
        "53" => "housing, real estate and leasing",
        "54" => "professional and technical services",
        "55" => "management of companies",
        "56" => "administrative and waste services",
        "61" => "education",
        "62" => "health and social work",
        "71" => "arts and recreation",
        "72" => "hotels and restaurants",
        "81" => "other services",
        "GF" => "federal government",
        "GS" => "state and local government",
        "S0" => "government enterprises and defence",
        _ => "other",
    }
}

/// The sector of an industry: the first two characters of its code, and real estate for housing.
fn sector(industry: &str) -> &str {
    match industry {
        "HS" | "ORE" => "53",
        _ => industry.get(..2).unwrap_or(industry),
    }
}

/// Makes an economy of the files of one folder: `make.csv`, `use.csv` and the four `*-names.csv`.
///
/// One workplace an industry, one need a commodity and purpose. Labour is compensation of employees. Returns
/// with it how everything that is no plain output, input or need was treated.
///
/// # Errors
///
/// A file, row or column that is missing or no table of the Bureau's, with its place.
pub fn import(files: &Files, setting: Setting) -> Result<(Economy, Vec<Treatment>), EconomyError> {
    let tables = Tables::read(files)?;
    let mut builder = Builder::new(&tables);
    builder.add_final_demand(setting.tiers)?;
    builder.add_industries(setting.capacity)?;
    builder.close_balances();
    Ok(builder.finish())
}

struct Tables {
    industries: Names,
    commodities: Names,
    finals: Names,
    make: Matrix,
    used: Matrix,
    /// Row of `used` with compensation of employees: V001, or V00100 in the detail tables.
    compensation: String,
}

impl Tables {
    fn read(files: &Files) -> Result<Self, EconomyError> {
        let names = |file| Names::read(files, file);
        let industries = names("industry-names.csv")?;
        let commodities = names("commodity-names.csv")?;
        let finals = names("finaldemand-names.csv")?;
        let value_added = names("valueadded-names.csv")?;
        let compensation =
            value_added.codes().find(|code| code.starts_with("V001")).ok_or_else(|| EconomyError {
                file: "valueadded-names.csv".to_owned(),
                line: None,
                column: None,
                message: "no code begins with V001, compensation of employees".to_owned(),
            })?;
        Ok(Self {
            compensation: compensation.to_owned(),
            make: Matrix::read(files, "make.csv", MONEY_DECIMALS)?,
            used: Matrix::read(files, "use.csv", MONEY_DECIMALS)?,
            industries,
            commodities,
            finals,
        })
    }
}

/// What each treatment made of what.
const TREATMENTS: [(&str, &str); 8] = [
    ("sales by industries booked as negative use (scrap, secondhand goods)", "an output of that industry"),
    ("stocks run down (negative change in inventories)", "a stock that may be drawn once"),
    (
        "secondhand goods sold by firms, households and government (negative final use)",
        "a stock that may be drawn once",
    ),
    (
        "spending of visitors and other rest-of-the-world entries (negative consumption)",
        "a stock that may be drawn once",
    ),
    (
        "imports (negative in the use table, noncomparable ones included)",
        "may be had up to their amount of 2017",
    ),
    ("trade and transport margins on imports (positive in the imports column)", "a need of the last tier"),
    ("statistical differences between make and use", "a stock where uses exceed supply, else left as slack"),
    ("taxes less subsidies, and gross operating surplus", "left out: neither is an input"),
];
const SALES: usize = 0;
const INVENTORIES: usize = 1;
const SECONDHAND: usize = 2;
const VISITORS: usize = 3;
const IMPORTS: usize = 4;
const MARGINS: usize = 5;
const DIFFERENCES: usize = 6;
const OTHER_VALUE_ADDED: usize = 7;

struct Builder<'a> {
    tables: &'a Tables,
    economy: Economy,
    /// Entries and sum, in whole dollars, of each of [`TREATMENTS`].
    treated: [(usize, i64); TREATMENTS.len()],
}

impl<'a> Builder<'a> {
    fn new(tables: &'a Tables) -> Self {
        let product = |(code, name): (&str, &str)| Product {
            id: code.to_owned(),
            name: name.to_owned(),
            unit: MONEY_UNIT.to_owned(),
            decimals: MONEY_DECIMALS,
            import_limit: 0,
            import_price: 10i64.pow(WEIGHT_DECIMALS),
            stock: 0,
            exports: 0,
        };
        let economy = Economy {
            name: "United States 2017".to_owned(),
            labour_unit: "million USD of compensation".to_owned(),
            labour_decimals: MONEY_DECIMALS,
            products: tables.commodities.iter().map(product).collect(),
            districts: vec![String::new()],
            ..Economy::default()
        };
        Self { tables, economy, treated: Default::default() }
    }

    fn treat(&mut self, treatment: usize, dollars: i64) {
        self.treated[treatment].0 += 1;
        self.treated[treatment].1 += dollars.abs();
    }

    fn add_final_demand(&mut self, tiers: Tiers) -> Result<(), EconomyError> {
        let tables = self.tables;
        let mut needs: BTreeMap<(Purpose, usize), i64> = BTreeMap::new();
        for (product, (commodity, _)) in tables.commodities.iter().enumerate() {
            for code in tables.finals.codes() {
                let purpose = Purpose::of(code).ok_or_else(|| unknown_final_demand(code))?;
                let amount = tables.used.entry(commodity, code)?;
                match (purpose, amount) {
                    (_, 0) => {}
                    (Purpose::Margins, 1..) => {
                        self.treat(MARGINS, amount);
                        *needs.entry((purpose, product)).or_default() += amount;
                    }
                    (Purpose::Margins, _) => {
                        self.treat(IMPORTS, amount);
                        self.economy.products[product].import_limit -= amount;
                    }
                    (_, 1..) => *needs.entry((purpose, product)).or_default() += amount,
                    (_, _) => {
                        self.treat(negative_final_use(code), amount);
                        self.economy.products[product].stock -= amount;
                    }
                }
            }
        }
        for ((purpose, product), amount) in needs {
            self.economy.needs.push(Need {
                id: format!("{}/{}", purpose.name(), self.economy.products[product].id),
                tier: purpose.tier(tiers),
                asked_by: purpose.name().to_owned(),
                weight: amount,
                minimum: 0,
                bundle: vec![Flow { of: product as u32, quantity: amount }],
            });
        }
        self.economy.needs.sort_by(|left, right| left.id.cmp(&right.id));
        Ok(())
    }

    fn add_industries(&mut self, capacity: Ratio<i64>) -> Result<(), EconomyError> {
        let tables = self.tables;
        let mut branches: Vec<String> =
            tables.industries.codes().map(|code| format!("{}/{code}", sector(code))).collect();
        branches.sort_unstable();
        let capacity = (capacity * LEVEL_ONE).to_integer().clamp(0, LARGEST_MANTISSA);
        let mut available = 0;
        for (index, (code, name)) in tables.industries.iter().enumerate() {
            let compensation = tables.used.entry(&tables.compensation, code)?;
            available += compensation;
            let (outputs, inputs) = self.flows_of(code)?;
            let branch = branches.binary_search(&format!("{}/{code}", sector(code))).expect("just collected");
            self.economy.workplaces.push(Workplace {
                id: code.to_owned(),
                name: name.to_owned(),
                branch: branch as u32,
                district: 0,
            });
            self.economy.activities.push(Activity {
                id: code.to_owned(),
                workplace: index as u32,
                group: index as u32,
                capacity,
                outputs,
                inputs,
                labour: if compensation > 0 {
                    vec![Flow { of: 0, quantity: compensation }]
                } else {
                    Vec::new()
                },
                satellites: Vec::new(),
            });
            self.economy.groups.push(code.to_owned());
            for other in ["V002", "V003"] {
                let row = tables.compensation.replacen("V001", other, 1);
                self.treat(OTHER_VALUE_ADDED, tables.used.entry(&row, code)?);
            }
        }
        self.economy.branches = branches;
        self.economy.grades =
            vec![Grade { id: "employees".to_owned(), name: "Employees".to_owned(), available }];
        Ok(())
    }

    /// Outputs from the make table, inputs from the use table; a negative use is an output.
    fn flows_of(&mut self, industry: &str) -> Result<(Vec<Flow>, Vec<Flow>), EconomyError> {
        let tables = self.tables;
        let (mut outputs, mut inputs) = (Vec::new(), Vec::new());
        for (product, commodity) in (0..).zip(tables.commodities.codes()) {
            let mut made = tables.make.entry(industry, commodity)?;
            let used = tables.used.entry(commodity, industry)?;
            if used < 0 {
                self.treat(SALES, used);
                made -= used;
            }
            if made > 0 {
                outputs.push(Flow { of: product, quantity: made });
            }
            if used > 0 {
                inputs.push(Flow { of: product, quantity: used });
            }
        }
        Ok((outputs, inputs))
    }

    /// Where uses of 2017 exceed supply by a statistical difference, the difference becomes stock.
    fn close_balances(&mut self) {
        let economy = &self.economy;
        let mut left: Vec<i64> =
            economy.products.iter().map(|product| product.import_limit + product.stock).collect();
        for activity in &economy.activities {
            activity.outputs.iter().for_each(|flow| left[flow.of as usize] += flow.quantity);
            activity.inputs.iter().for_each(|flow| left[flow.of as usize] -= flow.quantity);
        }
        economy
            .needs
            .iter()
            .flat_map(|need| &need.bundle)
            .for_each(|flow| left[flow.of as usize] -= flow.quantity);
        for (product, left) in left.into_iter().enumerate().filter(|(_, left)| *left != 0) {
            self.treat(DIFFERENCES, left);
            self.economy.products[product].stock += (-left).max(0);
        }
    }

    fn finish(self) -> (Economy, Vec<Treatment>) {
        let treatments = TREATMENTS.iter().zip(self.treated).map(|(&(what, made), (entries, dollars))| {
            Treatment { what, made, entries, million_usd: dollars / 10i64.pow(MONEY_DECIMALS) }
        });
        (self.economy, treatments.filter(|treatment| treatment.entries > 0).collect())
    }
}

fn negative_final_use(code: &str) -> usize {
    match code.get(..3) {
        Some("F03") => INVENTORIES,
        Some("F01") => VISITORS,
        _ => SECONDHAND,
    }
}

fn unknown_final_demand(code: &str) -> EconomyError {
    EconomyError {
        file: "finaldemand-names.csv".to_owned(),
        line: None,
        column: None,
        message: format!("`{code}` is no final demand of the Bureau's (F01 to F07, F10)"),
    }
}
