//! Motions: the numbered text with amendments in place, who signed, who was told, what was decided.

use crate::acting::{form, offer};
use crate::news::Of;
use crate::page::{Page, section};
use crate::problem::Problem;
use crate::sheet::{Cell, Sheet};
use crate::view::View;
use mandate_assembly::Action;
use mandate_assembly::circular::About;
use mandate_assembly::ids::{CircularId, MemberId, MotionId, VoteId};
use mandate_assembly::motion::{Amendment, AmendmentOutcome, Motion, Outcome};
use mandate_assembly::vote::Instructed;
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};

/// All motions.
pub fn list(view: &View<'_>) -> Page {
    let words = view.words;
    let mut page = Page::new(words.say("nav-motions")).lead(words.say("motions-lead"));
    page.sheet(sheet(view, |_, _| true));
    page.feed = Some(Of::Motions);
    page
}

/// Motions that are looked for, the newest first.
pub fn sheet(view: &View<'_>, wanted: impl Fn(MotionId, &Motion) -> bool) -> Sheet {
    let words = view.words;
    let columns = vec![
        ("motion", words.say("motion")),
        ("before", words.say("before")),
        ("from", words.say("came-from")),
        ("filed", words.say("filed")),
        ("outcome", words.say("outcome")),
    ];
    let mut sheet = Sheet::new("motions", words.say("nav-motions"), columns);
    for (place, motion) in view.federation.motions.iter().enumerate().rev() {
        let id = MotionId::next(place);
        if !wanted(id, motion) {
            continue;
        }
        sheet.row(vec![
            Cell::Link(format!("{id} {}", motion.title), format!("/motions/{id}")),
            view.assembly(&motion.assembly),
            motion.origin.as_ref().map_or(Cell::Nothing, |origin| view.assembly(&origin.from)),
            view.day_cell(motion.filed_at),
            Cell::Text(outcome(view, motion)),
        ]);
    }
    sheet
}

/// How a motion stands, in words.
pub fn outcome(view: &View<'_>, motion: &Motion) -> String {
    let words = view.words;
    match (&motion.outcome, &motion.answer, &motion.origin) {
        (Some((_, Outcome::Adopted)), _, _) => words.say("adopted"),
        (Some((_, Outcome::Rejected)), _, _) => words.say("rejected"),
        (Some((_, Outcome::Withdrawn)), _, _) => words.say("withdrawn"),
        (None, Some(_), _) => words.say("answered"),
        (None, None, Some(origin)) if origin.due < view.now => words.say("overdue"),
        (None, None, _) => words.say("open"),
    }
}

/// One motion.
pub fn page(view: &View<'_>, id: MotionId) -> Result<Page, Problem> {
    let words = view.words;
    let motion = view.federation.motion(id)?;
    let lead = words.say_with(
        "motion-lead",
        &[
            ("assembly", view.assembly_name(&motion.assembly).into()),
            ("mover", view.names.member(&motion.mover).into()),
            ("day", view.day(motion.filed_at).into()),
            ("outcome", outcome(view, motion).into()),
        ],
    );
    let mut page =
        Page::new(format!("{id}. {}", motion.title)).lead(lead).under(words.say("nav-motions"), "/motions");
    page.prose(way(view, id, motion));
    page.prose(section(&words.say("motion-text"), text(view, motion)));
    if let Some(answer) = &motion.answer {
        page.prose(section(&words.say("answer"), html! { p { bdi { (answer) } } }));
    }
    page.prose(acts(view, id, motion));
    page.sheet(amendments(view, motion));
    page.sheet(votes(view, id));
    page.sheet(mandates(view, id));
    page.sheet(signatories(view, &motion.signatures));
    page.sheet(circulars(view, About::Motion(id)));
    Ok(page)
}

/// Signing, amending and withdrawing.
fn acts(view: &View<'_>, id: MotionId, motion: &Motion) -> Markup {
    use mandate_assembly::motion::Action as Act;
    let words = view.words;
    if !motion.is_open() {
        return html! {};
    }
    let fixed = [("motion", id.to_string())];
    let text = motion.text.join("\n");
    let last = motion.text.len() as u32 + 1;
    let amend = Act::Amend { motion: id, first: last, lines: 0, text: vec![String::new()] };
    let fields = html! {
        input type="hidden" name="before" value=(text);
        label for="amended" { (words.say("amend-how")) }
        textarea id="amended" name="text" rows="10" required { (text) }
    };
    let signed = view.member.is_some_and(|me| motion.signatures.contains(me));
    html! {
        @if !signed {
            (offer(view, &Action::Motion(Act::Sign { motion: id }), &words.say("sign-motion"),
                form(view, "sign-motion", &fixed, html! {}, &words.say("sign-motion"))))
        }
        (offer(view, &Action::Motion(amend), &words.say("amend"), form(view, "amend", &fixed, fields, &words.say("amend"))))
        @if view.member == Some(&motion.mover) {
            (offer(view, &Action::Motion(Act::Withdraw { motion: id }), &words.say("withdraw-motion"),
                form(view, "withdraw-motion", &fixed, html! {}, &words.say("withdraw-motion"))))
        }
    }
}

/// A motion's way through the levels: where it came from and where it was sent on to.
fn way(view: &View<'_>, id: MotionId, motion: &Motion) -> Markup {
    let mut back = Vec::new();
    let mut at = motion;
    while let Some(origin) = &at.origin {
        let Ok(from) = view.federation.motion(origin.motion) else { break };
        back.push((origin.motion, from));
        at = from;
    }
    back.reverse();
    let on: Vec<_> = motion
        .forwarded_to
        .iter()
        .filter_map(|next| Some((*next, view.federation.motion(*next).ok()?)))
        .collect();
    if back.is_empty() && on.is_empty() {
        return html! {};
    }
    let step = |number: MotionId, motion: &Motion| {
        html! {
            li aria-current=[(number == id).then_some("step")] {
                a href={ "/motions/" (number) } { (view.assembly_name(&motion.assembly)) }
                span { (outcome(view, motion)) ", "
                    (view.day(motion.outcome.map_or(motion.filed_at, |(when, _)| when))) }
            }
        }
    };
    html! {
        ol.way aria-label=(view.words.say("way-of-motion")) {
            @for (number, motion) in &back { (step(*number, motion)) }
            (step(id, motion))
            @for (number, motion) in &on { (step(*number, motion)) }
        }
    }
}

/// The text by numbered lines, with every amendment that is open or adopted shown where it changes them.
fn text(view: &View<'_>, motion: &Motion) -> Markup {
    let shown = |amendment: &&Amendment| matches!(amendment.outcome, None | Some(AmendmentOutcome::Adopted));
    let changing: Vec<&Amendment> = motion.amendments.iter().filter(shown).collect();
    let struck: BTreeSet<u32> =
        changing.iter().flat_map(|amendment| amendment.first..amendment.first + amendment.lines).collect();
    let length = motion.text.len() as u32;
    html! {
        ol.lines {
            @for (line, number) in motion.text.iter().zip(1u32..) {
                @for amendment in changing.iter().filter(|a| a.first == number) { (insertion(view, motion, amendment)) }
                li value=(number) {
                    @if struck.contains(&number) { del { bdi { (line) } } } @else { bdi { (line) } }
                }
            }
            @for amendment in changing.iter().filter(|a| a.first == length + 1) { (insertion(view, motion, amendment)) }
        }
    }
}

fn insertion(view: &View<'_>, motion: &Motion, amendment: &Amendment) -> Markup {
    let place = motion.amendments.iter().position(|other| std::ptr::eq(other, amendment)).unwrap_or(0) + 1;
    html! {
        li.amendment {
            span.of { (view.words.say_with("amendment-number", &[("number", place.into())])) ", "
                (amendment_outcome(view, amendment)) }
            @for line in &amendment.text { ins { bdi { (line) } } }
            @if amendment.text.is_empty() { em { (view.words.say("lines-struck")) } }
        }
    }
}

fn amendment_outcome(view: &View<'_>, amendment: &Amendment) -> String {
    let words = view.words;
    match amendment.outcome {
        None => words.say("open"),
        Some(AmendmentOutcome::Adopted) => words.say("adopted"),
        Some(AmendmentOutcome::Rejected) => words.say("rejected"),
        Some(AmendmentOutcome::Withdrawn) => words.say("withdrawn"),
        Some(AmendmentOutcome::Fallen) => words.say("fallen"),
    }
}

fn amendments(view: &View<'_>, motion: &Motion) -> Sheet {
    let words = view.words;
    let columns = vec![
        ("amendment", words.say("amendment")),
        ("mover", words.say("mover")),
        ("first", words.say("first-line")),
        ("lines", words.say("lines")),
        ("text", words.say("text")),
        ("outcome", words.say("outcome")),
    ];
    let mut sheet = Sheet::new("amendments", words.say("amendments-title"), columns);
    for (place, amendment) in motion.amendments.iter().enumerate() {
        sheet.row(vec![
            Cell::Text((place + 1).to_string()),
            view.member_cell(&amendment.mover),
            Cell::Number(amendment.first.into()),
            Cell::Number(amendment.lines.into()),
            Cell::Text(amendment.text.join(" ")),
            Cell::Text(amendment_outcome(view, amendment)),
        ]);
    }
    sheet
}

fn votes(view: &View<'_>, id: MotionId) -> Sheet {
    let places = view.federation.votes.iter().enumerate().filter(|(_, vote)| vote.is_on(id));
    super::vote::sheet(view, places.map(|(place, _)| VoteId::next(place)).collect())
}

fn mandates(view: &View<'_>, id: MotionId) -> Sheet {
    let words = view.words;
    let columns = vec![
        ("body", words.say("electing-body")),
        ("mandate", words.say("mandate")),
        ("given", words.say("given")),
    ];
    let mut sheet = Sheet::new("mandates", words.say("mandates-title"), columns);
    for mandate in view.federation.mandates.iter().filter(|mandate| mandate.on == id) {
        sheet.row(vec![
            view.assembly(&mandate.body),
            Cell::Text(instructed(view, mandate.answer)),
            view.day_cell(mandate.given),
        ]);
    }
    sheet
}

/// What a mandate binds to, in a word.
pub fn instructed(view: &View<'_>, answer: Instructed) -> String {
    match answer {
        Instructed::For => view.words.say("for"),
        Instructed::Against => view.words.say("against"),
        Instructed::Abstain => view.words.say("abstain"),
    }
}

/// Signatories by branch, and those of each.
pub fn signatories(view: &View<'_>, signatories: &BTreeSet<MemberId>) -> Sheet {
    let words = view.words;
    let columns = vec![("branch", words.say("branch")), ("signatures", words.say("signatures"))];
    let mut sheet = Sheet::new("signatures", words.say("signatures-title"), columns);
    let roll = &view.federation.roll;
    let mut by_branch: BTreeMap<&str, u64> = BTreeMap::new();
    for member in signatories {
        let workplace = roll.member(member).and_then(|(index, _)| roll.last_workplace(index));
        let id = workplace.and_then(|index| roll.workplace_id(index));
        let branch = id.and_then(|id| roll.workplace(id)).map_or("", |(_, line)| line.branch.as_str());
        *by_branch.entry(super::front::section_of(view, branch)).or_default() += 1;
    }
    let mut by_branch: Vec<_> = by_branch.into_iter().collect();
    by_branch.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    for (branch, count) in by_branch {
        sheet.row(vec![Cell::Text(branch.to_owned()), Cell::Number(count)]);
    }
    sheet
}

/// Circulars about something, and how many they reached.
pub fn circulars(view: &View<'_>, about: About) -> Sheet {
    let words = view.words;
    let columns = vec![
        ("circular", words.say("circular")),
        ("sender", words.say("sender")),
        ("sent", words.say("sent")),
        ("pages", words.say("pages")),
        ("reached", words.say("reached")),
        ("sha-256", "SHA-256".to_owned()),
    ];
    let mut sheet = Sheet::new("circulars", words.say("circulars-title"), columns);
    for (place, circular) in view.federation.circulars.iter().enumerate() {
        if circular.about != about {
            continue;
        }
        let hash = circular.text.to_string();
        sheet.row(vec![
            Cell::Text(CircularId::next(place).to_string()),
            view.member_cell(&circular.sender),
            view.day_cell(circular.sent),
            Cell::Number(circular.pages.into()),
            Cell::Share(circular.reached.len() as u64, circular.recipients.len() as u64),
            Cell::Link(format!("{}…", &hash[..16]), format!("/attachments/{hash}")),
        ]);
    }
    sheet
}
