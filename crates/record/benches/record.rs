//! Measures replay and acknowledged commands, the latter beside a bare SQLite loop in the same run.
//! Prints a table: what, here, peer, ratio or limit.

#[path = "../tests/cash/mod.rs"]
mod cash;

use cash::{Cash, pay};
use mandate_record::{Keeper, Limits, Record, Writer, replay, verify};
use rusqlite::{Connection, params};
use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

const ENTRIES: u64 = 1_000_000;
const SENDERS: usize = 256;
/// The bytes of an entry that pays into a box of [`long_name`].
const ENTRY_BYTES: usize = 262;
const SENDING: Duration = Duration::from_secs(1);
const ROUNDS: usize = 9;

fn main() {
    let folder = tempfile::tempdir_in(std::env::var_os("BENCH_DIR").unwrap_or_else(|| ".".into())).unwrap();
    println!("{:<58} {:>14} {:>14} {:>12}", "what", "here", "peer", "ratio, limit");
    measure_replay(&folder.path().join("replay"));
    measure_commands(folder.path());
}

/// A box's name long enough that entries have the size of a federation's: about 250 bytes.
fn long_name(number: u64) -> String {
    format!("{:0<170}", format!("box {} ", number % 1000))
}

fn measure_replay(path: &Path) {
    let mut keeper = Keeper::open(Record::create(path, cash::ORIGIN).unwrap(), Cash::default).unwrap();
    let start = Instant::now();
    let names: Vec<String> = (0..1000).map(long_name).collect();
    for number in 0..ENTRIES {
        keeper.submit(pay(names[number as usize % 1000].as_str(), 1)).unwrap();
        if number % 1000 == 999 {
            keeper.commit().unwrap();
        }
    }
    keeper.commit().unwrap();
    row("append 1,000,000 entries, 1,000 a commit", seconds(start), "", "");
    let root = keeper.record().checkpoint().root;
    drop(keeper);

    let bare = bare_read(path);
    let start = Instant::now();
    let mut machine = Cash::default();
    let checkpoint = replay(path, &mut machine, &mut |_, _| {}).unwrap();
    let taken = start.elapsed().as_secs_f64();
    assert_eq!((checkpoint.size, checkpoint.root), (ENTRIES, root));
    let peer = format!("{bare:.2} s bare");
    row("replay 1,000,000 entries with hashing", format!("{taken:.2} s"), &peer, "≤ 4 s");

    let start = Instant::now();
    let verification = verify(path, None, &mut |_, _| {}).unwrap();
    assert!(verification.is_ok());
    row("verify 1,000,000 entries, 1,000 tree heads", seconds(start), "", "≤ 1.5 s");
}

/// One SQLite cursor over the same rows, nothing hashed: what reading costs at least on one core.
fn bare_read(path: &Path) -> f64 {
    let start = Instant::now();
    let connection = Connection::open(path.join("record.sqlite")).unwrap();
    let mut statement = connection.prepare("SELECT bytes FROM entry ORDER BY position").unwrap();
    let mut rows = statement.query([]).unwrap();
    let mut bytes = 0;
    while let Some(row) = rows.next().unwrap() {
        bytes += row.get_ref(0).unwrap().as_blob().unwrap().len();
    }
    assert!(bytes > 0);
    start.elapsed().as_secs_f64()
}

fn measure_commands(folder: &Path) {
    // Many short rounds in turn, so that whatever else the machine does meets both alike.
    let (mut here, mut peer, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        peer.push(acknowledged_by_bare_loop(&folder.join(format!("peer-{round}"))));
        here.push(acknowledged(&folder.join(format!("here-{round}"))));
        ratios.push(here[round] / peer[round]);
    }
    let (here, peer, ratio) = (median(here), median(peer), median(ratios));
    let what = format!("acknowledged commands a second, {SENDERS} senders");
    row(&what, format!("{here:.0}"), &format!("{peer:.0}"), &format!("{ratio:.2}, ≥ 0.7"));
    let alone = insert_alone(&folder.join("alone"));
    row("  for scale: SQLite without senders, 256 rows a commit", String::new(), &format!("{alone:.0}"), "");
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Lets all senders send for a while, each its next command once the one before is acknowledged. Acknowledged
/// commands a second.
fn send_from_many(sender: impl Fn(u64) -> Box<dyn FnMut() + Send>) -> f64 {
    let start = Instant::now();
    let senders: Vec<_> = (0..SENDERS as u64)
        .map(|number| {
            let mut send = sender(number);
            thread::spawn(move || {
                let mut acknowledged = 0u64;
                while start.elapsed() < SENDING {
                    send();
                    acknowledged += 1;
                }
                acknowledged
            })
        })
        .collect();
    let acknowledged: u64 = senders.into_iter().map(|sender| sender.join().unwrap()).sum();
    acknowledged as f64 / start.elapsed().as_secs_f64()
}

fn acknowledged(path: &Path) -> f64 {
    let keeper = Keeper::open(Record::create(path, cash::ORIGIN).unwrap(), Cash::default).unwrap();
    let writer = Writer::start(keeper, Limits::default()).unwrap();
    let rate = send_from_many(|number| {
        let (handle, cash_box) = (writer.handle(), long_name(number));
        Box::new(move || {
            handle.submit(pay(cash_box.as_str(), 1)).unwrap();
        })
    });
    let keeper = writer.stop().unwrap();
    assert!(keeper.record().size() as f64 > rate);
    rate
}

/// The peer: the same senders and the same group commit, but SQLite alone behind them. Rows of the same size,
/// nothing decided, hashed or checked.
fn acknowledged_by_bare_loop(path: &Path) -> f64 {
    let connection = bare_table(path);
    let (rows, waiting) = sync_channel::<(Vec<u8>, SyncSender<()>)>(1024);
    let writer = thread::spawn(move || {
        let mut position = 0u64;
        while let Ok(first) = waiting.recv() {
            connection.execute_batch("BEGIN IMMEDIATE").unwrap();
            let (mut next, mut acknowledgements) = (Some(first), Vec::new());
            while let Some((bytes, acknowledgement)) = next {
                insert(&connection, position, &bytes);
                position += 1;
                acknowledgements.push(acknowledgement);
                next = waiting.try_recv().ok().or_else(|| {
                    thread::yield_now();
                    waiting.try_recv().ok()
                });
            }
            connection.execute_batch("COMMIT").unwrap();
            for acknowledgement in acknowledgements {
                acknowledgement.send(()).unwrap();
            }
        }
    });
    let rate = send_from_many(|_| {
        let rows = rows.clone();
        Box::new(move || {
            let (acknowledgement, acknowledged) = sync_channel(1);
            rows.send((vec![b'x'; ENTRY_BYTES], acknowledgement)).unwrap();
            acknowledged.recv().unwrap();
        })
    });
    drop(rows);
    writer.join().unwrap();
    rate
}

/// What SQLite does in one thread with nobody to answer: rows a second.
fn insert_alone(path: &Path) -> f64 {
    let connection = bare_table(path);
    let bytes = vec![b'x'; ENTRY_BYTES];
    let start = Instant::now();
    let mut position = 0u64;
    while start.elapsed() < SENDING {
        connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        for _ in 0..SENDERS {
            insert(&connection, position, &bytes);
            position += 1;
        }
        connection.execute_batch("COMMIT").unwrap();
    }
    position as f64 / start.elapsed().as_secs_f64()
}

fn bare_table(path: &Path) -> Connection {
    std::fs::create_dir(path).unwrap();
    let connection = Connection::open(path.join("bare.sqlite")).unwrap();
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())).unwrap();
    connection.pragma_update(None, "synchronous", "FULL").unwrap();
    connection
        .execute_batch("CREATE TABLE entry (position INTEGER PRIMARY KEY, bytes BLOB NOT NULL)")
        .unwrap();
    connection
}

fn insert(connection: &Connection, position: u64, bytes: &[u8]) {
    let mut statement = connection.prepare_cached("INSERT INTO entry VALUES (?1, ?2)").unwrap();
    statement.execute(params![position, bytes]).unwrap();
}

fn seconds(start: Instant) -> String {
    format!("{:.2} s", start.elapsed().as_secs_f64())
}

fn row(what: &str, here: String, peer: &str, ratio: &str) {
    println!("{what:<58} {here:>14} {peer:>14} {ratio:>12}");
}
