//! Everything that can be done to a record's file behind its back is found, and the place is named.

mod cash;

use cash::{Cash, Command, create, pay};
use mandate_record::{Checkpoint, Difference, Digest, Keeper, Place, Reader, Verification, verify};
use proptest::prelude::*;
use rusqlite::{Connection, params};
use std::fs;
use std::path::Path;
use tempfile::{TempDir, tempdir};

const RECEIPT: &[u8] = b"Received: five shillings for the strike fund";

/// A record of 600 entries in commits of 3, with two attachments, one of them erased.
fn record() -> TempDir {
    let folder = tempdir().unwrap();
    let mut keeper = Keeper::open(create(folder.path()), Cash::default).unwrap();
    let erased = b"Received: a secret".to_vec();
    for number in 0..200 {
        keeper.submit(pay(format!("box {number}"), 1)).unwrap();
        keeper.submit(pay(format!("box {number}"), 2)).unwrap();
        let third = match number {
            10 => Command::File { receipt: RECEIPT.to_vec() },
            20 => Command::File { receipt: erased.clone() },
            30 => Command::Erase { receipt: Digest::of(&erased) },
            _ => pay(format!("box {number}"), 3),
        };
        keeper.submit(third).unwrap();
        keeper.commit().unwrap();
    }
    folder
}

fn check(path: &Path, checkpoint: Option<&Checkpoint>) -> Verification {
    verify(path, checkpoint, &mut |_, _| {}).unwrap()
}

fn difference(path: &Path) -> Difference {
    check(path, None).first_difference.expect("a difference")
}

fn tamper(path: &Path, statements: &str) {
    let connection = Connection::open(path.join("record.sqlite")).unwrap();
    connection.execute_batch(statements).unwrap();
}

fn bytes(path: &Path, position: u64) -> Vec<u8> {
    Reader::open(path).unwrap().entry(position).unwrap()
}

#[test]
fn an_untouched_record_is_ok() {
    let folder = record();
    let verification = check(folder.path(), None);
    assert!(verification.is_ok(), "{verification:?}");
    assert_eq!(verification.entries, 600);
    assert_eq!(verification.erased, [(Digest::of(b"Received: a secret"), 92)]);
    let reader = Reader::open(folder.path()).unwrap();
    assert_eq!(verification.root, reader.checkpoint().root);
    for size in [0, 1, 33, 256, 600] {
        let root = reader.root_at(size).unwrap();
        let checkpoint = Checkpoint { size, root, ..reader.checkpoint().clone() };
        assert!(check(folder.path(), Some(&checkpoint)).is_ok(), "a checkpoint of {size} entries");
    }
}

/// A case of tampering: what is done to the database, where it is found, and a part of what is said.
#[test]
fn each_kind_of_tampering_is_found_where_it_was_done() {
    let receipt = Digest::of(RECEIPT);
    let other = Digest::of(b"other");
    let cases = [
        ("DELETE FROM entry WHERE position = 123", Place::Entry(123), "it is missing"),
        ("DELETE FROM entry WHERE position >= 597", Place::Entry(597), "it is missing"),
        (
            "UPDATE entry SET bytes = CAST(replace(bytes, 'box 41', 'box 42') AS BLOB) WHERE position = 123",
            Place::Entry(123),
            "its bytes hash to",
        ),
        ("UPDATE entry SET leaf = zeroblob(32) WHERE position = 123", Place::Entry(123), "its bytes hash to"),
        (
            "UPDATE entry SET leaf = zeroblob(31) WHERE position = 123",
            Place::Entry(123),
            "expected a hash of 32 bytes",
        ),
        ("UPDATE entry SET bytes = 5 WHERE position = 123", Place::Entry(123), "the database file is damaged here"),
        // Two entries swapped with all that belongs to them: only the tree tells.
        (
            "UPDATE entry SET position = -1 WHERE position = 123; UPDATE entry SET position = 123 WHERE position = 300;
             UPDATE entry SET position = 300 WHERE position = -1",
            Place::TreeHead(126),
            "one or more of entries 123 to 125 or the head was changed or swapped",
        ),
        (
            "UPDATE tree_head SET root = zeroblob(32) WHERE size = 300",
            Place::TreeHead(300),
            "one or more of entries 297 to 299 or the head",
        ),
        ("UPDATE tree_head SET root = zeroblob(32) WHERE size = 0", Place::TreeHead(0), "no entries or the head"),
        ("UPDATE tree_head SET root = 'x' WHERE size = 600", Place::Database, "expected a hash of 32 bytes"),
        ("DELETE FROM tree_head", Place::Database, "the database file is damaged here"),
        ("UPDATE subtree SET root = zeroblob(32) WHERE position = 1", Place::Subtree(256), "it is missing or not"),
        ("DELETE FROM subtree WHERE position = 0", Place::Subtree(0), "it is missing or not"),
        (
            "INSERT INTO entry SELECT 600, leaf, bytes FROM entry WHERE position = 599",
            Place::Entry(600),
            "it is beyond the last tree head, which ends at 600 entries",
        ),
        (
            "UPDATE attachment SET bytes = CAST(replace(bytes, 'five', 'nine') AS BLOB) WHERE bytes IS NOT NULL",
            Place::Attachment(receipt),
            "it was changed",
        ),
        (
            "DELETE FROM attachment WHERE bytes IS NOT NULL",
            Place::Attachment(receipt),
            "entry 32 names it, but it is missing",
        ),
        (
            "UPDATE attachment SET bytes = NULL",
            Place::Attachment(receipt),
            "entry 32 names it, but it is missing",
        ),
        (
            "DELETE FROM attachment WHERE bytes IS NULL",
            Place::Attachment(Digest::of(b"Received: a secret")),
            "entry 92 erased it, but the note that it was here is missing",
        ),
        (
            "UPDATE attachment SET bytes = CAST('Received: a secret' AS BLOB) WHERE bytes IS NULL",
            Place::Attachment(Digest::of(b"Received: a secret")),
            "entry 92 erased it, but its content is still there",
        ),
        ("DROP TABLE attachment", Place::Database, "no such table"),
        ("DROP TABLE entry", Place::Database, "no such table"),
    ];
    let whole = record();
    for (statements, place, part) in cases {
        let folder = copy(&whole);
        tamper(folder.path(), statements);
        let found = difference(folder.path());
        assert_eq!(found.place, place, "{statements}: {found}");
        assert!(found.problem.contains(part), "{statements}: {found}");
    }
    let folder = copy(&whole);
    let connection = Connection::open(folder.path().join("record.sqlite")).unwrap();
    let insert = "INSERT INTO attachment (sha256, bytes) VALUES (?1, ?2)";
    connection.execute(insert, params![other.as_bytes(), b"other"]).unwrap();
    assert_eq!(
        difference(folder.path()).to_string(),
        format!("attachment {other}: no entry names it: it was put in later")
    );
}

/// Somebody who rewrites the end of the record, tree heads and all, has a record that is in order: only a
/// checkpoint that somebody else kept shows it.
#[test]
fn a_rewritten_end_is_found_by_a_checkpoint() {
    let folder = record();
    let kept = Reader::open(folder.path()).unwrap().checkpoint().clone();
    tamper(folder.path(), "DELETE FROM entry WHERE position >= 597; DELETE FROM tree_head WHERE size > 597");
    assert!(check(folder.path(), None).is_ok(), "what is left is in order");
    let found = check(folder.path(), Some(&kept)).first_difference.unwrap().to_string();
    assert_eq!(found, "checkpoint: it is of 600 entries, here are 597: the record was cut off");

    let mut keeper =
        Keeper::open(mandate_record::Record::open(folder.path()).unwrap(), Cash::default).unwrap();
    for _ in 0..5 {
        keeper.submit(pay("somewhere else", 1)).unwrap();
    }
    keeper.commit().unwrap();
    drop(keeper);
    assert!(check(folder.path(), None).is_ok(), "the forged record is in order");
    let found = check(folder.path(), Some(&kept)).first_difference.unwrap();
    assert_eq!(found.place, Place::Checkpoint);
    assert!(found.problem.contains("this record was rewritten"), "{found}");

    let other = Checkpoint { origin: "hills.example/cash".into(), ..kept };
    let found = check(folder.path(), Some(&other)).first_difference.unwrap().to_string();
    assert_eq!(
        found,
        "checkpoint: it is of the record hills.example/cash, this record is valley.example/cash"
    );
}

fn copy(whole: &TempDir) -> TempDir {
    let folder = tempdir().unwrap();
    fs::copy(whole.path().join("record.sqlite"), folder.path().join("record.sqlite")).unwrap();
    folder
}

/// The place of some bytes in the database file.
fn find(file: &[u8], bytes: &[u8]) -> usize {
    file.windows(bytes.len()).position(|window| window == bytes).expect("the bytes are in the file")
}

/// Every single byte of an entry, flipped in the file itself.
#[test]
fn every_flipped_byte_of_an_entry_is_found() {
    let whole = record();
    let entry = bytes(whole.path(), 123);
    let file = fs::read(whole.path().join("record.sqlite")).unwrap();
    let start = find(&file, &entry);
    let folder = copy(&whole);
    let path = folder.path().join("record.sqlite");
    for at in start..start + entry.len() {
        let mut flipped = file.clone();
        flipped[at] ^= 1;
        fs::write(&path, &flipped).unwrap();
        assert_eq!(difference(folder.path()).place, Place::Entry(123), "byte {}", at - start);
    }
}

#[test]
fn every_flipped_byte_of_an_attachment_is_found() {
    let whole = record();
    let file = fs::read(whole.path().join("record.sqlite")).unwrap();
    let start = find(&file, RECEIPT);
    let folder = copy(&whole);
    let path = folder.path().join("record.sqlite");
    for at in start..start + RECEIPT.len() {
        let mut flipped = file.clone();
        flipped[at] ^= 0x80;
        fs::write(&path, &flipped).unwrap();
        assert_eq!(
            difference(folder.path()).place,
            Place::Attachment(Digest::of(RECEIPT)),
            "byte {}",
            at - start
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever happens to the file as a whole, the verification ends with a named difference or a fault, or the
    /// byte belonged to nothing that the record holds. It never panics, and what it calls good reads as before.
    #[test]
    fn damage_anywhere_in_the_file_is_survived(
        at in any::<prop::sample::Index>(), value in any::<u8>(), length in 1usize..64,
    ) {
        let whole = shared();
        let folder = copy(whole);
        let path = folder.path().join("record.sqlite");
        let mut file = fs::read(&path).unwrap();
        let start = at.index(file.len());
        let end = file.len().min(start + length);
        file[start..end].fill(value);
        fs::write(&path, &file).unwrap();
        match verify(folder.path(), None, &mut |_, _| {}) {
            Ok(verification) if verification.is_ok() && verification.entries == 600 => {
                prop_assert_eq!(verification.root, Reader::open(whole.path()).unwrap().checkpoint().root);
            }
            Ok(verification) => prop_assert!(verification.entries != 600 || !verification.is_ok()),
            Err(fault) => prop_assert!(!fault.to_string().is_empty()),
        }
    }

    /// A file that was cut off anywhere.
    #[test]
    fn a_file_cut_off_anywhere_is_survived(at in any::<prop::sample::Index>()) {
        let folder = copy(shared());
        let path = folder.path().join("record.sqlite");
        let file = fs::read(&path).unwrap();
        fs::write(&path, &file[..at.index(file.len())]).unwrap();
        match verify(folder.path(), None, &mut |_, _| {}) {
            Ok(verification) => prop_assert!(!verification.is_ok()),
            Err(fault) => prop_assert!(!fault.to_string().is_empty()),
        }
    }
}

fn shared() -> &'static TempDir {
    static RECORD: std::sync::OnceLock<TempDir> = std::sync::OnceLock::new();
    RECORD.get_or_init(record)
}
