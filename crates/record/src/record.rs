//! The record open for writing, by one process at a time: entries and attachments are staged, then committed
//! together.

use crate::checkpoint::{Checkpoint, check_origin};
use crate::directory::{Directory, partial, sync_directory};
use crate::entry::{Mentions, read_mentions};
use crate::fault::{Fault, Unkeepable};
use crate::machine::Attachments;
use crate::tables::record::{self as tables, ATTACHMENT_BYTES_MAX};
use crate::tree::{Frontier, leaf_hash};
use crate::verify::{Difference, Place};
use crate::{Digest, RECORD_FORMAT};
use rusqlite::Connection;
use std::fs::{self, File};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A record open for writing.
///
/// What is durable and when: entries that [`Record::stage`] took are in no file until [`Record::commit`] returns;
/// from then on they survive the death of the process and, as far as the disk keeps what it says it has written,
/// a loss of power. Staged and uncommitted entries MUST NOT be acknowledged to anyone.
#[derive(Debug)]
pub struct Record {
    directory: Directory,
    database: PathBuf,
    connection: Connection,
    origin: String,
    committed: Frontier,
    frontier: Frontier,
    has_erased: bool,
    _lock: File,
}

impl Record {
    /// Makes an empty record with this name in a directory, which is made if need be.
    ///
    /// # Errors
    /// A name that is none, a record in the way, or a fault of the machine.
    pub fn create(path: &Path, origin: &str) -> Result<Self, Fault> {
        check_origin(origin).map_err(Fault::Request)?;
        fs::create_dir_all(path).map_err(Fault::io(path))?;
        let directory = Directory::new(path);
        let lock = directory.lock()?;
        let (database, draft) = (directory.record(), partial(&directory.record()));
        if database.exists() {
            return Err(Fault::Exists { path: database });
        }
        if draft.exists() {
            fs::remove_file(&draft).map_err(Fault::io(&draft))?;
        }
        let connection = Connection::open(&draft).map_err(Fault::database(&draft))?;
        tables::create(&connection, origin).map_err(Fault::database(&draft))?;
        connection.close().map_err(|(_, error)| Fault::database(&draft)(error))?;
        fs::rename(&draft, &database).map_err(Fault::io(&database))?;
        sync_directory(path)?;
        Self::open_locked(directory, lock)
    }

    /// Opens the record in a directory for writing.
    ///
    /// # Errors
    /// No record there, a later format, another process that writes it, a tree that does not fit its last head,
    /// or a fault of the machine.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        let directory = Directory::new(path);
        directory.check_present()?;
        let lock = directory.lock()?;
        Self::open_locked(directory, lock)
    }

    fn open_locked(directory: Directory, lock: File) -> Result<Self, Fault> {
        let database = directory.record();
        let fault = || Fault::database(&database);
        let connection = Connection::open(&database).map_err(fault())?;
        directory.check_format(&connection)?;
        set_up(&connection).map_err(fault())?;
        let origin = tables::origin(&connection).map_err(fault())?;
        let (size, root) = tables::last_head(&connection).map_err(fault())?;
        let frontier = tables::frontier(&connection, 0..size).map_err(fault())?;
        if frontier.size() != size || frontier.root() != root {
            let problem =
                "the tree over the entries has another root: something was changed; run a full verification";
            let difference = Difference::new(Place::TreeHead(size), problem);
            return Err(Fault::Damaged { path: database, difference });
        }
        let committed = frontier.clone();
        Ok(Self {
            directory,
            database,
            connection,
            origin,
            committed,
            frontier,
            has_erased: false,
            _lock: lock,
        })
    }

    /// The record's directory.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// The state of what is committed.
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint { origin: self.origin.clone(), size: self.committed.size(), root: self.committed.root() }
    }

    /// The number of entries, staged ones included.
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// Whether anything is staged.
    pub fn has_staged(&self) -> bool {
        !self.connection.is_autocommit()
    }

    /// Lets the database grow to at most so many bytes (rounded up to pages); further commits are refused with
    /// [`Fault::Full`] as on a full disk.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn limit_bytes(&mut self, bytes: u64) -> Result<(), Fault> {
        let limit = || -> rusqlite::Result<()> {
            let page_bytes: u64 = self.connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
            let pages = i64::try_from(bytes.div_ceil(page_bytes)).unwrap_or(i64::MAX);
            self.connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
        };
        limit().map_err(Fault::database(&self.database))
    }

    /// Stages entries and the attachments that they name, to be committed with whatever else is staged.
    /// The range is that of the entries' positions. An attachment that is kept already is not kept twice.
    ///
    /// # Errors
    /// [`Fault::Unkeepable`] when the entries or attachments cannot be kept: then nothing of this call is staged,
    /// and what was staged before stays. After any other fault the caller MUST call [`Record::roll_back`].
    pub fn stage(&mut self, entries: &[Vec<u8>], attachments: &[Vec<u8>]) -> Result<Range<u64>, Fault> {
        let mentions: Vec<Mentions> = entries
            .iter()
            .map(|entry| read_mentions(entry))
            .collect::<Result<_, _>>()
            .map_err(Unkeepable::from)?;
        let brought: Vec<(Digest, &[u8])> =
            attachments.iter().map(|bytes| (Digest::of(bytes), bytes.as_slice())).collect();
        self.check_attachments(&mentions, &brought)?;

        self.begin()?;
        for (hash, bytes) in &brought {
            tables::insert_attachment(&self.connection, hash, bytes)
                .map_err(Fault::database(&self.database))?;
        }
        let first = self.frontier.size();
        for (entry, mentions) in entries.iter().zip(&mentions) {
            self.insert(entry, mentions)?;
        }
        Ok(first..self.frontier.size())
    }

    fn begin(&mut self) -> Result<(), Fault> {
        if self.connection.is_autocommit() {
            self.connection.execute_batch("BEGIN IMMEDIATE").map_err(Fault::database(&self.database))?;
        }
        Ok(())
    }

    fn insert(&mut self, entry: &[u8], mentions: &Mentions) -> Result<(), Fault> {
        let fault = || Fault::database(&self.database);
        tables::insert_entry(&self.connection, &mut self.frontier, leaf_hash(entry), entry)
            .map_err(fault())?;
        for hash in &mentions.erases {
            tables::erase_attachment(&self.connection, hash).map_err(fault())?;
            self.has_erased = true;
        }
        Ok(())
    }

    fn check_attachments(&self, mentions: &[Mentions], brought: &[(Digest, &[u8])]) -> Result<(), Fault> {
        let named = |hash: &Digest| mentions.iter().any(|mention| mention.attachments.contains(hash));
        for (hash, bytes) in brought {
            if bytes.len() > ATTACHMENT_BYTES_MAX {
                return Err(Unkeepable::AttachmentTooLarge { hash: *hash, bytes: bytes.len() }.into());
            }
            if !named(hash) {
                return Err(Unkeepable::AttachmentUnnamed(*hash).into());
            }
        }
        let is_brought = |hash: &Digest| brought.iter().any(|(brought, _)| brought == hash);
        for mention in mentions {
            if let Some(hash) = mention.erases.iter().find(|hash| named(hash)) {
                return Err(Unkeepable::AttachmentNamedAndErased(*hash).into());
            }
            for hash in mention.attachments.iter().chain(&mention.erases) {
                if !is_brought(hash) && !self.has_content(hash)? {
                    return Err(Unkeepable::AttachmentMissing(*hash).into());
                }
            }
        }
        Ok(())
    }

    fn has_content(&self, hash: &Digest) -> Result<bool, Fault> {
        let found =
            tables::find_attachment(&self.connection, hash).map_err(Fault::database(&self.database))?;
        Ok(found.is_some_and(|(_, has_content)| has_content))
    }

    /// Commits what is staged, with the tree's head, in one transaction. Without anything staged, nothing happens.
    ///
    /// # Errors
    /// A fault of the machine. The caller MUST call [`Record::roll_back`] then, and MUST NOT acknowledge anything
    /// that was staged.
    pub fn commit(&mut self) -> Result<(), Fault> {
        if !self.has_staged() {
            return Ok(());
        }
        tables::insert_head(&self.connection, &self.frontier).map_err(Fault::database(&self.database))?;
        self.commit_taken()?;
        if std::mem::take(&mut self.has_erased) {
            truncate_log(&self.connection).map_err(Fault::database(&self.database))?;
        }
        Ok(())
    }

    /// Drops what is staged.
    ///
    /// # Errors
    /// A fault of the machine; then the record MUST be opened anew.
    pub fn roll_back(&mut self) -> Result<(), Fault> {
        self.frontier.clone_from(&self.committed);
        self.has_erased = false;
        // A failed statement may have rolled the transaction back already.
        if self.connection.is_autocommit() {
            return Ok(());
        }
        self.connection.execute_batch("ROLLBACK").map_err(Fault::database(&self.database))
    }

    /// Takes entries, attachments and tree heads over from an exported folder; see [`crate::import`].
    pub(crate) fn take_entry(&mut self, entry: &[u8]) -> Result<(), Fault> {
        self.begin()?;
        self.insert(entry, &Mentions::default())
    }

    pub(crate) fn take_head(&mut self) -> Result<Digest, Fault> {
        self.begin()?;
        tables::insert_head(&self.connection, &self.frontier).map_err(Fault::database(&self.database))?;
        Ok(self.frontier.root())
    }

    pub(crate) fn commit_taken(&mut self) -> Result<(), Fault> {
        if self.has_staged() {
            self.connection.execute_batch("COMMIT").map_err(Fault::database(&self.database))?;
            self.committed.clone_from(&self.frontier);
        }
        Ok(())
    }

    /// An attachment without content stands for one that is erased.
    pub(crate) fn take_attachment(&mut self, hash: &Digest, content: Option<&[u8]>) -> Result<(), Fault> {
        self.begin()?;
        match content {
            Some(bytes) => tables::insert_attachment(&self.connection, hash, bytes),
            None => tables::insert_erased_attachment(&self.connection, hash),
        }
        .map_err(Fault::database(&self.database))
    }
}

impl Attachments for Record {
    fn attachment(&self, hash: &Digest) -> Result<Option<Vec<u8>>, Fault> {
        tables::attachment(&self.connection, hash).map_err(Fault::database(&self.database))
    }
}

/// One file that grows at its end, synchronised at every commit; what is erased is overwritten.
fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update_and_check(None, "secure_delete", "ON", |_| Ok(()))
}

/// Moves the write-ahead log into the database and empties it, so that erased content is not left in the log. A reader
/// that holds the older state for longer than SQLite's busy timeout puts this off until the log is next emptied, at
/// the latest when the record is closed.
pub(crate) fn truncate_log(connection: &Connection) -> rusqlite::Result<()> {
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}

const _: () =
    assert!(RECORD_FORMAT == 1, "opening older formats has to be written before the format changes");
