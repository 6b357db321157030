//! Matrices with names at both sides, as the tables are distributed.

use crate::decimal::{parse_fixed, shortened};
use crate::files::{EconomyError, Files};
use csv::{ByteRecord, ReaderBuilder};
use std::collections::BTreeMap;

fn error(file: &str, line: Option<u64>, column: Option<usize>, message: String) -> EconomyError {
    EconomyError { file: file.to_owned(), line, column, message }
}

/// The rows of a file with their lines.
fn rows(files: &Files, file: &str) -> Result<Vec<(u64, ByteRecord)>, EconomyError> {
    let bytes = files.get(file).ok_or_else(|| error(file, None, None, "the file is missing".to_owned()))?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = ReaderBuilder::new().has_headers(false).from_reader(bytes);
    let rows = reader.byte_records().map(|record| {
        let record = record.map_err(|cause| {
            error(file, cause.position().map(|position| position.line()), None, cause.to_string())
        })?;
        Ok((record.position().map_or(0, |position| position.line()), record))
    });
    rows.collect()
}

fn text(file: &str, line: u64, record: &ByteRecord, column: usize) -> Result<String, EconomyError> {
    let field = record.get(column).unwrap_or_default();
    let text = std::str::from_utf8(field)
        .map_err(|_| error(file, Some(line), Some(column + 1), "not UTF-8".to_owned()))?;
    Ok(text.trim().to_owned())
}

/// Codes and names, sorted by code.
pub(super) struct Names(BTreeMap<String, String>);

impl Names {
    pub(super) fn read(files: &Files, file: &str) -> Result<Self, EconomyError> {
        let mut names = BTreeMap::new();
        for (line, record) in rows(files, file)?.into_iter().skip(1) {
            let code = text(file, line, &record, 0)?;
            if names.insert(code.clone(), text(file, line, &record, 1)?).is_some() {
                return Err(error(file, Some(line), Some(1), format!("`{}` stands twice", shortened(&code))));
            }
        }
        Ok(Self(names))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(code, name)| (code.as_str(), name.as_str()))
    }

    pub(super) fn codes(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// Numbers by row and column name, in units of their last decimal.
pub(super) struct Matrix {
    file: &'static str,
    columns: BTreeMap<String, usize>,
    rows: BTreeMap<String, Vec<i64>>,
}

impl Matrix {
    pub(super) fn read(files: &Files, file: &'static str, decimals: u32) -> Result<Self, EconomyError> {
        let mut records = rows(files, file)?.into_iter();
        let (line, header) =
            records.next().ok_or_else(|| error(file, None, None, "the file is empty".to_owned()))?;
        let mut columns = BTreeMap::new();
        for column in 1..header.len() {
            columns.insert(text(file, line, &header, column)?, column - 1);
        }
        let mut rows = BTreeMap::new();
        for (line, record) in records {
            let name = text(file, line, &record, 0)?;
            let number = |(column, field): (usize, &[u8])| {
                parse_fixed(field.trim_ascii(), decimals)
                    .map_err(|cause| error(file, Some(line), Some(column + 1), cause.to_string()))
            };
            let numbers = record.iter().enumerate().skip(1).map(number).collect::<Result<_, _>>()?;
            if rows.insert(name.clone(), numbers).is_some() {
                return Err(error(
                    file,
                    Some(line),
                    Some(1),
                    format!("row `{}` stands twice", shortened(&name)),
                ));
            }
        }
        Ok(Self { file, columns, rows })
    }

    /// The number at a row and a column.
    pub(super) fn entry(&self, row: &str, column: &str) -> Result<i64, EconomyError> {
        let numbers = self.rows.get(row);
        let numbers =
            numbers.ok_or_else(|| error(self.file, None, None, format!("row `{row}` is missing")))?;
        let at = self.columns.get(column);
        let at = at.ok_or_else(|| error(self.file, None, None, format!("column `{column}` is missing")))?;
        Ok(numbers[*at])
    }
}
