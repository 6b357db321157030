//! How a command ends when it does not succeed.

use std::fmt;

/// A command's failure: what is printed on standard error, and the exit code it stands for.
#[derive(Debug)]
pub struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    /// A check or a decision failed: exit code 1.
    pub fn check(message: impl fmt::Display) -> Self {
        Self { code: 1, message: message.to_string() }
    }

    /// Bad input: exit code 2. The message names file, line and column where there are any, what was expected,
    /// and what to do.
    pub fn input(message: impl fmt::Display) -> Self {
        Self { code: 2, message: message.to_string() }
    }

    /// A fault of the machine (disk full, database gone): exit code 3.
    pub fn machine(message: impl fmt::Display) -> Self {
        Self { code: 3, message: message.to_string() }
    }

    /// Whoever read the output has gone (`| head`): nothing is wrong, and there is nobody to tell.
    pub fn reader_gone() -> Self {
        Self { code: 0, message: String::new() }
    }

    /// The exit code.
    pub fn code(&self) -> u8 {
        self.code
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
