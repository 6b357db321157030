//! `mandate works-council spain`: a college of a works committee.

use super::lists::{read, whole};
use crate::count::{parse_seed, written};
use crate::failure::Failure;
use mandate_count::works_council::spain::{College, List, ListCandidate, SpainError, elect};
use serde::Serialize;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
#[command(
    after_help = "The file is a table of candidates in the order of their lists. Days of service are needed when \
    equal remainders go by seniority:\n\n  \
    list,votes,name,days_of_service\n  CCOO,100,Ana Ruiz,3650\n  UGT,55,Luis Gil,\n\nExample:\n  \
    mandate works-council spain college.csv --seats 5 --blank 6"
)]
pub struct Spain {
    /// A CSV file: list, votes, name, days_of_service.
    file: PathBuf,
    /// Seats of the college (`mandate apportion largest-remainder` shares the committee between colleges).
    #[arg(long, value_name = "N")]
    seats: u32,
    /// Blank votes, which count towards the five per cent that a list needs.
    #[arg(long, value_name = "N", default_value_t = 0)]
    blank: u64,
    /// Seed of lots: 64 hexadecimal digits.
    #[arg(long, value_name = "HEX")]
    seed: Option<String>,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(args: Spain) -> Result<(), Failure> {
    let seed = args.seed.as_deref().map(parse_seed).transpose()?;
    let lists = lists(&args.file)?;
    let college = elect(&lists, args.blank.min(u64::MAX >> 20), args.seats, seed.as_ref()).map_err(
        |error| match error {
            SpainError::LotNeeded { .. } => Failure::check(format!("{error} (--seed HEX)")),
            SpainError::SeniorityNeeded { .. } => Failure::check(error),
            error => Failure::input(format!("{}: {error}", args.file.display())),
        },
    )?;
    let text = if args.json { json(&lists, &college) } else { table(&lists, &college) };
    let mut out = io::stdout().lock();
    written(writeln!(out, "{text}").and_then(|()| out.flush()))
}

fn lists(file: &Path) -> Result<Vec<List>, Failure> {
    let mut lists = Vec::new();
    for list in read(file, "votes", &["days_of_service"])? {
        let mut candidates = Vec::new();
        for candidate in list.candidates {
            let seniority_days = match &candidate.cells[0] {
                Some(cell) => {
                    Some(whole(file, candidate.line, "days_of_service", cell)?.min(u32::MAX.into()) as u32)
                }
                None => None,
            };
            candidates.push(ListCandidate { name: candidate.name, seniority_days });
        }
        lists.push(List { name: list.name, votes: list.votes, candidates });
    }
    Ok(lists)
}

fn table(lists: &[List], college: &College) -> String {
    let mut text = format!("quotient {} [article 71.2 b]", college.quotient.to_decimal(3));
    for (list, result) in lists.iter().zip(&college.lists) {
        if !result.admitted {
            text += &format!("\n\n{}: {} votes, under 5 per cent", list.name, list.votes);
            continue;
        }
        text += &format!(
            "\n\n{}: {} votes, {} seats by quotient, remainder {}, {} by remainder",
            list.name,
            list.votes,
            result.whole,
            result.remainder.to_decimal(3),
            result.by_remainder
        );
        for candidate in &result.elected {
            text += &format!("\n  {} [article 71.2 c]", list.candidates[*candidate].name);
        }
    }
    text
}

fn json(lists: &[List], college: &College) -> String {
    #[derive(Serialize)]
    struct Line<'a> {
        quotient: String,
        lists: Vec<ListLine<'a>>,
    }
    #[derive(Serialize)]
    struct ListLine<'a> {
        list: &'a str,
        votes: u64,
        admitted: bool,
        by_quotient: u32,
        remainder: String,
        by_remainder: u32,
        elected: Vec<&'a str>,
    }
    let lines = lists.iter().zip(&college.lists).map(|(list, result)| ListLine {
        list: &list.name,
        votes: list.votes,
        admitted: result.admitted,
        by_quotient: result.whole,
        remainder: result.remainder.to_string(),
        by_remainder: result.by_remainder,
        elected: result.elected.iter().map(|place| list.candidates[*place].name.as_str()).collect(),
    });
    serde_json::to_string(&Line { quotient: college.quotient.to_string(), lists: lines.collect() })
        .expect("names and numbers are JSON")
}
