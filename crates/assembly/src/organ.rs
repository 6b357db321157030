//! Organs and posts: elected or, only where the charter lets it, appointed; and the steps from the one to the other.

use crate::assembly::Leaving;
use crate::decision::{Context, Decided, Decision, Misfit};
use crate::election::{Office, office_name};
use crate::event::Event;
use crate::ids::{AssemblyId, ElectionId, MemberId, OrganId};
use crate::refusal::Refusal;
use crate::roll::Standing;
use crate::state::Federation;
use jiff::Timestamp;
use mandate_charter::{Criterion, Posts};
use serde::{Deserialize, Serialize};

/// One assembly's organ.
#[derive(Debug, Clone, PartialEq)]
pub struct Organ {
    /// The charter's id of its kind.
    pub kind: String,
    pub assembly: AssemblyId,
    /// Number of the term of its elected posts.
    pub term: u32,
    /// Everyone who ever held a post, in the order of taking it.
    pub posts: Vec<Post>,
    /// Where it is in its transition: index of the step, and since when.
    pub step: usize,
    pub step_since: Timestamp,
}

/// One person's time in one post.
#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    pub member: MemberId,
    /// The election that filled it; none for an appointed post.
    pub election: Option<ElectionId>,
    /// The organ that appointed; none for an elected post.
    pub appointed_by: Option<OrganId>,
    pub term: u32,
    pub terms_in_row: u32,
    pub since: Timestamp,
    pub until: Timestamp,
    /// Whom they followed as a substitute.
    pub follows: Option<MemberId>,
    pub ended: Option<(Timestamp, Leaving)>,
    pub replaced: bool,
}

impl Post {
    /// Whether the post is held at a moment.
    pub fn held(&self, at: Timestamp) -> bool {
        self.since <= at && at < self.ends()
    }

    /// When the post is left, or was.
    pub fn ends(&self) -> Timestamp {
        self.ended.map_or(self.until, |(at, _)| at)
    }
}

impl Organ {
    /// An organ that nobody sits in yet.
    pub fn empty(kind: &str, assembly: &AssemblyId, since: Timestamp) -> Self {
        Self {
            kind: kind.to_owned(),
            assembly: assembly.clone(),
            term: 0,
            posts: Vec::new(),
            step: 0,
            step_since: since,
        }
    }

    /// Posts held at a moment.
    pub fn seated(&self, at: Timestamp) -> impl Iterator<Item = &Post> {
        self.posts.iter().filter(move |post| post.held(at))
    }

    /// The post of a member at a moment.
    pub fn post(&self, member: &MemberId, at: Timestamp) -> Option<&Post> {
        self.posts.iter().find(|post| post.member == *member && post.held(at))
    }

    /// When the elected posts of a term end, where somebody has been elected for it.
    pub fn term_end(&self, term: u32) -> Option<Timestamp> {
        self.posts.iter().find(|post| post.term == term && post.election.is_some()).map(|post| post.until)
    }

    /// Terms in a row that a member would have served with one more in `term`.
    pub fn terms_in_row(&self, member: &MemberId, term: u32) -> u32 {
        match self.posts.iter().rev().find(|post| post.member == *member && post.election.is_some()) {
            Some(last) if last.term == term => last.terms_in_row,
            Some(last) if last.term + 1 == term => last.terms_in_row + 1,
            _ => 1,
        }
    }
}

/// What may be asked of an organ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Appoints to a post that the charter leaves to be appointed.
    Appoint { organ: OrganId, member: MemberId },
}

/// What happened to an organ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Happened {
    Appointed {
        organ: OrganId,
        member: MemberId,
        by: OrganId,
        until: Timestamp,
    },
    PostVacated {
        organ: OrganId,
        member: MemberId,
        why: Leaving,
    },
    /// The next step of a transition was taken, by an adopted motion.
    StepTaken {
        organ: OrganId,
        step: usize,
    },
}

impl Federation {
    /// An organ.
    ///
    /// # Errors
    /// Refused where there is none of that name.
    pub fn organ(&self, id: &OrganId) -> Result<&Organ, Refusal> {
        self.organs.get(id).ok_or_else(|| Refusal::no_such("organ", id))
    }

    /// The charter's article of an organ.
    ///
    /// # Errors
    /// Refused where there is no such organ.
    pub fn organ_article(&self, id: &OrganId) -> Result<&mandate_charter::Organ, Refusal> {
        let kind = &self.organ(id)?.kind;
        let article = self.charter.organs.iter().find(|organ| organ.id == *kind);
        article.ok_or_else(|| Refusal::no_such("organ", id))
    }

    /// The posts that an organ has at its step.
    ///
    /// # Errors
    /// Refused where there is no such organ.
    pub fn posts_of(&self, id: &OrganId) -> Result<&Posts, Refusal> {
        let article = self.organ_article(id)?;
        let step = self.organ(id)?.step;
        let step = article.transition.as_ref().and_then(|transition| transition.steps.get(step));
        Ok(step.map_or(&article.posts, |step| &step.posts))
    }

    /// Elected posts to fill now, and the term that they belong to.
    pub(crate) fn posts_to_fill(
        &self,
        id: &OrganId,
        body: &AssemblyId,
        at: Timestamp,
    ) -> Result<(u32, u32), Refusal> {
        let organ = self.organ(id)?;
        if organ.assembly != *body {
            let office = office_name(&Office::Posts { organ: id.clone() });
            return Err(Refusal::NotAnElector { body: body.clone(), office });
        }
        let held = organ.seated(at).filter(|post| post.election.is_some()).count();
        let elected = self.posts_of(id)?.elected;
        let vacant = elected.saturating_sub(u32::try_from(held).unwrap_or(u32::MAX));
        let term = if held == 0 { organ.term + 1 } else { organ.term };
        Ok((vacant, term))
    }

    /// Terms in a row that a candidate would have served in an organ, and the charter's limit.
    pub(crate) fn post_terms(
        &self,
        id: &OrganId,
        candidate: &MemberId,
        term: u32,
        at: Timestamp,
    ) -> Result<(u32, Option<u32>), Refusal> {
        let organ = self.organ(id)?;
        if organ.post(candidate, at).is_some() {
            let office = office_name(&Office::Posts { organ: id.clone() });
            return Err(Refusal::AlreadyHolds { member: candidate.clone(), office });
        }
        Ok((organ.terms_in_row(candidate, term), self.organ_article(id)?.consecutive_terms))
    }
}

pub(crate) fn decide(federation: &Federation, context: &Context<'_>, action: &Action) -> Decided {
    let Action::Appoint { organ: id, member } = action;
    let organ = federation.organ(id)?;
    let posts = federation.posts_of(id)?;
    let Some(by) = posts.appointed_by.as_ref().filter(|_| posts.appointed > 0) else {
        return Err(Refusal::NothingToAppoint { organ: id.clone() });
    };
    let appoints = |candidate: &&OrganId| candidate.as_str().starts_with(&format!("{by}@"));
    let mine = federation.organs.iter().filter(|(candidate, appointing)| {
        appoints(candidate)
            && appointing.post(context.by, context.at).is_some()
            && (federation.is_part_of(&organ.assembly, &appointing.assembly)
                || federation.is_part_of(&appointing.assembly, &organ.assembly))
    });
    let mine = mine.map(|(candidate, _)| candidate);
    let Some(by) = mine.min() else {
        return Err(Refusal::NotTheAppointer { organ: id.clone(), appointer: by.clone() });
    };
    if !federation.standing_rights(member)?.stand {
        let standing = federation.roll.member(member).map_or(Standing::Active, |(_, line)| line.standing);
        return Err(Refusal::StandingForbids { member: member.clone(), standing, what: "stand" });
    }
    let taken = organ.seated(context.at).filter(|post| post.appointed_by.is_some()).count();
    if taken >= posts.appointed as usize {
        return Err(Refusal::PostsFull { organ: id.clone(), posts: posts.appointed });
    }
    if organ.post(member, context.at).is_some() {
        let office = office_name(&Office::Posts { organ: id.clone() });
        return Err(Refusal::AlreadyHolds { member: member.clone(), office });
    }
    let until = federation.organ_article(id)?.term.after(context.at);
    let appointed = Happened::Appointed { organ: id.clone(), member: member.clone(), by: by.clone(), until };
    Ok(Event::Organ(appointed).into())
}

/// The events by which an organ takes the next step of its transition: the step, and the posts that end with it.
///
/// # Errors
/// Refused where there is no further step, or a criterion of the charter is not met.
pub(crate) fn take_step(federation: &Federation, id: &OrganId, at: Timestamp) -> Result<Vec<Event>, Refusal> {
    let organ = federation.organ(id)?;
    let article = federation.organ_article(id)?;
    let step = organ.step + 1;
    let next = article.transition.as_ref().and_then(|transition| transition.steps.get(step));
    let Some(next) = next else { return Err(Refusal::NoFurtherStep { organ: id.clone() }) };
    for criterion in &next.criteria {
        meets(federation, organ, criterion, at).map_err(|found| Refusal::CriterionUnmet {
            organ: id.clone(),
            step: next.name.clone(),
            found,
        })?;
    }
    let mut events = vec![Event::Organ(Happened::StepTaken { organ: id.clone(), step })];
    let appointed = organ.seated(at).filter(|post| post.appointed_by.is_some());
    let going = appointed.skip(next.posts.appointed as usize).map(|post| {
        let (organ, member) = (id.clone(), post.member.clone());
        Event::Organ(Happened::PostVacated { organ, member, why: Leaving::Transition })
    });
    events.extend(going);
    Ok(events)
}

/// Whether a criterion is met, measured from the record; else what was found instead.
fn meets(federation: &Federation, organ: &Organ, criterion: &Criterion, at: Timestamp) -> Result<(), String> {
    match criterion {
        Criterion::Lasted(period) => {
            let due = period.after(organ.step_since);
            if at < due {
                return Err(format!("the step before lasts until {due} at the least"));
            }
        }
        Criterion::Meetings(least) => {
            let with_quorum = federation.meetings.iter().filter(|meeting| {
                meeting.assembly == organ.assembly
                    && meeting.opened.is_some_and(|opened| opened >= organ.step_since)
                    && meeting.had_quorum
            });
            let held = u32::try_from(with_quorum.count()).unwrap_or(u32::MAX);
            if held < *least {
                return Err(format!(
                    "{held} meetings with a quorum since the step before, {least} are asked for"
                ));
            }
        }
        Criterion::Reported(share) => {
            let (reported, mandates) = federation.planning.reported_by(federation, &organ.assembly);
            if mandates == 0 || reported < share.at_least(mandates) {
                return Err(format!(
                    "{reported} of {mandates} mandates were reported on, {share} is asked for"
                ));
            }
        }
        Criterion::Turnout(share) => {
            let last = federation.elections.iter().rev().find(|election| {
                election.declared.is_some() && federation.is_part_of(&election.body, &organ.assembly)
            });
            let (voted, entitled) =
                last.map_or((0, 0), |election| (election.ballots.voted(), election.entitled));
            if entitled == 0 || voted < share.at_least(entitled) {
                return Err(format!(
                    "{voted} of {entitled} voted in its last election, {share} is asked for"
                ));
            }
        }
    }
    Ok(())
}

impl Federation {
    /// Whether `part` is `whole`, or elects it directly or through others.
    pub fn is_part_of(&self, part: &AssemblyId, whole: &AssemblyId) -> bool {
        let mut tier = vec![part];
        while let Some(id) = tier.pop() {
            if id == whole {
                return true;
            }
            tier.extend(self.assemblies.get(id).into_iter().flat_map(|body| &body.elects));
        }
        false
    }
}

pub(crate) fn apply(federation: &mut Federation, at: Timestamp, event: &Happened) -> Result<(), Misfit> {
    match event {
        Happened::Appointed { organ, member, by, until } => {
            let instance = organ_mut(federation, organ)?;
            let term = instance.term;
            instance.posts.push(Post {
                member: member.clone(),
                election: None,
                appointed_by: Some(by.clone()),
                term,
                terms_in_row: 1,
                since: at,
                until: *until,
                follows: None,
                ended: None,
                replaced: false,
            });
        }
        Happened::PostVacated { organ, member, why } => {
            let instance = organ_mut(federation, organ)?;
            let post = instance.posts.iter_mut().find(|post| post.member == *member && post.held(at));
            post.ok_or(Misfit::no("holder of a post", member))?.ended = Some((at, *why));
        }
        Happened::StepTaken { organ, step } => {
            let instance = organ_mut(federation, organ)?;
            if instance.step.checked_add(1) != Some(*step) {
                return Err(Misfit::because(format!("it takes step {step} after step {}", instance.step)));
            }
            instance.step = *step;
            instance.step_since = at;
        }
    }
    Ok(())
}

fn organ_mut<'a>(federation: &'a mut Federation, id: &OrganId) -> Result<&'a mut Organ, Misfit> {
    federation.organs.get_mut(id).ok_or_else(|| Misfit::no("organ", id))
}

/// A decision that only takes steps, for the vote that adopted it.
impl From<Vec<Event>> for Decision {
    fn from(events: Vec<Event>) -> Self {
        Self::events(events)
    }
}
