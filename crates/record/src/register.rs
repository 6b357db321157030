//! The register: personal data about members, in a file of its own. The record knows a member by an opaque
//! identifier only, so that the register can forget a person and no root changes.

use crate::directory::Directory;
use crate::fault::Fault;
use crate::record::truncate_log;
use crate::tables::register as tables;
use rusqlite::{Connection, OpenFlags};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What is known about one person: field and value, such as `name` or `e-mail`.
pub type Fields = BTreeMap<String, String>;

/// The register of a record, open for reading and writing.
#[derive(Debug)]
pub struct Register {
    database: PathBuf,
    connection: Connection,
}

impl Register {
    /// Opens the register beside a record, or makes an empty one.
    ///
    /// # Errors
    /// A later format, or a fault of the machine.
    pub fn open(directory: &Directory) -> Result<Self, Fault> {
        let database = directory.register();
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&database, flags).map_err(Fault::database(&database))?;
        make_owner_only(&database)?;
        let fault = || Fault::database(&database);
        let format = tables::format(&connection).map_err(fault())?;
        if format > tables::REGISTER_FORMAT {
            return Err(Fault::LaterFormat { path: database, found: format, known: tables::REGISTER_FORMAT });
        }
        tables::set_up(&connection).map_err(fault())?;
        Ok(Self { database, connection })
    }

    /// What is known about a member; empty for one who is unknown or forgotten.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn fields(&self, member: &str) -> Result<Fields, Fault> {
        tables::fields(&self.connection, member).map_err(Fault::database(&self.database))
    }

    /// Notes fields of several members in one transaction. A field that is there already takes the new value; others
    /// stay. What is noted when this returns is durable.
    ///
    /// # Errors
    /// A fault of the machine; nothing is noted then.
    pub fn note<'a>(&mut self, people: impl IntoIterator<Item = (&'a str, &'a Fields)>) -> Result<(), Fault> {
        let note = || -> rusqlite::Result<()> {
            let transaction = self.connection.transaction()?;
            for (member, fields) in people {
                tables::insert(&transaction, member, fields)?;
            }
            transaction.commit()
        };
        note().map_err(Fault::database(&self.database))
    }

    /// Forgets a person: whatever the register holds about them is overwritten in the file and in its log. Whether
    /// there was anything.
    ///
    /// Copies made before (backups, exports of the directory) still hold it: whoever keeps them must forget too.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn forget(&mut self, member: &str) -> Result<bool, Fault> {
        let forgotten = tables::delete(&self.connection, member).and_then(|count| {
            truncate_log(&self.connection)?;
            Ok(count > 0)
        });
        forgotten.map_err(Fault::database(&self.database))
    }

    /// The identifiers of all members with any field, in order.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn members(&self) -> Result<Vec<String>, Fault> {
        tables::members(&self.connection).map_err(Fault::database(&self.database))
    }
}

/// Personal data is for the owner of the directory alone.
#[cfg(unix)]
fn make_owner_only(path: &Path) -> Result<(), Fault> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).map_err(Fault::io(path))
}

#[cfg(not(unix))]
fn make_owner_only(_: &Path) -> Result<(), Fault> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        pairs.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect()
    }

    fn open(folder: &tempfile::TempDir) -> Register {
        Register::open(&Directory::new(folder.path())).unwrap()
    }

    /// Whether any file of the directory holds these bytes.
    fn is_on_disk(folder: &tempfile::TempDir, text: &str) -> bool {
        std::fs::read_dir(folder.path()).unwrap().any(|file| {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            memchr::memmem::find(&bytes, text.as_bytes()).is_some()
        })
    }

    #[test]
    fn a_person_is_noted_and_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let mut register = open(&folder);
        let ada = fields(&[("name", "Ada Quillfeather"), ("e-mail", "ada@valley.example")]);
        let ben = fields(&[("name", "Ben Oakhurst")]);
        register.note([("M1", &ada), ("M2", &ben)]).unwrap();
        register.note([("M1", &fields(&[("e-mail", "ada@hills.example")]))]).unwrap();
        drop(register);

        let mut register = open(&folder);
        let changed = fields(&[("name", "Ada Quillfeather"), ("e-mail", "ada@hills.example")]);
        assert_eq!(register.fields("M1").unwrap(), changed);
        assert_eq!(register.members().unwrap(), ["M1", "M2"]);
        assert!(is_on_disk(&folder, "Quillfeather"));

        assert!(register.forget("M1").unwrap());
        assert!(!register.forget("M1").unwrap());
        assert!(register.fields("M1").unwrap().is_empty());
        assert_eq!(register.members().unwrap(), ["M2"]);
        assert!(!is_on_disk(&folder, "Quillfeather"), "the name is still in a file");
        assert!(is_on_disk(&folder, "Oakhurst"));
    }

    #[test]
    fn a_later_format_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        open(&folder).connection.pragma_update(None, "user_version", 9).unwrap();
        let refused = Register::open(&Directory::new(folder.path())).unwrap_err().to_string();
        assert!(
            refused.ends_with("written in format 9, this program reads up to format 1: take a newer program")
        );
    }
}
