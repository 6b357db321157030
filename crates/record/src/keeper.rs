//! The record together with the machine that decides what is written in it.

use crate::fault::Fault;
use crate::machine::{Decision, Declined, Machine};
use crate::record::Record;
use crate::replay::replay;
use std::ops::Range;
use std::sync::Arc;

/// A record open for writing and the machine whose state it is.
///
/// Commands are decided one after the other, each in the state that the ones before it have left, and committed
/// together. An answer MUST NOT be passed on before [`Keeper::commit`] has returned: until then its entries are
/// not durable.
pub struct Keeper<M: Machine> {
    record: Record,
    fresh: Box<dyn Fn() -> M + Send>,
    /// None after a fault, until the state has been replayed from what is committed.
    machine: Option<M>,
}

/// What was done on a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted<A> {
    /// The machine's answer.
    pub answer: A,
    /// The positions of the entries written.
    pub entries: Range<u64>,
}

/// Why nothing was done on a command.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SubmitError<R> {
    /// The rules forbid it. Nothing was written.
    #[error("refused: {0}")]
    Refused(R),
    /// The machine failed. Nothing was acknowledged; whether the command's entries are in the record shows when it
    /// is opened again.
    #[error(transparent)]
    Fault(Arc<Fault>),
    /// The writer has stopped. Nothing was written.
    #[error("the record's writer has stopped")]
    Stopped,
}

impl<M: Machine> Keeper<M> {
    /// Replays the record into a machine that `fresh` makes.
    ///
    /// # Errors
    /// As [`replay`].
    pub fn open(record: Record, fresh: impl Fn() -> M + Send + 'static) -> Result<Self, Fault> {
        let mut keeper = Self { record, fresh: Box::new(fresh), machine: None };
        keeper.restore()?;
        Ok(keeper)
    }

    /// The record.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// The record, to set its limits.
    pub fn record_mut(&mut self) -> &mut Record {
        &mut self.record
    }

    /// The machine in the state that all decided commands have left, committed or not.
    ///
    /// # Errors
    /// A fault in restoring the state after an earlier fault.
    pub fn machine(&mut self) -> Result<&M, Fault> {
        self.restore()?;
        Ok(self.machine.as_ref().expect("restored"))
    }

    /// Decides on a command and stages what follows from it.
    ///
    /// # Errors
    /// A refusal, which leaves everything as it was, or a fault. After a fault [`Keeper::has_staged`] says whether
    /// the commands before it are still staged; if not, they are undone and MUST be answered with the fault.
    pub fn submit(&mut self, command: M::Command) -> Result<Accepted<M::Answer>, SubmitError<M::Refusal>> {
        self.restore().map_err(fault)?;
        self.decide(command).map_err(|failed| match failed {
            Failed::Unchanged(error) => error,
            Failed::Broken(error) => {
                self.drop_staged();
                fault(error)
            }
        })
    }

    fn decide(&mut self, command: M::Command) -> Result<Accepted<M::Answer>, Failed<M::Refusal>> {
        let machine = self.machine.as_mut().expect("restored");
        let Decision { entries, attachments, answer } =
            machine.decide(command, &self.record).map_err(|declined| match declined {
                Declined::Refusal(refusal) => Failed::Unchanged(SubmitError::Refused(refusal)),
                Declined::Fault(error) => Failed::Unchanged(fault(error)),
            })?;
        let positions = self.record.stage(&entries, &attachments).map_err(|error| match error {
            Fault::Unkeepable(_) => Failed::Unchanged(fault(error)),
            _ => Failed::Broken(error),
        })?;
        for (entry, position) in entries.iter().zip(positions.clone()) {
            // The entry is read back even though the machine has just written it, so that a replay can only give
            // the state that this gives.
            M::read(entry)
                .and_then(|event| machine.apply(event, &self.record))
                .map_err(|problem| Failed::Broken(Fault::Unappliable { position, problem }))?;
        }
        Ok(Accepted { answer, entries: positions })
    }

    /// Commits what is staged.
    ///
    /// # Errors
    /// A fault of the machine. All commands since the last commit are undone then, and MUST be answered with it.
    pub fn commit(&mut self) -> Result<(), Fault> {
        // After a fault what is still staged is to be dropped, never committed.
        self.restore()?;
        self.record.commit().inspect_err(|_| self.drop_staged())
    }

    /// Whether decided commands wait for a commit.
    pub fn has_staged(&self) -> bool {
        self.machine.is_some() && self.record.has_staged()
    }

    /// Drops the state, which holds effects that the record will not, and all that is staged.
    fn drop_staged(&mut self) {
        self.machine = None;
        // A rollback that fails leaves the transaction open; `restore` tries again before anything else is done.
        let _ = self.record.roll_back();
    }

    fn restore(&mut self) -> Result<(), Fault> {
        if self.machine.is_some() {
            return Ok(());
        }
        self.record.roll_back()?;
        let mut machine = (self.fresh)();
        replay(self.record.directory().path(), &mut machine, &mut |_, _| {})?;
        self.machine = Some(machine);
        Ok(())
    }
}

/// A command that came to nothing.
enum Failed<R> {
    /// Record and state are as they were.
    Unchanged(SubmitError<R>),
    /// What is staged and the state may be half done.
    Broken(Fault),
}

fn fault<R>(fault: Fault) -> SubmitError<R> {
    SubmitError::Fault(Arc::new(fault))
}
