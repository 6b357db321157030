//! `plan solve`: the whole economy as one linear program.

use super::folder::{read_economy, write_beside};
use super::proof::refused;
use super::stages::{StageRow, fulfilment, weighted, widest, write_table};
use crate::failure::Failure;
use mandate_plan::{Check, Economy, Goal, Options, Plan, SolveError, check, solve};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::time::Instant;

/// Find the best plan, stage after stage, with the prices that prove it.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  mandate plan solve us-2100 --out plan.json")]
pub struct Args {
    /// Folder of the economy.
    economy: PathBuf,
    /// File to write the plan to.
    #[arg(long, value_name = "PLAN")]
    out: PathBuf,
    /// Only the first stage: the greatest common fulfilment of the first tier.
    #[arg(long)]
    common_only: bool,
    /// By how much of its value a stage may give way to later ones, as a share.
    #[arg(long, default_value_t = Options::default().give)]
    give: f64,
    /// Stop after so many seconds a stage.
    #[arg(long, value_name = "SECONDS")]
    limit: Option<f64>,
    /// One JSON object: {"feasible", "fulfilment", "objective", "bound", "gap", "rounds", "seconds",
    /// "peak_memory_bytes"}. Objective, bound and gap are those of the stage with the widest gap.
    #[arg(long)]
    json: bool,
}

/// What `plan solve` and `plan rounds` print as JSON.
#[derive(Serialize)]
pub struct Solved {
    pub feasible: bool,
    pub fulfilment: BTreeMap<String, f64>,
    pub weighted: BTreeMap<String, f64>,
    pub objective: Option<f64>,
    pub bound: Option<f64>,
    pub gap: Option<f64>,
    pub stages: Vec<StageRow>,
    pub rounds: Vec<RoundRow>,
    pub seconds: f64,
    pub peak_memory_bytes: Option<u64>,
}

/// One round of proposals.
#[derive(Serialize)]
pub struct RoundRow {
    pub round: usize,
    pub stage: String,
    pub feasible_value: Option<f64>,
    pub bound: Option<f64>,
    pub gap: Option<f64>,
    pub columns: usize,
    pub seconds: f64,
}

impl Solved {
    pub fn new(economy: &Economy, plan: &Plan, check: &Check, rounds: Vec<RoundRow>, seconds: f64) -> Self {
        let widest = widest(check);
        Self {
            feasible: check.ok(),
            fulfilment: fulfilment(economy, plan),
            weighted: weighted(economy, plan),
            objective: widest.as_ref().map(|stage| stage.value),
            bound: widest.as_ref().map(|stage| stage.bound),
            gap: widest.as_ref().map(|stage| stage.gap),
            stages: check.stages.iter().map(StageRow::new).collect(),
            rounds,
            seconds,
            peak_memory_bytes: peak_memory_bytes(),
        }
    }

    fn infeasible(seconds: f64) -> Self {
        Self {
            feasible: false,
            fulfilment: BTreeMap::new(),
            weighted: BTreeMap::new(),
            objective: None,
            bound: None,
            gap: None,
            stages: Vec::new(),
            rounds: Vec::new(),
            seconds,
            peak_memory_bytes: peak_memory_bytes(),
        }
    }
}

/// The most memory that this process had at once; known on Linux only.
pub(crate) fn peak_memory_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024)
}

/// Runs the command.
pub fn run(args: Args) -> Result<(), Failure> {
    let economy = read_economy(&args.economy)?;
    let goals = args
        .common_only
        .then(|| economy.tiers().first().map(|&tier| Goal::Common(tier)).into_iter().collect());
    let options = Options { goals, give: args.give, limit_s: args.limit };
    let start = Instant::now();
    let plan = match solve(&economy, &options) {
        Ok(plan) => plan,
        Err(error) => {
            let seconds = start.elapsed().as_secs_f64();
            if args.json && matches!(error, SolveError::Infeasible { .. } | SolveError::NotProductive { .. })
            {
                println!(
                    "{}",
                    serde_json::to_string(&Solved::infeasible(seconds)).map_err(Failure::machine)?
                );
            }
            return Err(refused(error, &economy, &args.out));
        }
    };
    let seconds = start.elapsed().as_secs_f64();
    let check = check(&economy, &plan);
    write_beside(&args.out, |out| out.write_all(&plan.write(&economy)))?;
    if args.json {
        let solved = Solved::new(&economy, &plan, &check, Vec::new(), seconds);
        println!("{}", serde_json::to_string(&solved).map_err(Failure::machine)?);
    } else {
        write_table(&mut io::stdout().lock(), &economy, &plan, &check).map_err(Failure::machine)?;
        println!("\n{seconds:.2} s; written to {}", args.out.display());
    }
    Ok(())
}
