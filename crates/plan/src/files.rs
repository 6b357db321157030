//! An economy as a set of tidy CSV files: the names, the columns, and what goes wrong in them.
//!
//! Reading accepts columns and rows in any order, quoted or not, with or without a byte order mark. Writing
//! knows one form only, the canonical one, and the digest is that of the canonical form:
//! `LC_ALL=C sha256sum FILES | sha256sum` over the files of [`FILE_NAMES`] gives it.

mod periods;
mod read;
mod reports;
mod table;
mod write;

pub(crate) use reports::read_reports;
use std::collections::BTreeMap;

/// Files by name. They may come from a folder or from the attachments of a record.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The files of an economy, in the order of the digest.
pub const FILE_NAMES: [&str; 12] = [
    "activities.csv",
    "bundles.csv",
    "economy.csv",
    "hours.csv",
    "inputs.csv",
    "labour.csv",
    "loads.csv",
    "needs.csv",
    "outputs.csv",
    "products.csv",
    "satellites.csv",
    "workplaces.csv",
];

/// The files that make an economy one of several periods: they stand beside those of [`FILE_NAMES`], `periods.csv`
/// first among them, and are not part of the digest, which is that of the unfolded economy.
pub const HORIZON_FILE_NAMES: [&str; 6] =
    ["periods.csv", "stores.csv", "wear.csv", "gains.csv", "later.csv", "budgets.csv"];

/// What is wrong with the files of an economy, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {message}", Place(.line, .column))]
pub struct EconomyError {
    /// Name of the file.
    pub file: String,
    /// Line from 1, where there is one.
    pub line: Option<u64>,
    /// Field from 1, where there is one.
    pub column: Option<usize>,
    /// What was wrong, the limit and the actual value, and what to do.
    pub message: String,
}

/// Line and field as they stand behind the file's name.
struct Place<'a>(&'a Option<u64>, &'a Option<usize>);

impl std::fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.0, self.1) {
            (Some(line), Some(column)) => write!(f, ", line {line}, field {column}"),
            (Some(line), None) => write!(f, ", line {line}"),
            _ => Ok(()),
        }
    }
}
