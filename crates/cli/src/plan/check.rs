//! `plan check`: a plan multiplied through, exactly.

use super::folder::{read_economy, read_plan};
use super::proof;
use super::stages::write_table;
use crate::failure::Failure;
use mandate_plan::check;
use serde_json::json;
use std::io;
use std::path::PathBuf;

/// Multiply a plan through in exact arithmetic: does every row hold, and how far can it be from the best?
#[derive(clap::Args)]
#[command(after_help = "Example:\n  mandate plan check us-2100 plan.json")]
pub struct Args {
    /// Folder of the economy.
    economy: PathBuf,
    /// The plan, or the proof that there is none.
    plan: PathBuf,
    /// One JSON object: {"ok", "largest_violation": {"row", "amount", "unit"}, "gap"}.
    #[arg(long)]
    json: bool,
}

/// More failures than this are counted, not listed.
const LISTED: usize = 20;

/// Runs the command. Exit 1 where the plan does not hold.
pub fn run(args: Args) -> Result<(), Failure> {
    let economy = read_economy(&args.economy)?;
    if let Some(checked) = proof::check(&args.plan, &economy, args.json) {
        return checked;
    }
    let plan = read_plan(&args.plan, &economy)?;
    let check = check(&economy, &plan);
    if args.json {
        let violation = check.largest_violation.as_ref();
        let failures: Vec<String> = check.failures.iter().map(ToString::to_string).collect();
        println!(
            "{}",
            json!({
                "ok": check.ok(),
                "largest_violation": {
                    "row": violation.map(|violation| &violation.row),
                    "amount": violation.map_or(0.0, |violation| violation.amount.to_f64()),
                    "unit": violation.map(|violation| &violation.unit),
                },
                "gap": check.gap_shown(),
                "failures": failures,
            })
        );
    } else {
        write_table(&mut io::stdout().lock(), &economy, &plan, &check).map_err(Failure::machine)?;
        println!(
            "{}",
            if check.ok() {
                "\nok: every row holds exactly, every bound follows from its prices"
            } else {
                ""
            }
        );
    }
    if check.ok() {
        return Ok(());
    }
    let listed: Vec<String> =
        check.failures.iter().take(LISTED).map(|failure| format!("- {failure}")).collect();
    let more = check.failures.len().saturating_sub(LISTED);
    let more = if more > 0 { format!("\n- and {more} more") } else { String::new() };
    Err(Failure::check(format!("the plan does not hold:\n{}{more}", listed.join("\n"))))
}
