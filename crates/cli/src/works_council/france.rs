//! `mandate works-council france`: a college of a social and economic committee.

use super::lists::{read, whole};
use crate::count::written;
use crate::failure::Failure;
use mandate_count::works_council::Sex;
use mandate_count::works_council::france::{College, Electorate, FranceError, List, ListCandidate, elect};
use serde::Serialize;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
#[command(
    after_help = "The file is a table of candidates in the order of their lists. Names crossed out and dates of \
    birth may be left out; dates are needed when equal averages go by age:\n\n  \
    list,ballots,name,sex,crossed_out,born\n  CGT,58,Awa Diallo,f,3,1979-04-02\n  CGT,58,Luc Martin,m,,\n\nExample:\n  \
    mandate works-council france college-2.csv --seats 5 --women 61 --men 40"
)]
pub struct France {
    /// A CSV file: list, ballots, name, sex (f or m), crossed_out, born.
    file: PathBuf,
    /// Seats of the college.
    #[arg(long, value_name = "N")]
    seats: u32,
    /// Women on the electoral roll of the college.
    #[arg(long, value_name = "N")]
    women: u64,
    /// Men on the electoral roll of the college.
    #[arg(long, value_name = "N")]
    men: u64,
    /// This is the second round, which needs no quorum.
    #[arg(long)]
    second_round: bool,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(args: France) -> Result<(), Failure> {
    let lists = lists(&args.file)?;
    let electorate = Electorate { women: args.women, men: args.men };
    let college = elect(&lists, electorate, args.seats).map_err(|error| match error {
        FranceError::AgeNeeded { .. } => Failure::check(error),
        error => Failure::input(format!("{}: {error}", args.file.display())),
    })?;
    let text = if args.json { json(&lists, &college) } else { table(&lists, &college) };
    let mut out = io::stdout().lock();
    written(writeln!(out, "{text}").and_then(|()| out.flush()))?;
    if college.quorum || args.second_round {
        return Ok(());
    }
    let valid: u64 = lists.iter().map(|list| list.ballots).sum();
    Err(Failure::check(format!(
        "no quorum: {valid} valid votes of an electorate of {}, half are needed; a second round follows [L2314-29]",
        args.women.saturating_add(args.men)
    )))
}

fn lists(file: &Path) -> Result<Vec<List>, Failure> {
    let mut lists = Vec::new();
    for list in read(file, "ballots", &["sex", "crossed_out", "born"])? {
        let mut candidates = Vec::new();
        for candidate in list.candidates {
            let line = candidate.line;
            let problem =
                |message: String| Failure::input(format!("{}: line {line}: {message}", file.display()));
            let sex = match candidate.cells[0].as_deref() {
                Some("f") => Sex::Female,
                Some("m") => Sex::Male,
                other => {
                    return Err(problem(format!("sex is \"{}\"; write f or m", other.unwrap_or_default())));
                }
            };
            let crossed_out = match &candidate.cells[1] {
                Some(cell) => whole(file, line, "crossed_out", cell)?,
                None => 0,
            };
            let born =
                match &candidate.cells[2] {
                    Some(cell) => Some(date(cell).ok_or_else(|| {
                        problem(format!("born is \"{cell}\"; write the date as 1979-04-02"))
                    })?),
                    None => None,
                };
            candidates.push(ListCandidate { name: candidate.name, sex, crossed_out, born });
        }
        lists.push(List { name: list.name, ballots: list.votes, candidates });
    }
    Ok(lists)
}

/// `year-month-day`.
fn date(text: &str) -> Option<(u16, u8, u8)> {
    let mut parts = text.splitn(3, '-');
    let year = parts.next()?.parse().ok()?;
    let month = parts.next()?.parse().ok().filter(|month| (1..=12).contains(month))?;
    let day = parts.next()?.parse().ok().filter(|day| (1..=31).contains(day))?;
    Some((year, month, day))
}

fn table(lists: &[List], college: &College) -> String {
    let mut text = format!("quotient {} [R2314-19]", college.quotient.to_decimal(3));
    for (place, list) in lists.iter().enumerate() {
        let result = &college.lists[place];
        text += &format!(
            "\n\n{}: {} votes, {} seats by quotient, {} by highest average",
            list.name,
            result.votes.to_decimal(2),
            result.by_quotient,
            result.by_average
        );
        let averages = college.averages.iter().filter(|(list, _)| *list == place);
        let averages: Vec<String> = averages.map(|(_, average)| average.to_decimal(2)).collect();
        if !averages.is_empty() {
            text += &format!(" ({}) [R2314-20]", averages.join(", "));
        }
        for candidate in &result.elected {
            text += &format!("\n  {} [L2314-29]", list.candidates[*candidate].name);
        }
        if let Some(objection) = &result.objection {
            text += &format!("\n  objection: {objection}");
        }
    }
    if college.vacant > 0 {
        text += &format!("\n\n{} seats stay vacant: their lists have no further candidate", college.vacant);
    }
    text
}

fn json(lists: &[List], college: &College) -> String {
    #[derive(Serialize)]
    struct Line<'a> {
        quotient: String,
        quorum: bool,
        vacant: u32,
        lists: Vec<ListLine<'a>>,
    }
    #[derive(Serialize)]
    struct ListLine<'a> {
        list: &'a str,
        votes: String,
        by_quotient: u32,
        by_average: u32,
        elected: Vec<&'a str>,
        objection: &'a Option<String>,
    }
    let lines = lists.iter().zip(&college.lists).map(|(list, result)| ListLine {
        list: &list.name,
        votes: result.votes.to_string(),
        by_quotient: result.by_quotient,
        by_average: result.by_average,
        elected: result.elected.iter().map(|place| list.candidates[*place].name.as_str()).collect(),
        objection: &result.objection,
    });
    serde_json::to_string(&Line {
        quotient: college.quotient.to_string(),
        quorum: college.quorum,
        vacant: college.vacant,
        lists: lines.collect(),
    })
    .expect("names and numbers are JSON")
}
