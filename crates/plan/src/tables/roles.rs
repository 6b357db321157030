//! What a code of a table stands for.

use super::Layout;
use super::matrix::{error, records};
use crate::decimal::shortened;
use crate::files::{EconomyError, Files};
use std::collections::BTreeMap;

/// What a row or column that is neither product nor industry stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A column of final demand: needs of this tier. What is negative there is a stock that may be drawn once.
    Need(u8),
    /// A column or row of imports by product: so much can be had from outside.
    Imports,
    /// A row of imported inputs that are not told apart by product: an input of one product that is imported only.
    ImportedInputs,
    /// A row of labour: a grade.
    Labour,
    /// A row that is counted beside: emissions, water, land.
    Satellite,
    /// The row of total output by industry (symmetric tables).
    Output,
    /// A sum of others, or a layer of prices (margins, taxes less subsidies on products): left out.
    LeftOut,
}

impl Role {
    fn named(text: &str, tier: &str) -> Result<Self, String> {
        let role = match text {
            "need" => {
                let tier = tier.parse().map_err(|_| {
                    format!("`{}` is no tier; a need has a tier from 0 to 255", shortened(tier))
                })?;
                return Ok(Self::Need(tier));
            }
            "imports" => Self::Imports,
            "imported-inputs" => Self::ImportedInputs,
            "labour" => Self::Labour,
            "satellite" => Self::Satellite,
            "output" => Self::Output,
            "left-out" => Self::LeftOut,
            other => {
                return Err(format!(
                    "unknown role `{}`; known are need, imports, imported-inputs, labour, satellite, output, left-out",
                    shortened(other)
                ));
            }
        };
        if tier.is_empty() { Ok(role) } else { Err(format!("`{}`: only needs have a tier", shortened(tier))) }
    }
}

/// Roles by code: those of the layout, and over them those of `roles.csv`.
pub(super) struct Roles {
    layout: Layout,
    own: BTreeMap<String, Role>,
}

impl Roles {
    pub(super) fn read(files: &Files, layout: Layout) -> Result<Self, EconomyError> {
        const FILE: &str = "roles.csv";
        let mut own = BTreeMap::new();
        if files.contains_key(FILE) {
            let mut records = records(files, FILE, b',')?.into_iter();
            let header: Vec<String> = records
                .next()
                .map(|(_, header)| header.iter().map(str::to_owned).collect())
                .unwrap_or_default();
            if header != ["code", "role", "tier"] {
                let message = "the first line must be code,role,tier".to_owned();
                return Err(error(FILE, Some(1), None, message));
            }
            for (line, record) in records {
                let field = |at: usize| record.get(at).unwrap_or_default().trim();
                let role = Role::named(field(1), field(2))
                    .map_err(|message| error(FILE, Some(line), Some(2), message))?;
                if own.insert(field(0).to_owned(), role).is_some() {
                    let message = format!("code `{}` stands twice", shortened(field(0)));
                    return Err(error(FILE, Some(line), Some(1), message));
                }
            }
        }
        Ok(Self { layout, own })
    }

    /// The role of a code that is neither product nor industry.
    pub(super) fn of(&self, code: &str) -> Option<Role> {
        self.own.get(code).copied().or_else(|| match self.layout {
            Layout::Plain => None,
            Layout::Eurostat => eurostat(code),
            Layout::Exiobase => exiobase(code),
        })
    }

    /// Codes of `roles.csv` that no table has.
    pub(super) fn unused(&self, is_used: impl Fn(&str) -> bool) -> Option<&str> {
        self.own.keys().find(|code| !is_used(code)).map(String::as_str)
    }
}

/// ESA 2010, transaction codes as in Eurostat's supply, use and input-output tables (naio_10).
fn eurostat(code: &str) -> Option<Role> {
    Some(match code {
        "P3_S14" | "P3_S15" => Role::Need(1),
        "P3_S13" => Role::Need(2),
        "P51G" | "P52" | "P53" | "P52_P53" | "P5M" | "P6" => Role::Need(3),
        "P7" => Role::Imports,
        "D1" => Role::Labour,
        "P1" => Role::Output,
        "IMP" => Role::ImportedInputs,
        "P2" | "P3" | "P5" | "P5G" | "P61" | "P62" | "P71" | "P72" | "TU" | "TFU" | "TS_BP" | "TS_PP"
        | "TOTAL" | "CPA_TOTAL" | "OTTM" | "D21X31" | "D29X39" | "B1G" | "B2A3G" | "B2A3N" | "P51C"
        | "D11" | "D12" => Role::LeftOut,
        _ => return None,
    })
}

/// EXIOBASE 3: categories of final demand behind the region. Rows of `F.txt` are counted only where `roles.csv`
/// names them.
fn exiobase(code: &str) -> Option<Role> {
    let category = code.split_once('/').map_or(code, |(_, category)| category);
    Some(match category {
        "Final consumption expenditure by households"
        | "Final consumption expenditure by non-profit organisations serving households (NPISH)" => {
            Role::Need(1)
        }
        "Final consumption expenditure by government" => Role::Need(2),
        "Gross fixed capital formation"
        | "Changes in inventories"
        | "Changes in valuables"
        | "Exports: Total (fob)" => Role::Need(3),
        _ => return None,
    })
}
