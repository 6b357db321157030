//! The page to sign in.

use crate::page::Page;
use crate::pages::ways;
use crate::view::View;
use mandate_assembly::ids::MemberId;
use maud::html;

/// With a code, and by the other ways that there are.
pub fn page(view: &View<'_>) -> Page {
    let words = view.words;
    let mut page = Page::new(words.say("nav-sign-in")).lead(words.say("sign-in-lead"));
    page.prose(html! {
        form.do method="post" action="/sign-in" {
            label for="code" { (words.say("code")) }
            input id="code" name="code" type="text" autocomplete="one-time-code" autocapitalize="characters"
                spellcheck="false" required[!view.trial] maxlength="40" autofocus;
            @if view.trial {
                label for="member" { (words.say("trial-member")) }
                input id="member" name="member" type="text" autocomplete="off" maxlength="64" list="some";
                datalist id="some" { @for member in some(view) { option value=(member) {} } }
            }
            label for="second" { (words.say("second-if-any")) }
            input id="second" name="second" type="text" inputmode="numeric" autocomplete="off" maxlength="9";
            button.act { (words.say("nav-sign-in")) }
        }
        (ways::beside_code(view))
    });
    page.passkeys = true;
    page
}

/// Some whom it is worth to try: one who holds a post, one who sits in the congress, one who holds nothing.
fn some(view: &View<'_>) -> Vec<MemberId> {
    let federation = view.federation;
    let mut some: Vec<MemberId> = Vec::new();
    some.extend(federation.post_holders(view.now).take(2).map(|(_, member, _)| member.clone()));
    let top = federation.top().and_then(|id| federation.assemblies.get(id));
    some.extend(
        top.into_iter().flat_map(|body| body.seated(view.now).take(2)).map(|seat| seat.member.clone()),
    );
    some.extend(federation.roll.members().take(2).map(|(member, _)| member.clone()));
    some
}
