//! What happened, as feeds and calendars tell it: found from the state, so that it is the same whoever asks.

use crate::calendar::{Appointment, Calendar};
use crate::feed::{self, ENTRIES, Feed, News};
use crate::pages;
use crate::view::View;
use jiff::Timestamp;
use mandate_assembly::ids::{AssemblyId, ElectionId, MeetingId, MemberId, MotionId, RecallId, VoteId};
use mandate_assembly::meeting::Meeting;

/// Whose news are wanted.
#[derive(Debug, Clone)]
pub enum Of {
    /// Everybody's.
    Federation,
    /// Those of one assembly.
    Assembly(AssemblyId),
    /// What happened to motions.
    Motions,
}

/// What stands in a calendar.
#[derive(Debug, Clone)]
pub enum When {
    /// All meetings.
    Meetings,
    /// One.
    Meeting(MeetingId),
    /// Those of an assembly.
    Assembly(AssemblyId),
    /// Those of the assemblies that a member sits in, and until when they may stand and vote.
    Member(MemberId),
}

/// The feed of the page that is shown.
pub fn feed(view: &View<'_>, title: String, of: &Of) -> Feed {
    let mut entries = entries(view, of);
    entries.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.about.cmp(&b.about)));
    entries.truncate(ENTRIES);
    Feed {
        title,
        author: view.federation.charter.federation.name.clone(),
        language: view.words.tag.clone(),
        site: view.site.clone(),
        path: if view.path == "/news" { "/".into() } else { view.path.to_owned() },
        tag: feed::tag(view.checkpoint, view.federation.founded_at),
        as_of: view.as_of,
        entries,
    }
}

fn entries(view: &View<'_>, of: &Of) -> Vec<News> {
    let mut news = motions(view, of);
    if matches!(of, Of::Motions) {
        return news;
    }
    meetings(view, of, &mut news);
    votes(view, of, &mut news);
    elections(view, of, &mut news);
    recalls(view, of, &mut news);
    if matches!(of, Of::Federation) {
        theses(view, &mut news);
    }
    news
}

impl Of {
    fn has(&self, assembly: &AssemblyId) -> bool {
        match self {
            Self::Assembly(id) => id == assembly,
            Self::Federation | Self::Motions => true,
        }
    }
}

/// Something that happened to what stands at an address.
fn news(view: &View<'_>, path: String, what: &str, at: Timestamp, title: String) -> News {
    let about = format!("{}#{what}", path.trim_start_matches('/'));
    News { about, at, title, text: view.hour(at), path }
}

fn motions(view: &View<'_>, of: &Of) -> Vec<News> {
    let mut all = Vec::new();
    for (place, motion) in view.federation.motions.iter().enumerate() {
        if !of.has(&motion.assembly) {
            continue;
        }
        let id = MotionId::next(place);
        let title = format!("{} {id}: {}", view.words.say("motion"), motion.title);
        let assembly = view.assembly_name(&motion.assembly);
        let said = |what: String| format!("{title} ({what}, {assembly})");
        all.push(news(
            view,
            format!("/motions/{id}"),
            "filed",
            motion.filed_at,
            said(view.words.say("filed")),
        ));
        if let Some((at, _)) = motion.outcome {
            let outcome = pages::motion::outcome(view, motion);
            all.push(news(view, format!("/motions/{id}"), "outcome", at, said(outcome)));
        }
    }
    all
}

fn meetings(view: &View<'_>, of: &Of, all: &mut Vec<News>) {
    for (place, meeting) in
        view.federation.meetings.iter().enumerate().filter(|(_, held)| of.has(&held.assembly))
    {
        let id = MeetingId::next(place);
        let name = view.assembly_name(&meeting.assembly);
        let title = view.words.say_with("now-meeting", &[("assembly", name.into())]);
        let mut convened =
            news(view, format!("/meetings/{id}"), "convened", meeting.convened_at, title.clone());
        convened.title = format!("{title} · {}", view.hour(meeting.scheduled));
        convened.text = agenda(meeting);
        all.push(convened);
        if let Some(closed) = meeting.closed {
            let over = format!("{title} · {}", view.words.say("closed"));
            all.push(news(view, format!("/meetings/{id}"), "closed", closed, over));
        }
    }
}

/// The points of an agenda, a line each.
pub fn agenda(meeting: &Meeting) -> String {
    let points = meeting.agenda.iter().enumerate();
    points.map(|(place, item)| format!("{}. {}", place + 1, item.title)).collect::<Vec<_>>().join("\n")
}

fn votes(view: &View<'_>, of: &Of, all: &mut Vec<News>) {
    for (place, vote) in view.federation.votes.iter().enumerate() {
        let Some(closed) = vote.closed else { continue };
        let Ok(meeting) = view.federation.meeting(vote.meeting) else { continue };
        if of.has(&meeting.assembly) {
            let (question, result) =
                (pages::vote::question(view, &vote.question), pages::vote::result(view, vote));
            let id = VoteId::next(place);
            all.push(news(view, format!("/votes/{id}"), "closed", closed, format!("{question}: {result}")));
        }
    }
}

fn elections(view: &View<'_>, of: &Of, all: &mut Vec<News>) {
    for (place, election) in view.federation.elections.iter().enumerate() {
        if !of.has(&election.body) {
            continue;
        }
        let id = ElectionId::next(place);
        let office = pages::election::office(view, &election.office);
        let body = view.assembly_name(&election.body);
        let title = view.words.say_with("now-election", &[("office", office.into()), ("body", body.into())]);
        all.push(news(view, format!("/elections/{id}"), "called", election.called_at, title.clone()));
        if let Some(declared) = election.declared {
            let over = format!("{title} · {}", view.words.say("declared"));
            all.push(news(view, format!("/elections/{id}"), "declared", declared, over));
        }
    }
}

fn recalls(view: &View<'_>, of: &Of, all: &mut Vec<News>) {
    for (place, recall) in view.federation.recalls.iter().enumerate().filter(|(_, one)| of.has(&one.body)) {
        let id = RecallId::next(place);
        // A feed is read without signing in, so it says the member's number and no name.
        let member = recall.member.to_string();
        let title = view.words.say_with("recall-of", &[("member", member.into())]);
        let mut started = news(view, format!("/recalls/{id}"), "started", recall.started, title);
        started.text.clone_from(&recall.reason);
        all.push(started);
    }
}

fn theses(view: &View<'_>, all: &mut Vec<News>) {
    for (id, theses) in view.federation.platforms.all() {
        all.push(news(view, format!("/theses/{id}"), "published", theses.published, theses.title.clone()));
    }
}

/// A calendar.
pub fn calendar(view: &View<'_>, name: String, when: &When) -> Calendar {
    match when {
        When::Meetings => of_meetings(view, name, |_, _| true),
        When::Meeting(wanted) => of_meetings(view, name, |id, _| id == *wanted),
        When::Assembly(id) => of_meetings(view, name, |_, meeting| meeting.assembly == *id),
        When::Member(me) => own_calendar(view, name, me),
    }
}

fn of_meetings(view: &View<'_>, name: String, wanted: impl Fn(MeetingId, &Meeting) -> bool) -> Calendar {
    let held = view.federation.meetings.iter().enumerate();
    let held = held.map(|(place, meeting)| (MeetingId::next(place), meeting));
    let appointments = held.filter(|(id, meeting)| wanted(*id, meeting)).map(|(id, meeting)| {
        let assembly = view.assembly_name(&meeting.assembly);
        Appointment {
            id: unique(view, &format!("meeting-{id}")),
            begins: meeting.scheduled,
            ends: meeting.closed,
            title: view.words.say_with("now-meeting", &[("assembly", assembly.into())]),
            text: agenda(meeting),
            address: format!("{}/meetings/{id}", view.site),
        }
    });
    Calendar {
        name,
        language: view.words.tag.clone(),
        as_of: Some(view.as_of),
        appointments: appointments.collect(),
    }
}

fn own_calendar(view: &View<'_>, name: String, me: &MemberId) -> Calendar {
    let federation = view.federation;
    let mut calendar = of_meetings(view, name, |_, meeting| {
        meeting.attended.contains(me) || federation.sits_in(&meeting.assembly, me, view.now)
    });
    for id in &federation.running {
        let Ok(election) = federation.election(*id) else { continue };
        if !election.electorate.has(federation, me) {
            continue;
        }
        let office = pages::election::office(view, &election.office);
        let ends = [
            ("nominations", "nominations-until", election.nominations_until),
            ("closes", "closes", election.closes_at),
        ];
        for (name, word, at) in ends {
            calendar.appointments.push(Appointment {
                id: unique(view, &format!("election-{id}-{name}")),
                begins: at,
                ends: None,
                title: format!("{}: {office}", view.words.say(word)),
                text: view.assembly_name(&election.body),
                address: format!("{}/elections/{id}", view.site),
            });
        }
    }
    calendar
}

/// A name that no other calendar has (RFC 5545, section 3.8.4.7).
fn unique(view: &View<'_>, what: &str) -> String {
    format!("{what}@{}", view.checkpoint.origin.replace('/', "."))
}
