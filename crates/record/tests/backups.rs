//! Backups are made beside a writer, come back whole, and altered ones are refused by name.

mod cash;

use cash::{Cash, create, pay};
use mandate_record::{
    Directory, Fault, Keeper, Reader, Record, Register, Writer, backup, replay, restore, verify,
};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command as Process;
use std::sync::atomic::{AtomicBool, Ordering};
use tempfile::{TempDir, tempdir};

/// A directory with everything that a federation's has.
fn federation(path: &Path) {
    let mut keeper = Keeper::open(create(path), Cash::default).unwrap();
    for number in 0..100 {
        keeper.submit(pay(format!("box {number}"), 1)).unwrap();
    }
    keeper.commit().unwrap();
    let directory = Directory::new(path);
    directory.create_signing_key("valley.example/cash", [7; 32]).unwrap();
    let mut register = Register::open(&directory).unwrap();
    let fields = BTreeMap::from([("name".to_owned(), "Ada".to_owned())]);
    register.note([("M1", &fields)]).unwrap();
    fs::create_dir(path.join("words")).unwrap();
    fs::write(path.join("words/eo.ftl"), "language-name = Esperanto\n").unwrap();
}

fn backed_up() -> TempDir {
    let folder = tempdir().unwrap();
    federation(&folder.path().join("served"));
    backup(&folder.path().join("served"), &folder.path().join("backup"), &mut |_, _| {}).unwrap();
    folder
}

#[test]
fn everything_comes_back() {
    let folder = backed_up();
    let path = |name: &str| folder.path().join(name);
    let mut sums = Process::new("sha256sum");
    sums.args(["--check", "--quiet", "SHA256SUMS"]).current_dir(path("backup"));
    assert!(sums.status().unwrap().success());
    let checkpoint = restore(&path("backup"), &path("again"), &mut |_, _| {}).unwrap();
    assert_eq!(&checkpoint, Reader::open(&path("served")).unwrap().checkpoint());
    let again = Directory::new(path("again"));
    let key = |directory: &Directory| directory.read_signing_key().unwrap().unwrap().verifier();
    assert_eq!(key(&again), key(&Directory::new(path("served"))));
    assert_eq!(Register::open(&again).unwrap().fields("M1").unwrap()["name"], "Ada");
    assert!(path("again").join("words/eo.ftl").exists());
    // And goes on.
    let mut keeper = Keeper::open(Record::open(&path("again")).unwrap(), Cash::default).unwrap();
    keeper.submit(pay("box 1", 1)).unwrap();
    keeper.commit().unwrap();
    assert!(verify(&path("again"), Some(&checkpoint), &mut |_, _| {}).unwrap().is_ok());
}

#[test]
fn a_backup_beside_a_writer_is_of_one_moment() {
    let folder = tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    federation(&path("served"));
    let keeper = Keeper::open(Record::open(&path("served")).unwrap(), Cash::default).unwrap();
    let writer = Writer::start(keeper, Default::default()).unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let handle = writer.handle();
        let done = &done;
        scope.spawn(move || {
            for number in 0.. {
                handle.submit(pay(format!("box {}", number % 10), 1)).unwrap();
                if done.load(Ordering::Relaxed) {
                    break;
                }
            }
        });
        for number in 0..5 {
            let out = path(&format!("backup-{number}"));
            let checkpoint = backup(&path("served"), &out, &mut |_, _| {}).unwrap();
            let mut cash = Cash::default();
            assert_eq!(replay(&out, &mut cash, &mut |_, _| {}).unwrap(), checkpoint);
            assert_eq!(cash.boxes.values().sum::<i64>(), i64::try_from(checkpoint.size).unwrap());
        }
        done.store(true, Ordering::Relaxed);
    });
    writer.stop();
}

#[test]
fn what_is_altered_missing_or_added_is_refused_by_name_and_nothing_is_left() {
    type Spoil = fn(&Path);
    let rows: [(&str, &str, Spoil); 5] = [
        ("a changed file", "words/eo.ftl: it hashes to", |backup| {
            fs::write(backup.join("words/eo.ftl"), "language-name = Ido\n").unwrap();
        }),
        ("a file cut off", "record.sqlite: it hashes to", |backup| {
            let file = fs::File::options().write(true).open(backup.join("record.sqlite")).unwrap();
            file.set_len(8192).unwrap();
        }),
        ("a file missing", "signing-key: there is no such file", |backup| {
            fs::remove_file(backup.join("signing-key")).unwrap();
        }),
        ("a file added", "more: SHA256SUMS does not name this file", |backup| {
            fs::write(backup.join("more"), "").unwrap();
        }),
        ("a name that leads out", "line 1: expected a hash", |backup| {
            fs::write(backup.join("SHA256SUMS"), format!("{}  ../elsewhere\n", "0".repeat(64))).unwrap();
        }),
    ];
    for (what, expected, spoil) in rows {
        let folder = backed_up();
        spoil(&folder.path().join("backup"));
        let again = folder.path().join("again");
        let fault = restore(&folder.path().join("backup"), &again, &mut |_, _| {}).unwrap_err();
        assert!(fault.to_string().contains(expected), "{what}: {fault}");
        let left: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
        assert_eq!(left.len(), 2, "{what}: {left:?}");
    }
}

#[test]
fn nothing_is_written_over() {
    let folder = backed_up();
    let path = |name: &str| folder.path().join(name);
    for fault in [
        backup(&path("served"), &path("backup"), &mut |_, _| {}).unwrap_err(),
        restore(&path("backup"), &path("served"), &mut |_, _| {}).unwrap_err(),
    ] {
        assert!(matches!(fault, Fault::Exists { .. }), "{fault}");
    }
    let fault = backup(&path("nowhere"), &path("out"), &mut |_, _| {}).unwrap_err();
    assert!(matches!(fault, Fault::NoRecord { .. }), "{fault}");
}
