//! Why a product is scarce and a workplace's target is what it is.

use super::{read, tier_name};
use crate::page::Page;
use crate::problem::Problem;
use crate::sheet::{Cell, Sheet};
use crate::view::{View, address};
use mandate_plan::{Binding, Economy, Goal};
use maud::html;

/// How many rows of a list are shown.
const ROWS: usize = 20;

/// One product: where it comes from, where it goes, what more of it would be worth.
pub fn product(view: &View<'_>, id: &str) -> Result<Page, Problem> {
    let words = view.words;
    let read = read(view)?;
    let (economy, plan) = (&read.0, &read.1);
    let index = economy.product(id).ok_or_else(|| Problem::NoSuch(id.to_owned()))?;
    let row = &economy.products[index];
    let reason = plan.explain_product(economy, index);
    let scarce = reason.prices.is_empty();
    let lead = words.say(if scarce { "product-enough" } else { "product-scarce" });
    let mut page = Page::new(row.name.clone()).lead(lead).under(words.say("nav-plan"), "/plan");
    page.facts(vec![
        ("supply", words.say("supply"), html! { (words.decimal(&reason.supply.to_string())) " " (row.unit) }),
        (
            "imports",
            words.say("imports"),
            html! {
                (words.decimal(&economy.quantity(index, plan.imports[index]).to_string())) " " (row.unit)
                @if reason.imports_at_limit { ", " (words.say("at-limit")) }
            },
        ),
    ]);
    let columns = vec![("goal", words.say("goal")), ("price", words.say("price"))];
    let mut prices = Sheet::new("prices", words.say("prices-title"), columns);
    for (goal, price) in &reason.prices {
        prices.row(vec![
            Cell::Text(goal_name(view, *goal)),
            Cell::Quantity(short(&price.to_string()), String::new()),
        ]);
    }
    page.sheet(prices);
    let columns = vec![("branch", words.say("branch")), ("quantity", words.say("quantity"))];
    let mut users = Sheet::new("users", words.say("users-title"), columns);
    for (branch, quantity) in reason.users.iter().take(ROWS) {
        let name = &economy.branches[*branch as usize];
        let name = view.names.branch(name).unwrap_or(name).to_owned();
        users.row(vec![Cell::Text(name), Cell::Quantity(quantity.to_string(), row.unit.clone())]);
    }
    page.sheet(users);
    let columns =
        vec![("need", words.say("need")), ("tier", words.say("tier")), ("quantity", words.say("quantity"))];
    let mut needs = Sheet::new("needs", words.say("needs-title"), columns);
    for (need, quantity) in reason.needs.iter().take(ROWS) {
        let need = &economy.needs[*need];
        needs.row(vec![
            Cell::Text(need.id.clone()),
            Cell::Text(tier_name(view, need.tier)),
            Cell::Quantity(quantity.to_string(), row.unit.clone()),
        ]);
    }
    page.sheet(needs);
    Ok(page)
}

/// What a stage of the plan is after, in the reader's language.
fn goal_name(view: &View<'_>, goal: Goal) -> String {
    let words = view.words;
    match goal {
        Goal::Common(tier) => words.say_with("goal-common", &[("tier", tier_name(view, tier).into())]),
        Goal::Weighted(tier) => words.say_with("goal-weighted", &[("tier", tier_name(view, tier).into())]),
        Goal::Labour => words.say("goal-labour"),
        Goal::Imports => words.say("goal-imports"),
        #[allow(unreachable_patterns)] // Goals that come later are shown by their own words.
        other => other.to_string(),
    }
}

/// The first digits that say something.
fn short(decimal: &str) -> String {
    let mut seen = 0;
    let mut text = String::new();
    let mut after = false;
    for sign in decimal.chars() {
        after |= sign == '.';
        if sign.is_ascii_digit() && (sign != '0' || seen > 0) {
            seen += 1;
        }
        if after && seen > 4 {
            break;
        }
        text.push(sign);
    }
    text
}

/// One workplace: its targets, what binds each activity, what it waits for.
pub fn workplace(view: &View<'_>, id: &str) -> Result<Page, Problem> {
    let words = view.words;
    let read = read(view)?;
    let (economy, plan) = (&read.0, &read.1);
    let index = economy.workplace(id).ok_or_else(|| Problem::NoSuch(id.to_owned()))?;
    let title = words.say_with("plan-of-workplace", &[("workplace", id.into())]);
    let mut page = Page::new(title)
        .lead(words.say("plan-of-workplace-lead"))
        .under(words.say("nav-plan"), "/plan")
        .under(id, address("/workplaces/", id));
    page.sheet(activities(view, economy, plan, index));
    page.sheet(super::super::workplace::mandate(view, &id.into()));
    let columns = vec![
        ("product", words.say("waits-for")),
        ("quantity", words.say("quantity")),
        ("makers", words.say("made-by")),
    ];
    let mut waits = Sheet::new("waits", words.say("waits-title"), columns);
    let mut waiting = plan.waits(economy, index);
    waiting.sort_by(|a, b| b.quantity.to_f64().total_cmp(&a.quantity.to_f64()));
    for wait in waiting.into_iter().take(ROWS) {
        let row = &economy.products[wait.product];
        let makers = wait.makers.iter().take(3).map(|(branch, _)| {
            let code = &economy.branches[*branch as usize];
            view.names.branch(code).unwrap_or(code).to_owned()
        });
        waits.row(vec![
            Cell::Link(row.name.clone(), address("/plan/products/", &row.id)),
            Cell::Quantity(wait.quantity.to_string(), row.unit.clone()),
            Cell::Text(makers.collect::<Vec<_>>().join(", ")),
        ]);
    }
    page.sheet(waits);
    Ok(page)
}

fn activities(view: &View<'_>, economy: &Economy, plan: &mandate_plan::Plan, workplace: usize) -> Sheet {
    let words = view.words;
    let columns = vec![
        ("activity", words.say("activity")),
        ("level", words.say("level-of-activity")),
        ("binds", words.say("what-binds")),
    ];
    let mut sheet = Sheet::new("activities", words.say("activities"), columns);
    for (index, activity) in economy.activities.iter().enumerate() {
        if activity.workplace as usize != workplace {
            continue;
        }
        let reason = plan.explain_activity(economy, index);
        let binds = match reason.binding {
            Binding::Rests => words.say("binding-rests"),
            Binding::Capacity => words.say("binding-capacity"),
            Binding::Demand => words.say("binding-demand"),
        };
        sheet.row(vec![
            Cell::Text(activity.id.clone()),
            Cell::Quantity(short(&reason.level.to_string()), String::new()),
            Cell::Text(binds),
        ]);
    }
    sheet
}
