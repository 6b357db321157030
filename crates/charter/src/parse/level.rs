//! `[[level]]` and what stands below it.

use super::table::{Reading, Table, Value};
use super::value::*;
use super::{more_than_half, part};
use crate::Period;
use crate::charter::*;
use mandate_count::{ApportionmentMethod, Rule};

/// Keys that only a level with delegates may have.
const OF_DELEGATES: [&str; 10] = [
    "shares",
    "seats",
    "election",
    "term",
    "consecutive-terms",
    "substitutes",
    "recall",
    "single",
    "on-closing",
    "elected-by",
];

pub(super) fn level(r: &mut Reading<'_>, mut table: Table<'_, '_>) -> Level {
    let elected_by = table.get(r, "elected-by", texts).unwrap_or_default();
    let has_delegates = !elected_by.is_empty();
    if !has_delegates {
        refuse_keys_of_delegates(r, &mut table);
    }
    let level = Level {
        id: table.need(r, "id", "\"congress\"", name).unwrap_or_default(),
        title: table.get(r, "title", titles).unwrap_or_default(),
        group_by: table.need(r, "group-by", "[\"workplace\"]", columns).unwrap_or_default(),
        shares: table.get(r, "shares", shares).unwrap_or_default(),
        seats: table.get(r, "seats", seats).or(has_delegates.then_some(ONE_PER_250)),
        election: has_delegates.then(|| election(r, &mut table)),
        term: table.get(r, "term", period).or(has_delegates.then_some(Period::years(1))),
        consecutive_terms: table.get(r, "consecutive-terms", number),
        substitutes: table.get(r, "substitutes", choice).unwrap_or(Substitutes::Countback),
        recall: has_delegates.then(|| recall(r, &mut table)),
        meeting: meeting(r, &mut table),
        single: table.get(r, "single", flag).unwrap_or(false),
        on_closing: table.get(r, "on-closing", choice).unwrap_or(OnClosing::SitOut),
        elected_by,
    };
    table.finish(r);
    level
}

fn refuse_keys_of_delegates(r: &mut Reading<'_>, table: &mut Table<'_, '_>) {
    for key in OF_DELEGATES {
        if table.value(r, key).is_some() {
            let path = format!("{}.{key}", table.path);
            let place = r.places.get(&path).copied().unwrap_or_else(|| r.place(table.offset));
            r.errors.push(place.error(
                path,
                format!("the key {key:?} on a level without elected-by"),
                "it on levels of delegates only: this level's assemblies are formed by the members themselves",
                "remove the key, or name in elected-by the levels that elect this one",
            ));
        }
    }
}

const ONE_PER_250: Seats = Seats {
    method: ApportionmentMethod::LargestRemainder,
    house: House::Per { members: 250, round: Round::Nearest },
    minimum: 1,
    maximum: None,
};

fn seats(r: &mut Reading<'_>, value: &Value<'_, '_>) -> Option<Seats> {
    let mut table = value.table(r, "{ per = 250, minimum = 1 }")?;
    let method = table.get(r, "method", named(ApportionmentMethod::from_name));
    let total = table.get(r, "total", number);
    let per = table.get(r, "per", number);
    let round = table.get(r, "round", choice);
    let minimum = table.get(r, "minimum", number).unwrap_or(1);
    let maximum = table.get(r, "maximum", number);
    let round_is_idle = total.is_some() && round.is_some();
    table.finish(r);
    let house = match (total, per) {
        (Some(total), None) if !round_is_idle => House::Total(total),
        (None, Some(members)) => House::Per { members, round: round.unwrap_or(Round::Nearest) },
        _ => {
            let expected = "either total = a number of seats, or per = members to a seat (with round)";
            return value.refuse(r, expected, "write, for example, { per = 250, round = \"nearest\" }");
        }
    };
    Some(Seats { method: method.unwrap_or(ApportionmentMethod::LargestRemainder), house, minimum, maximum })
}

/// `election` of a level or an organ, with its defaults.
pub(super) fn election(r: &mut Reading<'_>, table: &mut Table<'_, '_>) -> ElectionArticle {
    let mut table = table.table(r, "election");
    let election = ElectionArticle {
        rule: table.get(r, "rule", named(Rule::from_name)).unwrap_or(Rule::ScottishStv),
        ballot: table.get(r, "ballot", choice).unwrap_or(BallotWay::Box),
        nomination: table.get(r, "nomination", number).unwrap_or(1),
        period: table.get(r, "period", period).unwrap_or(Period::days(14)),
    };
    table.finish(r);
    election
}

/// `recall` of a level or an organ, with its defaults: there is no charter without it.
pub(super) fn recall(r: &mut Reading<'_>, table: &mut Table<'_, '_>) -> RecallArticle {
    let mut table = table.table(r, "recall");
    let recall = RecallArticle {
        petition: table.get(r, "petition", fraction).unwrap_or(part(1, 5)),
        quorum: table.get(r, "quorum", fraction).unwrap_or(part(1, 2)),
        majority: table.get(r, "majority", majority).unwrap_or(more_than_half()),
        ballot: table.get(r, "ballot", choice).unwrap_or(BallotWay::Box),
    };
    table.finish(r);
    recall
}

fn meeting(r: &mut Reading<'_>, table: &mut Table<'_, '_>) -> MeetingArticle {
    let mut table = table.table(r, "meeting");
    let meeting = MeetingArticle {
        notice: table.get(r, "notice", period).unwrap_or(Period::days(7)),
        quorum: table.get(r, "quorum", fraction).unwrap_or(part(1, 2)),
        petition: table.get(r, "petition", fraction).unwrap_or(part(1, 5)),
        proxies: table.get(r, "proxies", proxies),
    };
    table.finish(r);
    meeting
}

fn proxies(r: &mut Reading<'_>, value: &Value<'_, '_>) -> Option<Proxies> {
    let mut table = value.table(r, "{ per-person = 2 }")?;
    let per_person = table.need(r, "per-person", "2", number);
    table.finish(r);
    Some(Proxies { per_person: per_person? })
}
