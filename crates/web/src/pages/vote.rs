//! Votes in meetings: result, and the roll call as a seat plan with each delegate's mandate beside the answer.

use crate::page::{Page, picture, section};
use crate::picture::seats::{Seat, Voted, seats};
use crate::problem::Problem;
use crate::sheet::{Cell, Sheet};
use crate::view::View;
use mandate_assembly::ids::{AssemblyId, MemberId, VoteId};
use mandate_assembly::vote::{Answer, Question, Vote};
use mandate_charter::VoteWay;
use maud::html;
use std::collections::BTreeMap;

/// The last votes.
pub fn recent(view: &View<'_>, count: usize) -> Sheet {
    let all = view.federation.votes.len();
    sheet(view, (all.saturating_sub(count)..all).rev().map(VoteId::next).collect())
}

/// Some votes with their results.
pub fn sheet(view: &View<'_>, ids: Vec<VoteId>) -> Sheet {
    let words = view.words;
    let columns = vec![
        ("vote", words.say("vote")),
        ("assembly", words.say("assembly")),
        ("day", words.say("day")),
        ("for", words.say("for")),
        ("against", words.say("against")),
        ("abstain", words.say("abstain")),
        ("result", words.say("result")),
    ];
    let mut sheet = Sheet::new("votes", words.say("votes-title"), columns);
    for id in ids {
        let Ok(vote) = view.federation.vote(id) else { continue };
        let Ok(meeting) = view.federation.meeting(vote.meeting) else { continue };
        let tally = vote.result.as_ref().map(|result| &result.tally);
        let figure = |count: Option<u64>| count.map_or(Cell::Nothing, Cell::Number);
        let two = tally.filter(|tally| tally.counts.len() == 2 && is_yes_or_no(&vote.question));
        sheet.row(vec![
            Cell::Link(question(view, &vote.question), format!("/votes/{id}")),
            view.assembly(&meeting.assembly),
            view.day_cell(vote.opened),
            figure(two.map(|tally| tally.counts[0])),
            figure(two.map(|tally| tally.counts[1])),
            figure(tally.map(|tally| tally.abstain)),
            Cell::Text(result(view, vote)),
        ]);
    }
    sheet
}

/// Whether the answers are for and against.
pub fn is_yes_or_no(question: &Question) -> bool {
    !matches!(question, Question::Platforms(_) | Question::Variants(_))
}

/// What is asked, in words.
pub fn question(view: &View<'_>, question: &Question) -> String {
    let words = view.words;
    let title = |id| view.federation.motion(id).map_or(String::new(), |motion| motion.title.clone());
    match question {
        Question::Motion(id) => format!("{} {id}: {}", words.say("motion"), title(*id)),
        Question::Amendment { motion, amendment } => words.say_with(
            "question-amendment",
            &[("number", (*amendment).into()), ("motion", format!("{motion}: {}", title(*motion)).into())],
        ),
        Question::Platforms(_) => words.say("question-platforms"),
        Question::Variants(_) => words.say("question-variants"),
        Question::Instruction { on, .. } => {
            words.say_with("question-instruction", &[("motion", format!("{on}: {}", title(*on)).into())])
        }
    }
}

/// How a vote ended, in words.
pub fn result(view: &View<'_>, vote: &Vote) -> String {
    let words = view.words;
    match &vote.result {
        None => words.say("open"),
        Some(result) if result.hindered.is_some() => words.say("hindered"),
        Some(result) if result.adopted => {
            match result.choice.map(|place| choice(view, &vote.question, place)) {
                Some(choice) => words.say_with("chosen", &[("choice", choice.into())]),
                None => words.say("adopted"),
            }
        }
        Some(_) => words.say("rejected"),
    }
}

/// What a place among the choices stands for.
pub fn choice(view: &View<'_>, question: &Question, place: u32) -> String {
    let index = (place as usize).wrapping_sub(1);
    let named = match question {
        Question::Platforms(theses) => theses
            .get(index)
            .and_then(|id| view.federation.platforms.get(*id).ok())
            .map(|text| text.title.clone()),
        Question::Variants(variants) => variants
            .get(index)
            .and_then(|id| view.federation.planning.variant(*id).ok())
            .map(|variant| variant.title.clone()),
        _ => None,
    };
    named.unwrap_or_else(|| place.to_string())
}

/// One vote.
pub fn page(view: &View<'_>, id: VoteId) -> Result<Page, Problem> {
    let words = view.words;
    let vote = view.federation.vote(id)?;
    let meeting = view.federation.meeting(vote.meeting)?;
    let lead = words.say_with(
        "vote-lead",
        &[
            ("assembly", view.assembly_name(&meeting.assembly).into()),
            ("day", view.day(vote.opened).into()),
            ("way", way(view, vote.way).into()),
            ("result", result(view, vote).into()),
        ],
    );
    let mut page = Page::new(question(view, &vote.question))
        .lead(lead)
        .under(words.say("meetings"), "/meetings")
        .under(view.assembly_name(&meeting.assembly), format!("/meetings/{}", vote.meeting));
    page.facts(facts(view, vote));
    if vote.closed.is_some() && !vote.answers.is_empty() {
        let (plan, sheet) = roll_call(view, id, vote);
        page.prose(section(&words.say("roll-call-title"), picture(seats(&plan, words))));
        page.sheet(sheet);
    }
    Ok(page)
}

fn way(view: &View<'_>, way: VoteWay) -> String {
    match way {
        VoteWay::Hand => view.words.say("by-hand"),
        VoteWay::Card => view.words.say("by-card"),
        VoteWay::RollCall => view.words.say("by-roll-call"),
    }
}

fn facts(view: &View<'_>, vote: &Vote) -> Vec<(&'static str, String, maud::Markup)> {
    let words = view.words;
    let Some(result) = &vote.result else { return Vec::new() };
    let cast = result.tally.cast();
    let mut facts = Vec::new();
    if is_yes_or_no(&vote.question) {
        for (key, name, place) in [("for", words.say("for"), 0), ("against", words.say("against"), 1)] {
            let votes = result.tally.counts.get(place).copied().unwrap_or(0);
            facts.push((key, name, html! { (words.share(votes, cast)) }));
        }
    } else {
        for (votes, place) in result.tally.counts.iter().zip(1u32..) {
            facts.push((
                "choice",
                choice(view, &vote.question, place),
                html! { (words.share(*votes, cast)) },
            ));
        }
    }
    facts.push(("abstain", words.say("abstain"), html! { (words.number(result.tally.abstain)) }));
    facts.push((
        "present",
        words.say("votes-present"),
        html! { (words.share(result.present, vote.entitled)) },
    ));
    if let Some(why) = &result.hindered {
        facts.push(("hindered", words.say("hindered"), html! { (why) }));
    }
    facts
}

/// Who voted how, seat by seat, and against which mandate.
fn roll_call(view: &View<'_>, id: VoteId, vote: &Vote) -> (Vec<Seat>, Sheet) {
    let words = view.words;
    let kept = view.federation.mandates_kept();
    let mandates: BTreeMap<&MemberId, _> =
        kept.iter().filter(|kept| kept.vote == id).map(|kept| (&kept.delegate, kept)).collect();
    let electors = electors(view, vote);
    let columns = vec![
        ("delegate", words.say("delegate")),
        ("sent-by", words.say("sent-by")),
        ("answer", words.say("answer")),
        ("votes", words.say("votes")),
        ("mandate", words.say("mandate")),
        ("kept", words.say("kept")),
    ];
    let mut sheet = Sheet::new("roll-call", words.say("roll-call"), columns);
    let mut rows: Vec<(&MemberId, &Vec<(Answer, u64)>)> = vote.answers.iter().collect();
    rows.sort_by_key(|(member, parts)| {
        (parts.first().map(|(answer, _)| answer.clone()), electors.get(*member), *member)
    });
    let mut plan = Vec::new();
    for (member, parts) in rows {
        let mandate = mandates.get(member);
        let said: Vec<String> = parts.iter().map(|(given, _)| answer(view, &vote.question, given)).collect();
        let votes: u64 = parts.iter().map(|(_, votes)| *votes).sum();
        let elector = electors.get(member);
        plan.push(Seat {
            voted: parts.first().map_or(Voted::Abstained, |(answer, _)| Voted::of(answer)),
            kept: mandate.and_then(|mandate| mandate.kept),
            label: format!("{}: {}", view.names.member(member), said.join(", ")),
        });
        sheet.row(vec![
            view.member_cell(member),
            elector.map_or(Cell::Nothing, |id| view.assembly(id)),
            Cell::Text(said.join(", ")),
            Cell::Number(votes),
            mandate
                .map_or(Cell::Nothing, |kept| Cell::Text(super::motion::instructed(view, kept.instructed))),
            match mandate.and_then(|mandate| mandate.kept) {
                None => Cell::Nothing,
                Some(true) => Cell::Text(words.say("kept-yes")),
                Some(false) => Cell::Text(words.say("kept-no")),
            },
        ]);
    }
    (plan, sheet)
}

fn electors(view: &View<'_>, vote: &Vote) -> BTreeMap<MemberId, AssemblyId> {
    let meeting = view.federation.meeting(vote.meeting).ok();
    let body = meeting.and_then(|meeting| view.federation.assemblies.get(&meeting.assembly));
    let seats = body.into_iter().flat_map(|body| body.seated(vote.opened));
    seats.map(|seat| (seat.member.clone(), seat.elector.clone())).collect()
}

/// An answer in words.
pub fn answer(view: &View<'_>, question: &Question, answer: &Answer) -> String {
    let words = view.words;
    match answer {
        Answer::For => words.say("for"),
        Answer::Against => words.say("against"),
        Answer::Abstain => words.say("abstain"),
        Answer::Choice(place) => choice(view, question, *place),
        Answer::Ranking(places) => {
            let names: Vec<String> =
                places.iter().map(|place| choice(view, question, (*place).into())).collect();
            names.join(" > ")
        }
    }
}

/// Votes under a mandate by delegate of an assembly: kept, and all.
pub fn mandates_by_delegate(view: &View<'_>, id: &AssemblyId) -> BTreeMap<MemberId, (u64, u64)> {
    let mut by_delegate: BTreeMap<MemberId, (u64, u64)> = BTreeMap::new();
    for kept in view.federation.mandates_kept() {
        let meeting = view.federation.vote(kept.vote).and_then(|vote| view.federation.meeting(vote.meeting));
        if meeting.is_ok_and(|meeting| meeting.assembly == *id) {
            let counts = by_delegate.entry(kept.delegate).or_default();
            counts.1 += 1;
            counts.0 += u64::from(kept.kept == Some(true));
        }
    }
    by_delegate
}
