//! `mandate works-council germany --persons`: votes for persons.

use super::lists::whole;
use crate::count::written;
use crate::failure::Failure;
use mandate_count::works_council::Sex;
use mandate_count::works_council::germany::{Workforce, WorksCouncilError};
use mandate_count::works_council::persons::{ElectedPerson, Person, elect};
use serde::Serialize;
use std::io::{self, Write};
use std::path::Path;

/// Reads the table and prints who is elected.
pub fn run(
    file: &Path,
    workforce: Workforce,
    seats: u32,
    seed: Option<[u8; 32]>,
    as_json: bool,
) -> Result<(), Failure> {
    let persons = read(file)?;
    let elected = elect(&persons, workforce, seats, seed.as_ref()).map_err(|error| match error {
        WorksCouncilError::LotNeeded { .. } => Failure::check(format!("{error} (--seed HEX)")),
        error => Failure::input(error),
    })?;
    let text = if as_json { json(&persons, &elected) } else { table(&persons, &elected, seats) };
    let mut out = io::stdout().lock();
    written(writeln!(out, "{text}").and_then(|()| out.flush()))
}

fn read(file: &Path) -> Result<Vec<Person>, Failure> {
    let problem = |message: String| Failure::input(format!("{}: {message}", file.display()));
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_path(file)
        .map_err(|error| problem(error.to_string()))?;
    let mut persons = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| problem(error.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        let [name, sex, votes] = [0, 1, 2].map(|cell| record.get(cell).unwrap_or_default());
        let sex = match sex {
            "f" => Sex::Female,
            "m" => Sex::Male,
            _ => return Err(problem(format!("line {line}: sex is \"{sex}\"; write f or m"))),
        };
        persons.push(Person { name: name.to_owned(), sex, votes: whole(file, line, "votes", votes)? });
    }
    Ok(persons)
}

fn table(persons: &[Person], elected: &[ElectedPerson], seats: u32) -> String {
    let line = |it: &ElectedPerson| {
        let Person { name, votes, .. } = &persons[it.person];
        format!("{name}  ({votes} votes)  [section {}]", it.paragraph)
    };
    let mut lines: Vec<String> = elected.iter().map(line).collect();
    if elected.len() < seats as usize {
        lines.push(format!("{} seats stay vacant: nobody else has a vote", seats as usize - elected.len()));
    }
    lines.join("\n")
}

fn json(persons: &[Person], elected: &[ElectedPerson]) -> String {
    #[derive(Serialize)]
    struct Seat<'a> {
        name: &'a str,
        votes: u64,
        section: &'static str,
    }
    let seats: Vec<Seat> = elected
        .iter()
        .map(|it| Seat {
            name: &persons[it.person].name,
            votes: persons[it.person].votes,
            section: it.paragraph,
        })
        .collect();
    serde_json::to_string(&seats).expect("names and numbers are JSON")
}
