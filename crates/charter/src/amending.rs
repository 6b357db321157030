//! What a new charter changes in an old one, and which entrenched articles that touches.
//!
//! A right is changed where it loses, not where it gains:
//!
//! | right | is changed by |
//! | --- | --- |
//! | `right.propose` | removing a kind of motion, asking for more signatures or longer notice, closing levels to a kind, a larger petition for meetings |
//! | `right.sign` | taking signing or voting from a standing, asking theses for more signatures, no longer admitting organisations |
//! | `right.circulate` | circulating a kind to fewer levels, fewer pages or minutes for platforms, another body that hears them, less protection |
//! | `right.record` | a shorter retention |
//! | `right.recall` | removing a level or organ, which takes its recall along, or raising the petition, quorum or majority of its recall |
//! | `right.exit` | nothing but its own removal: no article can limit it |
//!
//! Removing any name from the entrenched list changes what it names; easing the way to change entrenched articles
//! changes all of them.

use crate::articles::articles;
use crate::charter::*;
use crate::fraction::Fraction;
use crate::period::Period;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// The articles whose values differ, and the rights that lose by it, by name.
pub fn changed_articles(old: &Charter, new: &Charter) -> BTreeSet<String> {
    let (before, after) = (articles(old), articles(new));
    let differing = before.keys().chain(after.keys()).filter(|path| before.get(*path) != after.get(*path));
    let mut changed: BTreeSet<String> = differing.cloned().collect();
    changed.extend(rights_lost(old, new).into_iter().map(str::to_owned));
    changed.extend(old.entrenched.articles.difference(&new.entrenched.articles).cloned());
    changed
}

/// The names on the old charter's entrenched list that the new charter changes. Where there is none, the new
/// charter may be adopted as an ordinary amendment.
pub fn changed_entrenched(old: &Charter, new: &Charter) -> BTreeSet<String> {
    let changed = changed_articles(old, new);
    if changed.contains("entrenched.members") || changed.contains("entrenched.workplaces") {
        return old.entrenched.articles.clone();
    }
    let touches = |name: &str, article: &str| {
        article.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let entrenched = old.entrenched.articles.iter();
    entrenched.filter(|name| changed.iter().any(|article| touches(name, article))).cloned().collect()
}

fn rights_lost(old: &Charter, new: &Charter) -> BTreeSet<&'static str> {
    let rights = [
        ("right.propose", loses_propose(old, new)),
        ("right.sign", loses_sign(old, new)),
        ("right.circulate", loses_circulate(old, new)),
        ("right.record", shorter(old.record.retention, new.record.retention)),
        ("right.recall", loses_recall(old, new)),
    ];
    rights.into_iter().filter(|(_, lost)| *lost).map(|(right, _)| right).collect()
}

fn loses_propose(old: &Charter, new: &Charter) -> bool {
    let motions = old.motions.iter().any(|before| match kind(new, &before.kind) {
        None => true,
        Some(after) => {
            after.signatures > before.signatures
                || shorter(after.notice, before.notice)
                || after.effect != before.effect
                || closes_levels(&before.levels, &after.levels)
        }
    });
    let meetings = old.levels.iter().any(|before| {
        level(new, &before.id).is_some_and(|after| after.meeting.petition > before.meeting.petition)
    });
    motions || meetings
}

/// An empty list means all levels.
fn closes_levels(before: &[String], after: &[String]) -> bool {
    !after.is_empty() && (before.is_empty() || before.iter().any(|level| !after.contains(level)))
}

fn loses_sign(old: &Charter, new: &Charter) -> bool {
    let (before, after) = (&old.members, &new.members);
    let taken = |before: StandingRights, after: StandingRights| {
        (before.sign && !after.sign) || (before.vote && !after.vote)
    };
    let theses_need_more = old
        .motions
        .iter()
        .filter(|motion| motion.effect == Effect::Theses)
        .any(|before| kind(new, &before.kind).is_none_or(|after| after.signatures > before.signatures));
    taken(before.arrears, after.arrears)
        || taken(before.suspended, after.suspended)
        || (before.organisations && !after.organisations)
        || theses_need_more
}

fn loses_circulate(old: &Charter, new: &Charter) -> bool {
    let motions = old.motions.iter().any(|before| {
        kind(new, &before.kind).is_none_or(|after| {
            before.circulate_to.iter().any(|level| !after.circulate_to.contains(level))
                || !before.cannot_be.is_subset(&after.cannot_be)
        })
    });
    let (before, after) = (&old.platform, &new.platform);
    let platform = after.pages < before.pages
        || after.speaking_minutes < before.speaking_minutes
        || after.heard_by != before.heard_by;
    motions || platform
}

fn loses_recall(old: &Charter, new: &Charter) -> bool {
    let levels = old.levels.iter().any(|before| {
        let after = level(new, &before.id);
        after.is_none_or(|after| recall_is_harder(before.recall.as_ref(), after.recall.as_ref()))
    });
    let organs = old.organs.iter().any(|before| {
        let after = new.organs.iter().find(|after| after.id == before.id);
        after.is_none_or(|after| recall_is_harder(before.recall.as_ref(), after.recall.as_ref()))
    });
    levels || organs
}

fn recall_is_harder(before: Option<&RecallArticle>, after: Option<&RecallArticle>) -> bool {
    match (before, after) {
        (Some(_), None) => true,
        (Some(before), Some(after)) => {
            after.petition > before.petition
                || after.quorum > before.quorum
                || is_harder(&before.majority, &after.majority)
        }
        (None, _) => false,
    }
}

/// Whether some vote that reached the majority before would not reach it after. Bases only grow from the votes
/// cast over those present to those entitled.
fn is_harder(before: &Majority, after: &Majority) -> bool {
    let key = |majority: &Majority| -> (Fraction, bool) { (majority.share, majority.strict) };
    after.of > before.of || key(after) > key(before)
}

fn shorter(before: Period, after: Period) -> bool {
    let end = |period: Period| period.after(Timestamp::UNIX_EPOCH);
    end(after) < end(before)
}

fn kind<'c>(charter: &'c Charter, kind: &str) -> Option<&'c MotionKind> {
    charter.motions.iter().find(|motion| motion.kind == kind)
}

fn level<'c>(charter: &'c Charter, id: &str) -> Option<&'c Level> {
    charter.levels.iter().find(|level| level.id == id)
}
