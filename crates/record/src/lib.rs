//! Append-only storage with a Merkle log and content-addressed attachments.
//!
//! A record is a directory that keeps what a deterministic [`Machine`] decides: entries, each one line of JSON
//! kept as it was first written, and attachments by the hash of their content. Over the entries stands the tree of
//! RFC 6962, so that anyone with a copy can check the whole ([`verify()`]), and anyone with a checkpoint can be shown
//! that an entry is in it, or that it still continues what it was ([`Reader`]).
//!
//! One process writes ([`Keeper`], or [`Writer`] for many senders); any number read beside it. Personal data is
//! kept apart, in the [`Register`], which can forget.

pub mod backup;
pub mod checkpoint;
pub mod digest;
pub mod directory;
pub mod entry;
pub mod export;
pub mod fault;
pub mod federation;
mod folder;
mod heads;
pub mod import;
pub mod keeper;
pub mod machine;
pub mod note;
pub mod proof;
pub mod reader;
pub mod record;
pub mod register;
pub mod replay;
mod scan;
mod tables;
pub mod tree;
pub mod verify;
pub mod writer;

pub use backup::{backup, restore};
pub use checkpoint::Checkpoint;
pub use digest::Digest;
pub use directory::Directory;
pub use export::export;
pub use fault::{Concern, Fault};
pub use federation::Federation;
pub use import::import;
pub use keeper::{Accepted, Keeper, SubmitError};
pub use machine::{Attachments, Decision, Declined, Machine};
pub use proof::{ConsistencyProof, InclusionProof};
pub use reader::Reader;
pub use record::Record;
pub use register::Register;
pub use replay::replay;
pub use tables::record::RECORD_FORMAT;
pub use verify::{Difference, Place, Verification, verify};
pub use writer::{Handle, Limits, Writer};
