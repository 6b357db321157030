//! `plan why`: why a product or a workplace has the target it has.

use super::folder::{read_economy, read_plan};
use crate::failure::Failure;
use mandate_plan::{Binding, Economy, Goal, Plan};
use std::io::{self, Write};
use std::path::PathBuf;

/// Say why a product or a workplace has its target: what it feeds, what it waits for, what binds, at which price.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  mandate plan why us plan.json --product 324\n  \
    mandate plan why us plan.json --workplace 331")]
pub struct Args {
    /// Folder of the economy.
    economy: PathBuf,
    /// The plan.
    plan: PathBuf,
    /// A product.
    #[arg(long, value_name = "ID", required_unless_present = "workplace")]
    product: Option<String>,
    /// A workplace.
    #[arg(long, value_name = "ID")]
    workplace: Option<String>,
}

/// Of long lists, so many are said.
const SAID: usize = 8;

/// Runs the command.
pub fn run(args: Args) -> Result<(), Failure> {
    let economy = read_economy(&args.economy)?;
    let plan = read_plan(&args.plan, &economy)?;
    let mut out = io::stdout().lock();
    if let Some(id) = &args.product {
        let index = economy
            .product(id)
            .ok_or_else(|| Failure::input(format!("--product {id}: the economy has no such product")))?;
        say_product(&mut out, &economy, &plan, index).map_err(Failure::machine)?;
    }
    if let Some(id) = &args.workplace {
        let index = economy
            .workplace(id)
            .ok_or_else(|| Failure::input(format!("--workplace {id}: the economy has no such workplace")))?;
        say_workplace(&mut out, &economy, &plan, index).map_err(Failure::machine)?;
    }
    Ok(())
}

fn unit_of(economy: &Economy, goal: Goal) -> &str {
    match goal {
        Goal::Common(_) => "of all needs of the tier",
        Goal::Weighted(_) => "of weighted fulfilment",
        Goal::Change | Goal::Labour => &economy.labour_unit,
        Goal::Imports => "of imports",
    }
}

fn say_product(out: &mut dyn Write, economy: &Economy, plan: &Plan, index: usize) -> io::Result<()> {
    let product = &economy.products[index];
    let reason = plan.explain_product(economy, index);
    let unit = &product.unit;
    writeln!(out, "{} {}: {:.3} {unit} in all", product.id, product.name, reason.supply.to_f64())?;
    for (branch, amount) in reason.users.iter().take(SAID) {
        writeln!(
            out,
            "  feeds branch {}: {:.3} {unit}",
            economy.branches[*branch as usize],
            amount.to_f64()
        )?;
    }
    for (need, amount) in reason.needs.iter().take(SAID) {
        writeln!(out, "  meets {}: {:.3} {unit}", economy.needs[*need].id, amount.to_f64())?;
    }
    if reason.imports_at_limit {
        writeln!(out, "  imports are at their limit")?;
    }
    for (goal, price) in &reason.prices {
        let gain = price.to_f64();
        writeln!(
            out,
            "  one {unit} more would gain {gain:.3e} {} at stage `{goal}`",
            unit_of(economy, *goal)
        )?;
    }
    Ok(())
}

fn say_workplace(out: &mut dyn Write, economy: &Economy, plan: &Plan, index: usize) -> io::Result<()> {
    let workplace = &economy.workplaces[index];
    writeln!(out, "{} {}", workplace.id, workplace.name)?;
    for target in plan.targets(economy, index) {
        let product = &economy.products[target.product];
        writeln!(
            out,
            "  makes {:.3} {} of {} {}",
            target.quantity.to_f64(),
            product.unit,
            product.id,
            product.name
        )?;
    }
    let own = (0..economy.activities.len()).filter(|&at| economy.activities[at].workplace as usize == index);
    for activity in own {
        let reason = plan.explain_activity(economy, activity);
        let level = reason.level.to_f64();
        let words = match reason.binding {
            Binding::Rests => "rests: others make the same with less",
            Binding::Capacity => "runs at its capacity: more of it would help",
            Binding::Demand => "runs as far as is asked of it",
        };
        writeln!(out, "  {} at level {level:.6} {words}", economy.activities[activity].id)?;
        if let Some((goal, margin)) = reason.margin {
            let unit = unit_of(economy, goal);
            writeln!(
                out,
                "  at level 1 it would gain {:.3e} {unit} at the prices of stage `{goal}`",
                margin.to_f64()
            )?;
        }
    }
    let mut waits = plan.waits(economy, index);
    waits.sort_by(|left, right| right.quantity.cmp(&left.quantity));
    for wait in waits.iter().take(SAID) {
        let product = &economy.products[wait.product];
        let from = wait.makers.first().map_or("abroad or stock".to_owned(), |(branch, _)| {
            format!("branch {}", economy.branches[*branch as usize])
        });
        let quantity = wait.quantity.to_f64();
        writeln!(
            out,
            "  waits for {quantity:.3} {} of {} {}, mostly from {from}",
            product.unit, product.id, product.name
        )?;
    }
    Ok(())
}
