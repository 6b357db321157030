//! Where the record meets the core: a federation as the machine whose entries the record keeps.

use crate::digest::Digest;
use crate::entry::Envelope;
use crate::fault::Fault;
use crate::machine::{Attachments, Decision, Declined, Machine};
use crate::replay::replay;
use crate::verify::{Difference, Place};
use mandate_assembly::audit::{Looked, audit};
use mandate_assembly::ids::Hash;
use mandate_assembly::{Command, Entry, Event, Files, Refusal, State, retention};
use std::borrow::Cow;
use std::cell::RefCell;
use std::path::Path;

/// A federation's state, changed by what its record says and by nothing else.
#[derive(Debug, Default)]
pub struct Federation {
    state: State,
    audit: Option<Audit>,
}

/// How much of a record could be computed anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    /// Results that were computed again and are the same.
    pub same: u64,
    /// Results that cannot be computed any more, as their ballots were erased after their retention.
    pub erased: u64,
}

impl Federation {
    /// The state.
    pub fn state(&self) -> &State {
        &self.state
    }
}

impl Machine for Federation {
    type Command = Command;
    /// The events that the command brought about.
    type Answer = Vec<Event>;
    type Refusal = Refusal;
    type Event = Entry;

    fn decide(
        &self,
        command: Command,
        attachments: &dyn Attachments,
    ) -> Result<Decision<Vec<Event>>, Declined<Refusal>> {
        let files = FilesOfRecord::new(attachments);
        let decided = mandate_assembly::decide(&self.state, &command, &files);
        files.fault()?;
        let decision = decided.map_err(Declined::Refusal)?;
        let (at, by) = (command.at.to_string(), command.by.as_str());
        let entries = decision.events.iter().map(|event| entry(&at, by, event)).collect();
        let attachments = decision.attachments.into_iter().map(|blob| blob.0).collect();
        Ok(Decision { entries, attachments, answer: decision.events })
    }

    fn read(entry: &[u8]) -> Result<Entry, String> {
        serde_json::from_slice(entry).map_err(|error| error.to_string())
    }

    fn apply(&mut self, entry: Entry, attachments: &dyn Attachments) -> Result<(), String> {
        let files = FilesOfRecord::new(attachments);
        let applied = self.audit_entry(&entry, &files).and_then(|()| {
            mandate_assembly::apply(&mut self.state, &entry, &files).map_err(|misfit| misfit.to_string())
        });
        files.fault().map_err(|fault| fault.to_string())?;
        applied
    }
}

impl Federation {
    fn audit_entry(&mut self, entry: &Entry, files: &dyn Files) -> Result<(), String> {
        let Some(audited) = &mut self.audit else { return Ok(()) };
        match audit(&self.state, entry, files).map_err(|difference| difference.to_string())? {
            Looked::NothingToCompute => {}
            Looked::Same => audited.same += 1,
            Looked::Erased(_) => audited.erased += 1,
        }
        Ok(())
    }
}

/// The entry of an event, which names the attachments that the event names.
fn entry(at: &str, by: &str, event: &Event) -> Vec<u8> {
    let mut named: Vec<Digest> = event.attachments().iter().map(|(hash, _)| digest(hash)).collect();
    named.sort_unstable();
    named.dedup();
    let erased = match event {
        Event::Retention(retention::Happened::Erased { attachment }) => vec![digest(attachment)],
        _ => Vec::new(),
    };
    Envelope::new(at, by, event)
        .attaching(&named)
        .erasing(&erased)
        .to_bytes()
        .expect("events have a JSON form: every map in them has texts as keys")
}

fn digest(hash: &Hash) -> Digest {
    Digest::from_bytes(hash.0)
}

/// The record's attachments as the core reads them. A fault in reading is kept for whoever asked the core.
struct FilesOfRecord<'a> {
    attachments: &'a dyn Attachments,
    fault: RefCell<Option<Fault>>,
}

impl<'a> FilesOfRecord<'a> {
    fn new(attachments: &'a dyn Attachments) -> Self {
        Self { attachments, fault: RefCell::new(None) }
    }

    fn fault(self) -> Result<(), Fault> {
        self.fault.into_inner().map_or(Ok(()), Err)
    }
}

impl Files for FilesOfRecord<'_> {
    fn get(&self, hash: &Hash) -> Option<Cow<'_, [u8]>> {
        match self.attachments.attachment(&digest(hash)) {
            Ok(content) => content.map(Cow::Owned),
            Err(fault) => {
                self.fault.replace(Some(fault));
                None
            }
        }
    }
}

/// Replays a federation's record and computes every result in it anew: seats from the roll, winners from the ballots,
/// majorities from the votes, plans by their certificates. What comes back is the state with what could be computed,
/// or the first entry that says something else. `progress` is told the number of entries applied and of all entries.
///
/// # Errors
/// A damaged record (see [`crate::verify()`]) or a fault of the machine.
pub fn check_results(
    path: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Result<(Federation, Audit), Difference>, Fault> {
    let mut federation = Federation { audit: Some(Audit::default()), ..Federation::default() };
    match replay(path, &mut federation, progress) {
        Ok(_) => {
            let audit = federation.audit.take().unwrap_or_default();
            Ok(Ok((federation, audit)))
        }
        Err(Fault::Unappliable { position, problem }) => {
            Ok(Err(Difference::new(Place::Entry(position), problem)))
        }
        Err(fault) => Err(fault),
    }
}
