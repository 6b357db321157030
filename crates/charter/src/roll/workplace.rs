//! `workplaces.csv`: `workplace,branch,<territories…>[,members]`.

use super::rows::{Row, Rows};
use super::{Headings, Lines, Refusals, RollError, check_name, no_headings};
use crate::branch;
use crate::charter::{Charter, Column, Depth};
use crate::diagnostic::{Diagnostic, quoted};
use compact_str::CompactString;
use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;

/// The register of workplaces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkplaceRoll {
    /// Headings of the territorial columns, in the file's order.
    pub columns: Vec<String>,
    /// The workplaces, in the file's order.
    pub workplaces: Vec<Workplace>,
    /// What became of the file's lines.
    pub lines: Lines,
}

/// Where members work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workplace {
    /// Its name on the roll.
    pub id: CompactString,
    /// Its branch, a code of the charter's classification.
    pub branch: CompactString,
    /// Its territory for each of the roll's territorial columns.
    pub territories: Vec<CompactString>,
    /// How many members it has, where the roll says so.
    pub members: Option<u32>,
}

impl WorkplaceRoll {
    /// Members by workplace as the roll states them; none where it does not.
    pub fn stated_members(&self) -> Vec<u64> {
        self.workplaces.iter().map(|workplace| workplace.members.unwrap_or(0).into()).collect()
    }
}

const EXAMPLE: &str = "workplace,branch,district,members";

/// Reads a roll of workplaces for a charter: with the territorial columns and the depth of branches that its levels
/// group by.
///
/// # Errors
/// Where the file cannot be read, or with all that is wrong in it.
pub fn read_workplaces(input: impl BufRead, charter: &Charter) -> Result<WorkplaceRoll, RollError> {
    let mut rows = Rows::new(input);
    let columns = match rows.next()? {
        None => Err(vec![no_headings(EXAMPLE)]),
        Some(row) => row.map_err(|error| vec![error]).and_then(|row| Columns::read(row, charter)),
    };
    let columns = columns.map_err(Refusals::of)?;
    let mut roll = WorkplaceRoll { columns: columns.headings_of_territories(), ..WorkplaceRoll::default() };
    let mut refusals = Refusals::default();
    let mut first_lines: BTreeMap<CompactString, usize> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let workplace = row.map_err(|error| vec![error]).and_then(|row| {
            let workplace = columns.workplace(row, charter)?;
            match first_lines.insert(workplace.id.clone(), row.number()) {
                None => Ok(workplace),
                Some(first) => {
                    first_lines.insert(workplace.id.clone(), first);
                    Err(vec![columns.duplicate(row, first)])
                }
            }
        });
        match workplace {
            Ok(workplace) => roll.workplaces.push(workplace),
            Err(errors) => refusals.add_line(errors),
        }
    }
    let lines =
        Lines { read: roll.workplaces.len() as u64, refused: refusals.lines.refused, empty: rows.empty };
    roll.lines = lines;
    refusals.lines = lines;
    if refusals.total == 0 { Ok(roll) } else { Err(refusals.into()) }
}

struct Columns {
    headings: Headings,
    workplace: usize,
    branch: usize,
    territories: Vec<usize>,
    members: Option<usize>,
    /// The depth of branches that some level groups by.
    depth: Option<Depth>,
}

impl Columns {
    fn read(row: &Row, charter: &Charter) -> Result<Self, Vec<Diagnostic>> {
        let headings = Headings::read(row).map_err(|error| vec![error])?;
        let mut errors = Vec::new();
        let workplace = headings.need("workplace", "the workplace's id", &mut errors);
        let branch = headings.need("branch", "the workplace's branch", &mut errors);
        let grouped_by: BTreeSet<&Column> = charter.levels.iter().flat_map(|level| &level.group_by).collect();
        let mut depth = None;
        for column in grouped_by {
            match column {
                Column::Workplace => {}
                Column::Branch(needed) => depth = depth.max(Some(*needed)),
                Column::Territory(name) => {
                    headings.need(name, "by which a level of the charter groups", &mut errors);
                }
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let members = headings.find("members");
        let is_territory = |index: &usize| ![Some(workplace), Some(branch), members].contains(&Some(*index));
        let territories = (0..headings.names.len()).filter(is_territory).collect();
        Ok(Self { headings, workplace, branch, territories, members, depth })
    }

    fn headings_of_territories(&self) -> Vec<String> {
        self.territories.iter().map(|index| self.headings.names[*index].clone()).collect()
    }

    /// A row as a workplace, or all that is wrong with it.
    fn workplace(&self, row: &Row, charter: &Charter) -> Result<Workplace, Vec<Diagnostic>> {
        let expected = self.headings.names.len();
        if row.len() != expected {
            let error = row.place(row.len().min(expected)).error(
                "line",
                format!("{} fields", row.len()),
                format!("{expected}, as there are headings"),
                "put a field that contains the separator in quotation marks; fill in what is missing",
            );
            return Err(vec![error]);
        }
        let mut errors = Vec::new();
        for index in [self.workplace, self.branch].into_iter().chain(self.territories.iter().copied()) {
            errors.extend(check_name(row, index, &self.headings.names[index]).err());
        }
        let branch = row.get(self.branch);
        if !branch.is_empty()
            && let Err(wrong) = branch::check(charter.federation.branches, branch, self.depth)
        {
            errors.push(row.place(self.branch).error("branch", quoted(branch), wrong.expected, wrong.remedy));
        }
        let members = self.members.filter(|index| !row.get(*index).is_empty());
        let members = members.map(|index| row.get(index).parse::<u32>().map_err(|_| index)).transpose();
        let members = members.unwrap_or_else(|index| {
            let expected = "a whole number from 0 to 4294967295, without dots or spaces between digits";
            let remedy = "write digits only, or leave the field empty";
            errors.push(row.place(index).error("members", quoted(row.get(index)), expected, remedy));
            None
        });
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Workplace {
            id: row.get(self.workplace).into(),
            branch: branch.into(),
            territories: self.territories.iter().map(|index| row.get(*index).into()).collect(),
            members,
        })
    }

    fn duplicate(&self, row: &Row, first: usize) -> Diagnostic {
        row.place(self.workplace).error(
            "workplace",
            format!("{}, which is on line {first} already", quoted(row.get(self.workplace))),
            "every workplace once",
            "remove one of the two lines, or give one another id",
        )
    }
}
