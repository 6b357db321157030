//! A charter's text into its articles. Every key, its type and its default stand here and in the files below.

mod level;
mod organ;
mod table;
mod value;

use crate::charter::*;
use crate::diagnostic::{Diagnostic, Place};
use crate::word::Word;
use crate::{Fraction, Period};
use mandate_count::Rule;
use std::collections::{BTreeMap, BTreeSet};
use table::{Reading, Table};
use toml::de::DeTable;
use value::{choice, choices, flag, fraction, name, named, number, period, text, text_set, texts};

/// The rights that every charter entrenches.
pub const RIGHTS: [&str; 6] =
    ["right.propose", "right.sign", "right.circulate", "right.record", "right.recall", "right.exit"];

/// The longest charter that is read, in bytes. The longest ones known have some tens of thousands.
pub const LONGEST_CHARTER_BYTES: usize = 4 << 20;

/// A charter as its file says, with the place of every article for the messages of [`check`](crate::check()).
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// The articles.
    pub charter: Charter,
    /// Where each stands, by its path (`level.congress.seats`).
    pub places: BTreeMap<String, Place>,
}

/// Reads a charter's text: syntax, keys, types. What depends on several keys is left to
/// [`check`](crate::check()); [`read`](crate::read) does both.
///
/// # Errors
/// All errors of the text, in its order.
pub fn parse(source: &str) -> Result<Parsed, Vec<Diagnostic>> {
    if source.len() > LONGEST_CHARTER_BYTES {
        let (found, expected) = (source.len(), LONGEST_CHARTER_BYTES);
        return Err(vec![Place::START.error(
            "charter",
            format!("{found} bytes"),
            format!("at most {expected} bytes"),
            "make sure that this is the charter's file",
        )]);
    }
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    let mut reading = Reading::new(source);
    let (root, syntax) = DeTable::parse_recoverable(source);
    for error in &syntax {
        let place = reading.place(error.span().map_or(0, |span| span.start));
        let remedy = "mend the line; texts stand in quotation marks, lists in square brackets";
        reading.errors.push(place.error("charter", error.message(), "TOML", remedy));
    }
    if reading.errors.is_empty() {
        let charter = charter(&mut reading, Table::new(root.get_ref(), String::new(), 0));
        if reading.errors.is_empty() {
            return Ok(Parsed { charter, places: reading.places });
        }
    }
    reading.errors.sort_by_key(|error| (error.line, error.column));
    Err(reading.errors)
}

fn charter(r: &mut Reading<'_>, mut root: Table<'_, '_>) -> Charter {
    let federation = root.table(r, "federation");
    let founding = root.table(r, "founding");
    let members = root.table(r, "members");
    let record = root.table(r, "record");
    let levels = root.tables(r, "level", "id");
    let organs = root.tables(r, "organ", "id");
    let motions = root.tables(r, "motion", "kind");
    let platform = root.table(r, "platform");
    let forwarding = root.table(r, "forwarding");
    let plan = root.table(r, "plan");
    let entrenched = root.table(r, "entrenched");
    root.finish(r);
    let levels: Vec<Level> = levels.into_iter().map(|table| level::level(r, table)).collect();
    Charter {
        federation: self::federation(r, federation),
        founding: self::founding(r, founding),
        members: self::members(r, members),
        record: self::record(r, record),
        organs: organs.into_iter().map(|table| organ::organ(r, table)).collect(),
        motions: motions.into_iter().map(|table| motion(r, table)).collect(),
        platform: self::platform(r, platform, &levels),
        forwarding: self::forwarding(r, forwarding),
        plan: self::plan(r, plan, &levels),
        entrenched: self::entrenched(r, entrenched),
        levels,
    }
}

fn federation(r: &mut Reading<'_>, mut table: Table<'_, '_>) -> Federation {
    let federation = Federation {
        name: table.need(r, "name", "\"Valley Federation of Workplaces\"", text).unwrap_or_default(),
        time_zone: table.get(r, "time-zone", text).unwrap_or_else(|| "UTC".to_owned()),
        languages: table.get(r, "languages", texts).unwrap_or_else(|| vec!["en".to_owned()]),
        branches: table.get(r, "branches", choice).unwrap_or(Classification::Isic4),
    };
    table.finish(r);
    federation
}

fn founding(r: &mut Reading<'_>, mut table: Table<'_, '_>) -> Founding {
    let commission_term = table.get(r, "commission-term", period).unwrap_or(Period::months(6));
    table.finish(r);
    Founding { commission_term }
}

fn members(r: &mut Reading<'_>, mut table: Table<'_, '_>) -> Membership {
    let arrears = table.table(r, "arrears");
    let suspended = table.table(r, "suspended");
    let membership = Membership {
        cut_off: table.get(r, "cut-off", period).unwrap_or(Period::days(7)),
        arrears: standing(r, arrears, true),
        suspended: standing(r, suspended, false),
        organisations: table.get(r, "organisations", flag).unwrap_or(false),
    };
    table.finish(r);
    membership
}

fn standing(r: &mut Reading<'_>, mut table: Table<'_, '_>, sign: bool) -> StandingRights {
    let rights = StandingRights {
        vote: table.get(r, "vote", flag).unwrap_or(false),
        stand: table.get(r, "stand", flag).unwrap_or(false),
        sign: table.get(r, "sign", flag).unwrap_or(sign),
    };
    table.finish(r);
    rights
}

fn record(r: &mut Reading<'_>, mut table: Table<'_, '_>) -> RecordArticle {
    let retention = table.get(r, "retention", period).unwrap_or(Period::years(5));
    table.finish(r);
    RecordArticle { retention }
}

fn motion(r: &mut Reading<'_>, mut table: Table<'_, '_>) -> MotionKind {
    let kind = table.need(r, "kind", "\"theses\"", name).unwrap_or_default();
    let effect_by_name = Effect::WORDS.iter().find(|(word, _)| *word == kind).map(|(_, effect)| *effect);
    let motion = MotionKind {
        levels: table.get(r, "levels", texts).unwrap_or_default(),
        signatures: table.get(r, "signatures", number).unwrap_or(1),
        notice: table.get(r, "notice", period).unwrap_or(Period::days(7)),
        vote: table.get(r, "vote", choice).unwrap_or(VoteWay::Hand),
        majority: table.get(r, "majority", value::majority).unwrap_or(more_than_half()),
        quorum: table.get(r, "quorum", fraction),
        circulate_to: table.get(r, "circulate-to", texts).unwrap_or_default(),
        cannot_be: table.get(r, "cannot-be", choices).unwrap_or_default(),
        effect: table.get(r, "effect", choice).or(effect_by_name).unwrap_or(Effect::Resolution),
        kind,
    };
    table.finish(r);
    motion
}

fn platform(r: &mut Reading<'_>, mut table: Table<'_, '_>, levels: &[Level]) -> PlatformArticle {
    let platform = PlatformArticle {
        pages: table.get(r, "pages", number).unwrap_or(4),
        speaking_minutes: table.get(r, "speaking-minutes", number).unwrap_or(30),
        heard_by: table.get(r, "heard-by", text).unwrap_or_else(|| congress(levels)),
    };
    table.finish(r);
    platform
}

fn forwarding(r: &mut Reading<'_>, mut table: Table<'_, '_>) -> Forwarding {
    let answer_within = table.get(r, "answer-within", period).unwrap_or(Period::days(60));
    table.finish(r);
    Forwarding { answer_within }
}

fn plan(r: &mut Reading<'_>, mut table: Table<'_, '_>, levels: &[Level]) -> PlanArticle {
    let mut rounds = table.table(r, "rounds");
    let mut variants = table.table(r, "variants");
    let default_tiers = || ["subsistence", "public", "development"].map(str::to_owned).to_vec();
    let plan = PlanArticle {
        tiers: table.get(r, "tiers", texts).unwrap_or_else(default_tiers),
        needs_by: table.get(r, "needs-by", texts).unwrap_or_else(|| Vec::from_iter(members_level(levels))),
        proposals_by: table.get(r, "proposals-by", text).unwrap_or_else(|| branches_under_congress(levels)),
        decided_by: table.get(r, "decided-by", text).unwrap_or_else(|| congress(levels)),
        rounds: rounds.get(r, "maximum", number).unwrap_or(8),
        gap: rounds.get(r, "gap", fraction).unwrap_or(part(1, 1000)),
        variants: variants.get(r, "minimum", number).unwrap_or(2),
        rule: variants.get(r, "rule", named(Rule::from_name)).unwrap_or(Rule::Schulze),
        deviation: table.get(r, "deviation", fraction).unwrap_or(part(1, 20)),
    };
    rounds.finish(r);
    variants.finish(r);
    table.finish(r);
    plan
}

fn entrenched(r: &mut Reading<'_>, mut table: Table<'_, '_>) -> Entrenched {
    let all_rights = || BTreeSet::from(RIGHTS.map(str::to_owned));
    let two_thirds = Majority { share: part(2, 3), strict: false, of: Base::Cast };
    let entrenched = Entrenched {
        articles: table.get(r, "articles", text_set).unwrap_or_else(all_rights),
        members: table.get(r, "members", value::majority).unwrap_or(two_thirds),
        workplaces: table.get(r, "workplaces", fraction).unwrap_or(part(1, 2)),
    };
    table.finish(r);
    entrenched
}

/// The level that groups by nothing.
fn congress(levels: &[Level]) -> String {
    let congress = levels.iter().rev().find(|level| level.group_by.is_empty());
    congress.map_or(String::new(), |level| level.id.clone())
}

/// The level that the members themselves form.
fn members_level(levels: &[Level]) -> Option<String> {
    levels.iter().find(|level| level.elected_by.is_empty()).map(|level| level.id.clone())
}

/// The first level that elects the congress and groups by branch.
fn branches_under_congress(levels: &[Level]) -> String {
    let groups_by_branch =
        |level: &Level| level.group_by.iter().any(|column| matches!(column, Column::Branch(_)));
    let congress = levels.iter().rev().find(|level| level.group_by.is_empty());
    let electing = congress.into_iter().flat_map(|level| &level.elected_by);
    let mut electing =
        electing.filter(|id| levels.iter().any(|level| level.id == **id && groups_by_branch(level)));
    electing.next().cloned().unwrap_or_default()
}

/// `numerator/denominator`, for the defaults; a zero denominator reads as nothing.
fn part(numerator: u64, denominator: u64) -> Fraction {
    Fraction::new(numerator, denominator).unwrap_or(Fraction::ZERO)
}

/// More than half of the votes cast.
fn more_than_half() -> Majority {
    Majority { share: part(1, 2), strict: true, of: Base::Cast }
}
