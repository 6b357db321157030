//! A matrix with codes at both sides, and where each row stands in its file.

use super::number::parse_rounded;
use crate::decimal::shortened;
use crate::files::{EconomyError, Files};
use csv::{ReaderBuilder, StringRecord};
use std::collections::BTreeSet;

/// Numbers by row and column, in units of the last decimal.
pub(super) struct Matrix {
    pub(super) file: &'static str,
    /// Codes of the columns.
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<MatrixRow>,
    /// Entries that had more digits than are kept.
    pub(super) rounded: usize,
}

/// One row with its code and its line in the file.
pub(super) struct MatrixRow {
    pub(super) code: String,
    pub(super) line: u64,
    pub(super) numbers: Vec<i64>,
}

/// How many header lines and code columns a file has, and what divides its fields.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    pub(super) delimiter: u8,
    /// Header lines whose fields together are a column's code.
    pub(super) header_lines: usize,
    /// Columns whose fields together are a row's code.
    pub(super) code_columns: usize,
}

pub(super) const WIDE: Shape = Shape { delimiter: b',', header_lines: 1, code_columns: 1 };
pub(super) const BY_REGION: Shape = Shape { delimiter: b'\t', header_lines: 2, code_columns: 2 };
pub(super) const EXTENSION: Shape = Shape { delimiter: b'\t', header_lines: 2, code_columns: 1 };

pub(super) fn error(file: &str, line: Option<u64>, column: Option<usize>, message: String) -> EconomyError {
    EconomyError { file: file.to_owned(), line, column, message }
}

impl Matrix {
    /// Reads a file that must be there.
    pub(super) fn read(
        files: &Files,
        file: &'static str,
        shape: Shape,
        decimals: u32,
    ) -> Result<Self, EconomyError> {
        let records = records(files, file, shape.delimiter)?;
        let mut records = records.into_iter();
        let mut columns: Vec<String> = Vec::new();
        let width = records.as_slice().first().map_or(0, |(_, record)| record.len());
        for header in 0..shape.header_lines {
            let (_, record) = records.next().ok_or_else(|| {
                error(file, None, None, format!("the file has no header of {} lines", shape.header_lines))
            })?;
            for column in shape.code_columns..width {
                let part = record.get(column).unwrap_or_default().trim();
                match header {
                    0 => columns.push(part.to_owned()),
                    _ => {
                        let code = &mut columns[column - shape.code_columns];
                        code.push('/');
                        code.push_str(part);
                    }
                }
            }
        }
        let mut seen = BTreeSet::new();
        for (at, code) in columns.iter().enumerate() {
            let column = Some(at + shape.code_columns + 1);
            if code.is_empty() {
                return Err(error(file, Some(1), column, "the column has no code".to_owned()));
            }
            if !seen.insert(code) {
                let message = format!("column `{}` stands twice", shortened(code));
                return Err(error(file, Some(1), column, message));
            }
        }
        let mut matrix = Self { file, columns, rows: Vec::new(), rounded: 0 };
        let mut seen = BTreeSet::new();
        for (line, record) in records {
            // pandas puts the names of the code columns on a line of their own.
            let is_names_of_codes = matrix.rows.is_empty()
                && shape.header_lines > 1
                && record.iter().skip(shape.code_columns).all(|field| field.trim().is_empty());
            if is_names_of_codes {
                continue;
            }
            matrix.add_row(line, &record, shape, decimals, &mut seen)?;
        }
        Ok(matrix)
    }

    fn add_row(
        &mut self,
        line: u64,
        record: &StringRecord,
        shape: Shape,
        decimals: u32,
        seen: &mut BTreeSet<String>,
    ) -> Result<(), EconomyError> {
        let file = self.file;
        let expected = self.columns.len() + shape.code_columns;
        if record.len() != expected {
            let message = format!("{} fields, the header has {expected}", record.len());
            return Err(error(file, Some(line), None, message));
        }
        let codes: Vec<&str> = record.iter().take(shape.code_columns).map(str::trim).collect();
        let code = codes.join("/");
        if codes.iter().any(|part| part.is_empty()) {
            return Err(error(file, Some(line), Some(1), "the row has no code".to_owned()));
        }
        if !seen.insert(code.clone()) {
            let message = format!("row `{}` stands twice", shortened(&code));
            return Err(error(file, Some(line), Some(1), message));
        }
        let mut numbers = Vec::with_capacity(self.columns.len());
        for (column, field) in record.iter().enumerate().skip(shape.code_columns) {
            let (number, lost) = parse_rounded(field.trim(), decimals).map_err(|what| {
                let at = &self.columns[column - shape.code_columns];
                let message = format!("row `{}`, column `{}`: {what}", shortened(&code), shortened(at));
                error(file, Some(line), Some(column + 1), message)
            })?;
            self.rounded += usize::from(lost);
            numbers.push(number);
        }
        self.rows.push(MatrixRow { code, line, numbers });
        Ok(())
    }

    /// The place of a column by its code.
    pub(super) fn column(&self, code: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == code)
    }
}

/// The records of a file with their lines.
pub(super) fn records(
    files: &Files,
    file: &str,
    delimiter: u8,
) -> Result<Vec<(u64, StringRecord)>, EconomyError> {
    let bytes = files.get(file).ok_or_else(|| error(file, None, None, "the file is missing".to_owned()))?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(bytes);
    let mut records = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|cause| {
            error(file, cause.position().map(|position| position.line()), None, cause.to_string())
        })?;
        let line = record.position().map_or(0, |position| position.line());
        records.push((line, record));
    }
    if records.is_empty() {
        return Err(error(file, None, None, "the file is empty".to_owned()));
    }
    Ok(records)
}
