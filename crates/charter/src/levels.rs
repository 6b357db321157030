//! Assemblies from the roll: each level is a group-by of the workplaces, and the assemblies below that fall into a
//! group elect its assembly.
//!
//! Because a level is a coarsening of every level that elects it, the electing assemblies of a chain divide an
//! assembly's workplaces among themselves without overlap or rest: every member stands in exactly one electing body
//! of each chain.
//!
//! An assembly that only one assembly would elect is not made, unless its level says `single = true`: its electors
//! then elect straight to the next level. The congress and other levels that elect nobody are always made.

use crate::branch;
use crate::charter::{Charter, Classification, Column, Level};
use crate::roll::{Workplace, WorkplaceRoll};
use crate::seats::{Elector, SeatsError, apportion};
use std::collections::BTreeMap;
use thiserror::Error;

/// All assemblies of a federation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hierarchy {
    /// The assemblies, electing ones before those that they elect, within a level by id's parts.
    pub assemblies: Vec<Assembly>,
    /// Groups for which no assembly is made because a single one would elect it.
    pub skipped: Vec<Skipped>,
}

/// One assembly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assembly {
    /// Its level and the values that it groups by, such as `branch-district/C25/north`; fit for an address.
    pub id: String,
    /// Index of its level in the charter.
    pub level: usize,
    /// The assemblies that elect it, chain by chain; none where the members form it.
    pub electors: Vec<ElectingBody>,
    /// Indices of its workplaces on the roll, ascending.
    pub workplaces: Vec<u32>,
    /// Members of its workplaces.
    pub members: u64,
}

/// An assembly that elects delegates to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ElectingBody {
    /// Which chain it belongs to: index in `elected-by` of the level it elects.
    pub chain: usize,
    /// Index of the assembly in [`Hierarchy::assemblies`]. It may be of a lower level than the chain's, where
    /// assemblies between were skipped.
    pub assembly: usize,
}

/// A group of a level that has no assembly of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The id that its assembly would have had.
    pub id: String,
    /// Index of its level in the charter.
    pub level: usize,
    /// Index of the one assembly that stands in its place.
    pub sole: usize,
}

/// Why a roll and a charter make no assemblies.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LevelsError {
    /// The roll lacks a column.
    #[error(
        "level {level} groups by {column:?}, and the roll of workplaces has no such column [level.{level}.group-by]"
    )]
    NoColumn {
        /// The level.
        level: String,
        /// The territorial column.
        column: String,
    },
    /// A level is elected by one that does not exist, or by itself in a circle: the charter has not been checked.
    #[error("level {level} cannot be built from the levels that elect it [level.{level}.elected-by]")]
    NoWayDown {
        /// The level.
        level: String,
    },
    /// There is not one number of members for each workplace.
    #[error("{given} numbers of members for {workplaces} workplaces")]
    MembersMismatch {
        /// Numbers given.
        given: usize,
        /// Workplaces on the roll.
        workplaces: usize,
    },
}

impl Hierarchy {
    /// Makes the assemblies of a checked charter from a roll, with the members of each of its workplaces.
    ///
    /// # Errors
    /// Where the roll lacks a column that a level groups by, or the charter has not been checked.
    pub fn build(charter: &Charter, roll: &WorkplaceRoll, members: &[u64]) -> Result<Self, LevelsError> {
        let workplaces = roll.workplaces.len();
        if members.len() != workplaces {
            return Err(LevelsError::MembersMismatch { given: members.len(), workplaces });
        }
        let mut builder = Builder { charter, members, hierarchy: Self::default(), built: BTreeMap::new() };
        for level in bottom_up(charter)? {
            builder.level(level, groups(charter, level, roll)?)?;
        }
        Ok(builder.hierarchy)
    }

    /// Seats of each electing body of an assembly, in the order of its `electors`.
    ///
    /// # Errors
    /// Where the level's seats cannot be shared out; see [`apportion`].
    pub fn seats(&self, charter: &Charter, assembly: &Assembly) -> Result<Vec<u32>, SeatsError> {
        let level = &charter.levels[assembly.level];
        let electors: Vec<Elector<'_>> = assembly
            .electors
            .iter()
            .map(|body| Elector {
                level: &level.elected_by[body.chain],
                members: self.assemblies[body.assembly].members,
            })
            .collect();
        apportion(level, &electors)
    }
}

/// Levels with every electing level before those that it elects, otherwise in the charter's order.
fn bottom_up(charter: &Charter) -> Result<Vec<usize>, LevelsError> {
    let levels = &charter.levels;
    let mut order: Vec<usize> = Vec::new();
    while order.len() < levels.len() {
        let is_ready = |index: &usize| {
            let done = |id: &String| order.iter().any(|done| levels[*done].id == *id);
            !order.contains(index) && levels[*index].elected_by.iter().all(done)
        };
        match (0..levels.len()).find(is_ready) {
            Some(index) => order.push(index),
            None => {
                let stuck = (0..levels.len()).find(|index| !order.contains(index)).unwrap_or(0);
                return Err(LevelsError::NoWayDown { level: levels[stuck].id.clone() });
            }
        }
    }
    Ok(order)
}

/// Workplaces of a level's groups, by the values that it groups by.
type Groups<'r> = BTreeMap<Vec<&'r str>, Vec<u32>>;

fn groups<'r>(charter: &Charter, level: usize, roll: &'r WorkplaceRoll) -> Result<Groups<'r>, LevelsError> {
    let level = &charter.levels[level];
    let columns = level.group_by.iter().map(|column| Grouping::new(level, column, roll));
    let columns: Vec<Grouping> = columns.collect::<Result<_, _>>()?;
    let mut groups = Groups::new();
    if level.group_by.is_empty() {
        // The congress is there even before the first workplace.
        groups.insert(Vec::new(), Vec::new());
    }
    for (workplace, index) in roll.workplaces.iter().zip(0..) {
        let key = columns.iter().map(|column| column.value(charter.federation.branches, workplace)).collect();
        groups.entry(key).or_default().push(index);
    }
    Ok(groups)
}

/// A column of a group-by, found on the roll.
enum Grouping {
    Workplace,
    Branch(crate::Depth),
    Territory(usize),
}

impl Grouping {
    fn new(level: &Level, column: &Column, roll: &WorkplaceRoll) -> Result<Self, LevelsError> {
        Ok(match column {
            Column::Workplace => Self::Workplace,
            Column::Branch(depth) => Self::Branch(*depth),
            Column::Territory(name) => {
                let index = roll.columns.iter().position(|heading| heading == name);
                let missing = || LevelsError::NoColumn { level: level.id.clone(), column: name.clone() };
                Self::Territory(index.ok_or_else(missing)?)
            }
        })
    }

    fn value<'r>(&self, classification: Classification, workplace: &'r Workplace) -> &'r str {
        match self {
            Self::Workplace => &workplace.id,
            Self::Branch(depth) => branch::cut(classification, &workplace.branch, *depth),
            Self::Territory(index) => &workplace.territories[*index],
        }
    }
}

struct Builder<'c> {
    charter: &'c Charter,
    members: &'c [u64],
    hierarchy: Hierarchy,
    /// For each level built so far, the assembly that each workplace belongs to there; where that assembly was
    /// skipped, the one in its place.
    built: BTreeMap<&'c str, Vec<usize>>,
}

impl<'c> Builder<'c> {
    fn level(&mut self, index: usize, groups: Groups<'_>) -> Result<(), LevelsError> {
        let level = &self.charter.levels[index];
        let elects_upward = self.charter.levels.iter().any(|upper| upper.elected_by.contains(&level.id));
        let may_skip = elects_upward && !level.single;
        let mut assembly_of = vec![0; self.members.len()];
        for (key, workplaces) in groups {
            let id = id(level, self.charter.federation.branches, &key);
            let electors = self.electors(level, &workplaces)?;
            let sole = electors.first().map(|first| first.assembly);
            let sole = sole.filter(|sole| may_skip && electors.iter().all(|body| body.assembly == *sole));
            let stands = sole.unwrap_or(self.hierarchy.assemblies.len());
            for workplace in &workplaces {
                assembly_of[*workplace as usize] = stands;
            }
            match sole {
                Some(sole) => self.hierarchy.skipped.push(Skipped { id, level: index, sole }),
                None => {
                    let members = workplaces.iter().map(|workplace| self.members[*workplace as usize]);
                    let members = members.fold(0, u64::saturating_add);
                    let assembly = Assembly { id, level: index, electors, workplaces, members };
                    self.hierarchy.assemblies.push(assembly);
                }
            }
        }
        self.built.insert(&level.id, assembly_of);
        Ok(())
    }

    /// The assemblies of each electing level that hold some of the workplaces.
    fn electors(&self, level: &Level, workplaces: &[u32]) -> Result<Vec<ElectingBody>, LevelsError> {
        let mut electors = Vec::new();
        for (chain, lower) in level.elected_by.iter().enumerate() {
            let no_way_down = || LevelsError::NoWayDown { level: level.id.clone() };
            let assembly_of = self.built.get(lower.as_str()).ok_or_else(no_way_down)?;
            let mut bodies: Vec<usize> =
                workplaces.iter().map(|workplace| assembly_of[*workplace as usize]).collect();
            bodies.sort_unstable();
            bodies.dedup();
            electors.extend(bodies.into_iter().map(|assembly| ElectingBody { chain, assembly }));
        }
        Ok(electors)
    }
}

/// `level/value/value`; a path of the federation's own classification keeps its parts.
fn id(level: &Level, classification: Classification, key: &[&str]) -> String {
    let mut id = level.id.clone();
    for (column, value) in level.group_by.iter().zip(key) {
        match (column, classification) {
            (Column::Branch(_), Classification::Own) => {
                value.split('/').for_each(|part| push_part(&mut id, part))
            }
            _ => push_part(&mut id, value),
        }
    }
    id
}

/// Adds a part to an id: letters and digits of any script, `-`, `_` and `.` as they are, all else percent-encoded, so
/// that different values never make the same id.
fn push_part(id: &mut String, part: &str) {
    id.push('/');
    let is_relative = part == "." || part == "..";
    for character in part.chars() {
        let is_plain = character.is_alphanumeric()
            || matches!(character, '-' | '_')
            || (character == '.' && !is_relative);
        if is_plain {
            id.push(character);
        } else {
            for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                id.push_str(&format!("%{byte:02X}"));
            }
        }
    }
}
