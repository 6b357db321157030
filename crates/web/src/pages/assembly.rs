//! Assemblies: seats, delegates and who sent them, meetings and attendance, mandates kept and broken.

use crate::acting::{form, offer};
use crate::news::{Of, When};
use crate::page::Page;
use crate::problem::Problem;
use crate::sheet::{Cell, Sheet};
use crate::view::{View, address};
use mandate_assembly::assembly::{Assembly, members_under};
use mandate_assembly::election::Office;
use mandate_assembly::ids::{AssemblyId, ElectionId, MeetingId, MemberId, MotionId, OrganId};
use mandate_assembly::{Action, meeting, motion};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// How many assemblies a page shows.
const PAGE_ROWS: usize = 200;

/// All assemblies of a level, or those whose name has some letters in it.
pub fn list(view: &View<'_>) -> Page {
    let words = view.words;
    let federation = view.federation;
    let level = view.asked("level").and_then(|id| federation.charter.levels.iter().position(|l| l.id == id));
    let search = view.asked("search").unwrap_or_default().to_lowercase();
    let from: usize = view.asked("from").and_then(|from| from.parse().ok()).unwrap_or(0);
    let columns = vec![
        ("assembly", words.say("assembly")),
        ("workplaces", words.say("workplaces")),
        ("members", words.say("members")),
        ("seats", words.say("seats")),
        ("vacant", words.say("vacant")),
    ];
    let mut sheet = Sheet::new("assemblies", words.say("assemblies"), columns);
    let named = |id: &AssemblyId| {
        search.is_empty()
            || id.as_str().to_lowercase().contains(&search)
            || view.assembly_name(id).to_lowercase().contains(&search)
    };
    let mut bodies: Vec<(&AssemblyId, &Assembly)> = federation
        .assemblies
        .iter()
        .filter(|(id, body)| {
            body.dissolved.is_none() && level.is_none_or(|level| body.level == level) && named(id)
        })
        .collect();
    // From the congress down: what is decided for most stands first.
    bodies.sort_by_key(|(id, body)| (std::cmp::Reverse(body.level), *id));
    let all = bodies.len();
    for (id, body) in bodies.into_iter().skip(from).take(PAGE_ROWS) {
        let seats: u64 = body.apportioned.values().map(|seats| u64::from(*seats)).sum();
        let seated = body.seated(view.now).count() as u64;
        sheet.row(vec![
            view.assembly(id),
            Cell::Number(body.workplaces.len() as u64),
            Cell::Number(members_under(federation, id)),
            if seats == 0 { Cell::Nothing } else { Cell::Number(seats) },
            if seats == 0 { Cell::Nothing } else { Cell::Number(seats.saturating_sub(seated)) },
        ]);
    }
    let shown = sheet.rows.len();
    let lead = words.say_with("assemblies-shown", &[("shown", shown.into()), ("all", all.into())]);
    let mut page = Page::new(words.say("nav-assemblies")).lead(lead);
    page.prose(filter(view, level, &search));
    page.sheet(sheet);
    page.prose(super::record::further(view, from, PAGE_ROWS, all));
    page
}

fn filter(view: &View<'_>, level: Option<usize>, search: &str) -> maud::Markup {
    let words = view.words;
    maud::html! {
        form.filter method="get" action="/assemblies" {
            label for="level" { (words.say("level")) }
            select id="level" name="level" {
                option value="" { (words.say("all-levels")) }
                @for (index, of) in view.federation.charter.levels.iter().enumerate() {
                    option value=(of.id) selected[level == Some(index)] { (view.level_title(index)) }
                }
            }
            label for="search" { (words.say("search")) }
            input id="search" name="search" type="search" value=(search);
            button { (words.say("show")) }
        }
    }
}

/// One assembly.
pub fn page(view: &View<'_>, id: &AssemblyId) -> Result<Page, Problem> {
    let words = view.words;
    let federation = view.federation;
    let body = federation.assembly(id)?;
    let members = members_under(federation, id);
    let lead = match body.electors.is_empty() {
        true => words.say_with("assembly-of-members", &[("members", members.into())]),
        false => {
            let seats: u64 = body.apportioned.values().map(|seats| u64::from(*seats)).sum();
            let args = [
                ("seats", seats.into()),
                ("electors", body.electors.len().into()),
                ("members", members.into()),
            ];
            words.say_with("assembly-of-delegates", &args)
        }
    };
    let mut page =
        Page::new(view.assembly_name(id)).lead(lead).under(words.say("nav-assemblies"), "/assemblies");
    page.facts(facts(view, body));
    page.calendar = Some(When::Assembly(id.clone()));
    page.feed = Some(Of::Assembly(id.clone()));
    page.prose(acts(view, id));
    page.sheet(delegates(view, id, body));
    page.sheet(organs(view, id));
    page.sheet(meetings(view, id));
    page.sheet(motions(view, id));
    page.sheet(elections(view, id));
    page.sheet(below(view, body));
    if body.electors.is_empty() {
        page.sheet(workplaces(view, body));
    }
    Ok(page)
}

/// Filing a motion, signing for a meeting, convening.
fn acts(view: &View<'_>, id: &AssemblyId) -> Markup {
    let words = view.words;
    let Some(me) = view.member else { return html! {} };
    let level = view.federation.assemblies.get(id).map_or(0, |body| body.level);
    let level = view.federation.charter.levels.get(level).map_or("", |level| level.id.as_str());
    let decided_here = |kind: &&mandate_charter::MotionKind| {
        kind.levels.is_empty() || kind.levels.iter().any(|of| of == level)
    };
    let kinds: Vec<_> = view
        .federation
        .charter
        .motions
        .iter()
        .filter(decided_here)
        .filter(|kind| kind.effect == mandate_charter::Effect::Resolution)
        .collect();
    let fixed = [("assembly", id.to_string())];
    let probe = kinds.first().map(|kind| {
        Action::Motion(motion::Action::File {
            assembly: id.clone(),
            kind: kind.kind.clone(),
            title: "-".into(),
            text: vec!["-".into()],
            seeks: None,
        })
    });
    let file = html! {
        label for="kind" { (words.say("kind")) }
        select id="kind" name="kind" { @for kind in &kinds { option value=(kind.kind) { (kind.kind) } } }
        label for="title" { (words.say("title")) }
        input id="title" name="title" type="text" required maxlength="200";
        label for="text" { (words.say("text-lines")) }
        textarea id="text" name="text" rows="8" required {}
    };
    let convene = html! {
        label for="scheduled" { (words.say("scheduled")) }
        input id="scheduled" name="scheduled" type="datetime-local" required;
        label for="agenda" { (words.say("agenda-lines")) }
        textarea id="agenda" name="agenda" rows="5" {}
    };
    let far = view.now + jiff::SignedDuration::from_hours(24 * 365);
    let convening = Action::Meeting(meeting::Action::Convene {
        assembly: id.clone(),
        scheduled: far,
        agenda: Vec::new(),
    });
    let sits = view.federation.sits_in(id, me, view.now);
    html! {
        @if let Some(probe) = probe {
            div id="file" { (offer(view, &probe, &words.say("file-motion"),
                form(view, "file-motion", &fixed, file, &words.say("file-motion")))) }
        }
        (offer(view, &convening, &words.say("convene"), form(view, "convene", &fixed, convene, &words.say("convene"))))
        (crate::office::of_assembly(view, id))
        @if super::invitations::may_invite(view, id) {
            p { a href={ "/invitations?" (form_urlencoded::Serializer::new(String::new()).append_pair("assembly", id.as_str()).finish()) } { (words.say("invitations-link")) } }
        }
        @if sits {
            (offer(view, &Action::Meeting(meeting::Action::Petition { assembly: id.clone() }), &words.say("petition"),
                form(view, "petition", &fixed, html! {}, &words.say("petition"))))
        }
    }
}

fn facts(view: &View<'_>, body: &Assembly) -> Vec<(&'static str, String, maud::Markup)> {
    let words = view.words;
    let mut facts = Vec::new();
    if let Some(until) = body.term_until {
        facts.push(("term-until", words.say("term-until"), maud::html! { (view.day(until)) }));
    }
    if !body.elects.is_empty() {
        let above = maud::html! {
            @for (place, id) in body.elects.iter().enumerate() {
                @if place > 0 { ", " }
                a href=(address("/assemblies/", id.as_str())) { (view.assembly_name(id)) }
            }
        };
        facts.push(("elects", words.say("elects"), above));
    }
    if let Some(level) = view.federation.charter.levels.get(body.level) {
        let quorum = level.meeting.quorum.to_string();
        facts.push((
            "quorum",
            words.say("quorum"),
            maud::html! { (quorum) " [level." (level.id) ".meeting.quorum]" },
        ));
    }
    facts
}

/// Delegates by those who sent them.
fn delegates(view: &View<'_>, id: &AssemblyId, body: &Assembly) -> Sheet {
    let words = view.words;
    let columns = vec![
        ("delegate", words.say("delegate")),
        ("sent-by", words.say("sent-by")),
        ("carries", words.say("carries")),
        ("terms", words.say("terms-in-row")),
        ("until", words.say("until")),
        ("attendance", words.say("attendance")),
        ("mandates", words.say("mandates-kept")),
    ];
    let mut sheet = Sheet::new("delegates", words.say("delegates-title"), columns);
    let attendance = attendance(view, id);
    let mandates = super::vote::mandates_by_delegate(view, id);
    let mut seats: Vec<_> = body.seated(view.now).collect();
    seats.sort_by(|a, b| a.elector.cmp(&b.elector).then(a.member.cmp(&b.member)));
    for seat in seats {
        let (there, of) = attendance.get(&seat.member).copied().unwrap_or((0, 0));
        let (kept, bound) = mandates.get(&seat.member).copied().unwrap_or((0, 0));
        sheet.row(vec![
            view.member_cell(&seat.member),
            view.assembly(&seat.elector),
            Cell::Number(seat.carries),
            Cell::Number(seat.terms_in_row.into()),
            view.day_cell(seat.ends()),
            if of == 0 { Cell::Nothing } else { Cell::Share(there, of) },
            if bound == 0 { Cell::Nothing } else { Cell::Share(kept, bound) },
        ]);
    }
    sheet
}

/// Meetings each delegate was at, of those that were held while they sat.
fn attendance(view: &View<'_>, id: &AssemblyId) -> BTreeMap<MemberId, (u64, u64)> {
    let mut by_member: BTreeMap<MemberId, (u64, u64)> = BTreeMap::new();
    let held = view.federation.meetings.iter().filter(|meeting| meeting.assembly == *id);
    for meeting in held.filter(|meeting| meeting.opened.is_some()) {
        let mandate_assembly::electorate::Electorate::Delegates(seats) = &meeting.electorate else {
            continue;
        };
        for seat in seats {
            let counts = by_member.entry(seat.clone()).or_default();
            counts.1 += 1;
            counts.0 += u64::from(meeting.attended.contains(seat));
        }
    }
    by_member
}

fn organs(view: &View<'_>, id: &AssemblyId) -> Sheet {
    let words = view.words;
    let columns = vec![
        ("post", words.say("post")),
        ("holder", words.say("holder")),
        ("how", words.say("how-filled")),
        ("until", words.say("until")),
    ];
    let mut sheet = Sheet::new("posts", words.say("posts-title"), columns);
    for organ in view.federation.organs.values().filter(|organ| organ.assembly == *id) {
        for post in organ.seated(view.now) {
            let how = match &post.appointed_by {
                None => words.say("elected"),
                Some(by) => words.say_with("appointed-by", &[("by", view.organ_name(by).into())]),
            };
            sheet.row(vec![
                Cell::Text(view.organ_title(&organ.kind)),
                view.member_cell(&post.member),
                Cell::Text(how),
                view.day_cell(post.ends()),
            ]);
        }
    }
    sheet
}

fn meetings(view: &View<'_>, id: &AssemblyId) -> Sheet {
    let of = |_: MeetingId, meeting: &mandate_assembly::meeting::Meeting| meeting.assembly == *id;
    super::meeting::sheet(view, of)
}

fn motions(view: &View<'_>, id: &AssemblyId) -> Sheet {
    super::motion::sheet(view, |_: MotionId, motion| motion.assembly == *id)
}

fn elections(view: &View<'_>, id: &AssemblyId) -> Sheet {
    super::election::sheet(view, |_: ElectionId, election| {
        let of =
            |organ: &OrganId| view.federation.organs.get(organ).is_some_and(|organ| organ.assembly == *id);
        let mine = match &election.office {
            Office::Delegates { to } => to == id,
            Office::Posts { organ } => of(organ),
        };
        election.body == *id || mine
    })
}

/// The assemblies that elect it, with their seats.
fn below(view: &View<'_>, body: &Assembly) -> Sheet {
    let words = view.words;
    let columns = vec![
        ("elector", words.say("elector")),
        ("members", words.say("members")),
        ("seats", words.say("seats")),
        ("vacant", words.say("vacant")),
    ];
    let mut sheet = Sheet::new("electors", words.say("electors-title"), columns);
    for elector in &body.electors {
        sheet.row(vec![
            view.assembly(elector),
            Cell::Number(members_under(view.federation, elector)),
            Cell::Number(body.apportioned.get(elector).copied().unwrap_or(0).into()),
            Cell::Number(body.vacant(elector, view.now).into()),
        ]);
    }
    sheet
}

fn workplaces(view: &View<'_>, body: &Assembly) -> Sheet {
    let words = view.words;
    let columns = vec![("workplace", words.say("workplace")), ("members", words.say("members"))];
    let mut sheet = Sheet::new("workplaces", words.say("workplaces"), columns);
    for index in &body.workplaces {
        if let Some(id) = view.federation.roll.workplace_id(*index) {
            sheet.row(vec![view.workplace_cell(id), Cell::Number(view.federation.roll.members_of(*index))]);
        }
    }
    sheet
}
