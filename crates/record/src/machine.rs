//! What the record asks of the core that decides: five functions, and nothing about federations.

use crate::digest::Digest;
use crate::fault::Fault;

/// A deterministic core whose entries a record keeps.
///
/// The same entries in the same order MUST give the same state. Neither function may read a clock, draw random
/// numbers or do input and output other than through `attachments`.
pub trait Machine: Send + 'static {
    /// What someone wants done.
    type Command: Send + 'static;
    /// What they are told once it is done.
    type Answer: Send + 'static;
    /// Why it is not done.
    type Refusal: Send + 'static;
    /// An entry as the machine reads it.
    type Event: Send;

    /// Decides on a command in the present state, without changing it.
    ///
    /// # Errors
    /// The refusal, or a fault in reading an attachment.
    fn decide(
        &self,
        command: Self::Command,
        attachments: &dyn Attachments,
    ) -> Result<Decision<Self::Answer>, Declined<Self::Refusal>>;

    /// Reads an entry. Pure, so that entries can be read on several cores.
    ///
    /// # Errors
    /// What is wrong with the entry.
    fn read(entry: &[u8]) -> Result<Self::Event, String>;

    /// Changes the state as the entry says. An error leaves the machine unusable; it is dropped then.
    ///
    /// # Errors
    /// Why the entry does not fit the state.
    fn apply(&mut self, event: Self::Event, attachments: &dyn Attachments) -> Result<(), String>;
}

/// What a machine decided on a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision<A> {
    /// The entries that say so, in order: see [`crate::entry::Envelope`].
    pub entries: Vec<Vec<u8>>,
    /// The content of attachments that these entries name.
    pub attachments: Vec<Vec<u8>>,
    /// The answer to whoever sent the command.
    pub answer: A,
}

/// Why a machine decided nothing.
#[derive(Debug)]
pub enum Declined<R> {
    /// The rules forbid it.
    Refusal(R),
    /// An attachment could not be read.
    Fault(Fault),
}

impl<R> From<Fault> for Declined<R> {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// Where the content of attachments is found by hash.
pub trait Attachments {
    /// The content; nothing if the record never had it or it is erased.
    ///
    /// # Errors
    /// A fault of the machine.
    fn attachment(&self, hash: &Digest) -> Result<Option<Vec<u8>>, Fault>;
}
