//! A member: seats and posts held, motions moved, mandates kept and broken. Of those who hold nothing, only that.

use crate::page::Page;
use crate::problem::Problem;
use crate::sheet::{Cell, Sheet};
use crate::view::View;
use mandate_assembly::ids::MemberId;
use maud::html;

/// One member.
pub fn page(view: &View<'_>, id: &MemberId) -> Result<Page, Problem> {
    let words = view.words;
    let federation = view.federation;
    let Some((index, line)) = federation.roll.member(id) else {
        return Err(Problem::NoSuch(id.to_string()));
    };
    let workplace = line.workplace.or_else(|| federation.roll.last_workplace(index));
    let workplace = workplace.and_then(|index| federation.roll.workplace_id(index));
    let mut page = Page::new(view.names.member(id));
    if let Some(workplace) = workplace {
        let text = words.say_with("member-lead", &[("workplace", workplace.to_string().into())]);
        page = page.lead(text).under(
            words.say_with("workplace-named", &[("id", workplace.to_string().into())]),
            crate::view::address("/workplaces/", workplace.as_str()),
        );
    }
    page.sheet(offices(view, id));
    page.sheet(mandates(view, id));
    page.sheet(super::motion::sheet(view, |_, motion| motion.mover == *id));
    page.sheet(super::recall::sheet(view, |recall| recall.member == *id));
    if page.parts.is_empty() {
        page.prose(html! { p { (words.say("member-holds-nothing")) } });
    }
    Ok(page)
}

/// Seats and posts, those held now first.
pub fn offices(view: &View<'_>, id: &MemberId) -> Sheet {
    let words = view.words;
    let columns = vec![
        ("office", words.say("office")),
        ("sent-by", words.say("sent-by")),
        ("since", words.say("since")),
        ("until", words.say("until")),
        ("state", words.say("state")),
    ];
    let mut sheet = Sheet::new("offices", words.say("offices"), columns);
    for (assembly, body) in &view.federation.assemblies {
        for seat in body.delegates.iter().filter(|seat| seat.member == *id) {
            sheet.row(vec![
                view.assembly(assembly),
                view.assembly(&seat.elector),
                view.day_cell(seat.since),
                view.day_cell(seat.ends()),
                Cell::Text(words.say(if seat.sits(view.now) { "sits" } else { "sat" })),
            ]);
        }
    }
    for (organ, body) in &view.federation.organs {
        for post in body.posts.iter().filter(|post| post.member == *id) {
            let by = match &post.appointed_by {
                None => Cell::Text(words.say("elected")),
                Some(by) => Cell::Text(words.say_with("appointed-by", &[("by", view.organ_name(by).into())])),
            };
            sheet.row(vec![
                Cell::Text(view.organ_name(organ)),
                by,
                view.day_cell(post.since),
                view.day_cell(post.ends()),
                Cell::Text(words.say(if post.held(view.now) { "holds" } else { "held" })),
            ]);
        }
    }
    sheet
}

/// How a delegate voted where those who sent them had bound the vote.
fn mandates(view: &View<'_>, id: &MemberId) -> Sheet {
    let words = view.words;
    let columns = vec![
        ("vote", words.say("vote")),
        ("mandate", words.say("mandate")),
        ("of", words.say("electing-body")),
        ("kept", words.say("kept")),
    ];
    let mut sheet = Sheet::new("mandates", words.say("mandates-kept-title"), columns);
    for kept in view.federation.mandates_kept().into_iter().filter(|kept| kept.delegate == *id) {
        let title = view.federation.motion(kept.motion).map_or(String::new(), |motion| motion.title.clone());
        let state = match kept.kept {
            Some(true) => words.say("kept-yes"),
            Some(false) => words.say("kept-no"),
            None => words.say("did-not-vote"),
        };
        sheet.row(vec![
            Cell::Link(format!("{} {title}", kept.motion), format!("/votes/{}", kept.vote)),
            Cell::Text(super::motion::instructed(view, kept.instructed)),
            view.assembly(&kept.elector),
            Cell::Text(state),
        ]);
    }
    sheet
}
