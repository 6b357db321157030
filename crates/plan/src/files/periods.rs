//! The files that make an economy one of several periods.

use super::table::Table;
use super::{EconomyError, Files};
use crate::decimal::shortened;
use crate::economy::{Economy, LEVEL_DECIMALS, LEVEL_ONE, Product};
use crate::horizon::{Gain, Horizon, Later, MOST_PERIODS, Period, Store, Wear};
use std::collections::BTreeMap;

/// The files that mean nothing without `periods.csv`.
const DEPENDENT: [&str; 5] = ["stores.csv", "wear.csv", "gains.csv", "later.csv", "budgets.csv"];

impl Horizon {
    /// Reads an economy of several periods; none where the files are those of one period.
    ///
    /// # Errors
    ///
    /// The first thing wrong, with file, line and field.
    pub fn read(files: &Files) -> Result<Option<Horizon>, EconomyError> {
        if !files.contains_key("periods.csv") {
            return match DEPENDENT.iter().find(|name| files.contains_key(**name)) {
                None => Ok(None),
                Some(name) => Err(EconomyError {
                    file: (*name).to_owned(),
                    line: None,
                    column: None,
                    message: "the file means nothing without periods.csv; add it, or take this one away"
                        .to_owned(),
                }),
            };
        }
        let base = Economy::read_one_period(files)?;
        Ok(Some(Horizon {
            periods: read_periods(files)?,
            stores: read_stores(files, &base)?,
            wear: read_wear(files, &base)?,
            gains: read_gains(files, &base)?,
            later: read_later(files, &base)?,
            budgets: read_budgets(files, &base)?,
            base,
        }))
    }
}

fn read_periods(files: &Files) -> Result<Vec<Period>, EconomyError> {
    const COLUMNS: &[&str] = &["period", "labour", "needs", "weight", "imports", "exports"];
    let mut table = Table::open(files, "periods.csv", COLUMNS, 1)?;
    let mut periods = BTreeMap::new();
    while table.advance()? {
        let number = table.number("period", 0)?;
        if !(1..=MOST_PERIODS as i64).contains(&number) {
            return Err(
                table.wrong("period", format!("period {number}; periods go from 1 to {MOST_PERIODS}"))
            );
        }
        let multiple = |column| Ok(table.optional_number(column, LEVEL_DECIMALS)?.unwrap_or(LEVEL_ONE));
        let period = Period {
            labour: multiple("labour")?,
            needs: multiple("needs")?,
            weight: multiple("weight")?,
            imports: multiple("imports")?,
            exports: multiple("exports")?,
        };
        if periods.insert(number, period).is_some() {
            return Err(table.wrong("period", format!("period {number} stands twice")));
        }
    }
    let last = periods.keys().next_back().copied().unwrap_or(0);
    let message = match (1..=last).find(|number| !periods.contains_key(number)) {
        Some(missing) => {
            format!("period {missing} is missing, the last one is {last}; number them without gaps")
        }
        None if last == 0 => "there is no period; number them from 1".to_owned(),
        None => return Ok(periods.into_values().collect()),
    };
    Err(EconomyError { file: "periods.csv".to_owned(), line: None, column: None, message })
}

/// The index of an id in a column.
fn known(
    table: &Table,
    column: &str,
    file: &str,
    find: impl Fn(&str) -> Option<usize>,
) -> Result<usize, EconomyError> {
    let id = table.text(column)?;
    find(id).ok_or_else(|| table.wrong(column, format!("`{}` is not in {file}", shortened(id))))
}

/// A share of what is there, at most the whole.
fn kept(table: &Table) -> Result<i64, EconomyError> {
    let kept = table.optional_number("kept", LEVEL_DECIMALS)?.unwrap_or(LEVEL_ONE);
    if kept > LEVEL_ONE {
        let message = "the share kept is above 1; 1 means that nothing is lost from period to period";
        return Err(table.wrong("kept", message.to_owned()));
    }
    Ok(kept)
}

/// How many periods later something comes; 1 where nothing is said.
fn after(table: &Table) -> Result<usize, EconomyError> {
    let after = table.optional_number("after", 0)?.unwrap_or(1);
    if !(1..=MOST_PERIODS as i64).contains(&after) {
        let message = format!("after {after} periods; the limits are 1 and {MOST_PERIODS}");
        return Err(table.wrong("after", message));
    }
    Ok(after as usize)
}

fn read_stores(files: &Files, base: &Economy) -> Result<BTreeMap<usize, Store>, EconomyError> {
    const COLUMNS: &[&str] = &["product", "workplace", "limit", "kept", "closing"];
    let Some(mut table) = Table::open_optional(files, "stores.csv", COLUMNS, 3)? else {
        return Ok(BTreeMap::new());
    };
    let mut stores = BTreeMap::new();
    while table.advance()? {
        let product = known(&table, "product", "products.csv", |id| base.product(id))?;
        let workplace = known(&table, "workplace", "workplaces.csv", |id| base.workplace(id))?;
        let decimals = base.products[product].decimals;
        let store = Store {
            workplace: workplace as u32,
            limit: table.number("limit", decimals)?,
            kept: kept(&table)?,
            closing: table.optional_number("closing", decimals)?.unwrap_or(0),
        };
        if stores.insert(product, store).is_some() {
            let id = shortened(&base.products[product].id);
            return Err(table.wrong("product", format!("product `{id}` stands twice")));
        }
    }
    Ok(stores)
}

fn read_wear(files: &Files, base: &Economy) -> Result<BTreeMap<usize, Wear>, EconomyError> {
    const COLUMNS: &[&str] = &["activity", "kept", "closing"];
    let Some(mut table) = Table::open_optional(files, "wear.csv", COLUMNS, 1)? else {
        return Ok(BTreeMap::new());
    };
    let mut wear = BTreeMap::new();
    while table.advance()? {
        let activity = known(&table, "activity", "activities.csv", |id| base.activity(id))?;
        let row = Wear {
            kept: kept(&table)?,
            closing: table.optional_number("closing", LEVEL_DECIMALS)?.unwrap_or(0),
        };
        if wear.insert(activity, row).is_some() {
            let id = shortened(&base.activities[activity].id);
            return Err(table.wrong("activity", format!("activity `{id}` stands twice")));
        }
    }
    Ok(wear)
}

fn read_gains(files: &Files, base: &Economy) -> Result<Vec<Gain>, EconomyError> {
    const COLUMNS: &[&str] = &["activity", "gains", "quantity", "after"];
    let Some(mut table) = Table::open_optional(files, "gains.csv", COLUMNS, 3)? else {
        return Ok(Vec::new());
    };
    let mut gains = BTreeMap::new();
    while table.advance()? {
        let by = known(&table, "activity", "activities.csv", |id| base.activity(id))? as u32;
        let of = known(&table, "gains", "activities.csv", |id| base.activity(id))? as u32;
        let quantity = table.number("quantity", LEVEL_DECIMALS)?;
        let gain = Gain { by, of, quantity, after: after(&table)? };
        if gains.insert((by, of), gain).is_some() {
            let id = shortened(&base.activities[of as usize].id);
            return Err(table.wrong("gains", format!("`{id}` stands twice for this activity")));
        }
    }
    Ok(gains.into_values().collect())
}

fn read_later(files: &Files, base: &Economy) -> Result<Vec<Later>, EconomyError> {
    const COLUMNS: &[&str] = &["activity", "product", "quantity", "after", "unit"];
    let Some(mut table) = Table::open_optional(files, "later.csv", COLUMNS, 3)? else {
        return Ok(Vec::new());
    };
    let mut later = BTreeMap::new();
    while table.advance()? {
        let by = known(&table, "activity", "activities.csv", |id| base.activity(id))? as u32;
        let of = known(&table, "product", "products.csv", |id| base.product(id))?;
        let Product { id, unit, decimals, .. } = &base.products[of];
        let given = table.optional_text("unit")?;
        if !given.is_empty() && given != unit {
            let message = format!("`{id}` is counted in {unit}, here in {}; convert it", shortened(given));
            return Err(table.wrong("unit", message));
        }
        let row = Later {
            by,
            of: of as u32,
            quantity: table.number("quantity", *decimals)?,
            after: after(&table)?,
        };
        if later.insert((by, of, row.after), row).is_some() {
            let message = format!("`{}` after {} stands twice for this activity", shortened(id), row.after);
            return Err(table.wrong("product", message));
        }
    }
    Ok(later.into_values().collect())
}

fn read_budgets(files: &Files, base: &Economy) -> Result<BTreeMap<usize, i64>, EconomyError> {
    const COLUMNS: &[&str] = &["satellite", "ceiling"];
    let Some(mut table) = Table::open_optional(files, "budgets.csv", COLUMNS, 2)? else {
        return Ok(BTreeMap::new());
    };
    let mut budgets = BTreeMap::new();
    let find = |id: &str| base.satellites.binary_search_by(|row| row.id.as_str().cmp(id)).ok();
    while table.advance()? {
        let satellite = known(&table, "satellite", "satellites.csv", find)?;
        let ceiling = table.number("ceiling", base.satellites[satellite].decimals)?;
        if budgets.insert(satellite, ceiling).is_some() {
            let id = shortened(&base.satellites[satellite].id);
            return Err(table.wrong("satellite", format!("satellite `{id}` stands twice")));
        }
    }
    Ok(budgets)
}
