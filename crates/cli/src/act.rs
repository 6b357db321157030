//! `mandate act`: members' commands, from the command line or a file, decided and kept in the record.

use crate::failure::Failure;
use crate::found::now;
use crate::show::failed;
use jiff::Timestamp;
use mandate_assembly::{Action, Command};
use mandate_lab::{Desk, DeskError, RecordDesk};
use serde::Deserialize;
use serde_json::json;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;

/// The longest line of a file of commands. A roll or an economy goes in whole, so it may be large.
const LONGEST_LINE_BYTES: u64 = 1 << 30;

/// Hand in commands as members: one here, or a file with a line of JSON each.
///
/// Whoever runs this speaks for everybody named: it is for the keeper of a record on one machine, for trials and
/// for scripts.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
    mandate act coast-record --by M1 '{\"theses\":{\"publish\":{\"title\":\"Bread\",\"text\":[\"Bread first.\"]}}}'\n  \
    mandate act coast-record --file commands.jsonl\n\n\
    A line of a file: {\"by\":\"M1\",\"action\":{…}}, with \"at\" where it is not now. It stops at the first refusal;\n\
    what was accepted before it stays.")]
pub struct Args {
    /// The federation's directory
    dir: PathBuf,
    /// What is asked for, as JSON
    #[arg(required_unless_present = "file", requires = "by")]
    action: Option<String>,
    /// Who asks
    #[arg(long, value_name = "MEMBER")]
    by: Option<String>,
    /// A file of commands, a line each; - for standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["action", "by"])]
    file: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    by: String,
    action: Action,
    #[serde(default)]
    at: Option<Timestamp>,
}

/// Runs the command.
pub fn run(args: Args) -> Result<(), Failure> {
    if !args.dir.exists() {
        return Err(Failure::input(format!(
            "{}: no record here; see: mandate found --help",
            args.dir.display()
        )));
    }
    let mut desk = RecordDesk::open(&args.dir, "").map_err(failed)?;
    match (&args.file, &args.action, &args.by) {
        (Some(file), _, _) => from_file(&mut desk, file),
        (None, Some(action), Some(by)) => {
            let action = serde_json::from_str(action)
                .map_err(|error| Failure::input(format!("the action, column {}: {error}", error.column())))?;
            submit(&mut desk, "", Line { by: by.clone(), action, at: None })
        }
        _ => Err(Failure::input("name an action and --by MEMBER, or --file FILE")),
    }
}

fn from_file(desk: &mut RecordDesk, file: &std::path::Path) -> Result<(), Failure> {
    let name = file.display().to_string();
    let source: Box<dyn Read> = if name == "-" {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(file).map_err(|error| Failure::input(format!("{name}: {error}")))?)
    };
    let mut source = BufReader::new(source);
    let mut number = 0u64;
    loop {
        let mut text = Vec::new();
        let read = (&mut source).take(LONGEST_LINE_BYTES).read_until(b'\n', &mut text);
        if read.map_err(|error| Failure::machine(format!("{name}: {error}")))? == 0 {
            return Ok(());
        }
        number += 1;
        if text.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let place = format!("{name}, line {number}: ");
        let line: Line = serde_json::from_slice(&text).map_err(|error| {
            Failure::input(format!(
                "{place}column {}: {error}; a line is {{\"by\":…,\"action\":…}}",
                error.column()
            ))
        })?;
        submit(desk, &place, line)?;
    }
}

/// Hands in one command and prints the entries that it made, once they are durable.
fn submit(desk: &mut RecordDesk, place: &str, line: Line) -> Result<(), Failure> {
    let before = desk.state().map_err(Failure::machine)?.entries;
    let at = line.at.map_or_else(now, Ok)?;
    match desk.submit(Command { at, by: line.by.as_str().into(), action: line.action }) {
        Ok(()) => {}
        Err(DeskError::Refused(refusal)) => return Err(Failure::check(format!("{place}{refusal}"))),
        Err(DeskError::Fault(fault)) => return Err(Failure::machine(format!("{place}{fault}"))),
    }
    desk.commit().map_err(failed)?;
    let after = desk.state().map_err(Failure::machine)?.entries;
    println!("{}", json!({"by": line.by, "at": at, "entries": [before, after]}));
    Ok(())
}
