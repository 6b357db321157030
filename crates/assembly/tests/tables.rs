//! The core's tables: plain text, a row a command, what is expected of it at the end.
//!
//! Every refusal has a row in some table, and every refusal's message stands in `tables/messages.txt`.
//!
//! ```text
//! ## Nobody joins twice                                          a new federation
//! +1d  m11  membership.join member=m77 workplace=w1 kind=person  => ok
//! +0d  m11  membership.join member=m77 workplace=w1 kind=person  => AlreadyOnTheRoll
//! elect workplace/w1 branch/C25 m11 m12                          an uncontested election, all its commands
//! ? motion 1 adopted                                             what must be so
//! ```
//!
//! Time is `+1d` after the row before. Fields are `name=value`, with dots for what is nested; a value is JSON, or
//! else a text. `[a,b]` is a list; `@+2d` the time two days after the row; `<plan>` a file of the fixture, with
//! `<charter.toml|old|new>` one passage replaced; `seed` and `lot` a seed and the commitment to it;
//! `box:m11,m12|3*m11>m12|2*` a box of papers (three rank m11 before m12, two name nobody); `roll:m11,m12` a marked
//! roll; `archive:…` the archive of a secret ballot, as `fixture/archive.rs` says.

mod fixture;
mod table;

use mandate_assembly::Refusal;
use std::collections::BTreeMap;
use std::path::Path;

#[test]
fn every_row_ends_as_it_says_and_every_refusal_has_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tables");
    let mut names: Vec<_> =
        folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).filter(|path| is_table(path)).collect();
    names.sort();
    let mut messages: BTreeMap<&'static str, String> = BTreeMap::new();
    let mut failed = Vec::new();
    for path in names {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        match table::run(&name, &text) {
            Err(scenarios) => failed.push(scenarios),
            Ok(refusals) => {
                for refusal in refusals {
                    shows_its_figures(&refusal);
                    messages.entry(refusal.name()).or_insert_with(|| refusal.to_string());
                }
            }
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
    let without: Vec<_> = Refusal::NAMES.iter().filter(|name| !messages.contains_key(**name)).collect();
    assert!(without.is_empty(), "no row ends in {without:?}");
    compare(&folder.join("messages.txt"), &messages);
}

fn is_table(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "txt") && !path.ends_with("messages.txt")
}

/// A message ends with its article, and every number that the refusal holds, limit and actual value, is in it.
fn shows_its_figures(refusal: &Refusal) {
    let (message, fields) = (refusal.to_string(), format!("{refusal:?}"));
    assert!(message.ends_with(&format!("[{}]", refusal.article())), "{message}");
    let numbers = fields.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty());
    for number in numbers {
        assert!(message.contains(number), "{message:?} does not say {number} of {fields}");
    }
}

/// The wording as reviewed. With `MANDATE_BLESS=1` it is written anew, for the next review.
fn compare(path: &Path, messages: &BTreeMap<&'static str, String>) {
    let in_order = Refusal::NAMES.iter().filter_map(|name| Some((name, messages.get(name)?)));
    let found: String = in_order.map(|(name, message)| format!("{name}\n    {message}\n")).collect();
    if std::env::var_os("MANDATE_BLESS").is_some() {
        std::fs::write(path, &found).unwrap();
    }
    let reviewed = std::fs::read_to_string(path).unwrap_or_default();
    for (found, reviewed) in found.lines().zip(reviewed.lines()) {
        assert_eq!(found, reviewed, "messages.txt");
    }
    assert_eq!(found.lines().count(), reviewed.lines().count(), "messages.txt");
}
