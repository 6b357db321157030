//! Recalls: who is to be recalled, why, who signed, how it ended.

use crate::page::Page;
use crate::problem::Problem;
use crate::sheet::{Cell, Sheet};
use crate::view::View;
use mandate_assembly::ids::RecallId;
use mandate_assembly::recall::Recall;
use maud::html;

/// All recalls.
pub fn list(view: &View<'_>) -> Page {
    let words = view.words;
    let mut page = Page::new(words.say("recalls")).lead(words.say("recalls-lead"));
    page.sheet(sheet(view, |_| true));
    page.prose(super::me::start_recall(view));
    page
}

/// Recalls that are looked for, the newest first.
pub fn sheet(view: &View<'_>, wanted: impl Fn(&Recall) -> bool) -> Sheet {
    let words = view.words;
    let columns = vec![
        ("recall", words.say("recall")),
        ("office", words.say("office")),
        ("body", words.say("electing-body")),
        ("signatures", words.say("signatures")),
        ("state", words.say("state")),
    ];
    let mut sheet = Sheet::new("recalls", words.say("recalls"), columns);
    for (place, recall) in
        view.federation.recalls.iter().enumerate().rev().filter(|(_, recall)| wanted(recall))
    {
        let id = RecallId::next(place);
        sheet.row(vec![
            Cell::Link(format!("{id} {}", view.names.member(&recall.member)), format!("/recalls/{id}")),
            Cell::Text(super::election::office(view, &recall.office)),
            view.assembly(&recall.body),
            Cell::Number(recall.signatures.len() as u64),
            Cell::Text(state(view, recall)),
        ]);
    }
    sheet
}

fn state(view: &View<'_>, recall: &Recall) -> String {
    match recall.recalled {
        Some(true) => view.words.say("recalled"),
        Some(false) => view.words.say("stays"),
        None if recall.called.is_some() => view.words.say("voting-open"),
        None => view.words.say("collecting-signatures"),
    }
}

/// One recall.
pub fn page(view: &View<'_>, id: RecallId) -> Result<Page, Problem> {
    let words = view.words;
    let recall = view.federation.recall(id)?;
    let title = words.say_with("recall-of", &[("member", view.names.member(&recall.member).into())]);
    let mut page = Page::new(title).lead(recall.reason.clone()).under(words.say("recalls"), "/recalls");
    let mut facts = vec![
        ("office", words.say("office"), html! { (super::election::office(view, &recall.office)) }),
        ("body", words.say("electing-body"), html! { (view.assembly_name(&recall.body)) }),
        ("started", words.say("started"), html! { (view.day(recall.started)) }),
        ("signatures", words.say("signatures"), html! { (words.number(recall.signatures.len() as u64)) }),
        ("state", words.say("state"), html! { (state(view, recall)) }),
    ];
    if let Some(count) = &recall.count {
        let entitled = recall.called.as_ref().map_or(0, |(_, _, entitled)| *entitled);
        facts.push(("voted", words.say("voted"), html! { (words.share(count.voted, entitled)) }));
        for (key, name, place) in [("for", words.say("for"), 0), ("against", words.say("against"), 1)] {
            let votes = count.found.counts.get(place).copied().unwrap_or(0);
            facts.push((key, name, html! { (words.share(votes, count.found.cast())) }));
        }
    }
    page.facts(facts);
    page.prose(crate::booth::way(view, mandate_assembly::secret::Subject::Recall(id)));
    page.prose(super::me::recall_forms(view, id));
    page.prose(crate::office::of_recall(view, id));
    Ok(page)
}
