//! The plan: variants side by side, fulfilment by tier, what holds it back, mandates kept and missed.

use super::section;
use crate::failure::Failure;
use crate::table::{Table, bar};
use mandate_assembly::plan::{Period, Variant, read_variant};
use mandate_assembly::{Federation, Files};
use mandate_plan::Decimal;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// How many of the tightest products are shown.
const TIGHTEST: usize = 10;

fn number(text: &str) -> f64 {
    text.parse::<Decimal>().map_or(0.0, |number| number.to_f64())
}

fn tier_name(federation: &Federation, tier: u8) -> String {
    let name = federation.charter.plan.tiers.get(usize::from(tier).wrapping_sub(1));
    name.map_or_else(|| format!("tier {tier}"), |name| format!("{tier} {name}"))
}

fn current(federation: &Federation) -> Option<(&Period, Vec<(usize, &Variant)>)> {
    let period = federation.planning.current().ok()?;
    let place = federation.planning.periods.len() - 1;
    let variants = federation.planning.variants.iter().enumerate();
    Some((period, variants.filter(|(_, variant)| variant.period == place).collect()))
}

/// A row a variant, with what it gives tier by tier and what it takes.
pub fn variants(federation: &Federation) -> Option<Table> {
    let (period, variants) = current(federation)?;
    let columns = ["variant", "by tier: least need met · all needs met", "labour", "gap (ppm)", "adopted"];
    let mut table = Table::new(format!("Variants of the plan {}", period.name), &columns);
    for (place, variant) in variants {
        let figures = &variant.figures;
        let tiers = figures.fulfilment.iter().map(|(tier, (common, weighted))| {
            let (least, all) = (100.0 * number(common), 100.0 * number(weighted));
            format!("{}: {least:.1} % · {all:.1} %", tier_name(federation, *tier))
        });
        let adopted = period.adopted.is_some_and(|(id, _)| id.index() == place);
        let labour = format!("{:.0} {}", number(&figures.labour), figures.labour_unit);
        table.row(vec![
            variant.title.clone().into(),
            tiers.collect::<Vec<_>>().join("\n").into(),
            labour.into(),
            figures.gap_ppm.into(),
            if adopted { "yes".into() } else { Value::Null },
        ]);
    }
    Some(table)
}

/// The adopted plan's fulfilment as bars from nothing to everything.
pub fn fulfilment(federation: &Federation) -> Option<Table> {
    let (period, _) = current(federation)?;
    let (id, _) = period.adopted?;
    let variant = federation.planning.variant(id).ok()?;
    let heading = format!("What the plan {} meets: {}", period.name, variant.title);
    let mut table = Table::new(heading, &["tier", "all needs met", "", "least need met"]);
    for (tier, (common, weighted)) in &variant.figures.fulfilment {
        let share = number(weighted);
        table.row(vec![
            tier_name(federation, *tier).into(),
            format!("{:5.1} %", 100.0 * share).into(),
            bar(share, 40).into(),
            format!("{:5.1} %", 100.0 * number(common)).into(),
        ]);
    }
    Some(table)
}

/// The products that hold the adopted plan back, by what one more unit of supply would be worth.
pub fn tightest(federation: &Federation, files: &dyn Files) -> Option<Table> {
    let (period, _) = current(federation)?;
    let variant = federation.planning.variant(period.adopted?.0).ok()?;
    let (economy, plan) = read_variant(files, variant).ok()?;
    let stages = 0..plan.stages.len();
    let found = stages
        .map(|stage| (stage, plan.tightest(&economy, stage, TIGHTEST)))
        .find(|(_, tight)| tight.iter().any(|product| !product.price.is_zero()));
    let (stage, tight) = found?;
    let heading = format!("What holds the plan back (prices of the stage: {})", plan.stages[stage].goal);
    let mut table = Table::new(heading, &["product", "share of the goal that hangs on it", ""]);
    let all: f64 = tight.iter().map(|product| product.worth.to_f64()).sum();
    let most = tight.first().map_or(1.0, |product| product.worth.to_f64());
    for product in tight {
        let worth = product.worth.to_f64();
        let name = &economy.products[product.product].name;
        table.row(vec![
            name.clone().into(),
            format!("{:.1} % of these {TIGHTEST}", 100.0 * worth / all).into(),
            bar(worth / most, 30).into(),
        ]);
    }
    Some(table)
}

/// Workplaces by branch: how many keep to their mandate by their last report, how many are behind.
pub fn mandates(federation: &Federation) -> Option<Table> {
    let (period, _) = current(federation)?;
    period.adopted?;
    let behind: BTreeSet<_> = period
        .shortfalls(federation.charter.plan.deviation)
        .into_iter()
        .map(|shortfall| shortfall.workplace)
        .collect();
    let mut by_section: BTreeMap<String, [u64; 4]> = BTreeMap::new();
    for workplace in period.mandates.keys() {
        let branch = federation.roll.workplace(workplace).map_or("", |(_, line)| line.branch.as_str());
        let counts = by_section.entry(section(federation, branch)).or_default();
        counts[0] += 1;
        let reported = period.reports.contains_key(workplace);
        counts[if !reported {
            3
        } else if behind.contains(workplace) {
            2
        } else {
            1
        }] += 1;
    }
    let columns = ["branch", "mandates", "kept", "missed", "no report"];
    let mut table = Table::new("Mandates of workplaces by their last report", &columns);
    for (section, [all, kept, missed, silent]) in by_section {
        table.row(vec![section.into(), all.into(), kept.into(), missed.into(), silent.into()]);
    }
    Some(table)
}

/// Writes the adopted plan and its economy beside and renames the folder into place.
///
/// # Errors
/// No plan is adopted, its attachments are gone, the folder exists, or the disk fails.
pub fn write_files(federation: &Federation, files: &dyn Files, folder: &Path) -> Result<(), Failure> {
    let adopted = current(federation).and_then(|(period, _)| period.adopted);
    let (id, _) = adopted.ok_or_else(|| Failure::check("no plan is adopted yet"))?;
    let variant = federation.planning.variant(id).map_err(Failure::check)?;
    if folder.exists() {
        return Err(Failure::input(format!("{} exists already; name another folder", folder.display())));
    }
    let failed = |error: std::io::Error| Failure::machine(format!("{}: {error}", folder.display()));
    let mut draft = folder.as_os_str().to_owned();
    draft.push(".unfinished");
    let draft = Path::new(&draft);
    std::fs::create_dir_all(draft.join("economy")).map_err(failed)?;
    let named = variant.economy.iter().map(|(name, hash)| (draft.join("economy").join(name), hash));
    for (path, hash) in named.chain([(draft.join("plan.json"), &variant.plan)]) {
        let bytes =
            files.get(hash).ok_or_else(|| Failure::check(format!("the attachment {hash} is not kept")))?;
        std::fs::write(path, bytes).map_err(failed)?;
    }
    std::fs::rename(draft, folder).map_err(failed)
}
