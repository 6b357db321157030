//! Elections up to the ballot: calling, nominating, accepting, observing [level.election, organ.election].
//!
//! The ballots and the count are in `ballot`, vacancies in `vacancy`.

use crate::ballot::{Ballots, Outcome};
use crate::decision::{Context, Decided, Misfit};
use crate::duty;
use crate::electorate::Electorate;
use crate::event::Event;
use crate::ids::{AssemblyId, ElectionId, Hash, MemberId, OrganId};
use crate::refusal::Refusal;
use crate::roll::rights_of;
use crate::state::Federation;
use crate::vacancy;
use jiff::Timestamp;
use mandate_charter::{BallotWay, Duty, ElectionArticle};
use mandate_count::Rule;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What an election fills.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Office {
    /// Seats in an assembly above.
    Delegates { to: AssemblyId },
    /// Elected posts in an organ of the body itself.
    Posts { organ: OrganId },
}

/// One election in one body.
#[derive(Debug, Clone, PartialEq)]
pub struct Election {
    pub body: AssemblyId,
    pub office: Office,
    pub seats: u32,
    /// Term of the assembly or organ that is filled.
    pub term: u32,
    pub rule: Rule,
    pub way: BallotWay,
    pub called_at: Timestamp,
    pub nominations_until: Timestamp,
    pub closes_at: Timestamp,
    /// SHA-256 of the seed that breaks ties by lot, named before anybody knows the ballots.
    pub lot_commitment: Hash,
    pub electorate: Electorate,
    pub entitled: u64,
    pub candidacies: Vec<Candidacy>,
    pub observers: BTreeSet<MemberId>,
    pub ballots: Ballots,
    pub closed: Option<Timestamp>,
    pub outcome: Option<Outcome>,
    pub declared: Option<Timestamp>,
}

/// Somebody's candidacy.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidacy {
    pub member: MemberId,
    pub signatures: BTreeSet<MemberId>,
    /// The candidate's own word, once given.
    pub accepted: Option<bool>,
}

impl Election {
    /// Those who stand, in the order of nomination: the order of the ballot paper.
    pub fn standing(&self) -> Vec<&MemberId> {
        let accepted = self.candidacies.iter().filter(|candidacy| candidacy.accepted == Some(true));
        accepted.map(|candidacy| &candidacy.member).collect()
    }

    fn candidacy(&self, member: &MemberId) -> Option<&Candidacy> {
        self.candidacies.iter().find(|candidacy| candidacy.member == *member)
    }
}

/// What may be asked of an election before its ballots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Calls an election in a body; seats follow from the term's apportionment or the organ's posts, less those
    /// that are held.
    Call {
        body: AssemblyId,
        office: Office,
        #[cfg_attr(feature = "schema", schemars(with = "crate::schema::Moment"))]
        nominations_until: Timestamp,
        #[cfg_attr(feature = "schema", schemars(with = "crate::schema::Moment"))]
        closes_at: Timestamp,
        lot_commitment: Hash,
    },
    /// Nominates a candidate. `with` are further signatures on a paper form, which only tellers enter.
    Nominate {
        election: ElectionId,
        candidate: MemberId,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        with: Vec<MemberId>,
    },
    /// Adds one's signature to a nomination.
    Endorse { election: ElectionId, candidate: MemberId },
    /// A candidate's own word: stands, or does not.
    Answer { election: ElectionId, stands: bool },
    /// Names an observer, who must be let in before anything is counted.
    NameObserver { election: ElectionId, observer: MemberId },
}

/// What happened to an election before its ballots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Happened {
    Called {
        body: AssemblyId,
        office: Office,
        seats: u32,
        term: u32,
        entitled: u64,
        nominations_until: Timestamp,
        closes_at: Timestamp,
        lot_commitment: Hash,
    },
    Nominated {
        election: ElectionId,
        candidate: MemberId,
        signatures: Vec<MemberId>,
    },
    Endorsed {
        election: ElectionId,
        candidate: MemberId,
        by: MemberId,
    },
    Answered {
        election: ElectionId,
        candidate: MemberId,
        stands: bool,
    },
    ObserverNamed {
        election: ElectionId,
        observer: MemberId,
    },
}

impl Federation {
    /// An election.
    ///
    /// # Errors
    /// Refused where there is none of that number.
    pub fn election(&self, id: ElectionId) -> Result<&Election, Refusal> {
        self.elections.get(id.index()).ok_or_else(|| Refusal::no_such("election", &id))
    }

    /// Refuses while an election of a body for the same places is not finished.
    pub(crate) fn no_election_runs(&self, body: &AssemblyId, office: &Office) -> Result<(), Refusal> {
        let same = |id: &&ElectionId| {
            self.election(**id).is_ok_and(|running| running.body == *body && running.office == *office)
        };
        match self.running.iter().find(same) {
            Some(election) => Err(Refusal::AlreadyCalled { election: *election }),
            None => Ok(()),
        }
    }

    /// The charter's article for filling an office.
    ///
    /// # Errors
    /// Refused where there is no such office.
    pub fn election_article(&self, office: &Office) -> Result<&ElectionArticle, Refusal> {
        match office {
            Office::Posts { organ } => Ok(&self.organ_article(organ)?.election),
            Office::Delegates { to } => self
                .level_of(to)?
                .election
                .as_ref()
                .ok_or_else(|| Refusal::FormedByMembers { assembly: to.clone() }),
        }
    }

    /// Signatures that a nomination for an office needs [level.election.nomination].
    fn nomination_signatures(&self, election: &Election) -> Result<u64, Refusal> {
        let asked = u64::from(self.election_article(&election.office)?.nomination);
        // A body of four cannot be asked for five signatures.
        Ok(asked.min(election.entitled).max(1))
    }
}

pub(crate) fn decide(federation: &Federation, context: &Context<'_>, action: &Action) -> Decided {
    let event = match action {
        Action::Call { body, office, nominations_until, closes_at, lot_commitment } => {
            duty::require(federation, context, Duty::Convene, body)?;
            let article = federation.election_article(office)?;
            let least = article.period.after(context.at);
            if *closes_at < least {
                return Err(Refusal::ElectionTooShort { closes_at: *closes_at, least });
            }
            if *nominations_until <= context.at || *nominations_until >= *closes_at {
                return Err(Refusal::NominationsOutsideElection { nominations_until: *nominations_until });
            }
            federation.no_election_runs(body, office)?;
            let (seats, term) = seats_to_fill(federation, body, office, context.at)?;
            vacancy::no_substitute_waits(federation, context, body, office, term)?;
            let entitled = Electorate::freeze(federation, body, context.at)?.size(federation);
            if entitled == 0 {
                return Err(Refusal::NobodyEntitled { body: body.clone() });
            }
            Happened::Called {
                body: body.clone(),
                office: office.clone(),
                seats,
                term,
                entitled,
                nominations_until: *nominations_until,
                closes_at: *closes_at,
                lot_commitment: *lot_commitment,
            }
        }
        Action::Nominate { election: id, candidate, with } => {
            let election = open_for_nominations(federation, context, *id)?;
            if election.candidacy(candidate).is_some() {
                return Err(Refusal::AlreadyNominated { candidate: candidate.clone() });
            }
            may_stand(federation, election, candidate, context.at)?;
            let signatures = signatures(federation, context, election, with)?;
            Happened::Nominated { election: *id, candidate: candidate.clone(), signatures }
        }
        Action::Endorse { election: id, candidate } => {
            let election = open_for_nominations(federation, context, *id)?;
            let Some(candidacy) = election.candidacy(candidate) else {
                return Err(Refusal::NotNominated { candidate: candidate.clone() });
            };
            may_sign(federation, election, context.by)?;
            if candidacy.signatures.contains(context.by) {
                return Err(Refusal::AlreadySigned { member: context.by.clone() });
            }
            Happened::Endorsed { election: *id, candidate: candidate.clone(), by: context.by.clone() }
        }
        Action::Answer { election: id, stands } => {
            let election = open_for_nominations(federation, context, *id)?;
            let Some(candidacy) = election.candidacy(context.by) else {
                return Err(Refusal::NotNominated { candidate: context.by.clone() });
            };
            if candidacy.accepted.is_some() {
                return Err(Refusal::AlreadyAnswered { candidate: context.by.clone() });
            }
            let (have, need) =
                (candidacy.signatures.len() as u64, federation.nomination_signatures(election)?);
            if *stands && have < need {
                return Err(Refusal::TooFewSignatures { have, need, article: "election.nomination" });
            }
            Happened::Answered { election: *id, candidate: context.by.clone(), stands: *stands }
        }
        Action::NameObserver { election: id, observer } => {
            let election = federation.election(*id)?;
            if election.outcome.is_some() {
                return Err(Refusal::AlreadyCounted { election: *id });
            }
            let names = election.electorate.has(federation, context.by)
                || election.candidacies.iter().any(|candidacy| candidacy.member == *context.by);
            if !names {
                return Err(Refusal::NotEntitled { body: election.body.clone(), member: context.by.clone() });
            }
            federation.roll.member(observer).ok_or_else(|| Refusal::not_on_the_roll(observer))?;
            Happened::ObserverNamed { election: *id, observer: observer.clone() }
        }
    };
    Ok(Event::Election(event).into())
}

/// The office in words, for messages.
pub fn office_name(office: &Office) -> String {
    match office {
        Office::Delegates { to } => format!("delegates to {to}"),
        Office::Posts { organ } => format!("posts of {organ}"),
    }
}

/// Seats that an election fills now, and the term that they belong to.
pub(crate) fn seats_to_fill(
    federation: &Federation,
    body: &AssemblyId,
    office: &Office,
    at: Timestamp,
) -> Result<(u32, u32), Refusal> {
    let (vacant, term) = match office {
        Office::Delegates { to } => {
            let assembly = federation.assembly(to)?;
            if !assembly.electors.contains(body) {
                return Err(Refusal::NotAnElector { body: body.clone(), office: office_name(office) });
            }
            if assembly.term == 0 {
                return Err(Refusal::TermNotOpen { assembly: to.clone() });
            }
            let vacant = assembly.vacant(body, assembly.term_start(assembly.term, at));
            (vacant, assembly.term)
        }
        Office::Posts { organ } => federation.posts_to_fill(organ, body, at)?,
    };
    if vacant == 0 {
        return Err(Refusal::NoVacancy { office: office_name(office) });
    }
    Ok((vacant, term))
}

fn open_for_nominations<'a>(
    federation: &'a Federation,
    context: &Context<'_>,
    id: ElectionId,
) -> Result<&'a Election, Refusal> {
    let election = federation.election(id)?;
    if context.at > election.nominations_until {
        return Err(Refusal::NominationsClosed { until: election.nominations_until });
    }
    Ok(election)
}

/// Candidates belong to the body, may stand, and have not served as many terms in a row as the charter allows.
fn may_stand(
    federation: &Federation,
    election: &Election,
    candidate: &MemberId,
    at: Timestamp,
) -> Result<(), Refusal> {
    let (_, line) = federation.roll.member(candidate).ok_or_else(|| Refusal::not_on_the_roll(candidate))?;
    if !rights_of(&federation.charter.members, line.standing).stand {
        return Err(Refusal::StandingForbids {
            member: candidate.clone(),
            standing: line.standing,
            what: "stand",
        });
    }
    if !election.electorate.has(federation, candidate) {
        return Err(Refusal::NotEntitled { body: election.body.clone(), member: candidate.clone() });
    }
    let (served, limit) = match &election.office {
        Office::Delegates { to } => {
            let assembly = federation.assembly(to)?;
            if assembly.seated(at).any(|seat| seat.member == *candidate && seat.term == election.term) {
                return Err(Refusal::AlreadyHolds {
                    member: candidate.clone(),
                    office: office_name(&election.office),
                });
            }
            (assembly.terms_in_row(candidate, election.term), federation.level_of(to)?.consecutive_terms)
        }
        Office::Posts { organ } => federation.post_terms(organ, candidate, election.term, at)?,
    };
    match limit {
        Some(limit) if served > limit => Err(Refusal::TermLimit { member: candidate.clone(), limit }),
        _ => Ok(()),
    }
}

/// Who signs a nomination: the sender, or those on a paper form that a teller enters.
fn signatures(
    federation: &Federation,
    context: &Context<'_>,
    election: &Election,
    with: &[MemberId],
) -> Result<Vec<MemberId>, Refusal> {
    if with.is_empty() {
        may_sign(federation, election, context.by)?;
        return Ok(vec![context.by.clone()]);
    }
    duty::require(federation, context, Duty::Tell, &election.body)?;
    let mut signed = BTreeSet::new();
    for member in with {
        may_sign(federation, election, member)?;
        if !signed.insert(member) {
            return Err(Refusal::AlreadySigned { member: member.clone() });
        }
    }
    Ok(with.to_vec())
}

fn may_sign(federation: &Federation, election: &Election, member: &MemberId) -> Result<(), Refusal> {
    if election.electorate.has(federation, member) {
        return Ok(());
    }
    Err(Refusal::NotEntitled { body: election.body.clone(), member: member.clone() })
}

pub(crate) fn apply(federation: &mut Federation, at: Timestamp, event: &Happened) -> Result<(), Misfit> {
    match event {
        Happened::Called {
            body,
            office,
            seats,
            term,
            entitled,
            nominations_until,
            closes_at,
            lot_commitment,
        } => {
            let article = federation.election_article(office).map_err(Misfit::because)?;
            let (rule, way) = (article.rule, article.ballot);
            let electorate = Electorate::freeze(federation, body, at).map_err(Misfit::because)?;
            if let Office::Posts { organ } = office {
                let organ = federation.organs.get_mut(organ).ok_or(Misfit::no("organ", organ))?;
                if *term != organ.term && Some(*term) != organ.term.checked_add(1) {
                    return Err(Misfit::because(format!("it is for term {term} after term {}", organ.term)));
                }
                organ.term = *term;
            }
            federation.running.insert(ElectionId::next(federation.elections.len()));
            federation.elections.push(Election {
                body: body.clone(),
                office: office.clone(),
                seats: *seats,
                term: *term,
                rule,
                way,
                called_at: at,
                nominations_until: *nominations_until,
                closes_at: *closes_at,
                lot_commitment: *lot_commitment,
                electorate,
                entitled: *entitled,
                candidacies: Vec::new(),
                observers: BTreeSet::new(),
                ballots: Ballots::none(way),
                closed: None,
                outcome: None,
                declared: None,
            });
        }
        Happened::Nominated { election, candidate, signatures } => {
            let election = election_mut(federation, *election)?;
            election.candidacies.push(Candidacy {
                member: candidate.clone(),
                signatures: signatures.iter().cloned().collect(),
                accepted: None,
            });
        }
        Happened::Endorsed { election, candidate, by } => {
            candidacy_mut(federation, *election, candidate)?.signatures.insert(by.clone());
        }
        Happened::Answered { election, candidate, stands } => {
            candidacy_mut(federation, *election, candidate)?.accepted = Some(*stands);
        }
        Happened::ObserverNamed { election, observer } => {
            election_mut(federation, *election)?.observers.insert(observer.clone());
        }
    }
    Ok(())
}

pub(crate) fn election_mut(federation: &mut Federation, id: ElectionId) -> Result<&mut Election, Misfit> {
    federation.elections.get_mut(id.index()).ok_or_else(|| Misfit::no("election", &id))
}

fn candidacy_mut<'a>(
    federation: &'a mut Federation,
    id: ElectionId,
    candidate: &MemberId,
) -> Result<&'a mut Candidacy, Misfit> {
    let election = election_mut(federation, id)?;
    let found = election.candidacies.iter_mut().find(|candidacy| candidacy.member == *candidate);
    found.ok_or_else(|| Misfit::no("candidate", candidate))
}
