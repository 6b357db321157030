//! `mandate charter`: check a charter, read it out, and see which assemblies it makes of a roll.

use crate::failure::Failure;
use mandate_charter::{
    Charter, Diagnostic, Hierarchy, RollError, WorkplaceRoll, explain, read, read_members, read_workplaces,
};
use serde::Serialize;
use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};

/// Check a charter, read it out, or see the assemblies it makes of a roll.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  mandate charter check charter.toml\n  mandate charter explain charter.toml --lang es\n  \
    mandate charter levels charter.toml --roll workplaces.csv"
)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Find every error, with line, column, what was expected and a remedy.
    #[command(after_help = "Example:\n  mandate charter check charter.toml")]
    Check(Check),
    /// Read the charter out in plain words, a sentence an article.
    #[command(after_help = "Example:\n  mandate charter explain charter.toml --lang es")]
    Explain(Explain),
    /// List the assemblies and seats that the charter makes of a roll.
    #[command(after_help = "Example:\n  mandate charter levels charter.toml --roll workplaces.csv")]
    Levels(Levels),
}

#[derive(clap::Args)]
struct Check {
    /// The charter.
    file: PathBuf,
    /// One JSON object: {"ok", "errors"}.
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
struct Explain {
    /// The charter.
    file: PathBuf,
    /// The language; the charter's first where it is left out.
    #[arg(long, value_name = "TAG")]
    lang: Option<String>,
    /// A JSON object a sentence, a line each.
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
struct Levels {
    /// The charter.
    file: PathBuf,
    /// The roll of workplaces; its column `members` says how many each has.
    #[arg(long, value_name = "CSV")]
    roll: PathBuf,
    /// The roll of members, which are counted instead.
    #[arg(long, value_name = "CSV")]
    members: Option<PathBuf>,
    /// One JSON object: {"levels", "assemblies", "skipped"}.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(args: Args) -> Result<(), Failure> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match args.action {
        Action::Check(args) => check(&args, &mut out)?,
        Action::Explain(args) => read_out(&args, &mut out)?,
        Action::Levels(args) => levels(&args, &mut out)?,
    }
    out.flush().map_err(unwritable)
}

#[derive(Serialize)]
struct Checked<'a> {
    ok: bool,
    errors: &'a [Diagnostic],
}

fn check(args: &Check, out: &mut impl Write) -> Result<(), Failure> {
    let source = source(&args.file)?;
    let result = read(&source);
    let errors = result.as_ref().err().map_or(&[][..], Vec::as_slice);
    if args.json {
        print_json(out, &Checked { ok: errors.is_empty(), errors })?;
        out.flush().map_err(unwritable)?;
    }
    match &result {
        Err(errors) => Err(refused(&args.file, errors)),
        Ok(_) if args.json => Ok(()),
        Ok(charter) => {
            let (levels, organs, motions) =
                (charter.levels.len(), charter.organs.len(), charter.motions.len());
            let file = args.file.display();
            let line =
                format!("{file}: good (levels: {levels}, organs: {organs}, kinds of motions: {motions})");
            writeln!(out, "{line}").map_err(unwritable)
        }
    }
}

fn read_out(args: &Explain, out: &mut impl Write) -> Result<(), Failure> {
    let charter = charter(&args.file)?;
    let default = charter.federation.languages.first().map_or("en", String::as_str);
    let sentences = explain(&charter, args.lang.as_deref().unwrap_or(default)).map_err(Failure::input)?;
    for sentence in sentences {
        if args.json {
            print_json(out, &sentence)?;
        } else {
            writeln!(out, "{} [{}]", sentence.text, sentence.article).map_err(unwritable)?;
        }
    }
    Ok(())
}

#[derive(Serialize)]
struct Structure<'a> {
    levels: Vec<LevelRow<'a>>,
    assemblies: Vec<AssemblyRow<'a>>,
    skipped: Vec<SkippedRow<'a>>,
}

#[derive(Serialize)]
struct LevelRow<'a> {
    level: &'a str,
    assemblies: usize,
    skipped: usize,
    members: u64,
    seats: u64,
}

#[derive(Serialize)]
struct AssemblyRow<'a> {
    id: &'a str,
    level: &'a str,
    workplaces: usize,
    members: u64,
    seats: u64,
    electors: Vec<ElectorRow<'a>>,
}

#[derive(Serialize)]
struct ElectorRow<'a> {
    assembly: &'a str,
    chain: &'a str,
    members: u64,
    seats: u32,
}

#[derive(Serialize)]
struct SkippedRow<'a> {
    id: &'a str,
    /// The assembly that elects in its place.
    sole: &'a str,
}

fn levels(args: &Levels, out: &mut impl Write) -> Result<(), Failure> {
    let charter = charter(&args.file)?;
    let roll =
        read_workplaces(open(&args.roll)?, &charter).map_err(|error| roll_failure(&args.roll, error))?;
    let members = members(args, &roll, &charter)?;
    let hierarchy = Hierarchy::build(&charter, &roll, &members).map_err(|error| at(&args.file, error))?;
    let structure = structure(&charter, &hierarchy).map_err(|error| at(&args.file, error))?;
    if args.json { print_json(out, &structure) } else { print_tables(out, &structure).map_err(unwritable) }
}

/// Members by workplace: counted from their roll where there is one, else as the roll of workplaces states them.
fn members(args: &Levels, roll: &WorkplaceRoll, charter: &Charter) -> Result<Vec<u64>, Failure> {
    if let Some(file) = &args.members {
        let members = read_members(open(file)?, roll, charter).map_err(|error| roll_failure(file, error))?;
        return Ok(members.by_workplace(roll));
    }
    match roll.workplaces.iter().find(|workplace| workplace.members.is_none()) {
        None => Ok(roll.stated_members()),
        Some(workplace) => Err(at(
            &args.roll,
            format!(
                "the workplace {:?} has no number of members; fill in the column \"members\", or name the roll of \
                 members with --members",
                workplace.id.as_str()
            ),
        )),
    }
}

fn structure<'a>(
    charter: &'a Charter,
    hierarchy: &'a Hierarchy,
) -> Result<Structure<'a>, mandate_charter::SeatsError> {
    let mut assemblies = Vec::with_capacity(hierarchy.assemblies.len());
    for assembly in &hierarchy.assemblies {
        let level = &charter.levels[assembly.level];
        let seats =
            if assembly.electors.is_empty() { Vec::new() } else { hierarchy.seats(charter, assembly)? };
        let electors = assembly.electors.iter().zip(&seats).map(|(body, seats)| {
            let elector = &hierarchy.assemblies[body.assembly];
            let chain = level.elected_by[body.chain].as_str();
            ElectorRow { assembly: &elector.id, chain, members: elector.members, seats: *seats }
        });
        assemblies.push(AssemblyRow {
            id: &assembly.id,
            level: &level.id,
            workplaces: assembly.workplaces.len(),
            members: assembly.members,
            seats: seats.iter().copied().map(u64::from).sum(),
            electors: electors.collect(),
        });
    }
    let levels = charter.levels.iter().enumerate().map(|(index, level)| {
        let of_level = || assemblies.iter().filter(|assembly| assembly.level == level.id);
        LevelRow {
            level: &level.id,
            assemblies: of_level().count(),
            skipped: hierarchy.skipped.iter().filter(|group| group.level == index).count(),
            members: of_level().map(|assembly| assembly.members).sum(),
            seats: of_level().map(|assembly| assembly.seats).sum(),
        }
    });
    let levels = levels.collect();
    let skipped = hierarchy
        .skipped
        .iter()
        .map(|group| SkippedRow { id: &group.id, sole: &hierarchy.assemblies[group.sole].id });
    Ok(Structure { levels, skipped: skipped.collect(), assemblies })
}

fn print_tables(out: &mut impl Write, structure: &Structure<'_>) -> io::Result<()> {
    let levels = structure.levels.iter().map(|row| {
        let numbers = [row.assemblies as u64, row.skipped as u64, row.members, row.seats];
        [vec![row.level.to_owned()], numbers.map(|number| number.to_string()).to_vec()].concat()
    });
    print_table(out, &["level", "assemblies", "skipped", "members", "seats"], levels.collect())?;
    let assemblies = structure.assemblies.iter().filter(|row| !row.electors.is_empty()).map(|row| {
        let numbers = [row.workplaces as u64, row.members, row.seats];
        let electors = row.electors.iter().map(|elector| format!("{} {}", elector.assembly, elector.seats));
        let electors = electors.collect::<Vec<_>>().join(", ");
        [vec![row.id.to_owned()], numbers.map(|number| number.to_string()).to_vec(), vec![electors]].concat()
    });
    writeln!(out)?;
    print_table(
        out,
        &["assembly", "workplaces", "members", "seats", "electors and their seats"],
        assemblies.collect(),
    )?;
    if !structure.skipped.is_empty() {
        writeln!(out)?;
        let skipped = structure.skipped.iter().map(|row| vec![row.id.to_owned(), row.sole.to_owned()]);
        print_table(
            out,
            &["not made, since only one would elect it", "elects in its place"],
            skipped.collect(),
        )?;
    }
    Ok(())
}

/// Columns of equal width: text to the left, numbers to the right, the last column as long as it is.
fn print_table(out: &mut impl Write, headings: &[&str], rows: Vec<Vec<String>>) -> io::Result<()> {
    let headings: Vec<String> = headings.iter().map(|heading| (*heading).to_owned()).collect();
    let width = |column: usize| {
        let cells = rows.iter().chain([&headings]).map(|row| row[column].chars().count());
        cells.max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..headings.len()).map(width).collect();
    let is_number =
        |column: usize| rows.iter().all(|row| row[column].bytes().all(|byte| byte.is_ascii_digit()));
    for row in [&headings].into_iter().chain(&rows) {
        let cells = row.iter().enumerate().map(|(column, cell)| {
            let width = widths[column];
            if is_number(column) { format!("{cell:>width$}") } else { format!("{cell:width$}") }
        });
        writeln!(out, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    Ok(())
}

fn charter(file: &Path) -> Result<Charter, Failure> {
    read(&source(file)?).map_err(|errors| refused(file, &errors))
}

fn source(file: &Path) -> Result<String, Failure> {
    let bytes = fs::read(file).map_err(|error| at(file, error))?;
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + valid.iter().filter(|byte| **byte == b'\n').count();
        at(file, format!("line {line}: found bytes that are not UTF-8; save the file as UTF-8"))
    })
}

fn open(file: &Path) -> Result<BufReader<File>, Failure> {
    let opened = File::open(file).map_err(|error| at(file, error))?;
    Ok(BufReader::with_capacity(1 << 20, opened))
}

fn refused(file: &Path, errors: &[Diagnostic]) -> Failure {
    let lines = errors.iter().map(|error| format!("{}: {error}", file.display()));
    let lines = lines.collect::<Vec<_>>().join("\n");
    let errors = match errors.len() {
        1 => "1 error".to_owned(),
        several => format!("{several} errors"),
    };
    Failure::input(format!("{errors} in {}\n{lines}", file.display()))
}

fn roll_failure(file: &Path, error: RollError) -> Failure {
    match error {
        RollError::Unreadable(error) => at(file, error),
        RollError::Refused(refusals) => at(file, format!("the roll is refused\n{refusals}")),
    }
}

fn at(file: &Path, problem: impl Display) -> Failure {
    Failure::input(format!("{}: {problem}", file.display()))
}

fn print_json(out: &mut impl Write, value: &impl Serialize) -> Result<(), Failure> {
    let line = serde_json::to_string(value).map_err(Failure::machine)?;
    writeln!(out, "{line}").map_err(unwritable)
}

fn unwritable(error: io::Error) -> Failure {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Failure::reader_gone();
    }
    Failure::machine(format!("cannot write the result: {error}"))
}
