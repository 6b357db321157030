//! Reading all entries in order, with the hashing and whatever is pure spread over several threads.

use crate::digest::Digest;
use crate::directory::Directory;
use crate::fault::Fault;
use crate::tables::record as tables;
use crate::tree::leaf_hash;
use crate::verify::{Difference, Place};
use rusqlite::{Connection, Row, Statement};
use std::ops::Range;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

/// Threads that read and hash. Two keep two cores busy; the thread that takes the entries over is a third.
const READERS: u64 = 2;
/// Entries that one thread reads before the next thread's turn in the order.
const STRETCH_ENTRIES: u64 = 2048;
/// Entries are handed over at the latest when they have this many bytes, so that large ones do not pile up.
const PARCEL_BYTES: usize = 1 << 20;
/// Parcels that a thread may be ahead.
const PARCELS_AHEAD: usize = 4;

/// What stopped a scan.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The record is not what was once written.
    Difference(Difference),
    /// It could not be read.
    Fault(Fault),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl Stop {
    /// A database error as what it means for the record: content that makes no sense, or a fault of the machine.
    pub(crate) fn database(directory: &Directory, place: Place) -> impl FnOnce(rusqlite::Error) -> Self {
        move |error| {
            use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase, Unknown};
            // `Unknown` is SQLite's plain error, of statements that do not fit the tables: one is not as it was laid.
            let corrupt = matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase | Unknown));
            let nonsense = matches!(
                error,
                rusqlite::Error::FromSqlConversionFailure(..)
                    | rusqlite::Error::InvalidColumnType(..)
                    | rusqlite::Error::IntegralValueOutOfRange(..)
                    | rusqlite::Error::Utf8Error(..)
                    | rusqlite::Error::QueryReturnedNoRows
            );
            if corrupt || nonsense {
                Self::Difference(Difference::new(
                    place,
                    format!("the database file is damaged here: {error}"),
                ))
            } else {
                Self::Fault(Fault::database(&directory.record())(error))
            }
        }
    }
}

/// An entry's leaf hash and what was made of its bytes.
pub(crate) struct Scanned<T> {
    pub(crate) leaf: Digest,
    pub(crate) content: T,
}

/// Some entries in order, and what follows them.
struct Parcel<T> {
    entries: Vec<Scanned<T>>,
    then: Then,
}

enum Then {
    More,
    StretchEnds,
    Stops(Stop),
}

/// Reads the first `size` entries in order. Each one's bytes are held against their stored leaf hash and shown to
/// `inspect`, on several threads; `consume` gets the results in order, a parcel at a time, on this thread.
/// Memory is bounded whatever the size.
pub(crate) fn scan<T: Send>(
    directory: &Directory,
    size: u64,
    inspect: impl Fn(u64, &[u8]) -> Result<T, Stop> + Sync,
    mut consume: impl FnMut(Vec<Scanned<T>>) -> Result<(), Stop>,
) -> Result<(), Stop> {
    thread::scope(|scope| {
        let mut receivers = Vec::new();
        for reader in 0..READERS {
            let (sender, receiver) = sync_channel(PARCELS_AHEAD);
            let inspect = &inspect;
            scope.spawn(move || read_stretches(directory, reader, size, inspect, &sender));
            receivers.push(receiver);
        }
        for receiver in
            (0..size.div_ceil(STRETCH_ENTRIES)).map(|stretch| &receivers[(stretch % READERS) as usize])
        {
            loop {
                let parcel = receiver.recv().expect("a reader sends until its last stretch ends or stops");
                consume(parcel.entries)?;
                match parcel.then {
                    Then::More => {}
                    Then::StretchEnds => break,
                    Then::Stops(stop) => return Err(stop),
                }
            }
        }
        Ok(())
    })
}

/// Reads every stretch of one reader. Ends early when nobody takes its parcels any more.
fn read_stretches<T>(
    directory: &Directory,
    reader: u64,
    size: u64,
    inspect: &impl Fn(u64, &[u8]) -> Result<T, Stop>,
    parcels: &SyncSender<Parcel<T>>,
) {
    let stops = |entries, stop| drop(parcels.send(Parcel { entries, then: Then::Stops(stop) }));
    let connection = match directory.open_read_only() {
        Ok(connection) => connection,
        Err(fault) => return stops(Vec::new(), fault.into()),
    };
    let mut statement = match select(&connection) {
        Ok(statement) => statement,
        Err(error) => return stops(Vec::new(), Stop::database(directory, Place::Database)(error)),
    };
    let mut start = reader * STRETCH_ENTRIES;
    while start < size {
        let stretch = start..size.min(start + STRETCH_ENTRIES);
        let mut entries = Vec::new();
        match read_stretch(directory, &mut statement, stretch, inspect, &mut entries, parcels) {
            Ok(true) => start += READERS * STRETCH_ENTRIES,
            Ok(false) => return,
            Err(stop) => return stops(entries, stop),
        }
    }
}

fn select(connection: &Connection) -> rusqlite::Result<Statement<'_>> {
    connection.prepare(
        "SELECT position, leaf, bytes FROM entry WHERE position >= ?1 AND position < ?2 ORDER BY position",
    )
}

/// Reads one stretch and hands it over. False when nobody takes it.
fn read_stretch<T>(
    directory: &Directory,
    statement: &mut Statement<'_>,
    stretch: Range<u64>,
    inspect: &impl Fn(u64, &[u8]) -> Result<T, Stop>,
    entries: &mut Vec<Scanned<T>>,
    parcels: &SyncSender<Parcel<T>>,
) -> Result<bool, Stop> {
    let damaged = |position| Stop::database(directory, Place::Entry(position));
    let mut expected = stretch.start;
    let mut parcel_bytes = 0;
    let mut rows = statement.query([stretch.start, stretch.end]).map_err(damaged(expected))?;
    while let Some(row) = rows.next().map_err(damaged(expected))? {
        let (leaf, bytes) = read_row(row, expected).map_err(damaged(expected))?.map_err(Stop::Difference)?;
        entries.push(Scanned { leaf, content: inspect(expected, bytes)? });
        expected += 1;
        parcel_bytes += bytes.len();
        if parcel_bytes >= PARCEL_BYTES {
            parcel_bytes = 0;
            if parcels.send(Parcel { entries: std::mem::take(entries), then: Then::More }).is_err() {
                return Ok(false);
            }
        }
    }
    if expected < stretch.end {
        return Err(missing(expected));
    }
    Ok(parcels.send(Parcel { entries: std::mem::take(entries), then: Then::StretchEnds }).is_ok())
}

/// The entry's leaf hash, computed anew, and its bytes.
fn read_row<'a>(row: &'a Row<'_>, expected: u64) -> rusqlite::Result<Result<(Digest, &'a [u8]), Difference>> {
    let position: u64 = row.get(0)?;
    if position != expected {
        return Ok(Err(Difference::new(Place::Entry(expected), MISSING)));
    }
    let stored = tables::digest(row, 1)?;
    let bytes = row.get_ref(2)?.as_blob()?;
    let leaf = leaf_hash(bytes);
    if leaf != stored {
        let problem =
            format!("its bytes hash to {leaf}, but {stored} was stored with it: one of the two was changed");
        return Ok(Err(Difference::new(Place::Entry(expected), problem)));
    }
    Ok(Ok((leaf, bytes)))
}

const MISSING: &str = "it is missing";

fn missing(position: u64) -> Stop {
    Stop::Difference(Difference::new(Place::Entry(position), MISSING))
}
