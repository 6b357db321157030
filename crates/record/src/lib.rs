//! Append-only storage with a Merkle log and content-addressed attachments.

pub mod checkpoint;
pub mod digest;
pub mod entry;
pub mod note;
pub mod proof;
pub mod tree;

pub use checkpoint::Checkpoint;
pub use digest::Digest;
