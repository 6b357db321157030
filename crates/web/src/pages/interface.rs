//! The interface for programs, to be tried: every address, and a form that hands in a command as a program would.

use crate::acting::{form, offer_blank};
use crate::page::{Page, section};
use crate::pages::PLACES;
use crate::view::View;
use maud::html;

/// What a command looks like.
const EXAMPLE: &str = r#"{"motion": {"sign": {"motion": 1}}}"#;

/// The page.
pub fn page(view: &View<'_>) -> Page {
    let words = view.words;
    let mut page = Page::new(words.say("api")).lead(words.say("api-lead"));
    page.prose(html! {
        p { a href="/api/openapi.json" { (words.say("api-description")) } " · "
            a href="/members/me/tokens" { (words.say("tokens")) } }
        pre.entry { "curl -H 'Authorization: Bearer mandate_…' -H 'Content-Type: application/json' \\\n     \
               -d '{\"action\": " (EXAMPLE) "}' https://…/api/commands" }
    });
    page.prose(section(
        &words.say("api-read"),
        html! {
            ul.addresses {
                @for place in PLACES {
                    li {
                        @match place.address.contains('{') {
                            true => { code { (place.address.replace('*', "")) ".json" } }
                            false if place.address == "/" => { a href="/.json" { code { "/.json" } } }
                            false => { a href={ (place.address) ".json" } { code { (place.address) ".json" } } }
                        }
                        " " span lang="en" { (place.shows) }
                    }
                }
            }
        },
    ));
    page.prose(offer_blank(
        view,
        &words.say("api-try"),
        form(
            view,
            "command",
            &[],
            html! {
                p { (words.say("api-try-text")) }
                label for="action" { (words.say("api-action")) }
                textarea id="action" name="action" rows="8" required spellcheck="false" { (EXAMPLE) }
            },
            &words.say("api-hand-in"),
        ),
    ));
    page
}
