//! A workplace's register: names and addresses brought in as a table, seen row by row before they are kept.

use crate::import::{self, Import};
use crate::occasion::may_write_to;
use crate::page::Page;
use crate::problem::Problem;
use crate::sheet::{Cell, Sheet};
use crate::view::{View, address};
use mandate_assembly::ids::WorkplaceId;
use maud::{Markup, html};

/// The form for a table.
///
/// # Errors
/// The reader does not keep the workplace's roll.
pub fn page(view: &View<'_>, id: &WorkplaceId) -> Result<Page, Problem> {
    let words = view.words;
    check(view, id)?;
    let mut page = title(view, id);
    page.prose(html! {
        p { (words.say("import-how")) }
        (form(view, id, "preview", html! {
            label for="table" { (words.say("import-table")) }
            textarea id="table" name="table" rows="12" required {}
        }, &words.say("import-preview")))
    });
    Ok(page)
}

/// What a table would bring in, and what of it is refused.
///
/// # Errors
/// The reader does not keep the workplace's roll, or the heading cannot be used.
pub fn preview(view: &View<'_>, id: &WorkplaceId, table: &str) -> Result<Page, Problem> {
    let words = view.words;
    let Import { read, refused, total } = read(view, id, table)?;
    let sums = [("read", read.len().into()), ("refused", refused.len().into()), ("total", total.into())];
    let mut page = title(view, id).lead(words.say_with("import-sum", &sums));
    let columns =
        vec![("line", words.say("line")), ("member", words.say("member")), ("why", words.say("import-why"))];
    let mut sheet = Sheet::new("refused", words.say("import-refused"), columns);
    for row in refused {
        sheet.row(vec![Cell::Text(row.line.to_string()), Cell::Text(row.member), Cell::Text(row.why)]);
    }
    page.sheet(sheet);
    let mut columns = vec![("member", words.say("member"))];
    columns.extend(import::FIELDS.map(|field| (field, words.say(&format!("register-{field}")))));
    let mut sheet = Sheet::new("read", words.say("import-read"), columns);
    for (member, fields) in &read {
        let mut row = vec![Cell::Text(member.to_string())];
        row.extend(
            import::FIELDS
                .map(|field| fields.get(field).map_or(Cell::Nothing, |text| Cell::Text(text.clone()))),
        );
        sheet.row(row);
    }
    page.sheet(sheet);
    if !read.is_empty() {
        let kept = html! { textarea name="table" hidden { (table) } };
        page.prose(form(
            view,
            id,
            "confirm",
            kept,
            &words.say_with("import-confirm", &[("count", read.len().into())]),
        ));
    }
    page.prose(html! { p { a href={ (address("/workplaces/", id.as_str())) "/register" } { (words.say("import-again")) } } });
    // The address is that of a form: there is nothing to be had there as a file.
    page.data = false;
    Ok(page)
}

/// The table as it would be imported.
///
/// # Errors
/// The reader does not keep the workplace's roll, or the heading cannot be used.
pub fn read(view: &View<'_>, id: &WorkplaceId, table: &str) -> Result<Import, Problem> {
    check(view, id)?;
    import::read(table, view.federation, view.languages, Some(id))
        .map_err(|error| Problem::Unparsed(error.to_string()))
}

fn check(view: &View<'_>, id: &WorkplaceId) -> Result<(), Problem> {
    view.member.ok_or(Problem::SignedOut)?;
    if view.federation.roll.workplace(id).is_none() {
        return Err(Problem::NoSuch(id.to_string()));
    }
    match may_write_to(view, id) {
        true => Ok(()),
        false => Err(Problem::Unreadable("register-not-yours")),
    }
}

fn title(view: &View<'_>, id: &WorkplaceId) -> Page {
    let words = view.words;
    let workplace = words.say_with("workplace-named", &[("id", id.to_string().into())]);
    Page::new(words.say("register")).under(workplace, address("/workplaces/", id.as_str()))
}

fn form(view: &View<'_>, id: &WorkplaceId, way: &str, fields: Markup, button: &str) -> Markup {
    html! {
        form.do method="post" action="/register" {
            input type="hidden" name="token" value=(view.form_token.as_deref().unwrap_or_default());
            input type="hidden" name="workplace" value=(id);
            (fields)
            button.act name="way" value=(way) { (button) }
        }
    }
}
