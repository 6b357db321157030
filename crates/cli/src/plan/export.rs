//! `plan export`: one stage as a linear program for other solvers, or targets as CSV.

use super::folder::{read_economy, read_plan, write_beside};
use crate::failure::Failure;
use mandate_plan::export::{StageModel, write_targets};
use mandate_plan::{Economy, Goal};
use std::path::PathBuf;

/// Write an economy as a linear program that other solvers read, or a plan's targets as CSV.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  mandate plan export us --mps stage1.mps\n  \
    mandate plan export us --plan plan.json --stage 4 --lp stage4.lp\n  \
    mandate plan export us --plan plan.json --csv targets.csv")]
pub struct Args {
    /// Folder of the economy.
    economy: PathBuf,
    /// Free MPS.
    #[arg(long, value_name = "FILE", group = "form")]
    mps: Option<PathBuf>,
    /// LP format.
    #[arg(long, value_name = "FILE", group = "form")]
    lp: Option<PathBuf>,
    /// Targets of every workplace.
    #[arg(long, value_name = "FILE", group = "form", requires = "plan")]
    csv: Option<PathBuf>,
    /// Which stage of the program, from 1. Later ones need the plan, whose values hold the earlier ones.
    #[arg(long, value_name = "N", default_value_t = 1)]
    stage: usize,
    /// A plan of this economy.
    #[arg(long, value_name = "PLAN")]
    plan: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: Args) -> Result<(), Failure> {
    let economy = read_economy(&args.economy)?;
    let model = stage_model(&economy, &args);
    match (&args.mps, &args.lp, &args.csv) {
        (Some(file), _, _) => {
            let model = model?;
            write_beside(file, |out| model.write_mps(out))
        }
        (_, Some(file), _) => {
            let model = model?;
            write_beside(file, |out| model.write_lp(out))
        }
        (_, _, Some(file)) => {
            let plan = args.plan.as_deref().ok_or_else(|| Failure::input("--csv needs --plan PLAN"))?;
            let plan = read_plan(plan, &economy)?;
            write_beside(file, |out| write_targets(&economy, &plan, out))
        }
        _ => Err(Failure::input("say what to write: --mps FILE, --lp FILE or --csv FILE")),
    }
}

fn stage_model<'a>(economy: &'a Economy, args: &Args) -> Result<StageModel<'a>, Failure> {
    let at = args.stage.checked_sub(1).ok_or_else(|| Failure::input("--stage 0: stages count from 1"))?;
    let Some(plan) = &args.plan else {
        let goals = Goal::lexicographic(economy);
        return match (at, goals.first()) {
            (0, Some(&goal)) => Ok(StageModel::new(economy, goal, Vec::new())),
            _ => Err(Failure::input("a later stage needs --plan PLAN, whose values hold the earlier ones")),
        };
    };
    let plan = read_plan(plan, economy)?;
    let stage = plan.stages.get(at).ok_or_else(|| {
        Failure::input(format!("--stage {}: the plan has {} stages", args.stage, plan.stages.len()))
    })?;
    let held = plan.stages[..at].iter().map(|stage| (stage.goal, stage.value.clone())).collect();
    Ok(StageModel::new(economy, stage.goal, held))
}
