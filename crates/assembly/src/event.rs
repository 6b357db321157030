//! What happened, as the record keeps it: one event an entry.
//!
//! Stored as JSON with the noun and the event as keys (`{"election":{"called":{…}}}`). These forms are version 1:
//! a field may be added with a default, none may change its meaning, so that old records replay for ever.

use crate::ids::{Hash, MemberId};
use crate::retention::Attached;
use crate::{
    amending, assembly, ballot, circular, election, founding, meeting, membership, motion, organ, plan,
    recall, referendum, retention, secret, theses, vacancy, vote,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Version of the stored form that this code writes, and the newest it reads.
pub const VERSION: u32 = 1;

/// One entry of the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub v: u32,
    pub at: Timestamp,
    /// Who sent the command.
    pub by: MemberId,
    pub event: Event,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    Founding(founding::Happened),
    Membership(membership::Happened),
    Assembly(assembly::Happened),
    Election(election::Happened),
    Ballot(ballot::Happened),
    Vacancy(vacancy::Happened),
    Organ(organ::Happened),
    Meeting(meeting::Happened),
    Motion(motion::Happened),
    Vote(vote::Happened),
    Theses(theses::Happened),
    Circular(circular::Happened),
    Recall(recall::Happened),
    Referendum(referendum::Happened),
    Charter(amending::Happened),
    Plan(plan::Happened),
    Retention(retention::Happened),
    Secret(secret::Happened),
}

impl Event {
    /// The attachments that it names, and what each is.
    pub fn attachments(&self) -> Vec<(Hash, Attached)> {
        let economy = |files: &plan::EconomyFiles<Hash>| -> Vec<(Hash, Attached)> {
            files.values().map(|hash| (*hash, Attached::Economy)).collect()
        };
        match self {
            Self::Founding(founding::Happened::Founded { charter, workplaces, members, .. }) => vec![
                (*charter, Attached::Charter),
                (*workplaces, Attached::WorkplaceRoll),
                (*members, Attached::MemberRoll),
            ],
            Self::Ballot(ballot::Happened::BoxCounted { found, .. }) => {
                vec![(found.blt, Attached::Ballots), (found.marked_roll, Attached::MarkedRoll)]
            }
            Self::Recall(recall::Happened::Counted { count, .. })
            | Self::Referendum(referendum::Happened::Counted { count, .. }) => {
                vec![(count.marked_roll, Attached::MarkedRoll)]
            }
            Self::Secret(secret::Happened::SetUp { setup, .. }) => {
                let mut named = vec![(setup.archive, Attached::Ballots)];
                named.extend(setup.paper_roll.map(|roll| (roll, Attached::MarkedRoll)));
                named
            }
            Self::Secret(secret::Happened::Sealed { sealed, .. }) => {
                vec![(sealed.archive, Attached::Ballots)]
            }
            Self::Secret(secret::Happened::Opened { opened, .. }) => {
                let mut named = vec![(opened.archive, Attached::Ballots)];
                if let secret::Found::Papers { blt, .. } = &opened.found {
                    named.push((*blt, Attached::Ballots));
                }
                named
            }
            Self::Circular(circular::Happened::Sent { text, .. }) => vec![(*text, Attached::Circular)],
            Self::Meeting(meeting::Happened::MinutesWritten { text, .. }) => vec![(*text, Attached::Minutes)],
            Self::Motion(motion::Happened::Filed { seeks: Some(motion::Sought::Charter(text)), .. }) => {
                vec![(*text, Attached::Charter)]
            }
            Self::Charter(amending::Happened::Amended { text, .. }) => vec![(*text, Attached::Charter)],
            Self::Plan(plan::Happened::Opened { economy: files, .. }) => economy(files),
            Self::Plan(plan::Happened::Submitted { economy: files, plan, .. }) => {
                let mut named = economy(files);
                named.push((*plan, Attached::Plan));
                named
            }
            Self::Plan(plan::Happened::Proposed { text, .. }) => vec![(*text, Attached::Proposal)],
            _ => Vec::new(),
        }
    }
}
