//! What is wrong with a charter or a roll, where, and what to do.

use serde::Serialize;
use std::fmt;

/// One error in a charter or a roll.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Line in the file, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What stands there.
    pub found: String,
    /// What would be right.
    pub expected: String,
    /// What to do.
    pub remedy: String,
    /// The article by its path in the file (`level.congress.seats`), or the roll's column.
    pub article: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, column, found, expected, remedy, article } = self;
        write!(f, "line {line}, column {column}: found {found}; expected {expected}; {remedy} [{article}]")
    }
}

/// A position in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Place {
    /// The beginning of a file.
    pub const START: Self = Self { line: 1, column: 1 };

    /// The place of a byte offset in a text; an offset inside a character counts as that character's.
    pub(crate) fn of(text: &str, offset: usize) -> Self {
        let before = &text.as_bytes()[..offset.min(text.len())];
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        let is_first_byte = |byte: &&u8| **byte & 0b1100_0000 != 0b1000_0000;
        Self { line, column: 1 + before[line_start..].iter().filter(is_first_byte).count() }
    }

    /// An error here.
    pub(crate) fn error(
        self,
        article: impl Into<String>,
        found: impl Into<String>,
        expected: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic {
            line: self.line,
            column: self.column,
            found: found.into(),
            expected: expected.into(),
            remedy: remedy.into(),
            article: article.into(),
        }
    }
}

/// Text from a file as a message repeats it: its beginning, with control characters made visible.
pub(crate) fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    let beginning: String = text.chars().take(LONGEST).collect();
    let more = if beginning.len() < text.len() { "…" } else { "" };
    format!("{beginning:?}{more}")
}

/// The known name that was probably meant: the nearest, where at most a third of the given one differs.
pub(crate) fn nearest<'n>(given: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let given: String = given.to_lowercase().chars().take(100).collect();
    let with_distance = known.into_iter().map(|name| (strsim::damerau_levenshtein(name, &given), name));
    let (distance, name) = with_distance.min_by_key(|(distance, _)| *distance)?;
    (distance <= 1 + given.chars().count() / 3).then_some(name)
}

/// What to do about an unknown name, given the nearest.
pub(crate) fn meant(near: Option<&str>, otherwise: &str) -> String {
    match near {
        Some(near) => format!("write {near:?} if that was meant, else {otherwise}"),
        None => otherwise.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let text = "a\nñandú = x\n";
        let at = |needle| text.find(needle).unwrap();
        assert_eq!(Place::of(text, at("x")), Place { line: 2, column: 9 });
        assert_eq!(Place::of(text, 0), Place::START);
        assert_eq!(Place::of(text, 1000), Place { line: 3, column: 1 });
    }

    #[test]
    fn long_text_is_cut_in_messages() {
        assert_eq!(quoted(&"x".repeat(70)), format!("\"{}\"…", "x".repeat(60)));
    }
}
