//! The check of a record from nothing but its files: anyone with a copy can run it, and it says where the first
//! difference is.

use crate::checkpoint::Checkpoint;
use crate::digest::Digest;
use crate::directory::Directory;
use crate::entry::{Mentions, read_mentions};
use crate::fault::Fault;
use crate::heads::Heads;
use crate::reader::Reader;
use crate::scan::{Stop, scan};
use crate::tables::record as tables;
use crate::tree::Frontier;
use rusqlite::Connection;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt;
use std::io::Read;
use std::path::Path;

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// The number of entries that the record says it has.
    pub entries: u64,
    /// The root that the record says it has over them; it is true if nothing differs.
    pub root: Digest,
    /// Where the record differs from what was once written; nothing if all is well.
    pub first_difference: Option<Difference>,
    /// Attachments whose content an entry erased, and the position of that entry.
    pub erased: Vec<(Digest, u64)>,
}

impl Verification {
    /// Whether the record is what was once written.
    pub fn is_ok(&self) -> bool {
        self.first_difference.is_none()
    }
}

/// Where and how a record differs from what was once written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Where.
    pub place: Place,
    /// What is wrong there, as the rest of a sentence.
    pub problem: String,
}

/// A place in a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// The entry at a position, from 0.
    Entry(u64),
    /// The tree head of a size.
    TreeHead(u64),
    /// The stored root of the 256 entries that begin at a position.
    Subtree(u64),
    /// An attachment, by its hash.
    Attachment(Digest),
    /// A checkpoint that was handed in.
    Checkpoint,
    /// The database file as a whole.
    Database,
}

impl Difference {
    /// A difference at a place.
    pub fn new(place: Place, problem: impl Into<String>) -> Self {
        Self { place, problem: problem.into() }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.problem)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entry(position) => write!(f, "entry {position}"),
            Self::TreeHead(size) => write!(f, "tree head of {size} entries"),
            Self::Subtree(position) => write!(f, "stored root of entries {position} to {}", position + 255),
            Self::Attachment(hash) => write!(f, "attachment {hash}"),
            Self::Checkpoint => f.write_str("checkpoint"),
            Self::Database => f.write_str("database"),
        }
    }
}

/// Checks everything: that entries are all there, in order, valid and as hashed; every tree head and stored root;
/// every attachment's content; that attachments which entries name are there unless an entry erased them; and,
/// where a checkpoint is handed in, that the record still continues what it says.
/// `progress` is told the number of entries checked and of all entries.
///
/// A difference does not make this fail: it is what the verification finds.
///
/// # Errors
/// No record, a later format, or a fault of the machine.
pub fn verify(
    path: &Path,
    checkpoint: Option<&Checkpoint>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Verification, Fault> {
    let directory = Directory::new(path);
    let mut verification = Verification {
        entries: 0,
        root: crate::tree::empty_root(),
        first_difference: None,
        erased: Vec::new(),
    };
    match check(&directory, checkpoint, progress, &mut verification) {
        Ok(()) => {}
        Err(Stop::Difference(difference)) => verification.first_difference = Some(difference),
        Err(Stop::Fault(fault)) => return Err(fault),
    }
    Ok(verification)
}

fn check(
    directory: &Directory,
    checkpoint: Option<&Checkpoint>,
    progress: &mut dyn FnMut(u64, u64),
    verification: &mut Verification,
) -> Result<(), Stop> {
    let reader = match Reader::open(directory.path()) {
        Ok(reader) => reader,
        Err(Fault::Database { source, .. }) => {
            return Err(Stop::database(directory, Place::Database)(source));
        }
        Err(fault) => return Err(fault.into()),
    };
    let Checkpoint { size, root, .. } = *reader.checkpoint();
    (verification.entries, verification.root) = (size, root);
    let connection = &reader.connection;

    if let Some(checkpoint) = checkpoint {
        check_checkpoint(reader.checkpoint(), checkpoint)?;
    }
    let mut attachments = Lives::new();
    check_entries(directory, connection, size, checkpoint, progress, &mut attachments)?;
    check_end(directory, connection, size)?;
    check_attachments(directory, connection, &attachments)?;
    verification.erased =
        attachments.into_iter().filter_map(|(hash, life)| Some((hash, life.erased_by?))).collect();
    Ok(())
}

/// What the entries say of an attachment.
struct Life {
    named_by: u64,
    erased_by: Option<u64>,
}

type Lives = BTreeMap<Digest, Life>;

fn note_mentions(lives: &mut Lives, position: u64, mentions: Mentions) {
    for hash in mentions.attachments {
        lives.insert(hash, Life { named_by: position, erased_by: None });
    }
    for hash in mentions.erases {
        lives.entry(hash).or_insert(Life { named_by: position, erased_by: None }).erased_by = Some(position);
    }
}

fn check_entries(
    directory: &Directory,
    connection: &Connection,
    size: u64,
    checkpoint: Option<&Checkpoint>,
    progress: &mut dyn FnMut(u64, u64),
    attachments: &mut Lives,
) -> Result<(), Stop> {
    let inspect = |position, bytes: &[u8]| {
        read_mentions(bytes)
            .map_err(|error| Stop::Difference(Difference::new(Place::Entry(position), error.to_string())))
    };
    let mut frontier = Frontier::default();
    let mut heads = Heads::new(directory, connection);
    heads.check(&frontier)?;
    scan(directory, size, inspect, |entries| {
        for entry in entries {
            note_mentions(attachments, frontier.size(), entry.content);
            heads.push(&mut frontier, entry.leaf)?;
            heads.check(&frontier)?;
            match checkpoint {
                Some(checkpoint) if checkpoint.size == frontier.size() => check_root(checkpoint, &frontier)?,
                _ => {}
            }
        }
        progress(frontier.size(), size);
        Ok(())
    })
}

/// Nothing may follow the last tree head: whoever adds entries adds a head.
fn check_end(directory: &Directory, connection: &Connection, size: u64) -> Result<(), Stop> {
    let end = tables::entries_end(connection).map_err(Stop::database(directory, Place::Database))?;
    if end > size {
        let problem = format!("it is beyond the last tree head, which ends at {size} entries");
        return Err(Stop::Difference(Difference::new(Place::Entry(size), problem)));
    }
    Ok(())
}

fn check_root(checkpoint: &Checkpoint, frontier: &Frontier) -> Result<(), Stop> {
    let root = frontier.root();
    if root != checkpoint.root {
        let problem = format!(
            "it says that the first {} entries have the root {}, here they have {root}: this record was rewritten, or \
             the checkpoint is another record's",
            checkpoint.size, checkpoint.root
        );
        return Err(Stop::Difference(Difference::new(Place::Checkpoint, problem)));
    }
    Ok(())
}

fn check_checkpoint(record: &Checkpoint, handed_in: &Checkpoint) -> Result<(), Stop> {
    let problem = if handed_in.origin != record.origin {
        format!("it is of the record {}, this record is {}", handed_in.origin, record.origin)
    } else if handed_in.size > record.size {
        format!("it is of {} entries, here are {}: the record was cut off", handed_in.size, record.size)
    } else if handed_in.size == 0 {
        return check_root(handed_in, &Frontier::default());
    } else {
        return Ok(());
    };
    Err(Stop::Difference(Difference::new(Place::Checkpoint, problem)))
}

fn check_attachments(directory: &Directory, connection: &Connection, lives: &Lives) -> Result<(), Stop> {
    let damaged = || Stop::database(directory, Place::Database);
    check_attachment_table(connection).map_err(damaged())?.map_err(Stop::Difference)?;
    let mut present = BTreeMap::new();
    let mut statement =
        connection.prepare("SELECT id, sha256, bytes IS NOT NULL FROM attachment").map_err(damaged())?;
    let mut rows = statement.query([]).map_err(damaged())?;
    while let Some(row) = rows.next().map_err(damaged())? {
        let hash = tables::digest(row, 1).map_err(damaged())?;
        let (id, has_content): (i64, bool) =
            row.get(0).and_then(|id| Ok((id, row.get(2)?))).map_err(damaged())?;
        if has_content {
            check_content(connection, id, &hash)
                .map_err(Stop::database(directory, Place::Attachment(hash)))?
                .map_err(Stop::Difference)?;
        }
        present.insert(hash, has_content);
    }
    for (hash, life) in lives {
        check_life(hash, life, present.remove(hash)).map_err(Stop::Difference)?;
    }
    match present.pop_first() {
        None => Ok(()),
        Some((hash, _)) => Err(Stop::Difference(Difference::new(
            Place::Attachment(hash),
            "no entry names it: it was put in later",
        ))),
    }
}

/// SQLite's own check of the table and of the index over its hashes.
fn check_attachment_table(connection: &Connection) -> rusqlite::Result<Result<(), Difference>> {
    let report: String =
        connection.query_row("PRAGMA integrity_check('attachment')", [], |row| row.get(0))?;
    Ok(if report == "ok" { Ok(()) } else { Err(Difference::new(Place::Database, report)) })
}

fn check_content(
    connection: &Connection,
    id: i64,
    hash: &Digest,
) -> rusqlite::Result<Result<(), Difference>> {
    let mut blob = connection.blob_open("main", "attachment", "bytes", id, true)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match blob.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => hasher.update(&buffer[..count]),
            Err(error) => {
                let problem = format!("its content cannot be read: {error}");
                return Ok(Err(Difference::new(Place::Attachment(*hash), problem)));
            }
        }
    }
    let found = Digest::from_bytes(hasher.finalize().into());
    if found != *hash {
        let problem = format!("its content hashes to {found}: it was changed");
        return Ok(Err(Difference::new(Place::Attachment(*hash), problem)));
    }
    Ok(Ok(()))
}

fn check_life(hash: &Digest, life: &Life, has_content: Option<bool>) -> Result<(), Difference> {
    let problem = match (life.erased_by, has_content) {
        (None, Some(true)) | (Some(_), Some(false)) => return Ok(()),
        (None, _) => format!("entry {} names it, but it is missing", life.named_by),
        (Some(entry), Some(true)) => format!("entry {entry} erased it, but its content is still there"),
        (Some(entry), None) => format!("entry {entry} erased it, but the note that it was here is missing"),
    };
    Err(Difference::new(Place::Attachment(*hash), problem))
}
