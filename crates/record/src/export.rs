//! A record as a folder of plain files that outlives this program: see the table in `folder.rs`.

use crate::checkpoint::Checkpoint;
use crate::digest::Digest;
use crate::directory::{partial, sync_directory};
use crate::fault::Fault;
use crate::folder::Folder;
use crate::heads::Heads;
use crate::reader::Reader;
use crate::scan::{Stop, scan};
use crate::tables::record as tables;
use crate::tree::Frontier;
use crate::verify::Place;
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Writes the record in `path` to the folder `out`, which comes into being only when all of it is written and
/// checked on the way. The checkpoint is signed where the record has a key.
/// `progress` is told the number of entries written and of all entries.
///
/// # Errors
/// Something in the way, a damaged record, or a fault of the machine. Nothing is left behind then.
pub fn export(path: &Path, out: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<Checkpoint, Fault> {
    if out.exists() {
        return Err(Fault::Exists { path: out.to_owned() });
    }
    let reader = Reader::open(path)?;
    let draft = partial(out);
    clear(&draft)?;
    let written = write(&reader, &Folder { path: &draft }, progress);
    if let Err(stop) = written {
        clear(&draft)?;
        return Err(match stop {
            Stop::Fault(fault) => fault,
            Stop::Difference(difference) => Fault::Damaged { path: path.to_owned(), difference },
        });
    }
    fs::rename(&draft, out).map_err(Fault::io(out))?;
    sync_directory(parent(out))?;
    Ok(reader.checkpoint().clone())
}

/// Removes what an earlier attempt left.
pub(crate) fn clear(draft: &Path) -> Result<(), Fault> {
    match fs::remove_dir_all(draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Fault::io(draft)(error)),
        _ => Ok(()),
    }
}

/// The directory that a path is in.
pub(crate) fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn write(reader: &Reader, folder: &Folder<'_>, progress: &mut dyn FnMut(u64, u64)) -> Result<(), Stop> {
    fs::create_dir_all(folder.path).map_err(Fault::io(folder.path))?;
    fs::create_dir(folder.attachments()).map_err(Fault::io(&folder.attachments()))?;
    let mut sums = HashedFile::create(folder.sums())?;
    let entries = write_entries(reader, folder.entries(), progress)?;
    sums.write_line(&format!("{entries}  entries.jsonl"))?;
    let heads = write_tree_heads(reader, folder.tree_heads())?;
    sums.write_line(&format!("{heads}  tree-heads"))?;
    write_attachments(reader, &folder.attachments(), &mut sums)?;
    sums.finish()?;
    let mut checkpoint = HashedFile::create(folder.checkpoint())?;
    checkpoint.write(reader.checkpoint_text()?.as_bytes())?;
    checkpoint.finish()?;
    Ok(sync_directory(folder.path)?)
}

fn write_entries(reader: &Reader, path: PathBuf, progress: &mut dyn FnMut(u64, u64)) -> Result<Digest, Stop> {
    let mut file = HashedFile::create(path)?;
    let mut frontier = Frontier::default();
    let mut heads = Heads::new(reader.directory(), &reader.connection);
    heads.check(&frontier)?;
    let size = reader.checkpoint().size;
    scan(
        reader.directory(),
        size,
        |_, bytes| Ok(bytes.to_vec()),
        |entries| {
            for entry in entries {
                heads.push(&mut frontier, entry.leaf)?;
                heads.check(&frontier)?;
                file.write(&entry.content)?;
                file.write(b"\n")?;
            }
            progress(frontier.size(), size);
            Ok(())
        },
    )?;
    Ok(file.finish()?)
}

fn write_tree_heads(reader: &Reader, path: PathBuf) -> Result<Digest, Stop> {
    let damaged = || Stop::database(reader.directory(), Place::Database);
    let mut file = HashedFile::create(path)?;
    let mut statement =
        reader.connection.prepare("SELECT size, root FROM tree_head ORDER BY size").map_err(damaged())?;
    let mut rows = statement.query([]).map_err(damaged())?;
    while let Some(row) = rows.next().map_err(damaged())? {
        let size: u64 = row.get(0).map_err(damaged())?;
        let root = tables::digest(row, 1).map_err(damaged())?;
        file.write_line(&format!("{size} {root}"))?;
    }
    Ok(file.finish()?)
}

/// Attachments whose content is erased have no file: the entry that erased each says so.
fn write_attachments(reader: &Reader, folder: &Path, sums: &mut HashedFile) -> Result<(), Stop> {
    let damaged = || Stop::database(reader.directory(), Place::Database);
    let mut statement = reader
        .connection
        .prepare("SELECT id, sha256 FROM attachment WHERE bytes IS NOT NULL ORDER BY sha256")
        .map_err(damaged())?;
    let mut rows = statement.query([]).map_err(damaged())?;
    while let Some(row) = rows.next().map_err(damaged())? {
        let id: i64 = row.get(0).map_err(damaged())?;
        let hash = tables::digest(row, 1).map_err(damaged())?;
        let mut file = HashedFile::create(folder.join(hash.to_string()))?;
        let mut blob =
            reader.connection.blob_open("main", "attachment", "bytes", id, true).map_err(damaged())?;
        io::copy(&mut blob, &mut file).map_err(Fault::io(&file.path))?;
        let found = file.finish()?;
        if found != hash {
            let problem = format!("its content hashes to {found}: it was changed");
            return Err(Stop::Difference(crate::Difference::new(Place::Attachment(hash), problem)));
        }
        sums.write_line(&format!("{hash}  attachments/{hash}"))?;
    }
    Ok(sync_directory(folder)?)
}

/// A file that is hashed while it is written.
struct HashedFile {
    path: PathBuf,
    file: BufWriter<File>,
    hasher: Sha256,
}

impl HashedFile {
    fn create(path: PathBuf) -> Result<Self, Fault> {
        let file = File::create(&path).map_err(Fault::io(&path))?;
        Ok(Self { path, file: BufWriter::with_capacity(1 << 16, file), hasher: Sha256::new() })
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.write_all(bytes).map_err(Fault::io(&self.path))
    }

    fn write_line(&mut self, line: &str) -> Result<(), Fault> {
        self.write(line.as_bytes())?;
        self.write(b"\n")
    }

    /// Makes the file durable. Its hash.
    fn finish(mut self) -> Result<Digest, Fault> {
        self.file.flush().and_then(|()| self.file.get_ref().sync_all()).map_err(Fault::io(&self.path))?;
        Ok(Digest::from_bytes(self.hasher.finalize().into()))
    }
}

impl Write for HashedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.hasher.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
