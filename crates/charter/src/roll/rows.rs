//! Lines of a CSV file into fields, as spreadsheets write them, each with its place.
//!
//! Commas, semicolons or tabs; a byte order mark; line ends of either kind; fields in quotation marks (RFC 4180),
//! which may not run over a line's end. Spaces around a field are no part of it.

use crate::diagnostic::{Diagnostic, Place};
use std::io::{self, BufRead};

/// The longest line that is read, in bytes. A longer one is refused without being kept in memory.
pub const LONGEST_LINE_BYTES: usize = 64 << 10;

/// What may separate fields; `max_by_key` takes the last of equals.
const SEPARATORS: [u8; 3] = [b'\t', b';', b','];

/// Reads rows one after the other; empty lines are passed over and counted.
pub(super) struct Rows<R> {
    input: R,
    separator: Option<u8>,
    number: usize,
    row: Row,
    /// Lines without anything in them but spaces and separators.
    pub empty: u64,
}

/// One line, split into fields.
#[derive(Default)]
pub(super) struct Row {
    line: Vec<u8>,
    text: String,
    /// Fields in which two quotation marks stand for one, as they read without.
    unquoted: String,
    fields: Vec<Field>,
    number: usize,
}

struct Field {
    /// Byte offset of its first character in the line.
    offset: usize,
    /// Its text within the line, or within `unquoted`.
    range: std::ops::Range<usize>,
    is_unquoted: bool,
}

impl Row {
    /// The line's number, from 1.
    pub fn number(&self) -> usize {
        self.number
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// A field's text; empty where the line is too short.
    pub fn get(&self, index: usize) -> &str {
        let Some(field) = self.fields.get(index) else { return "" };
        let text = if field.is_unquoted { &self.unquoted } else { &self.text };
        text.get(field.range.clone()).unwrap_or("")
    }

    /// Where a field begins; the line's end where it is too short.
    pub fn place(&self, index: usize) -> Place {
        let offset = self.fields.get(index).map_or(self.text.len(), |field| field.offset);
        Place { line: self.number, column: Place::of(&self.text, offset).column }
    }
}

impl<R: BufRead> Rows<R> {
    pub fn new(input: R) -> Self {
        Self { input, separator: None, number: 0, row: Row::default(), empty: 0 }
    }

    /// The next row that is not empty; an error where the line cannot be read as fields. The first row, of
    /// headings, says what separates fields.
    pub fn next(&mut self) -> io::Result<Option<Result<&Row, Diagnostic>>> {
        loop {
            let Some(length) = self.read_line()? else { return Ok(None) };
            if let Err(error) = self.row.decode(length) {
                return Ok(Some(Err(error)));
            }
            if self.row.is_empty() {
                self.empty += 1;
                continue;
            }
            let row = &mut self.row;
            let separator = *self.separator.get_or_insert_with(|| row.most_frequent_separator());
            return Ok(Some(row.split(separator).map(|()| &*row)));
        }
    }

    /// Reads a line without its end into the row, at most [`LONGEST_LINE_BYTES`] of it; returns its whole length,
    /// or nothing at the file's end.
    fn read_line(&mut self) -> io::Result<Option<usize>> {
        self.row.line.clear();
        let mut length = 0;
        loop {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() && length == 0 {
                return Ok(None);
            }
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let part = &buffer[..end.unwrap_or(buffer.len())];
            let room = LONGEST_LINE_BYTES.saturating_sub(self.row.line.len());
            self.row.line.extend_from_slice(&part[..part.len().min(room)]);
            length += part.len();
            let consumed = part.len() + usize::from(end.is_some());
            let is_last = end.is_some() || buffer.is_empty();
            self.input.consume(consumed);
            if is_last {
                break;
            }
        }
        self.number += 1;
        self.row.number = self.number;
        if self.row.line.last() == Some(&b'\r') {
            self.row.line.pop();
        }
        Ok(Some(length))
    }
}

impl Row {
    /// Checks a line's length and encoding.
    fn decode(&mut self, length: usize) -> Result<(), Diagnostic> {
        self.text.clear();
        self.fields.clear();
        if length > LONGEST_LINE_BYTES {
            let place = Place { line: self.number, column: 1 };
            let expected = format!("at most {LONGEST_LINE_BYTES} bytes in a line");
            let remedy = "look for a missing line end or a quotation mark that is never closed";
            return Err(place.error("line", format!("a line of {length} bytes"), expected, remedy));
        }
        match std::str::from_utf8(&self.line) {
            Ok(text) => {
                let text =
                    if self.number == 1 { text.strip_prefix('\u{feff}').unwrap_or(text) } else { text };
                self.text.push_str(text);
                Ok(())
            }
            Err(error) => {
                let valid = &self.line[..error.valid_up_to()];
                let column = 1 + String::from_utf8_lossy(valid).chars().count();
                let byte = self.line.get(error.valid_up_to()).copied().unwrap_or_default();
                let place = Place { line: self.number, column };
                let looks_like = match self.line.as_slice() {
                    [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "UTF-16",
                    _ => "Latin-1",
                };
                let remedy = format!(
                    "save the file as UTF-8 (in a spreadsheet: CSV UTF-8); it looks like {looks_like}"
                );
                Err(place.error("line", format!("the byte 0x{byte:02X}"), "text in UTF-8", remedy))
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.text.bytes().all(|byte| byte == b' ' || SEPARATORS.contains(&byte))
    }

    /// What most likely separates fields; of equals the comma, which also stands where there is a single column.
    fn most_frequent_separator(&self) -> u8 {
        let count = |separator: &u8| self.text.bytes().filter(|byte| byte == separator).count();
        SEPARATORS.into_iter().max_by_key(count).unwrap_or(b',')
    }

    fn split(&mut self, separator: u8) -> Result<(), Diagnostic> {
        self.unquoted.clear();
        let mut start = 0;
        loop {
            let spaces = self.text[start..].bytes().take_while(|byte| *byte == b' ').count();
            let end = match self.text[start + spaces..].starts_with('"') {
                true => self.quoted_field(start + spaces, separator)?,
                false => self.plain_field(start, separator),
            };
            if end >= self.text.len() {
                return Ok(());
            }
            start = end + 1;
        }
    }

    /// Adds the field that begins at `start`; returns where its separator or the line's end is.
    fn plain_field(&mut self, start: usize, separator: u8) -> usize {
        let rest = &self.text[start..];
        let length = rest.bytes().position(|byte| byte == separator).unwrap_or(rest.len());
        let field = &rest[..length];
        let offset = start + (field.len() - field.trim_start().len());
        self.fields.push(Field { offset, range: offset..offset + field.trim().len(), is_unquoted: false });
        start + length
    }

    /// Like [`plain_field`](Self::plain_field) for a field whose quotation mark is at `start`.
    fn quoted_field(&mut self, start: usize, separator: u8) -> Result<usize, Diagnostic> {
        let from = self.unquoted.len();
        let mut at = start + 1;
        loop {
            let Some(length) = self.text[at..].find('"') else {
                let remedy = "close it on the same line; a field cannot run over a line's end";
                return Err(self.place_of(start).error(
                    "line",
                    "an opening quotation mark",
                    "a closing one",
                    remedy,
                ));
            };
            self.unquoted.push_str(&self.text[at..at + length]);
            at += length + 1;
            if !self.text[at..].starts_with('"') {
                break;
            }
            self.unquoted.push('"');
            at += 1;
        }
        let spaces = self.text[at..].bytes().take_while(|byte| *byte == b' ').count();
        let end = at + spaces;
        if end < self.text.len() && self.text.as_bytes()[end] != separator {
            let expected = "a separator or the line's end behind a closing quotation mark";
            let remedy = "write a quotation mark inside a field twice: \"\"";
            return Err(self.place_of(end).error("line", "further text", expected, remedy));
        }
        let field = &self.unquoted[from..];
        let from = from + (field.len() - field.trim_start().len());
        let range = from..from + field.trim().len();
        self.fields.push(Field { offset: start, range, is_unquoted: true });
        Ok(end)
    }

    fn place_of(&self, offset: usize) -> Place {
        Place { line: self.number, column: Place::of(&self.text, offset).column }
    }
}
