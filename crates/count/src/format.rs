//! Ballot files in several formats, told apart by their content.

use crate::name::named;
use crate::{Election, ReadError, ReadFailure, abif, blt, nist, preflib, spreadsheet, utf16};
use std::io::{self, Read, Write};

/// A format of ballot files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// BLT, see [`crate::blt`].
    Blt,
    /// PrefLib's `.soc`, `.soi`, `.toc`, `.toi` and `.cat`, see [`crate::preflib`].
    PrefLib,
    /// A table of ranks, see [`crate::spreadsheet`].
    Csv,
    /// ABIF, see [`crate::abif`].
    Abif,
    /// Cast vote records of NIST's common data format, see [`crate::nist`]; read only.
    Nist,
}

impl Format {
    /// Every format.
    pub const ALL: &[Self] = &[Self::Blt, Self::PrefLib, Self::Csv, Self::Abif, Self::Nist];

    /// The name by which commands call the format.
    pub fn name(self) -> &'static str {
        match self {
            Self::Blt => "blt",
            Self::PrefLib => "preflib",
            Self::Csv => "csv",
            Self::Abif => "abif",
            Self::Nist => "nist",
        }
    }

    /// File extensions of the format.
    pub fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::PrefLib => &["soc", "soi", "toc", "toi", "cat"],
            Self::Nist => &["json"],
            _ => &[],
        }
    }

    /// The format that a file with this beginning has.
    pub fn of_content(beginning: &[u8]) -> Self {
        let text = String::from_utf8_lossy(beginning);
        let text = text.trim_start_matches(['\u{feff}', ' ', '\r', '\n', '\t']);
        let first = text.lines().next().unwrap_or_default();
        let after_digits = first.trim_start_matches(|c: char| c.is_ascii_digit());
        let said = |line: &&str| !line.is_empty() && !line.starts_with('#');
        let first_said = text.lines().map(str::trim).find(said).unwrap_or_default();
        let after_number = first_said.trim_start_matches(|c: char| c.is_ascii_digit());
        if first.starts_with('#') && text.contains("ALTERNATIVE") {
            Self::PrefLib
        } else if first_said.starts_with('{') && !first_said.ends_with('}') || text.contains("\"CVR") {
            Self::Nist
        } else if first_said.starts_with(['{', '='])
            || (after_number.len() < first_said.len() && after_number.trim_start().starts_with(':'))
        {
            Self::Abif
        } else if first.starts_with(['#', '-', '('])
            || (after_digits.len() < first.len() && !after_digits.starts_with([',', ';']))
        {
            Self::Blt
        } else if first.contains([',', ';', '\t']) {
            Self::Csv
        } else {
            Self::Blt
        }
    }

    /// Reads an election.
    pub fn read_from(self, source: impl Read) -> Result<Election, ReadFailure> {
        match self {
            Self::Blt => blt::read_from(source),
            Self::PrefLib => preflib::read_from(source),
            Self::Csv => spreadsheet::read_from(source),
            Self::Abif => abif::read_from(source),
            Self::Nist => nist::read_from(source),
        }
    }

    /// Writes an election. What the format cannot say is an error of kind `InvalidInput`, nothing is dropped.
    pub fn write(self, election: &Election, to: impl Write) -> io::Result<()> {
        match self {
            Self::Blt => blt::write(election, to),
            Self::PrefLib => preflib::write(election, to),
            Self::Csv => spreadsheet::write(election, to),
            Self::Abif => abif::write(election, to),
            Self::Nist => {
                Err(cannot_say("cast vote records are read, not written; write blt or abif".to_owned()))
            }
        }
    }
}

named!(Format, "ballot file format");

/// Reads an election in whatever format its content has, in UTF-8, or in UTF-16 with a byte order mark.
pub fn read_from(source: impl Read) -> Result<Election, ReadFailure> {
    read_decoded(utf16::decoded(source)?).map_err(content)
}

/// An error of the content that came by way of the decoder.
pub(crate) fn content(failure: ReadFailure) -> ReadFailure {
    match failure {
        ReadFailure::Machine(error) => match error.downcast::<ReadError>() {
            Ok(error) => error.into(),
            Err(error) => ReadFailure::Machine(error),
        },
        content => content,
    }
}

fn read_decoded(mut source: impl Read) -> Result<Election, ReadFailure> {
    let mut beginning = Vec::new();
    source.by_ref().take(4096).read_to_end(&mut beginning)?;
    let format = Format::of_content(&beginning);
    format.read_from(io::Cursor::new(beginning).chain(source))
}

/// The error that says that a format has no way to write something.
pub(crate) fn cannot_say(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, what)
}

/// An error at a place of a file.
pub(crate) fn at(line: u64, column: u64, message: impl Into<String>, remedy: &str) -> ReadError {
    ReadError { line, column, message: message.into(), remedy: remedy.to_owned() }
}
