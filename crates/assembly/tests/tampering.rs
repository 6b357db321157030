//! Entries altered by hand: applying one gives a misfit or another state and never panics, whatever is decided after
//! it; and the audit finds every result that is not what its own material gives.

mod fixture;
mod random;
mod table;

use fixture::Record;
use mandate_assembly::audit::audit;
use mandate_assembly::{Entry, State, apply, decide};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::OnceLock;

/// The records of all scenarios in the tables.
fn records() -> &'static [Record] {
    static RECORDS: OnceLock<Vec<Record>> = OnceLock::new();
    RECORDS.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tables");
        let mut paths: Vec<_> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths.retain(|path| !path.ends_with("messages.txt"));
        let tables = paths.iter().map(|path| std::fs::read_to_string(path).unwrap());
        tables
            .flat_map(|text| table::records("table", &text))
            .filter(|record| !record.entries.is_empty())
            .collect()
    })
}

/// Every number, text, truth and nothing in a value, by its path.
fn leaves(value: &Value, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, inner)| {
            path.push(name.clone());
            leaves(inner, path, found);
            path.pop();
        }),
        Value::Array(items) => items.iter().enumerate().for_each(|(place, inner)| {
            path.push(place.to_string());
            leaves(inner, path, found);
            path.pop();
        }),
        _ => found.push(path.clone()),
    }
}

fn at<'v>(value: &'v mut Value, path: &[String]) -> &'v mut Value {
    path.iter().fold(value, |value, part| match value {
        Value::Array(items) => &mut items[part.parse::<usize>().unwrap()],
        other => &mut other[part.as_str()],
    })
}

/// Another value in place of one.
fn altered(value: &Value, dice: u32) -> Value {
    let numbers = [0, 1, 2, u64::from(dice % 9), u64::from(u32::MAX), u64::MAX];
    let texts =
        ["", "m11", "m99", "workplace/w2", "congress", "for", "2027-01-01T00:00:00Z", "branch/C25", "0"];
    match value {
        Value::Number(_) => json!(numbers[dice as usize % numbers.len()]),
        Value::Bool(truth) => json!(!truth),
        _ => json!(texts[dice as usize % texts.len()]),
    }
}

/// Fields that the decision computed, and the audit computes again.
fn is_result(path: &[String]) -> bool {
    let is = |event: &str| path.iter().any(|part| part == event);
    let last = path.last().map_or("", String::as_str);
    match path.get(1).map_or("", String::as_str) {
        "assembly" => is("seats"),
        "election" => is("called") && ["seats", "term", "entitled"].contains(&last),
        "ballot" => is("outcome") || is("box-counted") && ["valid", "spoiled"].contains(&last),
        "vacancy" => is("filled") && ["member", "leaver", "election"].contains(&last),
        "meeting" => is("opened") && last == "entitled",
        "vote" => is("result") || is("put") && last == "entitled",
        "recall" => {
            is("called") && last == "entitled" || is("found") || last == "recalled" || last == "voted"
        }
        "referendum" => {
            last != "referendum" && (is("closed") || is("found") || is("entitled") || last == "voted")
        }
        "plan" => is("figures"),
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_altered_entry_never_panics(
        which in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(),
        leaf in any::<prop::sample::Index>(),
        dice in any::<u32>(),
        commands in prop::collection::vec(any::<[u32; 6]>(), 20),
    ) {
        let record = which.get(records());
        let place = place.index(record.entries.len());
        let mut json = serde_json::to_value(&record.entries[place]).unwrap();
        let mut paths = Vec::new();
        leaves(&json["event"], &mut vec!["event".into()], &mut paths);
        prop_assume!(!paths.is_empty());
        let path = leaf.get(&paths);
        let old = at(&mut json, path).clone();
        *at(&mut json, path) = altered(&old, dice);
        let Ok(entry) = serde_json::from_value::<Entry>(json) else { return Ok(()) };
        let mut state = State::default();
        for before in &record.entries[..place] {
            apply(&mut state, before, &record.files).unwrap();
        }
        let _ = audit(&state, &entry, &record.files);
        if apply(&mut state, &entry, &record.files).is_err() {
            return Ok(());
        }
        for after in &record.entries[place + 1..] {
            let _ = audit(&state, after, &record.files);
            if apply(&mut state, after, &record.files).is_err() {
                return Ok(());
            }
        }
        let (Ok(federation), Some(now)) = (state.federation(), state.last_at) else { return Ok(()) };
        for dice in commands {
            let _ = decide(&state, &random::command(federation, now, dice), &record.files);
        }
    }
}

#[test]
fn the_audit_finds_every_altered_result() {
    let (mut altered_results, mut missed) = (0, Vec::new());
    for record in records() {
        let mut state = State::default();
        for entry in &record.entries {
            let json = serde_json::to_value(entry).unwrap();
            let mut paths = Vec::new();
            leaves(&json["event"], &mut vec!["event".into()], &mut paths);
            for path in paths.iter().filter(|path| is_result(path)) {
                for dice in 0..9 {
                    let mut other = json.clone();
                    let old = at(&mut other, path).clone();
                    *at(&mut other, path) = altered(&old, dice);
                    let Ok(other) = serde_json::from_value::<Entry>(other) else { continue };
                    if other == *entry || gone(&state, &record.files, entry) {
                        continue;
                    }
                    altered_results += 1;
                    if audit(&state, &other, &record.files).is_ok() {
                        missed.push(format!("{} {old} → {}", path.join("."), altered(&old, dice)));
                    }
                }
            }
            apply(&mut state, entry, &record.files).unwrap();
        }
    }
    assert!(missed.is_empty(), "{} of {altered_results} were not found: {missed:#?}", missed.len());
    assert!(altered_results > 1000, "only {altered_results} results were altered");
}

/// Whether the ballots behind an entry were erased since, so that nothing can be computed from them.
fn gone(
    state: &State,
    files: &std::collections::BTreeMap<mandate_assembly::ids::Hash, Vec<u8>>,
    entry: &Entry,
) -> bool {
    matches!(audit(state, entry, files), Ok(mandate_assembly::audit::Looked::Erased(_)))
}
