//! One CSV file, read row by row with its places known.

use super::{EconomyError, Files};
use crate::decimal::{parse_fixed, shortened};
use csv::{ByteRecord, Reader, ReaderBuilder};

/// A longer field than this is a mistake (a quote that never closes, most often), not a name.
const LONGEST_FIELD: usize = 1_000;

/// One CSV file with a header, read row by row.
pub(super) struct Table<'a> {
    file: &'static str,
    columns: &'static [&'static str],
    /// Position in the file's rows of each of `columns`.
    positions: Vec<Option<usize>>,
    reader: Reader<&'a [u8]>,
    record: ByteRecord,
}

impl<'a> Table<'a> {
    /// Opens a file that must be there. `columns` lists the known columns, the first `required` of them needed.
    pub(super) fn open(
        files: &'a Files,
        file: &'static str,
        columns: &'static [&'static str],
        required: usize,
    ) -> Result<Self, EconomyError> {
        let bytes = files.get(file).ok_or_else(|| EconomyError {
            file: file.to_owned(),
            line: None,
            column: None,
            message: format!("the file is missing; it needs the columns {}", columns[..required].join(",")),
        })?;
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let reader = ReaderBuilder::new().has_headers(false).from_reader(bytes);
        let mut table =
            Self { file, columns, positions: vec![None; columns.len()], reader, record: ByteRecord::new() };
        if !table.advance()? {
            let message =
                format!("the file is empty; its first line must name the columns {}", columns.join(","));
            return Err(EconomyError { file: file.to_owned(), line: None, column: None, message });
        }
        table.read_header(required)?;
        Ok(table)
    }

    /// The same in two halves, to be read side by side, where the file has at least `least_bytes` and no quoted
    /// fields, so that each line is a row. Lines are counted from each half's own beginning.
    pub(super) fn halves(
        files: &'a Files,
        file: &'static str,
        columns: &'static [&'static str],
        required: usize,
        least_bytes: usize,
    ) -> Result<Option<(Self, Self)>, EconomyError> {
        let mut first = Self::open(files, file, columns, required)?;
        let bytes = files[file].as_slice();
        if bytes.len() < least_bytes || bytes.contains(&b'"') {
            return Ok(None);
        }
        let middle = bytes.len() / 2;
        let Some(line) = bytes[middle..].iter().position(|&byte| byte == b'\n') else { return Ok(None) };
        let (one, other) = bytes.split_at(middle + line + 1);
        let reader = |bytes| ReaderBuilder::new().has_headers(false).from_reader(bytes);
        let second = Self {
            file,
            columns,
            positions: first.positions.clone(),
            reader: reader(other),
            record: ByteRecord::new(),
        };
        first.reader = reader(one.strip_prefix(b"\xef\xbb\xbf").unwrap_or(one));
        first.advance()?;
        Ok(Some((first, second)))
    }

    /// The same for a file that may be left out.
    pub(super) fn open_optional(
        files: &'a Files,
        file: &'static str,
        columns: &'static [&'static str],
        required: usize,
    ) -> Result<Option<Self>, EconomyError> {
        files.contains_key(file).then(|| Self::open(files, file, columns, required)).transpose()
    }

    fn read_header(&mut self, required: usize) -> Result<(), EconomyError> {
        let header = self.record.clone();
        if header.len() == 1 && header[0].contains(&b';') {
            return Err(
                self.error(None, "fields are divided by semicolons; save the file with commas".to_owned())
            );
        }
        for (position, name) in header.iter().enumerate() {
            let name = String::from_utf8_lossy(name);
            let known = self.columns.iter().position(|column| *column == name.trim());
            let Some(column) = known else {
                let message =
                    format!("unknown column `{}`; known are {}", shortened(&name), self.columns.join(", "));
                return Err(self.error(Some(position + 1), message));
            };
            if self.positions[column].replace(position).is_some() {
                return Err(self.error(Some(position + 1), format!("column `{name}` stands twice")));
            }
        }
        for column in 0..required {
            if self.positions[column].is_none() {
                return Err(self.error(None, format!("column `{}` is missing", self.columns[column])));
            }
        }
        Ok(())
    }

    /// Goes to the next row; false behind the last one.
    pub(super) fn advance(&mut self) -> Result<bool, EconomyError> {
        self.reader.read_byte_record(&mut self.record).map_err(|error| {
            let line = error.position().map(|position| position.line());
            let message = match error.kind() {
                csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                    format!("{len} fields, the first line has {expected_len}")
                }
                _ => error.to_string(),
            };
            EconomyError { file: self.file.to_owned(), line, column: None, message }
        })
    }

    fn position(&self, column: &str) -> Option<usize> {
        let index =
            self.columns.iter().position(|known| *known == column).expect("columns are named in this crate");
        self.positions[index]
    }

    /// The field's bytes; none where the file lacks the column or the field is empty.
    fn bytes(&self, column: &str) -> Option<&[u8]> {
        let field = self.record.get(self.position(column)?)?.trim_ascii();
        (!field.is_empty()).then_some(field)
    }

    /// A text that may be empty.
    pub(super) fn optional_text(&self, column: &str) -> Result<&str, EconomyError> {
        let field = self.bytes(column).unwrap_or_default();
        if field.len() > LONGEST_FIELD {
            let message = format!(
                "`{column}` has {} bytes, the limit is {LONGEST_FIELD}; is a quote not closed?",
                field.len()
            );
            return Err(self.wrong(column, message));
        }
        std::str::from_utf8(field)
            .map_err(|_| self.wrong(column, format!("`{column}` is not UTF-8; save the file as UTF-8")))
    }

    /// A text that must be there.
    pub(super) fn text(&self, column: &str) -> Result<&str, EconomyError> {
        match self.optional_text(column)? {
            "" => Err(self.wrong(column, format!("`{column}` is empty"))),
            text => Ok(text),
        }
    }

    /// A number not below nought that must be there, in units of its last decimal.
    pub(super) fn number(&self, column: &str, decimals: u32) -> Result<i64, EconomyError> {
        self.optional_number(column, decimals)?
            .ok_or_else(|| self.wrong(column, format!("`{column}` is empty")))
    }

    /// A number not below nought that may be left out.
    pub(super) fn optional_number(&self, column: &str, decimals: u32) -> Result<Option<i64>, EconomyError> {
        let Some(field) = self.bytes(column) else { return Ok(None) };
        let number = parse_fixed(field, decimals)
            .map_err(|error| self.wrong(column, format!("`{column}`: {error}")))?;
        if number < 0 {
            let field = shortened(&String::from_utf8_lossy(field));
            let message = format!(
                "`{column}` is {field}, below nought; what is given back instead of used belongs on the other side (an output, a stock)"
            );
            return Err(self.wrong(column, message));
        }
        Ok(Some(number))
    }

    /// An error at a column of the current row.
    pub(super) fn wrong(&self, column: &str, message: String) -> EconomyError {
        self.error(self.position(column).map(|position| position + 1), message)
    }

    fn error(&self, column: Option<usize>, message: String) -> EconomyError {
        let line = self.record.position().map(|position| position.line());
        EconomyError { file: self.file.to_owned(), line, column, message }
    }
}
