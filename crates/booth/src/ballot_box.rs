//! One box: an archive that is verified as far as it goes, and grows ballot by ballot.
//!
//! Other programs may append to the same file (`mandate ballot close`): whoever appends holds the file's lock, and what
//! others appended is verified before anything else is done.

use crate::tail;
use mandate_ballot::{Audit, AuditOptions, BoxEntry, Digest, EventKind, Fault, tracking_number};
use serde::Serialize;
use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Why a box cannot do what it is asked.
#[derive(Debug, thiserror::Error)]
pub enum BoxFault {
    /// The box is closed.
    #[error("the box is closed: no ballot can be cast any more")]
    Closed,
    /// The ballot is not right, with everything that is wrong with it.
    #[error("{}", texts(.0))]
    Refused(Vec<Fault>),
    /// The archive does not verify.
    #[error("{path}: the archive does not verify: see `mandate ballot verify`", path = .0.display())]
    Broken(PathBuf),
    /// The file cannot be read as an archive.
    #[error("{path}: {fault}", path = path.display())]
    NoArchive {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        fault: Fault,
    },
    /// Reading or writing failed.
    #[error("{path}: {error}", path = path.display())]
    Machine {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        error: io::Error,
    },
}

fn texts(faults: &[Fault]) -> String {
    faults.iter().map(Fault::to_string).collect::<Vec<_>>().join("; ")
}

/// What whoever cast a ballot gets: the ballot is in the box, on the disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// The tracking number.
    pub tracking_number: String,
    /// Whether the ballot was in the box already, so that nothing was done.
    pub was_there: bool,
    /// Whether it replaced an earlier ballot of the same credential.
    pub replaces: bool,
}

/// An archive read from its file.
pub type Archive = Audit<BufReader<File>>;

/// An archive open for appending.
pub struct BallotBox {
    path: PathBuf,
    audit: Archive,
    file: File,
    /// The election's published text, of which every byte counts.
    election: Vec<u8>,
    cut_bytes: u64,
}

impl BallotBox {
    /// Opens and verifies an archive. What a crash left behind the last whole event is cut off.
    pub fn open(path: &Path) -> Result<Self, BoxFault> {
        Self::opened(path, cut_torn_tail)
    }

    /// Opens and verifies an archive that must be whole: a file that somebody brought may have lost more than its last
    /// event.
    pub fn open_whole(path: &Path) -> Result<Self, BoxFault> {
        Self::opened(path, |_| Ok(0))
    }

    fn opened(path: &Path, cut: impl FnOnce(&mut File) -> io::Result<u64>) -> Result<Self, BoxFault> {
        let machine = |error| BoxFault::Machine { path: path.to_owned(), error };
        let mut file = OpenOptions::new().read(true).write(true).open(path).map_err(machine)?;
        file.lock().map_err(machine)?;
        let cut_bytes = cut(&mut file).map_err(machine)?;
        let audit = verified(path)?;
        let election = election_text(&mut file, audit.fingerprint().unwrap_or_default()).map_err(machine)?;
        file.unlock().map_err(machine)?;
        Ok(Self { path: path.to_owned(), audit, file, election, cut_bytes })
    }

    /// Bytes that a crash had left behind the last whole event, and that were cut off when the box was opened.
    pub fn cut_bytes(&self) -> u64 {
        self.cut_bytes
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The election's identifier.
    pub fn uuid(&self) -> &str {
        self.audit.parameters().map_or("", |parameters| &parameters.uuid)
    }

    /// The election's name.
    pub fn name(&self) -> &str {
        self.audit.parameters().map_or("", |parameters| &parameters.name)
    }

    /// The election's published text, byte for byte.
    pub fn election(&self) -> &[u8] {
        &self.election
    }

    /// Whether ballots can be cast.
    pub fn is_open(&self) -> bool {
        matches!(self.audit.chain().last(), Some(EventKind::Setup | EventKind::Ballot))
    }

    /// The verified archive.
    pub fn audit(&self) -> &Archive {
        &self.audit
    }

    /// The ballot with this hash, if it is in the box.
    pub fn find(&self, hash: &Digest) -> Option<BoxEntry> {
        self.audit.find_ballot(hash)
    }

    /// Verifies what other programs appended.
    pub fn catch_up(&mut self) -> Result<(), BoxFault> {
        self.file.lock_shared().map_err(|error| self.machine(error))?;
        self.audit.run(&mut |_| {});
        self.file.unlock().map_err(|error| self.machine(error))?;
        self.holds()
    }

    /// Casts a ballot. It is on the disk when this returns. A ballot that is in the box already is not cast again:
    /// whoever does not know whether a ballot arrived can send it once more.
    pub fn cast(&mut self, ballot: &[u8]) -> Result<Receipt, BoxFault> {
        self.locked(|ballot_box| {
            let receipt = |was_there, replaces| Receipt {
                tracking_number: tracking_number(ballot),
                was_there,
                replaces,
            };
            if ballot_box.find(&Digest::of(ballot)).is_some() {
                return Ok(receipt(true, false));
            }
            if !ballot_box.is_open() {
                return Err(BoxFault::Closed);
            }
            let replaced_before = ballot_box.audit.counts().replaced;
            let bytes = ballot_box.audit.cast(ballot).map_err(BoxFault::Refused)?;
            ballot_box.write(&bytes)?;
            Ok(receipt(false, ballot_box.audit.counts().replaced > replaced_before))
        })
    }

    /// Appends what `make` returns, which is on the disk when this returns.
    pub fn append(
        &mut self,
        make: impl FnOnce(&mut Archive) -> Result<Vec<u8>, Vec<Fault>>,
    ) -> Result<(), BoxFault> {
        self.locked(|ballot_box| {
            let bytes = make(&mut ballot_box.audit).map_err(BoxFault::Refused)?;
            ballot_box.write(&bytes)
        })
    }

    /// Holds the file's lock, and begins with what others appended.
    fn locked<T>(&mut self, act: impl FnOnce(&mut Self) -> Result<T, BoxFault>) -> Result<T, BoxFault> {
        self.file.lock().map_err(|error| self.machine(error))?;
        self.audit.run(&mut |_| {});
        let result = self.holds().and_then(|()| act(self));
        self.file.unlock().map_err(|error| self.machine(error))?;
        result
    }

    /// Appends bytes that the audit has taken in. Where that fails, the file is as long as before and the audit starts
    /// again from it.
    fn write(&mut self, bytes: &[u8]) -> Result<(), BoxFault> {
        let end = self.file.seek(SeekFrom::End(0)).map_err(|error| self.machine(error))?;
        let written = self.file.write_all(bytes).and_then(|()| self.file.sync_data());
        let Err(error) = written else {
            return Ok(());
        };
        // If even this fails, the torn record is cut off when the box is opened again.
        let _ = self.file.set_len(end).and_then(|()| self.file.sync_data());
        let failure = self.machine(error);
        self.audit = verified(&self.path)?;
        Err(failure)
    }

    fn holds(&self) -> Result<(), BoxFault> {
        if self.audit.holds() { Ok(()) } else { Err(BoxFault::Broken(self.path.clone())) }
    }

    fn machine(&self, error: io::Error) -> BoxFault {
        BoxFault::Machine { path: self.path.clone(), error }
    }
}

/// Reads an archive to its end, on all processors, and finds nothing wrong with it.
pub fn verified(path: &Path) -> Result<Archive, BoxFault> {
    let machine = |error| BoxFault::Machine { path: path.to_owned(), error };
    let file = File::open(path).map_err(machine)?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let options = AuditOptions { threads, ..AuditOptions::default() };
    let mut audit = Audit::open(BufReader::new(file), options)
        .map_err(|fault| BoxFault::NoArchive { path: path.to_owned(), fault })?;
    audit.run(&mut |_| {});
    if !audit.holds() {
        return Err(BoxFault::Broken(path.to_owned()));
    }
    Ok(audit)
}

/// The record whose hash is the election's fingerprint: it stands before the first event.
fn election_text(file: &mut File, fingerprint: &str) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(0))?;
    loop {
        let mut header = [0; tail::BLOCK_BYTES as usize];
        file.read_exact(&mut header)?;
        let length = tail::content_bytes(&header).unwrap_or(0);
        let mut content = Vec::new();
        file.take(length.next_multiple_of(tail::BLOCK_BYTES)).read_to_end(&mut content)?;
        content.truncate(usize::try_from(length).unwrap_or(usize::MAX));
        if Digest::of(&content).to_base64() == fingerprint {
            return Ok(content);
        }
    }
}

/// Cuts off what stands after the last whole event, and says how many bytes that was.
fn cut_torn_tail(file: &mut File) -> io::Result<u64> {
    let length = file.metadata()?.len();
    let Some(whole) = tail::whole_bytes(file)? else {
        return Ok(0);
    };
    if whole < length {
        file.set_len(whole)?;
        file.sync_all()?;
    }
    Ok(length - whole)
}
