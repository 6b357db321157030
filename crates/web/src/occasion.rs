//! What members are told of: a meeting convened, an election called, the vote on a recall, a vote of all members.
//! Who is to be told follows from the record: the electorate as of its cut-off [members.cut-off].

use crate::news;
use crate::pages;
use crate::view::View;
use jiff::Timestamp;
use mandate_assembly::electorate::Electorate;
use mandate_assembly::ids::{ElectionId, MeetingId, MemberId, RecallId, ReferendumId, WorkplaceId};
use mandate_assembly::roll::rights_of;
use mandate_assembly::{Context, Federation, duty};
use mandate_charter::Duty;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// Something that members are told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Occasion {
    /// A meeting that was convened.
    Meeting(MeetingId),
    /// An election that was called.
    Election(ElectionId),
    /// The vote on a recall.
    Recall(RecallId),
    /// A vote of all members.
    Referendum(ReferendumId),
}

impl fmt::Display for Occasion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Meeting(id) => write!(f, "meeting-{id}"),
            Self::Election(id) => write!(f, "election-{id}"),
            Self::Recall(id) => write!(f, "recall-{id}"),
            Self::Referendum(id) => write!(f, "referendum-{id}"),
        }
    }
}

impl FromStr for Occasion {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || format!("{text:?} is none of meeting-3, election-3, recall-3, referendum-3");
        let (kind, number) = text.split_once('-').ok_or_else(unknown)?;
        Ok(match kind {
            "meeting" => Self::Meeting(number.parse().map_err(|_| unknown())?),
            "election" => Self::Election(number.parse().map_err(|_| unknown())?),
            "recall" => Self::Recall(number.parse().map_err(|_| unknown())?),
            "referendum" => Self::Referendum(number.parse().map_err(|_| unknown())?),
            _ => return Err(unknown()),
        })
    }
}

impl Occasion {
    /// All that members were or are to be told of, the newest of each kind first.
    pub fn all(federation: &Federation) -> Vec<Self> {
        let meetings =
            (0..federation.meetings.len()).rev().map(|place| Self::Meeting(MeetingId::next(place)));
        let elections =
            (0..federation.elections.len()).rev().map(|place| Self::Election(ElectionId::next(place)));
        let recalls = federation.recalls.iter().enumerate().rev();
        let recalls = recalls
            .filter(|(_, recall)| recall.called.is_some())
            .map(|(place, _)| Self::Recall(RecallId::next(place)));
        let referenda =
            (0..federation.referenda.len()).rev().map(|place| Self::Referendum(ReferendumId::next(place)));
        meetings.chain(elections).chain(recalls).chain(referenda).collect()
    }

    /// Whether it is still to come or open, so that telling of it is of use.
    pub fn is_open(self, federation: &Federation) -> bool {
        match self {
            Self::Meeting(id) => federation.meeting(id).is_ok_and(|meeting| meeting.closed.is_none()),
            Self::Election(id) => federation.election(id).is_ok_and(|election| election.closed.is_none()),
            Self::Recall(id) => federation.recall(id).is_ok_and(|recall| recall.recalled.is_none()),
            Self::Referendum(id) => federation.referendum(id).is_ok_and(|vote| vote.agreed.is_none()),
        }
    }

    /// Who is to be told, by the workplace at which they are reached: where they belong now, or belonged last. None
    /// where there is no such occasion.
    pub fn entitled(self, federation: &Federation) -> Option<BTreeMap<WorkplaceId, Vec<MemberId>>> {
        let mut members = Vec::new();
        match self {
            Self::Meeting(id) => {
                let meeting = federation.meeting(id).ok()?;
                // Frozen when it opens; until then, as it would be at the hour it is convened for.
                match meeting.opened {
                    Some(_) => members_of(federation, &meeting.electorate, &mut members),
                    None => {
                        let electorate =
                            Electorate::freeze(federation, &meeting.assembly, meeting.scheduled).ok()?;
                        members_of(federation, &electorate, &mut members);
                    }
                }
            }
            Self::Election(id) => {
                members_of(federation, &federation.election(id).ok()?.electorate, &mut members);
            }
            Self::Recall(id) => {
                let (_, electorate, _) = federation.recall(id).ok()?.called.as_ref()?;
                members_of(federation, electorate, &mut members);
            }
            Self::Referendum(id) => {
                let called = federation.referendum(id).ok()?.called;
                for (index, _, _) in federation.roll.workplaces() {
                    let electorate = Electorate::of_workplace(federation, index, called);
                    members_of(federation, &electorate, &mut members);
                }
            }
        }
        let mut by_workplace: BTreeMap<WorkplaceId, Vec<MemberId>> = BTreeMap::new();
        for member in members {
            let workplace = federation
                .roll
                .member(&member)
                .and_then(|(index, line)| line.workplace.or_else(|| federation.roll.last_workplace(index)));
            // Whoever is on an electorate has belonged to a workplace; nobody may fall out of the sum.
            let workplace = workplace.and_then(|index| federation.roll.workplace_id(index)).cloned();
            by_workplace.entry(workplace.unwrap_or_else(|| "-".into())).or_default().push(member);
        }
        for members in by_workplace.values_mut() {
            members.sort();
        }
        Some(by_workplace)
    }

    /// The page that shows it.
    pub fn path(self) -> String {
        match self {
            Self::Meeting(id) => format!("/meetings/{id}"),
            Self::Election(id) => format!("/elections/{id}"),
            Self::Recall(id) => format!("/recalls/{id}"),
            Self::Referendum(_) => "/motions".into(),
        }
    }

    /// What is called, in words.
    pub fn title(self, view: &View<'_>) -> String {
        let (words, federation) = (view.words, view.federation);
        match self {
            Self::Meeting(id) => federation.meeting(id).map_or(String::new(), |meeting| {
                let name = view.assembly_name(&meeting.assembly);
                words.say_with("now-meeting", &[("assembly", name.into())])
            }),
            Self::Election(id) => federation.election(id).map_or(String::new(), |election| {
                let office = pages::election::office(view, &election.office);
                let body = view.assembly_name(&election.body);
                words.say_with("now-election", &[("office", office.into()), ("body", body.into())])
            }),
            Self::Recall(id) => federation.recall(id).map_or(String::new(), |recall| {
                let member = view.names.member(&recall.member);
                words.say_with("now-recall", &[("member", member.into())])
            }),
            Self::Referendum(id) => federation.referendum(id).map_or(String::new(), |vote| {
                let motion = vote.motion.to_string();
                words.say_with(
                    "now-referendum",
                    &[("number", id.to_string().into()), ("motion", motion.into())],
                )
            }),
        }
    }

    /// When: the hour it is convened for, or until when one may stand and vote.
    pub fn when(self, view: &View<'_>) -> Vec<(String, Timestamp)> {
        let (words, federation) = (view.words, view.federation);
        match self {
            Self::Meeting(id) => federation
                .meeting(id)
                .map_or(Vec::new(), |meeting| vec![(words.say("day-and-hour"), meeting.scheduled)]),
            Self::Election(id) => federation.election(id).map_or(Vec::new(), |election| {
                vec![
                    (words.say("nominations-until"), election.nominations_until),
                    (words.say("closes"), election.closes_at),
                ]
            }),
            Self::Recall(_) => Vec::new(),
            Self::Referendum(id) => federation
                .referendum(id)
                .map_or(Vec::new(), |vote| vec![(words.say("closes"), vote.closes_at)]),
        }
    }

    /// What there is to say about it: the agenda, the reason of a recall, what is voted on.
    pub fn about(self, view: &View<'_>) -> String {
        let federation = view.federation;
        match self {
            Self::Meeting(id) => federation.meeting(id).map_or(String::new(), news::agenda),
            Self::Election(_) => String::new(),
            Self::Recall(id) => federation.recall(id).map_or(String::new(), |recall| recall.reason.clone()),
            Self::Referendum(id) => federation
                .referendum(id)
                .and_then(|vote| federation.motion(vote.motion))
                .map_or(String::new(), |motion| format!("{}\n{}", motion.title, motion.text.join("\n"))),
        }
    }
}

fn members_of(federation: &Federation, electorate: &Electorate, members: &mut Vec<MemberId>) {
    match electorate {
        Electorate::Delegates(delegates) => members.extend(delegates.iter().cloned()),
        Electorate::Members { workplace, cut_off } => {
            let rights = &federation.charter.members;
            let votes = |standing| rights_of(rights, standing).vote;
            let voters = federation.roll.voters_at(*workplace, *cut_off, votes);
            members.extend(voters.filter_map(|index| federation.roll.member_id(index).cloned()));
        }
    }
}

/// Whether a member may make letters for a workplace: a code in a letter lets its reader act as the member, so it is
/// for those who keep the workplace's roll, and for nobody above or beside them.
pub fn may_write_to(view: &View<'_>, workplace: &WorkplaceId) -> bool {
    let Some(member) = view.member else { return false };
    let context = Context { at: view.now.max(view.as_of), by: member, files: &view.files };
    let home = view.federation.assembly_of_workplace(workplace);
    home.is_ok_and(|home| duty::require(view.federation, &context, Duty::Roll, home).is_ok())
}
