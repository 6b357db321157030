//! Replay: the machine's state anew from the record alone.

use crate::checkpoint::Checkpoint;
use crate::directory::Directory;
use crate::fault::Fault;
use crate::machine::Machine;
use crate::reader::Reader;
use crate::scan::{Stop, scan};
use crate::tree::Frontier;
use crate::verify::{Difference, Place};
use std::path::Path;

/// Applies every entry of the record to a fresh machine, in order, and checks on the way that the entries are as
/// hashed and have the root that the last tree head says. What comes back says how far the record goes.
/// `progress` is told the number of entries applied and of all entries.
///
/// # Errors
/// A record that is damaged, an entry that the machine cannot read or apply, or a fault of the machine.
pub fn replay<M: Machine>(
    path: &Path,
    machine: &mut M,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Checkpoint, Fault> {
    let reader = Reader::open(path)?;
    let checkpoint = reader.checkpoint().clone();
    let inspect = |position, bytes: &[u8]| {
        M::read(bytes).map_err(|problem| Stop::Fault(Fault::Unappliable { position, problem }))
    };
    let mut frontier = Frontier::default();
    let scanned = scan(&Directory::new(path), checkpoint.size, inspect, |entries| {
        for entry in entries {
            let position = frontier.size();
            machine
                .apply(entry.content, &reader)
                .map_err(|problem| Stop::Fault(Fault::Unappliable { position, problem }))?;
            frontier.push(entry.leaf);
        }
        progress(frontier.size(), checkpoint.size);
        Ok(())
    });
    let damaged = |difference| Fault::Damaged { path: path.to_owned(), difference };
    match scanned {
        Err(Stop::Fault(fault)) => return Err(fault),
        Err(Stop::Difference(difference)) => return Err(damaged(difference)),
        Ok(()) => {}
    }
    if frontier.root() != checkpoint.root {
        let problem = format!("it says {}, the entries give {}", checkpoint.root, frontier.root());
        return Err(damaged(Difference::new(Place::TreeHead(checkpoint.size), problem)));
    }
    Ok(checkpoint)
}
