//! Theses: a platform's text, open for signatures across the federation; what every platform with its signatures
//! receives alike; and the congress's duty to hear them [motion.theses, platform].
//!
//! There is no command that strikes theses, hides them, or gives one platform what another does not get.

use crate::decision::{Context, Decided, Misfit};
use crate::event::Event;
use crate::ids::{MeetingId, MemberId, ThesesId};
use crate::refusal::Refusal;
use crate::state::Federation;
use crate::vote::VoteResult;
use jiff::Timestamp;
use mandate_charter::{Effect, MotionKind};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// One text and those who stand by it.
#[derive(Debug, Clone, PartialEq)]
pub struct Theses {
    pub title: String,
    pub text: Vec<String>,
    pub author: MemberId,
    pub published: Timestamp,
    pub signatories: BTreeSet<MemberId>,
    /// When it had the signatures that make it a platform.
    pub recognised: Option<Timestamp>,
    /// The meeting that heard it.
    pub heard_in: Option<MeetingId>,
    /// Votes it had, and whether it was adopted.
    pub result: Option<(u64, bool)>,
    /// Pages already used in circulars.
    pub pages_used: u32,
}

/// All theses, and what was allotted to each platform alike.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Platforms {
    theses: Vec<Theses>,
    /// Resource to amount for *each* platform, those recognised later too.
    pub allotted: BTreeMap<String, u32>,
}

impl Platforms {
    /// Theses by number.
    ///
    /// # Errors
    /// Refused where there are none of that number.
    pub fn get(&self, id: ThesesId) -> Result<&Theses, Refusal> {
        self.theses.get(id.index()).ok_or_else(|| Refusal::no_such("theses", &id))
    }

    /// All theses in order of publication.
    pub fn all(&self) -> impl Iterator<Item = (ThesesId, &Theses)> {
        self.theses.iter().enumerate().map(|(place, theses)| (ThesesId::next(place), theses))
    }

    /// Theses that have the signatures of a platform.
    pub fn recognised(&self) -> impl Iterator<Item = (ThesesId, &Theses)> {
        self.all().filter(|(_, theses)| theses.recognised.is_some())
    }

    /// Refuses a vote between platforms that leaves one out, or comes before all were heard.
    pub(crate) fn all_may_be_put(&self, chosen: &[ThesesId]) -> Result<(), Refusal> {
        for id in chosen {
            let theses = self.get(*id)?;
            if theses.recognised.is_none() {
                return Err(Refusal::NotAPlatform { theses: *id });
            }
            if theses.result.is_some() {
                return Err(Refusal::PlatformsDecided { theses: *id });
            }
        }
        let mut waiting = self.recognised().filter(|(_, theses)| theses.result.is_none());
        if let Some((theses, _)) = waiting.find(|(id, _)| !chosen.contains(id)) {
            return Err(Refusal::PlatformLeftOut { theses });
        }
        let mut unheard =
            chosen.iter().filter(|id| self.get(**id).is_ok_and(|theses| theses.heard_in.is_none()));
        match unheard.next() {
            Some(theses) => Err(Refusal::PlatformUnheard { theses: *theses }),
            None if chosen.is_empty() => Err(Refusal::NoPlatforms {}),
            None => Ok(()),
        }
    }

    pub(crate) fn note_heard(&mut self, id: ThesesId, meeting: MeetingId) {
        if let Some(theses) = self.theses.get_mut(id.index()) {
            theses.heard_in = theses.heard_in.or(Some(meeting));
        }
    }

    pub(crate) fn note_vote(&mut self, chosen: &[ThesesId], result: &VoteResult) {
        for (place, (id, votes)) in chosen.iter().zip(&result.tally.counts).enumerate() {
            let adopted = result.adopted && result.choice == Some(place as u32 + 1);
            if let Some(theses) = self.theses.get_mut(id.index()) {
                theses.result = Some((*votes, adopted));
            }
        }
    }

    pub(crate) fn note_pages(&mut self, id: ThesesId, pages: u32) {
        if let Some(theses) = self.theses.get_mut(id.index()) {
            theses.pages_used = theses.pages_used.saturating_add(pages);
        }
    }
}

/// What may be asked about theses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Publishes theses; the author is the first signatory.
    Publish { title: String, text: Vec<String> },
    /// Signs.
    Sign { theses: ThesesId },
    /// Takes one's signature back, before the theses are a platform.
    Unsign { theses: ThesesId },
    /// Gives every platform the same amount of a resource: pages, speakers, travel.
    Allot { resource: String, amount: u32 },
}

/// What happened to theses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Happened {
    Published {
        author: MemberId,
        title: String,
        text: Vec<String>,
    },
    Signed {
        theses: ThesesId,
        member: MemberId,
    },
    Unsigned {
        theses: ThesesId,
        member: MemberId,
    },
    /// The signatures of a platform are there.
    Recognised {
        theses: ThesesId,
    },
    Allotted {
        resource: String,
        amount: u32,
    },
}

impl Federation {
    fn theses_kind(&self) -> Result<&MotionKind, Refusal> {
        let kind = self.charter.motions.iter().find(|kind| kind.effect == Effect::Theses);
        kind.ok_or_else(|| Refusal::no_such("kind of motion for", &"theses"))
    }

    /// Signatories of theses by branch code as on the roll; those who have left, by their last workplace.
    pub fn signatories_by_branch(&self, theses: &Theses) -> BTreeMap<&str, u64> {
        let mut by_branch = BTreeMap::new();
        for member in &theses.signatories {
            let index = self.roll.member(member).and_then(|(index, _)| self.roll.last_workplace(index));
            let workplace = index.and_then(|index| self.roll.workplace_id(index));
            let branch =
                workplace.and_then(|id| self.roll.workplace(id)).map_or("", |(_, line)| &line.branch);
            *by_branch.entry(branch).or_default() += 1;
        }
        by_branch
    }
}

pub(crate) fn decide(federation: &Federation, context: &Context<'_>, action: &Action) -> Decided {
    match action {
        Action::Publish { title, text } => {
            may_sign(federation, context.by)?;
            if title.trim().is_empty() || text.iter().all(|line| line.trim().is_empty()) {
                return Err(Refusal::EmptyText {});
            }
            let published =
                Happened::Published { author: context.by.clone(), title: title.clone(), text: text.clone() };
            let mut events = vec![Event::Theses(published)];
            if federation.theses_kind()?.signatures <= 1 {
                let theses = ThesesId::next(federation.platforms.theses.len());
                events.push(Event::Theses(Happened::Recognised { theses }));
            }
            Ok(events.into())
        }
        Action::Sign { theses: id } => {
            may_sign(federation, context.by)?;
            let theses = federation.platforms.get(*id)?;
            if theses.signatories.contains(context.by) {
                return Err(Refusal::AlreadySigned { member: context.by.clone() });
            }
            let signed = Happened::Signed { theses: *id, member: context.by.clone() };
            let mut events = vec![Event::Theses(signed)];
            let (have, need) = (theses.signatories.len() + 1, federation.theses_kind()?.signatures as usize);
            if have >= need && theses.recognised.is_none() {
                events.push(Event::Theses(Happened::Recognised { theses: *id }));
            }
            Ok(events.into())
        }
        Action::Unsign { theses: id } => {
            let theses = federation.platforms.get(*id)?;
            if !theses.signatories.contains(context.by) {
                return Err(Refusal::NotASignatory { member: context.by.clone() });
            }
            if theses.recognised.is_some() {
                return Err(Refusal::PlatformStands { theses: *id });
            }
            Ok(Event::Theses(Happened::Unsigned { theses: *id, member: context.by.clone() }).into())
        }
        Action::Allot { resource, amount } => {
            let hears = federation.first_of_level(&federation.charter.platform.heard_by);
            let hears =
                hears.ok_or_else(|| Refusal::no_such("level", &federation.charter.platform.heard_by))?;
            crate::duty::require(federation, context, mandate_charter::Duty::Convene, hears)?;
            let before = federation.platforms.allotted.get(resource).copied().unwrap_or(0);
            if *amount < before {
                return Err(Refusal::AllotmentTakenBack { resource: resource.clone(), before });
            }
            Ok(Event::Theses(Happened::Allotted { resource: resource.clone(), amount: *amount }).into())
        }
    }
}

fn may_sign(federation: &Federation, member: &MemberId) -> Result<(), Refusal> {
    if federation.standing_rights(member)?.sign {
        return Ok(());
    }
    let standing =
        federation.roll.member(member).map_or(crate::roll::Standing::Active, |(_, line)| line.standing);
    Err(Refusal::StandingForbids { member: member.clone(), standing, what: "sign or propose" })
}

pub(crate) fn apply(federation: &mut Federation, at: Timestamp, event: &Happened) -> Result<(), Misfit> {
    let platforms = &mut federation.platforms;
    match event {
        Happened::Published { author, title, text } => platforms.theses.push(Theses {
            title: title.clone(),
            text: text.clone(),
            author: author.clone(),
            published: at,
            signatories: BTreeSet::from([author.clone()]),
            recognised: None,
            heard_in: None,
            result: None,
            pages_used: 0,
        }),
        Happened::Signed { theses, member } => {
            theses_mut(platforms, *theses)?.signatories.insert(member.clone());
        }
        Happened::Unsigned { theses, member } => {
            theses_mut(platforms, *theses)?.signatories.remove(member);
        }
        Happened::Recognised { theses } => theses_mut(platforms, *theses)?.recognised = Some(at),
        Happened::Allotted { resource, amount } => {
            platforms.allotted.insert(resource.clone(), *amount);
        }
    }
    Ok(())
}

fn theses_mut(platforms: &mut Platforms, id: ThesesId) -> Result<&mut Theses, Misfit> {
    platforms.theses.get_mut(id.index()).ok_or_else(|| Misfit::no("theses", &id))
}
