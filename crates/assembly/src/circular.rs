//! Circulars: pamphlets, motions and theses that reach every delegate, kept by content hash [right.circulate].

use crate::decision::{Context, Decided, Decision, Misfit};
use crate::event::Event;
use crate::ids::{Blob, CircularId, Hash, MemberId, MotionId, ThesesId};
use crate::refusal::Refusal;
use crate::state::Federation;
use crate::{duty, motion};
use jiff::Timestamp;
use mandate_charter::{Duty, MotionKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A circular on its way.
#[derive(Debug, Clone, PartialEq)]
pub struct Circular {
    pub sender: MemberId,
    pub about: About,
    pub text: Hash,
    pub pages: u32,
    /// Levels whose delegates it goes to.
    pub levels: Vec<String>,
    pub sent: Timestamp,
    /// Everybody it is for, fixed when it was sent.
    pub recipients: BTreeSet<MemberId>,
    /// Whom it reached.
    pub reached: BTreeSet<MemberId>,
}

impl Circular {
    /// Whom it has not reached.
    pub fn not_reached(&self) -> impl Iterator<Item = &MemberId> {
        self.recipients.difference(&self.reached)
    }
}

/// What a circular is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// A motion.
    Motion(MotionId),
    /// A platform's theses.
    Theses(ThesesId),
    /// Anything else that a member has to say.
    Other,
}

/// What may be asked about circulars.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Sends a text to all delegates of these levels; for the members' own level, to the posts of each workplace.
    Send { about: About, text: Blob, pages: u32, levels: Vec<String> },
    /// Notes whom it reached; oneself, or anybody by whoever delivers.
    Deliver { circular: CircularId, members: Vec<MemberId> },
}

/// What happened to circulars.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Happened {
    Sent { sender: MemberId, about: About, text: Hash, pages: u32, levels: Vec<String>, recipients: u64 },
    Delivered { circular: CircularId, members: Vec<MemberId> },
}

impl Federation {
    /// A circular.
    ///
    /// # Errors
    /// Refused where there is none of that number.
    pub fn circular(&self, id: CircularId) -> Result<&Circular, Refusal> {
        self.circulars.get(id.index()).ok_or_else(|| Refusal::no_such("circular", &id))
    }

    /// The first level that a kind of motion must be circulated to and was not.
    pub(crate) fn not_circulated(&self, motion: MotionId, kind: &MotionKind) -> Option<String> {
        let sent = |level: &&String| {
            let about = |circular: &&Circular| circular.about == About::Motion(motion);
            self.circulars.iter().filter(about).any(|circular| circular.levels.contains(level))
        };
        kind.circulate_to.iter().find(|level| !sent(level)).cloned()
    }

    /// The delegates of these levels; for general assemblies, those who hold a post there and read it out.
    fn delegates_of(&self, levels: &[String], at: Timestamp) -> BTreeSet<MemberId> {
        let bodies = levels.iter().flat_map(|level| self.assemblies_of_level(level));
        let seats = bodies.flat_map(|(_, body)| body.seated(at)).map(|seat| seat.member.clone());
        let is_general = |organ: &&crate::organ::Organ| {
            let level = self.level_of(&organ.assembly);
            level.is_ok_and(|level| level.elected_by.is_empty() && levels.contains(&level.id))
        };
        let posts = self.organs.values().filter(is_general).flat_map(|organ| organ.seated(at));
        seats.chain(posts.map(|post| post.member.clone())).collect()
    }
}

pub(crate) fn decide(federation: &Federation, context: &Context<'_>, action: &Action) -> Decided {
    match action {
        Action::Send { about, text, pages, levels } => {
            federation.standing_rights(context.by)?;
            if text.0.is_empty() {
                return Err(Refusal::EmptyText {});
            }
            for level in levels {
                known_level(federation, level)?;
            }
            match about {
                About::Motion(id) => {
                    motion::belongs(federation, context.by, &federation.motion(*id)?.assembly)?
                }
                About::Theses(id) => {
                    let theses = federation.platforms.get(*id)?;
                    if !theses.signatories.contains(context.by) {
                        return Err(Refusal::NotASignatory { member: context.by.clone() });
                    }
                    let limit = federation.charter.platform.pages;
                    if theses.pages_used.saturating_add(*pages) > limit {
                        return Err(Refusal::OverAllotment { pages: *pages, used: theses.pages_used, limit });
                    }
                }
                About::Other => {}
            }
            let recipients = federation.delegates_of(levels, context.at).len() as u64;
            if recipients == 0 {
                return Err(Refusal::NobodyToReach { levels: levels.join(", ") });
            }
            let sent = Event::Circular(Happened::Sent {
                sender: context.by.clone(),
                about: *about,
                text: text.hash(),
                pages: *pages,
                levels: levels.clone(),
                recipients,
            });
            Ok(Decision::from(sent).with(text))
        }
        Action::Deliver { circular: id, members } => {
            let circular = federation.circular(*id)?;
            let own = members.as_slice() == std::slice::from_ref(context.by);
            if !own && circular.sender != *context.by {
                let top = circular.levels.first().and_then(|level| federation.first_of_level(level));
                let top = top.ok_or_else(|| Refusal::no_such("level of circular", id))?;
                duty::require(federation, context, Duty::Convene, top)?;
            }
            if let Some(other) = members.iter().find(|member| !circular.recipients.contains(*member)) {
                return Err(Refusal::NotARecipient { member: other.clone() });
            }
            Ok(Event::Circular(Happened::Delivered { circular: *id, members: members.clone() }).into())
        }
    }
}

fn known_level(federation: &Federation, level: &String) -> Result<(), Refusal> {
    let mut levels = federation.charter.levels.iter();
    if levels.any(|known| known.id == *level) {
        return Ok(());
    }
    Err(Refusal::no_such("level", level))
}

pub(crate) fn apply(federation: &mut Federation, at: Timestamp, event: &Happened) -> Result<(), Misfit> {
    match event {
        Happened::Sent { sender, about, text, pages, levels, .. } => {
            let recipients = federation.delegates_of(levels, at);
            if let About::Theses(theses) = about {
                federation.platforms.note_pages(*theses, *pages);
            }
            federation.circulars.push(Circular {
                sender: sender.clone(),
                about: *about,
                text: *text,
                pages: *pages,
                levels: levels.clone(),
                sent: at,
                recipients,
                reached: BTreeSet::new(),
            });
        }
        Happened::Delivered { circular, members } => {
            let found = federation.circulars.get_mut(circular.index());
            found.ok_or(Misfit::no("circular", circular))?.reached.extend(members.iter().cloned());
        }
    }
    Ok(())
}
