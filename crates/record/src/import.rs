//! An exported folder as a record again: with the same entries, attachments, tree heads and root, or not at all.

use crate::checkpoint::Checkpoint;
use crate::digest::Digest;
use crate::directory::{partial, sync_directory};
use crate::entry::{ENTRY_BYTES_MAX, Mentions, read_mentions};
use crate::export::{clear, parent};
use crate::fault::Fault;
use crate::folder::Folder;
use crate::record::Record;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// Entries in one transaction, so that an import of any size needs little memory.
const COMMIT_ENTRIES: u64 = 10_000;

/// Makes a record in `path` from the exported folder `folder`. It comes into being only when all of it is read and
/// has the root of the folder's checkpoint. A signing key does not travel with an export.
/// `progress` is told the number of entries read and of all entries.
///
/// # Errors
/// Something in the way; a folder that is incomplete, altered, or from a later program, with file and line; or a
/// fault of the machine. Nothing is left behind then.
pub fn import(folder: &Path, path: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<Checkpoint, Fault> {
    if path.exists() {
        return Err(Fault::Exists { path: path.to_owned() });
    }
    let folder = Folder { path: folder };
    let checkpoint = read_checkpoint(&folder.checkpoint())?;
    let draft = partial(path);
    clear(&draft)?;
    if let Err(fault) = read(&folder, &checkpoint, &draft, progress) {
        clear(&draft)?;
        return Err(fault);
    }
    fs::rename(&draft, path).map_err(Fault::io(path))?;
    sync_directory(parent(path))?;
    Ok(checkpoint)
}

/// Reads a checkpoint's file, signed or not.
///
/// # Errors
/// A file that cannot be read or is no checkpoint.
pub fn read_checkpoint(path: &Path) -> Result<Checkpoint, Fault> {
    let text = fs::read_to_string(path).map_err(absent_or_unreadable(path))?;
    Checkpoint::parse(&text).map_err(|problem| Fault::File { path: path.to_owned(), problem })
}

/// A file that an export has is missing, or the machine cannot read it.
fn absent_or_unreadable(path: &Path) -> impl FnOnce(io::Error) -> Fault {
    move |error| match error.kind() {
        io::ErrorKind::NotFound => {
            Fault::File { path: path.to_owned(), problem: "there is no such file".into() }
        }
        io::ErrorKind::InvalidData => {
            Fault::File { path: path.to_owned(), problem: "not a UTF-8 text".into() }
        }
        _ => Fault::io(path)(error),
    }
}

fn read(
    folder: &Folder<'_>,
    checkpoint: &Checkpoint,
    draft: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), Fault> {
    let mut record = Record::create(draft, &checkpoint.origin)?;
    let mut heads = TreeHeads::open(folder.tree_heads())?;
    let mut lines = Lines::open(folder.entries(), ENTRY_BYTES_MAX)?;
    let mut attachments = BTreeMap::new();
    heads.check(&mut record)?;
    while record.size() < checkpoint.size {
        if !lines.advance()? {
            let problem = format!(
                "the file ends here, after {} entries; the checkpoint says {}: it was cut off",
                record.size(),
                checkpoint.size
            );
            return Err(lines.fault(problem));
        }
        let mentions = read_mentions(&lines.line).map_err(|error| lines.fault(error.to_string()))?;
        record.take_entry(&lines.line)?;
        take_mentions(folder, &mut record, &mut attachments, mentions, lines.number)?;
        heads.check(&mut record)?;
        if record.size().is_multiple_of(COMMIT_ENTRIES) {
            record.commit_taken()?;
            progress(record.size(), checkpoint.size);
        }
    }
    if lines.advance()? {
        let problem = format!("here is another line; the checkpoint says that there are {}", checkpoint.size);
        return Err(lines.fault(problem));
    }
    heads.finish(checkpoint)?;
    check_missing(folder, &attachments)?;
    check_unnamed(folder, &attachments)?;
    record.commit_taken()?;
    progress(record.size(), checkpoint.size);
    Ok(())
}

/// What is known of an attachment that entries name.
struct Named {
    /// The line of the last entry that names it.
    line: u64,
    has_content: bool,
    is_erased: bool,
}

fn take_mentions(
    folder: &Folder<'_>,
    record: &mut Record,
    attachments: &mut BTreeMap<Digest, Named>,
    mentions: Mentions,
    line: u64,
) -> Result<(), Fault> {
    for hash in mentions.attachments {
        if let Some(named) = attachments.get_mut(&hash) {
            *named = Named { line, is_erased: false, ..*named };
            continue;
        }
        let content = read_attachment(&folder.attachments().join(hash.to_string()), &hash)?;
        record.take_attachment(&hash, content.as_deref())?;
        attachments.insert(hash, Named { line, has_content: content.is_some(), is_erased: false });
    }
    for hash in mentions.erases {
        let named = attachments.get_mut(&hash).ok_or_else(|| {
            let problem = format!("it erases the attachment {hash}, which no entry up to here names");
            Fault::Line { path: folder.entries(), line, problem }
        })?;
        named.is_erased = true;
    }
    Ok(())
}

/// The content; nothing where there is no such file.
fn read_attachment(path: &Path, hash: &Digest) -> Result<Option<Vec<u8>>, Fault> {
    let content = match fs::read(path) {
        Ok(content) => content,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Fault::io(path)(error)),
    };
    let found = Digest::of(&content);
    if found != *hash {
        let problem = format!("its content hashes to {found}, not to its name: it was changed");
        return Err(Fault::File { path: path.to_owned(), problem });
    }
    Ok(Some(content))
}

/// An attachment has its file, unless an entry erased it.
fn check_missing(folder: &Folder<'_>, attachments: &BTreeMap<Digest, Named>) -> Result<(), Fault> {
    for (hash, named) in attachments {
        let problem = match (named.has_content, named.is_erased) {
            (true, false) | (false, true) => continue,
            (false, false) => {
                format!("line {} of entries.jsonl names this attachment, but it is missing", named.line)
            }
            (true, true) => "an entry erased this attachment, but here it is; remove the file".into(),
        };
        return Err(Fault::File { path: folder.attachments().join(hash.to_string()), problem });
    }
    Ok(())
}

/// Nothing is dropped silently: a file that no entry names is somebody's mistake.
fn check_unnamed(folder: &Folder<'_>, attachments: &BTreeMap<Digest, Named>) -> Result<(), Fault> {
    let path = folder.attachments();
    for file in fs::read_dir(&path).map_err(absent_or_unreadable(&path))? {
        let file = file.map_err(Fault::io(&path))?;
        let named = file
            .file_name()
            .to_str()
            .and_then(Digest::from_hex)
            .is_some_and(|hash| attachments.contains_key(&hash));
        if !named {
            let problem = "no entry names this file; remove it from the folder".into();
            return Err(Fault::File { path: file.path(), problem });
        }
    }
    Ok(())
}

/// The exported tree heads, held against the tree that grows.
struct TreeHeads {
    lines: Lines,
    next: Option<(u64, Digest)>,
    /// The size of the last head that fitted.
    fitted: u64,
}

impl TreeHeads {
    fn open(path: PathBuf) -> Result<Self, Fault> {
        let mut heads = Self { lines: Lines::open(path, 100)?, next: None, fitted: 0 };
        heads.advance()?;
        Ok(heads)
    }

    fn advance(&mut self) -> Result<(), Fault> {
        let read = |line: &[u8]| {
            let (size, root) = std::str::from_utf8(line).ok()?.split_once(' ')?;
            Some((size.parse().ok()?, Digest::from_hex(root)?))
        };
        let before = self.next.map(|(size, _)| size);
        self.next = None;
        if self.lines.advance()? {
            let head = read(&self.lines.line).filter(|(size, _)| before.is_none_or(|before| before < *size));
            let problem = "expected a size larger than in the line before, a space, and a root of 64 hexadecimal digits";
            self.next = Some(head.ok_or_else(|| self.lines.fault(problem.into()))?);
        }
        Ok(())
    }

    fn check(&mut self, record: &mut Record) -> Result<(), Fault> {
        let Some((size, root)) = self.next else { return Ok(()) };
        if size != record.size() {
            return Ok(());
        }
        let found = record.take_head()?;
        if found != root {
            let lines = match size - self.fitted {
                0 => "no lines".into(),
                1 => format!("line {size}"),
                _ => format!("one or more of the lines {} to {size}", self.fitted + 1),
            };
            let problem = format!(
                "the first {size} entries have the root {found}, not {root}: {lines} of entries.jsonl, or this line, \
                 was changed or swapped"
            );
            return Err(self.lines.fault(problem));
        }
        self.fitted = size;
        self.advance()
    }

    /// The last head is the checkpoint.
    fn finish(self, checkpoint: &Checkpoint) -> Result<(), Fault> {
        if let Some((size, _)) = self.next {
            let problem = format!(
                "a tree head of {size} entries; the checkpoint says that there are {}",
                checkpoint.size
            );
            return Err(self.lines.fault(problem));
        }
        if self.fitted != checkpoint.size {
            let problem = format!(
                "the last tree head is of {} entries, the checkpoint of {}",
                self.fitted, checkpoint.size
            );
            return Err(self.lines.fault(problem));
        }
        Ok(())
    }
}

/// A file read line by line, none longer than a limit.
struct Lines {
    path: PathBuf,
    file: BufReader<File>,
    line: Vec<u8>,
    number: u64,
    bytes_max: usize,
}

impl Lines {
    fn open(path: PathBuf, bytes_max: usize) -> Result<Self, Fault> {
        let file = File::open(&path).map_err(absent_or_unreadable(&path))?;
        Ok(Self {
            path,
            file: BufReader::with_capacity(1 << 16, file),
            line: Vec::new(),
            number: 0,
            bytes_max,
        })
    }

    /// Reads the next line, without its line feed. False at the end of the file.
    fn advance(&mut self) -> Result<bool, Fault> {
        self.line.clear();
        let limit = self.bytes_max as u64 + 1;
        (&mut self.file).take(limit).read_until(b'\n', &mut self.line).map_err(Fault::io(&self.path))?;
        if self.line.is_empty() {
            return Ok(false);
        }
        self.number += 1;
        if self.line.last() == Some(&b'\n') {
            self.line.pop();
            return Ok(true);
        }
        Err(self.fault(match self.line.len() {
            bytes if bytes > self.bytes_max => {
                format!("the line has more than {} bytes, the limit", self.bytes_max)
            }
            _ => "the line does not end: the file was cut off".into(),
        }))
    }

    fn fault(&self, problem: String) -> Fault {
        Fault::Line { path: self.path.clone(), line: self.number, problem }
    }
}
