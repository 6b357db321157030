//! The audit: what the record says was found is found again, from the ballots, rolls and plans that it keeps.
//!
//! Applying an entry takes its result as written, so that replay is quick. The audit computes every result anew from
//! the state before the entry: seats from the roll, winners from the ballots, majorities from the answers, plans by
//! multiplying their certificates through.

use crate::decision::{Context, Files};
use crate::event::{Entry, Event};
use crate::ids::Hash;
use crate::refusal::Refusal;
use crate::state::{Federation, State};
use crate::{assembly, ballot, box_of_paper, plan, recall, vacancy, vote};
use std::fmt;

/// A result in the record that is not what its own material gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What was computed anew.
    pub what: String,
    /// What the record says.
    pub recorded: String,
    /// What its material gives.
    pub found: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: the record says {}, its own material gives {}", self.what, self.recorded, self.found)
    }
}

/// What became of looking at one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Looked {
    /// The entry holds no computed result.
    NothingToCompute,
    /// The same result was found.
    Same,
    /// It cannot be computed any more: its ballots were erased after their retention.
    Erased(Hash),
}

/// Computes an entry's result anew, given the state before it.
///
/// # Errors
/// Where the record says something else.
pub fn audit(state: &State, entry: &Entry, files: &dyn Files) -> Result<Looked, Difference> {
    let Some(federation) = state.federation.as_deref() else { return Ok(Looked::NothingToCompute) };
    let context = Context { at: entry.at, by: &entry.by, files };
    match &entry.event {
        Event::Assembly(assembly::Happened::TermOpened { assembly, seats, .. }) => {
            let what = format!("seats of {assembly}");
            compare(what, seats, assembly::apportion(federation, assembly))
        }
        Event::Ballot(ballot::Happened::Counted { election: id, outcome }) => {
            let found = federation.election(*id).and_then(|election| {
                if outcome.seed.is_some_and(|seed| Hash::of(&seed.0) != election.lot_commitment) {
                    return Err(Refusal::SeedDoesNotMatch { commitment: election.lot_commitment });
                }
                ballot::outcome(federation, election, &context, outcome.seed)
            });
            compare(format!("count of election {id}"), outcome, found)
        }
        Event::Vacancy(recorded @ vacancy::Happened::Filled { body, office, .. }) => {
            compare("substitute".into(), recorded, vacancy::filling(federation, &context, body, office))
        }
        Event::Vote(vote::Happened::Closed { vote, result }) => {
            compare(format!("result of vote {vote}"), result, vote::result(federation, *vote, entry.at))
        }
        Event::Recall(recall::Happened::Counted { recall: id, count, recalled }) => {
            let found = recall_found(federation, *id, count, &context);
            compare(format!("recall {id}"), &(count.voted, *recalled), found)
        }
        Event::Plan(plan::Happened::Submitted { title, economy, plan: bytes, figures, .. }) => {
            let read = plan::read_files(files, economy, bytes);
            let found = read.and_then(|(economy, plan)| plan::checked_figures(federation, &economy, &plan));
            compare(format!("certificate of variant {title:?}"), figures, found)
        }
        _ => Ok(Looked::NothingToCompute),
    }
}

fn recall_found(
    federation: &Federation,
    id: crate::ids::RecallId,
    count: &box_of_paper::PaperCount,
    context: &Context<'_>,
) -> Result<(u64, bool), Refusal> {
    let recall = federation.recall(id)?;
    let Some((_, electorate, entitled)) = &recall.called else {
        return Err(Refusal::RecallNotCalled { recall: id });
    };
    let roll = crate::ids::Blob(context.file(&count.marked_roll)?.into_owned());
    let voted = box_of_paper::read_marked(federation, electorate, &recall.body, &roll)?;
    let article = federation.recall_article(&recall.office)?;
    Ok((voted, recall::is_recalled(article, count, *entitled)))
}

fn compare<T: PartialEq + fmt::Debug>(
    what: String,
    recorded: &T,
    found: Result<T, Refusal>,
) -> Result<Looked, Difference> {
    match found {
        Ok(found) if found == *recorded => Ok(Looked::Same),
        Ok(found) => Err(Difference { what, recorded: format!("{recorded:?}"), found: format!("{found:?}") }),
        Err(Refusal::AttachmentMissing { hash }) => Ok(Looked::Erased(hash)),
        Err(refusal) => {
            Err(Difference { what, recorded: format!("{recorded:?}"), found: refusal.to_string() })
        }
    }
}
