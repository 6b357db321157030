//! A workplace: who it elects, what its mandate is, what it reported.

use crate::page::Page;
use crate::problem::Problem;
use crate::sheet::{Cell, Sheet};
use crate::view::View;
use mandate_assembly::ids::WorkplaceId;
use maud::html;

/// One workplace.
pub fn page(view: &View<'_>, id: &WorkplaceId) -> Result<Page, Problem> {
    let words = view.words;
    let federation = view.federation;
    let Some((index, line)) = federation.roll.workplace(id) else {
        return Err(Problem::NoSuch(id.to_string()));
    };
    let branch = match view.names.branch(&line.branch) {
        Some(name) => format!("{name} ({})", line.branch),
        None => line.branch.to_string(),
    };
    let members = federation.roll.members_of(index);
    let lead = words.say_with("workplace-lead", &[("members", members.into()), ("branch", branch.into())]);
    let mut page = Page::new(words.say_with("workplace-named", &[("id", id.to_string().into())])).lead(lead);
    let territories = federation.roll.territories.iter().zip(&line.territories);
    page.facts(
        territories.map(|(heading, value)| ("territory", heading.clone(), html! { (value) })).collect(),
    );
    page.sheet(assemblies(view, index));
    page.sheet(delegates(view, id));
    page.sheet(mandate(view, id));
    page.prose(crate::office::of_workplace(view, id));
    if crate::occasion::may_write_to(view, id) {
        let to = format!("{}/register", crate::view::address("/workplaces/", id.as_str()));
        page.prose(html! { p { a href=(to) { (words.say("import-link")) } } });
    }
    Ok(page)
}

fn assemblies(view: &View<'_>, index: u32) -> Sheet {
    let words = view.words;
    let columns = vec![("assembly", words.say("assembly")), ("seats", words.say("seats"))];
    let mut sheet = Sheet::new("assemblies", words.say("belongs-to"), columns);
    let mut bodies: Vec<_> = view
        .federation
        .assemblies
        .iter()
        .filter(|(_, body)| body.dissolved.is_none() && body.workplaces.binary_search(&index).is_ok())
        .collect();
    bodies.sort_by_key(|(_, body)| body.level);
    for (id, body) in bodies {
        let seats: u64 = body.apportioned.values().map(|seats| u64::from(*seats)).sum();
        sheet.row(vec![view.assembly(id), if seats == 0 { Cell::Nothing } else { Cell::Number(seats) }]);
    }
    sheet
}

/// Those whom the workplace's own assembly sent.
fn delegates(view: &View<'_>, id: &WorkplaceId) -> Sheet {
    let words = view.words;
    let columns = vec![
        ("delegate", words.say("delegate")),
        ("to", words.say("sent-to")),
        ("until", words.say("until")),
    ];
    let mut sheet = Sheet::new("delegates", words.say("delegates-sent"), columns);
    let Ok(home) = view.federation.assembly_of_workplace(id) else { return sheet };
    let above = view.federation.assemblies.get(home).into_iter().flat_map(|body| &body.elects);
    for to in above {
        let Some(body) = view.federation.assemblies.get(to) else { continue };
        for seat in body.seated(view.now).filter(|seat| seat.elector == *home) {
            sheet.row(vec![view.member_cell(&seat.member), view.assembly(to), view.day_cell(seat.ends())]);
        }
    }
    sheet
}

/// What the plan binds it to, and what it said it has done.
pub fn mandate(view: &View<'_>, id: &WorkplaceId) -> Sheet {
    let words = view.words;
    let columns = vec![
        ("product", words.say("product")),
        ("target", words.say("target")),
        ("reported", words.say("reported")),
        ("part", words.say("part-of-period")),
    ];
    let mut sheet = Sheet::new("mandate", words.say("mandate-of-plan"), columns);
    let Ok(period) = view.federation.planning.current() else { return sheet };
    let Some(targets) = period.mandates.get(id) else { return sheet };
    let report = period.reports.get(id).and_then(|reports| reports.last());
    for (place, target) in targets.iter().enumerate() {
        let Some((product, unit, decimals)) = period.products.get(target.product as usize) else { continue };
        let shown = |units: i128| {
            Cell::Quantity(mandate_plan::Decimal::new(units, *decimals).to_string(), unit.clone())
        };
        let name = view.names.branch(product).unwrap_or(product).to_owned();
        sheet.row(vec![
            Cell::Link(name, crate::view::address("/plan/products/", product)),
            shown(target.quantity),
            report.and_then(|report| report.made.get(place)).map_or(Cell::Nothing, |made| shown(*made)),
            report.map_or(Cell::Nothing, |report| Cell::Text(report.part.to_string())),
        ]);
    }
    sheet
}
