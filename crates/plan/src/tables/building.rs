//! From matrices with roles to an economy.

use super::matrix::{BY_REGION, EXTENSION, Matrix, WIDE, error};
use super::roles::{Role, Roles};
use super::{Layout, TableSetting, TableTreatment};
use crate::decimal::shortened;
use crate::economy::{
    Activity, Economy, Flow, Grade, LARGEST_MANTISSA, LEVEL_ONE, Need, Product, Satellite, WEIGHT_DECIMALS,
    Workplace,
};
use crate::files::{EconomyError, Files};
use std::collections::{BTreeMap, BTreeSet};

/// What each treatment made of what.
const TREATMENTS: [(&str, &str); 9] = [
    ("negative uses by industries (by-products, scrap)", "an output of that industry"),
    ("negative final uses (stocks run down, secondhand sales)", "a stock that may be drawn once"),
    ("imports", "may be had up to their amount in the tables"),
    (
        "imported inputs not told apart by product",
        "an input of the product `imported`, which is imported only",
    ),
    (
        "uses of a product that exceed its supply (price layers, statistical differences)",
        "a stock that may be drawn once",
    ),
    ("supply of a product that exceeds its uses", "slack"),
    ("rows and columns left out (sums, taxes less subsidies, operating surplus, price layers)", "nothing"),
    ("entries with more digits than are kept", "rounded to the nearest"),
    ("rows of F.txt that roles.csv does not name", "left out"),
];
const SALES: usize = 0;
const NEGATIVE_NEEDS: usize = 1;
const IMPORTS: usize = 2;
const IMPORTED_INPUTS: usize = 3;
const DEFICITS: usize = 4;
const SURPLUS: usize = 5;
const LEFT_OUT: usize = 6;
const ROUNDED: usize = 7;
const UNNAMED: usize = 8;

/// The product that stands for inputs imported without a product of their own.
const IMPORTED: &str = "imported";

/// The tables of an economy: what industries supply, what is used by whom, what is counted beside.
struct Tables {
    /// Product × industry, and imports; none for symmetric tables, where each product has an industry of its name.
    supply: Option<Matrix>,
    /// Product and value added × industry and final demand.
    uses: Vec<Matrix>,
    extensions: Option<Matrix>,
}

impl Tables {
    fn read(files: &Files, setting: &TableSetting) -> Result<Self, EconomyError> {
        let decimals = setting.decimals;
        if setting.layout == Layout::Exiobase {
            let uses = vec![
                Matrix::read(files, "Z.txt", BY_REGION, decimals)?,
                Matrix::read(files, "Y.txt", BY_REGION, decimals)?,
            ];
            let extensions = files.contains_key("F.txt");
            let extensions =
                extensions.then(|| Matrix::read(files, "F.txt", EXTENSION, decimals)).transpose()?;
            return Ok(Self { supply: None, uses, extensions });
        }
        if files.contains_key("table.csv") {
            if let Some(other) = ["supply.csv", "use.csv"].into_iter().find(|file| files.contains_key(*file))
            {
                let message =
                    "beside table.csv, a symmetric table; keep either that or supply.csv and use.csv"
                        .to_owned();
                return Err(error(other, None, None, message));
            }
            let table = Matrix::read(files, "table.csv", WIDE, decimals)?;
            return Ok(Self { supply: None, uses: vec![table], extensions: None });
        }
        let supply = Matrix::read(files, "supply.csv", WIDE, decimals)?;
        let uses = vec![Matrix::read(files, "use.csv", WIDE, decimals)?];
        Ok(Self { supply: Some(supply), uses, extensions: None })
    }
}

pub(super) fn build(
    files: &Files,
    setting: &TableSetting,
) -> Result<(Economy, Vec<TableTreatment>), EconomyError> {
    let tables = Tables::read(files, setting)?;
    let roles = Roles::read(files, setting.layout)?;
    let mut builder = Builder::new(&tables, &roles, setting)?;
    builder.add_supply()?;
    builder.add_uses()?;
    builder.add_extensions()?;
    builder.close()
}

/// What an industry does, by product, grade and satellite row.
#[derive(Default)]
struct Industry {
    outputs: BTreeMap<String, i64>,
    inputs: BTreeMap<String, i64>,
    labour: BTreeMap<String, i64>,
    loads: BTreeMap<String, i64>,
}

struct Builder<'a> {
    tables: &'a Tables,
    roles: &'a Roles,
    setting: &'a TableSetting,
    /// By code, whether it has imports and stock.
    products: BTreeMap<String, (i64, i64)>,
    industries: BTreeMap<String, Industry>,
    /// By final demand and product.
    needs: BTreeMap<(String, String), (u8, i64)>,
    /// Output by industry, where a symmetric table has a row for it.
    outputs: Option<BTreeMap<String, i64>>,
    treated: [(usize, i128); TREATMENTS.len()],
}

impl<'a> Builder<'a> {
    /// Finds products and industries: rows and columns without a role.
    fn new(tables: &'a Tables, roles: &'a Roles, setting: &'a TableSetting) -> Result<Self, EconomyError> {
        let uses = &tables.uses[0];
        let rows: BTreeSet<&str> =
            uses.rows.iter().map(|row| row.code.as_str()).filter(|code| roles.of(code).is_none()).collect();
        let supplied = tables.supply.as_ref();
        for row in uses.rows.iter().filter(|row| roles.of(&row.code).is_none()) {
            let is_known = match supplied {
                Some(supply) => supply.rows.iter().any(|supplied| supplied.code == row.code),
                None => uses.column(&row.code).is_some(),
            };
            if !is_known {
                let other = if supplied.is_some() { "a row of supply.csv" } else { "a column" };
                let code = shortened(&row.code);
                let message =
                    format!("row `{code}` is not {other} and has no role; give it one in roles.csv");
                return Err(error(uses.file, Some(row.line), Some(1), message));
            }
        }
        let columns: Vec<&str> =
            uses.columns.iter().map(String::as_str).filter(|code| roles.of(code).is_none()).collect();
        for code in &columns {
            let is_known = match supplied {
                Some(supply) => supply.column(code).is_some(),
                None => rows.contains(code),
            };
            if !is_known {
                let other = if supplied.is_some() { "a column of supply.csv" } else { "a row" };
                let message = format!(
                    "column `{}` is not {other} and has no role; give it one in roles.csv",
                    shortened(code)
                );
                let place = uses.column(code).map(|at| at + 2);
                return Err(error(uses.file, Some(1), place, message));
            }
        }
        if rows.is_empty() || columns.is_empty() {
            let message = "no row is a product, or no column an industry: every code has a role".to_owned();
            return Err(error(uses.file, None, None, message));
        }
        let all = tables.uses.iter().chain(&tables.supply).chain(&tables.extensions);
        let codes: BTreeSet<&str> = all
            .flat_map(|matrix| {
                let rows = matrix.rows.iter().map(|row| row.code.as_str());
                rows.chain(matrix.columns.iter().map(String::as_str))
            })
            .collect();
        if let Some(code) = roles.unused(|code| codes.contains(code)) {
            let message = format!("code `{}` is in no table", shortened(code));
            return Err(error("roles.csv", None, None, message));
        }
        Ok(Self {
            tables,
            roles,
            setting,
            products: rows.into_iter().map(|code| (code.to_owned(), (0, 0))).collect(),
            industries: columns.into_iter().map(|code| (code.to_owned(), Industry::default())).collect(),
            needs: BTreeMap::new(),
            outputs: None,
            treated: Default::default(),
        })
    }

    fn treat(&mut self, treatment: usize, amount: i64) {
        self.treated[treatment].0 += 1;
        self.treated[treatment].1 += i128::from(amount.abs());
    }

    fn import(&mut self, product: &str, amount: i64) {
        self.treat(IMPORTS, amount);
        if let Some((imports, _)) = self.products.get_mut(product) {
            *imports += amount.abs();
        }
    }

    fn put_by(&mut self, product: &str, amount: i64) {
        if let Some((_, stock)) = self.products.get_mut(product) {
            *stock += amount.abs();
        }
    }

    /// Outputs and imports from the supply table.
    fn add_supply(&mut self) -> Result<(), EconomyError> {
        let Some(supply) = &self.tables.supply else { return Ok(()) };
        for row in &supply.rows {
            for (code, &amount) in supply.columns.iter().zip(&row.numbers).filter(|(_, amount)| **amount != 0)
            {
                let role = self.roles.of(&row.code).or_else(|| self.roles.of(code));
                match role {
                    Some(Role::Imports) => self.import(&row.code, amount),
                    Some(_) => self.treat(LEFT_OUT, amount),
                    None => {
                        let is_product = self.products.contains_key(&row.code);
                        let Some(industry) = self.industries.get_mut(code).filter(|_| is_product) else {
                            let message = format!(
                                "`{}` by `{}` is supplied, but use.csv has no such row or column",
                                shortened(&row.code),
                                shortened(code)
                            );
                            return Err(error(supply.file, Some(row.line), None, message));
                        };
                        let side = if amount > 0 { &mut industry.outputs } else { &mut industry.inputs };
                        *side.entry(row.code.clone()).or_default() += amount.abs();
                    }
                }
            }
        }
        Ok(())
    }

    /// Inputs, labour, needs, imports from the table or tables of uses.
    fn add_uses(&mut self) -> Result<(), EconomyError> {
        for uses in &self.tables.uses {
            self.treated[ROUNDED].0 += uses.rounded;
            for row in &uses.rows {
                let of_row = self.roles.of(&row.code);
                for (code, &amount) in
                    uses.columns.iter().zip(&row.numbers).filter(|(_, amount)| **amount != 0)
                {
                    let of_column = self.roles.of(code);
                    match (of_row, of_column) {
                        (None, None) => self.use_by(uses.file, row.line, &row.code, code, amount)?,
                        (None, Some(Role::Need(tier))) => self.need(tier, code, &row.code, amount),
                        (None, Some(Role::Imports)) => self.import(&row.code, amount),
                        (Some(Role::Labour), None) => {
                            self.beside(code, &row.code, amount, uses.file, row.line, true)?
                        }
                        (Some(Role::Satellite), None) => {
                            self.beside(code, &row.code, amount, uses.file, row.line, false)?;
                        }
                        (Some(Role::Imports), None) => self.import(code, amount),
                        (Some(Role::ImportedInputs), None) => self.imported_input(code, amount),
                        (Some(Role::ImportedInputs), Some(Role::Need(tier))) => {
                            self.imported_need(tier, code, amount);
                        }
                        (Some(Role::Output), None) => {
                            self.outputs.get_or_insert_default().insert(code.clone(), amount);
                        }
                        _ => self.treat(LEFT_OUT, amount),
                    }
                }
            }
        }
        if let Some(supply) = &self.tables.supply {
            self.treated[ROUNDED].0 += supply.rounded;
        }
        Ok(())
    }

    fn use_by(
        &mut self,
        file: &str,
        line: u64,
        product: &str,
        industry: &str,
        amount: i64,
    ) -> Result<(), EconomyError> {
        if amount < 0 {
            self.treat(SALES, amount);
        }
        let Some(doer) = self.industries.get_mut(industry) else {
            let message = format!("column `{}` has no role and is no industry", shortened(industry));
            return Err(error(file, Some(line), None, message));
        };
        let side = if amount < 0 { &mut doer.outputs } else { &mut doer.inputs };
        *side.entry(product.to_owned()).or_default() += amount.abs();
        Ok(())
    }

    fn need(&mut self, tier: u8, demand: &str, product: &str, amount: i64) {
        if amount < 0 {
            self.treat(NEGATIVE_NEEDS, amount);
            self.put_by(product, amount);
        } else {
            self.needs.entry((demand.to_owned(), product.to_owned())).or_insert((tier, 0)).1 += amount;
        }
    }

    fn imported_input(&mut self, industry: &str, amount: i64) {
        self.treat(IMPORTED_INPUTS, amount);
        self.products.entry(IMPORTED.to_owned()).or_default().0 += amount.max(0);
        if let Some(doer) = self.industries.get_mut(industry) {
            let side = if amount < 0 { &mut doer.outputs } else { &mut doer.inputs };
            *side.entry(IMPORTED.to_owned()).or_default() += amount.abs();
        }
    }

    fn imported_need(&mut self, tier: u8, demand: &str, amount: i64) {
        self.treat(IMPORTED_INPUTS, amount);
        self.products.entry(IMPORTED.to_owned()).or_default().0 += amount.max(0);
        self.need(tier, demand, IMPORTED, amount);
    }

    /// Labour or a load of an industry.
    fn beside(
        &mut self,
        industry: &str,
        row: &str,
        amount: i64,
        file: &str,
        line: u64,
        is_labour: bool,
    ) -> Result<(), EconomyError> {
        if amount < 0 {
            let message = format!("row `{}` is below nought for `{}`", shortened(row), shortened(industry));
            return Err(error(file, Some(line), None, message));
        }
        if let Some(doer) = self.industries.get_mut(industry) {
            let side = if is_labour { &mut doer.labour } else { &mut doer.loads };
            *side.entry(row.to_owned()).or_default() += amount;
        }
        Ok(())
    }

    fn add_extensions(&mut self) -> Result<(), EconomyError> {
        let Some(extensions) = &self.tables.extensions else { return Ok(()) };
        for row in &extensions.rows {
            let is_labour = match self.roles.of(&row.code) {
                Some(Role::Labour) => true,
                Some(Role::Satellite) => false,
                Some(_) => {
                    let message = format!("row `{}` can be labour or satellite", shortened(&row.code));
                    return Err(error(extensions.file, Some(row.line), Some(1), message));
                }
                None => {
                    self.treated[UNNAMED].0 += 1;
                    continue;
                }
            };
            for (code, &amount) in
                extensions.columns.iter().zip(&row.numbers).filter(|(_, amount)| **amount != 0)
            {
                if !self.industries.contains_key(code) {
                    let message = format!("column `{}` is no industry of Z.txt", shortened(code));
                    return Err(error(extensions.file, Some(1), None, message));
                }
                self.beside(code, &row.code, amount, extensions.file, row.line, is_labour)?;
            }
        }
        Ok(())
    }

    /// In a symmetric table each industry makes the product of its name: as much as the row of output says, or as its
    /// uses come to less imports and stock.
    fn add_own_outputs(&mut self) -> Result<(), EconomyError> {
        if self.tables.supply.is_some() {
            return Ok(());
        }
        let mut uses: BTreeMap<String, i64> = BTreeMap::new();
        for industry in self.industries.values() {
            industry
                .inputs
                .iter()
                .for_each(|(product, amount)| *uses.entry(product.clone()).or_default() += amount);
            industry
                .outputs
                .iter()
                .for_each(|(product, amount)| *uses.entry(product.clone()).or_default() -= amount);
        }
        self.needs.iter().for_each(|((_, product), (_, amount))| {
            *uses.entry(product.clone()).or_default() += amount;
        });
        let codes: Vec<String> = self.industries.keys().cloned().collect();
        for code in codes {
            let (imports, stock) = self.products.get(&code).copied().unwrap_or_default();
            let by_uses = uses.get(&code).copied().unwrap_or(0) - imports - stock;
            let output = match &self.outputs {
                Some(outputs) => outputs.get(&code).copied().unwrap_or(0),
                None => by_uses,
            };
            if output < 0 {
                let file = self.tables.uses[0].file;
                let line = self.tables.uses[0].rows.iter().find(|row| row.code == code).map(|row| row.line);
                let message = format!(
                    "row `{}`: its uses less imports come to {}, below nought; a row with the role `output` can say \
                     what the industry makes",
                    shortened(&code),
                    crate::Decimal::new(output, self.setting.decimals)
                );
                return Err(error(file, line, None, message));
            }
            if let Some(industry) = self.industries.get_mut(&code)
                && output > 0
            {
                *industry.outputs.entry(code.clone()).or_default() += output;
            }
        }
        Ok(())
    }

    fn close(mut self) -> Result<(Economy, Vec<TableTreatment>), EconomyError> {
        self.add_own_outputs()?;
        let mut left: BTreeMap<String, i64> =
            self.products.iter().map(|(code, (imports, stock))| (code.clone(), imports + stock)).collect();
        for industry in self.industries.values() {
            for (product, amount) in &industry.outputs {
                *left.entry(product.clone()).or_default() += amount;
            }
            for (product, amount) in &industry.inputs {
                *left.entry(product.clone()).or_default() -= amount;
            }
        }
        for ((_, product), (_, amount)) in &self.needs {
            *left.entry(product.clone()).or_default() -= amount;
        }
        for (product, left) in left {
            match left {
                0 => {}
                1.. => self.treat(SURPLUS, left),
                _ => {
                    self.treat(DEFICITS, left);
                    self.put_by(&product, left);
                }
            }
        }
        let economy = self.economy();
        let treatments = TREATMENTS.iter().zip(self.treated).filter(|(_, (entries, _))| *entries > 0);
        let treatment =
            |(&(what, made), (entries, amount)): (&(&'static str, &'static str), (usize, i128))| {
                let (decimals, unit) = (self.setting.decimals, self.setting.unit.clone());
                TableTreatment { what, made, entries, amount, decimals, unit }
            };
        Ok((economy, treatments.map(treatment).collect()))
    }

    fn economy(&self) -> Economy {
        let setting = self.setting;
        let index: BTreeMap<&str, u32> = self.products.keys().map(String::as_str).zip(0..).collect();
        let labour: BTreeSet<&str> =
            self.industries.values().flat_map(|of| of.labour.keys()).map(String::as_str).collect();
        let loads: BTreeSet<&str> =
            self.industries.values().flat_map(|of| of.loads.keys()).map(String::as_str).collect();
        let grade_index: BTreeMap<&str, u32> = labour.iter().copied().zip(0..).collect();
        let load_index: BTreeMap<&str, u32> = loads.iter().copied().zip(0..).collect();
        let capacity = (setting.capacity * LEVEL_ONE).to_integer().clamp(0, LARGEST_MANTISSA);
        // `region/sector`: the sector is the branch, the region the district.
        let place = |code: &str| match code.split_once('/') {
            Some((region, sector)) if setting.layout == Layout::Exiobase => {
                (sector.to_owned(), region.to_owned())
            }
            _ => (code.to_owned(), String::new()),
        };
        let places: Vec<(String, String)> = self.industries.keys().map(|code| place(code)).collect();
        let sorted =
            |names: Vec<String>| names.into_iter().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>();
        let branches = sorted(places.iter().map(|(branch, _)| branch.clone()).collect());
        let districts = sorted(places.iter().map(|(_, district)| district.clone()).collect());
        let groups = branches.clone();
        let at = |names: &[String], name: &String| names.binary_search(name).expect("just collected") as u32;
        let flows = |amounts: &BTreeMap<String, i64>, index: &BTreeMap<&str, u32>| -> Vec<Flow> {
            let flow = |(code, &quantity): (&String, &i64)| Flow { of: index[code.as_str()], quantity };
            amounts.iter().filter(|(_, amount)| **amount > 0).map(flow).collect()
        };
        let mut workplaces = Vec::new();
        let mut activities = Vec::new();
        for ((code, industry), (branch, district)) in self.industries.iter().zip(&places) {
            activities.push(Activity {
                id: code.clone(),
                workplace: workplaces.len() as u32,
                group: at(&groups, branch),
                capacity,
                outputs: flows(&industry.outputs, &index),
                inputs: flows(&industry.inputs, &index),
                labour: flows(&industry.labour, &grade_index),
                satellites: flows(&industry.loads, &load_index),
            });
            workplaces.push(Workplace {
                id: code.clone(),
                name: code.clone(),
                branch: at(&branches, branch),
                district: at(&districts, district),
            });
        }
        let product = |(code, &(imports, stock)): (&String, &(i64, i64))| Product {
            id: code.clone(),
            name: code.clone(),
            unit: setting.unit.clone(),
            decimals: setting.decimals,
            import_limit: imports,
            import_price: 10i64.pow(WEIGHT_DECIMALS),
            stock,
            exports: 0,
        };
        let available = |grade: &str| {
            let hours = self.industries.values().filter_map(|industry| industry.labour.get(grade));
            hours.sum()
        };
        let grade = |id: &str| Grade { id: id.to_owned(), name: id.to_owned(), available: available(id) };
        let satellite = |id: &str| Satellite {
            id: id.to_owned(),
            name: id.to_owned(),
            unit: "as in the tables".to_owned(),
            decimals: setting.decimals,
            ceiling: None,
        };
        let needs = self.needs.iter().filter(|(_, (_, amount))| *amount > 0);
        let need = |((demand, product), &(tier, amount)): (&(String, String), &(u8, i64))| {
            let weight = crate::Decimal::new(amount, setting.decimals);
            let weight = weight.to_rational()
                * num_rational::BigRational::from_integer(10i64.pow(WEIGHT_DECIMALS).into());
            Need {
                id: format!("{demand}/{product}"),
                tier,
                asked_by: demand.clone(),
                weight: i64::try_from(weight.round().to_integer())
                    .unwrap_or(LARGEST_MANTISSA)
                    .clamp(1, LARGEST_MANTISSA),
                minimum: 0,
                bundle: vec![Flow { of: index[product.as_str()], quantity: amount }],
            }
        };
        let mut needs: Vec<Need> = needs.map(need).collect();
        needs.sort_by(|left, right| left.id.cmp(&right.id));
        Economy {
            name: setting.name.clone(),
            labour_unit: setting.labour_unit.clone(),
            labour_decimals: setting.decimals,
            products: self.products.iter().map(product).collect(),
            grades: labour.iter().map(|id| grade(id)).collect(),
            satellites: loads.iter().map(|id| satellite(id)).collect(),
            branches,
            districts,
            groups,
            workplaces,
            activities,
            needs,
        }
    }
}
