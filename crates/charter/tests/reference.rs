//! The examples of `docs/charter.md` are run, so that the manual cannot lie.
//!
//! `toml charter` is a whole charter. `toml charter part` is put into the base charter of this crate: a table takes
//! the place of the base's, an array's table is added. `toml charter wrong` likewise, and the `text` block after it
//! holds the messages that it gets.

use mandate_charter::read;

const MANUAL: &str = include_str!("../../../docs/charter.md");
const BASE: &str = include_str!("../testdata/base.toml");

/// Fenced blocks with what stands behind the opening fence.
fn blocks() -> Vec<(&'static str, &'static str)> {
    let mut blocks = Vec::new();
    let mut rest = MANUAL;
    while let Some((_, after)) = rest.split_once("```") {
        let (info, body) = after.split_once('\n').unwrap();
        let (body, after) = body.split_once("```").unwrap();
        blocks.push((info, body));
        rest = after;
    }
    blocks
}

/// The base charter with a part before it, so that lines in messages are those of the part.
fn with_part(part: &str) -> String {
    let tables: Vec<&str> =
        part.lines().filter(|line| line.starts_with('[') && !line.starts_with("[[")).collect();
    let mut kept = String::new();
    let mut replaced = false;
    for line in BASE.lines() {
        if line.starts_with('[') {
            replaced = tables.contains(&line);
        }
        if !replaced {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    format!("{part}\n{kept}")
}

fn messages(source: &str) -> String {
    let errors = read(source).err().unwrap_or_default();
    errors.iter().map(|error| format!("{error}\n")).collect()
}

#[test]
fn examples_are_what_the_manual_says() {
    let blocks = blocks();
    let mut run = 0;
    for (index, (info, body)) in blocks.iter().enumerate() {
        match *info {
            "toml charter" => assert_eq!(messages(body), "", "{body}"),
            "toml charter part" => assert_eq!(messages(&with_part(body)), "", "{body}"),
            "toml charter wrong" => {
                let (info, expected) = blocks[index + 1];
                assert_eq!(info, "text");
                assert_eq!(messages(&with_part(body)), expected);
            }
            _ => continue,
        }
        run += 1;
    }
    assert!(run >= 11, "only {run} examples were found");
}
