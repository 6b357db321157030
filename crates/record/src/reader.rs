//! The record open for reading, beside whoever writes it: entries, attachments, checkpoints, proofs.

use crate::checkpoint::Checkpoint;
use crate::digest::Digest;
use crate::directory::Directory;
use crate::fault::Fault;
use crate::machine::Attachments;
use crate::proof::{ConsistencyProof, InclusionProof};
use crate::tables::record as tables;
use crate::verify::{Difference, Place};
use rusqlite::Connection;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A record open for reading, as it was when it was opened: what is added later is not seen. To be dropped soon:
/// while it lives, the writer's log grows.
#[derive(Debug)]
pub struct Reader {
    directory: Directory,
    database: PathBuf,
    pub(crate) connection: Connection,
    checkpoint: Checkpoint,
}

impl Reader {
    /// Opens the record in a directory.
    ///
    /// # Errors
    /// No record there, a later format, or a fault of the machine.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        let directory = Directory::new(path);
        let database = directory.record();
        let connection = directory.open_read_only()?;
        // One transaction for the whole of the reader's life: all that it reads is of one moment.
        connection.execute_batch("BEGIN").map_err(Fault::database(&database))?;
        let origin = tables::origin(&connection).map_err(Fault::database(&database))?;
        let (size, root) = tables::last_head(&connection).map_err(Fault::database(&database))?;
        let checkpoint = Checkpoint { origin, size, root };
        Ok(Self { directory, database, connection, checkpoint })
    }

    /// The record's directory.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// Name, size and root.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The checkpoint's text, as a signed note where the record has a key.
    ///
    /// # Errors
    /// A key that cannot be used; see [`Directory::read_signing_key`].
    pub fn checkpoint_text(&self) -> Result<String, Fault> {
        let text = self.checkpoint.to_string();
        Ok(match self.directory.read_signing_key()? {
            Some(key) => key.sign(&text),
            None => text,
        })
    }

    /// The entry at a position, as it was first written.
    ///
    /// # Errors
    /// A position beyond the end, an entry that is gone, or a fault of the machine.
    pub fn entry(&self, position: u64) -> Result<Vec<u8>, Fault> {
        let size = self.checkpoint.size;
        if position >= size {
            return Err(Fault::Request(match size {
                0 => format!("there is no entry {position}: the record is empty"),
                _ => {
                    format!("there is no entry {position}: the record's {size} entries are 0 to {}", size - 1)
                }
            }));
        }
        let entry = tables::entry(&self.connection, position).map_err(Fault::database(&self.database))?;
        entry.ok_or_else(|| self.damaged(Place::Entry(position), "it is missing"))
    }

    /// The root over the first `size` entries.
    ///
    /// # Errors
    /// A size beyond the end, missing entries, or a fault of the machine.
    pub fn root_at(&self, size: u64) -> Result<Digest, Fault> {
        self.check_size(size)?;
        self.root_over(0..size)
    }

    /// Proves that the entry at a position is in the record of `size` entries.
    ///
    /// # Errors
    /// A position or size beyond the end, missing entries, or a fault of the machine.
    pub fn prove_inclusion(&self, position: u64, size: u64) -> Result<InclusionProof, Fault> {
        self.check_size(size)?;
        if position >= size {
            let problem =
                format!("entry {position} is not among the first {size} entries, which end before it");
            return Err(Fault::Request(problem));
        }
        InclusionProof::generate(position, size, |range| self.root_over(range))
    }

    /// Proves that the record of `to` entries continues that of `from` entries.
    ///
    /// # Errors
    /// Sizes beyond the end or in the wrong order, missing entries, or a fault of the machine.
    pub fn prove_consistency(&self, from: u64, to: u64) -> Result<ConsistencyProof, Fault> {
        self.check_size(to)?;
        if from == 0 || from > to {
            let problem = format!("nothing to prove from {from} to {to} entries: expected 1 ≤ from ≤ to");
            return Err(Fault::Request(problem));
        }
        ConsistencyProof::generate(from, to, |range| self.root_over(range))
    }

    fn check_size(&self, size: u64) -> Result<(), Fault> {
        if size > self.checkpoint.size {
            let problem = format!("the record has {} entries, fewer than {size}", self.checkpoint.size);
            return Err(Fault::Request(problem));
        }
        Ok(())
    }

    fn root_over(&self, range: Range<u64>) -> Result<Digest, Fault> {
        let frontier =
            tables::frontier(&self.connection, range.clone()).map_err(Fault::database(&self.database))?;
        if frontier.size() != range.end - range.start {
            return Err(self.damaged(Place::Entry(range.start), "it or one after it is missing"));
        }
        Ok(frontier.root())
    }

    fn damaged(&self, place: Place, problem: &str) -> Fault {
        Fault::Damaged { path: self.database.clone(), difference: Difference::new(place, problem) }
    }
}

impl Attachments for Reader {
    fn attachment(&self, hash: &Digest) -> Result<Option<Vec<u8>>, Fault> {
        tables::attachment(&self.connection, hash).map_err(Fault::database(&self.database))
    }
}
