//! A copy of a whole directory, made while it is served, and a directory made from such a copy.
//!
//! Beside the record there are the register, codes, sessions, keys, words: all that a federation's machine needs to go
//! on elsewhere. Databases are copied as of one moment each (SQLite's `VACUUM INTO`), the record last but for the
//! register, so that what the others say of it is in it. `SHA256SUMS` names every file, for `sha256sum --check`. A
//! backup holds personal data and the signing key: to publish a record there is [`export`](crate::export()).

use crate::checkpoint::Checkpoint;
use crate::digest::Digest;
use crate::directory::{Directory, partial, sync_directory};
use crate::export::{clear, parent};
use crate::fault::Fault;
use crate::reader::Reader;
use crate::verify::verify;
use rusqlite::{Connection, OpenFlags};
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

const SUMS: &str = "SHA256SUMS";

/// Copies the directory `path`, served or not, to the folder `out`, which comes into being only when all of it is
/// there and its record verifies. `progress` is told bytes copied and all bytes.
///
/// # Errors
/// Something in the way, no record, a damaged record, or a fault of the machine. Nothing is left behind then.
pub fn backup(path: &Path, out: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<Checkpoint, Fault> {
    Directory::new(path).check_present()?;
    make(out, |draft| {
        let files = files_of(path)?;
        let of = files.iter().map(|file| file.bytes).sum();
        let mut done = 0;
        let mut sums = String::new();
        for file in files {
            let (from, to) = (path.join(&file.name), draft.join(&file.name));
            match file.is_database {
                true => copy_database(&from, &to)?,
                false => copy_file(&from, &to)?,
            }
            sums += &format!("{}  {}\n", hash_of(&to)?, file.name.display());
            done += file.bytes;
            progress(done, of);
        }
        write(&draft.join(SUMS), sums.as_bytes())
    })
}

/// Makes the directory `path` from the backup `folder`. It comes into being only when every file is as `SHA256SUMS`
/// says and the record verifies. `progress` is told bytes copied and all bytes.
///
/// # Errors
/// Something in the way; a backup that is incomplete or altered, with the file's name; or a fault of the machine.
/// Nothing is left behind then.
pub fn restore(folder: &Path, path: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<Checkpoint, Fault> {
    let sums = read_sums(&folder.join(SUMS))?;
    check_unnamed(folder, &sums)?;
    make(path, |draft| {
        let bytes = |name: &Path| fs::metadata(folder.join(name)).map_or(0, |about| about.len());
        let of = sums.iter().map(|(_, name)| bytes(name)).sum();
        let mut done = 0;
        for (hash, name) in &sums {
            let (from, to) = (folder.join(name), draft.join(name));
            copy_file(&from, &to)?;
            let found = hash_of(&to)?;
            if found != *hash {
                let problem = format!("it hashes to {found}, not to {hash}: it was changed or cut off");
                return Err(Fault::File { path: from, problem });
            }
            done += bytes(name);
            progress(done, of);
        }
        Ok(())
    })
}

/// Fills a draft beside `out`, verifies the record in it and puts it into place.
fn make(out: &Path, fill: impl FnOnce(&Path) -> Result<(), Fault>) -> Result<Checkpoint, Fault> {
    if out.exists() {
        return Err(Fault::Exists { path: out.to_owned() });
    }
    let draft = partial(out);
    clear(&draft)?;
    let filled = fs::create_dir_all(&draft)
        .map_err(Fault::io(&draft))
        .and_then(|()| owner_only(&draft))
        .and_then(|()| fill(&draft))
        .and_then(|()| verified(&draft));
    let checkpoint = match filled {
        Ok(checkpoint) => checkpoint,
        Err(fault) => {
            clear(&draft)?;
            return Err(fault);
        }
    };
    sync_directory(&draft)?;
    fs::rename(&draft, out).map_err(Fault::io(out))?;
    sync_directory(parent(out))?;
    Ok(checkpoint)
}

fn verified(draft: &Path) -> Result<Checkpoint, Fault> {
    if let Some(difference) = verify(draft, None, &mut |_, _| {})?.first_difference {
        return Err(Fault::Damaged { path: draft.to_owned(), difference });
    }
    Ok(Reader::open(draft)?.checkpoint().clone())
}

/// A file of a directory, below it.
struct Named {
    name: PathBuf,
    bytes: u64,
    is_database: bool,
}

/// All files that a backup holds, in the order in which they are copied.
fn files_of(path: &Path) -> Result<Vec<Named>, Fault> {
    let mut files = Vec::new();
    collect(path, Path::new(""), &mut files)?;
    files.sort_by_key(|file| {
        let last = match file.name.to_str() {
            Some("record.sqlite") => 1,
            Some("register.sqlite") => 2,
            _ => 0,
        };
        (last, file.name.clone())
    });
    Ok(files)
}

fn collect(path: &Path, below: &Path, files: &mut Vec<Named>) -> Result<(), Fault> {
    let folder = path.join(below);
    for file in fs::read_dir(&folder).map_err(Fault::io(&folder))? {
        let file = file.map_err(Fault::io(&folder))?;
        let about = file.metadata().map_err(Fault::io(&file.path()))?;
        let name = below.join(file.file_name());
        let ending = |ending: &str| name.to_string_lossy().ends_with(ending);
        // What SQLite keeps beside a database belongs to the processes that have it open.
        let passing = ["-wal", "-shm", "-journal"].iter().any(|of| ending(&format!(".sqlite{of}")));
        if about.is_dir() {
            collect(path, &name, files)?;
        } else if about.is_file() && !passing && name != Path::new("lock") {
            files.push(Named { is_database: ending(".sqlite"), bytes: about.len(), name });
        }
    }
    Ok(())
}

/// Copies a database as of one moment, beside those who write it.
fn copy_database(from: &Path, to: &Path) -> Result<(), Fault> {
    in_its_folder(to)?;
    let fault = |source| match source {
        rusqlite::Error::SqliteFailure(error, _) if error.code == rusqlite::ErrorCode::DiskFull => {
            Fault::Full { path: to.to_owned() }
        }
        source => Fault::Database { path: from.to_owned(), source },
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(from, flags).map_err(fault)?;
    connection.busy_timeout(std::time::Duration::from_secs(60)).map_err(fault)?;
    connection.execute("VACUUM INTO ?1", [to.to_string_lossy()]).map_err(fault)?;
    let permissions = fs::metadata(from).map_err(Fault::io(from))?.permissions();
    fs::set_permissions(to, permissions).map_err(Fault::io(to))?;
    File::open(to).and_then(|file| file.sync_all()).map_err(Fault::io(to))
}

fn copy_file(from: &Path, to: &Path) -> Result<(), Fault> {
    in_its_folder(to)?;
    fs::copy(from, to).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            Fault::File { path: from.to_owned(), problem: "there is no such file".into() }
        }
        _ => Fault::io(to)(error),
    })?;
    File::open(to).and_then(|file| file.sync_all()).map_err(Fault::io(to))
}

fn in_its_folder(path: &Path) -> Result<(), Fault> {
    fs::create_dir_all(parent(path)).map_err(Fault::io(path))
}

fn hash_of(path: &Path) -> Result<Digest, Fault> {
    let mut hasher = Sha256::new();
    let mut file = File::open(path).map_err(Fault::io(path))?;
    let mut part = vec![0; 1 << 16];
    loop {
        match file.read(&mut part).map_err(Fault::io(path))? {
            0 => break,
            bytes => hasher.update(&part[..bytes]),
        }
    }
    Ok(Digest::from_bytes(hasher.finalize().into()))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    let mut file = File::create(path).map_err(Fault::io(path))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(Fault::io(path))
}

/// The files that a backup says it has, each with its hash.
fn read_sums(path: &Path) -> Result<Vec<(Digest, PathBuf)>, Fault> {
    let text = fs::read_to_string(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            Fault::File { path: path.to_owned(), problem: "there is no such file: this is no backup".into() }
        }
        _ => Fault::io(path)(error),
    })?;
    let mut sums = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        let read = line.split_once("  ").and_then(|(hash, name)| {
            let name = Path::new(name);
            // A name that leads out of the folder is not ours.
            let inside = name.components().all(|part| matches!(part, std::path::Component::Normal(_)));
            Some((Digest::from_hex(hash)?, name.to_owned())).filter(|_| inside)
        });
        let problem = "expected a hash of 64 hexadecimal digits, two spaces, and a name inside the folder";
        let fault = || Fault::Line { path: path.to_owned(), line: number, problem: problem.into() };
        sums.push(read.ok_or_else(fault)?);
    }
    Ok(sums)
}

/// Nothing is left out silently: a file that the sums do not name is somebody's mistake.
fn check_unnamed(folder: &Path, sums: &[(Digest, PathBuf)]) -> Result<(), Fault> {
    let mut there = Vec::new();
    collect(folder, Path::new(""), &mut there)?;
    let named =
        |file: &Named| file.name == Path::new(SUMS) || sums.iter().any(|(_, name)| *name == file.name);
    match there.iter().find(|file| !named(file)) {
        None => Ok(()),
        Some(file) => {
            let problem = format!("{SUMS} does not name this file; remove it from the folder");
            Err(Fault::File { path: folder.join(&file.name), problem })
        }
    }
}

/// A backup holds keys and names: for the eyes of whoever made it.
#[cfg(unix)]
fn owner_only(path: &Path) -> Result<(), Fault> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o700)).map_err(Fault::io(path))
}

#[cfg(not(unix))]
fn owner_only(_: &Path) -> Result<(), Fault> {
    Ok(())
}
