//! Stages and fulfilments as tables and as JSON.

use mandate_plan::{Check, Economy, Goal, Plan, StageCheck};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// One stage, in figures for people and scripts. The exact ones stand in the plan.
#[derive(Serialize)]
pub struct StageRow {
    pub stage: String,
    pub value: f64,
    pub bound: f64,
    pub gap: f64,
}

impl StageRow {
    pub fn new(stage: &StageCheck) -> Self {
        Self {
            stage: stage.goal.to_string(),
            value: stage.value.to_f64(),
            bound: stage.bound.to_f64(),
            gap: stage.gap_shown(),
        }
    }
}

/// The stage with the widest gap; the first one among equals.
pub fn widest(check: &Check) -> Option<StageRow> {
    let mut widest: Option<&StageCheck> = None;
    for stage in &check.stages {
        if widest.is_none_or(|found| stage.gap > found.gap) {
            widest = Some(stage);
        }
    }
    widest.map(StageRow::new)
}

/// Common fulfilment by tier.
pub fn fulfilment(economy: &Economy, plan: &Plan) -> BTreeMap<String, f64> {
    let tiers = plan.fulfilment(economy).into_iter();
    tiers.map(|tier| (tier.tier.to_string(), tier.common.to_f64())).collect()
}

/// Weighted fulfilment by tier, as a share of what would be full.
pub fn weighted(economy: &Economy, plan: &Plan) -> BTreeMap<String, f64> {
    let share = |tier: mandate_plan::TierFulfilment| {
        let weights = tier.weights.to_f64();
        (tier.tier.to_string(), if weights > 0.0 { tier.weighted.to_f64() / weights } else { 1.0 })
    };
    plan.fulfilment(economy).into_iter().map(share).collect()
}

const BAR: usize = 30;

/// `share` of a bar, as text.
pub fn bar(share: f64) -> String {
    let filled = (share.clamp(0.0, 1.0) * BAR as f64).round() as usize;
    format!("{}{}", "█".repeat(filled), "·".repeat(BAR - filled))
}

/// Writes the stages as a table, then fulfilment by tier as bars.
pub fn write_table(out: &mut dyn Write, economy: &Economy, plan: &Plan, check: &Check) -> io::Result<()> {
    writeln!(out, "{:<34} {:>20} {:>20} {:>10}", "stage", "reached", "at best", "gap")?;
    for stage in &check.stages {
        let decimals = if matches!(stage.goal, Goal::Common(_)) { 6 } else { 2 };
        let row = StageRow::new(stage);
        let gap = format!("{:.4} %", row.gap * 100.0);
        writeln!(out, "{:<34} {:>20.decimals$} {:>20.decimals$} {gap:>10}", row.stage, row.value, row.bound)?;
    }
    writeln!(out)?;
    let common = fulfilment(economy, plan);
    for (tier, share) in weighted(economy, plan) {
        let everyone = common.get(&tier).copied().unwrap_or(0.0) * 100.0;
        writeln!(
            out,
            "tier {tier:<3} {} {:6.2} %, every need at least {everyone:.2} %",
            bar(share),
            share * 100.0
        )?;
    }
    Ok(())
}
