//! What a decision is made from, and what it is.

use crate::event::Event;
use crate::ids::{Blob, Hash, MemberId};
use crate::refusal::Refusal;
use jiff::Timestamp;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// Where the bytes of attachments are found by their hash.
pub trait Files {
    /// The bytes that hash to `hash`; none where they were never kept, or were erased after their retention.
    fn get(&self, hash: &Hash) -> Option<Cow<'_, [u8]>>;
}

impl Files for BTreeMap<Hash, Vec<u8>> {
    fn get(&self, hash: &Hash) -> Option<Cow<'_, [u8]>> {
        BTreeMap::get(self, hash).map(|bytes| Cow::Borrowed(bytes.as_slice()))
    }
}

/// Who asks, when, and where attachments are read.
pub struct Context<'a> {
    pub at: Timestamp,
    pub by: &'a MemberId,
    pub files: &'a dyn Files,
}

impl Context<'_> {
    /// An attachment that the state says is kept.
    ///
    /// # Errors
    /// Refused where its bytes are gone.
    pub fn file(&self, hash: &Hash) -> Result<Cow<'_, [u8]>, Refusal> {
        self.files.get(hash).ok_or(Refusal::AttachmentMissing { hash: *hash })
    }
}

/// What a command brings about: its events in order, and the attachments that they name.
#[derive(Debug, Default, PartialEq)]
pub struct Decision {
    pub events: Vec<Event>,
    pub attachments: Vec<Blob>,
}

impl Decision {
    /// These events, nothing attached.
    pub fn events(events: Vec<Event>) -> Self {
        Self { events, attachments: Vec::new() }
    }

    /// Adds an attachment.
    #[must_use]
    pub fn with(mut self, blob: &Blob) -> Self {
        self.attachments.push(blob.clone());
        self
    }
}

impl From<Event> for Decision {
    fn from(event: Event) -> Self {
        Self::events(vec![event])
    }
}

/// A decision, or why there is none.
pub type Decided = Result<Decision, Refusal>;

/// An entry that does not fit the state before it: the record was not written by these rules, or was altered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit(String);

impl Misfit {
    /// Something that the entry names does not exist.
    pub fn no(what: &str, id: &dyn fmt::Display) -> Self {
        Self(format!("it names the {what} {id}, which does not exist before it"))
    }

    /// Anything else that does not fit.
    pub fn because(reason: impl fmt::Display) -> Self {
        Self(reason.to_string())
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Misfit {}
