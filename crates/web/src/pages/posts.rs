//! Posts held: elected against appointed, for every organ.

use crate::page::Page;
use crate::sheet::{Cell, Sheet};
use crate::view::{View, address};
use maud::{Markup, html};

/// All posts that are appointed, and how many are elected, by organ.
pub fn page(view: &View<'_>) -> Page {
    let words = view.words;
    let mut page = Page::new(words.say("front-posts")).lead(words.say("posts-lead"));
    page.prose(squares(view));
    let columns = vec![
        ("organ", words.say("organ")),
        ("elected", words.say("elected")),
        ("appointed", words.say("appointed")),
    ];
    let mut sheet = Sheet::new("organs", words.say("posts-by-organ"), columns);
    for (kind, posts) in view.federation.posts_by_organ(view.now) {
        sheet.row(vec![
            Cell::Text(view.organ_title(kind)),
            Cell::Number(posts.elected),
            Cell::Number(posts.appointed),
        ]);
    }
    page.sheet(sheet);
    let columns = vec![
        ("organ", words.say("organ")),
        ("holder", words.say("holder")),
        ("by", words.say("appointed-by-whom")),
    ];
    let mut sheet = Sheet::new("appointed", words.say("appointed-title"), columns);
    for (organ, member, by) in view.federation.post_holders(view.now) {
        if let Some(by) = by {
            let link =
                Cell::Link(view.organ_name(organ), address("/assemblies/", organ_assembly(organ.as_str())));
            sheet.row(vec![link, view.member_cell(member), Cell::Text(view.organ_name(by))]);
        }
    }
    page.sheet(sheet);
    page
}

/// The assembly in an organ's name, after the sign `@`.
fn organ_assembly(organ: &str) -> &str {
    organ.split_once('@').map_or(organ, |(_, assembly)| assembly)
}

/// A line an organ: a filled square for elected posts, a hollow one for appointed.
pub fn squares(view: &View<'_>) -> Markup {
    let words = view.words;
    html! {
        ul.posts {
            @for (kind, posts) in view.federation.posts_by_organ(view.now) {
                li {
                    span.organ { (view.organ_title(kind)) }
                    span.elected { span aria-hidden="true" { "■" } " "
                        (words.say_with("posts-elected", &[("count", posts.elected.into())])) }
                    span.appointed { span aria-hidden="true" { "□" } " "
                        (words.say_with("posts-appointed", &[("count", posts.appointed.into())])) }
                }
            }
        }
        p { a href="/posts" { (words.say("posts-all")) } }
    }
}
