//! The founding: a charter and two rolls make a federation (article `founding`).

use crate::decision::{Context, Decided, Decision, Files, Misfit};
use crate::event::Event;
use crate::ids::{Blob, Hash, MemberId};
use crate::plan::Planning;
use crate::refusal::Refusal;
use crate::roll::{Kind, Member, Roll, Standing, Workplace};
use crate::state::{Federation, State};
use crate::structure;
use crate::theses::Platforms;
use jiff::Timestamp;
use mandate_charter::{Charter, MemberKind};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What may be asked before there is a federation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Founds a federation. The commission acts for organs until they are elected.
    Found { charter: Blob, workplaces: Blob, members: Blob, commission: Vec<MemberId> },
}

/// The first thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Happened {
    Founded { charter: Hash, workplaces: Hash, members: Hash, commission: Vec<MemberId> },
}

pub(crate) fn decide(state: &State, context: &Context<'_>, action: &Action) -> Decided {
    let Action::Found { charter, workplaces, members, commission } = action;
    if state.federation.is_some() {
        return Err(Refusal::AlreadyFounded {});
    }
    if !commission.contains(context.by) {
        return Err(Refusal::FounderNotOnCommission { member: context.by.clone() });
    }
    let texts = Texts { charter: &charter.0, workplaces: &workplaces.0, members: &members.0 };
    let (_, roll) = read(&texts)?;
    if let Some(stranger) = commission.iter().find(|member| roll.member(member).is_none()) {
        return Err(Refusal::not_on_the_roll(stranger));
    }
    let founded = Event::Founding(Happened::Founded {
        charter: charter.hash(),
        workplaces: workplaces.hash(),
        members: members.hash(),
        commission: commission.clone(),
    });
    Ok(Decision::from(founded).with(charter).with(workplaces).with(members))
}

struct Texts<'a> {
    charter: &'a [u8],
    workplaces: &'a [u8],
    members: &'a [u8],
}

/// Reads a charter and the rolls that go with it.
fn read(texts: &Texts<'_>) -> Result<(Charter, Roll), Refusal> {
    let charter = std::str::from_utf8(texts.charter)
        .map_err(|error| Refusal::CharterUnfit { problem: error.to_string() })
        .and_then(|text| {
            mandate_charter::read(text).map_err(|errors| {
                let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
                Refusal::CharterUnfit { problem: errors.join("; ") }
            })
        })?;
    let unreadable = |what: &str, problem: mandate_charter::RollError| Refusal::Unreadable {
        what: what.into(),
        problem: problem.to_string(),
    };
    let places = mandate_charter::read_workplaces(texts.workplaces, &charter)
        .map_err(|problem| unreadable("roll of workplaces", problem))?;
    let people = mandate_charter::read_members(texts.members, &places, &charter)
        .map_err(|problem| unreadable("roll of members", problem))?;
    let (members, workplaces) = (people.members.len(), places.workplaces.len());
    let mut roll = Roll::with_capacity(places.columns, members, workplaces);
    for line in places.workplaces {
        let workplace = Workplace { branch: line.branch, territories: line.territories, closed: None };
        roll.add_workplace(crate::ids::WorkplaceId(line.id), workplace);
    }
    for line in people.members {
        let standing = match line.standing {
            mandate_charter::Standing::Active => Standing::Active,
            mandate_charter::Standing::Arrears => Standing::Arrears,
            mandate_charter::Standing::Suspended => Standing::Suspended,
        };
        let kind = match line.kind {
            MemberKind::Person => Kind::Person,
            MemberKind::Organisation => Kind::Organisation,
        };
        roll.add_founder(MemberId(line.id), Member { workplace: Some(line.workplace), standing, kind });
    }
    structure::assemblies(&charter, &roll).map_err(|problem| Refusal::CharterUnfit { problem })?;
    Ok((charter, roll))
}

pub(crate) fn apply(
    state: &mut State,
    at: Timestamp,
    event: &Happened,
    files: &dyn Files,
) -> Result<(), Misfit> {
    let Happened::Founded { charter, workplaces, members, commission } = event;
    let file = |hash: &Hash| files.get(hash).ok_or_else(|| Misfit::no("attachment", hash));
    let (charter_text, places, people) = (file(charter)?, file(workplaces)?, file(members)?);
    let texts = Texts { charter: &charter_text, workplaces: &places, members: &people };
    let (charter_read, roll) = read(&texts).map_err(Misfit::because)?;
    let mut federation = Federation {
        charter: charter_read,
        charter_hash: *charter,
        founded_at: at,
        commission: commission.iter().cloned().collect::<BTreeSet<_>>(),
        roll,
        assemblies: BTreeMap::new(),
        homes: Vec::new(),
        organs: BTreeMap::new(),
        elections: Vec::new(),
        running: BTreeSet::new(),
        meetings: Vec::new(),
        votes: Vec::new(),
        motions: Vec::new(),
        platforms: Platforms::default(),
        circulars: Vec::new(),
        recalls: Vec::new(),
        referenda: Vec::new(),
        secret_ballots: BTreeMap::new(),
        mandates: Vec::new(),
        planning: Planning::default(),
        attachments: BTreeMap::new(),
    };
    structure::renew(&mut federation, at)?;
    state.federation = Some(Box::new(federation));
    Ok(())
}
