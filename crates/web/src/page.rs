//! What every page has: head, way around, what stands on it, and the line at its foot by which it can be checked.

use crate::news::{Of, When};
use crate::sheet::Sheet;
use crate::view::{View, address};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::{Map, Value, json};

/// A page: what it is, then its parts in reading order.
pub struct Page {
    /// What it is.
    pub title: String,
    /// A sentence below the title; what is decided, by whom, when.
    pub lead: Option<String>,
    /// Where the reader is: names and addresses from the front page on.
    pub trail: Vec<(String, String)>,
    /// The parts.
    pub parts: Vec<Part>,
    /// Whether it stands alone, without the way around: the screen of a hall.
    pub bare: bool,
    /// Whether its tables are there as files too.
    pub data: bool,
    /// Whether passkeys are made or used on it.
    pub passkeys: bool,
    /// What of it belongs in a calendar.
    pub calendar: Option<When>,
    /// What happened to what it shows, for readers of news.
    pub feed: Option<Of>,
}

/// A part of a page.
pub enum Part {
    /// A table, which is data as well.
    Sheet(Sheet),
    /// Anything that is made for reading.
    Prose(Markup),
    /// Figures by name, shown as a list of terms.
    Facts(Vec<(&'static str, String, Markup)>),
}

impl Page {
    /// A page with a title.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            lead: None,
            trail: Vec::new(),
            parts: Vec::new(),
            bare: false,
            data: true,
            passkeys: false,
            calendar: None,
            feed: None,
        }
    }

    /// Adds the sentence below the title.
    pub fn lead(mut self, lead: impl Into<String>) -> Self {
        self.lead = Some(lead.into());
        self
    }

    /// Adds a step of the way here.
    pub fn under(mut self, name: impl Into<String>, address: impl Into<String>) -> Self {
        self.trail.push((name.into(), address.into()));
        self
    }

    /// Adds a table, unless it is empty.
    pub fn sheet(&mut self, sheet: Sheet) {
        if !sheet.rows.is_empty() {
            self.parts.push(Part::Sheet(sheet));
        }
    }

    /// Adds something to read.
    pub fn prose(&mut self, markup: Markup) {
        self.parts.push(Part::Prose(markup));
    }

    /// Adds a list of figures: key, name, figure.
    pub fn facts(&mut self, facts: Vec<(&'static str, String, Markup)>) {
        self.parts.push(Part::Facts(facts));
    }

    fn sheets(&self) -> impl Iterator<Item = &Sheet> {
        self.parts.iter().filter_map(|part| match part {
            Part::Sheet(sheet) => Some(sheet),
            _ => None,
        })
    }

    /// The data of the page: its tables by name.
    pub fn json(&self, view: &View<'_>) -> Value {
        let tables: Map<String, Value> =
            self.sheets().map(|sheet| (sheet.name.to_owned(), sheet.json())).collect();
        json!({
            "title": self.title,
            "as_of_entry": view.checkpoint.size,
            "root": view.checkpoint.root.to_string(),
            "tables": tables,
        })
    }

    /// One table as CSV: the one named, else the first.
    pub fn csv(&self, name: Option<&str>) -> Option<String> {
        self.sheets().find(|sheet| name.is_none_or(|name| sheet.name == name)).map(Sheet::csv)
    }

    /// The whole page.
    pub fn html(&self, view: &View<'_>) -> Markup {
        let words = view.words;
        let federation = &view.federation.charter.federation.name;
        html! {
            (DOCTYPE)
            html lang=(words.tag) dir=(words.direction()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) " · " (federation) }
                    link rel="stylesheet" href=(view.assets.style);
                    script src=(view.assets.script) defer {}
                    @if self.passkeys { script type="module" src=(view.assets.passkeys) {} }
                    @if self.calendar.is_some() {
                        link rel="alternate" type="text/calendar" href={ (self.own(view)) ".ics" } title=(words.say("calendar"));
                    }
                    @if self.feed.is_some() {
                        link rel="alternate" type="application/atom+xml" href={ (self.own(view)) ".atom" } title=(words.say("feed"));
                    }
                }
                body {
                    a.skip href="#main" { (words.say("skip-to-content")) }
                    @if !self.bare { (masthead(view)) }
                    main id="main" data-entry=(view.checkpoint.size + view.beside) {
                        @if let Some(notice) = &view.notice { p.notice role="status" { (notice) } }
                        @if !self.trail.is_empty() {
                            nav.trail aria-label=(words.say("trail")) {
                                @for (name, address) in &self.trail { a href=(address) { bdi { (name) } } " › " }
                            }
                        }
                        h1 class=[self.bare.then_some("unseen")] { bdi { (self.title) } }
                        @if let Some(lead) = &self.lead { p.lead { (lead) } }
                        @for part in &self.parts { (self.part(part, view)) }
                        @if !self.bare { (self.subscribe(view)) }
                    }
                    @if !self.bare { (foot(view)) }
                }
            }
        }
    }

    /// The page's address as its other forms have it.
    fn own(&self, view: &View<'_>) -> String {
        address("", view.path)
    }

    /// Where to follow what the page shows in one's own calendar or reader of news.
    fn subscribe(&self, view: &View<'_>) -> Markup {
        let words = view.words;
        html! {
            @if self.calendar.is_some() || self.feed.is_some() {
                p.data {
                    @if self.calendar.is_some() { a href={ (self.own(view)) ".ics" } { (words.say("calendar")) } " " }
                    @if self.feed.is_some() { a href={ (self.own(view)) ".atom" } { (words.say("feed")) } }
                }
            }
        }
    }

    fn part(&self, part: &Part, view: &View<'_>) -> Markup {
        match part {
            Part::Prose(markup) => markup.clone(),
            Part::Facts(facts) => html! {
                dl.facts { @for (_, name, figure) in facts { div { dt { (name) } dd { (figure) } } } }
            },
            Part::Sheet(sheet) => {
                let path = view.path;
                let csv = format!("{path}.csv?table={}", sheet.name);
                html! {
                    (sheet.html(view.words))
                    @if self.data { p.data {
                        a href=(csv) { "CSV" } " · " a href={ (path) ".json" } { "JSON" }
                    } }
                }
            }
        }
    }
}

fn masthead(view: &View<'_>) -> Markup {
    let words = view.words;
    let places = [
        ("/assemblies", words.say("nav-assemblies")),
        ("/motions", words.say("nav-motions")),
        ("/theses", words.say("nav-theses")),
        ("/elections", words.say("nav-elections")),
        ("/plan", words.say("nav-plan")),
        ("/record", words.say("nav-record")),
    ];
    html! {
        header.masthead {
            a.federation href="/" { bdi { (view.federation.charter.federation.name) } }
            nav aria-label=(words.say("nav")) {
                ul {
                    @for (address, name) in &places {
                        @let here = view.path.starts_with(address);
                        li { a href=(address) aria-current=[here.then_some("page")] { (name) } }
                    }
                }
            }
            div.self {
                @match view.member {
                    Some(_) => { a.me href="/members/me" { (words.say("nav-me")) } }
                    None => { a.me href="/sign-in" { (words.say("nav-sign-in")) } }
                }
                form.languages method="get" action="/language" {
                    input type="hidden" name="back" value=(view.path);
                    @for language in view.languages.all() {
                        @let here = language.tag == words.tag;
                        button name="language" value=(language.tag) lang=(language.tag)
                            aria-current=[here.then_some("true")] { (language.say("language-name")) }
                    }
                }
            }
            @if view.trial { p.trial { (words.say("trial-site")) } }
        }
    }
}

fn foot(view: &View<'_>) -> Markup {
    let words = view.words;
    let entry = view.checkpoint.size.saturating_sub(1);
    let as_of = words.say_with("as-of-entry", &[("entry", words.number(entry).into())]);
    html! {
        footer {
            p {
                a href={ "/record/" (entry) } { (as_of) } " · " (view.hour(view.as_of)) " · "
                a href="/record" { (words.say("check-it-yourself")) }
            }
        }
    }
}

/// A page's data is a file named after the page, in letters that mean nothing to any system.
pub fn as_a_file(path: &str, ending: &str) -> String {
    let plain = |sign: char| if sign.is_ascii_alphanumeric() { sign } else { '-' };
    let name: String = path.trim_matches('/').chars().take(80).map(plain).collect();
    let name = if name.is_empty() { "front" } else { &name };
    format!("attachment; filename=\"{name}.{ending}\"")
}

/// A heading inside a page.
pub fn section(title: &str, body: Markup) -> Markup {
    html! { section { h2 { (title) } (body) } }
}

/// A picture made by ourselves: SVG whose texts were escaped when it was drawn.
pub fn picture(svg: String) -> Markup {
    html! { figure { (PreEscaped(svg)) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_in_letters_alone() {
        assert_eq!(
            as_a_file("/assemblies/congress", "csv"),
            "attachment; filename=\"assemblies-congress.csv\""
        );
        assert_eq!(as_a_file("/a\".bat\n;/ñ", "json"), "attachment; filename=\"a--bat----.json\"");
        assert_eq!(as_a_file("/", "json"), "attachment; filename=\"front.json\"");
    }
}
