//! `mandate count`: ballots counted by a rule.

mod boxes;
mod configured;
mod margin;

use crate::failure::Failure;
use mandate_count::print::{csv, markdown, svg, text, why};
use mandate_count::{
    Arithmetic, Conditions, Constraint, Count, CountError, Election, ReadFailure, Rule, Stage, Tie, Votes,
    format,
};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

/// Count ballots by a rule.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
    mandate count scottish-stv ward-5.blt\n  \
    mandate count scottish-stv wards/*.blt\n  \
    mandate count ers97 --boxes foundry.blt rolling-mill.blt\n  \
    mandate count schulze variants.blt --json\n  \
    mandate count ers97 committee.blt --format markdown\n  \
    mandate count ers97 committee.blt --why Chen\n  \
    mandate count instant-runoff chair.blt --margin\n  \
    mandate count rctab configuration.json\n  \
    mandate count meek committee.blt --arithmetic rational\n  \
    mandate count ers97 --explain\n  \
    mandate count --list")]
pub struct Args {
    /// The rule's name; `--list` shows all.
    #[arg(required_unless_present = "list")]
    rule: Option<String>,
    /// Ballot files: BLT, PrefLib, or a CSV table of ranks; `-` reads standard input. With the rule `rctab` also
    /// configurations of RCTab.
    #[arg(required_unless_present_any = ["list", "explain"])]
    files: Vec<PathBuf>,
    /// Seats to fill, instead of the number in the file.
    #[arg(long, value_name = "N")]
    seats: Option<u32>,
    /// Seed of lots: 64 hexadecimal digits, agreed before the ballots were known.
    #[arg(long, value_name = "HEX")]
    seed: Option<String>,
    /// One JSON object a line and file.
    #[arg(long)]
    json: bool,
    /// How a single count is printed.
    #[arg(long, value_enum, default_value_t = Sheet::Text, conflicts_with = "json")]
    format: Sheet,
    /// Say in plain words why this candidate was elected or not: a name, a part of one, or a number.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["json", "format"])]
    why: Option<String>,
    /// The files are boxes of one election: count them together, with a subtotal for each at every stage.
    #[arg(long, conflicts_with_all = ["json", "format", "why", "margin"])]
    boxes: bool,
    /// At least so many of a group must be elected: a number, a colon, and the candidates' numbers, such as 2:1,4,7.
    #[arg(long, value_name = "N:CANDIDATES", conflicts_with = "boxes")]
    at_least: Option<String>,
    /// The numbers that meek and warren are counted in: the nine decimal places of the rule's text, or fractions.
    #[arg(long, value_enum, default_value_t = Numbers::Decimal, conflicts_with = "boxes")]
    arithmetic: Numbers,
    /// Say how many ballots would have to be different for somebody else to be elected.
    #[arg(long, conflicts_with_all = ["json", "format", "why"])]
    margin: bool,
    /// Explain the rule in plain words.
    #[arg(long)]
    explain: bool,
    /// Every rule with its source.
    #[arg(long)]
    list: bool,
}

/// The numbers that a count is done in.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Numbers {
    /// As the rule's text says.
    Decimal,
    /// Fractions; no vote is rounded.
    Rational,
}

/// How a count is printed.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Sheet {
    /// A sheet for the terminal; a line each for several files.
    Text,
    /// A row a candidate, a column a stage.
    Csv,
    /// A page with a table.
    Markdown,
    /// A picture of the flow of votes.
    Svg,
}

/// Runs the command.
pub fn run(args: Args) -> Result<(), Failure> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    if args.list {
        return list(&mut out, args.json);
    }
    let rule: Rule = args.rule.unwrap_or_default().parse().map_err(Failure::input)?;
    if args.explain {
        return written(writeln!(out, "{rule}\n{}\n\n{}", rule.source(), rule.explanation()));
    }
    let seed = args.seed.as_deref().map(parse_seed).transpose()?;
    let constraint = args.at_least.as_deref().map(parse_constraint).transpose()?;
    let arithmetic = match args.arithmetic {
        Numbers::Decimal => Arithmetic::Decimal,
        Numbers::Rational => Arithmetic::Rational,
    };
    let task = Task { rule, seats: args.seats, seed, constraint, arithmetic };
    if args.boxes {
        let (counted, subtotals) = boxes::count(&task, &args.files)?;
        let sheet = counted.sheet(args.format);
        return written(writeln!(out, "{sheet}\n{}", subtotals.trim_end()).and_then(|()| out.flush()));
    }
    let mut totals = Totals::default();
    let width = args.files.iter().map(|file| file.display().to_string().chars().count()).max().unwrap_or(0);
    let terminal = terminal_columns();
    for file in &args.files {
        match task.counts(file) {
            Ok(counts) => {
                for counted in counts {
                    totals.add(&counted);
                    let line = match (args.json, args.format, &args.why) {
                        (_, _, Some(name)) => counted.why(name)?,
                        _ if args.margin => counted.margin()?,
                        (true, _, _) => counted.json(&task),
                        (false, Sheet::Text, _) if args.files.len() > 1 => counted.line(width, terminal),
                        (false, Sheet::Text, _) if task.arithmetic == Arithmetic::Rational => {
                            format!("{}\n{}", counted.sheet(Sheet::Text), counted.digits())
                        }
                        (false, format, _) => counted.sheet(format),
                    };
                    written(writeln!(out, "{line}").and_then(|()| out.flush()))?;
                }
            }
            Err(failure) if args.files.len() == 1 => return Err(failure),
            Err(failure) => {
                totals.failed.push(failure.code());
                eprintln!("mandate: {failure}");
            }
        }
    }
    if args.files.len() > 1 && !args.json && args.format == Sheet::Text {
        written(writeln!(out, "{}", totals.line()).and_then(|()| out.flush()))?;
    }
    totals.end()
}

/// A reader of standard output that has gone away wants no more; that is not a failure.
pub(crate) fn written(result: io::Result<()>) -> Result<(), Failure> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.map_err(|error| Failure::machine(format!("standard output: {error}"))),
    }
}

/// 64 hexadecimal digits as a seed.
pub(crate) fn parse_seed(text: &str) -> Result<[u8; 32], Failure> {
    let mut seed = [0; 32];
    hex::decode_to_slice(text, &mut seed).map(|()| seed).map_err(|_| {
        Failure::input(format!(
            "--seed has {} characters; expected 64 hexadecimal digits, for example the SHA-256 of an agreed text",
            text.chars().count()
        ))
    })
}

/// `2:1,4,7` as a constraint.
fn parse_constraint(text: &str) -> Result<Constraint, Failure> {
    let parts = text.split_once(':').and_then(|(at_least, members)| {
        let members: Result<Vec<u16>, _> = members.split(',').map(|member| member.trim().parse()).collect();
        Some(Constraint { members: members.ok()?, at_least: at_least.trim().parse().ok()? })
    });
    parts.ok_or_else(|| {
        Failure::input(format!(
            "--at-least \"{}\": expected a number, a colon and candidates' numbers, for example 2:1,4,7",
            text.chars().take(60).collect::<String>()
        ))
    })
}

fn list(out: &mut impl Write, json: bool) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct Line {
        rule: Rule,
        seats: &'static str,
        source: &'static str,
    }
    let width = Rule::ALL.iter().map(|rule| rule.name().len()).max().unwrap_or(0);
    for rule in Rule::ALL {
        let seats = if rule.fills_one_seat() { "one" } else { "any" };
        let line = Line { rule: *rule, seats, source: rule.source() };
        let text = match json {
            true => to_json(&line),
            false => format!("{:width$}  {}", rule.name(), rule.source()),
        };
        written(writeln!(out, "{text}"))?;
    }
    written(out.flush())
}

fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("results hold nothing that JSON cannot")
}

struct Task {
    rule: Rule,
    seats: Option<u32>,
    seed: Option<[u8; 32]>,
    constraint: Option<Constraint>,
    arithmetic: Arithmetic,
}

impl Task {
    /// The counts of a file: one, or one a seat where a configuration fills seats one after the other.
    fn counts(&self, file: &Path) -> Result<Vec<Counted>, Failure> {
        if self.rule != Rule::RcTab || !configured::is_configuration(file) {
            return Ok(vec![self.count(file)?]);
        }
        let (tabulations, sha256) = configured::tabulate(file, self.seed.as_ref())?;
        let counted = tabulations.into_iter().map(|it| Counted {
            file: file.display().to_string(),
            election: it.election,
            count: it.count,
            sha256: sha256.clone(),
        });
        Ok(counted.collect())
    }

    fn count(&self, file: &Path) -> Result<Counted, Failure> {
        let (mut election, sha256) = read_ballots(file)?;
        election.seats = self.seats.unwrap_or(election.seats);
        let seed = self.seed.as_ref();
        let conditions = Conditions { constraint: self.constraint.as_ref(), arithmetic: self.arithmetic };
        let count = mandate_count::count_under(self.rule, &election, &conditions, seed);
        let count = count.map_err(|error| {
            let message = format!("{}: {error}", file.display());
            match error {
                CountError::LotNeeded { .. } => Failure::check(format!("{message} (--seed HEX)")),
                _ => Failure::input(message),
            }
        })?;
        Ok(Counted { file: file.display().to_string(), election, count, sha256 })
    }
}

/// Reads ballots and hashes the bytes as they pass.
pub(crate) fn read_ballots(file: &Path) -> Result<(Election, String), Failure> {
    let unreadable = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied | io::ErrorKind::IsADirectory => {
            Failure::input(format!("{}: {error}", file.display()))
        }
        _ => Failure::machine(format!("{}: {error}", file.display())),
    };
    let source: Box<dyn Read> = if file.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        Box::new(std::fs::File::open(file).map_err(unreadable)?)
    };
    let mut hashed = Hashed { source, hasher: Sha256::new() };
    let election = format::read_from(&mut hashed).map_err(|failure| match failure {
        ReadFailure::Content(error) => Failure::input(format!("{}: {error}", file.display())),
        ReadFailure::Machine(error) => unreadable(error),
    })?;
    Ok((election, hex::encode(hashed.hasher.finalize())))
}

struct Hashed<R> {
    source: R,
    hasher: Sha256,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.source.read(buffer)?;
        self.hasher.update(&buffer[..length]);
        Ok(length)
    }
}

struct Counted {
    file: String,
    election: Election,
    count: Count,
    sha256: String,
}

/// The fixed shape of a count in JSON; what is beyond the first eight keys may grow.
#[derive(Serialize)]
struct JsonLine<'a> {
    file: &'a str,
    rule: Rule,
    seats: u32,
    valid: &'a Votes,
    quota: &'a Option<Votes>,
    elected: Vec<JsonElected<'a>>,
    ties: &'a [Tie],
    stages: &'a [Stage],
    title: &'a str,
    invalid: &'a Votes,
    runners_up: &'a [u16],
    #[serde(skip_serializing_if = "Option::is_none")]
    pairwise: &'a Option<mandate_count::Pairwise>,
    ballots_sha256: &'a str,
    seed: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arithmetic: Option<Arithmetic>,
    version: &'static str,
}

#[derive(Serialize)]
struct JsonElected<'a> {
    candidate: u16,
    name: &'a str,
    stage: u32,
}

impl Counted {
    fn json(&self, task: &Task) -> String {
        let Self { file, election, count, sha256 } = self;
        let elected = count.elected.iter().map(|elected| JsonElected {
            candidate: elected.candidate,
            name: election.name(elected.candidate),
            stage: elected.stage,
        });
        to_json(&JsonLine {
            file,
            rule: count.rule,
            seats: count.seats,
            valid: &count.valid,
            quota: &count.quota,
            elected: elected.collect(),
            ties: &count.ties,
            stages: &count.stages,
            title: &election.title,
            invalid: &count.invalid,
            runners_up: &count.runners_up,
            pairwise: &count.pairwise,
            ballots_sha256: sha256,
            seed: task.seed.map(hex::encode),
            arithmetic: (task.arithmetic != Arithmetic::Decimal).then_some(task.arithmetic),
            version: env!("CARGO_PKG_VERSION"),
        })
    }

    fn why(&self, name: &str) -> Result<String, Failure> {
        let candidate = why::find(&self.election, name)
            .map_err(|error| Failure::input(format!("{}: {error}", self.file)))?;
        Ok(why::answer(&self.election, &self.count, candidate).trim_end().to_owned())
    }

    fn margin(&self) -> Result<String, Failure> {
        let Self { file, election, count, .. } = self;
        margin::sentence(election, count).map_err(|error| Failure::input(format!("{file}: {error}")))
    }

    /// How long the numbers of a count in fractions are.
    fn digits(&self) -> String {
        let votes = self.count.stages.iter().flat_map(|stage| stage.totals.iter());
        let most = votes.map(Votes::digits).max().unwrap_or(0);
        format!(
            "counted in fractions; the longest number of votes has {most} digits (--json or --format csv shows them)"
        )
    }

    fn sheet(&self, sheet: Sheet) -> String {
        let print = match sheet {
            Sheet::Text => text::sheet,
            Sheet::Csv => csv::sheet,
            Sheet::Markdown => markdown::sheet,
            Sheet::Svg => svg::flow,
        };
        print(&self.election, &self.count).trim_end().to_owned()
    }

    /// What the file came to in a line; on a terminal that is too narrow for names, with the numbers of those elected.
    fn line(&self, width: usize, terminal: Option<usize>) -> String {
        let quota = self.count.quota.as_ref().map_or("-".to_owned(), |quota| format!("{quota:.9}"));
        let figures = format!(
            "{:width$}  {:>2} seats  {:>8} valid  quota {quota:>6}  {:>2} stages  ",
            self.file,
            self.count.seats,
            self.count.valid.to_string(),
            self.count.stages.len(),
        );
        let named = figures.clone() + &text::elected_line(&self.election, &self.count);
        match terminal {
            Some(columns) if named.chars().count() > columns => {
                let numbers: Vec<String> = self.count.winners().iter().map(u16::to_string).collect();
                figures + &numbers.join(", ")
            }
            _ => named,
        }
    }
}

/// How wide the terminal is that reads standard output, if it is one.
fn terminal_columns() -> Option<usize> {
    let stdout = io::stdout();
    let size = stdout.is_terminal().then(|| terminal_size::terminal_size_of(&stdout)).flatten();
    size.map(|(columns, _)| usize::from(columns.0)).filter(|columns| *columns > 0)
}

/// What several files come to.
#[derive(Default)]
struct Totals {
    files: usize,
    seats: u64,
    ballots: u64,
    ties: usize,
    failed: Vec<u8>,
}

impl Totals {
    fn add(&mut self, counted: &Counted) {
        self.files += 1;
        self.seats += u64::from(counted.count.seats);
        let ballots = &counted.election.ballots;
        self.ballots += ballots.total_weight() / u64::from(ballots.denominator());
        self.ties += counted.count.ties.len();
    }

    fn line(&self) -> String {
        let not_counted = match self.failed.len() {
            0 => "all of them".to_owned(),
            failed => format!("{failed} not"),
        };
        format!(
            "{} files counted, {not_counted}; {} ballots, {} seats, {} ties broken",
            self.files, self.ballots, self.seats, self.ties
        )
    }

    /// Fails with the gravest exit code of the files.
    fn end(self) -> Result<(), Failure> {
        let (failed, all) = (self.failed.len(), self.files + self.failed.len());
        let were = if failed == 1 { "was" } else { "were" };
        let message = format!("{failed} of {all} files {were} not counted");
        match self.failed.into_iter().max() {
            None => Ok(()),
            Some(1) => Err(Failure::check(message)),
            Some(2) => Err(Failure::input(message)),
            Some(_) => Err(Failure::machine(message)),
        }
    }
}
