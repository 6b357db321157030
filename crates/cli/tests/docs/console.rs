//! Runs the commands that a page shows.

use crate::page::Page;
use crate::root;
use std::env;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

/// Runs a page's blocks in order and holds what they print against the page.
pub fn check(page: Page) {
    let blocks = page.blocks();
    if !blocks.iter().any(|block| block.info == "console") {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    for name in ["docs", "examples"] {
        symlink(root().join(name), folder.path().join(name)).expect("a link to the repository");
    }
    let mut wrong = Vec::new();
    for block in &blocks {
        let text = page.lines(block);
        if block.info == "console" {
            let printed = run_all(text, folder.path());
            if !agrees(text, &printed) {
                wrong.push((block.lines.clone(), abridged(text, &printed)));
            }
        } else if let Some(name) = block.info.split(' ').nth(1).filter(|word| word.contains('.')) {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("a folder can be made");
            fs::write(path, text).expect("a file can be written");
        }
    }
    page.settle(wrong);
}

/// The block as it should read: each command with what it prints.
fn run_all(block: &str, folder: &Path) -> String {
    let mut printed = String::new();
    for command in block.lines().filter_map(|line| line.strip_prefix("$ ")) {
        printed += &format!("$ {command}\n{}", run(command, folder));
    }
    printed
}

fn run(command: &str, folder: &Path) -> String {
    let binary = Path::new(env!("CARGO_BIN_EXE_mandate")).parent().expect("a binary is in a folder");
    let inherited = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths([binary.to_owned()].into_iter().chain(env::split_paths(&inherited)))
        .expect("folders have no colon in their names");
    let output = Command::new("sh")
        .args(["-c", &format!("exec 2>&1\n{command}")])
        .current_dir(folder)
        .env("PATH", path)
        .env("LC_ALL", "C.UTF-8")
        .env("COLUMNS", "110")
        .output()
        .expect("a shell");
    let mut printed = String::from_utf8(output.stdout).expect("commands print UTF-8");
    if !printed.is_empty() && !printed.ends_with('\n') {
        printed.push('\n');
    }
    if !output.status.success() {
        printed += &format!("({})\n", output.status.to_string().replace("exit status:", "exit code"));
    }
    printed
}

/// Whether what a page shows is what was printed: line by line, where `...` stands for any lines.
fn agrees(shown: &str, printed: &str) -> bool {
    let shown: Vec<String> = shown.lines().map(without_measures).collect();
    let printed: Vec<String> = printed.lines().map(without_measures).collect();
    lines_agree(&shown, &printed)
}

fn lines_agree(shown: &[String], printed: &[String]) -> bool {
    match shown.split_first() {
        None => printed.is_empty(),
        Some((line, rest)) if line == "..." => {
            (0..=printed.len()).any(|skipped| lines_agree(rest, &printed[skipped..]))
        }
        Some((line, rest)) => {
            printed.split_first().is_some_and(|(first, others)| line == first && lines_agree(rest, others))
        }
    }
}

/// What was printed, with the parts left out that the page leaves out: after each `...` the page goes on where its next
/// line is found again, and for as many lines; at the end, to the end. All of it where a line is not found.
fn abridged(shown: &str, printed: &str) -> String {
    let lines: Vec<&str> = printed.lines().collect();
    let parts: Vec<Vec<&str>> =
        shown.lines().collect::<Vec<_>>().split(|line| *line == "...").map(<[&str]>::to_vec).collect();
    let mut kept = Vec::new();
    let mut at = 0;
    for (number, part) in parts.iter().enumerate() {
        let Some(first) = part.first() else { return printed.to_owned() };
        let found = lines[at..].iter().position(|line| line.trim_end() == first.trim_end());
        let Some(start) = found.map(|skipped| at + skipped) else { return printed.to_owned() };
        let is_last = number + 1 == parts.len();
        at = if is_last { lines.len() } else { (start + part.len()).min(lines.len()) };
        kept.extend(lines[start..at].iter().map(|line| line.trim_end()));
        if !is_last {
            kept.push("...");
        }
    }
    kept.join("\n") + "\n"
}

/// A line with its words apart by one space, and without the number before a unit of time or memory.
fn without_measures(line: &str) -> String {
    let is_unit = |word: &str| {
        let unit = word.trim_end_matches([',', ';', '.', ')']);
        ["s", "ms", "MiB", "GiB"].contains(&unit)
    };
    let words: Vec<&str> = line.split_whitespace().collect();
    let measured = |place: usize| words.get(place + 1).is_some_and(|next| is_unit(next));
    let kept = words.iter().enumerate().map(|(place, word)| {
        if measured(place) && word.bytes().any(|byte| byte.is_ascii_digit()) { "0" } else { word }
    });
    kept.collect::<Vec<_>>().join(" ")
}

#[test]
fn only_measures_and_left_out_lines_may_differ() {
    assert!(agrees("$ a\nin 0.31 s, 12 MiB\n", "$ a\nin 2.5 s, 130 MiB\n"));
    assert!(agrees("$ a\n...\nend\n", "$ a\n1\n2\nend\n"));
    assert!(!agrees("$ a\n12 members\n", "$ a\n13 members\n"));
    assert!(!agrees("$ a\n...\nend\n", "$ a\n1\n2\n"));
    assert!(!agrees("$ a\n", "$ a\nmore\n"));
}

#[test]
fn what_a_page_leaves_out_is_left_out_again() {
    let shown = "$ a\nold\n...\nheading\nold\n...\nlast\n";
    let printed = "$ a\nnew\nmore\nheading\nnew\nmore\nlast\nand more\n";
    assert_eq!(abridged(shown, printed), "$ a\nnew\n...\nheading\nnew\n...\nlast\nand more\n");
    assert_eq!(abridged("$ a\n...\ngone\n", "$ a\nnew\n"), "$ a\nnew\n");
}
