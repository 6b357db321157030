//! The file of reports.

use super::table::Table;
use super::{EconomyError, Files};
use crate::decimal::shortened;
use crate::economy::{Economy, LEVEL_DECIMALS};
use crate::reports::{Reported, Reports};

/// Reads `reports.csv`.
pub(crate) fn read_reports(files: &Files, economy: &Economy) -> Result<Reports, EconomyError> {
    const COLUMNS: &[&str] = &["activity", "kind", "of", "quantity", "unit"];
    let mut table = Table::open(files, "reports.csv", COLUMNS, 4)?;
    let mut reports = Reports::default();
    while table.advance()? {
        let id = table.text("activity")?;
        let activity =
            economy.activity(id).ok_or_else(|| unknown(&table, "activity", id, "activities.csv"))?;
        let report = reports.by_activity.entry(activity).or_default();
        let Some(of) = read_kind(&table, economy)? else {
            let remaining = table.number("quantity", LEVEL_DECIMALS)?;
            if report.remaining.replace(remaining).is_some() {
                let message = format!("what remains of `{}` stands twice", shortened(id));
                return Err(table.wrong("kind", message));
            }
            continue;
        };
        let (row, unit, decimals) = of.row(economy);
        let given = table.optional_text("unit")?;
        if !given.is_empty() && given != unit {
            let message = format!("`{row}` is counted in {unit}, here in {}; convert it", shortened(given));
            return Err(table.wrong("unit", message));
        }
        let quantity = table.number("quantity", decimals)?;
        if report.done.insert(of, quantity).is_some() {
            let message =
                format!("{} of `{}` stands twice for `{}`", of.word(), shortened(row), shortened(id));
            return Err(table.wrong("of", message));
        }
    }
    Ok(reports)
}

fn unknown(table: &Table, column: &str, id: &str, file: &str) -> EconomyError {
    table.wrong(column, format!("`{}` is not in {file}", shortened(id)))
}

/// What a row is about; none for what remains.
fn read_kind(table: &Table, economy: &Economy) -> Result<Option<Reported>, EconomyError> {
    let product = || -> Result<usize, EconomyError> {
        let id = table.text("of")?;
        economy.product(id).ok_or_else(|| unknown(table, "of", id, "products.csv"))
    };
    match table.text("kind")? {
        "output" => Ok(Some(Reported::Output(product()?))),
        "input" => Ok(Some(Reported::Input(product()?))),
        "labour" => {
            let id = table.text("of")?;
            let found = economy.grades.binary_search_by(|grade| grade.id.as_str().cmp(id));
            found.map(|at| Some(Reported::Labour(at))).map_err(|_| unknown(table, "of", id, "labour.csv"))
        }
        "load" => {
            let id = table.text("of")?;
            let found = economy.satellites.binary_search_by(|row| row.id.as_str().cmp(id));
            found.map(|at| Some(Reported::Load(at))).map_err(|_| unknown(table, "of", id, "satellites.csv"))
        }
        "remaining" => match table.optional_text("of")? {
            "" => Ok(None),
            of => {
                let message =
                    format!("`{}`: what remains is a level of the activity; leave it empty", shortened(of));
                Err(table.wrong("of", message))
            }
        },
        other => {
            let message = format!(
                "`{}` is no kind; known are output, input, labour, load, remaining",
                shortened(other)
            );
            Err(table.wrong("kind", message))
        }
    }
}
