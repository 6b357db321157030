//! A process that is killed at any moment loses nothing that it acknowledged.
//!
//! The writing process is this test program again, run for its one ignored test [`writes_until_killed`].

mod cash;

use cash::{Cash, pay};
use mandate_record::{Keeper, Limits, Reader, Record, SubmitError, Writer, replay, verify};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;
use tempfile::tempdir;

const DIRECTORY: &str = "MANDATE_RECORD_TEST_DIRECTORY";
const SENDERS: usize = 256;

#[test]
fn killed_at_twenty_moments() {
    kill_at_random_moments(20);
}

#[test]
#[ignore = "the long form, about a minute"]
fn killed_at_two_hundred_moments() {
    kill_at_random_moments(200);
}

/// Kills the writer again and again on the same record, each time somewhere between its start and half a second
/// later: while it opens, replays, decides, commits or moves its log.
fn kill_at_random_moments(times: u64) {
    let folder = tempdir().unwrap();
    let path = folder.path().join("record");
    drop(Record::create(&path, cash::ORIGIN).unwrap());
    let mut acknowledged = BTreeMap::new();
    let mut kept = 0;
    for time in 0..times {
        let mut child = spawn(&path, "");
        let answers = BufReader::new(child.stdout.take().unwrap());
        let reading = thread::spawn(move || answers.lines().map_while(Result::ok).collect::<Vec<_>>());
        // Low-discrepancy moments: the golden ratio's multiples spread evenly however many there are.
        thread::sleep(Duration::from_millis((time * 618) % 500));
        child.kill().unwrap();
        child.wait().unwrap();
        for line in reading.join().unwrap() {
            note(&line, &mut acknowledged);
        }
        kept = check(&path, &acknowledged, kept);
    }
    assert!(acknowledged.len() > SENDERS, "only {} boxes were acknowledged", acknowledged.len());
}

/// A line of the child says "box balance position", and is whole only if it ends with "ok".
fn note(line: &str, acknowledged: &mut BTreeMap<String, (i64, u64)>) {
    let parts: Vec<&str> = line.split(' ').collect();
    if let ["acknowledged", cash_box, balance, position, "ok"] = parts[..] {
        acknowledged.insert(cash_box.to_owned(), (balance.parse().unwrap(), position.parse().unwrap()));
    }
}

/// Every acknowledged payment is there, the directory opens, and all is well. The number of entries now.
fn check(path: &Path, acknowledged: &BTreeMap<String, (i64, u64)>, kept: u64) -> u64 {
    let verification = verify(path, None, &mut |_, _| {}).unwrap();
    assert!(verification.is_ok(), "{verification:?}");
    assert!(verification.entries >= kept, "entries were lost");
    let mut cash = Cash::default();
    replay(path, &mut cash, &mut |_, _| {}).unwrap();
    let reader = Reader::open(path).unwrap();
    for (cash_box, (balance, position)) in acknowledged {
        assert!(cash.boxes[cash_box] >= *balance, "{cash_box} was acknowledged with {balance}");
        let entry = String::from_utf8(reader.entry(*position).unwrap()).unwrap();
        assert!(entry.contains(&format!("\"{cash_box}\"")), "entry {position} is {entry}");
    }
    drop(reader);
    drop(Record::open(path).unwrap());
    verification.entries
}

fn spawn(path: &Path, before: &str) -> Child {
    let program = std::env::current_exe().unwrap();
    let line = format!("{before} exec \"$0\" --exact writes_until_killed --ignored --nocapture");
    Command::new("sh")
        .args(["-c", &line])
        .arg(program)
        .env(DIRECTORY, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// A file that may not grow (as with a quota) fails in the middle of a write, unlike a full disk. The writer says
/// so, and what it acknowledged is there.
#[test]
fn a_write_that_fails_loses_nothing_acknowledged() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("record");
    drop(Record::create(&path, cash::ORIGIN).unwrap());
    // 1024 blocks of 512 bytes; the signal that would end the process is ignored, so that the write fails instead.
    let child = spawn(&path, "trap '' XFSZ; ulimit -f 1024;");
    let output = child.wait_with_output().unwrap();
    let mut acknowledged = BTreeMap::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        note(line, &mut acknowledged);
    }
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("record.sqlite: the database failed:") || said.contains("no room left to write"),
        "{said}"
    );
    assert!(acknowledged.len() > 10, "only {} boxes were acknowledged", acknowledged.len());
    check(&path, &acknowledged, 0);
}

/// The process to be killed: many senders, each of whom prints what was acknowledged.
#[test]
#[ignore = "run by the other tests of this file, as a process to be killed"]
fn writes_until_killed() {
    // Run with all ignored tests, and not by another, it has nothing to write.
    let Some(path) = std::env::var_os(DIRECTORY) else { return };
    let record = Record::open(Path::new(&path)).unwrap();
    let first = record.size();
    let writer = Writer::start(Keeper::open(record, Cash::default).unwrap(), Limits::default()).unwrap();
    let senders: Vec<_> = (0..SENDERS)
        .map(|sender| {
            let handle = writer.handle();
            thread::spawn(move || {
                for number in 0.. {
                    let cash_box = format!("{first}-{sender}-{}", number % 4);
                    match handle.submit(pay(cash_box.as_str(), 1)) {
                        Ok(accepted) => {
                            let (balance, position) = (accepted.answer, accepted.entries.start);
                            let line = format!("acknowledged {cash_box} {balance} {position} ok\n");
                            std::io::stdout().write_all(line.as_bytes()).unwrap();
                        }
                        Err(SubmitError::Fault(fault)) => {
                            eprintln!("{fault}");
                            return;
                        }
                        Err(other) => panic!("{other:?}"),
                    }
                }
            })
        })
        .collect();
    for sender in senders {
        sender.join().unwrap();
    }
}
