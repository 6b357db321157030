//! Theses and platforms: side by side, with equal space for each.

use crate::acting::{form, offer};
use crate::page::{Page, section};
use crate::problem::Problem;
use crate::sheet::{Cell, Sheet};
use crate::view::View;
use mandate_assembly::Action;
use mandate_assembly::circular::About;
use mandate_assembly::ids::ThesesId;
use mandate_assembly::theses::{Action as Act, Theses};
use maud::{Markup, html};

/// Lines of each text in the comparison: the same for every platform.
const LINES_SIDE_BY_SIDE: usize = 6;

/// All theses; those that are platforms stand side by side.
pub fn list(view: &View<'_>) -> Page {
    let words = view.words;
    let mut page = Page::new(words.say("nav-theses")).lead(words.say("theses-lead"));
    let platforms: Vec<_> = view.federation.platforms.recognised().collect();
    if !platforms.is_empty() {
        page.prose(side_by_side(view, &platforms));
    }
    page.sheet(sheet(view));
    let fields = html! {
        label for="title" { (words.say("title")) }
        input id="title" name="title" type="text" required maxlength="200";
        label for="text" { (words.say("text-lines")) }
        textarea id="text" name="text" rows="10" required {}
    };
    let probe = Action::Theses(Act::Publish { title: "-".into(), text: vec!["-".into()] });
    let publish = form(view, "publish-theses", &[], fields, &words.say("publish"));
    page.prose(html! { div id="publish" { (offer(view, &probe, &words.say("publish-theses"), publish)) } });
    page
}

fn side_by_side(view: &View<'_>, platforms: &[(ThesesId, &Theses)]) -> Markup {
    let words = view.words;
    section(
        &words.say("platforms"),
        html! {
            div.platforms {
                @for (id, theses) in platforms {
                    article {
                        h3 { a href={ "/theses/" (id) } { (id) ". " bdi { (theses.title) } } }
                        p.standing { (standing(view, theses)) }
                        ol.lines {
                            @for line in theses.text.iter().take(LINES_SIDE_BY_SIDE) { li { bdi { (line) } } }
                        }
                        @if theses.text.len() > LINES_SIDE_BY_SIDE {
                            p { a href={ "/theses/" (id) } { (words.say("read-on")) } }
                        }
                    }
                }
            }
        },
    )
}

/// How theses stand: signatures and, once voted on, votes.
fn standing(view: &View<'_>, theses: &Theses) -> String {
    let words = view.words;
    let signatures = words.say_with("signed-by", &[("count", theses.signatories.len().into())]);
    match theses.result {
        Some((votes, true)) => {
            format!("{signatures} · {}", words.say_with("votes-adopted", &[("count", votes.into())]))
        }
        Some((votes, false)) => {
            format!("{signatures} · {}", words.say_with("votes-had", &[("count", votes.into())]))
        }
        None => signatures,
    }
}

fn sheet(view: &View<'_>) -> Sheet {
    let words = view.words;
    let columns = vec![
        ("theses", words.say("nav-theses")),
        ("author", words.say("author")),
        ("published", words.say("published")),
        ("signatures", words.say("signatures")),
        ("platform", words.say("platform")),
        ("votes", words.say("votes")),
    ];
    let mut sheet = Sheet::new("theses", words.say("all-theses"), columns);
    for (id, theses) in view.federation.platforms.all() {
        sheet.row(vec![
            Cell::Link(format!("{id} {}", theses.title), format!("/theses/{id}")),
            view.member_cell(&theses.author),
            view.day_cell(theses.published),
            Cell::Number(theses.signatories.len() as u64),
            theses.recognised.map_or(Cell::Nothing, |since| view.day_cell(since)),
            theses.result.map_or(Cell::Nothing, |(votes, _)| Cell::Number(votes)),
        ]);
    }
    sheet
}

/// One text.
pub fn page(view: &View<'_>, id: ThesesId) -> Result<Page, Problem> {
    let words = view.words;
    let theses = view.federation.platforms.get(id)?;
    let lead = words.say_with(
        "theses-by",
        &[("author", view.names.member(&theses.author).into()), ("day", view.day(theses.published).into())],
    );
    let mut page = Page::new(format!("{id}. {}", theses.title))
        .lead(format!("{lead} {}.", standing(view, theses)))
        .under(words.say("nav-theses"), "/theses");
    page.prose(html! { ol.lines { @for line in &theses.text { li { bdi { (line) } } } } });
    if let Some(meeting) = theses.heard_in {
        page.prose(html! { p { a href={ "/meetings/" (meeting) } {
        (words.say_with("heard-in", &[("meeting", meeting.to_string().into())])) } } });
    }
    let signed = view.member.is_some_and(|me| theses.signatories.contains(me));
    let (act, does, label) = match signed {
        false => (Act::Sign { theses: id }, "sign-theses", words.say("sign-theses")),
        true => (Act::Unsign { theses: id }, "unsign-theses", words.say("unsign-theses")),
    };
    let sign = form(view, does, &[("theses", id.to_string())], html! {}, &label);
    page.prose(html! { div data-live="sign" { (offer(view, &Action::Theses(act), &label, sign)) } });
    page.sheet(super::motion::signatories(view, &theses.signatories));
    page.sheet(super::motion::circulars(view, About::Theses(id)));
    Ok(page)
}
