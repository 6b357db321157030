//! Files of an election: written beside and renamed, secrets for their owner alone, archives appended to.

use crate::ballot::refused;
use crate::failure::Failure;
use mandate_booth::{Archive, BallotBox, BoxFault};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Who may read a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Secrecy {
    /// Everybody.
    Public,
    /// The owner: mode 0600.
    Secret,
}

fn machine(path: &Path, error: &io::Error) -> Failure {
    Failure::machine(format!("{}: {error}", path.display()))
}

/// Reads a text file.
pub fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| Failure::input(format!("{}: {error}", path.display())))
}

/// Reads a text that is wiped from memory when dropped.
pub fn read_secret(path: &Path) -> Result<Zeroizing<String>, Failure> {
    read(path).map(Zeroizing::new)
}

/// Reads a message, whose final line break is not part of it.
pub fn read_message(path: &Path) -> Result<String, Failure> {
    read(path).map(|text| text.trim_end_matches(['\r', '\n']).to_owned())
}

/// Writes a new file beside its place and renames it there. An existing file is never overwritten.
pub fn write_new(path: &Path, content: &[u8], secrecy: Secrecy) -> Result<(), Failure> {
    if path.exists() {
        return Err(Failure::input(format!(
            "{} exists already and is not overwritten: remove it or name another file",
            path.display()
        )));
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let beside = path.with_file_name(name);
    write_synced(&beside, content, secrecy).and_then(|()| fs::rename(&beside, path)).map_err(|error| {
        // What is half-written goes away; that it cannot be removed is the lesser failure.
        let _ = fs::remove_file(&beside);
        machine(path, &error)
    })
}

fn write_synced(path: &Path, content: &[u8], secrecy: Secrecy) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(if secrecy == Secrecy::Secret { 0o600 } else { 0o644 });
    }
    let mut file = options.open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Writes a message with a final line break to a file, or to standard output where there is none.
pub fn write_message(out: Option<&PathBuf>, content: &str) -> Result<(), Failure> {
    match out {
        Some(path) => write_new(path, format!("{content}\n").as_bytes(), Secrecy::Public),
        None => writeln!(io::stdout(), "{content}")
            .map_err(|error| Failure::machine(format!("standard output: {error}"))),
    }
}

/// Makes a folder where there is none.
pub fn make_folder(path: &Path) -> Result<(), Failure> {
    fs::create_dir_all(path).map_err(|error| machine(path, &error))
}

/// Reads an archive that verifies.
pub fn read_archive(path: &Path) -> Result<Archive, Failure> {
    mandate_booth::verified(path).map_err(box_failure)
}

/// Opens an archive that verifies, to append to it.
pub fn append_to(path: &Path) -> Result<BallotBox, Failure> {
    BallotBox::open_whole(path).map_err(box_failure)
}

/// Whose fault it is that a box cannot do what it was asked.
pub fn box_failure(fault: BoxFault) -> Failure {
    use io::ErrorKind::{IsADirectory, NotADirectory, NotFound, PermissionDenied};
    match fault {
        BoxFault::Refused(faults) => refused(faults),
        BoxFault::Closed | BoxFault::Broken(_) => Failure::check(fault),
        BoxFault::NoArchive { .. } => Failure::input(fault),
        BoxFault::Machine { ref error, .. } => match error.kind() {
            IsADirectory | NotADirectory | NotFound | PermissionDenied => Failure::input(fault),
            _ => Failure::machine(fault),
        },
    }
}

/// Threads to check ballots with.
pub fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Whether one file begins with the other; if not, the first byte that differs.
pub fn extends(earlier: &Path, later: &Path) -> Result<Result<u64, u64>, Failure> {
    let open = |path: &Path| {
        File::open(path)
            .map(BufReader::new)
            .map_err(|error| Failure::input(format!("{}: {error}", path.display())))
    };
    let (mut old, mut new) = (open(earlier)?, open(later)?);
    let mut position = 0;
    let (mut old_block, mut new_block) = ([0; 1 << 16], [0; 1 << 16]);
    loop {
        let length = old.read(&mut old_block).map_err(|error| machine(earlier, &error))?;
        if length == 0 {
            return Ok(Ok(position));
        }
        let compared = &mut new_block[..length];
        compared.fill(0);
        let complete = new.read_exact(compared).is_ok();
        let differs = old_block[..length].iter().zip(&*compared).position(|(old, new)| old != new);
        match (complete, differs) {
            (true, None) => position += length as u64,
            (_, Some(offset)) => return Ok(Err(position + offset as u64)),
            (false, None) => return Ok(Err(position)),
        }
    }
}
