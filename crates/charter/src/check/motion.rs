//! Kinds of motions, the hearing of platforms, and the plan: levels that exist, theses that are protected.

use super::Findings;
use crate::charter::*;
use std::collections::BTreeSet;

pub(super) fn check(charter: &Charter, f: &mut Findings<'_>) {
    let levels = || charter.levels.iter().map(|level| level.id.as_str());
    f.unique("motion", "kind", charter.motions.iter().map(|motion| motion.kind.as_str()));
    for motion in &charter.motions {
        let path = format!("motion.{}", motion.kind);
        for level in &motion.levels {
            f.known(&format!("{path}.levels"), "a level", level, levels());
        }
        for level in &motion.circulate_to {
            f.known(&format!("{path}.circulate-to"), "a level", level, levels());
        }
        theses_are_protected(f, &path, motion);
    }
    if !charter.motions.iter().any(|motion| motion.effect == Effect::Theses) {
        let expected = "a [[motion]] with kind = \"theses\": the right to propose a platform needs it";
        let remedy = "add it with cannot-be = [\"struck\", \"banned\"]";
        f.add("motion", "no kind of motion for theses", expected, remedy);
    }
    languages(charter, f);
    // Without a congress these have no default either; that one error is enough.
    if charter.levels.iter().any(|level| level.group_by.is_empty()) {
        f.known("platform.heard-by", "a level", &charter.platform.heard_by, levels());
        plan(charter, f);
    }
}

fn theses_are_protected(f: &mut Findings<'_>, path: &str, motion: &MotionKind) {
    let article = format!("{path}.cannot-be");
    let everything = BTreeSet::from([Protection::Struck, Protection::Banned]);
    match motion.effect {
        Effect::Theses if motion.cannot_be != everything => {
            let found = "theses that could be struck or banned";
            let expected = "cannot-be = [\"struck\", \"banned\"]: no majority can switch off a platform";
            f.add(&article, found, expected, "write cannot-be = [\"struck\", \"banned\"]");
        }
        Effect::Theses => {}
        _ if !motion.cannot_be.is_empty() => {
            let expected = "it with theses only, since nothing else could be struck";
            f.add(&article, "cannot-be on a kind that is no theses", expected, "remove the key");
        }
        _ => {}
    }
}

fn languages(charter: &Charter, f: &mut Findings<'_>) {
    let is_tag = |tag: &str| {
        let is_part =
            |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
        tag.split('-').all(is_part)
    };
    let languages = &charter.federation.languages;
    let refused = languages.iter().find(|tag| !is_tag(tag)).map(|tag| crate::diagnostic::quoted(tag));
    let refused = refused.or(languages.is_empty().then(|| "no language".to_owned()));
    if let Some(found) = refused {
        let expected = "language tags of BCP 47, the first being the default";
        f.add("federation.languages", found, expected, "write, for example, [\"en\", \"es\"]");
    }
}

fn plan(charter: &Charter, f: &mut Findings<'_>) {
    let plan = &charter.plan;
    let levels = || charter.levels.iter().map(|level| level.id.as_str());
    let level = |id: &str| charter.levels.iter().find(|level| level.id == id);
    for needs_by in &plan.needs_by {
        f.known("plan.needs-by", "a level", needs_by, levels());
    }
    f.known("plan.proposals-by", "a level", &plan.proposals_by, levels());
    f.known("plan.decided-by", "a level", &plan.decided_by, levels());
    if level(&plan.proposals_by).is_some_and(|level| !level.group_by.iter().any(says_branch)) {
        let found = format!("{}, which does not group by branch", plan.proposals_by);
        let expected = "a level that groups by branch: branches propose what they can produce";
        f.add("plan.proposals-by", found, expected, "name a level with \"branch:…\" in its group-by");
    }
    if level(&plan.decided_by).is_some_and(|level| !level.group_by.is_empty()) {
        let found = format!("{}, of which there are several assemblies", plan.decided_by);
        let expected = "the level that groups by nothing: one plan is decided by one assembly";
        f.add("plan.decided-by", found, expected, "name the congress");
    }
    let different: BTreeSet<_> = plan.tiers.iter().collect();
    if plan.tiers.is_empty() || different.len() < plan.tiers.len() {
        let found = if plan.tiers.is_empty() { "no tiers" } else { "a tier named twice" };
        let remedy = "write, for example, [\"subsistence\", \"public\", \"development\"]";
        f.add("plan.tiers", found, "one tier of needs or more, each with its own name", remedy);
    }
}

fn says_branch(column: &Column) -> bool {
    matches!(column, Column::Branch(_) | Column::Workplace)
}
