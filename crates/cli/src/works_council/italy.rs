//! `mandate works-council italy`: a unitary workplace representation.

use super::lists::{read, whole};
use crate::count::{parse_seed, written};
use crate::failure::Failure;
use mandate_count::works_council::italy::{ItalyError, List, ListCandidate, Representation, elect};
use serde::Serialize;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
#[command(
    after_help = "The file is a table of candidates in the order of their lists, with the preferences given to \
    each:\n\n  \
    list,votes,name,preferences\n  FIOM,48,Rosa Conti,21\n  FIM,46,Elio Serra,17\n\nExample:\n  \
    mandate works-council italy rsu.csv --seats 3 --voters 119"
)]
pub struct Italy {
    /// A CSV file: list, votes, name, preferences.
    file: PathBuf,
    /// Seats of the representation.
    #[arg(long, value_name = "N")]
    seats: u32,
    /// Public administration: all who voted, blank and void papers with them, make the quorum.
    #[arg(long, value_name = "N")]
    voters: Option<u64>,
    /// Seed of lots: 64 hexadecimal digits.
    #[arg(long, value_name = "HEX")]
    seed: Option<String>,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(args: Italy) -> Result<(), Failure> {
    let seed = args.seed.as_deref().map(parse_seed).transpose()?;
    let lists = lists(&args.file)?;
    let representation =
        elect(&lists, args.voters, args.seats, seed.as_ref()).map_err(|error| match error {
            ItalyError::LotNeeded { .. } => Failure::check(format!("{error} (--seed HEX)")),
            error => Failure::input(format!("{}: {error}", args.file.display())),
        })?;
    let text = if args.json { json(&lists, &representation) } else { table(&lists, &representation) };
    let mut out = io::stdout().lock();
    written(writeln!(out, "{text}").and_then(|()| out.flush()))
}

fn lists(file: &Path) -> Result<Vec<List>, Failure> {
    let mut lists = Vec::new();
    for list in read(file, "votes", &["preferences"])? {
        let mut candidates = Vec::new();
        for candidate in list.candidates {
            let preferences = match &candidate.cells[0] {
                Some(cell) => whole(file, candidate.line, "preferences", cell)?,
                None => 0,
            };
            candidates.push(ListCandidate { name: candidate.name, preferences });
        }
        lists.push(List { name: list.name, votes: list.votes, candidates });
    }
    Ok(lists)
}

fn table(lists: &[List], representation: &Representation) -> String {
    let mut text = format!("quorum {}", representation.quorum.to_decimal(3));
    for (list, result) in lists.iter().zip(&representation.lists) {
        text += &format!(
            "\n\n{}: {} votes, {} seats by quorum, remainder {}, {} by remainder",
            list.name,
            list.votes,
            result.whole,
            result.remainder.to_decimal(3),
            result.by_remainder
        );
        for candidate in &result.elected {
            let ListCandidate { name, preferences } = &list.candidates[*candidate];
            text += &format!("\n  {name} ({preferences} preferences)");
        }
    }
    text
}

fn json(lists: &[List], representation: &Representation) -> String {
    #[derive(Serialize)]
    struct Line<'a> {
        quorum: String,
        lists: Vec<ListLine<'a>>,
    }
    #[derive(Serialize)]
    struct ListLine<'a> {
        list: &'a str,
        votes: u64,
        by_quorum: u32,
        remainder: String,
        by_remainder: u32,
        elected: Vec<&'a str>,
    }
    let lines = lists.iter().zip(&representation.lists).map(|(list, result)| ListLine {
        list: &list.name,
        votes: list.votes,
        by_quorum: result.whole,
        remainder: result.remainder.to_string(),
        by_remainder: result.by_remainder,
        elected: result.elected.iter().map(|place| list.candidates[*place].name.as_str()).collect(),
    });
    serde_json::to_string(&Line { quorum: representation.quorum.to_string(), lists: lines.collect() })
        .expect("names and numbers are JSON")
}
