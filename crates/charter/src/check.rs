//! What no single key shows: levels that do not coarsen, majorities that cannot be reached, posts that nobody fills.

mod entrenched;
mod hierarchy;
mod motion;
mod numbers;
mod organ;

use crate::charter::Charter;
use crate::diagnostic::{Diagnostic, Place, meant, nearest, quoted};
use crate::parse::{Parsed, parse};
use std::collections::BTreeMap;

/// Reads and checks a charter: what the core receives has passed here.
///
/// # Errors
/// All errors of the text; where it has none, all errors between its articles.
pub fn read(source: &str) -> Result<Charter, Vec<Diagnostic>> {
    let parsed = parse(source)?;
    let errors = check(&parsed);
    if errors.is_empty() { Ok(parsed.charter) } else { Err(errors) }
}

/// All errors between a charter's articles, in the order of its file.
pub fn check(parsed: &Parsed) -> Vec<Diagnostic> {
    let charter = &parsed.charter;
    let mut findings = Findings { places: &parsed.places, errors: Vec::new() };
    numbers::check(charter, &mut findings);
    hierarchy::check(charter, &mut findings);
    organ::check(charter, &mut findings);
    motion::check(charter, &mut findings);
    entrenched::check(charter, &mut findings);
    findings.errors.sort_by_key(|error| (error.line, error.column));
    findings.errors
}

/// The errors found so far, and where each article stands.
struct Findings<'p> {
    places: &'p BTreeMap<String, Place>,
    errors: Vec<Diagnostic>,
}

impl Findings<'_> {
    /// Notes an error at an article; an article left to its default is shown at the table that leaves it out.
    fn add(
        &mut self,
        article: &str,
        found: impl Into<String>,
        expected: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let place = self.place(article);
        self.errors.push(place.error(article, found, expected, remedy));
    }

    fn place(&self, article: &str) -> Place {
        let mut path = article;
        loop {
            match (self.places.get(path), path.rsplit_once('.')) {
                (Some(place), _) => return *place,
                (None, Some((parent, _))) => path = parent,
                (None, None) => return Place::START,
            }
        }
    }

    /// Notes an error where `name` is none of the `known` ones; `kind` is "a level", "an organ".
    fn known<'n>(
        &mut self,
        article: &str,
        kind: &str,
        name: &str,
        known: impl Iterator<Item = &'n str> + Clone,
    ) {
        if known.clone().any(|candidate| candidate == name) {
            return;
        }
        if name.is_empty() {
            let remedy = format!("add the key with the id of {kind}; it has no default in this charter");
            return self.add(article, "nothing", format!("the id of {kind}"), remedy);
        }
        let remedy = meant(nearest(name, known.clone()), &format!("add {kind} called {}", quoted(name)));
        let all = known.map(|candidate| format!("{candidate:?}")).collect::<Vec<_>>().join(", ");
        self.add(article, quoted(name), format!("the id of {kind}: {all}"), remedy);
    }

    /// Notes an error for every name that stands twice.
    fn unique<'n>(&mut self, kind: &str, key: &str, names: impl Iterator<Item = &'n str>) {
        let mut seen = std::collections::BTreeSet::new();
        for name in names {
            if !seen.insert(name) {
                let found = format!("two with {key} = {}", quoted(name));
                let expected = format!("a different {key} for every {kind}");
                self.add(&format!("{kind}.{name}"), found, expected, "rename one of them");
            }
        }
    }
}
