//! The federation at a glance: what may be done now, who is where, what the plan gives.

use crate::news::{self, Of, When};
use crate::page::{Page, section};
use crate::sheet::{Cell, Sheet};
use crate::view::{View, address};
use mandate_assembly::ids::{MeetingId, RecallId, ReferendumId};
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};

/// The front page.
pub fn page(view: &View<'_>) -> Page {
    let words = view.words;
    let federation = view.federation;
    let lead = words.say_with(
        "front-lead",
        &[
            ("members", federation.roll.members_count().into()),
            ("workplaces", open_workplaces(view).into()),
            (
                "assemblies",
                federation.assemblies.values().filter(|body| body.dissolved.is_none()).count().into(),
            ),
        ],
    );
    let mut page = Page::new(federation.charter.federation.name.clone()).lead(lead);
    page.prose(section(&words.say("front-now"), now(view)));
    if let Some(plan) = super::plan::state(view) {
        let more = html! { (plan) p { a href="/plan" { (words.say("plan-more")) } } };
        page.prose(section(&words.say("front-plan"), more));
    }
    page.sheet(levels(view));
    page.sheet(grid(view));
    page.prose(section(&words.say("front-posts"), super::posts::squares(view)));
    page.sheet(super::vote::recent(view, 8));
    page.prose(html! { p { a href="/news" { (words.say("news")) } } });
    page
}

/// What happened last, as the feed tells it.
pub fn news(view: &View<'_>) -> Page {
    let words = view.words;
    let feed = news::feed(view, words.say("news"), &Of::Federation);
    let columns = vec![("news", words.say("what-happened")), ("day", words.say("day"))];
    let mut sheet = Sheet::new("news", words.say("news"), columns);
    for news in &feed.entries {
        sheet.row(vec![Cell::Link(news.title.clone(), news.path.clone()), view.day_cell(news.at)]);
    }
    let mut page = Page::new(words.say("news")).lead(words.say("news-lead"));
    page.sheet(sheet);
    page.feed = Some(Of::Federation);
    page.calendar = Some(When::Meetings);
    page
}

fn open_workplaces(view: &View<'_>) -> u64 {
    view.federation.roll.workplaces().filter(|(_, _, line)| line.closed.is_none()).count() as u64
}

/// What is open now, each with the time until which something may be done.
fn now(view: &View<'_>) -> Markup {
    let words = view.words;
    let federation = view.federation;
    let mut open: Vec<(String, String, String)> = Vec::new();
    for (place, meeting) in federation.meetings.iter().enumerate() {
        if meeting.closed.is_some() {
            continue;
        }
        let id = MeetingId::next(place);
        let name = view.assembly_name(&meeting.assembly);
        let text = match meeting.opened {
            Some(_) => words.say_with("now-meeting-open", &[("assembly", name.into())]),
            None => words.say_with("now-meeting", &[("assembly", name.into())]),
        };
        open.push((text, format!("/meetings/{id}"), view.hour(meeting.scheduled)));
    }
    for id in &federation.running {
        let Ok(election) = federation.election(*id) else { continue };
        let office = super::election::office(view, &election.office);
        let by = view.assembly_name(&election.body);
        let text = words.say_with("now-election", &[("office", office.into()), ("body", by.into())]);
        open.push((text, format!("/elections/{id}"), view.hour(election.closes_at)));
    }
    for (place, recall) in federation.recalls.iter().enumerate() {
        if recall.recalled.is_none() {
            let member = view.names.member(&recall.member);
            let text = words.say_with("now-recall", &[("member", member.into())]);
            open.push((text, format!("/recalls/{}", RecallId::next(place)), view.hour(recall.started)));
        }
    }
    for (place, referendum) in federation.referenda.iter().enumerate() {
        if referendum.agreed.is_none() {
            let motion = referendum.motion.to_string();
            let id = ReferendumId::next(place).to_string();
            let text = words.say_with("now-referendum", &[("number", id.into()), ("motion", motion.into())]);
            open.push((text, format!("/motions/{}", referendum.motion), view.hour(referendum.closes_at)));
        }
    }
    for (id, motion) in federation.overdue(view.now).take(20) {
        let text = words.say_with("now-overdue", &[("title", motion.title.as_str().into())]);
        let due = motion.origin.as_ref().map_or(view.now, |origin| origin.due);
        open.push((text, format!("/motions/{id}"), view.hour(due)));
    }
    html! {
        @if open.is_empty() { p { (words.say("now-nothing")) } }
        @else {
            ul.now {
                @for (text, address, until) in &open { li { a href=(address) { (text) } span.until { (until) } } }
            }
        }
    }
}

/// The hierarchy, level by level.
fn levels(view: &View<'_>) -> Sheet {
    let words = view.words;
    let columns = vec![
        ("level", words.say("level")),
        ("assemblies", words.say("assemblies")),
        ("members", words.say("members")),
        ("seats", words.say("seats")),
        ("turnout", words.say("turnout")),
    ];
    let mut sheet = Sheet::new("levels", words.say("levels-title"), columns);
    for (index, figures) in view.federation.level_figures(view.now).into_iter().enumerate() {
        let to = address("/assemblies", &format!("?level={}", figures.level))
            .replace("%3F", "?")
            .replace("%3D", "=");
        sheet.row(vec![
            Cell::Link(view.level_title(index), to),
            Cell::Number(figures.assemblies),
            Cell::Number(figures.members),
            if figures.seats == 0 { Cell::Nothing } else { Cell::Share(figures.seated, figures.seats) },
            if figures.entitled == 0 { Cell::Nothing } else { Cell::Share(figures.voted, figures.entitled) },
        ]);
    }
    sheet
}

/// Branches by territories: members of each.
fn grid(view: &View<'_>) -> Sheet {
    let words = view.words;
    let roll = &view.federation.roll;
    let mut territories: BTreeSet<&str> = BTreeSet::new();
    let mut members: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
    for (index, _, line) in roll.workplaces().filter(|(_, _, line)| line.closed.is_none()) {
        let territory = line.territories.first().map_or("", |territory| territory.as_str());
        territories.insert(territory);
        *members.entry(section_of(view, &line.branch)).or_default().entry(territory).or_default() +=
            roll.members_of(index);
    }
    // The headings are data: they have no key of their own to stay the same in every language.
    let mut columns = vec![("branch", words.say("branch"))];
    columns.extend(territories.iter().map(|name| ("members", (*name).to_owned())));
    columns.push(("all", words.say("all")));
    let mut sheet = Sheet::new("branches", words.say("branches-title"), columns);
    for (branch, by_territory) in members {
        let mut row = vec![Cell::Text(branch.to_owned())];
        row.extend(territories.iter().map(|territory| match by_territory.get(territory) {
            Some(count) => Cell::Number(*count),
            None => Cell::Nothing,
        }));
        row.push(Cell::Number(by_territory.values().sum()));
        sheet.row(row);
    }
    sheet
}

/// The first part of a branch's code: its section, or the union itself.
pub fn section_of<'a>(view: &View<'_>, branch: &'a str) -> &'a str {
    match view.federation.charter.federation.branches {
        mandate_charter::Classification::Isic4 => branch.get(..1).unwrap_or(branch),
        mandate_charter::Classification::Own => branch.split('/').next().unwrap_or(branch),
    }
}
