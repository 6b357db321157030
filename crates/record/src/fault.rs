//! What can go wrong with a record as a whole: the machine's faults, and directories that hold no record that
//! this program reads.

use crate::entry::EntryError;
use crate::verify::Difference;
use std::io;
use std::path::{Path, PathBuf};

/// Why a record could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The operating system refused.
    #[error("{path}: {source}", path = .path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// The operating system's word.
        source: io::Error,
    },
    /// The database failed.
    #[error("{path}: the database failed: {source}", path = .path.display())]
    Database {
        /// The database file.
        path: PathBuf,
        /// SQLite's word.
        source: rusqlite::Error,
    },
    /// There is no room for more.
    #[error(
        "{path}: no room left to write (disk full, or the record's limit of bytes reached); nothing acknowledged is \
         lost; make room and start again",
        path = .path.display()
    )]
    Full {
        /// The database file.
        path: PathBuf,
    },
    /// Another process writes this record.
    #[error(
        "{path}: another process has this record open for writing; stop it first (reading commands work beside it)",
        path = .path.display()
    )]
    Locked {
        /// The lock file.
        path: PathBuf,
    },
    /// No record here.
    #[error("{path}: no record here: {problem}", path = .path.display())]
    NoRecord {
        /// What was looked for.
        path: PathBuf,
        /// What was found instead.
        problem: String,
    },
    /// Something is in the way of what is to be written.
    #[error("{path}: already exists; name another place or move it away", path = .path.display())]
    Exists {
        /// What is in the way.
        path: PathBuf,
    },
    /// Written by a later program.
    #[error(
        "{path}: written in format {found}, this program reads up to format {known}: take a newer program",
        path = .path.display()
    )]
    LaterFormat {
        /// The file.
        path: PathBuf,
        /// The file's format version.
        found: i64,
        /// The newest format version that this program reads.
        known: i64,
    },
    /// The record is not what was once written.
    #[error("{path}: the record is damaged: {difference}", path = .path.display())]
    Damaged {
        /// The directory or file.
        path: PathBuf,
        /// The first difference found.
        difference: Difference,
    },
    /// An exported folder holds something wrong.
    #[error("{path}: line {line}: {problem}", path = .path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong there.
        problem: String,
    },
    /// A file beside the record (a key, a checkpoint, an exported attachment) holds something wrong.
    #[error("{path}: {problem}", path = .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and what to do.
        problem: String,
    },
    /// A request that this record cannot answer, such as an entry that does not exist.
    #[error("{0}")]
    Request(String),
    /// The machine decided on an entry that the record cannot keep.
    #[error("the entry decided on cannot be kept: {0}")]
    Unkeepable(#[from] Unkeepable),
    /// The machine cannot read an entry of the record, or it does not fit the state before it.
    #[error("entry {position} does not replay: {problem}")]
    Unappliable {
        /// The entry's position, from 0.
        position: u64,
        /// What the machine says.
        problem: String,
    },
}

/// Why entries and attachments that a machine decided on cannot be kept. Each is the machine's mistake.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unkeepable {
    /// An entry that is none.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// An entry names an attachment that is neither in the record nor handed in.
    #[error("it names the attachment {0}, which is neither in the record nor comes with the decision")]
    AttachmentMissing(crate::Digest),
    /// An attachment that no entry of the decision names.
    #[error("the attachment {0} comes with the decision, but none of its entries names it")]
    AttachmentUnnamed(crate::Digest),
    /// An attachment that the decision both names and erases, so that the order would matter.
    #[error("it both names the attachment {0} and erases it; decide on the two one after the other")]
    AttachmentNamedAndErased(crate::Digest),
    /// An attachment that is too large.
    #[error("the attachment {hash} has {bytes} bytes, the limit is {limit}", limit = crate::tables::record::ATTACHMENT_BYTES_MAX)]
    AttachmentTooLarge {
        /// The attachment.
        hash: crate::Digest,
        /// Its length in bytes.
        bytes: usize,
    },
}

/// Whose concern a fault is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concern {
    /// Files or requests handed in.
    Input,
    /// The record itself: it is not what was once written.
    Record,
    /// The machine: disk, file system, database, another process, or this program.
    Machine,
}

impl Fault {
    /// Whose concern the fault is.
    pub fn concern(&self) -> Concern {
        match self {
            Self::NoRecord { .. }
            | Self::Exists { .. }
            | Self::LaterFormat { .. }
            | Self::Line { .. }
            | Self::File { .. }
            | Self::Request(_) => Concern::Input,
            Self::Damaged { .. } | Self::Unappliable { .. } => Concern::Record,
            Self::Io { .. }
            | Self::Database { .. }
            | Self::Full { .. }
            | Self::Locked { .. }
            | Self::Unkeepable(_) => Concern::Machine,
        }
    }

    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { path: path.to_owned() },
            _ => Self::Io { path: path.to_owned(), source },
        }
    }

    pub(crate) fn database(path: &Path) -> impl FnOnce(rusqlite::Error) -> Self {
        move |source| match source.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::Full { path: path.to_owned() },
            _ => Self::Database { path: path.to_owned(), source },
        }
    }
}
