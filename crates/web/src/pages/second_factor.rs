//! Setting up a second factor, and taking it out of use.

use crate::page::Page;
use crate::picture;
use crate::problem::Problem;
use crate::second_factor::readable;
use crate::view::View;
use maud::{Markup, PreEscaped, html};

/// Whether there is one, and what to do.
///
/// # Errors
/// Nobody is signed in, or a fault of the machine.
pub fn page(view: &View<'_>) -> Result<Page, Problem> {
    let words = view.words;
    let me = view.member.ok_or(Problem::SignedOut)?;
    let mut page = begun(view);
    match view.access.has_second(me)? {
        true => page.prose(html! {
            p { (words.say("second-there")) }
            (form(view, "end", html! { (digits(view)) }, &words.say("second-end")))
        }),
        false => page.prose(form(view, "begin", html! {}, &words.say("second-begin"))),
    }
    Ok(page)
}

/// A secret that was just made, to be taken by a device: it is shown this once.
pub fn made(view: &View<'_>, secret: &[u8]) -> Page {
    let words = view.words;
    let text = readable(secret);
    let issuer = percent_encoding::utf8_percent_encode(
        &view.federation.charter.federation.name,
        percent_encoding::NON_ALPHANUMERIC,
    );
    let name = view.member.map(ToString::to_string).unwrap_or_default();
    // The form that devices read: Key URI Format of Google's authenticator, which all others read too.
    let address = format!("otpauth://totp/{issuer}:{name}?secret={text}&issuer={issuer}");
    let mut page = begun(view);
    page.prose(html! {
        p { (words.say("second-scan")) }
        @if let Some(svg) = picture::qr::svg(&address, &words.say("second-picture")) { figure.code { (PreEscaped(svg)) } }
        p { (words.say("second-type")) }
        pre.entry { code { (text) } }
        (form(view, "confirm", digits(view), &words.say("second-confirm")))
    });
    page
}

fn begun(view: &View<'_>) -> Page {
    let words = view.words;
    Page::new(words.say("second")).under(words.say("nav-me"), "/members/me").lead(words.say("second-lead"))
}

fn digits(view: &View<'_>) -> Markup {
    html! {
        label for="second" { (view.words.say("second-digits")) }
        input id="second" name="second" type="text" inputmode="numeric" autocomplete="one-time-code" required maxlength="9";
    }
}

fn form(view: &View<'_>, does: &str, fields: Markup, button: &str) -> Markup {
    html! {
        form.do method="post" action="/members/me/second-factor" {
            input type="hidden" name="do" value=(does);
            input type="hidden" name="token" value=(view.form_token.as_deref().unwrap_or_default());
            (fields)
            button.act { (button) }
        }
    }
}
