//! What holds for the whole repository, whoever writes: small files, no leftovers, licences that ours allows, a core
//! that cannot depend on clock or chance.

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Longest file of code, in lines. Most have at most 500.
const LONGEST_LINES: usize = 700;

/// Licences that a dependency may be under, alone or as one of a choice.
const LICENCES: [&str; 11] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Folders in which results are decided: exact numbers only, and nothing whose order is chance.
const DECIDING: [&str; 3] = ["crates/assembly/src", "crates/charter/src", "crates/count/src"];

/// Files there that may use a hash map, each with its reason.
const UNORDERED: [(&str, &str); 1] =
    [("crates/charter/src/roll/member.rs", "looks workplaces up by name and never walks through them")];

/// Files there that may use floating point, each with its reason.
const INEXACT: [(&str, &str); 1] =
    [("crates/count/src/print/svg.rs", "draws a count that is done; nothing is read off the drawing")];

/// What reads a clock, draws chance or looks at the machine.
const IMPURE: [&str; 9] = [
    "::now(",
    "SystemTime",
    "Instant::",
    "getrandom",
    "rand::",
    "thread_rng",
    "std::env",
    "std::fs",
    "std::net",
];

/// A file under version control, or about to be.
struct Source {
    path: String,
    text: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository's root")
}

/// The repository's files of text whose name ends so, in order.
fn sources(endings: &[&str]) -> Vec<Source> {
    let root = root();
    let mut sources = Vec::new();
    collect(&root, &root, endings, &mut sources);
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

fn collect(root: &Path, folder: &Path, endings: &[&str], sources: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable folder").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && !["target", "node_modules", "testdata", ".git"].contains(&name.as_str()) {
            collect(root, &path, endings, sources);
        } else if endings.iter().any(|ending| name.ends_with(ending))
            && let Ok(text) = fs::read_to_string(&path)
        {
            let path = path.strip_prefix(root).expect("below the root").display().to_string();
            sources.push(Source { path, text });
        }
    }
}

fn under<'a>(sources: &'a [Source], folders: &'a [&str]) -> impl Iterator<Item = &'a Source> {
    sources.iter().filter(|source| folders.iter().any(|folder| source.path.starts_with(folder)))
}

#[test]
fn the_repository_is_looked_at() {
    assert!(sources(&[".rs"]).len() > 100 && sources(&[".md"]).len() > 10);
}

/// Lines of code that hold one of these words, without comments and without the tests at the file's end.
fn found_in(source: &Source, words: &[&str]) -> Vec<String> {
    let code = source.text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let mut found = Vec::new();
    for (number, line) in code.lines().enumerate() {
        let line = line.split("//").next().unwrap_or_default();
        if let Some(word) = words.iter().find(|word| has_word(line, word)) {
            found.push(format!("{}:{}: {word}: {}", source.path, number + 1, line.trim()));
        }
    }
    found
}

/// Whether a word stands in a line and is not part of a longer one.
fn has_word(line: &str, word: &str) -> bool {
    let is_letter = |character: char| character.is_alphanumeric() || character == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let begins = !word.starts_with(is_letter) || !before.is_some_and(is_letter);
        let ends = !word.ends_with(is_letter) || !after.is_some_and(is_letter);
        begins && ends
    })
}

fn none(found: Vec<String>, rule: &str) {
    assert!(found.is_empty(), "{rule}:\n{}", found.join("\n"));
}

#[test]
fn files_are_short() {
    let long = sources(&[".rs"]).into_iter().filter(|source| source.text.lines().count() > LONGEST_LINES);
    none(long.map(|source| source.path).collect(), "split what has more lines than LONGEST_LINES");
}

#[test]
fn nothing_is_left_over() {
    // Put together here, so that this file does not hold them.
    let words = [["to", "do!("], ["unimple", "mented!("], ["FIX", "ME"], ["TO", "DO"], ["db", "g!("]];
    let words: Vec<String> = words.iter().map(|parts| parts.concat()).collect();
    let mut found = Vec::new();
    for source in sources(&[".rs", ".md", ".toml", ".sh", ".ts"]) {
        for (number, line) in source.text.lines().enumerate() {
            if words.iter().any(|word| has_word(line, word)) {
                found.push(format!("{}:{}: {}", source.path, number + 1, line.trim()));
            }
        }
    }
    none(found, "finish it, or say in words what is not there yet");
}

#[test]
fn no_merge_is_half_done() {
    let files = sources(&[".md", ".rs", ".toml", ".ts", ".ftl", ".py", ".css"]);
    let marks = ["<<<<<<< ", ">>>>>>> "];
    let found = files.iter().flat_map(|source| {
        let marked = source.text.lines().filter(|line| marks.iter().any(|mark| line.starts_with(mark)));
        marked.map(|line| format!("{}: {line}", source.path))
    });
    none(found.collect(), "both sides of a merge stand here");
}

#[test]
fn files_have_telling_names() {
    let vague = ["util", "utils", "helper", "helpers", "common", "manager", "misc"];
    let is_vague = |path: &str| path.trim_end_matches(".rs").split('/').any(|part| vague.contains(&part));
    let found = sources(&[".rs"]).into_iter().filter(|source| is_vague(&source.path));
    none(found.map(|source| source.path).collect(), "name a file after what it is about");
}

#[test]
fn no_path_of_somebodys_machine_is_written_down() {
    let begins = [["/ho", "me/"], ["/Us", "ers/"], ["/wo", "rk/"], ["/ro", "ot/"], ["/tm", "p/"]]
        .map(|parts| parts.concat());
    let mut found = Vec::new();
    for source in sources(&[".rs", ".md", ".toml", ".sh", ".py", ".json", ".jsonl"]) {
        for (number, line) in source.text.lines().enumerate() {
            let is_path = |begin: &String| {
                line.match_indices(begin.as_str()).any(|(at, _)| {
                    let before = line[..at].chars().next_back();
                    !before.is_some_and(|before| before.is_alphanumeric() || "._-/}".contains(before))
                })
            };
            if begins.iter().any(is_path) {
                found.push(format!("{}:{}: {}", source.path, number + 1, line.trim()));
            }
        }
    }
    none(found, "a path that only one machine has");
}

#[test]
fn lock_files_name_no_registry_but_the_default() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).expect("a lock file");
    let default = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
    let others = lock.lines().filter(|line| line.starts_with("source = ") && *line != default);
    none(others.map(str::to_owned).collect(), "dependencies come from crates.io, without an address");
    let mut found = Vec::new();
    for source in sources(&["package-lock.json", ".npmrc", "config.toml"]) {
        let addressed =
            source.text.lines().filter(|line| line.contains("\"resolved\"") || line.contains("registry ="));
        found.extend(addressed.map(|line| format!("{}: {}", source.path, line.trim())));
    }
    none(found, "a lock file names no address (npm config set omit-lockfile-registry-resolved true)");
}

#[test]
fn dependencies_are_under_licences_that_ours_allows() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = ["metadata", "--offline", "--locked", "--format-version", "1"];
    let output = Command::new(cargo).args(arguments).current_dir(root()).output().expect("cargo");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo's metadata");
    let packages = metadata["packages"].as_array().expect("a list of packages");
    assert!(packages.len() > 20, "only {} packages", packages.len());
    let refused = packages.iter().filter_map(|package| {
        let licence = package["license"].as_str().unwrap_or("none stated");
        let name = package["name"].as_str().unwrap_or_default();
        (!allows(licence)).then(|| format!("{name}: {licence}"))
    });
    none(
        refused.collect(),
        "a licence that is not in LICENCES; choose another library, or weigh it and add it",
    );
}

/// Whether an SPDX expression can be fulfilled with licences of the list. (`/` is the old way to write `OR`.)
fn allows(expression: &str) -> bool {
    let expression = expression.replace(['(', ')'], "").replace('/', " OR ");
    expression.split(" AND ").all(|part| part.split(" OR ").any(|one| LICENCES.contains(&one.trim())))
}

#[test]
fn a_choice_of_licences_is_read_as_one() {
    for (expression, allowed) in [
        ("MIT", true),
        ("MIT/Apache-2.0", true),
        ("Apache-2.0 OR GPL-2.0-only", true),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
        ("GPL-3.0-only", false),
        ("MIT AND GPL-3.0-only", false),
        ("none stated", false),
    ] {
        assert_eq!(allows(expression), allowed, "{expression}");
    }
}

#[test]
fn nothing_that_decides_a_result_is_inexact_or_unordered() {
    let sources = sources(&[".rs"]);
    let mut found = Vec::new();
    for (words, exceptions) in [(["f32", "f64"], &INEXACT), (["HashMap", "HashSet"], &UNORDERED)] {
        let is_exception = |source: &Source| exceptions.iter().any(|(path, _)| *path == source.path);
        for source in under(&sources, &DECIDING).filter(|source| !is_exception(source)) {
            found.extend(found_in(source, &words));
        }
        for (path, reason) in exceptions {
            let source = sources.iter().find(|source| source.path == *path);
            let uses = source.is_some_and(|source| !found_in(source, &words).is_empty());
            assert!(uses, "{path} needs its exception no more ({reason})");
        }
    }
    none(found, "use integers, fractions, BTreeMap, IndexMap or Vec where a seat hangs on it");
}

#[test]
fn the_core_reads_no_clock_and_draws_no_chance() {
    let sources = sources(&[".rs"]);
    let found = under(&sources, &DECIDING).flat_map(|source| found_in(source, &IMPURE));
    none(found.collect(), "time and seeds arrive inside the command, files through what is passed in");
}

#[test]
fn chance_with_a_seed_is_for_tests_and_simulated_years() {
    // Who knows the seed knows every secret: what keeps real secrets must not be able to ask for it.
    let sources = sources(&[".rs"]);
    let allowed = ["crates/ballot/src/lib.rs", "crates/ballot/src/randomness.rs", "crates/lab/src/secret.rs"];
    let shipped = sources
        .iter()
        .filter(|source| source.path.contains("/src/") && !allowed.contains(&source.path.as_str()));
    let found = shipped.flat_map(|source| found_in(source, &["SeededRandomness"]));
    none(found.collect(), "draw secrets from SystemRandomness");
}

#[test]
fn libraries_print_nothing_and_never_exit() {
    let words = ["println!(", "print!(", "eprintln!(", "eprint!(", "process::exit"];
    let sources = sources(&[".rs"]);
    let libraries = sources.iter().filter(|source| {
        source.path.starts_with("crates/")
            && source.path.contains("/src/")
            && !source.path.starts_with("crates/cli/")
    });
    none(
        libraries.flat_map(|source| found_in(source, &words)).collect(),
        "a library returns what it has to say",
    );
}

#[test]
fn every_page_of_the_book_is_in_its_contents() {
    let contents = fs::read_to_string(root().join("docs/SUMMARY.md")).expect("the contents");
    let listed: BTreeSet<&str> =
        contents.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    let pages: BTreeSet<String> = sources(&[".md"])
        .into_iter()
        .filter_map(|source| source.path.strip_prefix("docs/").map(str::to_owned))
        .filter(|page| page != "SUMMARY.md")
        .collect();
    let pages: BTreeSet<&str> = pages.iter().map(String::as_str).collect();
    assert_eq!(listed, pages, "docs/SUMMARY.md (left) and the pages that are there (right)");
}

#[test]
fn links_between_pages_lead_somewhere() {
    let mut found = Vec::new();
    for source in sources(&[".md"]) {
        let folder = root().join(Path::new(&source.path).parent().unwrap_or(Path::new("")));
        for target in source.text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = target.split('#').next().unwrap_or_default();
            let is_outside = target.contains("://") || target.starts_with("mailto:");
            if !is_outside && !path.is_empty() && !folder.join(path).exists() {
                found.push(format!("{}: {target}", source.path));
            }
        }
    }
    none(found, "links that lead nowhere");
}

#[test]
fn files_named_in_pages_are_there() {
    let mut found = Vec::new();
    for source in sources(&[".md"]) {
        let spans = source.text.split('`').skip(1).step_by(2);
        let is_path = |span: &&str| {
            let begins = ["crates/", "docs/", "examples/"].iter().any(|folder| span.starts_with(folder));
            begins
                && span
                    .chars()
                    .all(|character| character.is_ascii_alphanumeric() || "/_-.".contains(character))
        };
        let gone = spans.filter(is_path).filter(|path| !root().join(path).exists());
        found.extend(gone.map(|path| format!("{}: {path}", source.path)));
    }
    none(found, "files that are named and not there");
}
