//! Assemblies and organs from the charter and the roll, at the founding and whenever either changes.
//!
//! Who sits where is not touched: seats follow the roll at the next term only. An assembly whose last workplace is
//! gone is dissolved and keeps its history.

use crate::assembly::Assembly;
use crate::decision::Misfit;
use crate::ids::{AssemblyId, OrganId, WorkplaceId};
use crate::organ::Organ;
use crate::refusal::Refusal;
use crate::roll::Roll;
use crate::state::Federation;
use compact_str::CompactString;
use jiff::Timestamp;
use mandate_charter::{Charter, Hierarchy, WorkplaceRoll};
use std::collections::{BTreeMap, BTreeSet};

/// The assemblies that a charter makes of a roll, without anybody in them, and each workplace's own by its index.
pub struct Structure {
    pub assemblies: BTreeMap<AssemblyId, Assembly>,
    /// The general assembly of each workplace; none where the workplace is closed.
    pub homes: Vec<Option<AssemblyId>>,
}

/// Groups the open workplaces of a roll.
///
/// # Errors
/// Where the roll lacks a column that a level groups by, or has no workplace.
pub fn assemblies(charter: &Charter, roll: &Roll) -> Result<Structure, String> {
    let mut open = WorkplaceRoll { columns: roll.territories.clone(), ..WorkplaceRoll::default() };
    let (mut indices, mut members) = (Vec::new(), Vec::new());
    for (index, id, workplace) in roll.workplaces().filter(|(_, _, workplace)| workplace.closed.is_none()) {
        open.workplaces.push(mandate_charter::Workplace {
            id: id.0.clone(),
            branch: workplace.branch.clone(),
            territories: workplace.territories.clone(),
            members: None,
        });
        indices.push(index);
        members.push(roll.members_of(index));
    }
    if open.workplaces.is_empty() {
        return Err("the roll has no open workplace".into());
    }
    let built = Hierarchy::build(charter, &open, &members).map_err(|error| error.to_string())?;
    Ok(from_hierarchy(&built, &indices, roll.workplaces().count()))
}

fn from_hierarchy(built: &Hierarchy, indices: &[u32], workplaces: usize) -> Structure {
    let ids: Vec<AssemblyId> = built.assemblies.iter().map(|assembly| assembly.id.as_str().into()).collect();
    let mut structure = Structure { assemblies: BTreeMap::new(), homes: vec![None; workplaces] };
    for (assembly, id) in built.assemblies.iter().zip(&ids) {
        let mut body = Assembly { level: assembly.level, ..Assembly::default() };
        body.workplaces = assembly.workplaces.iter().map(|place| indices[*place as usize]).collect();
        for elector in &assembly.electors {
            let elector_id = &ids[elector.assembly];
            body.electors.push(elector_id.clone());
            body.chains.push(elector.chain);
            if let Some(lower) = structure.assemblies.get_mut(elector_id)
                && !lower.elects.contains(id)
            {
                lower.elects.push(id.clone());
            }
        }
        if body.electors.is_empty() {
            for index in &body.workplaces {
                structure.homes[*index as usize] = Some(id.clone());
            }
        }
        structure.assemblies.insert(id.clone(), body);
    }
    structure
}

/// Puts the assemblies and organs of a new charter or roll in place of the old, keeping who sits where.
pub(crate) fn renew(federation: &mut Federation, at: Timestamp) -> Result<(), Misfit> {
    let structure = assemblies(&federation.charter, &federation.roll).map_err(Misfit::because)?;
    let standing: BTreeSet<AssemblyId> = structure.assemblies.keys().cloned().collect();
    for (id, fresh) in structure.assemblies {
        let body = federation.assemblies.entry(id).or_default();
        body.level = fresh.level;
        body.workplaces = fresh.workplaces;
        body.electors = fresh.electors;
        body.chains = fresh.chains;
        body.elects = fresh.elects;
        body.renewed = at;
        body.dissolved = None;
    }
    for (_, body) in federation.assemblies.iter_mut().filter(|(id, _)| !standing.contains(*id)) {
        body.dissolved = body.dissolved.or(Some(at));
        body.workplaces.clear();
    }
    for (place, home) in structure.homes.into_iter().enumerate() {
        match federation.homes.get_mut(place) {
            // A closed workplace keeps the assembly that it had: votes called before still name it.
            Some(known) if home.is_some() => *known = home,
            Some(_) => {}
            None => federation.homes.push(home),
        }
    }
    add_organs(federation, at);
    Ok(())
}

/// Makes the organs that the charter gives each assembly and that are not there yet.
pub(crate) fn add_organs(federation: &mut Federation, at: Timestamp) {
    for article in &federation.charter.organs {
        let level = federation.charter.levels.iter().position(|level| level.id == article.elected_by);
        for (id, _) in federation.assemblies.iter().filter(|(_, body)| Some(body.level) == level) {
            if article.assemblies.is_empty() || article.assemblies.contains(id.as_str()) {
                let organ = OrganId::of(&article.id, id);
                federation.organs.entry(organ).or_insert_with(|| Organ::empty(&article.id, id, at));
            }
        }
    }
}

/// Refuses a workplace that the roll's own rules would refuse: an unknown branch, an empty territory.
pub(crate) fn check_workplace(
    charter: &Charter,
    roll: &Roll,
    id: &WorkplaceId,
    branch: &CompactString,
    territories: &[CompactString],
) -> Result<(), Refusal> {
    let quoted = |field: &str| format!("\"{}\"", field.replace('"', "\"\""));
    let headings = ["workplace", "branch"].into_iter().chain(roll.territories.iter().map(String::as_str));
    let fields = [id.as_str(), branch].into_iter().chain(territories.iter().map(CompactString::as_str));
    let line = |fields: &mut dyn Iterator<Item = &str>| fields.map(quoted).collect::<Vec<_>>().join(",");
    let csv = format!("{}\n{}\n", line(&mut headings.into_iter()), line(&mut fields.into_iter()));
    match mandate_charter::read_workplaces(csv.as_bytes(), charter) {
        Ok(_) => Ok(()),
        Err(problem) => Err(Refusal::Unreadable { what: "workplace".into(), problem: problem.to_string() }),
    }
}
