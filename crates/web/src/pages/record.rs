//! The record: entries in words, its root, how anybody checks it.

use crate::page::{Page, section};
use crate::problem::Problem;
use crate::sheet::{Cell, Sheet};
use crate::view::{View, address};
use mandate_assembly::{Entry, Event};
use mandate_record::{Machine, Reader};
use maud::{Markup, html};

/// How many entries a page shows.
const PAGE_ROWS: u64 = 50;

/// The newest entries, or those from a position back; or those that name something.
pub fn list(view: &View<'_>) -> Page {
    let words = view.words;
    let size = view.checkpoint.size;
    let lead = words.say_with("record-lead", &[("entries", size.into())]);
    let mut page = Page::new(words.say("nav-record")).lead(lead);
    page.facts(vec![
        ("root", words.say("root"), html! { code { (view.checkpoint.root) } }),
        ("origin", words.say("origin"), html! { code { (view.checkpoint.origin) } }),
    ]);
    page.prose(section(&words.say("check-title"), how_to_check(view)));
    let to = view.asked("to").and_then(|to| to.parse().ok()).unwrap_or(size).min(size);
    let from = to.saturating_sub(PAGE_ROWS);
    let columns = vec![
        ("entry", words.say("entry")),
        ("day", words.say("day")),
        ("by", words.say("by")),
        ("what", words.say("what-happened")),
    ];
    let mut sheet = Sheet::new("entries", words.say("entries"), columns);
    if let Ok(reader) = Reader::open(view.files.0) {
        for position in (from..to).rev() {
            let Some(entry) = reader.entry(position).ok().and_then(|bytes| read(&bytes)) else { continue };
            sheet.row(vec![
                Cell::Link(position.to_string(), format!("/record/{position}")),
                Cell::Time(view.hour(entry.at), entry.at.to_string()),
                view.member_cell(&entry.by),
                Cell::Text(happened(view, &entry.event)),
            ]);
        }
    }
    page.sheet(sheet);
    page.prose(html! {
        nav.further aria-label=(words.say("further")) {
            @if to < size { a href={ "/record?to=" ((to + PAGE_ROWS).min(size)) } { (words.say("newer")) } }
            @if from > 0 { a href={ "/record?to=" (from) } { (words.say("older")) } }
        }
    });
    page
}

fn how_to_check(view: &View<'_>) -> Markup {
    let words = view.words;
    html! {
        p { (words.say("check-text")) }
        pre { "mandate record verify FOLDER --json" }
        ul {
            li { a href="/checkpoint" { (words.say("check-checkpoint")) } }
            li { a href="/record.csv" { (words.say("check-csv")) } }
        }
    }
}

fn read(bytes: &[u8]) -> Option<Entry> {
    mandate_record::Federation::read(bytes).ok()
}

/// What an entry says, in the words of its noun and what happened to it.
fn happened(view: &View<'_>, event: &Event) -> String {
    let Ok(value) = serde_json::to_value(event) else { return String::new() };
    let Some((noun, what)) = only(&value) else { return value.to_string() };
    let kind = only(what).map_or_else(|| what.as_str().unwrap_or_default(), |(kind, _)| kind);
    let id = format!("event-{noun}-{kind}");
    if view.words.has(&id) { view.words.say(&id) } else { format!("{noun}: {kind}") }
}

/// The one field of a JSON object that has one.
fn only(value: &serde_json::Value) -> Option<(&str, &serde_json::Value)> {
    let fields = value.as_object().filter(|fields| fields.len() == 1)?;
    fields.iter().next().map(|(name, value)| (name.as_str(), value))
}

/// One entry: in words, and as it was written, byte for byte.
pub fn entry(view: &View<'_>, position: u64) -> Result<Page, Problem> {
    let words = view.words;
    if position >= view.checkpoint.size {
        return Err(Problem::NoSuch(position.to_string()));
    }
    let reader = Reader::open(view.files.0)?;
    let bytes = reader.entry(position)?;
    let proof = reader.prove_inclusion(position, view.checkpoint.size)?;
    let title = words.say_with("entry-number", &[("number", words.number(position).into())]);
    let mut page = Page::new(title).under(words.say("nav-record"), "/record");
    if let Some(entry) = read(&bytes) {
        page = page.lead(happened(view, &entry.event));
        page.facts(vec![
            ("day", words.say("day"), html! { (view.hour(entry.at)) }),
            ("by", words.say("by"), html! { a href=(address("/members/", entry.by.as_str())) { bdi { (view.names.member(&entry.by)) } } }),
        ]);
        let attached = entry.event.attachments();
        if !attached.is_empty() {
            let list = html! { ul { @for (hash, what) in &attached { li {
            (format!("{what:?}")) " " a href={ "/attachments/" (hash) } { code { (hash) } } } } } };
            page.prose(section(&words.say("attachments"), list));
        }
    }
    page.prose(section(
        &words.say("as-written"),
        html! { pre.entry tabindex="0" { (String::from_utf8_lossy(&bytes)) } },
    ));
    page.prose(section(
        &words.say("inclusion-proof"),
        html! { p { (words.say("inclusion-text")) } pre.entry tabindex="0" { (serde_json::to_string_pretty(&proof).unwrap_or_default()) } },
    ));
    page.prose(html! {
        nav.further aria-label=(words.say("further")) {
            @if position > 0 { a href={ "/record/" (position - 1) } { (words.say("older")) } }
            @if position + 1 < view.checkpoint.size { a href={ "/record/" (position + 1) } { (words.say("newer")) } }
        }
    });
    Ok(page)
}

/// Links to the rows before and after those that a page shows.
pub fn further(view: &View<'_>, from: usize, rows: usize, all: usize) -> Markup {
    let words = view.words;
    let kept: Vec<String> = view
        .query
        .iter()
        .filter(|(name, value)| name != "from" && !value.is_empty())
        .map(|(name, value)| {
            format!("{name}={}", form_urlencoded::byte_serialize(value.as_bytes()).collect::<String>())
        })
        .collect();
    let to = |from: usize| {
        let mut query = kept.clone();
        query.push(format!("from={from}"));
        format!("{}?{}", view.path, query.join("&"))
    };
    html! {
        nav.further aria-label=(words.say("further")) {
            @if from > 0 { a href=(to(from.saturating_sub(rows))) { (words.say("rows-before")) } }
            @if from + rows < all { a href=(to(from + rows)) { (words.say("rows-after")) } }
        }
    }
}
