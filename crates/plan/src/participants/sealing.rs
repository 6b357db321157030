//! What leaves a branch: sums from which no workplace's technique can be read off.

use super::proposal::{Column, GroupProposal, Proposal, add_up_group};
use std::collections::{BTreeMap, BTreeSet};

/// How a branch's words are sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sealing {
    /// Every sum holds at least so many workplaces.
    pub hold: usize,
    /// Any two sums of a group differ in at least so many workplaces. 1 is no condition. More keeps one sum from being
    /// subtracted from another, and costs gap: what lies too near to a sum already sent stays at home.
    pub apart: usize,
}

impl Default for Sealing {
    fn default() -> Self {
        Self { hold: 3, apart: 1 }
    }
}

/// Why a branch's words cannot be sealed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{from} has {workplaces} workplaces, and every sum must hold at least {hold}: let it join another branch for \
     the rounds, or choose a smaller --hold"
)]
pub struct SealError {
    /// Whose words they are.
    pub from: String,
    /// How many workplaces it speaks for.
    pub workplaces: usize,
    /// How many a sum must hold.
    pub hold: usize,
}

/// The words of a participant from the opening on, as they may leave it: columns that hold enough workplaces, and are
/// far enough from each other, of whatever rounds; others stay at home. Groups of too few workplaces are joined. The
/// gains stay whole, so that bounds stay true.
///
/// The same words give the same sealed ones; names of who runs are still in them, for passing targets down.
///
/// # Errors
///
/// A participant of too few workplaces.
pub fn seal(words: &[Proposal], sealing: Sealing) -> Result<Vec<Proposal>, SealError> {
    let Some(opening) = words.first() else { return Ok(Vec::new()) };
    let joined = joined_groups(opening, sealing)?;
    // By sealed group, who runs in each column sent so far.
    let mut sent: BTreeMap<&str, Vec<BTreeMap<String, String>>> =
        joined.keys().map(|name| (name.as_str(), Vec::new())).collect();
    let mut sealed = Vec::new();
    for word in words {
        let mut groups = BTreeMap::new();
        for (name, members) in &joined {
            let mut group = join(word, members);
            let sent = sent.get_mut(name.as_str()).expect("every joined group has an entry");
            group.columns.retain(|column| {
                let is_sealed = column.workplaces().len() >= sealing.hold
                    && sent.iter().all(|earlier| {
                        *earlier == column.runs || workplaces_apart(earlier, &column.runs) >= sealing.apart
                    });
                if is_sealed {
                    sent.push(column.runs.clone());
                }
                is_sealed
            });
            groups.insert(name.clone(), group);
        }
        sealed.push(Proposal { groups, ..word.clone() });
    }
    Ok(sealed)
}

/// In how many workplaces two columns differ.
fn workplaces_apart(one: &BTreeMap<String, String>, other: &BTreeMap<String, String>) -> usize {
    let mut workplaces = BTreeSet::new();
    workplaces
        .extend(one.iter().filter(|(activity, _)| !other.contains_key(*activity)).map(|(_, place)| place));
    workplaces
        .extend(other.iter().filter(|(activity, _)| !one.contains_key(*activity)).map(|(_, place)| place));
    workplaces.len()
}

/// By group, the sealed group that it is part of.
pub(super) fn sealed_names(
    opening: &Proposal,
    sealing: Sealing,
) -> Result<BTreeMap<String, String>, SealError> {
    let joined = joined_groups(opening, sealing)?.into_iter();
    Ok(joined
        .flat_map(|(name, members)| members.into_iter().map(move |member| (member, name.clone())))
        .collect())
}

/// Sealed groups with their members: groups of too few workplaces are joined, and if all those together are
/// still too few, with the smallest other one.
pub(super) fn joined_groups(
    opening: &Proposal,
    sealing: Sealing,
) -> Result<BTreeMap<String, Vec<String>>, SealError> {
    let hold = sealing.hold;
    let mut sizes: BTreeMap<&String, BTreeSet<&str>> = BTreeMap::new();
    for (name, group) in &opening.groups {
        let workplaces = group.columns.iter().flat_map(Column::workplaces);
        sizes.insert(name, workplaces.collect());
    }
    let all: BTreeSet<&str> = sizes.values().flatten().copied().collect();
    if all.len() < hold {
        let from = opening.from.clone();
        return Err(SealError { from, workplaces: all.len(), hold });
    }
    let mut small: Vec<&String> = Vec::new();
    let mut large: Vec<&String> = Vec::new();
    sizes
        .iter()
        .for_each(|(name, places)| if places.len() < hold { small.push(name) } else { large.push(name) });
    let together = |names: &[&String]| {
        let places: BTreeSet<&str> = names.iter().flat_map(|name| &sizes[*name]).copied().collect();
        places.len()
    };
    large.sort_by_key(|name| (sizes[*name].len(), name.as_str()));
    if !small.is_empty() && together(&small) < hold && !large.is_empty() {
        small.push(large.remove(0));
        small.sort();
    }
    let mut joined: BTreeMap<String, Vec<String>> =
        large.into_iter().map(|name| (name.clone(), vec![name.clone()])).collect();
    if !small.is_empty() {
        let names: Vec<String> = small.into_iter().cloned().collect();
        joined.insert(names.join("+"), names);
    }
    Ok(joined)
}

/// The members of a sealed group as one.
fn join(word: &Proposal, members: &[String]) -> GroupProposal {
    let parts: Vec<Proposal> = members
        .iter()
        .filter_map(|member| {
            let group = word.groups.get(member)?.clone();
            let groups = BTreeMap::from([(String::new(), group)]);
            Some(Proposal { groups, ..word.clone() })
        })
        .collect();
    match parts.as_slice() {
        [] => GroupProposal::default(),
        [only] => only.groups[""].clone(),
        _ => add_up_group("", &parts),
    }
}
