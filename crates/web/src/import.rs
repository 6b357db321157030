//! Importing a table of register fields: every row is read or refused with its line and reason, and read and refused
//! make all, before anything is kept.

use crate::words::Languages;
use mandate_assembly::Federation;
use mandate_assembly::ids::{MemberId, WorkplaceId};
use std::collections::BTreeMap;

/// Fields of a member with their values, as the register keeps them.
type Fields = BTreeMap<String, String>;

/// The columns that a table may have beside `member`, which are the register's fields.
pub const FIELDS: [&str; 4] = ["name", "address", "e-mail", "language"];
/// The longest field, in characters.
const LONGEST_FIELD: usize = 300;

/// A table as it would be imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// What is to be noted of whom.
    pub read: Vec<(MemberId, Fields)>,
    /// Rows that are not imported.
    pub refused: Vec<RefusedRow>,
    /// All rows below the heading; those read and those refused.
    pub total: usize,
}

/// A row that is not imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRow {
    /// Its line in the table; the heading is line 1.
    pub line: u64,
    /// Whom it names.
    pub member: String,
    /// What is wrong with it.
    pub why: String,
}

/// Why a table cannot be imported at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// The heading lacks `member`, or the table is empty.
    #[error(
        "line 1: no column \"member\"; the columns are member and some of name, address, e-mail, language"
    )]
    NoMember,
    /// A column that the register does not have.
    #[error(
        "line 1: no field {0:?} is kept; the columns are member and some of name, address, e-mail, language"
    )]
    UnknownColumn(String),
    /// A column that stands twice.
    #[error("line 1: the column {0:?} stands twice; keep one")]
    TwiceColumn(String),
}

/// Reads a table divided by commas, semicolons or tabs, as spreadsheets write and copy it. With a workplace, rows of
/// members elsewhere are refused with the words for those of nobody.
///
/// # Errors
/// The heading cannot be used.
pub fn read(
    text: &str,
    federation: &Federation,
    languages: &Languages,
    workplace: Option<&WorkplaceId>,
) -> Result<Import, ImportError> {
    let text = text.trim_start_matches('\u{feff}');
    // Browsers send CR LF, after which the reader counts a line too few.
    let text = &text.replace("\r\n", "\n");
    let heading = text.lines().next().unwrap_or_default();
    let divider = ['\t', ';'].into_iter().find(|sign| heading.contains(*sign)).unwrap_or(',');
    let mut rows = csv::ReaderBuilder::new()
        .delimiter(divider as u8)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut records = rows.records();
    let columns: Vec<String> = match records.next() {
        Some(Ok(heading)) => heading.iter().map(|column| column.trim().to_lowercase()).collect(),
        _ => return Err(ImportError::NoMember),
    };
    check_columns(&columns)?;
    let mut import = Import { read: Vec::new(), refused: Vec::new(), total: 0 };
    let mut lines: BTreeMap<MemberId, u64> = BTreeMap::new();
    for record in records {
        let (line, member, row) = match record {
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line);
                if record.iter().all(|field| field.trim().is_empty()) {
                    continue;
                }
                let cells: Vec<String> = record.iter().map(|field| field.trim().to_owned()).collect();
                let place = columns.iter().position(|column| column == "member").unwrap_or(0);
                (line, cells.get(place).cloned().unwrap_or_default(), Ok(cells))
            }
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                (line, String::new(), Err(error.to_string()))
            }
        };
        import.total += 1;
        let fields = row.and_then(|cells| fields(&columns, &cells, languages)).and_then(|fields| {
            let id = MemberId::from(member.as_str());
            belongs(federation, &id, workplace)?;
            match lines.get(&id) {
                Some(before) => Err(format!("{member} stands in line {before} already; keep one")),
                None => Ok((id, fields)),
            }
        });
        match fields {
            Ok((id, fields)) => {
                lines.insert(id.clone(), line);
                import.read.push((id, fields));
            }
            Err(why) => import.refused.push(RefusedRow { line, member, why }),
        }
    }
    debug_assert_eq!(import.read.len() + import.refused.len(), import.total);
    Ok(import)
}

fn check_columns(columns: &[String]) -> Result<(), ImportError> {
    if !columns.iter().any(|column| column == "member") {
        return Err(ImportError::NoMember);
    }
    for (place, column) in columns.iter().enumerate() {
        if column != "member" && !FIELDS.contains(&column.as_str()) {
            return Err(ImportError::UnknownColumn(column.clone()));
        }
        if columns[..place].contains(column) {
            return Err(ImportError::TwiceColumn(column.clone()));
        }
    }
    Ok(())
}

/// The fields of a row that say anything.
fn fields(columns: &[String], cells: &[String], languages: &Languages) -> Result<Fields, String> {
    if cells.len() != columns.len() {
        return Err(format!("{} cells in place of {}", cells.len(), columns.len()));
    }
    let mut fields = Fields::new();
    for (column, cell) in
        columns.iter().zip(cells).filter(|(column, cell)| *column != "member" && !cell.is_empty())
    {
        let length = cell.chars().count();
        if length > LONGEST_FIELD {
            return Err(format!("{column} has {length} characters, at most {LONGEST_FIELD} are kept"));
        }
        let is_line = |sign: char| sign == '\n' || sign == '\r';
        if cell.chars().any(|sign| sign.is_control() && !(column == "address" && is_line(sign))) {
            return Err(format!("{column} has a line's end or another sign that is not seen"));
        }
        match column.as_str() {
            "e-mail" => drop(crate::mail::mailbox("", cell)?),
            "language" if languages.get(cell).is_none() => {
                return Err(format!("no language {cell:?} is offered: {languages:?} are"));
            }
            _ => {}
        }
        fields.insert(column.clone(), cell.replace('\r', ""));
    }
    match fields.is_empty() {
        true => Err("it says nothing".into()),
        false => Ok(fields),
    }
}

fn belongs(federation: &Federation, id: &MemberId, workplace: Option<&WorkplaceId>) -> Result<(), String> {
    let nobody = || match workplace {
        Some(workplace) => format!("no member {id} is on the roll of {workplace}"),
        None => format!("no member {id} is on the roll"),
    };
    let (_, line) = federation.roll.member(id).ok_or_else(nobody)?;
    let at = line.workplace.and_then(|index| federation.roll.workplace_id(index));
    match workplace {
        Some(wanted) if at != Some(wanted) => Err(nobody()),
        _ => Ok(()),
    }
}
