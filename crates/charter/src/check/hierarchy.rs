//! Levels: known, without cycles, each a coarsening of those that elect it, so that every member stands in exactly
//! one electing body of each chain.

use super::Findings;
use crate::Fraction;
use crate::charter::*;
use crate::diagnostic::quoted;
use std::collections::BTreeSet;

pub(super) fn check(charter: &Charter, f: &mut Findings<'_>) {
    let levels = &charter.levels;
    f.unique("level", "id", levels.iter().map(|level| level.id.as_str()));
    let before = f.errors.len();
    for level in levels {
        let article = format!("level.{}.elected-by", level.id);
        for lower in &level.elected_by {
            f.known(&article, "a level", lower, levels.iter().map(|level| level.id.as_str()));
        }
        twice(f, &article, &level.elected_by);
        group_by(f, level);
        shares(f, level);
    }
    members_level(f, levels);
    congress(f, levels);
    if f.errors.len() == before {
        cycles(f, levels);
    }
    if f.errors.len() == before {
        coarsening(f, levels);
    }
}

fn twice(f: &mut Findings<'_>, article: &str, elected_by: &[String]) {
    let different: BTreeSet<_> = elected_by.iter().collect();
    if different.len() < elected_by.len() {
        let expected = "every electing level once: nobody stands twice on one way up";
        f.add(article, "a level named twice", expected, "remove one of the two");
    }
}

fn group_by(f: &mut Findings<'_>, level: &Level) {
    let article = format!("level.{}.group-by", level.id);
    let branches = level.group_by.iter().filter(|column| matches!(column, Column::Branch(_))).count();
    let different: BTreeSet<_> = level.group_by.iter().collect();
    if different.len() < level.group_by.len() || branches > 1 {
        let expected = "every column once, and one depth of the branch: the deepest holds the others";
        f.add(&article, columns(&level.group_by), expected, "remove the column that the others already say");
    }
    if level.group_by.len() > 1 && level.group_by.contains(&Column::Workplace) {
        let expected = "\"workplace\" alone: a workplace has one branch and one of every territory";
        f.add(&article, columns(&level.group_by), expected, "write group-by = [\"workplace\"]");
    }
}

fn columns(group_by: &[Column]) -> String {
    let names = group_by.iter().map(|column| format!("\"{column}\"")).collect::<Vec<_>>();
    format!("[{}]", names.join(", "))
}

fn shares(f: &mut Findings<'_>, level: &Level) {
    let article = format!("level.{}.shares", level.id);
    let elected_by: BTreeSet<&String> = level.elected_by.iter().collect();
    if elected_by.len() < 2 {
        if !level.shares.is_empty() {
            let expected = "no shares: a single chain elects all seats";
            f.add(&article, "shares with a single electing level", expected, "remove shares");
        }
        return;
    }
    let shared: BTreeSet<&String> = level.shares.keys().collect();
    if shared != elected_by {
        let found = match shared.is_empty() {
            true => "no shares".to_owned(),
            false => format!("shares of {}", list(&shared)),
        };
        let expected = format!("a share for each electing level: {}", list(&elected_by));
        return f.add(
            &article,
            found,
            expected,
            "write, for example, shares = { branch = \"2/3\", region = \"1/3\" }",
        );
    }
    let sum = level.shares.values().try_fold(Fraction::ZERO, |sum, share| sum.checked_add(*share));
    if sum != Some(Fraction::ONE) {
        let found = sum
            .map_or("shares with denominators too large to add".to_owned(), |sum| format!("a sum of {sum}"));
        f.add(&article, found, "shares that add up to exactly 1", "change one share");
    }
    if level.shares.values().any(|share| *share == Fraction::ZERO) {
        f.add(&article, "a share of 0", "shares above 0", "remove that level from elected-by and shares");
    }
}

fn list(names: &BTreeSet<&String>) -> String {
    names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ")
}

/// Exactly one level is formed by the members themselves, workplace by workplace.
fn members_level(f: &mut Findings<'_>, levels: &[Level]) {
    let formed_by_members: Vec<_> = levels.iter().filter(|level| level.elected_by.is_empty()).collect();
    let expected = "exactly one level without elected-by, with group-by = [\"workplace\"]: the general assemblies \
                    that the members themselves form";
    match formed_by_members.as_slice() {
        [] => f.add("level", "no level without elected-by", expected, "add it as the first [[level]]"),
        [only] if only.group_by == [Column::Workplace] => {}
        [only] => {
            let found = columns(&only.group_by);
            f.add(
                &format!("level.{}.group-by", only.id),
                found,
                expected,
                "write group-by = [\"workplace\"]",
            );
        }
        [_, others @ ..] => {
            for other in others {
                let found = format!("a further level without elected-by, {}", quoted(&other.id));
                f.add(&format!("level.{}", other.id), found, expected, "name in elected-by who elects it");
            }
        }
    }
}

/// Exactly one level groups by nothing: the congress.
fn congress(f: &mut Findings<'_>, levels: &[Level]) {
    let congresses: Vec<_> = levels.iter().filter(|level| level.group_by.is_empty()).collect();
    let expected = "exactly one level with group-by = []: the congress";
    match congresses.as_slice() {
        [_] => {}
        [] => f.add("level", "no level with group-by = []", expected, "add it as the last [[level]]"),
        [_, others @ ..] => {
            for other in others {
                let found = format!("a further one, {}", quoted(&other.id));
                f.add(
                    &format!("level.{}.group-by", other.id),
                    found,
                    expected,
                    "name its columns in group-by",
                );
            }
        }
    }
}

/// Removes, again and again, the levels all of whose electing levels were removed; what remains is in a cycle or
/// above one.
fn cycles(f: &mut Findings<'_>, levels: &[Level]) {
    let mut remaining: Vec<&Level> = levels.iter().collect();
    loop {
        let ids: BTreeSet<&str> = remaining.iter().map(|level| level.id.as_str()).collect();
        let before = remaining.len();
        remaining.retain(|level| level.elected_by.iter().any(|lower| ids.contains(lower.as_str())));
        if remaining.len() == before {
            break;
        }
    }
    let ids: BTreeSet<&str> = remaining.iter().map(|level| level.id.as_str()).collect();
    for level in &remaining {
        let found = format!("elected-by leading from {} back into a circle of {}", level.id, join(&ids));
        let expected = "every way down to end at the members' level";
        f.add(
            &format!("level.{}.elected-by", level.id),
            found,
            expected,
            "name only finer levels in elected-by",
        );
    }
}

fn join(ids: &BTreeSet<&str>) -> String {
    ids.iter().copied().collect::<Vec<_>>().join(", ")
}

/// Every level is a coarsening of those that elect it: the electing assembly of a workplace then says to which
/// assembly it belongs above, and electing assemblies never overlap.
fn coarsening(f: &mut Findings<'_>, levels: &[Level]) {
    for level in levels {
        let article = format!("level.{}.elected-by", level.id);
        for lower in level.elected_by.iter().filter_map(|id| levels.iter().find(|level| level.id == *id)) {
            let missing = level.group_by.iter().find(|column| !determines(&lower.group_by, column));
            let same = missing.is_none() && level.group_by.iter().all(|c| lower.group_by.contains(c));
            let same = same && lower.group_by.len() == level.group_by.len();
            if let Some(missing) = missing {
                let found = format!(
                    "{} with group-by {}, elected by {} with group-by {}",
                    level.id,
                    columns(&level.group_by),
                    lower.id,
                    columns(&lower.group_by)
                );
                let expected =
                    format!("electing levels to be finer: {} does not say which \"{missing}\"", lower.id);
                let remedy =
                    format!("add \"{missing}\" to the group-by of {}, or let a finer level elect", lower.id);
                f.add(&article, found, expected, remedy);
            } else if same && !level.single {
                let found =
                    format!("{} grouped by the same columns as {}, which elects it", level.id, lower.id);
                let expected = "several electing assemblies for an assembly, or single = true";
                f.add(&article, found, expected, "add single = true, or group by fewer columns");
            }
        }
    }
}

/// Whether a group-by fixes the value of a column.
fn determines(group_by: &[Column], column: &Column) -> bool {
    group_by.iter().any(|finer| match (finer, column) {
        (Column::Workplace, _) => true,
        (Column::Branch(finer), Column::Branch(coarser)) => finer >= coarser,
        (finer, column) => finer == column,
    })
}
