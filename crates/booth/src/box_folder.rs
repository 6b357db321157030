//! The archives of one folder, by the identifiers of their elections.

use crate::ballot_box::{BallotBox, BoxFault};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One box that several requests share.
#[derive(Clone)]
pub(crate) struct SharedBox(Arc<Mutex<BallotBox>>);

impl SharedBox {
    pub fn lock(&self) -> MutexGuard<'_, BallotBox> {
        // A panic while the box was locked is a bug of ours; the audit verifies what the file holds all the same.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The boxes that are served.
#[derive(Clone)]
pub struct BoxFolder {
    boxes: Arc<BTreeMap<String, SharedBox>>,
    report: Arc<dyn Fn(&BoxFault) + Send + Sync>,
}

/// Why a folder's boxes cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum FolderFault {
    /// A box cannot be opened.
    #[error(transparent)]
    Box(#[from] BoxFault),
    /// The folder cannot be read.
    #[error("{path}: {error}", path = path.display())]
    Unreadable {
        /// The folder.
        path: PathBuf,
        /// What the operating system said.
        error: std::io::Error,
    },
    /// No archive is there.
    #[error(
        "{path}: no archive (a file whose name ends in .bel) is there: make one with `mandate ballot open`",
        path = .0.display()
    )]
    Empty(PathBuf),
    /// Two archives are of the same election.
    #[error("{first} and {second} are of the same election: keep one of them here", first = first.display(), second = second.display())]
    Twice {
        /// One of them.
        first: PathBuf,
        /// The other.
        second: PathBuf,
    },
}

impl BoxFolder {
    /// Opens and verifies every archive (`*.bel`) of a folder.
    pub fn open(folder: &Path) -> Result<Self, FolderFault> {
        let unreadable = |error| FolderFault::Unreadable { path: folder.to_owned(), error };
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.extension().is_some_and(|extension| extension == "bel") {
                paths.push(path);
            }
        }
        paths.sort();
        let boxes = paths.iter().map(|path| BallotBox::open(path)).collect::<Result<Vec<_>, _>>()?;
        Self::of(boxes).and_then(|all| {
            if all.boxes.is_empty() { Err(FolderFault::Empty(folder.to_owned())) } else { Ok(all) }
        })
    }

    /// The boxes given.
    pub fn of(boxes: Vec<BallotBox>) -> Result<Self, FolderFault> {
        let mut all: BTreeMap<String, SharedBox> = BTreeMap::new();
        for ballot_box in boxes {
            if let Some(first) = all.get(ballot_box.uuid()) {
                let first = first.lock().path().to_owned();
                return Err(FolderFault::Twice { first, second: ballot_box.path().to_owned() });
            }
            all.insert(ballot_box.uuid().to_owned(), SharedBox(Arc::new(Mutex::new(ballot_box))));
        }
        Ok(Self { boxes: Arc::new(all), report: Arc::new(|_| {}) })
    }

    /// Tells `report` of every fault of the machine: those who vote hear only that there is one.
    pub fn reporting(self, report: impl Fn(&BoxFault) + Send + Sync + 'static) -> Self {
        Self { report: Arc::new(report), ..self }
    }

    pub(crate) fn report(&self, fault: &BoxFault) {
        (self.report)(fault);
    }

    /// The identifier and the name of each election, and the bytes that were cut off its archive when it was opened.
    pub fn elections(&self) -> Vec<(String, String, u64)> {
        let entry = |(uuid, shared): (&String, &SharedBox)| {
            let ballot_box = shared.lock();
            (uuid.clone(), ballot_box.name().to_owned(), ballot_box.cut_bytes())
        };
        self.boxes.iter().map(entry).collect()
    }

    /// The identifier of the election with this fingerprint, where its box is here.
    pub fn identifier(&self, fingerprint: &str) -> Option<String> {
        let own = |shared: &SharedBox| shared.lock().audit().fingerprint() == Some(fingerprint);
        self.boxes.iter().find(|(_, shared)| own(shared)).map(|(uuid, _)| uuid.clone())
    }

    pub(crate) fn find(&self, uuid: &str) -> Option<SharedBox> {
        self.boxes.get(uuid).cloned()
    }
}
