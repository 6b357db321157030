//! The tokens that a member made for programs: a new one, those in use, taking back.

use crate::page::Page;
use crate::problem::Problem;
use crate::sheet::{Cell, Sheet};
use crate::token::KINDS;
use crate::view::View;
use maud::{Markup, html};

/// The list and the form for a new one.
///
/// # Errors
/// Nobody is signed in, or a fault of the machine.
pub fn page(view: &View<'_>) -> Result<Page, Problem> {
    listed(view, None)
}

/// The same, with a token that was just made: it is shown this once.
///
/// # Errors
/// As [`page`].
pub fn made(view: &View<'_>, token: &str) -> Result<Page, Problem> {
    listed(view, Some(token))
}

fn listed(view: &View<'_>, made: Option<&str>) -> Result<Page, Problem> {
    let words = view.words;
    let me = view.member.ok_or(Problem::SignedOut)?;
    let mut page = Page::new(words.say("tokens"))
        .under(words.say("nav-me"), "/members/me")
        .lead(words.say("tokens-lead"));
    if let Some(token) = made {
        page.prose(html! {
            div.notice role="status" { p { (words.say("token-made")) } pre.entry { code { (token) } } }
        });
    }
    let columns = vec![
        ("name", words.say("token-name")),
        ("commands", words.say("token-commands")),
        ("until", words.say("token-until")),
        ("used", words.say("token-used")),
    ];
    let issued = view.access.issued(me, jiff::Timestamp::now())?;
    let mut sheet = Sheet::new("tokens", words.say("tokens-yours"), columns);
    for token in &issued {
        let commands = match token.rights.kinds() {
            [] => words.say("token-reads"),
            kinds => kinds.join(", "),
        };
        sheet.row(vec![
            Cell::Text(token.name.clone()),
            Cell::Text(commands),
            Cell::Time(view.hour(token.until), token.until.to_string()),
            token.used.map_or(Cell::Nothing, |used| Cell::Time(view.hour(used), used.to_string())),
        ]);
    }
    page.sheet(sheet);
    page.prose(html! {
        @for token in &issued {
            (form(view, html! {
                input type="hidden" name="revoke" value=(token.id);
                button.plain { (words.say_with("token-revoke", &[("name", token.name.as_str().into())])) }
            }))
        }
        section.do {
            h2 { (words.say("token-make")) }
            (form(view, html! {
                label for="name" { (words.say("token-name")) }
                input id="name" name="name" type="text" required maxlength="80" autocomplete="off";
                label for="days" { (words.say("token-days")) }
                input id="days" name="days" type="number" min="1" max=(crate::token::LONGEST_DAYS) value="90" required inputmode="numeric";
                fieldset {
                    legend { (words.say("token-commands")) }
                    @for kind in KINDS {
                        label.choice { input type="checkbox" name={ "kind-" (kind) } value="yes"; span { code { (kind) } } }
                    }
                }
                button.act { (words.say("token-make")) }
            }))
        }
        p { a href="/api" { (words.say("api")) } }
    });
    Ok(page)
}

fn form(view: &View<'_>, fields: Markup) -> Markup {
    html! {
        form method="post" action="/members/me/tokens" {
            input type="hidden" name="token" value=(view.form_token.as_deref().unwrap_or_default());
            (fields)
        }
    }
}
