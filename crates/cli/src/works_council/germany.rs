//! `mandate works-council germany`: seats to lists by highest averages, with seats for the sex in the minority.

use super::persons;
use crate::count::{parse_seed, written};
use crate::failure::Failure;
use mandate_count::works_council::Sex;
use mandate_count::works_council::germany::{
    List, ListCandidate, Workforce, WorksCouncil, WorksCouncilError, elect,
};
use serde::Serialize;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
#[command(after_help = "The file is a table of candidates in the order of their lists:\n\n  \
    list,votes,name,sex\n  Together,180,Ayse Demir,f\n  Together,180,Jan Koch,m\n  Action,95,Ina Wolf,f\n\nExample:\n  \
    mandate works-council germany lists.csv --seats 9 --women 60 --men 141")]
pub struct Germany {
    /// A CSV file: list, votes, name, sex (f or m); with --persons: name, sex, votes.
    file: PathBuf,
    /// Elected by persons, not lists (section 22).
    #[arg(long)]
    persons: bool,
    /// Seats of the council.
    #[arg(long, value_name = "N")]
    seats: u32,
    /// Women who work in the establishment.
    #[arg(long, value_name = "N")]
    women: u64,
    /// Men who work in the establishment.
    #[arg(long, value_name = "N")]
    men: u64,
    /// Seed of lots: 64 hexadecimal digits.
    #[arg(long, value_name = "HEX")]
    seed: Option<String>,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(args: Germany) -> Result<(), Failure> {
    let seed = args.seed.as_deref().map(parse_seed).transpose()?;
    let workforce = Workforce { women: args.women, men: args.men };
    if args.persons {
        return persons::run(&args.file, workforce, args.seats, seed, args.json);
    }
    let lists = read(&args.file)?;
    let council = elect(&lists, workforce, args.seats, seed.as_ref()).map_err(|error| match error {
        WorksCouncilError::LotNeeded { .. } => Failure::check(format!("{error} (--seed HEX)")),
        WorksCouncilError::TooFewCandidates { .. } => Failure::input(error),
    })?;
    let text = if args.json { json(&lists, &council) } else { table(&lists, &council) };
    let mut out = io::stdout().lock();
    written(writeln!(out, "{text}").and_then(|()| out.flush()))
}

/// Reads the lists in the order in which they first come.
fn read(file: &Path) -> Result<Vec<List>, Failure> {
    let problem = |message: String| Failure::input(format!("{}: {message}", file.display()));
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_path(file)
        .map_err(|error| problem(error.to_string()))?;
    let mut lists: Vec<List> = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| problem(error.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        let [name, votes, candidate, sex] = [0, 1, 2, 3].map(|cell| record.get(cell).unwrap_or_default());
        let votes: u64 = votes.parse().map_err(|_| {
            problem(format!("line {line}: \"{votes}\" is not a number of votes; write a whole number"))
        })?;
        let sex = match sex {
            "f" => Sex::Female,
            "m" => Sex::Male,
            _ => return Err(problem(format!("line {line}: sex is \"{sex}\"; write f or m"))),
        };
        let place = lists.iter().position(|list| list.name == name).unwrap_or_else(|| {
            lists.push(List { name: name.to_owned(), votes, candidates: Vec::new() });
            lists.len() - 1
        });
        let list = &mut lists[place];
        if list.votes != votes {
            let message =
                format!("line {line}: list \"{name}\" has {votes} votes here and {} before", list.votes);
            return Err(problem(format!("{message}; write the list's votes on each of its lines")));
        }
        list.candidates.push(ListCandidate { name: candidate.to_owned(), sex });
    }
    Ok(lists)
}

fn sex_name(sex: Sex) -> &'static str {
    match sex {
        Sex::Female => "women",
        Sex::Male => "men",
    }
}

fn table(lists: &[List], council: &WorksCouncil) -> String {
    let minority = match council.minority {
        Some((sex, seats)) => format!("at least {seats} seats for {} [section 5]", sex_name(sex)),
        None => "no minority with a seat [section 5]".to_owned(),
    };
    let seats = council.seats.iter().map(|seat| {
        let list = &lists[seat.list];
        let candidate = &list.candidates[seat.candidate];
        format!(
            "\n{}  ({}, {} / {})  [section {}]",
            candidate.name, list.name, list.votes, seat.divisor, seat.paragraph
        )
    });
    minority + &seats.collect::<String>()
}

fn json(lists: &[List], council: &WorksCouncil) -> String {
    #[derive(Serialize)]
    struct Line<'a> {
        minority: Option<&'static str>,
        minority_seats: u32,
        seats: Vec<Seat<'a>>,
    }
    #[derive(Serialize)]
    struct Seat<'a> {
        list: &'a str,
        name: &'a str,
        votes: u64,
        divisor: u64,
        section: &'static str,
    }
    let seats = council.seats.iter().map(|seat| Seat {
        list: &lists[seat.list].name,
        name: &lists[seat.list].candidates[seat.candidate].name,
        votes: lists[seat.list].votes,
        divisor: seat.divisor,
        section: seat.paragraph,
    });
    serde_json::to_string(&Line {
        minority: council.minority.map(|(sex, _)| sex_name(sex)),
        minority_seats: council.minority.map_or(0, |(_, seats)| seats),
        seats: seats.collect(),
    })
    .expect("names and numbers are JSON")
}
