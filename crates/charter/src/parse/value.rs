//! Reading single values: texts, numbers, fractions, periods, names, majorities.

use super::table::{Reading, Value};
use crate::charter::{Base, Column, Depth, Majority};
use crate::diagnostic::{meant, nearest};
use crate::word::Word;
use crate::{Fraction, Period};
use mandate_count::UnknownName;
use std::collections::{BTreeMap, BTreeSet};
use toml::de::DeValue;

type V<'v, 'a, 'i> = &'v Value<'a, 'i>;

pub(super) fn text(r: &mut Reading<'_>, value: V<'_, '_, '_>) -> Option<String> {
    match value.value {
        DeValue::String(text) if !text.trim().is_empty() => Some(text.to_string()),
        _ => value.refuse(r, "a text in quotation marks that is not empty", "write it as \"…\""),
    }
}

pub(super) fn flag(r: &mut Reading<'_>, value: V<'_, '_, '_>) -> Option<bool> {
    match value.value {
        DeValue::Boolean(flag) => Some(*flag),
        _ => value.refuse(r, "true or false", "write true or false without quotation marks"),
    }
}

/// A whole number from 0 to 4294967295.
pub(super) fn number(r: &mut Reading<'_>, value: V<'_, '_, '_>) -> Option<u32> {
    let number = match value.value {
        DeValue::Integer(number) => u32::from_str_radix(number.as_str(), number.radix()).ok(),
        _ => None,
    };
    let expected = "a whole number from 0 to 4294967295";
    number.or_else(|| value.refuse(r, expected, "write digits only, without quotation marks"))
}

pub(super) fn fraction(r: &mut Reading<'_>, value: V<'_, '_, '_>) -> Option<Fraction> {
    let fraction = match value.value {
        DeValue::String(text) => text.parse().ok(),
        _ => None,
    };
    let remedy = "write numerator/denominator in quotation marks; decimals are not exact and not read";
    fraction.or_else(|| value.refuse(r, "a fraction such as \"1/2\" or \"1\"", remedy))
}

pub(super) fn period(r: &mut Reading<'_>, value: V<'_, '_, '_>) -> Option<Period> {
    let period = match value.value {
        DeValue::String(text) => text.parse().ok(),
        _ => None,
    };
    let expected = "an ISO 8601 duration in whole units such as \"P1Y\", \"P14D\" or \"PT6H\"";
    period.or_else(|| {
        value.refuse(r, expected, "write P, then years Y, months M, weeks W, days D; hours after T")
    })
}

/// One of a choice's words.
pub(super) fn choice<T: Word>(r: &mut Reading<'_>, value: V<'_, '_, '_>) -> Option<T> {
    let words = || T::WORDS.iter().map(|(word, _)| *word);
    let given = value.value.as_str().unwrap_or_default();
    let found = T::WORDS.iter().find(|(word, _)| *word == given).map(|(_, choice)| *choice);
    found.or_else(|| {
        let expected =
            format!("one of {}", words().map(|word| format!("{word:?}")).collect::<Vec<_>>().join(", "));
        value.refuse(r, &expected, &meant(nearest(given, words()), "write one of them"))
    })
}

/// A counting rule or a method of apportionment by its name.
pub(super) fn named<T>(
    known: impl FnOnce(&str) -> Result<T, UnknownName>,
) -> impl FnOnce(&mut Reading<'_>, V<'_, '_, '_>) -> Option<T> {
    move |r, value| match known(value.value.as_str().unwrap_or_default()) {
        Ok(rule) => Some(rule),
        Err(unknown) => value.refuse(
            r,
            &format!("the name of a {}", unknown.kind),
            &format!("write {:?} if that was meant; `mandate count --list` prints all", unknown.nearest),
        ),
    }
}

pub(super) fn texts(r: &mut Reading<'_>, value: V<'_, '_, '_>) -> Option<Vec<String>> {
    Some(value.list(r, "texts").iter().filter_map(|element| text(r, element)).collect())
}

pub(super) fn text_set(r: &mut Reading<'_>, value: V<'_, '_, '_>) -> Option<BTreeSet<String>> {
    texts(r, value).map(BTreeSet::from_iter)
}

pub(super) fn choices<T: Word + Ord>(r: &mut Reading<'_>, value: V<'_, '_, '_>) -> Option<BTreeSet<T>> {
    Some(value.list(r, "words").iter().filter_map(|element| choice(r, element)).collect())
}

/// A title by language: `{ en = "…", es = "…" }`.
pub(super) fn titles(r: &mut Reading<'_>, value: V<'_, '_, '_>) -> Option<BTreeMap<String, String>> {
    let table = value.table(r, "{ en = \"Congress\", es = \"Congreso\" }")?;
    let titles = table.all(r).into_iter().filter_map(|(language, title)| Some((language, text(r, &title)?)));
    Some(titles.collect())
}

/// Shares by the level that elects them: `{ branch = "2/3", region = "1/3" }`.
pub(super) fn shares(r: &mut Reading<'_>, value: V<'_, '_, '_>) -> Option<BTreeMap<String, Fraction>> {
    let table = value.table(r, "{ branch = \"2/3\", region = \"1/3\" }")?;
    let shares = table.all(r).into_iter().filter_map(|(level, share)| Some((level, fraction(r, &share)?)));
    Some(shares.collect())
}

/// `"1/2"`: more than half of the votes cast; or a table with `share`, `strict` and `of`.
pub(super) fn majority(r: &mut Reading<'_>, value: V<'_, '_, '_>) -> Option<Majority> {
    match value.value {
        DeValue::String(_) => Some(Majority { share: fraction(r, value)?, strict: true, of: Base::Cast }),
        _ => {
            let mut table =
                value.table(r, "\"1/2\" or { share = \"2/3\", strict = false, of = \"entitled\" }")?;
            let share = table.need(r, "share", "\"2/3\"", fraction);
            let strict = table.get(r, "strict", flag).unwrap_or(true);
            let of = table.get(r, "of", choice).unwrap_or(Base::Cast);
            table.finish(r);
            Some(Majority { share: share?, strict, of })
        }
    }
}

/// One part of a group-by: `workplace`, `branch:division`, or a territorial column's heading.
pub(super) fn column(r: &mut Reading<'_>, value: V<'_, '_, '_>) -> Option<Column> {
    let given = text(r, value)?;
    let (heading, depth) = match given.split_once(':') {
        Some((heading, depth)) => (heading, Some(depth)),
        None => (given.as_str(), None),
    };
    let depth = match (heading, depth) {
        ("workplace", None) => return Some(Column::Workplace),
        ("branch", None) => return Some(Column::Branch(Depth::Class)),
        (territory, None) if is_name(territory) => return Some(Column::Territory(territory.to_owned())),
        ("branch", Some(depth)) => Depth::WORDS.iter().find(|(word, _)| *word == depth),
        _ => None,
    };
    depth.map(|(_, depth)| Column::Branch(*depth)).or_else(|| {
        value.refuse(
            r,
            "\"workplace\", \"branch:section\", \"branch:division\", \"branch:group\", \"branch:class\", or the \
             heading of a territorial column",
            "headings have lower-case letters, digits and hyphens, and no depth behind a colon",
        )
    })
}

pub(super) fn columns(r: &mut Reading<'_>, value: V<'_, '_, '_>) -> Option<Vec<Column>> {
    Some(value.list(r, "columns").iter().filter_map(|element| column(r, element)).collect())
}

/// A name in the charter: it becomes part of addresses and of articles' names.
pub(super) fn name(r: &mut Reading<'_>, value: V<'_, '_, '_>) -> Option<String> {
    let name = text(r, value)?;
    if is_name(&name) {
        return Some(name);
    }
    let expected = "1 to 64 lower-case letters a to z, digits and hyphens";
    value.refuse(r, expected, "choose such a name; what people read goes into title")
}

fn is_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=64).contains(&text.len()) && text.bytes().all(allowed)
}
