//! What is wrong with a file, and where.

use thiserror::Error;

/// A place in a file that its format does not allow.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}, column {column}: {message}; {remedy}")]
pub struct ReadError {
    /// The line, from 1.
    pub line: u64,
    /// The column in bytes, from 1.
    pub column: u64,
    /// What was found and what was expected.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

/// Why a file could not be read.
#[derive(Debug, Error)]
pub enum ReadFailure {
    /// The file's content.
    #[error(transparent)]
    Content(#[from] ReadError),
    /// The machine: the file could not be read to its end.
    #[error("{0}")]
    Machine(#[from] std::io::Error),
}
