//! Recall: those who sent a delegate, or elected the holder of a post, end the term: petition, vote, vacancy
//! [level.recall, organ.recall]. The substitute follows as for any vacancy.

use crate::assembly::Leaving;
use crate::box_of_paper::{PaperCount, all_admitted, check_marked};
use crate::decision::{Context, Decided, Decision, Misfit};
use crate::duty;
use crate::election::{Office, office_name};
use crate::electorate::Electorate;
use crate::event::Event;
use crate::ids::{AssemblyId, Blob, MemberId, RecallId};
use crate::majority::{Tally, Votes};
use crate::refusal::Refusal;
use crate::secret::{self, Found, Subject};
use crate::state::Federation;
use crate::vacancy;
use jiff::Timestamp;
use mandate_charter::{BallotWay, Duty, RecallArticle};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One recall.
#[derive(Debug, Clone, PartialEq)]
pub struct Recall {
    pub office: Office,
    pub member: MemberId,
    /// The body that elected, and alone recalls.
    pub body: AssemblyId,
    pub reason: String,
    pub started: Timestamp,
    pub signatures: BTreeSet<MemberId>,
    pub observers: BTreeSet<MemberId>,
    /// The frozen electorate and its size, once the vote is called.
    pub called: Option<(Timestamp, Electorate, u64)>,
    pub count: Option<PaperCount>,
    /// Whether the term was ended; none while undecided.
    pub recalled: Option<bool>,
}

/// What may be asked about recalls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Starts a petition; the reason is published with it.
    Start { office: Office, member: MemberId, reason: String },
    /// Signs it.
    Sign { recall: RecallId },
    /// Calls the vote, once the petition has its signatures; any signatory may.
    Call { recall: RecallId },
    /// Names an observer, who must be let in before the box is counted; also whoever is to be recalled may.
    NameObserver { recall: RecallId, observer: MemberId },
    /// Enters the counted box, which decides. Where ballots are secret the encrypted box is opened before, and
    /// `found` is what those who voted on paper said. `admitted`: the observers who were let in.
    Count {
        recall: RecallId,
        found: Tally,
        spoiled: u64,
        marked_roll: Blob,
        #[serde(default)]
        admitted: Vec<MemberId>,
    },
}

/// What happened to recalls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Happened {
    Started { office: Office, member: MemberId, body: AssemblyId, by: MemberId, reason: String },
    Signed { recall: RecallId, member: MemberId },
    Called { recall: RecallId, entitled: u64 },
    ObserverNamed { recall: RecallId, observer: MemberId },
    Counted { recall: RecallId, count: PaperCount, recalled: bool },
}

impl Federation {
    /// A recall.
    ///
    /// # Errors
    /// Refused where there is none of that number.
    pub fn recall(&self, id: RecallId) -> Result<&Recall, Refusal> {
        self.recalls.get(id.index()).ok_or_else(|| Refusal::no_such("recall", &id))
    }

    /// The charter's article of recall for an office.
    ///
    /// # Errors
    /// Refused where the office is not subject to recall.
    pub fn recall_article(&self, office: &Office) -> Result<&RecallArticle, Refusal> {
        let article = match office {
            Office::Delegates { to } => self.level_of(to)?.recall.as_ref(),
            Office::Posts { organ } => self.organ_article(organ)?.recall.as_ref(),
        };
        article.ok_or_else(|| Refusal::NoRecall { office: office_name(office) })
    }
}

pub(crate) fn decide(federation: &Federation, context: &Context<'_>, action: &Action) -> Decided {
    match action {
        Action::Start { office, member, reason } => {
            federation.recall_article(office)?;
            let body = body_of(federation, office, member, context.at)?;
            sits(federation, context, &body)?;
            if reason.trim().is_empty() {
                return Err(Refusal::EmptyText {});
            }
            let running = |recall: &Recall| {
                recall.recalled.is_none() && recall.office == *office && recall.member == *member
            };
            if let Some(place) = federation.recalls.iter().position(running) {
                return Err(Refusal::RecallRunning { recall: RecallId::next(place) });
            }
            let (office, member, by) = (office.clone(), member.clone(), context.by.clone());
            let started = Happened::Started { office, member, body, by, reason: reason.clone() };
            Ok(Event::Recall(started).into())
        }
        Action::Sign { recall: id } => {
            let recall = undecided(federation, *id)?;
            sits(federation, context, &recall.body)?;
            if recall.signatures.contains(context.by) {
                return Err(Refusal::AlreadySigned { member: context.by.clone() });
            }
            Ok(Event::Recall(Happened::Signed { recall: *id, member: context.by.clone() }).into())
        }
        Action::Call { recall: id } => {
            let recall = undecided(federation, *id)?;
            if !recall.signatures.contains(context.by) {
                return Err(Refusal::NotASignatory { member: context.by.clone() });
            }
            if recall.called.is_some() {
                return Err(Refusal::RecallRunning { recall: *id });
            }
            let electorate = Electorate::freeze(federation, &recall.body, context.at)?;
            let entitled = electorate.size(federation);
            let article = federation.recall_article(&recall.office)?;
            // Only those count who belong to the body that votes.
            let signed = recall.signatures.iter().filter(|member| electorate.has(federation, member));
            let (have, need) = (signed.count() as u64, article.petition.at_least(entitled).max(1));
            if have < need {
                return Err(Refusal::TooFewSignatures { have, need, article: "recall.petition" });
            }
            Ok(Event::Recall(Happened::Called { recall: *id, entitled }).into())
        }
        Action::NameObserver { recall: id, observer } => {
            let recall = undecided(federation, *id)?;
            if recall.member != *context.by {
                sits(federation, context, &recall.body)?;
            }
            federation.roll.member(observer).ok_or_else(|| Refusal::not_on_the_roll(observer))?;
            let named = Happened::ObserverNamed { recall: *id, observer: observer.clone() };
            Ok(Event::Recall(named).into())
        }
        Action::Count { recall: id, found, spoiled, marked_roll, admitted } => {
            let recall = undecided(federation, *id)?;
            duty::require(federation, context, Duty::Tell, &recall.body)?;
            if recall.member == *context.by {
                return Err(Refusal::JudgeInOwnCause { member: context.by.clone() });
            }
            let Some((called, electorate, entitled)) = &recall.called else {
                return Err(Refusal::RecallNotCalled { recall: *id });
            };
            all_admitted(&recall.observers, admitted)?;
            let (on, is_secret) = (Subject::Recall(*id), is_secret(federation, *id)?);
            if is_secret {
                federation.opened(on)?;
                secret::only_paper_voters(federation, context, on, marked_roll)?;
            }
            let paper = check_marked(federation, electorate, &recall.body, found, *spoiled, marked_roll)?;
            let count = if is_secret { with_opened(federation, on, paper)? } else { paper };
            // A box entered before the members could vote would save the holder.
            let closes_at = federation.election_article(&recall.office)?.period.after(*called);
            if context.at < closes_at && count.voted < *entitled {
                return Err(Refusal::VotingNotOver { closes_at });
            }
            let recalled = is_recalled(federation.recall_article(&recall.office)?, &count, *entitled);
            let mut events = vec![Event::Recall(Happened::Counted { recall: *id, count, recalled })];
            if recalled {
                let why = Leaving::Recalled;
                // A delegate who went before the count leaves nothing to end.
                let ended = vacancy::leaving(federation, &recall.office, &recall.member, why, context.at);
                events.extend(ended.unwrap_or_default());
            }
            Ok(Decision::events(events).with(marked_roll))
        }
    }
}

/// Whether ballots on a recall are secret: by the charter, or because they were set up before it was amended.
pub(crate) fn is_secret(federation: &Federation, id: RecallId) -> Result<bool, Refusal> {
    let article = federation.recall_article(&federation.recall(id)?.office)?;
    Ok(article.ballot == BallotWay::Secret || federation.secret_ballots.contains_key(&Subject::Recall(id)))
}

/// The papers and the encrypted box, added up.
pub(crate) fn with_opened(
    federation: &Federation,
    on: Subject,
    paper: PaperCount,
) -> Result<PaperCount, Refusal> {
    let Found::Answers(opened) = &federation.opened(on)?.found else {
        return Err(Refusal::NotASecretBallot { on: on.to_string(), article: "recall.ballot" });
    };
    let problem = || Refusal::CannotCount { problem: "there are more votes than can be added up".into() };
    paper.with_opened(opened).ok_or_else(problem)
}

/// Whether a count ends the term: enough have voted, and enough of them for it.
pub(crate) fn is_recalled(article: &RecallArticle, count: &PaperCount, entitled: u64) -> bool {
    let votes = Votes { tally: &count.found, present: count.voted, entitled };
    count.voted >= article.quorum.at_least(entitled).max(1) && votes.carries(&article.majority, 0)
}

fn undecided(federation: &Federation, id: RecallId) -> Result<&Recall, Refusal> {
    let recall = federation.recall(id)?;
    if recall.recalled.is_some() { Err(Refusal::RecallDecided { recall: id }) } else { Ok(recall) }
}

fn body_of(
    federation: &Federation,
    office: &Office,
    member: &MemberId,
    at: Timestamp,
) -> Result<AssemblyId, Refusal> {
    let not_held = || Refusal::DoesNotHold { member: member.clone(), office: office_name(office) };
    match office {
        Office::Delegates { to } => {
            let seat = federation.assembly(to)?.delegate(member, at).ok_or_else(not_held)?;
            Ok(seat.elector.clone())
        }
        Office::Posts { organ } => {
            let instance = federation.organ(organ)?;
            instance.post(member, at).ok_or_else(not_held)?;
            Ok(instance.assembly.clone())
        }
    }
}

fn sits(federation: &Federation, context: &Context<'_>, body: &AssemblyId) -> Result<(), Refusal> {
    if federation.sits_in(body, context.by, context.at) {
        return Ok(());
    }
    Err(Refusal::NotEntitled { body: body.clone(), member: context.by.clone() })
}

pub(crate) fn apply(federation: &mut Federation, at: Timestamp, event: &Happened) -> Result<(), Misfit> {
    match event {
        Happened::Started { office, member, body, by, reason } => federation.recalls.push(Recall {
            office: office.clone(),
            member: member.clone(),
            body: body.clone(),
            reason: reason.clone(),
            started: at,
            signatures: BTreeSet::from([by.clone()]),
            observers: BTreeSet::new(),
            called: None,
            count: None,
            recalled: None,
        }),
        Happened::Signed { recall, member } => {
            recall_mut(federation, *recall)?.signatures.insert(member.clone());
        }
        Happened::ObserverNamed { recall, observer } => {
            recall_mut(federation, *recall)?.observers.insert(observer.clone());
        }
        Happened::Called { recall, entitled } => {
            let body = recall_mut(federation, *recall)?.body.clone();
            let electorate = Electorate::freeze(federation, &body, at).map_err(Misfit::because)?;
            recall_mut(federation, *recall)?.called = Some((at, electorate, *entitled));
        }
        Happened::Counted { recall, count, recalled } => {
            let recall = recall_mut(federation, *recall)?;
            recall.count = Some(count.clone());
            recall.recalled = Some(*recalled);
        }
    }
    Ok(())
}

fn recall_mut(federation: &mut Federation, id: RecallId) -> Result<&mut Recall, Misfit> {
    federation.recalls.get_mut(id.index()).ok_or_else(|| Misfit::no("recall", &id))
}
