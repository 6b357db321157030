//! A record's directory: which file is what, the lock of its writer, and the key that signs its checkpoints.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `record.sqlite` | entries, tree, attachments |
//! | `register.sqlite` | personal data, which can be forgotten |
//! | `signing-key` | the key for checkpoints, for its owner's eyes only |
//! | `lock` | held by the one process that writes |

use crate::fault::Fault;
use crate::note::{SigningKey, VerifierKey};
use crate::tables::record as tables;
use rusqlite::{Connection, OpenFlags};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The paths inside a record's directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directory {
    path: PathBuf,
}

impl Directory {
    /// The directory at this path, whether or not anything is there.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The database of entries, tree and attachments.
    pub fn record(&self) -> PathBuf {
        self.path.join("record.sqlite")
    }

    /// The database of personal data.
    pub fn register(&self) -> PathBuf {
        self.path.join("register.sqlite")
    }

    /// The file of the key that signs checkpoints.
    pub fn signing_key(&self) -> PathBuf {
        self.path.join("signing-key")
    }

    /// Takes the writer's lock, which lasts as long as the file returned and ends with its process.
    pub(crate) fn lock(&self) -> Result<File, Fault> {
        let path = self.path.join("lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(Fault::io(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(Fault::Locked { path }),
            Err(TryLockError::Error(source)) => Err(Fault::io(&path)(source)),
        }
    }

    /// Opens the record's database for reading beside whoever writes it.
    pub(crate) fn open_read_only(&self) -> Result<Connection, Fault> {
        let path = self.record();
        self.check_present()?;
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&path, flags).map_err(Fault::database(&path))?;
        match self.check_format(&connection) {
            // A write-ahead log needs a file of shared memory beside it, which cannot be made on a medium that is
            // read-only. A record that was closed in good order has none and can be read as it lies there.
            Err(Fault::Database { source, .. }) if cannot_open(&source) && !self.has_write_ahead_log() => {
                let flags = flags | OpenFlags::SQLITE_OPEN_URI;
                let connection = Connection::open_with_flags(immutable_uri(&path), flags)
                    .map_err(Fault::database(&path))?;
                self.check_format(&connection)?;
                Ok(connection)
            }
            checked => checked.map(|()| connection),
        }
    }

    /// Refuses a directory without a record.
    pub(crate) fn check_present(&self) -> Result<(), Fault> {
        let path = self.record();
        match fs::metadata(&path) {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(Fault::NoRecord {
                path: self.path.clone(),
                problem: "it has no file record.sqlite".into(),
            }),
            Err(error) => Err(Fault::io(&path)(error)),
        }
    }

    /// Refuses databases that are no records, and formats that this program does not know.
    pub(crate) fn check_format(&self, connection: &Connection) -> Result<(), Fault> {
        let path = self.record();
        let (application, format) = tables::format(connection).map_err(Fault::database(&path))?;
        if application != tables::APPLICATION_ID || format < 1 {
            let problem = "it is an SQLite database of something else".into();
            return Err(Fault::NoRecord { path, problem });
        }
        if format > tables::RECORD_FORMAT {
            return Err(Fault::LaterFormat { path, found: format, known: tables::RECORD_FORMAT });
        }
        Ok(())
    }

    fn has_write_ahead_log(&self) -> bool {
        fs::metadata(self.path.join("record.sqlite-wal")).is_ok_and(|log| log.len() > 0)
    }

    /// The key that signs this record's checkpoints, if it has one.
    ///
    /// # Errors
    /// A key that others can read, or a file that is no key.
    pub fn read_signing_key(&self) -> Result<Option<SigningKey>, Fault> {
        let path = self.signing_key();
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Fault::io(&path)(error)),
        };
        check_owner_only(&path)?;
        SigningKey::parse(text.trim_end()).map(Some).map_err(|problem| Fault::File { path, problem })
    }

    /// Makes the key that signs this record's checkpoints under its name, from 32 random bytes that the caller
    /// draws. Only its owner may read the file (mode 0600).
    ///
    /// # Errors
    /// Refused when there is a key already: whoever trusts it would trust nothing that a new one signs.
    pub fn create_signing_key(&self, name: &str, seed: [u8; 32]) -> Result<VerifierKey, Fault> {
        let path = self.signing_key();
        let key = SigningKey::new(name, seed);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => Fault::Exists { path: path.clone() },
            _ => Fault::io(&path)(error),
        })?;
        let text = format!("{}\n", key.to_secret_text());
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(Fault::io(&path))?;
        sync_directory(&self.path)?;
        Ok(key.verifier())
    }
}

#[cfg(unix)]
fn check_owner_only(path: &Path) -> Result<(), Fault> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path).map_err(Fault::io(path))?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        let problem = format!("others than its owner can read this key (mode {mode:o}); set its mode to 600");
        return Err(Fault::File { path: path.to_owned(), problem });
    }
    Ok(())
}

#[cfg(not(unix))]
fn check_owner_only(_: &Path) -> Result<(), Fault> {
    Ok(())
}

fn cannot_open(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::CannotOpen | rusqlite::ErrorCode::ReadOnly))
}

/// SQLite's name for a file that nobody writes while it is read.
fn immutable_uri(path: &Path) -> String {
    let path = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    format!("file:{path}?immutable=1")
}

/// Makes a rename or a new file in a directory durable.
pub(crate) fn sync_directory(path: &Path) -> Result<(), Fault> {
    File::open(path).and_then(|directory| directory.sync_all()).map_err(Fault::io(path))
}

/// The name under which something is written before it is renamed into place.
pub(crate) fn partial(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".partial");
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let directory = Directory::new(folder.path());
        assert!(directory.read_signing_key().unwrap().is_none());
        let verifier = directory.create_signing_key("valley", [3; 32]).unwrap();
        assert_eq!(directory.read_signing_key().unwrap().unwrap().verifier(), verifier);
        let mode = fs::metadata(directory.signing_key()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(matches!(directory.create_signing_key("valley", [4; 32]), Err(Fault::Exists { .. })));
        fs::set_permissions(directory.signing_key(), PermissionsExt::from_mode(0o640)).unwrap();
        let refused = directory.read_signing_key().err().unwrap().to_string();
        assert!(refused.ends_with("others than its owner can read this key (mode 640); set its mode to 600"));
    }

    #[test]
    fn one_writer_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let directory = Directory::new(folder.path());
        let lock = directory.lock().unwrap();
        let refused = directory.lock().unwrap_err().to_string();
        assert!(refused.contains("another process has this record open for writing"), "{refused}");
        drop(lock);
        directory.lock().unwrap();
    }
}
