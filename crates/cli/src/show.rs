//! `mandate show`: a federation's state as tables, as of its last entry.

mod governing;
mod planning;

use crate::count::written;
use crate::failure::Failure;
use crate::table::Table;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use mandate_assembly::election::{Office, office_name};
use mandate_assembly::motion::Outcome;
use mandate_assembly::{Federation, Files, State};
use mandate_record::federation::Federation as RecordedFederation;
use mandate_record::{Attachments, Concern, Digest, Fault, Reader, replay};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Show a federation's state as tables.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
    mandate show us-2017\n  \
    mandate show us-2017 motions\n  \
    mandate show us-2017 plan --json\n  \
    mandate show us-2017 --plan-files the-plan && mandate plan check the-plan/economy the-plan/plan.json")]
pub struct Args {
    /// The federation's directory
    dir: PathBuf,
    /// What to show; everything where nothing is named
    #[arg(value_enum)]
    what: Option<What>,
    /// The same as JSON
    #[arg(long)]
    json: bool,
    /// Write the adopted plan as files: FOLDER/economy and FOLDER/plan.json, for `mandate plan` or any other program
    #[arg(long, value_name = "FOLDER")]
    plan_files: Option<PathBuf>,
}

/// What can be shown.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum What {
    /// Levels with their assemblies, members, seats and turnout
    Assemblies,
    /// Motions, where they came from and how they were decided
    Motions,
    /// Theses with signatories by branch
    Theses,
    /// Circulars and whom they did not reach
    Circulars,
    /// Variants side by side, fulfilment, tightest products
    Plan,
    /// Workplaces that kept or missed their mandate
    Mandates,
    /// Recalls and who followed
    Recalls,
    /// Posts, elected against appointed
    Posts,
    /// Who governs, in figures
    Governing,
}

/// Runs the command.
pub fn run(args: Args) -> Result<(), Failure> {
    let (federation, reader) = load(&args.dir)?;
    let files = Kept(&reader);
    if let Some(folder) = &args.plan_files {
        return planning::write_files(
            federation.state().federation().map_err(Failure::check)?,
            &files,
            folder,
        );
    }
    let mut out = io::stdout().lock();
    written(print(federation.state(), &files, args.what, args.json, &mut out)?)
}

/// Replays a federation's record.
///
/// # Errors
/// A damaged record, or a fault of the machine.
pub fn load(dir: &Path) -> Result<(RecordedFederation, Reader), Failure> {
    let mut federation = RecordedFederation::default();
    let bar = ProgressBar::new(0).with_style(
        ProgressStyle::with_template("replaying {bar:30} {pos}/{len} entries")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    bar.enable_steady_tick(Duration::from_millis(500));
    let replayed = replay(dir, &mut federation, &mut |done, all| {
        bar.set_length(all);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    replayed.map_err(failed)?;
    let reader = Reader::open(dir).map_err(failed)?;
    Ok((federation, reader))
}

/// A fault with the exit code that it stands for.
pub fn failed(fault: Fault) -> Failure {
    match fault.concern() {
        Concern::Input => Failure::input(fault),
        Concern::Record => Failure::check(fault),
        Concern::Machine => Failure::machine(fault),
    }
}

/// Attachments that a reader finds.
pub struct Kept<'a>(pub &'a Reader);

impl Files for Kept<'_> {
    fn get(&self, hash: &mandate_assembly::ids::Hash) -> Option<Cow<'_, [u8]>> {
        self.0.attachment(&Digest::from_bytes(hash.0)).ok().flatten().map(Cow::Owned)
    }
}

/// Prints what is asked for.
///
/// # Errors
/// Nothing is founded yet; or standard output fails, inside.
pub fn print(
    state: &State,
    files: &dyn Files,
    what: Option<What>,
    json: bool,
    out: &mut impl Write,
) -> Result<io::Result<()>, Failure> {
    let federation = state.federation().map_err(Failure::check)?;
    let at = state.last_at.unwrap_or(federation.founded_at);
    let tables = tables(federation, files, what, at);
    if json {
        let object: serde_json::Map<String, Value> =
            tables.iter().map(|(name, table)| ((*name).to_owned(), table.to_json())).collect();
        return Ok(writeln!(out, "{}", json!({"as_of_entry": state.entries, "at": at, "tables": object})));
    }
    let mut text = String::new();
    for (_, table) in &tables {
        text.push_str(&format!("\n{table}"));
    }
    Ok(writeln!(
        out,
        "{text}\nas of entry {} · {at} · check it yourself: mandate record verify",
        state.entries
    ))
}

/// The tables of one thing, or of all.
fn tables(
    federation: &Federation,
    files: &dyn Files,
    what: Option<What>,
    at: Timestamp,
) -> Vec<(&'static str, Table)> {
    let mut tables = Vec::new();
    let mut add = |of: What, name: &'static str, table: &dyn Fn() -> Option<Table>| {
        if what.is_none_or(|what| what == of)
            && let Some(table) = table()
        {
            tables.push((name, table));
        }
    };
    add(What::Assemblies, "assemblies", &|| Some(assemblies(federation, at)));
    add(What::Theses, "theses", &|| Some(theses(federation)));
    add(What::Circulars, "circulars", &|| Some(circulars(federation)));
    add(What::Motions, "motions", &|| Some(motions(federation, at)));
    add(What::Plan, "variants", &|| planning::variants(federation));
    add(What::Plan, "fulfilment", &|| planning::fulfilment(federation));
    add(What::Plan, "tightest", &|| planning::tightest(federation, files));
    add(What::Mandates, "mandates", &|| planning::mandates(federation));
    add(What::Recalls, "recalls", &|| Some(recalls(federation)));
    add(What::Posts, "posts", &|| Some(governing::posts(federation, at)));
    add(What::Governing, "governing", &|| Some(governing::figures(federation, at)));
    tables
}

/// A share as text: both numbers and the percentage.
pub(crate) fn share(part: u64, of: u64) -> String {
    if of == 0 {
        return "none of none".into();
    }
    let tenths = (u128::from(part) * 1000 + u128::from(of) / 2) / u128::from(of);
    // Nearly all is not all, and hardly any is not none.
    let tenths = if part > 0 && part < of { tenths.clamp(1, 999) } else { tenths };
    format!("{part} of {of}, {}.{} %", tenths / 10, tenths % 10)
}

fn assemblies(federation: &Federation, at: Timestamp) -> Table {
    let columns = ["level", "assemblies", "members", "seats", "seated", "turnout"];
    let mut table = Table::new("Assemblies by level", &columns);
    for level in federation.level_figures(at) {
        let turnout =
            if level.entitled == 0 { Value::Null } else { share(level.voted, level.entitled).into() };
        let or_nothing = |seats: u64| if level.seats == 0 { Value::Null } else { seats.into() };
        let (seats, seated) = (or_nothing(level.seats), or_nothing(level.seated));
        table.row(vec![
            level.level.into(),
            level.assemblies.into(),
            level.members.into(),
            seats,
            seated,
            turnout,
        ]);
    }
    table
}

/// The first part of a branch's code: its section, or the union itself.
fn section(federation: &Federation, branch: &str) -> String {
    match federation.charter.federation.branches {
        mandate_charter::Classification::Isic4 => branch.chars().take(1).collect(),
        mandate_charter::Classification::Own => branch.split('/').next().unwrap_or(branch).to_owned(),
    }
}

fn theses(federation: &Federation) -> Table {
    let columns = ["theses", "signatures", "platform", "votes", "signatories by branch"];
    let mut table = Table::new("Theses and who signed them", &columns);
    for (id, theses) in federation.platforms.all() {
        let mut by_section: BTreeMap<String, u64> = BTreeMap::new();
        for (branch, count) in federation.signatories_by_branch(theses) {
            *by_section.entry(section(federation, branch)).or_default() += count;
        }
        let mut by_section: Vec<_> = by_section.into_iter().collect();
        by_section.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        let words: Vec<String> =
            by_section.iter().map(|(section, count)| format!("{section} {count}")).collect();
        let platform = match theses.recognised {
            Some(_) => "yes",
            None => "too few signatures",
        };
        let votes = theses.result.map_or(Value::Null, |(votes, _)| votes.into());
        let title = format!("{id} {}", theses.title);
        table.row(vec![
            title.into(),
            theses.signatories.len().into(),
            platform.into(),
            votes,
            words.join(", ").into(),
        ]);
    }
    table
}

fn circulars(federation: &Federation) -> Table {
    use mandate_assembly::circular::About;
    let columns = ["circular", "about", "pages", "reached", "sha-256"];
    let mut table = Table::new("Circulars and how many delegates they reached", &columns);
    for (place, circular) in federation.circulars.iter().enumerate() {
        let about = match circular.about {
            About::Motion(id) => format!("motion {id}"),
            About::Theses(id) => format!("theses {id}"),
            About::Other => "other".into(),
        };
        let reached = share(circular.reached.len() as u64, circular.recipients.len() as u64);
        let hash = circular.text.to_string();
        let hash = format!("{}…", &hash[..16]);
        table.row(vec![(place + 1).into(), about.into(), circular.pages.into(), reached.into(), hash.into()]);
    }
    table
}

fn motions(federation: &Federation, at: Timestamp) -> Table {
    let columns = ["motion", "before", "came from", "outcome", "days"];
    let mut table = Table::new("Motions", &columns);
    for (place, motion) in federation.motions.iter().enumerate() {
        let number = place + 1;
        let from = motion.origin.as_ref().map_or(Value::Null, |origin| {
            format!("{} ({})", origin.from, if origin.upward { "below" } else { "above" }).into()
        });
        let (outcome, days) = match &motion.outcome {
            Some((when, outcome)) => {
                let word = match outcome {
                    Outcome::Adopted => "adopted",
                    Outcome::Rejected => "rejected",
                    Outcome::Withdrawn => "withdrawn",
                };
                (word.to_owned(), Value::from((when.as_second() - motion.filed_at.as_second()) / 86_400))
            }
            None if motion.answer.is_some() => ("answered".to_owned(), Value::Null),
            None => match &motion.origin {
                Some(origin) if origin.due < at => (format!("no answer, due {}", origin.due), Value::Null),
                _ => ("open".to_owned(), Value::Null),
            },
        };
        let title = format!("{number} {}", motion.title);
        table.row(vec![title.into(), motion.assembly.to_string().into(), from, outcome.into(), days]);
    }
    table
}

fn recalls(federation: &Federation) -> Table {
    let columns = ["who", "from", "by", "signatures", "voted", "for : against", "outcome", "follows"];
    let mut table = Table::new("Recalls", &columns);
    for recall in &federation.recalls {
        let voted = recall.count.as_ref().map_or(Value::Null, |count| {
            let entitled = recall.called.as_ref().map_or(0, |(_, _, entitled)| *entitled);
            share(count.voted, entitled).into()
        });
        let ratio = recall.count.as_ref().map_or(Value::Null, |count| {
            format!("{} : {}", count.found.counts[0], count.found.counts[1]).into()
        });
        let outcome = match recall.recalled {
            Some(true) => "recalled",
            Some(false) => "stays",
            None => "under way",
        };
        table.row(vec![
            recall.member.to_string().into(),
            office_name(&recall.office).into(),
            recall.body.to_string().into(),
            recall.signatures.len().into(),
            voted,
            ratio,
            outcome.into(),
            follower(federation, recall),
        ]);
    }
    table
}

/// Who took the seat of somebody who was recalled.
fn follower(federation: &Federation, recall: &mandate_assembly::recall::Recall) -> Value {
    if recall.recalled != Some(true) {
        return Value::Null;
    }
    let found = match &recall.office {
        Office::Delegates { to } => federation.assemblies.get(to).and_then(|body| {
            body.delegates
                .iter()
                .find(|seat| seat.follows.as_ref() == Some(&recall.member))
                .map(|seat| &seat.member)
        }),
        Office::Posts { organ } => federation.organs.get(organ).and_then(|organ| {
            organ
                .posts
                .iter()
                .find(|post| post.follows.as_ref() == Some(&recall.member))
                .map(|post| &post.member)
        }),
    };
    found.map_or(Value::Null, |member| member.to_string().into())
}
