//! The audit: what the record says was found is found again, from the ballots, rolls and plans that it keeps.
//!
//! Applying an entry takes its result as written, so that replay is quick. The audit computes every result anew from
//! the state before the entry: seats from the roll, winners from the ballots, majorities from the answers, plans by
//! multiplying their certificates through.

use crate::box_of_paper::PaperCount;
use crate::decision::{Context, Files};
use crate::electorate::Electorate;
use crate::event::{Entry, Event};
use crate::ids::{AssemblyId, Blob, Hash};
use crate::refusal::Refusal;
use crate::state::{Federation, State};
use crate::{
    assembly, ballot, box_of_paper, election, meeting, plan, recall, referendum, secret, vacancy, vote,
};
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
            compare(format!("result of vote {vote}"), result, vote::result(federation, &context, *vote))
        }
        Event::Recall(recall::Happened::Counted { recall: id, count, recalled }) => {
            let found = recall_found(federation, *id, count, &context);
            compare(format!("recall {id}"), &(count.clone(), *recalled), found)
        }
        Event::Ballot(ballot::Happened::BoxCounted { election: id, found: recorded }) => {
            let found = box_found(federation, *id, recorded, &context);
            compare(format!("box of election {id}"), recorded, found)
        }
        Event::Referendum(referendum::Happened::Counted { referendum: id, workplace, count }) => {
            let found = referendum_found(federation, *id, workplace, count, &context);
            compare(format!("box of {workplace}"), count, found)
        }
        Event::Election(election::Happened::Called { body, office, seats, term, entitled, .. }) => {
            let found = election::seats_to_fill(federation, body, office, entry.at)
                .and_then(|(seats, term)| Ok((seats, term, entitled_in(federation, body, entry.at)?)));
            compare(format!("seats of an election in {body}"), &(*seats, *term, *entitled), found)
        }
        Event::Meeting(meeting::Happened::Opened { meeting: id, entitled }) => {
            let body = federation.meeting(*id).map(|meeting| &meeting.assembly);
            let found = body.and_then(|body| entitled_in(federation, body, entry.at));
            compare(format!("members entitled in meeting {id}"), entitled, found)
        }
        Event::Vote(vote::Happened::Put { meeting, way, entitled, .. }) => {
            let found = federation.meeting(*meeting);
            let found = found.map(|meeting| vote::entitled_votes(meeting, (*way).into()));
            compare(format!("votes entitled in meeting {meeting}"), entitled, found)
        }
        Event::Recall(recall::Happened::Called { recall: id, entitled }) => {
            let found = federation.recall(*id);
            let found = found.and_then(|recall| entitled_in(federation, &recall.body, entry.at));
            compare(format!("members entitled in recall {id}"), entitled, found)
        }
        Event::Referendum(referendum::Happened::Called { entitled, .. }) => {
            let found = referendum::entitled_in_all(federation, entry.at);
            compare("members entitled in a vote of all".into(), entitled, Ok(found))
        }
        Event::Referendum(recorded @ referendum::Happened::Closed { referendum: id, .. }) => {
            let found = federation.referendum(*id);
            let found = found.map(|called| referendum::closing(federation, *id, called).0);
            compare(format!("vote of all members {id}"), recorded, found)
        }
        Event::Secret(happened) => secret_found(federation, happened, &context),
        Event::Plan(plan::Happened::Submitted { title, economy, plan: bytes, figures, .. }) => {
            let read = plan::read_files(files, economy, bytes);
            let found = read.and_then(|(economy, plan)| plan::checked_figures(federation, &economy, &plan));
            compare(format!("certificate of variant {title:?}"), figures, found)
        }
        _ => Ok(Looked::NothingToCompute),
    }
}

fn entitled_in(federation: &Federation, body: &AssemblyId, at: jiff::Timestamp) -> Result<u64, Refusal> {
    Ok(Electorate::freeze(federation, body, at)?.size(federation))
}

fn recall_found(
    federation: &Federation,
    id: crate::ids::RecallId,
    count: &PaperCount,
    context: &Context<'_>,
) -> Result<(PaperCount, bool), Refusal> {
    let recall = federation.recall(id)?;
    let Some((_, electorate, entitled)) = &recall.called else {
        return Err(Refusal::RecallNotCalled { recall: id });
    };
    let mut found = paper_found(federation, electorate, &recall.body, count, context)?;
    if recall::is_secret(federation, id)? {
        found = recall::with_opened(federation, secret::Subject::Recall(id), found)?;
    }
    let recalled = recall::is_recalled(federation.recall_article(&recall.office)?, &found, *entitled);
    Ok((found, recalled))
}

fn referendum_found(
    federation: &Federation,
    id: crate::ids::ReferendumId,
    workplace: &crate::ids::WorkplaceId,
    count: &PaperCount,
    context: &Context<'_>,
) -> Result<PaperCount, Refusal> {
    let called = federation.referendum(id)?.called;
    let electorate = federation.workplace_electorate(workplace, called)?;
    paper_found(federation, &electorate, federation.assembly_of_workplace(workplace)?, count, context)
}

/// A step of a secret ballot, looked at once more in its archive.
fn secret_found(
    federation: &Federation,
    happened: &secret::Happened,
    context: &Context<'_>,
) -> Result<Looked, Difference> {
    let file = |hash: &Hash| context.file(hash).map(|bytes| Blob(bytes.into_owned()));
    match happened {
        secret::Happened::SetUp { on, setup } => {
            let found = file(&setup.archive).and_then(|archive| {
                let roll = setup.paper_roll.as_ref().map(file).transpose()?;
                secret::set_up(federation, *on, &archive, setup.holders, roll.as_ref())
            });
            compare(format!("setup of the secret ballot of {on}"), setup, found)
        }
        secret::Happened::Sealed { on, sealed } => {
            let found = file(&sealed.archive)
                .and_then(|archive| secret::seal(*on, &federation.secret_ballot(*on)?.setup, &archive));
            compare(format!("sealed box of {on}"), sealed, found)
        }
        secret::Happened::Opened { on, opened } => {
            let found = file(&opened.archive).and_then(|archive| {
                let sealed = federation.secret_ballot(*on)?.sealed.as_ref();
                let sealed = sealed.ok_or_else(|| Refusal::no_such("sealed box of", on))?;
                // Where the sealed box is kept no more, nobody has looked at its ballots just now.
                let trusted_bytes = file(&sealed.archive).map_or(0, |_| sealed.bytes);
                secret::open(federation, *on, sealed, &archive, trusted_bytes).map(|(opened, _)| opened)
            });
            compare(format!("opened box of {on}"), opened, found)
        }
    }
}

/// A box of yes-or-no papers, set once more against its marked roll.
fn paper_found(
    federation: &Federation,
    electorate: &Electorate,
    body: &AssemblyId,
    count: &PaperCount,
    context: &Context<'_>,
) -> Result<PaperCount, Refusal> {
    let roll = Blob(context.file(&count.marked_roll)?.into_owned());
    let on_paper = count.on_paper().ok_or_else(|| Refusal::no_such("paper in", &count.marked_roll))?;
    box_of_paper::check_marked(federation, electorate, body, &on_paper, count.spoiled, &roll)
}

/// A box of ballots, counted once more from the papers and the marked roll.
fn box_found(
    federation: &Federation,
    id: crate::ids::ElectionId,
    recorded: &ballot::BoxCount,
    context: &Context<'_>,
) -> Result<ballot::BoxCount, Refusal> {
    let election = federation.election(id)?;
    let valid = ballot::check_box(election, &Blob(context.file(&recorded.blt)?.into_owned()))?;
    let roll = Blob(context.file(&recorded.marked_roll)?.into_owned());
    let marked = box_of_paper::read_marked(federation, &election.electorate, &election.body, &roll)?;
    let spoiled =
        marked.checked_sub(valid).ok_or(Refusal::BoxDisagreesWithRoll { ballots: valid, marked })?;
    Ok(ballot::BoxCount { valid, spoiled, ..recorded.clone() })
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
