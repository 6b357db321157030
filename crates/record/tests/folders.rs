//! Exported folders: other tools check them, they come back as the same record, and altered ones are refused.

mod cash;

use cash::{Cash, Command, create, pay};
use mandate_record::note::{Note, VerifierKey};
use mandate_record::{Digest, Directory, Fault, Keeper, Reader, Record, export, import, replay, verify};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command as Process;
use tempfile::{TempDir, tempdir};

/// A record of a few commits with attachments, one of them erased.
fn record(path: &Path) {
    let mut keeper = Keeper::open(create(path), Cash::default).unwrap();
    let secret = b"Received: a secret".to_vec();
    for number in 0..8 {
        keeper.submit(pay(format!("box {number}"), 1)).unwrap();
        keeper.submit(Command::File { receipt: format!("receipt {number}").into_bytes() }).unwrap();
        keeper.commit().unwrap();
    }
    keeper.submit(Command::File { receipt: secret.clone() }).unwrap();
    keeper.submit(Command::Erase { receipt: Digest::of(&secret) }).unwrap();
    keeper.commit().unwrap();
}

/// A directory with the record `record` and its export `export`.
fn exported() -> TempDir {
    let folder = tempdir().unwrap();
    record(&folder.path().join("record"));
    export(&folder.path().join("record"), &folder.path().join("export"), &mut |_, _| {}).unwrap();
    folder
}

/// All files of an exported folder, by name.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let list = |path: PathBuf| fs::read_dir(path).unwrap().map(|file| file.unwrap().path());
    let paths = list(folder.to_owned()).chain(list(folder.join("attachments"))).filter(|path| path.is_file());
    paths.map(|path| (path.strip_prefix(folder).unwrap().to_owned(), fs::read(&path).unwrap())).collect()
}

#[test]
fn a_folder_comes_back_as_the_same_record() {
    let folder = exported();
    let path = |name: &str| folder.path().join(name);
    let checkpoint = import(&path("export"), &path("again"), &mut |_, _| {}).unwrap();
    assert_eq!(&checkpoint, Reader::open(&path("record")).unwrap().checkpoint());
    let (first, second) = (
        verify(&path("record"), Some(&checkpoint), &mut |_, _| {}).unwrap(),
        verify(&path("again"), Some(&checkpoint), &mut |_, _| {}).unwrap(),
    );
    assert!(first.is_ok() && first == second, "{first:?} {second:?}");

    export(&path("again"), &path("export-again"), &mut |_, _| {}).unwrap();
    assert_eq!(files(&path("export")), files(&path("export-again")));

    let (mut before, mut after) = (Cash::default(), Cash::default());
    replay(&path("record"), &mut before, &mut |_, _| {}).unwrap();
    replay(&path("again"), &mut after, &mut |_, _| {}).unwrap();
    assert_eq!(before, after);
    let mut keeper = Keeper::open(Record::open(&path("again")).unwrap(), Cash::default).unwrap();
    assert_eq!(keeper.submit(pay("box 1", 1)).unwrap().answer, 2, "the imported record goes on");
}

#[test]
fn sha256sum_checks_a_folder() {
    let folder = exported();
    let checked = Process::new("sha256sum")
        .args(["--check", "--strict", "SHA256SUMS"])
        .current_dir(folder.path().join("export"))
        .output()
        .unwrap();
    let said = String::from_utf8(checked.stdout).unwrap();
    assert!(checked.status.success(), "{said}");
    assert_eq!(said.lines().filter(|line| line.ends_with(": OK")).count(), 2 + 8, "{said}");
}

#[test]
fn a_record_with_a_key_signs_its_checkpoint() {
    let folder = tempdir().unwrap();
    let (path, out) = (folder.path().join("record"), folder.path().join("export"));
    record(&path);
    let verifier = Directory::new(&path).create_signing_key(cash::ORIGIN, [9; 32]).unwrap();
    export(&path, &out, &mut |_, _| {}).unwrap();
    let text = fs::read_to_string(out.join("checkpoint")).unwrap();
    let verifier = VerifierKey::parse(&verifier.to_string()).unwrap();
    assert!(Note::parse(&text).unwrap().is_signed_by(&verifier));
    import(&out, &folder.path().join("again"), &mut |_, _| {}).unwrap();
    assert!(!Directory::new(folder.path().join("again")).signing_key().exists(), "keys do not travel");
}

/// What is done to a folder.
enum Change {
    /// A file's text, from, to.
    Replace(&'static str, &'static str, &'static str),
    Swap(usize, usize),
    Truncate {
        bytes_from_end: usize,
    },
    Append(&'static str),
    Remove(PathBuf),
    Write(PathBuf, &'static str),
}

fn attachment(content: &[u8]) -> PathBuf {
    Path::new("attachments").join(Digest::of(content).to_string())
}

#[test]
fn altered_folders_are_refused_with_file_and_line() {
    use Change::{Append, Remove, Replace, Swap, Truncate, Write};
    let cases = [
        (Replace("entries.jsonl", "box 3", "box 4"), "tree-heads: line 5: the first 8 entries have the root"),
        (
            Replace(
                "entries.jsonl",
                "\"by\":\"M12\",\"event\":{\"paid\":{\"cash_box\":\"box 3\"",
                "\"by\":\"M12\"",
            ),
            "entries.jsonl: line 7: column",
        ),
        (
            Replace("entries.jsonl", "{\"v\":1", "{\"v\":2"),
            "entries.jsonl: line 1: the entry is of version 2",
        ),
        (
            Swap(0, 2),
            "one or more of the lines 1 to 2 of entries.jsonl, or this line, was changed or swapped",
        ),
        (Swap(16, 17), "entries.jsonl: line 17: it erases the attachment"),
        (
            Truncate { bytes_from_end: 1 },
            "entries.jsonl: line 18: the line does not end: the file was cut off",
        ),
        (Truncate { bytes_from_end: 200 }, "the file was cut off"),
        (
            Append("{\"v\":1,\"event\":{}}\n"),
            "entries.jsonl: line 19: here is another line; the checkpoint says that there are 18",
        ),
        (Append("\u{feff}"), "entries.jsonl: line 19: the line does not end"),
        (
            Replace("checkpoint", "\n18\n", "\n19\n"),
            "the file ends here, after 18 entries; the checkpoint says 19: it was cut off",
        ),
        (Replace("checkpoint", "\n18\n", "\n17\n"), "line 18: here is another line"),
        (
            Replace("checkpoint", "\n18\n", "\nmany\n"),
            "checkpoint: line 2: expected the number of entries, found \"many\"",
        ),
        (Replace("tree-heads", "\n4 ", "\n3 "), "tree-heads: line 3: the first 3 entries have the root"),
        (
            Replace("tree-heads", "\n4 ", "\n1 "),
            "tree-heads: line 3: expected a size larger than in the line before",
        ),
        (
            Replace("tree-heads", "\n18 ", "\n19 "),
            "tree-heads: line 10: a tree head of 19 entries; the checkpoint says that there are 18",
        ),
        (Remove("entries.jsonl".into()), "entries.jsonl: there is no such file"),
        (Remove("tree-heads".into()), "tree-heads: there is no such file"),
        (Remove("checkpoint".into()), "checkpoint: there is no such file"),
        (
            Remove(attachment(b"receipt 3")),
            "line 8 of entries.jsonl names this attachment, but it is missing",
        ),
        (Write(attachment(b"receipt 3"), "receipt 4"), "not to its name: it was changed"),
        (
            Write(attachment(b"Received: a secret"), "Received: a secret"),
            "an entry erased this attachment, but here it is",
        ),
        (Write("attachments/notes.txt".into(), "x"), "no entry names this file; remove it from the folder"),
    ];
    let whole = exported();
    let whole = whole.path().join("export");
    for (number, (change, expected)) in cases.into_iter().enumerate() {
        let folder = tempdir().unwrap();
        let (altered, target) = (folder.path().join("export"), folder.path().join("again"));
        assert!(Process::new("cp").arg("-r").args([&whole, &altered]).status().unwrap().success());
        change.apply(&altered);
        let refused = import(&altered, &target, &mut |_, _| {}).unwrap_err();
        assert!(refused.to_string().contains(expected), "case {number}: {refused}");
        assert!(
            matches!(refused, Fault::Line { .. } | Fault::File { .. }),
            "case {number} is the folder's fault: {refused:?}"
        );
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            1,
            "case {number}: something is left behind"
        );
    }
}

impl Change {
    fn apply(self, folder: &Path) {
        let entries = folder.join("entries.jsonl");
        let text = fs::read_to_string(&entries).unwrap();
        match self {
            Self::Replace(file, from, to) => {
                let text = fs::read_to_string(folder.join(file)).unwrap();
                assert!(text.contains(from), "{from} is in {file}");
                fs::write(folder.join(file), text.replacen(from, to, 1)).unwrap();
            }
            Self::Swap(first, second) => {
                let mut lines: Vec<&str> = text.lines().collect();
                lines.swap(first, second);
                fs::write(entries, lines.join("\n") + "\n").unwrap();
            }
            Self::Truncate { bytes_from_end } => {
                fs::write(entries, &text[..text.len() - bytes_from_end]).unwrap()
            }
            Self::Append(more) => fs::write(entries, text + more).unwrap(),
            Self::Remove(file) => fs::remove_file(folder.join(file)).unwrap(),
            Self::Write(file, content) => fs::write(folder.join(file), content).unwrap(),
        }
    }
}

#[test]
fn a_line_of_twenty_megabytes_is_refused() {
    let folder = exported();
    let entries = folder.path().join("export/entries.jsonl");
    fs::write(&entries, "x".repeat(20 << 20)).unwrap();
    let refused =
        import(&folder.path().join("export"), &folder.path().join("again"), &mut |_, _| {}).unwrap_err();
    let refused = refused.to_string();
    assert!(
        refused.ends_with("entries.jsonl: line 1: the line has more than 16777216 bytes, the limit"),
        "{refused}"
    );
}

#[test]
fn a_damaged_record_is_not_exported() {
    let folder = tempdir().unwrap();
    let (path, out) = (folder.path().join("record"), folder.path().join("export"));
    record(&path);
    let connection = rusqlite::Connection::open(path.join("record.sqlite")).unwrap();
    connection.execute("UPDATE entry SET bytes = zeroblob(9) WHERE position = 5", []).unwrap();
    let refused = export(&path, &out, &mut |_, _| {}).unwrap_err();
    assert!(refused.to_string().contains("the record is damaged: entry 5: its bytes hash to"), "{refused}");
    assert!(!out.exists() && !folder.path().join("export.partial").exists());
}

#[test]
fn nothing_is_overwritten() {
    let folder = exported();
    let path = |name: &str| folder.path().join(name);
    assert!(matches!(export(&path("record"), &path("export"), &mut |_, _| {}), Err(Fault::Exists { .. })));
    assert!(matches!(import(&path("export"), &path("record"), &mut |_, _| {}), Err(Fault::Exists { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Any sequence of commands in any commits: the root is that of RFC 6962 over the entries, whatever the commits,
    /// and export and import keep it.
    #[test]
    fn any_sequence_of_commits_round_trips(
        commits in prop::collection::vec(prop::collection::vec((0u8..4, 0i64..9, any::<bool>()), 0..40), 0..12),
    ) {
        let folder = tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let mut keeper = Keeper::open(create(&path("record")), Cash::default).unwrap();
        for commit in &commits {
            for (cash_box, amount, files) in commit {
                let command = match files {
                    true => Command::File { receipt: vec![*cash_box; *amount as usize] },
                    false => pay(format!("box {cash_box}"), amount - 3),
                };
                // Some are refused, as they overdraw.
                let _ = keeper.submit(command);
            }
            keeper.commit().unwrap();
        }
        let checkpoint = keeper.record().checkpoint();
        let reader = Reader::open(&path("record")).unwrap();
        let mut frontier = mandate_record::tree::Frontier::default();
        for position in 0..checkpoint.size {
            frontier.push(mandate_record::tree::leaf_hash(&reader.entry(position).unwrap()));
        }
        prop_assert_eq!(frontier.root(), checkpoint.root);
        export(&path("record"), &path("export"), &mut |_, _| {}).unwrap();
        prop_assert_eq!(import(&path("export"), &path("again"), &mut |_, _| {}).unwrap(), checkpoint.clone());
        let verification = verify(&path("again"), Some(&checkpoint), &mut |_, _| {}).unwrap();
        prop_assert!(verification.is_ok());
        let mut cash = Cash::default();
        replay(&path("again"), &mut cash, &mut |_, _| {}).unwrap();
        prop_assert_eq!(&cash, keeper.machine().unwrap());
    }
}
