//! The layout of an exported record: a folder that standard tools can read and check.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `entries.jsonl` | the entries, one a line, as they were first written |
//! | `tree-heads` | size and root after every commit, one a line: decimal, space, hexadecimal |
//! | `attachments/<sha256>` | the attachments, each named by the hash of its content |
//! | `checkpoint` | name, size and root in the form of C2SP's tlog-checkpoint |
//! | `SHA256SUMS` | the hashes of all other files but `checkpoint`, for `sha256sum --check` |

use std::path::{Path, PathBuf};

/// The paths inside an exported folder.
pub(crate) struct Folder<'a> {
    pub(crate) path: &'a Path,
}

impl Folder<'_> {
    pub(crate) fn entries(&self) -> PathBuf {
        self.path.join("entries.jsonl")
    }

    pub(crate) fn tree_heads(&self) -> PathBuf {
        self.path.join("tree-heads")
    }

    pub(crate) fn attachments(&self) -> PathBuf {
        self.path.join("attachments")
    }

    pub(crate) fn checkpoint(&self) -> PathBuf {
        self.path.join("checkpoint")
    }

    pub(crate) fn sums(&self) -> PathBuf {
        self.path.join("SHA256SUMS")
    }
}
