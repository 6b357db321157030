//! Rolls: the registers of workplaces and of members, from CSV files.
//!
//! A roll is read whole or refused whole, with every error's line, column and remedy: the first hundred in full and
//! the number of all. No line is dropped in silence: read, refused and empty lines add up to the lines below the
//! headings.

mod member;
mod rows;
mod workplace;

use crate::diagnostic::{Diagnostic, Place, nearest, quoted};
use rows::Row;
use serde::Serialize;
use std::{fmt, io};

pub use member::{Member, MemberKind, MemberRoll, Standing, read_members};
pub use rows::LONGEST_LINE_BYTES;
pub use workplace::{Workplace, WorkplaceRoll, read_workplaces};

/// The longest id, branch or territory, in bytes.
pub const LONGEST_NAME_BYTES: usize = 64;

/// How many errors of a roll are kept in full.
pub const ERRORS_IN_FULL: usize = 100;

/// What became of the lines below a roll's headings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Lines {
    /// Lines that became a workplace or a member.
    pub read: u64,
    /// Lines with an error.
    pub refused: u64,
    /// Lines with nothing in them but spaces and separators, those above the headings included.
    pub empty: u64,
}

/// Why there is no roll.
#[derive(Debug, thiserror::Error)]
pub enum RollError {
    /// The file could not be read.
    #[error("the roll cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// There are errors in it.
    #[error(transparent)]
    Refused(#[from] Refusals),
}

/// The errors of a roll.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, thiserror::Error)]
pub struct Refusals {
    /// The first errors, at most [`ERRORS_IN_FULL`], in the file's order.
    pub errors: Vec<Diagnostic>,
    /// How many errors there are in all.
    pub total: u64,
    /// What became of the lines.
    pub lines: Lines,
}

impl Refusals {
    fn add(&mut self, error: Diagnostic) {
        self.total += 1;
        if self.errors.len() < ERRORS_IN_FULL {
            self.errors.push(error);
        }
    }

    /// The errors of one line, in the order of its columns.
    fn add_line(&mut self, mut errors: Vec<Diagnostic>) {
        self.lines.refused += 1;
        errors.sort_by_key(|error| error.column);
        errors.into_iter().for_each(|error| self.add(error));
    }

    /// The errors of the headings.
    fn of(errors: Vec<Diagnostic>) -> Self {
        Self { total: errors.len() as u64, errors, lines: Lines::default() }
    }
}

impl fmt::Display for Refusals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for error in &self.errors {
            writeln!(f, "{error}")?;
        }
        let (shown, Lines { read, refused, empty }) = (self.errors.len(), self.lines);
        if self.total > shown as u64 {
            writeln!(f, "… and {} more", self.total - shown as u64)?;
        }
        write!(f, "errors: {}; lines: {read} good, {refused} refused, {empty} empty", self.total)
    }
}

/// Which field of a row holds what.
struct Headings {
    names: Vec<String>,
}

impl Headings {
    /// Reads the headings: each once, none empty. Capitals count as small letters.
    fn read(row: &Row) -> Result<Self, Diagnostic> {
        let mut names: Vec<String> = Vec::new();
        for index in 0..row.len() {
            let name = row.get(index).to_lowercase();
            let refused = if name.is_empty() {
                Some(("a heading", "name the column or remove it"))
            } else if names.contains(&name) {
                Some(("every heading once", "remove one of the two columns"))
            } else {
                None
            };
            if let Some((expected, remedy)) = refused {
                return Err(row.place(index).error("headings", quoted(&name), expected, remedy));
            }
            names.push(name);
        }
        Ok(Self { names })
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|heading| heading == name)
    }

    /// The field under a heading that must be there; notes an error where it is not.
    fn need(&self, name: &str, why: &str, errors: &mut Vec<Diagnostic>) -> usize {
        self.find(name).unwrap_or_else(|| {
            let found = quoted(&self.names.join(","));
            let remedy = match nearest(name, self.names.iter().map(String::as_str)) {
                Some(near) => format!("rename the column {} to {name:?}", quoted(near)),
                None => format!("add the column {name:?} to the headings"),
            };
            errors.push(Place::START.error("headings", found, format!("the column {name:?}, {why}"), remedy));
            0
        })
    }
}

/// The error for a file without any line.
fn no_headings(example: &str) -> Diagnostic {
    Place::START.error(
        "headings",
        "an empty file",
        "headings in the first line",
        format!("begin with {example}"),
    )
}

/// Checks a name: something that people read and compare, so without characters that they cannot see.
fn check_name(row: &Row, index: usize, column: &str) -> Result<(), Diagnostic> {
    let name = row.get(index);
    let (found, expected, remedy) = if name.is_empty() {
        ("nothing".to_owned(), "a value".to_owned(), "fill in the field or remove the line")
    } else if name.len() > LONGEST_NAME_BYTES {
        let found = format!("{} of {} bytes", quoted(name), name.len());
        (found, format!("at most {LONGEST_NAME_BYTES} bytes"), "shorten it")
    } else if let Some(hidden) = name.chars().find(|character| is_hidden(*character)) {
        let found = format!("the invisible character U+{:04X}", u32::from(hidden));
        (
            found,
            "characters that can be seen".to_owned(),
            "delete it; it often comes along when text is copied",
        )
    } else {
        return Ok(());
    };
    Err(row.place(index).error(column, found, expected, remedy))
}

/// Control characters, and those that hide or turn the direction of text: two ids that differ only in them would
/// look the same.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        )
}
