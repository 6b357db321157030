//! The page of refusals is made from `crates/assembly/src/refusal.rs`.

use crate::page::settle_file;
use mandate_assembly::Refusal;
use std::fmt::Write;
use std::fs;
use std::path::Path;

const BEGINNING: &str = "# Refusals

A command that the charter or the state of things does not allow is refused. A refusal is a value with a name, the
article of the charter that it rests on, and plain words that say what was found and what would be needed. Nothing is
written in the record.

As text it reads `words [article]`; as JSON `{\"refusal\": …, \"article\": …, \"words\": …}`
([an example](walkthrough.md)). In the words below `{…}` stands for what was found. An article that begins with
`right.` is one of the six that no ordinary majority can change ([the charter](charter.md)); an article of a level,
organ or kind of motion stands here without its name.

This page is made from `crates/assembly/src/refusal.rs` by the tests; do not edit it.
";

pub fn check(root: &Path) {
    let source = fs::read_to_string(root.join("crates/assembly/src/refusal.rs")).expect("the refusals");
    let (_, definitions) = source.split_once("\nrefusals! {\n").expect("the list of refusals");
    let mut page = BEGINNING.to_owned();
    let mut names = Vec::new();
    for line in definitions.lines().map(str::trim) {
        if let Some(heading) = line.strip_prefix("// ") {
            let heading = heading.trim_end_matches('.');
            write!(page, "\n## {heading}\n\n| name | article | words |\n| --- | --- | --- |\n")
                .expect("a text can be written to");
        } else if let Some((name, article, words)) = refusal(line) {
            let words = words.replace('|', "\\|");
            writeln!(page, "| `{name}` | `{article}` | {words} |").expect("a text can be written to");
            names.push(name);
        }
    }
    assert_eq!(names, Refusal::NAMES, "every refusal is on the page");
    settle_file(&root.join("docs/refusals.md"), page.as_bytes());
}

/// Name, article and words of a line such as `NotFounded {} ["founding"] "there is …";`.
fn refusal(line: &str) -> Option<(&str, &str, String)> {
    let (name, rest) = line.split_once(" {")?;
    let (_, rest) = rest.split_once("} [\"")?;
    let (article, rest) = rest.split_once("\"] \"")?;
    let words = rest.strip_suffix("\";")?.replace("\\\"", "\"");
    Some((name, article, words.replace(":?}", "}")))
}
