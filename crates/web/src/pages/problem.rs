//! The page that says why another is not shown, and what to do.

use crate::page::Page;
use crate::problem::Problem;
use crate::view::View;
use maud::html;

/// What happened and what to do.
pub fn page(view: &View<'_>, problem: &Problem) -> Page {
    let words = view.words;
    let (title, text) = match problem {
        Problem::NoSuchPage => (words.say("no-such-page"), words.say("no-such-page-text")),
        Problem::NoSuch(what) => {
            let text = words.say_with("no-such-thing-text", &[("what", what.as_str().into())]);
            (words.say("no-such-thing"), text)
        }
        Problem::SignedOut => (words.say("signed-out"), words.say("signed-out-text")),
        Problem::Refused(refusal) => {
            let text = words.say_with(
                "refused-text",
                &[("words", refusal.words().into()), ("article", refusal.article().into())],
            );
            (words.say("refused"), text)
        }
        Problem::Unreadable(what) => (words.say("unreadable"), words.say(what)),
        Problem::NotSignedIn(why, what) => {
            (words.say("not-signed-in"), words.say_with(why, &[("what", what.as_str().into())]))
        }
        Problem::TooLong => (words.say("unreadable"), words.say("form-too-long")),
        Problem::OtherKind(kind) => {
            (words.say("unreadable"), words.say_with("other-kind", &[("kind", (*kind).into())]))
        }
        Problem::Unparsed(problem) => (words.say("unreadable"), problem.clone()),
        Problem::Beyond(kind) => {
            (words.say("refused"), words.say_with("beyond-text", &[("kind", (*kind).into())]))
        }
        Problem::Unprintable(problem) => (words.say("unprintable"), problem.clone()),
        Problem::Stale => (words.say("stale"), words.say("stale-text")),
        Problem::TooMany(seconds) => {
            (words.say("too-many"), words.say_with("too-many-text", &[("seconds", (*seconds).into())]))
        }
        Problem::Machine(_) => (words.say("machine"), words.say("machine-text")),
        Problem::Closing => (words.say("closing"), words.say("closing-text")),
    };
    let mut page = Page::new(title).lead(text);
    page.prose(html! { p { a href="/" { (words.say("to-the-front")) } } });
    page
}
