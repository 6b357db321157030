//! Where the lab's people hand in their commands. The lab decides nothing: the core does, behind the desk.

use mandate_assembly::ids::Hash;
use mandate_assembly::{Command, Entry, Refusal, State, apply, decide};
use std::collections::BTreeMap;

/// Takes commands and shows the state that they lead to.
pub trait Desk {
    /// Hands in a command.
    ///
    /// # Errors
    /// The core's refusal, or a fault of whatever keeps the record.
    fn submit(&mut self, command: Command) -> Result<(), DeskError>;

    /// The state now.
    ///
    /// # Errors
    /// A fault of whatever keeps the record.
    fn state(&mut self) -> Result<&State, DeskError>;
}

/// Why a command was not taken.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The rules forbid it.
    #[error("refused: {0}")]
    Refused(Refusal),
    /// The machine failed.
    #[error("{0}")]
    Fault(String),
}

/// A desk that keeps everything in memory, for tests and for charters on trial.
#[derive(Default)]
pub struct MemoryDesk {
    state: State,
    /// All entries so far.
    pub entries: Vec<Entry>,
    /// All attachments by hash.
    pub files: BTreeMap<Hash, Vec<u8>>,
}

impl Desk for MemoryDesk {
    fn submit(&mut self, command: Command) -> Result<(), DeskError> {
        let decision = decide(&self.state, &command, &self.files).map_err(DeskError::Refused)?;
        for blob in decision.attachments {
            self.files.insert(blob.hash(), blob.0);
        }
        for event in decision.events {
            let entry =
                Entry { v: mandate_assembly::event::VERSION, at: command.at, by: command.by.clone(), event };
            apply(&mut self.state, &entry, &self.files)
                .map_err(|misfit| DeskError::Fault(misfit.to_string()))?;
            self.entries.push(entry);
        }
        Ok(())
    }

    fn state(&mut self) -> Result<&State, DeskError> {
        Ok(&self.state)
    }
}
