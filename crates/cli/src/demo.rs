//! `mandate demo`: a whole year of an example federation, stage by stage, kept in a record that anyone can check.

use crate::count::written;
use crate::failure::Failure;
use crate::plan::peak_memory_bytes;
use crate::serve::{say, serve};
use crate::show::{self, Kept, failed};
use indicatif::{ProgressBar, ProgressStyle};
use mandate_lab::{LabError, RecordDesk, Stage, Watch, Year, congress_1921, us_2017, valley, whole_year};
use mandate_record::federation::check_results;
use mandate_record::{Reader, verify};
use mandate_web::Options;
use serde_json::json;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::time::Instant;

/// Run a whole year of an example federation.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
    mandate demo\n  \
    mandate demo us-2017 --seed 7 --dir my-year\n  \
    mandate show my-year motions")]
pub struct Args {
    /// Which example
    #[arg(value_enum, default_value = "us-2017")]
    example: Example,
    /// The directory of the federation's record, which must not exist yet [default: EXAMPLE-SEED]
    #[arg(long)]
    dir: Option<PathBuf>,
    /// The same seed gives the same record, to the last byte
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// End after the tables, without the pages; so it does where the output is no terminal
    #[arg(long)]
    no_serve: bool,
    /// The port on this machine at which the pages are served afterwards
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The year's figures, one object a stage, a line each
    #[arg(long)]
    json: bool,
}

/// The examples that can be run.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Example {
    /// 71 industries, nine regions, 2,100 workplaces: the economy of the United States in 2017
    #[value(name = "us-2017")]
    Us2017,
    /// 60 workplaces of a valley that one can read whole
    Valley,
    /// The trade unions and the Tenth Congress: the count as it stood, and what the ban meets
    #[value(name = "congress-1921")]
    Congress1921,
}

impl Example {
    fn name(self) -> &'static str {
        match self {
            Self::Us2017 => "us-2017",
            Self::Valley => "valley",
            Self::Congress1921 => "congress-1921",
        }
    }
}

/// Runs the command.
pub fn run(args: Args) -> Result<(), Failure> {
    let begun = Instant::now();
    let dir =
        args.dir.clone().unwrap_or_else(|| PathBuf::from(format!("{}-{}", args.example.name(), args.seed)));
    if dir.exists() {
        return Err(Failure::input(format!(
            "{} exists already; name another place with --dir, or look at it with: mandate show {}",
            dir.display(),
            dir.display()
        )));
    }
    let mut desk =
        RecordDesk::open(&dir, &format!("mandate.example/{}", args.example.name())).map_err(failed)?;
    let mut onlooker = Onlooker { bar: None, json: args.json, begun };
    run_year(&args, &mut desk, &mut onlooker).map_err(lab_failed)?;
    desk.commit().map_err(failed)?;
    check(&dir, &mut desk, &args, begun)?;
    if args.no_serve || args.json {
        return Ok(());
    }
    // Nobody sits before a pipe or a log to end the pages again.
    if !io::stdout().is_terminal() {
        println!("its pages: mandate serve {} --trial", dir.display());
        return Ok(());
    }
    // The pages' writer takes the record over.
    drop(desk);
    let listen = ([127, 0, 0, 1], args.port).into();
    serve(Options {
        directory: dir,
        listen,
        trial: true,
        trial_time: None,
        on_request: None,
        officers_second_factor: false,
        on_fault: say,
        behind_tls: false,
        boxes: None,
    })
}

fn run_year(args: &Args, desk: &mut RecordDesk, watch: &mut Onlooker) -> Result<Vec<Stage>, LabError> {
    let example = match args.example {
        Example::Us2017 => us_2017::example(args.seed)?,
        Example::Valley => valley::example(args.seed)?,
        Example::Congress1921 => {
            return congress_1921::run(&mut Year::new(desk, args.seed, congress_1921::start()?, watch));
        }
    };
    whole_year::run(&mut Year::new(desk, args.seed, example.start, watch), &example)
}

fn lab_failed(error: LabError) -> Failure {
    match error {
        LabError::Fault(_) => Failure::machine(error),
        LabError::Refused { .. } | LabError::Example(_) | LabError::Unsolved { .. } => Failure::check(error),
    }
}

/// Checks the record as anybody could: files and tree, then every result anew, then the state against the one that
/// the year led to.
fn check(dir: &std::path::Path, desk: &mut RecordDesk, args: &Args, begun: Instant) -> Result<(), Failure> {
    use mandate_lab::Desk;
    let bar = progress("check", 0, args.json);
    let verification = verify(dir, None, &mut |done, all| {
        bar.set_length(2 * all);
        bar.set_position(done);
    });
    let verification = verification.map_err(failed)?;
    if let Some(difference) = verification.first_difference {
        return Err(Failure::check(difference));
    }
    let checked = check_results(dir, &mut |done, all| bar.set_position(all + done)).map_err(failed)?;
    bar.finish_and_clear();
    let (replayed, audit) = checked.map_err(Failure::check)?;
    let live = desk.state().map_err(Failure::machine)?;
    if live != replayed.state() {
        return Err(Failure::check("the record alone gives another state than the year led to"));
    }
    let reader = Reader::open(dir).map_err(failed)?;
    let mut out = io::stdout().lock();
    let seconds = begun.elapsed().as_secs_f64();
    let root = verification.root.to_string();
    if args.json {
        return written(writeln!(
            out,
            "{}",
            json!({
                "stage": "check", "ok": true, "entries": verification.entries, "root": root,
                "results_computed_anew": audit.same, "seconds": seconds, "peak_memory_bytes": peak_memory_bytes(),
            })
        ));
    }
    written(show::print(live, &Kept(&reader), None, false, &mut out)?)?;
    let memory = peak_memory_bytes().map_or(String::new(), |bytes| format!(", {} MiB at most", bytes >> 20));
    written(writeln!(
        out,
        "\n{} entries · root {root}\nchecked: same state from the record alone; {} results computed anew and equal\n\
         {seconds:.1} s{memory} · kept in {} · mandate record verify {}",
        verification.entries,
        audit.same,
        dir.display(),
        dir.display()
    ))
}

/// Shows each stage: a bar while it runs, a few lines when it is over.
struct Onlooker {
    bar: Option<ProgressBar>,
    json: bool,
    begun: Instant,
}

fn progress(stage: &str, steps: u64, quiet: bool) -> ProgressBar {
    let bar = if quiet { ProgressBar::hidden() } else { ProgressBar::new(steps) };
    let style = ProgressStyle::with_template("{prefix:>10} {bar:40} {percent:>3} %  {elapsed}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())).with_prefix(stage.to_owned())
}

impl Watch for Onlooker {
    fn begin(&mut self, stage: &'static str, steps: u64) {
        self.bar = Some(progress(stage, steps, self.json));
    }

    fn advance(&mut self, steps: u64) {
        if let Some(bar) = &self.bar {
            bar.inc(steps);
        }
    }

    fn end(&mut self, stage: &Stage) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        let mut out = io::stdout().lock();
        let seconds = self.begun.elapsed().as_secs_f64();
        // A reader that goes away ends the printing, not the year.
        let _ = if self.json {
            let line = json!({"stage": stage.stage, "figures": stage.figures, "seconds": seconds});
            writeln!(out, "{line}")
        } else {
            let mut text = format!("\n{:<10} {seconds:>6.1} s\n", stage.stage.to_uppercase());
            for line in &stage.lines {
                text.push_str(&format!("  · {line}\n"));
            }
            write!(out, "{text}")
        };
    }
}
