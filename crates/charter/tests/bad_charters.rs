//! Bad charters: each changes the base charter in one place and gets exactly these messages.
//!
//! The table is `testdata/bad-charters.txt`: a line `- old` and a line `+ new` (both may be repeated; `\n` stands for
//! a line end), then the messages. An empty line ends a case. Set `BLESS` in the environment to write down what the
//! messages are now, then read every one of them.

use mandate_charter::read;
use std::fs;
use std::path::PathBuf;

const BASE: &str = include_str!("../testdata/base.toml");

fn messages(source: &str) -> Vec<String> {
    match read(source) {
        Ok(_) => vec!["no error".to_owned()],
        Err(errors) => errors.iter().map(ToString::to_string).collect(),
    }
}

/// The base charter with a case's changes made.
fn changed(case: &[&str]) -> String {
    let unescape = |line: &str| line.replace("\\n", "\n");
    let lines =
        |sign: &str| case.iter().filter_map(|line| line.strip_prefix(sign)).map(unescape).collect::<Vec<_>>();
    let (old, new) = (lines("- "), lines("+ "));
    assert_eq!(old.len(), new.len(), "{case:?}");
    old.iter().zip(new).fold(BASE.to_owned(), |source, (old, new)| {
        assert_eq!(source.matches(old.as_str()).count(), 1, "{old:?} must stand exactly once");
        source.replace(old.as_str(), &new)
    })
}

#[test]
fn the_base_is_good() {
    assert_eq!(messages(BASE), ["no error"]);
}

#[test]
fn every_bad_charter_gets_its_messages() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/bad-charters.txt");
    let table = fs::read_to_string(&path).unwrap();
    let mut now = String::new();
    for case in table.split("\n\n").map(str::trim).filter(|case| !case.is_empty()) {
        let lines: Vec<&str> = case.lines().collect();
        let change: Vec<&str> = lines
            .iter()
            .copied()
            .filter(|line| ["- ", "+ ", "# "].iter().any(|sign| line.starts_with(sign)))
            .collect();
        let messages = messages(&changed(&change));
        assert_ne!(messages, ["no error"], "{case}");
        now.push_str(&format!("{}\n{}\n\n", change.join("\n"), messages.join("\n")));
    }
    if std::env::var_os("BLESS").is_some() {
        return fs::write(&path, &now).unwrap();
    }
    for (now, expected) in now.lines().zip(table.lines()) {
        assert_eq!(now, expected);
    }
    assert_eq!(now.trim().lines().count(), table.trim().lines().count());
}

#[test]
fn nothing_makes_it_panic() {
    for length in 0..BASE.len() {
        if BASE.is_char_boundary(length) {
            let _ = read(&BASE[..length]);
        }
    }
    for noise in [
        "\u{feff}",
        "[",
        "[[level]]",
        "level = 1",
        "[level]\nid = 3",
        "a = [",
        "\"",
        "\0",
        "[[organ]]\n[[organ.transition]]",
    ] {
        assert!(read(noise).is_err(), "{noise:?}");
    }
    assert!(read(&"[".repeat(100_000)).is_err());
    assert!(read(&"#".repeat(5 << 20)).unwrap_err()[0].to_string().contains("at most 4194304 bytes"));
}
