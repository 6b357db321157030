//! The ways in which a member signs in: accounts and passkeys, adding and removing.

use crate::by_passkey::LONGEST_NAME;
use crate::page::Page;
use crate::problem::Problem;
use crate::sheet::{Cell, Sheet};
use crate::view::View;
use crate::ways::{Kind, Way};
use mandate_assembly::ids::MemberId;
use maud::{Markup, html};

/// The list, and forms to change it.
///
/// # Errors
/// Nobody is signed in, or a fault of the machine.
pub fn page(view: &View<'_>) -> Result<Page, Problem> {
    let words = view.words;
    let me = view.member.ok_or(Problem::SignedOut)?;
    let mut page = begun(view);
    page.passkeys = true;
    let (accounts, passkeys) = (view.access.ways(Kind::Account, me)?, view.access.ways(Kind::Passkey, me)?);
    if accounts.is_empty() && passkeys.is_empty() {
        page.prose(html! { p { (words.say("ways-none")) } });
    }
    page.sheet(listed(view, "accounts", words.say("accounts-yours"), words.say("account-at"), &accounts));
    page.sheet(listed(view, "passkeys", words.say("passkeys-yours"), words.say("passkey-name"), &passkeys));
    if let Some(provider) = view.provider {
        page.prose(link(view, me, provider)?);
    }
    page.prose(make(view, me)?);
    page.prose(remove(view, me, &accounts, &passkeys)?);
    Ok(page)
}

/// The page from which one goes to the provider.
///
/// # Errors
/// There is no provider.
pub fn leave(view: &View<'_>, address: &str) -> Result<Page, Problem> {
    let words = view.words;
    let name = view.provider.ok_or(Problem::NoSuchPage)?;
    let mut page = begun(view);
    page.prose(html! {
        p { (words.say_with("account-leave-text", &[("name", name.into())])) }
        p { a.act href=(address) rel="noreferrer" { (words.say_with("account-leave", &[("name", name.into())])) } }
    });
    Ok(page)
}

/// The page on which whoever came back from the provider gives the digits of their second factor.
pub fn digits_page(view: &View<'_>) -> Page {
    let words = view.words;
    let mut page = Page::new(words.say("second")).lead(words.say("half-lead"));
    page.prose(html! {
        form.do method="post" action="/sign-in/second" {
            label for="second" { (words.say("second-digits")) }
            input id="second" name="second" type="text" inputmode="numeric" autocomplete="one-time-code" required
                maxlength="9" autofocus;
            button.act { (words.say("nav-sign-in")) }
        }
    });
    page
}

/// What the page to sign in offers beside the code.
pub fn beside_code(view: &View<'_>) -> Markup {
    let words = view.words;
    html! {
        @if let Some(name) = view.provider {
            p { a.act href="/sign-in/provider" { (words.say_with("sign-in-provider", &[("name", name.into())])) } }
        }
        form method="post" action="/sign-in/passkey" data-passkey="use" data-question="/sign-in/passkey/question"
            data-failed=(words.say("passkey-none-given")) hidden {
            button.plain { (words.say("sign-in-passkey")) }
            p role="alert" hidden {}
        }
        (without_script(view))
    }
}

fn begun(view: &View<'_>) -> Page {
    let words = view.words;
    let mut page =
        Page::new(words.say("ways")).under(words.say("nav-me"), "/members/me").lead(words.say("ways-lead"));
    page.data = false;
    page
}

fn listed(view: &View<'_>, name: &'static str, title: String, what: String, ways: &[Way]) -> Sheet {
    let words = view.words;
    let columns = vec![("name", what), ("added", words.say("way-added")), ("used", words.say("token-used"))];
    let mut sheet = Sheet::new(name, title, columns);
    for way in ways {
        sheet.row(vec![
            Cell::Text(way.name.clone()),
            Cell::Time(view.hour(way.added), way.added.to_string()),
            way.used.map_or(Cell::Nothing, |used| Cell::Time(view.hour(used), used.to_string())),
        ]);
    }
    sheet
}

fn link(view: &View<'_>, me: &MemberId, provider: &str) -> Result<Markup, Problem> {
    let words = view.words;
    let title = words.say_with("account-link", &[("name", provider.into())]);
    Ok(html! {
        section.do {
            h2 { (title) }
            p { (words.say("account-link-text")) }
            form method="post" action="/members/me/sign-in" {
                (hidden(view, "link"))
                (digits(view, me, "link")?)
                button.act { (title) }
            }
        }
    })
}

fn make(view: &View<'_>, me: &MemberId) -> Result<Markup, Problem> {
    let words = view.words;
    Ok(html! {
        section.do {
            h2 { (words.say("passkey-add")) }
            p { (words.say("passkey-text")) }
            form method="post" action="/members/me/sign-in" data-passkey="make"
                data-question="/members/me/sign-in/question" data-failed=(words.say("passkey-not-made")) hidden {
                (hidden(view, "passkey"))
                label for="name" { (words.say("passkey-name")) }
                input id="name" name="name" type="text" required maxlength=(LONGEST_NAME) autocomplete="off";
                (digits(view, me, "passkey")?)
                button.act { (words.say("passkey-add")) }
                p role="alert" hidden {}
            }
            p.cannot data-passkey="none" hidden { (words.say("passkey-browser")) }
            (without_script(view))
        }
    })
}

fn remove(view: &View<'_>, me: &MemberId, accounts: &[Way], passkeys: &[Way]) -> Result<Markup, Problem> {
    let words = view.words;
    let choices: Vec<(String, &Way)> = accounts
        .iter()
        .map(|way| (format!("account {}", way.id), way))
        .chain(passkeys.iter().map(|way| (format!("passkey {}", way.id), way)))
        .collect();
    if choices.is_empty() {
        return Ok(html! {});
    }
    Ok(html! {
        section.do {
            h2 { (words.say("way-remove")) }
            form method="post" action="/members/me/sign-in" {
                (hidden(view, "remove"))
                fieldset {
                    legend { (words.say("way-which")) }
                    @for (value, way) in &choices {
                        label.choice { input type="radio" name="way" value=(value) required; span { bdi { (way.name) } ", " (view.hour(way.added)) } }
                    }
                }
                (digits(view, me, "remove")?)
                button.plain { (words.say("way-remove")) }
            }
        }
    })
}

/// What stands in the place of a form for passkeys until the script takes it away.
fn without_script(view: &View<'_>) -> Markup {
    html! { p.cannot data-passkey="script" { (view.words.say("passkey-script")) } }
}

fn hidden(view: &View<'_>, does: &str) -> Markup {
    html! {
        input type="hidden" name="do" value=(does);
        input type="hidden" name="token" value=(view.form_token.as_deref().unwrap_or_default());
    }
}

/// The field for the digits of the second factor, where the member has one.
fn digits(view: &View<'_>, me: &MemberId, of: &str) -> Result<Markup, Problem> {
    let there = view.access.has_second(me)?;
    let id = format!("second-{of}");
    Ok(html! {
        @if there {
            label for=(id) { (view.words.say("second-digits")) }
            input id=(id) name="second" type="text" inputmode="numeric" autocomplete="one-time-code" required maxlength="9";
        }
    })
}
