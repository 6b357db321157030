//! `plan rounds`: the economy balanced in rounds of prices and proposals.

use super::folder::{read_economy, write_beside};
use super::solve::{RoundRow, Solved};
use super::stages::write_table;
use crate::failure::Failure;
use indicatif::{ProgressBar, ProgressStyle};
use mandate_plan::{
    CongressOptions, Goal, Options, Round, RoundOptions, Sealing, check, rounds, rounds_among,
};
use std::io;
use std::path::PathBuf;
use std::time::Instant;

/// Balance an economy in rounds: prices down, one proposal a product group up, until no plan can be much better.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  mandate plan rounds us-2100 --out plan.json --gap 1/1000")]
pub struct Args {
    /// Folder of the economy.
    economy: PathBuf,
    /// File to write the plan to.
    #[arg(long, value_name = "PLAN")]
    out: PathBuf,
    /// Stop when no stage's gap is wider than this share.
    #[arg(long, value_name = "FRACTION", default_value = "1/1000", value_parser = super::economy::parse_ratio)]
    gap: mandate_plan::Ratio<i64>,
    /// Stop after so many rounds.
    #[arg(long, value_name = "N", default_value_t = 12)]
    maximum: usize,
    /// Only the first stage: the greatest common fulfilment of the first tier.
    #[arg(long)]
    common_only: bool,
    /// By how much of its value a stage may give way to later ones, as a share.
    #[arg(long, default_value_t = RoundOptions::default().solve.give)]
    give: f64,
    /// Threads to compute proposals in; the plan is the same for any number.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Between participants who tell each other only sums: branches; districts below them; workplaces below those. The
    /// plan is that of `plan share` and what follows it.
    #[arg(long, value_enum, value_name = "LAYERS", conflicts_with_all = ["give", "threads"])]
    among: Option<super::participants::LayersArg>,
    /// With --among: every sum that leaves a branch holds at least so many workplaces.
    #[arg(long, value_name = "N", requires = "among", default_value_t = Sealing::default().hold)]
    hold: usize,
    /// With --among: any two sums of a group differ in at least so many workplaces.
    #[arg(long, value_name = "N", requires = "among", default_value_t = Sealing::default().apart)]
    apart: usize,
    /// One JSON object, as `plan solve --json`.
    #[arg(long)]
    json: bool,
}

/// Runs the command. Exit 1 where the gap was not reached in the rounds allowed; the plan is written all the same.
pub fn run(args: Args) -> Result<(), Failure> {
    let economy = read_economy(&args.economy)?;
    let goals = args
        .common_only
        .then(|| economy.tiers().first().map(|&tier| Goal::Common(tier)).into_iter().collect());
    let gap = *args.gap.numer() as f64 / *args.gap.denom() as f64;
    let options = RoundOptions {
        solve: Options { goals, give: args.give, limit_s: None },
        gap,
        maximum: args.maximum,
        threads: args.threads,
    };
    let bar = ProgressBar::new(args.maximum as u64);
    if let Ok(style) = ProgressStyle::with_template("{msg:20} {bar:30} {pos}/{len} rounds, {elapsed}") {
        bar.set_style(style);
    }
    let start = Instant::now();
    let mut rows: Vec<RoundRow> = Vec::new();
    let mut report = |round: &Round| {
        rows.push(row(round, start.elapsed().as_secs_f64()));
        bar.set_position(round.number as u64);
        bar.set_message(format!("gap {:.4} %", round.widest().map_or(0.0, |stage| stage.gap) * 100.0));
    };
    let plan = match args.among {
        None => rounds(&economy, &options, &mut report).map_err(Failure::check),
        Some(layers) => {
            let maximum = u32::try_from(args.maximum).unwrap_or(u32::MAX);
            // Gives way as `plan prices` does: --give is not for these rounds.
            let give = CongressOptions::default().solve.give;
            let solve = Options { give, ..options.solve };
            let options = CongressOptions { solve, gap, maximum, ..CongressOptions::default() };
            let sealing = Sealing { hold: args.hold, apart: args.apart };
            let agreed = rounds_among(&economy, layers.into(), sealing, &options, &mut report);
            agreed.map(|agreement| agreement.plan).map_err(Failure::check)
        }
    };
    bar.finish_and_clear();
    let plan = plan?;
    let done = rows.last().map_or(0, |row| row.round);
    let seconds = start.elapsed().as_secs_f64();
    let check = check(&economy, &plan);
    write_beside(&args.out, |out| out.write_all(&plan.write(&economy)))?;
    if args.json {
        let solved = Solved::new(&economy, &plan, &check, rows, seconds);
        println!("{}", serde_json::to_string(&solved).map_err(Failure::machine)?);
    } else {
        println!(
            "{:>5} {:>10} {:>12} {:>9}   stage with the widest gap",
            "round", "proposals", "gap", "seconds"
        );
        for row in &rows {
            let gap = format!("{:.4} %", row.gap.unwrap_or(0.0) * 100.0);
            println!("{:>5} {:>10} {gap:>12} {:>9.2}   {}", row.round, row.columns, row.seconds, row.stage);
        }
        println!();
        write_table(&mut io::stdout().lock(), &economy, &plan, &check).map_err(Failure::machine)?;
        println!("\n{seconds:.2} s; written to {}", args.out.display());
    }
    if check.gap_shown() > gap {
        let reached = check.gap_shown() * 100.0;
        let next = match (done < args.maximum, args.among) {
            (false, _) => "allow more rounds with --maximum",
            (true, None) => "nothing new was proposed",
            (true, Some(_)) => {
                "nothing new was proposed; where groups are small, the seal keeps proposals at home: a smaller --hold \
                 or --apart lets them out"
            }
        };
        return Err(Failure::check(format!(
            "the gap is {reached:.4} % after round {done}, asked for was {:.4} %; {next}",
            gap * 100.0
        )));
    }
    Ok(())
}

/// A round in figures: those of the stage whose gap is widest.
fn row(round: &Round, seconds: f64) -> RoundRow {
    let widest = round.widest();
    RoundRow {
        round: round.number,
        stage: widest.map(|stage| stage.goal.to_string()).unwrap_or_default(),
        feasible_value: widest.map(|stage| stage.value),
        bound: widest.map(|stage| stage.bound),
        gap: widest.map(|stage| stage.gap),
        columns: round.columns,
        seconds,
    }
}
