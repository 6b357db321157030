//! The plan: needs stated, proposals made, variants balanced in rounds and put with their certificates.

use crate::example::Example;
use crate::year::{LabError, Stage, Year};
use mandate_assembly::ids::{AssemblyId, Blob};
use mandate_assembly::plan;
use mandate_assembly::{Action, Federation};
use mandate_charter::Duty;
use mandate_plan::{Agreement, CongressOptions, Decimal, Economy, Files, Layers, Round, rounds_among};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Opens the period, has needs stated and proposals made, and submits every variant, each balanced in rounds between
/// workplaces and congress.
///
/// # Errors
/// Where a variant cannot be balanced, or the core refuses a step.
pub fn plan(year: &mut Year<'_>, example: &Example) -> Result<Stage, LabError> {
    year.watch.begin("plan", 2 + example.variants.len() as u64);
    let decides = year.federation()?.charter.plan.decided_by.clone();
    let top = year.federation()?.first_of_level(&decides).cloned();
    let top = top.ok_or_else(|| LabError::Example(format!("there is no assembly of level {decides}")))?;
    let planner = year.officer(Duty::Plan, &top)?;
    let base = example.economy.write();
    let open = plan::Action::Open { period: example.period.clone(), economy: blobs(&base) };
    year.say(&planner, Action::Plan(open))?;
    let needs = state_needs(year, &example.economy)?;
    year.watch.advance(1);
    let proposals = make_proposals(year, &example.economy)?;
    year.watch.advance(1);
    let mut lines = vec![
        format!("shock: {}", example.shock),
        format!("{needs} needs stated by assemblies, {proposals} proposals by branches"),
    ];
    let options = round_options(year.federation()?);
    let mut figures = Vec::new();
    for spec in &example.variants {
        let mut economy = example.economy.clone();
        (spec.change)(&mut economy);
        let unsolved = |problem: &dyn std::fmt::Display| LabError::Unsolved {
            title: spec.title.into(),
            problem: problem.to_string(),
        };
        let agreed = rounds_among(&economy, example.layers, example.sealing, &options, &mut |_| {});
        let agreed = agreed.map_err(|error| unsolved(&error))?;
        let submit = plan::Action::Submit {
            title: spec.title.into(),
            summary: spec.summary.into(),
            economy: changed(&base, &economy.write()),
            plan: Blob(agreed.plan.write(&economy)),
        };
        year.say(&planner, Action::Plan(submit))?;
        let variants = &year.federation()?.planning.variants;
        let Some(variant) = variants.last() else { continue };
        let tiers = variant.figures.fulfilment.iter();
        let tiers: Vec<String> =
            tiers.map(|(tier, (_, share))| format!("tier {tier} {}", percent(share))).collect();
        lines.push(format!(
            "{}: {}; certificate holds, gap {} ppm",
            spec.title,
            tiers.join(", "),
            variant.figures.gap_ppm
        ));
        let rounds: Vec<_> = agreed.rounds.iter().map(in_figures).collect();
        figures.push(json!({"title": spec.title, "figures": variant.figures, "rounds": rounds}));
        lines.extend(table(&economy, example.layers, &agreed));
        year.watch.advance(1);
    }
    let stage = Stage {
        stage: "plan",
        lines,
        figures: json!({"needs": needs, "proposals": proposals, "variants": figures}),
    };
    year.watch.end(&stage);
    Ok(stage)
}

/// Rounds as the charter limits them.
fn round_options(federation: &Federation) -> CongressOptions {
    let plan = &federation.charter.plan;
    let gap = plan.gap.numerator() as f64 / plan.gap.denominator() as f64;
    CongressOptions { gap, maximum: plan.rounds, ..CongressOptions::default() }
}

/// Who planned in rounds, and a row for each: of the stage whose gap is widest, what was reached and what no plan can
/// better.
fn table(economy: &Economy, layers: Layers, agreed: &Agreement) -> Vec<String> {
    let districts: BTreeSet<(u32, u32)> =
        economy.workplaces.iter().map(|workplace| (workplace.branch, workplace.district)).collect();
    let (districts, branches) = (districts.len(), economy.branches.len());
    let between = match layers {
        Layers::Branches => String::new(),
        Layers::Districts => format!("{districts} districts of branches, "),
        Layers::Workplaces => {
            format!("{} workplaces, {districts} districts of branches, ", economy.workplaces.len())
        }
    };
    let mut lines = vec![
        format!("  rounds between {between}{branches} branches and the congress:"),
        format!(
            "  {:>5} {:>9} {:>18} {:>18} {:>10}  widest gap",
            "round", "proposals", "value", "bound", "gap"
        ),
    ];
    lines.extend(agreed.rounds.iter().filter_map(|round| {
        let stage = round.widest()?;
        let gap = format!("{:.4} %", stage.gap * 100.0);
        let (number, columns) = (round.number, round.columns);
        let (value, bound, goal) = (stage.value, stage.bound, stage.goal);
        Some(format!("  {number:>5} {columns:>9} {value:>18.6} {bound:>18.6} {gap:>10}  {goal}"))
    }));
    lines
}

/// A round with its stages, for programs to read.
fn in_figures(round: &Round) -> serde_json::Value {
    let stages = round.stages.iter().map(|stage| {
        json!({"stage": stage.goal.to_string(), "value": stage.value, "bound": stage.bound, "gap": stage.gap})
    });
    json!({"round": round.number, "proposals": round.columns, "stages": stages.collect::<Vec<_>>()})
}

/// A share between 0 and 1 as text, in percent with one place.
pub fn percent(share: &str) -> String {
    let thousandths = share.parse::<Decimal>().ok().map(|share| {
        let exact = share.to_rational() * num_rational::BigRational::from_integer(1000.into());
        exact.round().to_integer()
    });
    match thousandths.and_then(|number| i64::try_from(number).ok()) {
        Some(number) => format!("{}.{} %", number / 10, number % 10),
        None => share.to_owned(),
    }
}

fn blobs(files: &Files) -> BTreeMap<String, Blob> {
    files.iter().map(|(name, bytes)| (name.clone(), Blob(bytes.clone()))).collect()
}

/// Only the files that differ.
fn changed(base: &Files, files: &Files) -> BTreeMap<String, Blob> {
    let differing = files.iter().filter(|(name, bytes)| base.get(*name) != Some(bytes));
    differing.map(|(name, bytes)| (name.clone(), Blob(bytes.clone()))).collect()
}

fn assemblies_of(year: &mut Year<'_>, levels: &[String]) -> Result<Vec<AssemblyId>, LabError> {
    let federation = year.federation()?;
    Ok(levels
        .iter()
        .flat_map(|level| federation.assemblies_of_level(level))
        .filter(|(_, body)| body.dissolved.is_none())
        .map(|(id, _)| id.clone())
        .collect())
}

/// Each assembly that may state needs asks for its share of every tier's bundle, by its members.
fn state_needs(year: &mut Year<'_>, economy: &Economy) -> Result<u64, LabError> {
    let levels = year.federation()?.charter.plan.needs_by.clone();
    let assemblies = assemblies_of(year, &levels)?;
    let members = year.federation()?.roll.members_count().max(1);
    let mut stated = 0;
    for assembly in assemblies {
        let own = mandate_assembly::assembly::members_under(year.federation()?, &assembly);
        let speaker = year.officer(Duty::Plan, &assembly)?;
        for tier in economy.tiers() {
            let bundle = share_of_needs(economy, tier, own, members);
            let need = plan::Action::StateNeed { assembly: assembly.clone(), tier: tier.into(), bundle };
            year.say(&speaker, Action::Plan(need))?;
            stated += 1;
        }
    }
    Ok(stated)
}

fn share_of_needs(economy: &Economy, tier: u8, own: u64, members: u64) -> BTreeMap<String, String> {
    let mut sums: BTreeMap<usize, i128> = BTreeMap::new();
    for need in economy.needs.iter().filter(|need| need.tier == tier) {
        for flow in &need.bundle {
            *sums.entry(flow.of as usize).or_default() += i128::from(flow.quantity);
        }
    }
    let shares = sums.into_iter().map(|(product, sum)| {
        let product = &economy.products[product];
        let share = sum * i128::from(own) / i128::from(members);
        (product.id.clone(), Decimal::new(share, product.decimals).to_string())
    });
    shares.collect()
}

/// Each branch says how much it could make at the most, product by product, and with how much labour.
fn make_proposals(year: &mut Year<'_>, economy: &Economy) -> Result<u64, LabError> {
    let level = year.federation()?.charter.plan.proposals_by.clone();
    let assemblies = assemblies_of(year, std::slice::from_ref(&level))?;
    let mut activities: BTreeMap<&str, Vec<&mandate_plan::Activity>> = BTreeMap::new();
    for activity in &economy.activities {
        let workplace = &economy.workplaces[activity.workplace as usize];
        activities.entry(&workplace.id).or_default().push(activity);
    }
    let mut made = 0;
    for assembly in assemblies {
        let federation = year.federation()?;
        let workplaces = &federation.assemblies[&assembly].workplaces;
        let ids = workplaces.iter().filter_map(|index| federation.roll.workplace_id(*index));
        let own: Vec<&mandate_plan::Activity> =
            ids.filter_map(|id| activities.get(id.as_str())).flatten().copied().collect();
        if own.is_empty() {
            continue;
        }
        let text = proposal(economy, &own);
        let speaker = year.officer(Duty::Plan, &assembly)?;
        let propose = plan::Action::Propose { assembly: assembly.clone(), text: Blob(text.into_bytes()) };
        year.say(&speaker, Action::Plan(propose))?;
        made += 1;
    }
    Ok(made)
}

/// The sum over a branch's workplaces at full capacity, as CSV: what goes out, what goes in, how much labour.
fn proposal(economy: &Economy, activities: &[&mandate_plan::Activity]) -> String {
    let (mut outputs, mut inputs, mut labour) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let full = |quantity: i64, capacity: i64| {
        i128::from(quantity) * i128::from(capacity) / i128::from(mandate_plan::LEVEL_ONE)
    };
    for activity in activities {
        for (flows, sums) in [
            (&activity.outputs, &mut outputs),
            (&activity.inputs, &mut inputs),
            (&activity.labour, &mut labour),
        ] {
            for flow in flows {
                *sums.entry(flow.of).or_insert(0i128) += full(flow.quantity, activity.capacity);
            }
        }
    }
    let mut csv = String::from("row,of,quantity,unit\n");
    for (row, sums) in [("output", &outputs), ("input", &inputs)] {
        for (product, quantity) in sums {
            let product = &economy.products[*product as usize];
            let quantity = Decimal::new(*quantity, product.decimals);
            csv.push_str(&format!("{row},{},{quantity},{}\n", product.id, product.unit));
        }
    }
    for (grade, hours) in &labour {
        let hours = Decimal::new(*hours, economy.labour_decimals);
        csv.push_str(&format!(
            "labour,{},{hours},{}\n",
            economy.grades[*grade as usize].id, economy.labour_unit
        ));
    }
    csv
}
