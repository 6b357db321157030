//! Append-only storage with a Merkle log and content-addressed attachments.
