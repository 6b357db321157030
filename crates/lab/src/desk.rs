//! Where the lab's people hand in their commands. The lab decides nothing: the core does, behind the desk.

use mandate_assembly::ids::Hash;
use mandate_assembly::{Command, Entry, Refusal, State, apply, decide};
use mandate_record::federation::Federation as RecordedFederation;
use mandate_record::{Fault, Keeper, Record, SubmitError};
use std::collections::BTreeMap;
use std::path::Path;

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

/// A desk in front of a record: what it took is durable once [`RecordDesk::commit`] has returned.
pub struct RecordDesk {
    keeper: Keeper<RecordedFederation>,
    uncommitted: usize,
}

/// How many commands are committed together. The lab waits for nobody's answer, so a batch may be large.
const BATCH_COMMANDS: usize = 4096;

impl RecordDesk {
    /// Opens a record for writing, making it where there is none.
    ///
    /// # Errors
    /// A fault of the machine, or a record that is damaged or held by another process.
    pub fn open(directory: &Path, origin: &str) -> Result<Self, Fault> {
        let record = match Record::open(directory) {
            Err(Fault::NoRecord { .. }) => Record::create(directory, origin)?,
            opened => opened?,
        };
        let keeper = Keeper::open(record, RecordedFederation::default)?;
        Ok(Self { keeper, uncommitted: 0 })
    }

    /// Makes everything durable that was taken so far.
    ///
    /// # Errors
    /// A fault of the machine; then nothing since the last commit is kept.
    pub fn commit(&mut self) -> Result<(), Fault> {
        self.uncommitted = 0;
        self.keeper.commit()
    }

    /// The record's checkpoint after the last commit: name, size and root.
    pub fn checkpoint(&self) -> mandate_record::Checkpoint {
        self.keeper.record().checkpoint()
    }
}

impl Desk for RecordDesk {
    fn submit(&mut self, command: Command) -> Result<(), DeskError> {
        let submitted = self.keeper.submit(command).map_err(|error| match error {
            SubmitError::Refused(refusal) => DeskError::Refused(refusal),
            SubmitError::Fault(fault) => DeskError::Fault(fault.to_string()),
            SubmitError::Stopped => DeskError::Fault(SubmitError::<Refusal>::Stopped.to_string()),
        });
        submitted?;
        self.uncommitted += 1;
        if self.uncommitted >= BATCH_COMMANDS {
            self.commit().map_err(|fault| DeskError::Fault(fault.to_string()))?;
        }
        Ok(())
    }

    fn state(&mut self) -> Result<&State, DeskError> {
        let machine = self.keeper.machine().map_err(|fault| DeskError::Fault(fault.to_string()))?;
        Ok(machine.state())
    }
}
