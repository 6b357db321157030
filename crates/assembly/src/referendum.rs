//! The vote of all members, workplace by workplace, by which alone an entrenched article changes (article `entrenched`).

use crate::amending;
use crate::box_of_paper::{PaperCount, all_admitted, check_marked};
use crate::decision::{Context, Decided, Decision, Misfit};
use crate::duty;
use crate::electorate::Electorate;
use crate::event::Event;
use crate::ids::{Blob, MemberId, MotionId, ReferendumId, WorkplaceId};
use crate::majority::{Tally, Votes};
use crate::motion::Sought;
use crate::refusal::Refusal;
use crate::state::Federation;
use jiff::Timestamp;
use mandate_charter::{Duty, Effect};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// One vote of all members.
#[derive(Debug, Clone, PartialEq)]
pub struct Referendum {
    /// The adopted motion that asks for the change.
    pub motion: MotionId,
    pub called: Timestamp,
    pub closes_at: Timestamp,
    /// Members entitled in all workplaces.
    pub entitled: u64,
    /// Observers at each workplace's count.
    pub observers: BTreeMap<WorkplaceId, BTreeSet<MemberId>>,
    pub boxes: BTreeMap<WorkplaceId, PaperCount>,
    /// Whether members and workplaces agreed.
    pub agreed: Option<bool>,
}

/// What may be asked about a vote of all members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Calls it on an adopted motion that changes entrenched articles.
    Call {
        motion: MotionId,
        #[cfg_attr(feature = "schema", schemars(with = "crate::schema::Moment"))]
        closes_at: Timestamp,
    },
    /// Names an observer at the count in one's own workplace.
    NameObserver { referendum: ReferendumId, workplace: WorkplaceId, observer: MemberId },
    /// Enters one workplace's box. `admitted`: the observers who were let in.
    Count {
        referendum: ReferendumId,
        workplace: WorkplaceId,
        found: Tally,
        spoiled: u64,
        marked_roll: Blob,
        #[serde(default)]
        admitted: Vec<MemberId>,
    },
    /// Closes after its time and decides.
    Close { referendum: ReferendumId },
}

/// What happened to a vote of all members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Happened {
    Called {
        motion: MotionId,
        closes_at: Timestamp,
        entitled: u64,
    },
    ObserverNamed {
        referendum: ReferendumId,
        workplace: WorkplaceId,
        observer: MemberId,
    },
    Counted {
        referendum: ReferendumId,
        workplace: WorkplaceId,
        count: PaperCount,
    },
    Closed {
        referendum: ReferendumId,
        found: Tally,
        voted: u64,
        workplaces_for: u64,
        workplaces: u64,
        agreed: bool,
    },
}

impl Federation {
    /// A vote of all members.
    ///
    /// # Errors
    /// Refused where there is none of that number.
    pub fn referendum(&self, id: ReferendumId) -> Result<&Referendum, Refusal> {
        self.referenda.get(id.index()).ok_or_else(|| Refusal::no_such("vote of the members", &id))
    }

    /// The members of a workplace at the cut-off, whatever became of the workplace since.
    pub(crate) fn workplace_electorate(
        &self,
        id: &WorkplaceId,
        called: Timestamp,
    ) -> Result<Electorate, Refusal> {
        let (workplace, _) = self.roll.workplace(id).ok_or_else(|| Refusal::no_such("workplace", id))?;
        Ok(Electorate::of_workplace(self, workplace, called))
    }

    /// Workplaces that were open when a vote of all members was called and have members entitled in it.
    fn voting_workplaces(&self, called: Timestamp) -> u64 {
        let was_open = |line: &crate::roll::Workplace| line.closed.is_none_or(|closed| closed >= called);
        let open = self.roll.workplaces().filter(|(_, _, line)| was_open(line));
        let with_voters =
            open.filter(|(index, _, _)| !Electorate::of_workplace(self, *index, called).is_empty(self));
        with_voters.count() as u64
    }
}

pub(crate) fn decide(federation: &Federation, context: &Context<'_>, action: &Action) -> Decided {
    match action {
        Action::Call { motion: id, closes_at } => {
            let motion = federation.motion(*id)?;
            duty::require(federation, context, Duty::Convene, &motion.assembly)?;
            let kind = federation.motion_kind(&motion.kind)?;
            if kind.effect != Effect::Entrenched {
                return Err(Refusal::WrongKindFor {
                    kind: kind.kind.clone(),
                    what: "change entrenched articles",
                });
            }
            if !motion.is_adopted() {
                return Err(Refusal::NotAdopted { motion: *id });
            }
            let on_it = |referendum: &Referendum| referendum.motion == *id;
            if let Some(place) = federation.referenda.iter().position(on_it) {
                return Err(Refusal::ReferendumCalled { referendum: ReferendumId::next(place) });
            }
            let least = kind.notice.after(context.at);
            if *closes_at < least {
                return Err(Refusal::ElectionTooShort { closes_at: *closes_at, least });
            }
            let entitled = entitled_in_all(federation, context.at);
            let called = Happened::Called { motion: *id, closes_at: *closes_at, entitled };
            Ok(Event::Referendum(called).into())
        }
        Action::NameObserver { referendum: id, workplace, observer } => {
            let referendum = federation.referendum(*id)?;
            let body = federation.assembly_of_workplace(workplace)?;
            if referendum.boxes.contains_key(workplace) {
                return Err(Refusal::WorkplaceCounted { workplace: workplace.clone() });
            }
            if !federation.workplace_electorate(workplace, referendum.called)?.has(federation, context.by) {
                return Err(Refusal::NotEntitled { body: body.clone(), member: context.by.clone() });
            }
            federation.roll.member(observer).ok_or_else(|| Refusal::not_on_the_roll(observer))?;
            let (workplace, observer) = (workplace.clone(), observer.clone());
            Ok(Event::Referendum(Happened::ObserverNamed { referendum: *id, workplace, observer }).into())
        }
        Action::Count { referendum: id, workplace, found, spoiled, marked_roll, admitted } => {
            let referendum = federation.referendum(*id)?;
            let body = federation.assembly_of_workplace(workplace)?;
            let electorate = federation.workplace_electorate(workplace, referendum.called)?;
            duty::require(federation, context, Duty::Tell, body)?;
            if referendum.agreed.is_some() {
                return Err(Refusal::ReferendumClosed { referendum: *id });
            }
            if referendum.boxes.contains_key(workplace) {
                return Err(Refusal::WorkplaceCounted { workplace: workplace.clone() });
            }
            if electorate.is_empty(federation) {
                return Err(Refusal::NobodyEntitled { body: body.clone() });
            }
            if let Some(observers) = referendum.observers.get(workplace) {
                all_admitted(observers, admitted)?;
            }
            let count = check_marked(federation, &electorate, body, found, *spoiled, marked_roll)?;
            let counted =
                Event::Referendum(Happened::Counted { referendum: *id, workplace: workplace.clone(), count });
            Ok(Decision::from(counted).with(marked_roll))
        }
        Action::Close { referendum: id } => {
            let referendum = federation.referendum(*id)?;
            let motion = federation.motion(referendum.motion)?;
            duty::require(federation, context, Duty::Tell, &motion.assembly)?;
            if referendum.agreed.is_some() {
                return Err(Refusal::ReferendumClosed { referendum: *id });
            }
            if context.at < referendum.closes_at {
                return Err(Refusal::VotingNotOver { closes_at: referendum.closes_at });
            }
            close(federation, context, *id, referendum)
        }
    }
}

/// Members entitled in all open workplaces.
pub(crate) fn entitled_in_all(federation: &Federation, called: Timestamp) -> u64 {
    let open = federation.roll.workplaces().filter(|(_, _, line)| line.closed.is_none());
    open.map(|(index, _, _)| Electorate::of_workplace(federation, index, called).size(federation)).sum()
}

fn close(
    federation: &Federation,
    context: &Context<'_>,
    id: ReferendumId,
    referendum: &Referendum,
) -> Decided {
    let (closed, agreed) = closing(federation, id, referendum);
    let mut decision = Decision::from(Event::Referendum(closed));
    if agreed && let Some(Sought::Charter(text)) = &federation.motion(referendum.motion)?.seeks {
        decision.events.push(amending::amended(federation, context, Effect::Entrenched, *text)?);
    }
    Ok(decision)
}

/// Both majorities: of the members, and of the workplaces in which more voted for than against. The workplaces are
/// those of the call: none can be opened or closed to shift the majority.
pub(crate) fn closing(
    federation: &Federation,
    id: ReferendumId,
    referendum: &Referendum,
) -> (Happened, bool) {
    let mut found = Tally { counts: vec![0, 0], abstain: 0 };
    let (mut voted, mut workplaces_for) = (0u64, 0);
    for count in referendum.boxes.values() {
        for (sum, votes) in found.counts.iter_mut().zip(&count.found.counts) {
            *sum = sum.saturating_add(*votes);
        }
        found.abstain = found.abstain.saturating_add(count.found.abstain);
        voted = voted.saturating_add(count.voted);
        workplaces_for += u64::from(count.found.counts.first() > count.found.counts.get(1));
    }
    let workplaces = federation.voting_workplaces(referendum.called);
    let article = &federation.charter.entrenched;
    let votes = Votes { tally: &found, present: voted, entitled: referendum.entitled };
    let agreed = votes.carries(&article.members, 0)
        && workplaces_for >= article.workplaces.at_least(workplaces).max(1);
    (Happened::Closed { referendum: id, found, voted, workplaces_for, workplaces, agreed }, agreed)
}

pub(crate) fn apply(federation: &mut Federation, at: Timestamp, event: &Happened) -> Result<(), Misfit> {
    match event {
        Happened::Called { motion, closes_at, entitled } => federation.referenda.push(Referendum {
            motion: *motion,
            called: at,
            closes_at: *closes_at,
            entitled: *entitled,
            observers: BTreeMap::new(),
            boxes: BTreeMap::new(),
            agreed: None,
        }),
        Happened::ObserverNamed { referendum, workplace, observer } => {
            let referendum = referendum_mut(federation, *referendum)?;
            referendum.observers.entry(workplace.clone()).or_default().insert(observer.clone());
        }
        Happened::Counted { referendum, workplace, count } => {
            referendum_mut(federation, *referendum)?.boxes.insert(workplace.clone(), count.clone());
        }
        Happened::Closed { referendum, agreed, .. } => {
            referendum_mut(federation, *referendum)?.agreed = Some(*agreed);
        }
    }
    Ok(())
}

fn referendum_mut(federation: &mut Federation, id: ReferendumId) -> Result<&mut Referendum, Misfit> {
    federation.referenda.get_mut(id.index()).ok_or_else(|| Misfit::no("vote of the members", &id))
}
