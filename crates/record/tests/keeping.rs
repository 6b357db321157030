//! What the writer promises: commands in order, answers after the commit, nothing half done.

mod cash;

use cash::{Cash, Command, Overdrawn, create, pay};
use mandate_record::{
    Attachments, Concern, Digest, Fault, Keeper, Limits, Reader, Record, SubmitError, Writer, replay, verify,
};
use std::path::Path;
use std::thread;
use tempfile::tempdir;

fn open(path: &Path) -> Keeper<Cash> {
    Keeper::open(Record::open(path).unwrap(), Cash::default).unwrap()
}

fn state(path: &Path) -> Cash {
    let mut cash = Cash::default();
    replay(path, &mut cash, &mut |_, _| {}).unwrap();
    cash
}

fn message<R: std::fmt::Debug>(error: SubmitError<R>) -> String {
    match error {
        SubmitError::Fault(fault) => fault.to_string(),
        other => panic!("expected a fault, got {other:?}"),
    }
}

#[test]
fn a_command_sees_the_ones_before_it_in_the_same_transaction() {
    let folder = tempdir().unwrap();
    let mut keeper = Keeper::open(create(folder.path()), Cash::default).unwrap();
    let accepted = keeper.submit(pay("strike fund", 5)).unwrap();
    assert_eq!((accepted.answer, accepted.entries), (5, 0..1));
    assert_eq!(keeper.submit(pay("strike fund", -4)).unwrap().answer, 1);
    match keeper.submit(pay("strike fund", -2)) {
        Err(SubmitError::Refused(refusal)) => assert_eq!(refusal, Overdrawn { there: 1 }),
        other => panic!("{other:?}"),
    }
    assert_eq!(Reader::open(folder.path()).unwrap().checkpoint().size, 0, "nothing is committed yet");
    keeper.commit().unwrap();
    assert_eq!(Reader::open(folder.path()).unwrap().checkpoint().size, 2);
    assert_eq!(keeper.machine().unwrap(), &state(folder.path()));
}

#[test]
fn what_is_not_committed_is_gone() {
    let folder = tempdir().unwrap();
    let mut keeper = Keeper::open(create(folder.path()), Cash::default).unwrap();
    keeper.submit(pay("strike fund", 5)).unwrap();
    keeper.commit().unwrap();
    keeper.submit(pay("strike fund", 7)).unwrap();
    drop(keeper);
    let mut keeper = open(folder.path());
    assert_eq!(keeper.machine().unwrap().boxes["strike fund"], 5);
    assert_eq!(keeper.record().size(), 1);
}

#[test]
fn many_senders_are_all_answered_and_kept() {
    let folder = tempdir().unwrap();
    let writer =
        Writer::start(Keeper::open(create(folder.path()), Cash::default).unwrap(), Limits::default())
            .unwrap();
    let senders: Vec<_> = (0..32)
        .map(|sender| {
            let handle = writer.handle();
            thread::spawn(move || {
                let paid = |n: i64| handle.submit(pay(format!("box {sender}"), n)).unwrap().answer;
                (1..=50).map(paid).fold(0, |_, balance| balance)
            })
        })
        .collect();
    assert!(senders.into_iter().all(|sender| sender.join().unwrap() == 50 * 51 / 2));
    let handle = writer.handle();
    assert_eq!(handle.query(|cash| cash.boxes.len()).unwrap(), 32);
    let mut keeper = writer.stop().unwrap();
    assert_eq!(keeper.record().size(), 32 * 50);
    assert!(matches!(handle.submit(pay("late", 1)), Err(SubmitError::Stopped)));
    assert!(matches!(handle.query(|_| ()), Err(SubmitError::Stopped)));
    assert_eq!(keeper.machine().unwrap(), &state(folder.path()));
    assert!(verify(folder.path(), None, &mut |_, _| {}).unwrap().is_ok());
}

#[test]
fn attachments_are_kept_once_and_erased_for_good() {
    let folder = tempdir().unwrap();
    let mut keeper = Keeper::open(create(folder.path()), Cash::default).unwrap();
    let receipt = b"Received of Ada Quillfeather: five shillings".to_vec();
    let hash = Digest::of(&receipt);
    for _ in 0..2 {
        keeper.submit(Command::File { receipt: receipt.clone() }).unwrap();
        keeper.commit().unwrap();
    }
    assert_eq!(keeper.record().attachment(&hash).unwrap(), Some(receipt.clone()));
    let root = |size| Reader::open(folder.path()).unwrap().root_at(size).unwrap();
    let before = root(2);
    keeper.submit(Command::Erase { receipt: hash }).unwrap();
    keeper.commit().unwrap();
    assert_eq!(keeper.record().attachment(&hash).unwrap(), None);
    assert_eq!(root(2), before, "erasing changes no root");

    let verification = verify(folder.path(), None, &mut |_, _| {}).unwrap();
    assert!(verification.is_ok(), "{verification:?}");
    assert_eq!(verification.erased, [(hash, 2)]);
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let path = file.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        assert!(!bytes.windows(12).any(|part| part == b"Quillfeather"), "the content is still in {path:?}");
    }

    // What is erased may come again, and is there again.
    keeper.submit(Command::File { receipt: receipt.clone() }).unwrap();
    keeper.commit().unwrap();
    assert_eq!(keeper.record().attachment(&hash).unwrap(), Some(receipt));
    let verification = verify(folder.path(), None, &mut |_, _| {}).unwrap();
    assert!(verification.is_ok() && verification.erased.is_empty(), "{verification:?}");
}

#[test]
fn what_cannot_be_kept_is_refused_and_leaves_the_rest() {
    let folder = tempdir().unwrap();
    let mut keeper = Keeper::open(create(folder.path()), Cash::default).unwrap();
    let named = Digest::of(b"receipt");
    let entry =
        |more: &str| format!(r#"{{"v":1{more},"event":{{"filed":{{"receipt":"{named}"}}}}}}"#).into_bytes();
    let naming = format!(r#","attachments":["{named}"]"#);
    let cases = [
        (b"{}".to_vec(), None, "column 2: not an entry: missing field `v`"),
        (
            b"{\"v\":1,\n\"event\":{}}".to_vec(),
            None,
            "column 8: an entry is one line, but here is a line break",
        ),
        (entry(""), Some(b"receipt".to_vec()), "comes with the decision, but none of its entries names it"),
        (entry(&naming), None, "which is neither in the record nor comes with the decision"),
        (entry(&naming.replace("attachments", "erases")), None, "which is neither in the record nor comes"),
        (
            entry(&format!("{naming}{}", naming.replace("attachments", "erases"))),
            Some(b"receipt".to_vec()),
            "it both names the attachment",
        ),
    ];
    for (entry, attachment, expected) in cases {
        keeper.submit(pay("strike fund", 1)).unwrap();
        let refused = message(keeper.submit(Command::Blunder { entry, attachment }).unwrap_err());
        assert!(refused.contains(expected), "{refused}");
        assert!(keeper.has_staged(), "the command before is still staged");
    }
    keeper.commit().unwrap();
    assert_eq!(keeper.machine().unwrap().boxes["strike fund"], 6);
    assert_eq!(keeper.record().size(), 6);
    assert!(verify(folder.path(), None, &mut |_, _| {}).unwrap().is_ok());
}

/// An entry that the machine itself cannot read undoes the transaction: its state may be half changed.
#[test]
fn an_entry_that_cannot_be_applied_undoes_the_transaction() {
    let folder = tempdir().unwrap();
    let mut keeper = Keeper::open(create(folder.path()), Cash::default).unwrap();
    keeper.submit(pay("strike fund", 1)).unwrap();
    keeper.commit().unwrap();
    keeper.submit(pay("strike fund", 10)).unwrap();
    let blunder =
        Command::Blunder { entry: br#"{"v":1,"event":{"unheard-of":{}}}"#.to_vec(), attachment: None };
    let refused = message(keeper.submit(blunder).unwrap_err());
    assert!(refused.starts_with("entry 2 does not replay: unknown variant `unheard-of`"), "{refused}");
    assert!(!keeper.has_staged());
    assert_eq!(keeper.machine().unwrap().boxes["strike fund"], 1);
    assert_eq!(keeper.submit(pay("strike fund", 1)).unwrap().entries, 1..2);
}

/// When room runs out, every command of the transaction is answered with the fault, nothing acknowledged is lost,
/// and work goes on as soon as there is room.
#[test]
fn a_full_disk_loses_nothing_acknowledged() {
    let folder = tempdir().unwrap();
    let mut record = create(folder.path());
    record.limit_bytes(200_000).unwrap();
    let writer = Writer::start(Keeper::open(record, Cash::default).unwrap(), Limits::default()).unwrap();
    let senders: Vec<_> = (0..8)
        .map(|sender| {
            let handle = writer.handle();
            thread::spawn(move || {
                let mut acknowledged = 0;
                loop {
                    match handle.submit(pay(format!("box {sender} {}", "x".repeat(200)), 1)) {
                        Ok(accepted) => {
                            acknowledged += 1;
                            assert_eq!(accepted.answer, acknowledged);
                        }
                        Err(SubmitError::Fault(fault)) => {
                            assert!(matches!(*fault, Fault::Full { .. }), "{fault}");
                            assert_eq!(fault.concern(), Concern::Machine);
                            return acknowledged;
                        }
                        Err(other) => panic!("{other:?}"),
                    }
                }
            })
        })
        .collect();
    let acknowledged: i64 = senders.into_iter().map(|sender| sender.join().unwrap()).sum();
    assert!(acknowledged > 100, "only {acknowledged} fitted");

    let mut keeper = writer.stop().unwrap();
    assert_eq!(keeper.machine().unwrap().boxes.values().sum::<i64>(), acknowledged);
    keeper.record_mut().limit_bytes(1 << 40).unwrap();
    keeper.submit(pay("after", 1)).unwrap();
    keeper.commit().unwrap();
    drop(keeper);
    assert_eq!(open(folder.path()).record().size(), acknowledged as u64 + 1);
    assert!(verify(folder.path(), None, &mut |_, _| {}).unwrap().is_ok());
}

#[test]
fn directories_without_a_record_are_refused() {
    let folder = tempdir().unwrap();
    let refused = |path: &Path| Record::open(path).unwrap_err();
    let absent = refused(&folder.path().join("absent"));
    assert!(absent.to_string().ends_with("no record here: it has no file record.sqlite"), "{absent}");
    assert_eq!(absent.concern(), Concern::Input);

    let other = folder.path().join("other");
    std::fs::create_dir(&other).unwrap();
    rusqlite::Connection::open(other.join("record.sqlite"))
        .unwrap()
        .execute_batch("CREATE TABLE t (a)")
        .unwrap();
    assert!(
        refused(&other).to_string().ends_with("no record here: it is an SQLite database of something else")
    );

    let later = folder.path().join("later");
    drop(create(&later));
    let connection = rusqlite::Connection::open(later.join("record.sqlite")).unwrap();
    connection.pragma_update(None, "user_version", 2).unwrap();
    drop(connection);
    let expected = "written in format 2, this program reads up to format 1: take a newer program";
    assert!(refused(&later).to_string().ends_with(expected));
    assert!(Reader::open(&later).unwrap_err().to_string().ends_with(expected));
    assert!(verify(&later, None, &mut |_, _| {}).unwrap_err().to_string().ends_with(expected));

    let taken = folder.path().join("taken");
    drop(create(&taken));
    assert!(matches!(Record::create(&taken, "valley"), Err(Fault::Exists { .. })));
    assert!(matches!(Record::create(&folder.path().join("named"), "a valley"), Err(Fault::Request(_))));
}

#[test]
fn one_process_writes_and_others_read() {
    let folder = tempdir().unwrap();
    let mut keeper = Keeper::open(create(folder.path()), Cash::default).unwrap();
    assert!(matches!(Record::open(folder.path()), Err(Fault::Locked { .. })));
    keeper.submit(pay("strike fund", 1)).unwrap();
    keeper.commit().unwrap();
    let reader = Reader::open(folder.path()).unwrap();
    keeper.submit(pay("strike fund", 1)).unwrap();
    keeper.commit().unwrap();
    assert_eq!(reader.checkpoint().size, 1, "a reader sees one moment");
    assert!(verify(folder.path(), None, &mut |_, _| {}).unwrap().is_ok());
    drop(keeper);
    Record::open(folder.path()).unwrap();
}

/// The proofs of a record that is larger than several stored subtrees, made from the files.
#[test]
fn proofs_come_from_the_files() {
    let folder = tempdir().unwrap();
    let mut keeper = Keeper::open(create(folder.path()), Cash::default).unwrap();
    for number in 0..1100 {
        keeper.submit(pay(format!("box {number}"), number)).unwrap();
    }
    keeper.commit().unwrap();
    let reader = Reader::open(folder.path()).unwrap();
    let size = reader.checkpoint().size;
    let mut frontier = mandate_record::tree::Frontier::default();
    for position in 0..size {
        let leaf = mandate_record::tree::leaf_hash(&reader.entry(position).unwrap());
        frontier.push(leaf);
        assert_eq!(reader.root_at(position + 1).unwrap(), frontier.root());
        if position % 37 == 0 {
            let proof = reader.prove_inclusion(position, size).unwrap();
            assert!(proof.holds(&leaf, &reader.checkpoint().root), "entry {position}");
            let proof = reader.prove_consistency(position + 1, size).unwrap();
            assert!(proof.holds(&frontier.root(), &reader.checkpoint().root), "from {}", position + 1);
        }
    }
    let refusals = [
        (reader.entry(1100).unwrap_err(), "there is no entry 1100: the record's 1100 entries are 0 to 1099"),
        (reader.prove_inclusion(7, 1101).unwrap_err(), "the record has 1100 entries, fewer than 1101"),
        (
            reader.prove_inclusion(7, 7).unwrap_err(),
            "entry 7 is not among the first 7 entries, which end before it",
        ),
        (
            reader.prove_consistency(0, 7).unwrap_err(),
            "nothing to prove from 0 to 7 entries: expected 1 ≤ from ≤ to",
        ),
    ];
    for (refusal, expected) in refusals {
        assert_eq!(refusal.to_string(), expected);
    }
}
