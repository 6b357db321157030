//! From files to an [`Economy`].

use super::table::Table;
use super::{EconomyError, Files};
use crate::decimal::shortened;
use crate::economy::{
    Activity, Economy, FULFILMENT_ONE, Flow, Grade, LEVEL_DECIMALS, Need, Product, Satellite,
    WEIGHT_DECIMALS, Workplace,
};
use crate::horizon::Horizon;
use std::collections::{BTreeMap, BTreeSet};

/// Quantities have 15 digits, so more decimals than this leave none before the point.
const MOST_DECIMALS: i64 = 12;

/// The form of the files that this version reads and writes.
pub(super) const FORMAT: &str = "mandate-economy-1";

impl Economy {
    /// Reads an economy from its files. `satellites.csv` and `loads.csv` may be left out. With `periods.csv` it is
    /// a [`Horizon`](crate::Horizon), and what is read is that horizon unfolded.
    ///
    /// # Errors
    ///
    /// The first thing wrong, with file, line and field.
    pub fn read(files: &Files) -> Result<Economy, EconomyError> {
        match Horizon::read(files)? {
            Some(horizon) => horizon.unfold().map_err(|message| EconomyError {
                file: "periods.csv".to_owned(),
                line: None,
                column: None,
                message,
            }),
            None => Economy::read_one_period(files),
        }
    }

    /// Reads the files of one period, whatever files of a horizon stand beside them.
    pub(super) fn read_one_period(files: &Files) -> Result<Economy, EconomyError> {
        let mut economy = Economy::default();
        read_heading(files, &mut economy)?;
        economy.products = read_products(files)?;
        economy.grades = read_grades(files, economy.labour_decimals)?;
        economy.satellites = read_satellites(files)?;
        read_workplaces(files, &mut economy)?;
        read_activities(files, &mut economy)?;
        read_activity_flows(files, &mut economy)?;
        read_needs(files, &mut economy)?;
        Ok(economy)
    }
}

fn read_heading(files: &Files, economy: &mut Economy) -> Result<(), EconomyError> {
    let mut table = Table::open(files, "economy.csv", &["key", "value"], 2)?;
    let mut seen = BTreeSet::new();
    while table.advance()? {
        let key = table.text("key")?.to_owned();
        if !seen.insert(key.clone()) {
            return Err(table.wrong("key", format!("`{}` stands twice", shortened(&key))));
        }
        match key.as_str() {
            "format" if table.text("value")? == FORMAT => {}
            "format" => {
                let found = shortened(table.text("value")?);
                return Err(
                    table.wrong("value", format!("the form is `{found}`, this version reads `{FORMAT}`"))
                );
            }
            "name" => economy.name = table.optional_text("value")?.to_owned(),
            "labour-unit" => economy.labour_unit = table.text("value")?.to_owned(),
            "labour-decimals" => economy.labour_decimals = decimals(&table, "value")?,
            _ => {
                let message = format!(
                    "unknown key `{}`; known are format, name, labour-unit, labour-decimals",
                    shortened(&key)
                );
                return Err(table.wrong("key", message));
            }
        }
    }
    for key in ["format", "labour-unit", "labour-decimals"] {
        if !seen.contains(key) {
            return Err(table.wrong("key", format!("a row with the key `{key}` is missing")));
        }
    }
    Ok(())
}

fn decimals(table: &Table, column: &str) -> Result<u32, EconomyError> {
    let decimals = table.number(column, 0)?;
    if decimals > MOST_DECIMALS {
        return Err(table.wrong(column, format!("{decimals} decimals, the limit is {MOST_DECIMALS}")));
    }
    Ok(decimals as u32)
}

fn read_products(files: &Files) -> Result<Vec<Product>, EconomyError> {
    const COLUMNS: &[&str] =
        &["product", "unit", "decimals", "name", "import_limit", "import_price", "stock", "exports"];
    let mut table = Table::open(files, "products.csv", COLUMNS, 3)?;
    let mut products = BTreeMap::new();
    while table.advance()? {
        let decimals = decimals(&table, "decimals")?;
        let quantity = |column| Ok(table.optional_number(column, decimals)?.unwrap_or(0));
        let product = Product {
            id: table.text("product")?.to_owned(),
            name: table.optional_text("name")?.to_owned(),
            unit: table.text("unit")?.to_owned(),
            decimals,
            import_limit: quantity("import_limit")?,
            import_price: table
                .optional_number("import_price", WEIGHT_DECIMALS)?
                .unwrap_or(10i64.pow(WEIGHT_DECIMALS)),
            stock: quantity("stock")?,
            exports: quantity("exports")?,
        };
        add(&table, "product", &mut products, product.id.clone(), product)?;
    }
    Ok(products.into_values().collect())
}

/// Enters a row under its id and refuses a second one.
fn add<T>(
    table: &Table,
    column: &str,
    rows: &mut BTreeMap<String, T>,
    id: String,
    row: T,
) -> Result<(), EconomyError> {
    if rows.contains_key(&id) {
        return Err(table.wrong(column, format!("{column} `{}` stands twice", shortened(&id))));
    }
    rows.insert(id, row);
    Ok(())
}

fn read_grades(files: &Files, decimals: u32) -> Result<Vec<Grade>, EconomyError> {
    let mut table = Table::open(files, "labour.csv", &["grade", "available", "name"], 2)?;
    let mut grades = BTreeMap::new();
    while table.advance()? {
        let grade = Grade {
            id: table.text("grade")?.to_owned(),
            name: table.optional_text("name")?.to_owned(),
            available: table.number("available", decimals)?,
        };
        add(&table, "grade", &mut grades, grade.id.clone(), grade)?;
    }
    Ok(grades.into_values().collect())
}

fn read_satellites(files: &Files) -> Result<Vec<Satellite>, EconomyError> {
    const COLUMNS: &[&str] = &["satellite", "unit", "decimals", "name", "ceiling"];
    let Some(mut table) = Table::open_optional(files, "satellites.csv", COLUMNS, 3)? else {
        return Ok(Vec::new());
    };
    let mut satellites = BTreeMap::new();
    while table.advance()? {
        let decimals = decimals(&table, "decimals")?;
        let satellite = Satellite {
            id: table.text("satellite")?.to_owned(),
            name: table.optional_text("name")?.to_owned(),
            unit: table.text("unit")?.to_owned(),
            decimals,
            ceiling: table.optional_number("ceiling", decimals)?,
        };
        add(&table, "satellite", &mut satellites, satellite.id.clone(), satellite)?;
    }
    Ok(satellites.into_values().collect())
}

/// The index of each name in the sorted list of all.
fn indices(names: BTreeSet<String>) -> (Vec<String>, BTreeMap<String, u32>) {
    let names: Vec<String> = names.into_iter().collect();
    let index = names.iter().cloned().zip(0..).collect();
    (names, index)
}

fn read_workplaces(files: &Files, economy: &mut Economy) -> Result<(), EconomyError> {
    const COLUMNS: &[&str] = &["workplace", "branch", "district", "name"];
    let mut table = Table::open(files, "workplaces.csv", COLUMNS, 2)?;
    let mut rows = BTreeMap::new();
    while table.advance()? {
        let id = table.text("workplace")?.to_owned();
        let row = (
            table.optional_text("name")?.to_owned(),
            table.text("branch")?.to_owned(),
            table.optional_text("district")?.to_owned(),
        );
        add(&table, "workplace", &mut rows, id, row)?;
    }
    let (branches, branch) = indices(rows.values().map(|(_, branch, _)| branch.clone()).collect());
    let (districts, district) = indices(rows.values().map(|(_, _, district)| district.clone()).collect());
    let workplace = |(id, (name, branch_code, district_name)): (String, (String, String, String))| {
        Workplace { id, name, branch: branch[&branch_code], district: district[&district_name] }
    };
    economy.workplaces = rows.into_iter().map(workplace).collect();
    economy.branches = branches;
    economy.districts = districts;
    Ok(())
}

fn read_activities(files: &Files, economy: &mut Economy) -> Result<(), EconomyError> {
    const COLUMNS: &[&str] = &["activity", "workplace", "group", "capacity"];
    let mut table = Table::open(files, "activities.csv", COLUMNS, 4)?;
    let mut rows = BTreeMap::new();
    while table.advance()? {
        let id = table.text("activity")?.to_owned();
        let workplace = table.text("workplace")?;
        let workplace = economy.workplace(workplace).ok_or_else(|| {
            table.wrong("workplace", format!("`{}` is not in workplaces.csv", shortened(workplace)))
        })?;
        let capacity = table.number("capacity", LEVEL_DECIMALS)?;
        let row = (workplace as u32, table.text("group")?.to_owned(), capacity);
        add(&table, "activity", &mut rows, id, row)?;
    }
    let (groups, group) = indices(rows.values().map(|(_, group, _)| group.clone()).collect());
    let activity = |(id, (workplace, group_code, capacity)): (String, (u32, String, i64))| Activity {
        id,
        workplace,
        group: group[&group_code],
        capacity,
        outputs: Vec::new(),
        inputs: Vec::new(),
        labour: Vec::new(),
        satellites: Vec::new(),
    };
    economy.activities = rows.into_iter().map(activity).collect();
    economy.groups = groups;
    Ok(())
}

fn read_activity_flows(files: &Files, economy: &mut Economy) -> Result<(), EconomyError> {
    let Economy { products, grades, satellites, activities, labour_unit, labour_decimals, .. } = economy;
    let activity_ids: Vec<String> = activities.iter().map(|activity| activity.id.clone()).collect();
    let of_product =
        Rows::new(products.iter().map(|product| (&*product.id, &*product.unit, product.decimals)));
    let of_grade = Rows::new(grades.iter().map(|grade| (&*grade.id, &**labour_unit, *labour_decimals)));
    let of_satellite = Rows::new(satellites.iter().map(|row| (&*row.id, &*row.unit, row.decimals)));

    const BY_PRODUCT: &[&str] = &["activity", "product", "quantity", "unit"];
    let outputs = read_long(files, "outputs.csv", BY_PRODUCT, &activity_ids, &of_product)?;
    let inputs = read_long(files, "inputs.csv", BY_PRODUCT, &activity_ids, &of_product)?;

    const BY_GRADE: &[&str] = &["activity", "grade", "quantity", "unit"];
    let hours = read_long(files, "hours.csv", BY_GRADE, &activity_ids, &of_grade)?;

    const BY_SATELLITE: &[&str] = &["activity", "satellite", "quantity", "unit"];
    let loads = if files.contains_key("loads.csv") {
        read_long(files, "loads.csv", BY_SATELLITE, &activity_ids, &of_satellite)?
    } else {
        vec![Vec::new(); activities.len()]
    };

    let flows = outputs.into_iter().zip(inputs).zip(hours).zip(loads);
    for (activity, (((outputs, inputs), labour), satellites)) in activities.iter_mut().zip(flows) {
        *activity = Activity { outputs, inputs, labour, satellites, ..std::mem::take(activity) };
    }
    Ok(())
}

/// What the second column of a long table may name, with unit and decimals.
struct Rows<'a> {
    by_id: BTreeMap<&'a str, (u32, &'a str, u32)>,
}

impl<'a> Rows<'a> {
    fn new(rows: impl Iterator<Item = (&'a str, &'a str, u32)>) -> Self {
        Self {
            by_id: rows.zip(0..).map(|((id, unit, decimals), index)| (id, (index, unit, decimals))).collect(),
        }
    }
}

/// Files longer than this are read in two halves side by side.
const LONG_BYTES: usize = 1 << 22;

/// Reads a file in long form (owner, row, quantity) into the owners' lists of flows.
fn read_long(
    files: &Files,
    file: &'static str,
    columns: &'static [&'static str],
    owners: &[String],
    rows: &Rows,
) -> Result<Vec<Vec<Flow>>, EconomyError> {
    if let Some((first, second)) = Table::halves(files, file, columns, 3, LONG_BYTES)? {
        let (first, second) = std::thread::scope(|scope| {
            let first = scope.spawn(|| read_flows(first, owners, columns, rows));
            let second = read_flows(second, owners, columns, rows);
            (first.join().expect("reading does not panic"), second)
        });
        if let (Ok(first), Ok(second)) = (first, second)
            && let Some(flows) = joined(first, second)
        {
            return Ok(flows);
        }
        // Something is wrong. Read from the top, the first thing wrong is named with its line.
    }
    read_flows(Table::open(files, file, columns, 3)?, owners, columns, rows)
}

/// The flows of both halves, sorted; none where a row stands in both.
fn joined(mut first: Vec<Vec<Flow>>, second: Vec<Vec<Flow>>) -> Option<Vec<Vec<Flow>>> {
    for (flows, more) in first.iter_mut().zip(second) {
        if flows.is_empty() {
            *flows = more;
        } else if !more.is_empty() {
            flows.extend(more);
            flows.sort_unstable();
            if flows.windows(2).any(|pair| pair[0].of == pair[1].of) {
                return None;
            }
        }
    }
    Some(first)
}

/// Reads a table in long form (owner, row, quantity) into the owners' lists of flows.
fn read_flows(
    mut table: Table,
    owners: &[String],
    columns: &[&str],
    rows: &Rows,
) -> Result<Vec<Vec<Flow>>, EconomyError> {
    let mut flows = vec![Vec::new(); owners.len()];
    let (owner_column, row_column) = (columns[0], columns[1]);
    let mut owner_index = 0;
    while table.advance()? {
        let owner = table.text(owner_column)?;
        // Rows of one owner mostly stand together, so the last one found is tried first.
        if owners.get(owner_index).is_none_or(|last| last != owner) {
            // Economies have millions of lists: none keeps room that it does not use.
            if let Some(read) = flows.get_mut(owner_index) {
                read.shrink_to_fit();
            }
            owner_index = owners.binary_search_by(|id| id.as_str().cmp(owner)).map_err(|_| {
                table.wrong(owner_column, format!("{owner_column} `{}` is not known", shortened(owner)))
            })?;
        }
        let row = table.text(row_column)?;
        let &(of, unit, decimals) = rows.by_id.get(row).ok_or_else(|| {
            table.wrong(row_column, format!("{row_column} `{}` is not known", shortened(row)))
        })?;
        let given = table.optional_text("unit")?;
        if !given.is_empty() && given != unit {
            let message = format!("`{row}` is counted in {unit}, here in {}; convert it", shortened(given));
            return Err(table.wrong("unit", message));
        }
        let quantity = table.number("quantity", decimals)?;
        if quantity == 0 {
            continue;
        }
        let owned: &mut Vec<Flow> = &mut flows[owner_index];
        match owned.binary_search_by_key(&of, |flow| flow.of) {
            Ok(_) => {
                let message = format!("`{}` stands twice for `{}`", shortened(row), shortened(owner));
                return Err(table.wrong(row_column, message));
            }
            Err(at) => owned.insert(at, Flow { of, quantity }),
        }
    }
    Ok(flows)
}

fn read_needs(files: &Files, economy: &mut Economy) -> Result<(), EconomyError> {
    const COLUMNS: &[&str] = &["need", "tier", "asked_by", "weight", "minimum"];
    let mut table = Table::open(files, "needs.csv", COLUMNS, 2)?;
    let mut needs = BTreeMap::new();
    while table.advance()? {
        let tier = table.number("tier", 0)?;
        let minimum = table.optional_number("minimum", LEVEL_DECIMALS)?.unwrap_or(0);
        if minimum > FULFILMENT_ONE {
            return Err(
                table.wrong("minimum", "the least fulfilment is above 1; 1 means the whole need".to_owned())
            );
        }
        let need = Need {
            id: table.text("need")?.to_owned(),
            tier: u8::try_from(tier)
                .map_err(|_| table.wrong("tier", format!("tier {tier}; tiers go from 0 to 255")))?,
            asked_by: table.optional_text("asked_by")?.to_owned(),
            weight: table.optional_number("weight", WEIGHT_DECIMALS)?.unwrap_or(10i64.pow(WEIGHT_DECIMALS)),
            minimum,
            bundle: Vec::new(),
        };
        add(&table, "need", &mut needs, need.id.clone(), need)?;
    }
    let ids: Vec<String> = needs.keys().cloned().collect();
    let mut needs: Vec<Need> = needs.into_values().collect();
    let products = economy.products.iter().map(|product| (&*product.id, &*product.unit, product.decimals));
    const BUNDLES: &[&str] = &["need", "product", "quantity", "unit"];
    let bundles = Table::open(files, "bundles.csv", BUNDLES, 3)?;
    let bundles = read_flows(bundles, &ids, BUNDLES, &Rows::new(products))?;
    needs.iter_mut().zip(bundles).for_each(|(need, bundle)| need.bundle = bundle);
    economy.needs = needs;
    Ok(())
}
