//! Meetings: notice, agenda, who was there, what was voted, minutes.

use crate::news::When;
use crate::page::Page;
use crate::problem::Problem;
use crate::sheet::{Cell, Sheet};
use crate::view::View;
use mandate_assembly::Files;
use mandate_assembly::ids::MeetingId;
use mandate_assembly::meeting::Meeting;
use maud::html;

/// All meetings.
pub fn list(view: &View<'_>) -> Page {
    let words = view.words;
    let mut page = Page::new(words.say("meetings")).lead(words.say("meetings-lead"));
    page.sheet(sheet(view, |_, _| true));
    page.calendar = Some(When::Meetings);
    page
}

/// Meetings that are looked for, the newest first.
pub fn sheet(view: &View<'_>, wanted: impl Fn(MeetingId, &Meeting) -> bool) -> Sheet {
    let words = view.words;
    let columns = vec![
        ("meeting", words.say("meeting")),
        ("scheduled", words.say("scheduled")),
        ("attended", words.say("attendance")),
        ("votes", words.say("votes")),
        ("state", words.say("state")),
    ];
    let mut sheet = Sheet::new("meetings", words.say("meetings"), columns);
    for (place, meeting) in view.federation.meetings.iter().enumerate().rev() {
        let id = MeetingId::next(place);
        if !wanted(id, meeting) {
            continue;
        }
        let attended = match meeting.opened {
            Some(_) => Cell::Share(meeting.attended.len() as u64, meeting.entitled),
            None => Cell::Nothing,
        };
        sheet.row(vec![
            Cell::Link(format!("{id} {}", view.assembly_name(&meeting.assembly)), format!("/meetings/{id}")),
            Cell::Time(view.hour(meeting.scheduled), meeting.scheduled.to_string()),
            attended,
            Cell::Number(meeting.votes.len() as u64),
            Cell::Text(state(view, meeting)),
        ]);
    }
    sheet
}

fn state(view: &View<'_>, meeting: &Meeting) -> String {
    match (meeting.opened, meeting.closed) {
        (_, Some(_)) => view.words.say("closed"),
        (Some(_), None) => view.words.say("in-session"),
        (None, None) => view.words.say("convened"),
    }
}

/// One meeting.
pub fn page(view: &View<'_>, id: MeetingId) -> Result<Page, Problem> {
    let words = view.words;
    let meeting = view.federation.meeting(id)?;
    let lead = words.say_with(
        "meeting-lead",
        &[
            ("hour", view.hour(meeting.scheduled).into()),
            ("convener", view.names.member(&meeting.convened_by).into()),
            ("day", view.day(meeting.convened_at).into()),
            ("state", state(view, meeting).into()),
        ],
    );
    let mut page = Page::new(format!("{id}. {}", view.assembly_name(&meeting.assembly)))
        .lead(lead)
        .under(words.say("meetings"), "/meetings");
    if view.asked("live").is_some() {
        // What a device asks for again at every entry: only what a delegate acts on.
        page.bare = true;
        page.prose(crate::desk::for_delegate(view, id, meeting));
        page.prose(super::floor::for_delegate(view, id, meeting)?);
        return Ok(page);
    }
    if meeting.opened.is_some() {
        page.facts(vec![
            (
                "present",
                words.say("present-now"),
                html! { (words.share(meeting.present.len() as u64, meeting.entitled)) },
            ),
            (
                "attended",
                words.say("attended"),
                html! { (words.share(meeting.attended.len() as u64, meeting.entitled)) },
            ),
            ("proxies", words.say("proxies"), html! { (words.number(meeting.proxies.len() as u64)) }),
            ("swaps", words.say("swaps"), html! { (words.number(meeting.swaps.len() as u64)) }),
        ]);
    }
    page.calendar = Some(When::Meeting(id));
    page.prose(crate::desk::for_delegate(view, id, meeting));
    page.prose(super::floor::for_delegate(view, id, meeting)?);
    page.sheet(agenda(view, meeting));
    page.sheet(super::vote::sheet(view, meeting.votes.clone()));
    page.prose(crate::desk::link(view, id, meeting));
    if let Some(bytes) = meeting.minutes.last().and_then(|hash| view.files.get(hash)) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let heading = match meeting.approved_in {
            Some(later) => words.say_with("minutes-approved", &[("meeting", later.to_string().into())]),
            None => words.say("minutes-draft"),
        };
        page.prose(
            html! { section { h2 { (words.say("minutes")) } p { (heading) } pre.minutes { (text) } } },
        );
    }
    Ok(page)
}

fn agenda(view: &View<'_>, meeting: &Meeting) -> Sheet {
    let words = view.words;
    let columns = vec![("item", words.say("item")), ("motion", words.say("motion"))];
    let mut sheet = Sheet::new("agenda", words.say("agenda"), columns);
    for (place, item) in meeting.agenda.iter().enumerate() {
        let motion = item.motion.and_then(|id| Some((id, view.federation.motion(id).ok()?)));
        sheet.row(vec![
            Cell::Text(format!("{}. {}", place + 1, item.title)),
            motion.map_or(Cell::Nothing, |(id, motion)| {
                Cell::Link(format!("{id} {}", motion.title), format!("/motions/{id}"))
            }),
        ]);
    }
    sheet
}
