//! The plan: what it meets, its variants, what holds it back, what branches give each other, mandates and reports.

mod figures;
mod why;

pub use why::{product, workplace};

use crate::page::{Page, picture, section};
use crate::picture::bars::{Bar, bars};
use crate::picture::{sankey, slopes};
use crate::plans::Read;
use crate::problem::Problem;
use crate::sheet::{Cell, Sheet};
use crate::site::Site;
use crate::view::{View, address};
use mandate_assembly::plan::{Period, Variant};
use mandate_plan::Decimal;
use maud::{Markup, html};

/// How many of the tightest products are shown.
const TIGHTEST: usize = 10;

/// Takes the names of branches from the products that they make, where the codes are the same.
pub fn call_branches(site: &Site) {
    let followed = site.follower.read();
    let Ok(federation) = View::federation_of(&followed) else { return };
    let files = crate::follower::Kept(site.follower.path());
    let Some(variant) = federation.planning.variants.last() else { return };
    let Ok(read) = site.plans.get(&files, variant) else { return };
    let names = read.0.products.iter().map(|product| (product.id.clone(), product.name.clone()));
    site.names.write().unwrap_or_else(std::sync::PoisonError::into_inner).call_branches(names);
}

/// The period that is planned or carried out, and its variants.
fn current<'a>(view: &View<'a>) -> Option<(&'a Period, Vec<(usize, &'a Variant)>)> {
    let planning = &view.federation.planning;
    let period = planning.periods.last()?;
    let place = planning.periods.len() - 1;
    let variants = planning.variants.iter().enumerate().filter(|(_, variant)| variant.period == place);
    Some((period, variants.collect()))
}

/// The variant that the plan is, or else the last one put.
fn chosen<'a>(view: &View<'a>) -> Option<&'a Variant> {
    let (period, variants) = current(view)?;
    match period.adopted {
        Some((id, _)) => view.federation.planning.variant(id).ok(),
        None => variants.last().map(|(_, variant)| *variant),
    }
}

fn read(view: &View<'_>) -> Result<Read, Problem> {
    let variant = chosen(view).ok_or_else(|| Problem::NoSuch(view.words.say("nav-plan")))?;
    Ok(view.plans.get(&view.files, variant)?)
}

/// Thousandths of a share written as a decimal. For showing only.
fn thousandths(share: &str) -> u64 {
    let share = share.parse::<Decimal>().map_or(0.0, |share| share.to_f64());
    (share * 1000.0).round().max(0.0) as u64
}

/// What a tier is called.
fn tier_name(view: &View<'_>, tier: u8) -> String {
    let name = view.federation.charter.plan.tiers.get(usize::from(tier).wrapping_sub(1));
    name.map_or_else(|| tier.to_string(), |name| format!("{tier} {name}"))
}

/// The state of the plan in a few lines, for the front page.
pub fn state(view: &View<'_>) -> Option<Markup> {
    let words = view.words;
    let (period, variants) = current(view)?;
    let text = match period.adopted {
        Some((id, when)) => {
            let title = view.federation.planning.variant(id).map_or("", |variant| variant.title.as_str());
            words.say_with(
                "plan-adopted",
                &[
                    ("period", period.name.as_str().into()),
                    ("title", title.into()),
                    ("day", view.day(when).into()),
                ],
            )
        }
        None => words.say_with(
            "plan-open",
            &[("period", period.name.as_str().into()), ("variants", variants.len().into())],
        ),
    };
    Some(html! {
        p { (text) }
        @if let Some(variant) = chosen(view) { (needs_met(view, variant)) }
    })
}

fn needs_met(view: &View<'_>, variant: &Variant) -> Markup {
    let rows = variant.figures.fulfilment.iter().map(|(tier, (_, weighted))| {
        let share = thousandths(weighted);
        Bar { name: tier_name(view, *tier), thousandths: share, shown: view.words.percent(share) }
    });
    picture(bars(&view.words.say("needs-by-tier"), &rows.collect::<Vec<_>>()))
}

/// The plan.
pub fn page(view: &View<'_>) -> Result<Page, Problem> {
    let words = view.words;
    let mut page = Page::new(words.say("nav-plan"));
    let Some((period, variants)) = current(view) else {
        return Ok(page.lead(words.say("plan-none")));
    };
    page.title = words.say_with("plan-named", &[("period", period.name.as_str().into())]);
    if let Some(state) = state(view) {
        page.prose(state);
    }
    page.sheet(compared(view, period, &variants));
    if variants.len() > 1 {
        page.prose(section(&words.say("variants-slopes"), picture(slopes_of(view, &variants))));
    }
    if let Ok(read) = read(view) {
        page.sheet(tightest(view, &read));
        let flows = figures::flows(&read.0, &read.1, &words.say("imports"), &|workplace| {
            let line = view.federation.roll.workplace(&workplace.into());
            line.map(|(_, line)| super::front::section_of(view, &line.branch).to_owned())
        });
        if !flows.is_empty() {
            page.prose(section(
                &words.say("flows-title"),
                picture(sankey::sankey(&words.say("flows-about"), &flows)),
            ));
            page.sheet(flow_sheet(view, &flows));
        }
    }
    page.sheet(mandates(view, period));
    page.sheet(behind(view, period));
    page.sheet(needs(view, period));
    Ok(page)
}

fn compared(view: &View<'_>, period: &Period, variants: &[(usize, &Variant)]) -> Sheet {
    let words = view.words;
    let mut columns = vec![("variant", words.say("variant"))];
    let tiers: Vec<u8> =
        variants.first().map_or(Vec::new(), |(_, v)| v.figures.fulfilment.keys().copied().collect());
    columns.extend(tiers.iter().map(|tier| ("tier", tier_name(view, *tier))));
    columns.push(("labour", words.say("labour")));
    columns.push(("gap", words.say("gap")));
    columns.push(("adopted", words.say("adopted")));
    let mut sheet = Sheet::new("variants", words.say("variants"), columns);
    for (place, variant) in variants {
        let figures = &variant.figures;
        let mut row = vec![Cell::Text(variant.title.clone())];
        row.extend(tiers.iter().map(|tier| match figures.fulfilment.get(tier) {
            Some((_, weighted)) => Cell::Bar(thousandths(weighted)),
            None => Cell::Nothing,
        }));
        row.push(Cell::Quantity(whole(&figures.labour), figures.labour_unit.clone()));
        row.push(Cell::Text(format!("{}\u{a0}ppm", figures.gap_ppm)));
        let adopted = period.adopted.is_some_and(|(id, _)| id.index() == *place);
        row.push(if adopted { Cell::Text(words.say("yes")) } else { Cell::Nothing });
        sheet.row(row);
    }
    sheet
}

/// A decimal without its decimals, for tables where they say nothing.
fn whole(decimal: &str) -> String {
    decimal.split('.').next().unwrap_or(decimal).to_owned()
}

fn slopes_of(view: &View<'_>, variants: &[(usize, &Variant)]) -> String {
    let names: Vec<String> = variants.iter().map(|(_, variant)| variant.title.clone()).collect();
    let tiers = variants.first().map(|(_, variant)| variant.figures.fulfilment.keys().copied());
    let lines: Vec<slopes::Line> = tiers
        .into_iter()
        .flatten()
        .map(|tier| slopes::Line {
            name: tier_name(view, tier),
            thousandths: variants
                .iter()
                .map(|(_, variant)| {
                    variant.figures.fulfilment.get(&tier).map_or(0, |(_, all)| thousandths(all))
                })
                .collect(),
        })
        .collect();
    slopes::slopes(&view.words.say("variants-slopes"), &names, &lines)
}

fn needs(view: &View<'_>, period: &Period) -> Sheet {
    let words = view.words;
    let columns = vec![
        ("assembly", words.say("assembly")),
        ("tier", words.say("tier")),
        ("asks", words.say("asks-for")),
    ];
    let mut sheet = Sheet::new("needs", words.say("needs-stated"), columns);
    for need in period.needs.iter().take(200) {
        let bundle: Vec<String> =
            need.bundle.iter().map(|(product, quantity)| format!("{quantity} {product}")).collect();
        let shown = bundle.iter().take(6).cloned().collect::<Vec<_>>().join(", ");
        let shown = if bundle.len() > 6 { format!("{shown} … ({})", bundle.len()) } else { shown };
        sheet.row(vec![
            view.assembly(&need.assembly),
            Cell::Text(tier_name(view, u8::try_from(need.tier).unwrap_or(u8::MAX))),
            Cell::Text(shown),
        ]);
    }
    sheet
}

/// What holds the plan back, by what one more unit would be worth.
fn tightest(view: &View<'_>, read: &Read) -> Sheet {
    let words = view.words;
    let (economy, plan) = (&read.0, &read.1);
    let columns = vec![("product", words.say("product")), ("weight", words.say("share-of-goal"))];
    let found = (0..plan.stages.len())
        .map(|stage| plan.tightest(economy, stage, TIGHTEST))
        .find(|tight| tight.iter().any(|product| !product.price.is_zero()));
    let Some(tight) = found else { return Sheet::new("tightest", "", columns) };
    let all: f64 = tight.iter().map(|product| product.worth.to_f64()).sum();
    let first = tight.first().map_or("", |product| economy.products[product.product].name.as_str());
    let title = words.say_with("tightest-title", &[("product", first.into())]);
    let mut sheet = Sheet::new("tightest", title, columns);
    for product in tight {
        let row = &economy.products[product.product];
        let share = (1000.0 * product.worth.to_f64() / all.max(f64::MIN_POSITIVE)).round() as u64;
        sheet.row(vec![Cell::Link(row.name.clone(), address("/plan/products/", &row.id)), Cell::Bar(share)]);
    }
    sheet
}

fn flow_sheet(view: &View<'_>, flows: &[sankey::Flow]) -> Sheet {
    let words = view.words;
    let columns =
        vec![("from", words.say("gives")), ("to", words.say("takes")), ("quantity", words.say("quantity"))];
    let mut sheet = Sheet::new("flows", words.say("flows-table"), columns);
    for flow in flows {
        let quantity = Cell::Quantity(format!("{:.0}", flow.quantity), flow.unit.clone());
        sheet.row(vec![Cell::Text(flow.from.clone()), Cell::Text(flow.to.clone()), quantity]);
    }
    sheet
}

/// Mandates by branch: kept, missed, not reported.
fn mandates(view: &View<'_>, period: &Period) -> Sheet {
    let words = view.words;
    let columns = vec![
        ("branch", words.say("branch")),
        ("mandates", words.say("mandates")),
        ("kept", words.say("kept-yes")),
        ("missed", words.say("missed")),
        ("silent", words.say("not-reported")),
    ];
    let mut sheet = Sheet::new("mandates", words.say("mandates-by-branch"), columns);
    let deviation = view.federation.charter.plan.deviation;
    let behind: std::collections::BTreeSet<_> =
        period.shortfalls(deviation).into_iter().map(|shortfall| shortfall.workplace).collect();
    let mut by_branch: std::collections::BTreeMap<&str, [u64; 4]> = std::collections::BTreeMap::new();
    for workplace in period.mandates.keys() {
        let branch = view.federation.roll.workplace(workplace).map_or("", |(_, line)| line.branch.as_str());
        let counts = by_branch.entry(super::front::section_of(view, branch)).or_default();
        counts[0] += 1;
        let place = match (period.reports.contains_key(workplace), behind.contains(workplace)) {
            (false, _) => 3,
            (true, true) => 2,
            (true, false) => 1,
        };
        counts[place] += 1;
    }
    for (branch, [all, kept, missed, silent]) in by_branch {
        sheet.row(vec![
            Cell::Text(branch.to_owned()),
            Cell::Number(all),
            Cell::Number(kept),
            Cell::Number(missed),
            Cell::Number(silent),
        ]);
    }
    sheet
}

/// Workplaces that are furthest behind.
fn behind(view: &View<'_>, period: &Period) -> Sheet {
    let words = view.words;
    let columns = vec![
        ("workplace", words.say("workplace")),
        ("product", words.say("product")),
        ("due", words.say("due")),
        ("made", words.say("made")),
    ];
    let mut sheet = Sheet::new("behind", words.say("behind-title"), columns);
    let mut short = period.shortfalls(view.federation.charter.plan.deviation);
    short.sort_by_key(|shortfall| std::cmp::Reverse(shortfall.due - shortfall.made));
    for shortfall in short.into_iter().take(20) {
        let Some((product, unit, decimals)) = period.products.get(shortfall.product as usize) else {
            continue;
        };
        let shown = |units: i128| Cell::Quantity(Decimal::new(units, *decimals).to_string(), unit.clone());
        let name = view.names.branch(product).unwrap_or(product).to_owned();
        sheet.row(vec![
            Cell::Link(
                shortfall.workplace.to_string(),
                address("/plan/workplaces/", shortfall.workplace.as_str()),
            ),
            Cell::Text(name),
            shown(shortfall.due),
            shown(shortfall.made),
        ]);
    }
    sheet
}
