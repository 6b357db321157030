//! Meetings: convening with notice, agenda, attendance in and out, proxies, swaps, hearing of platforms, minutes
//! [level.meeting].

use crate::decision::{Context, Decided, Decision, Misfit};
use crate::duty;
use crate::electorate::Electorate;
use crate::event::Event;
use crate::ids::{AssemblyId, Blob, Hash, MeetingId, MemberId, MotionId, ThesesId, VoteId};
use crate::refusal::Refusal;
use crate::roll::Standing;
use crate::state::Federation;
use jiff::Timestamp;
use mandate_charter::Duty;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// One convening of an assembly.
#[derive(Debug, Clone, PartialEq)]
pub struct Meeting {
    pub assembly: AssemblyId,
    pub convened_at: Timestamp,
    pub convened_by: MemberId,
    /// Who signed for it, where no officer convened it: they chair it.
    pub petitioners: BTreeSet<MemberId>,
    /// The hour it was convened for.
    pub scheduled: Timestamp,
    pub agenda: Vec<Item>,
    pub opened: Option<Timestamp>,
    pub closed: Option<Timestamp>,
    /// Frozen when the meeting opens.
    pub electorate: Electorate,
    pub entitled: u64,
    /// What each delegate carries in a vote by card, frozen with the electorate; none in a general assembly.
    pub carried: BTreeMap<MemberId, u64>,
    /// The votes put in it, in order.
    pub votes: Vec<VoteId>,
    /// Who is in the hall now: holders of a seat, whether there in person or through a swap.
    pub present: BTreeSet<MemberId>,
    /// Who was there at any time.
    pub attended: BTreeSet<MemberId>,
    /// Giver to holder.
    pub proxies: BTreeMap<MemberId, MemberId>,
    /// Delegate to the substitute who stands in for this meeting.
    pub swaps: BTreeMap<MemberId, MemberId>,
    /// Platforms that spoke, with the minutes they were given.
    pub heard: BTreeMap<ThesesId, u32>,
    /// Whether a question could be put because a quorum was there.
    pub had_quorum: bool,
    /// Every version; the last one stands.
    pub minutes: Vec<Hash>,
    /// The meeting that approved the minutes.
    pub approved_in: Option<MeetingId>,
}

/// A point of the agenda.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Item {
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub motion: Option<MotionId>,
}

impl Meeting {
    /// Whose seat somebody in the hall acts for: their own, or the delegate's for whom they stand in.
    pub fn acts_for(&self, member: &MemberId) -> Option<&MemberId> {
        let swapped = self.swaps.iter().find(|(_, substitute)| *substitute == member);
        let seat = match swapped {
            Some((delegate, _)) => Some(delegate),
            None if self.swaps.contains_key(member) => None,
            None => self.present.get(member),
        };
        seat.filter(|seat| self.present.contains(*seat))
    }

    /// Seats in the hall and those represented there by proxy.
    pub fn represented(&self) -> impl Iterator<Item = &MemberId> {
        let by_proxy = self.proxies.iter().filter(|(_, holder)| self.acts_for(holder).is_some());
        self.present.iter().chain(by_proxy.map(|(giver, _)| giver))
    }
}

/// What may be asked of a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Signs for a meeting that no officer has convened.
    Petition { assembly: AssemblyId },
    /// Convenes: whoever has the duty, or any signatory once the petition has its signatures.
    Convene {
        assembly: AssemblyId,
        #[cfg_attr(feature = "schema", schemars(with = "crate::schema::Moment"))]
        scheduled: Timestamp,
        agenda: Vec<Item>,
    },
    /// Adds a point to the agenda.
    AddItem { meeting: MeetingId, item: Item },
    /// Opens at or after the hour it was convened for.
    Open { meeting: MeetingId },
    /// Notes who came in; oneself, or anybody at the desk.
    Arrive { meeting: MeetingId, members: Vec<MemberId> },
    /// Notes who went out.
    Depart { meeting: MeetingId, members: Vec<MemberId> },
    /// Lets another vote in one's place while one is away, where the charter allows it.
    GiveProxy { meeting: MeetingId, holder: MemberId },
    /// Lets one's substitute take one's seat for this meeting.
    Swap { meeting: MeetingId, substitute: MemberId },
    /// Notes that a platform was heard.
    Hear { meeting: MeetingId, theses: ThesesId, minutes: u32 },
    /// Closes, when no vote is open.
    Close { meeting: MeetingId },
    /// Writes or corrects the minutes; every version is kept.
    WriteMinutes { meeting: MeetingId, text: Blob },
    /// Notes that a later meeting approved the minutes as they stand.
    ApproveMinutes { meeting: MeetingId, in_meeting: MeetingId },
}

/// What happened to a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Happened {
    PetitionSigned { assembly: AssemblyId, member: MemberId },
    Convened { assembly: AssemblyId, by: MemberId, scheduled: Timestamp, agenda: Vec<Item> },
    ItemAdded { meeting: MeetingId, item: Item },
    Opened { meeting: MeetingId, entitled: u64 },
    Arrived { meeting: MeetingId, members: Vec<MemberId> },
    Departed { meeting: MeetingId, members: Vec<MemberId> },
    ProxyGiven { meeting: MeetingId, giver: MemberId, holder: MemberId },
    Swapped { meeting: MeetingId, delegate: MemberId, substitute: MemberId },
    Heard { meeting: MeetingId, theses: ThesesId, minutes: u32 },
    Closed { meeting: MeetingId },
    MinutesWritten { meeting: MeetingId, text: Hash },
    MinutesApproved { meeting: MeetingId, in_meeting: MeetingId },
}

impl Federation {
    /// A meeting.
    ///
    /// # Errors
    /// Refused where there is none of that number.
    pub fn meeting(&self, id: MeetingId) -> Result<&Meeting, Refusal> {
        self.meetings.get(id.index()).ok_or_else(|| Refusal::no_such("meeting", &id))
    }

    /// A meeting that is in session.
    ///
    /// # Errors
    /// Refused where it has not opened yet or has closed.
    pub(crate) fn open_meeting(&self, id: MeetingId) -> Result<&Meeting, Refusal> {
        let meeting = self.meeting(id)?;
        if meeting.opened.is_none() || meeting.closed.is_some() {
            return Err(Refusal::NotInSession { meeting: id });
        }
        Ok(meeting)
    }
}

pub(crate) fn decide(federation: &Federation, context: &Context<'_>, action: &Action) -> Decided {
    let event = match action {
        Action::Petition { assembly } => {
            sits(federation, context, assembly)?;
            if federation.assembly(assembly)?.petition.contains(context.by) {
                return Err(Refusal::AlreadySigned { member: context.by.clone() });
            }
            Happened::PetitionSigned { assembly: assembly.clone(), member: context.by.clone() }
        }
        Action::Convene { assembly, scheduled, agenda } => {
            convener(federation, context, assembly)?;
            let earliest = federation.level_of(assembly)?.meeting.notice.after(context.at);
            if *scheduled < earliest {
                return Err(Refusal::NoticeTooShort { scheduled: *scheduled, earliest });
            }
            for item in agenda {
                check_item(federation, assembly, item)?;
            }
            let (assembly, agenda) = (assembly.clone(), agenda.clone());
            Happened::Convened { assembly, by: context.by.clone(), scheduled: *scheduled, agenda }
        }
        Action::AddItem { meeting: id, item } => {
            let meeting = federation.meeting(*id)?;
            chairs(federation, context, meeting)?;
            not_closed(meeting, *id)?;
            check_item(federation, &meeting.assembly, item)?;
            Happened::ItemAdded { meeting: *id, item: item.clone() }
        }
        Action::Open { meeting: id } => {
            let meeting = federation.meeting(*id)?;
            chairs(federation, context, meeting)?;
            not_closed(meeting, *id)?;
            if meeting.opened.is_some() {
                return Err(Refusal::AlreadyOpen { meeting: *id });
            }
            if context.at < meeting.scheduled {
                return Err(Refusal::BeforeTheHour { scheduled: meeting.scheduled });
            }
            let electorate = Electorate::freeze(federation, &meeting.assembly, context.at)?;
            Happened::Opened { meeting: *id, entitled: electorate.size(federation) }
        }
        Action::Arrive { meeting: id, members } => {
            let meeting = federation.open_meeting(*id)?;
            if members.as_slice() != std::slice::from_ref(context.by) {
                chairs(federation, context, meeting)?;
            }
            for member in members {
                let seat = swapped_seat(meeting, member);
                if !meeting.electorate.has(federation, seat) {
                    return Err(not_entitled(meeting, member));
                }
                if meeting.present.contains(seat) {
                    return Err(Refusal::AlreadyPresent { member: member.clone() });
                }
                if seat == member && meeting.swaps.contains_key(member) {
                    return Err(Refusal::SeatIsSwapped { member: member.clone() });
                }
            }
            distinct(members)?;
            let members = members.iter().map(|member| swapped_seat(meeting, member).clone()).collect();
            Happened::Arrived { meeting: *id, members }
        }
        Action::Depart { meeting: id, members } => {
            let meeting = federation.open_meeting(*id)?;
            if members.as_slice() != std::slice::from_ref(context.by) {
                chairs(federation, context, meeting)?;
            }
            let seats: Vec<_> = members.iter().map(|member| swapped_seat(meeting, member).clone()).collect();
            if let Some(away) = seats.iter().find(|seat| !meeting.present.contains(*seat)) {
                return Err(Refusal::NotPresent { member: away.clone() });
            }
            distinct(members)?;
            Happened::Departed { meeting: *id, members: seats }
        }
        Action::GiveProxy { meeting: id, holder } => give_proxy(federation, context, *id, holder)?,
        Action::Swap { meeting: id, substitute } => swap(federation, context, *id, substitute)?,
        Action::Hear { meeting: id, theses, minutes } => {
            let meeting = federation.open_meeting(*id)?;
            chairs(federation, context, meeting)?;
            let platform = federation.platforms.get(*theses)?;
            if platform.recognised.is_none() {
                return Err(Refusal::NotAPlatform { theses: *theses });
            }
            let least = federation.charter.platform.speaking_minutes;
            if *minutes < least {
                return Err(Refusal::HeardTooShortly { theses: *theses, minutes: *minutes, least });
            }
            Happened::Heard { meeting: *id, theses: *theses, minutes: *minutes }
        }
        Action::Close { meeting: id } => {
            let meeting = federation.open_meeting(*id)?;
            chairs(federation, context, meeting)?;
            if let Some(vote) = federation.open_vote(*id) {
                return Err(Refusal::VoteStillOpen { vote });
            }
            Happened::Closed { meeting: *id }
        }
        Action::WriteMinutes { meeting: id, text } => {
            let meeting = federation.meeting(*id)?;
            chairs(federation, context, meeting)?;
            if meeting.opened.is_none() {
                return Err(Refusal::NotInSession { meeting: *id });
            }
            if meeting.approved_in.is_some() {
                return Err(Refusal::MinutesApproved { meeting: *id });
            }
            let written = Event::Meeting(Happened::MinutesWritten { meeting: *id, text: text.hash() });
            return Ok(Decision::from(written).with(text));
        }
        Action::ApproveMinutes { meeting: id, in_meeting } => {
            let (meeting, later) = (federation.meeting(*id)?, federation.open_meeting(*in_meeting)?);
            chairs(federation, context, later)?;
            if later.assembly != meeting.assembly || id == in_meeting {
                return Err(Refusal::WrongMeeting {
                    meeting: *in_meeting,
                    assembly: meeting.assembly.clone(),
                });
            }
            if meeting.approved_in.is_some() {
                return Err(Refusal::MinutesApproved { meeting: *id });
            }
            if meeting.minutes.is_empty() {
                return Err(Refusal::NoMinutes { meeting: *id });
            }
            require_quorum(federation, later, context.at)?;
            Happened::MinutesApproved { meeting: *id, in_meeting: *in_meeting }
        }
    };
    Ok(Event::Meeting(event).into())
}

/// How many in the hall hold their seat still: a delegate whose term is over, or who was recalled, is a guest.
pub(crate) fn still_here(federation: &Federation, meeting: &Meeting, at: Timestamp) -> u64 {
    meeting.present.iter().filter(|seat| holds_still(federation, meeting, seat, at)).count() as u64
}

/// Whether a seat of the meeting's electorate is held still. However long a meeting is kept open, it lengthens no
/// term.
pub(crate) fn holds_still(
    federation: &Federation,
    meeting: &Meeting,
    seat: &MemberId,
    at: Timestamp,
) -> bool {
    match &meeting.electorate {
        Electorate::Members { .. } => true,
        Electorate::Delegates(_) => federation.sits_in(&meeting.assembly, seat, at),
    }
}

/// Refuses where fewer are there in person than the charter asks for [level.meeting.quorum]. Proxies do not make
/// a quorum.
pub(crate) fn require_quorum(
    federation: &Federation,
    meeting: &Meeting,
    at: Timestamp,
) -> Result<(), Refusal> {
    let level = federation.level_of(&meeting.assembly)?;
    let present = still_here(federation, meeting, at);
    let needed = level.meeting.quorum.at_least(meeting.entitled).max(1);
    if present < needed {
        let article = format!("level.{}.meeting.quorum", level.id);
        return Err(Refusal::NoQuorum { present, entitled: meeting.entitled, needed, article });
    }
    Ok(())
}

fn convener(federation: &Federation, context: &Context<'_>, id: &AssemblyId) -> Result<(), Refusal> {
    let assembly = federation.assembly(id)?;
    if assembly.petition.contains(context.by) {
        let (have, need) = petition(federation, id, context.at)?;
        if have >= need {
            return Ok(());
        }
        return duty::require(federation, context, Duty::Convene, id)
            .map_err(|_| Refusal::TooFewSignatures { have, need, article: "level.meeting.petition" });
    }
    duty::require(federation, context, Duty::Convene, id)
}

/// Signatures of those who still belong to an assembly, and how many convene it [level.meeting.petition].
fn petition(federation: &Federation, id: &AssemblyId, at: Timestamp) -> Result<(u64, u64), Refusal> {
    let signatures = &federation.assembly(id)?.petition;
    let have = signatures.iter().filter(|member| federation.sits_in(id, member, at)).count();
    let entitled = Electorate::freeze(federation, id, at)?.size(federation);
    let need = federation.level_of(id)?.meeting.petition.at_least(entitled).max(1);
    Ok((have as u64, need))
}

/// Chairs a meeting: whoever has the duty, or who convened it. A meeting by petition is chaired by those who signed
/// for it and by no officer, who could close it before it began.
pub(crate) fn chairs(
    federation: &Federation,
    context: &Context<'_>,
    meeting: &Meeting,
) -> Result<(), Refusal> {
    if meeting.convened_by == *context.by || meeting.petitioners.contains(context.by) {
        return Ok(());
    }
    if let Some(signatory) = meeting.petitioners.first() {
        let organ = format!("those who signed for the meeting, such as {signatory}");
        return Err(Refusal::NotYourDuty { duty: Duty::Chair, assembly: meeting.assembly.clone(), organ });
    }
    duty::require(federation, context, Duty::Chair, &meeting.assembly)
}

fn sits(federation: &Federation, context: &Context<'_>, id: &AssemblyId) -> Result<(), Refusal> {
    federation.assembly(id)?;
    if federation.sits_in(id, context.by, context.at) {
        return Ok(());
    }
    Err(Refusal::NotEntitled { body: id.clone(), member: context.by.clone() })
}

fn not_closed(meeting: &Meeting, id: MeetingId) -> Result<(), Refusal> {
    if meeting.closed.is_some() { Err(Refusal::MeetingClosed { meeting: id }) } else { Ok(()) }
}

fn not_entitled(meeting: &Meeting, member: &MemberId) -> Refusal {
    Refusal::NotEntitled { body: meeting.assembly.clone(), member: member.clone() }
}

fn check_item(federation: &Federation, assembly: &AssemblyId, item: &Item) -> Result<(), Refusal> {
    let Some(id) = item.motion else { return Ok(()) };
    let motion = federation.motion(id)?;
    if motion.assembly != *assembly {
        return Err(Refusal::MotionElsewhere { motion: id, assembly: motion.assembly.clone() });
    }
    Ok(())
}

fn swapped_seat<'a>(meeting: &'a Meeting, member: &'a MemberId) -> &'a MemberId {
    let swapped = meeting.swaps.iter().find(|(_, substitute)| *substitute == member);
    swapped.map_or(member, |(delegate, _)| delegate)
}

fn distinct(members: &[MemberId]) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    match members.iter().find(|member| !seen.insert(*member)) {
        Some(member) => Err(Refusal::AlreadyPresent { member: member.clone() }),
        None => Ok(()),
    }
}

fn give_proxy(
    federation: &Federation,
    context: &Context<'_>,
    id: MeetingId,
    holder: &MemberId,
) -> Result<Happened, Refusal> {
    let meeting = federation.meeting(id)?;
    not_closed(meeting, id)?;
    let level = federation.level_of(&meeting.assembly)?;
    let Some(proxies) = level.meeting.proxies else {
        return Err(Refusal::NoProxies { level: level.id.clone() });
    };
    for member in [context.by, holder] {
        let frozen_out = meeting.opened.is_some() && !meeting.electorate.has(federation, member);
        if frozen_out || !federation.sits_in(&meeting.assembly, member, context.at) {
            return Err(not_entitled(meeting, member));
        }
    }
    if holder == context.by {
        return Err(Refusal::ProxyToOneself { member: holder.clone() });
    }
    if meeting.present.contains(context.by) {
        return Err(Refusal::GiverIsPresent { member: context.by.clone() });
    }
    if meeting.proxies.contains_key(context.by) {
        return Err(Refusal::ProxyAlreadyGiven { member: context.by.clone() });
    }
    let held = meeting.proxies.values().filter(|other| *other == holder).count();
    if held >= proxies.per_person as usize {
        let (holder, level, limit) = (holder.clone(), level.id.clone(), proxies.per_person);
        return Err(Refusal::TooManyProxies { holder, level, limit });
    }
    Ok(Happened::ProxyGiven { meeting: id, giver: context.by.clone(), holder: holder.clone() })
}

/// A delegate's substitute for one meeting is one of those whom the same ballots named and did not elect.
fn swap(
    federation: &Federation,
    context: &Context<'_>,
    id: MeetingId,
    substitute: &MemberId,
) -> Result<Happened, Refusal> {
    let meeting = federation.meeting(id)?;
    not_closed(meeting, id)?;
    let assembly = federation.assembly(&meeting.assembly)?;
    let Some(seat) = assembly.delegate(context.by, context.at) else {
        return Err(not_entitled(meeting, context.by));
    };
    let election = federation.election(seat.election)?;
    let named = election.outcome.as_ref().is_some_and(|outcome| outcome.others.contains(substitute));
    if !named || assembly.delegate(substitute, context.at).is_some() {
        return Err(Refusal::NotTheSubstitute {
            delegate: context.by.clone(),
            substitute: substitute.clone(),
        });
    }
    if !federation.standing_rights(substitute)?.stand {
        let standing = federation.roll.member(substitute).map_or(Standing::Active, |(_, line)| line.standing);
        return Err(Refusal::StandingForbids { member: substitute.clone(), standing, what: "stand" });
    }
    let taken =
        meeting.swaps.contains_key(context.by) || meeting.swaps.values().any(|other| other == substitute);
    if taken {
        return Err(Refusal::SeatIsSwapped { member: context.by.clone() });
    }
    let (delegate, substitute) = (context.by.clone(), substitute.clone());
    Ok(Happened::Swapped { meeting: id, delegate, substitute })
}

pub(crate) fn apply(federation: &mut Federation, at: Timestamp, event: &Happened) -> Result<(), Misfit> {
    match event {
        Happened::PetitionSigned { assembly, member } => {
            let body = federation.assemblies.get_mut(assembly).ok_or(Misfit::no("assembly", assembly))?;
            body.petition.insert(member.clone());
        }
        Happened::Convened { assembly, by, scheduled, agenda } => {
            // An officer who convenes does not use up the petition: else a meeting in ten years' time would end it.
            let by_petition = petition(federation, assembly, at).map_err(Misfit::because)?;
            let body = federation.assemblies.get_mut(assembly).ok_or(Misfit::no("assembly", assembly))?;
            let petitioners = match by_petition {
                (have, need) if have >= need && body.petition.contains(by) => {
                    std::mem::take(&mut body.petition)
                }
                _ => BTreeSet::new(),
            };
            federation.meetings.push(Meeting {
                assembly: assembly.clone(),
                convened_at: at,
                convened_by: by.clone(),
                petitioners,
                scheduled: *scheduled,
                agenda: agenda.clone(),
                opened: None,
                closed: None,
                electorate: Electorate::Delegates(BTreeSet::new()),
                entitled: 0,
                carried: BTreeMap::new(),
                votes: Vec::new(),
                present: BTreeSet::new(),
                attended: BTreeSet::new(),
                proxies: BTreeMap::new(),
                swaps: BTreeMap::new(),
                heard: BTreeMap::new(),
                had_quorum: false,
                minutes: Vec::new(),
                approved_in: None,
            });
        }
        Happened::ItemAdded { meeting, item } => meeting_mut(federation, *meeting)?.agenda.push(item.clone()),
        Happened::Opened { meeting, entitled } => {
            let assembly = meeting_mut(federation, *meeting)?.assembly.clone();
            let electorate = Electorate::freeze(federation, &assembly, at).map_err(Misfit::because)?;
            let seated = federation.assemblies.get(&assembly).into_iter().flat_map(|body| body.seated(at));
            let carried = seated.map(|seat| (seat.member.clone(), seat.carries)).collect();
            // A proxy from somebody who does not belong to the electorate is void.
            let mut proxies = std::mem::take(&mut meeting_mut(federation, *meeting)?.proxies);
            proxies.retain(|giver, _| electorate.has(federation, giver));
            let meeting = meeting_mut(federation, *meeting)?;
            meeting.opened = Some(at);
            meeting.proxies = proxies;
            meeting.carried = carried;
            meeting.electorate = electorate;
            meeting.entitled = *entitled;
        }
        Happened::Arrived { meeting, members } => {
            let meeting = meeting_mut(federation, *meeting)?;
            for member in members {
                // A proxy is void while its giver attends.
                meeting.proxies.remove(member);
                meeting.present.insert(member.clone());
                meeting.attended.insert(member.clone());
            }
        }
        Happened::Departed { meeting, members } => {
            let meeting = meeting_mut(federation, *meeting)?;
            for member in members {
                meeting.present.remove(member);
            }
        }
        Happened::ProxyGiven { meeting, giver, holder } => {
            meeting_mut(federation, *meeting)?.proxies.insert(giver.clone(), holder.clone());
        }
        Happened::Swapped { meeting, delegate, substitute } => {
            let meeting = meeting_mut(federation, *meeting)?;
            meeting.present.remove(delegate);
            meeting.swaps.insert(delegate.clone(), substitute.clone());
        }
        Happened::Heard { meeting, theses, minutes } => {
            let heard = meeting_mut(federation, *meeting)?.heard.entry(*theses).or_default();
            *heard = heard.saturating_add(*minutes);
            federation.platforms.note_heard(*theses, *meeting);
        }
        Happened::Closed { meeting } => meeting_mut(federation, *meeting)?.closed = Some(at),
        Happened::MinutesWritten { meeting, text } => meeting_mut(federation, *meeting)?.minutes.push(*text),
        Happened::MinutesApproved { meeting, in_meeting } => {
            meeting_mut(federation, *meeting)?.approved_in = Some(*in_meeting);
        }
    }
    Ok(())
}

pub(crate) fn meeting_mut(federation: &mut Federation, id: MeetingId) -> Result<&mut Meeting, Misfit> {
    federation.meetings.get_mut(id.index()).ok_or_else(|| Misfit::no("meeting", &id))
}
