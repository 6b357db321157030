//! What may be asked of a federation. Time comes with the command; nothing here reads a clock.

use crate::ids::MemberId;
use crate::{
    assembly, ballot, circular, election, founding, meeting, membership, motion, organ, plan, recall,
    referendum, retention, secret, theses, vacancy, vote,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Somebody asks for something at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    pub at: Timestamp,
    pub by: MemberId,
    pub action: Action,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    Founding(founding::Action),
    Membership(membership::Action),
    Assembly(assembly::Action),
    Election(election::Action),
    Ballot(ballot::Action),
    Vacancy(vacancy::Action),
    Organ(organ::Action),
    Meeting(meeting::Action),
    Motion(motion::Action),
    Vote(vote::Action),
    Theses(theses::Action),
    Circular(circular::Action),
    Recall(recall::Action),
    Referendum(referendum::Action),
    Plan(plan::Action),
    Retention(retention::Action),
    Secret(secret::Action),
}
