//! Economies from input-output tables of any office: make and use tables, or symmetric ones.
//!
//! A table is a matrix with codes at both sides. What a code stands for (a product, an industry, a need of some tier,
//! labour, imports …) is its *role*. Where a code is both a row of products and a column of industries nothing needs to
//! be said; everything else has a role from the layout (Eurostat's codes, EXIOBASE's names) or from `roles.csv`, and
//! a code without one is refused. The files and roles are described in `docs/tables.md`.

mod building;
mod matrix;
mod number;
mod roles;

use crate::economy::Economy;
use crate::files::{EconomyError, Files};
use num_rational::Ratio;
use std::fmt;

pub use roles::Role;

/// How tables become an economy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableSetting {
    /// How the files look, and which codes are known.
    pub layout: Layout,
    /// What the economy is called.
    pub name: String,
    /// The unit of every number in the tables.
    pub unit: String,
    /// Decimals to which numbers are rounded.
    pub decimals: u32,
    /// The unit of the labour rows.
    pub labour_unit: String,
    /// Each industry may go to this multiple of its output.
    pub capacity: Ratio<i64>,
}

/// How the files look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// `use.csv` with `supply.csv`, or `table.csv` alone; all roles but products and industries come from `roles.csv`.
    Plain,
    /// The same files with the codes of the European System of Accounts (ESA 2010), as Eurostat publishes them.
    Eurostat,
    /// `Z.txt`, `Y.txt` and perhaps `F.txt` with tabs, regions and sectors, as EXIOBASE 3 is published.
    Exiobase,
}

/// Something in the tables that is no plain output, input or need, and what was made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableTreatment {
    /// What it is.
    pub what: &'static str,
    /// What was made of it.
    pub made: &'static str,
    /// In how many entries it was found.
    pub entries: usize,
    /// Their sum without sign, in units of the last decimal.
    pub amount: i128,
    /// Decimals of `amount`.
    pub decimals: u32,
    /// The tables' unit.
    pub unit: String,
}

impl fmt::Display for TableTreatment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, made, entries, unit, .. } = self;
        let amount = crate::Decimal::new(self.amount, self.decimals);
        write!(f, "{what} ({entries} entries, {amount} {unit}): {made}")
    }
}

/// Makes an economy of tables: one workplace an industry, one need a product and final demand.
///
/// # Errors
///
/// A file, row or column that is missing, stands twice, or has no role; a number that is none, with its place.
pub fn import_tables(
    files: &Files,
    setting: &TableSetting,
) -> Result<(Economy, Vec<TableTreatment>), EconomyError> {
    building::build(files, setting)
}
