//! `plan control`, `plan replan`, `plan bottlenecks`: reports against mandates, what is left planned anew, what holds
//! a plan back.

use super::folder::{read_economy, read_plan, write_beside, write_economy};
use super::proof::refused;
use super::solve::Solved;
use super::stages::write_table;
use crate::failure::Failure;
use mandate_plan::{Bottleneck, Comparison, Economy, Options, Plan, Reports, check, revise};
use serde_json::{Value, json};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Compare what workplaces report with what they were mandated to do.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  mandate plan control valley plan.json --reports spring.csv")]
pub struct Control {
    /// Folder of the economy.
    economy: PathBuf,
    /// The plan that is in force.
    plan: PathBuf,
    /// CSV: activity,kind,of,quantity; kind is output, input, labour, load or remaining.
    #[arg(long, value_name = "FILE")]
    reports: PathBuf,
    /// File to write the comparison to, as CSV.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// A list of objects: activity, kind, of, unit, mandate, done.
    #[arg(long)]
    json: bool,
}

/// Plan anew what is left after reports: the best that can still be reached, with the least change of mandates.
#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  mandate plan replan valley plan.json --reports spring.csv --left valley-left \
    --out revised.json\n  mandate plan check valley-left revised.json"
)]
pub struct Replan {
    /// Folder of the economy.
    economy: PathBuf,
    /// The plan that is in force.
    plan: PathBuf,
    /// CSV: activity,kind,of,quantity; kind is output, input, labour, load or remaining.
    #[arg(long, value_name = "FILE")]
    reports: PathBuf,
    /// Folder to write the economy of what is left to; the revised plan is for it.
    #[arg(long, value_name = "ECONOMY")]
    left: PathBuf,
    /// File to write the revised plan to.
    #[arg(long, value_name = "PLAN")]
    out: PathBuf,
    /// By how much of its value a stage may give way to later ones, as a share. Less makes the prices of the least
    /// change wild and its gap wide.
    #[arg(long, default_value_t = 1e-5)]
    give: f64,
    /// Stop after so many seconds a stage.
    #[arg(long, value_name = "SECONDS")]
    limit: Option<f64>,
    /// One JSON object: as `plan solve`, with "changed", "lost" and "bottlenecks".
    #[arg(long)]
    json: bool,
}

/// Show the limits that hold a plan back, with what one unit more of each would give.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  mandate plan bottlenecks valley plan.json --top 5")]
pub struct Bottlenecks {
    /// Folder of the economy.
    economy: PathBuf,
    /// The plan.
    plan: PathBuf,
    /// Which stage, from 1; left out: the first that is not met in full.
    #[arg(long, value_name = "N")]
    stage: Option<usize>,
    /// How many.
    #[arg(long, default_value_t = 20)]
    top: usize,
    /// File to write them to, as CSV.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// A list of objects: limit, of, unit, there_is, one_more_gives, worth.
    #[arg(long)]
    json: bool,
}

fn read_reports(file: &Path, economy: &Economy) -> Result<Reports, Failure> {
    let bytes =
        std::fs::read(file).map_err(|error| Failure::input(format!("{}: {error}", file.display())))?;
    Reports::read(&file.display().to_string(), &bytes, economy).map_err(Failure::input)
}

fn write_csv(file: &Path, header: &[&str], rows: &[Vec<String>]) -> Result<(), Failure> {
    write_beside(file, |out| {
        let mut table = csv::Writer::from_writer(out);
        table.write_record(header)?;
        rows.iter().try_for_each(|row| table.write_record(row))?;
        table.flush()
    })
}

/// Rows of a list as objects, numbers as numbers.
fn objects(header: &[&str], rows: &[Vec<String>], numbers_from: usize) -> Value {
    let value = |at: usize, text: &String| {
        if at < numbers_from { json!(text) } else { json!(text.parse::<f64>().unwrap_or(f64::NAN)) }
    };
    let object = |row: &Vec<String>| -> Value {
        let fields = header.iter().zip(row).enumerate();
        fields.map(|(at, (name, text))| (name.to_string(), value(at, text))).collect()
    };
    rows.iter().map(object).collect()
}

const COMPARED: [&str; 6] = ["activity", "kind", "of", "unit", "mandate", "done"];

/// `plan control`.
pub fn control(args: Control) -> Result<(), Failure> {
    let economy = read_economy(&args.economy)?;
    let plan = read_plan(&args.plan, &economy)?;
    let reports = read_reports(&args.reports, &economy)?;
    let compared = reports.compare(&economy, &plan);
    let fields = |row: &Comparison| {
        let id = economy.activities[row.activity].id.clone();
        let kind = row.of.word().to_owned();
        vec![id, kind, row.id.clone(), row.unit.clone(), row.mandate.to_string(), row.done.to_string()]
    };
    let rows: Vec<Vec<String>> = compared.iter().map(fields).collect();
    if let Some(file) = &args.csv {
        write_csv(file, &COMPARED, &rows)?;
    }
    if args.json {
        println!("{}", objects(&COMPARED, &rows, 4));
        return Ok(());
    }
    let mut out = io::stdout().lock();
    write_compared(&mut out, &economy, &compared).map_err(Failure::machine)
}

fn write_compared(out: &mut dyn Write, economy: &Economy, compared: &[Comparison]) -> io::Result<()> {
    let kinds = ["activity", "kind", "of", "mandate", "done", "share"];
    let [activity, kind, of, mandate, done, share] = kinds;
    writeln!(out, "{activity:<20} {kind:<7} {of:<20} {mandate:>16} {done:>16} {share:>8}")?;
    for row in compared {
        let (mandate, done) = (row.mandate.to_f64(), row.done.to_f64());
        let share = if mandate > 0.0 { format!("{:.1} %", done / mandate * 100.0) } else { "–".to_owned() };
        writeln!(
            out,
            "{:<20} {:<7} {:<20} {mandate:>16.3} {done:>16.3} {share:>8} {}",
            economy.activities[row.activity].id,
            row.of.word(),
            row.id,
            row.unit,
        )?;
    }
    Ok(())
}

/// A need that gets less than the plan before gave it.
struct Lost {
    need: String,
    before: f64,
    now: f64,
}

/// How many mandates of activities that did not report have changed by more than a hundredth.
struct Changed {
    mandates: usize,
    of: usize,
}

/// `plan replan`.
pub fn replan(args: Replan) -> Result<(), Failure> {
    let economy = read_economy(&args.economy)?;
    let before = read_plan(&args.plan, &economy)?;
    let reports = read_reports(&args.reports, &economy)?;
    let left = reports.economy_left(&economy).map_err(Failure::input)?;
    let outstanding = reports.outstanding(&economy, &before);
    let options = Options { give: args.give, limit_s: args.limit, ..Options::default() };
    let start = Instant::now();
    let plan = revise(&left, &outstanding, &options).map_err(|error| refused(error, &left, &args.out))?;
    let seconds = start.elapsed().as_secs_f64();
    write_economy(&left, &args.left)?;
    write_beside(&args.out, |out| out.write_all(&plan.write(&left)))?;

    let checked = check(&left, &plan);
    let changed = changed(&reports, &outstanding, &plan);
    let lost = lost(&economy, &before, &plan);
    let stage = plan.tight_stage(&left);
    let tight = stage.map(|stage| plan.bottlenecks(&left, stage)).unwrap_or_default();
    let shown: Vec<Vec<String>> = tight.iter().take(SHOWN).map(fields).collect();
    if args.json {
        let solved = Solved::new(&left, &plan, &checked, Vec::new(), seconds);
        let mut object = serde_json::to_value(&solved).map_err(Failure::machine)?;
        let lost = lost.iter().map(|lost| json!({"need": lost.need, "before": lost.before, "now": lost.now}));
        object["lost"] = lost.collect();
        object["changed"] = json!({"mandates": changed.mandates, "of": changed.of});
        object["bottlenecks"] = objects(&TIGHT, &shown, 3);
        println!("{object}");
        return Ok(());
    }
    let mut out = io::stdout().lock();
    write_table(&mut out, &left, &plan, &checked).map_err(Failure::machine)?;
    write_replanned(&mut out, &changed, &lost).map_err(Failure::machine)?;
    if let Some(stage) = stage {
        writeln!(out, "\nWhat holds `{}` back:", plan.stages[stage].goal).map_err(Failure::machine)?;
        write_bottlenecks(&mut out, &tight[..tight.len().min(SHOWN)]).map_err(Failure::machine)?;
    }
    writeln!(out, "\n{seconds:.2} s; written to {} and {}", args.left.display(), args.out.display())
        .map_err(Failure::machine)
}

/// Losses and bottlenecks that `plan replan` shows.
const SHOWN: usize = 10;

fn changed(reports: &Reports, outstanding: &[i64], plan: &Plan) -> Changed {
    let levels = outstanding.iter().zip(&plan.levels).enumerate();
    let others = levels.filter(|(activity, _)| !reports.by_activity.contains_key(activity));
    let mut changed = Changed { mandates: 0, of: 0 };
    for (_, (&before, &now)) in others {
        let more_than_a_hundredth = i128::from((now - before).abs()) * 100 > i128::from(before.max(now));
        changed.of += 1;
        changed.mandates += usize::from(more_than_a_hundredth);
    }
    changed
}

/// The largest losses first; less than a millionth is rounding.
fn lost(economy: &Economy, before: &Plan, plan: &Plan) -> Vec<Lost> {
    let share = |mantissa: i64| mantissa as f64 / mandate_plan::FULFILMENT_ONE as f64;
    let met = economy.needs.iter().zip(before.fulfilments.iter().zip(&plan.fulfilments));
    let lost = met.map(|(need, (&before, &now))| Lost {
        need: need.id.clone(),
        before: share(before),
        now: share(now),
    });
    let mut lost: Vec<Lost> = lost.filter(|lost| lost.before - lost.now > 1e-6).collect();
    lost.sort_by(|left, right| (right.before - right.now).total_cmp(&(left.before - left.now)));
    lost
}

fn write_replanned(out: &mut dyn Write, changed: &Changed, lost: &[Lost]) -> io::Result<()> {
    writeln!(
        out,
        "\n{} of {} mandates of activities that did not report change by more than 1 %",
        changed.mandates, changed.of
    )?;
    match lost.len() {
        0 => writeln!(out, "No need loses anything.")?,
        1 => writeln!(out, "One need gets less:")?,
        many => writeln!(out, "{many} needs get less:")?,
    }
    for Lost { need, before, now } in lost.iter().take(SHOWN) {
        writeln!(out, "- {need}: {:.2} % instead of {:.2} %", now * 100.0, before * 100.0)?;
    }
    if lost.len() > SHOWN {
        writeln!(out, "- and {} more", lost.len() - SHOWN)?;
    }
    Ok(())
}

const TIGHT: [&str; 6] = ["limit", "of", "unit", "there_is", "one_more_gives", "worth"];

fn fields(row: &Bottleneck) -> Vec<String> {
    let (limit, id, unit) = (row.limit.word().to_owned(), row.id.clone(), row.unit.clone());
    vec![limit, id, unit, row.there_is.to_string(), row.price.to_string(), row.worth.to_string()]
}

fn write_bottlenecks(out: &mut dyn Write, rows: &[Bottleneck]) -> io::Result<()> {
    writeln!(
        out,
        "{:<9} {:<24} {:>18} {:>16} {:>12}  unit",
        "limit", "of", "there is", "one more gives", "worth"
    )?;
    for row in rows {
        writeln!(
            out,
            "{:<9} {:<24} {:>18.3} {:>16.6e} {:>12.6}  {}",
            row.limit.word(),
            row.id,
            row.there_is.to_f64(),
            row.price.to_f64(),
            row.worth.to_f64(),
            row.unit
        )?;
    }
    Ok(())
}

/// `plan bottlenecks`.
pub fn bottlenecks(args: Bottlenecks) -> Result<(), Failure> {
    let economy = read_economy(&args.economy)?;
    let plan = read_plan(&args.plan, &economy)?;
    let stage = match args.stage {
        Some(number) if (1..=plan.stages.len()).contains(&number) => Some(number - 1),
        Some(number) => {
            let stages = plan.stages.len();
            return Err(Failure::input(format!("--stage {number}: the plan has {stages} stages")));
        }
        None => plan.tight_stage(&economy),
    };
    let mut tight = stage.map(|stage| plan.bottlenecks(&economy, stage)).unwrap_or_default();
    tight.truncate(args.top);
    let rows: Vec<Vec<String>> = tight.iter().map(fields).collect();
    if let Some(file) = &args.csv {
        write_csv(file, &TIGHT, &rows)?;
    }
    if args.json {
        println!("{}", objects(&TIGHT, &rows, 3));
        return Ok(());
    }
    let mut out = io::stdout().lock();
    let written = match stage {
        Some(stage) => {
            writeln!(out, "{}\n", plan.stages[stage].goal).and_then(|()| write_bottlenecks(&mut out, &tight))
        }
        None => writeln!(out, "Nothing holds this plan back: all fulfilments are full."),
    };
    written.map_err(Failure::machine)
}
