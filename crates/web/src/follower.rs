//! A copy of the state that follows the record: pages read it side by side, and never wait for the writer.
//!
//! It sees durable entries only. Whoever has acted catches up first and so finds what they did on the next page.

use mandate_assembly::Files;
use mandate_assembly::ids::Hash;
use mandate_record::machine::Attachments;
use mandate_record::{Checkpoint, Digest, Fault, Federation, Machine, Reader, replay};
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard};
use tokio::sync::watch;

/// The state as of a number of entries.
#[derive(Debug)]
pub struct Followed {
    /// The federation, as its record says.
    pub federation: Federation,
    /// Name, size and root of the record so far.
    pub checkpoint: Checkpoint,
}

/// Follows one record.
pub struct Follower {
    path: PathBuf,
    followed: RwLock<Followed>,
    /// Held while catching up, so that one does it for all who wait.
    catching_up: Mutex<()>,
    entries: watch::Sender<u64>,
}

impl Follower {
    /// Replays the record in a directory. `progress` is told entries applied and all entries.
    ///
    /// # Errors
    /// As [`replay`].
    pub fn open(path: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<Self, Fault> {
        let mut federation = Federation::default();
        let checkpoint = replay(path, &mut federation, progress)?;
        let entries = watch::Sender::new(checkpoint.size);
        let followed = RwLock::new(Followed { federation, checkpoint });
        Ok(Self { path: path.to_owned(), followed, catching_up: Mutex::new(()), entries })
    }

    /// The state now. Nothing is applied while this is held, so it is to be dropped soon.
    pub fn read(&self) -> RwLockReadGuard<'_, Followed> {
        // A panic while an entry was applied would have ended the process of whoever applied it; readers cannot
        // poison the lock.
        self.followed.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The directory of the record.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The number of entries whenever it grows.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.entries.subscribe()
    }

    /// Applies what was added since. Blocks; not to be called from an asynchronous task.
    ///
    /// # Errors
    /// A fault of the machine, or an entry that does not fit.
    pub fn catch_up(&self) -> Result<u64, Fault> {
        let _one = self.catching_up.lock().unwrap_or_else(PoisonError::into_inner);
        let reader = Reader::open(&self.path)?;
        let before = self.read().checkpoint.size;
        let checkpoint = reader.checkpoint().clone();
        if checkpoint.size == before {
            return Ok(before);
        }
        let events = (before..checkpoint.size)
            .map(|position| {
                let entry = reader.entry(position)?;
                Federation::read(&entry).map_err(|problem| Fault::Unappliable { position, problem })
            })
            .collect::<Result<Vec<_>, _>>()?;
        let mut followed = self.followed.write().unwrap_or_else(PoisonError::into_inner);
        for (position, event) in (before..).zip(events) {
            followed
                .federation
                .apply(event, &reader)
                .map_err(|problem| Fault::Unappliable { position, problem })?;
            followed.checkpoint.size = position + 1;
        }
        followed.checkpoint = checkpoint;
        let size = followed.checkpoint.size;
        drop(followed);
        self.entries.send_replace(size);
        Ok(size)
    }
}

/// Attachments of the record, read when a page needs them.
pub struct Kept<'a>(pub &'a Path);

impl Files for Kept<'_> {
    fn get(&self, hash: &Hash) -> Option<Cow<'_, [u8]>> {
        let reader = Reader::open(self.0).ok()?;
        reader.attachment(&Digest::from_bytes(hash.0)).ok().flatten().map(Cow::Owned)
    }
}
