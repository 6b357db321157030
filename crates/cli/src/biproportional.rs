//! `mandate apportion biproportional`: seats by districts and parties at once.

use crate::count::written;
use crate::failure::Failure;
use mandate_count::{Biproportional, BiproportionalError, Districts, Votes, biproportional};
use serde::Serialize;
use std::io::{self, Write};
use std::path::Path;

/// The table as it was read.
struct Table {
    parties: Vec<String>,
    names: Vec<String>,
    districts: Districts,
}

/// Reads the table and prints seats and divisors.
pub fn run(
    file: &Path,
    seats: Option<u32>,
    votes_by_seats: bool,
    seed: Option<[u8; 32]>,
    as_json: bool,
) -> Result<(), Failure> {
    let table = read(file, votes_by_seats)?;
    let house: u32 = table.districts.seats.iter().sum();
    if seats.is_some_and(|seats| seats != house) {
        let message =
            format!("--seats is {}, but the districts in the file have {house}", seats.unwrap_or(0));
        return Err(Failure::input(format!("{}: {message}; leave --seats out", file.display())));
    }
    let result = biproportional(&table.districts, seed.as_ref()).map_err(|error| match error {
        BiproportionalError::LotNeeded { tied } => {
            let name = |(row, column): &(usize, usize)| {
                format!("{} in {}", table.parties[column - 1], table.names[row - 1])
            };
            let names: Vec<String> = tied.iter().map(name).collect();
            Failure::check(format!("a lot is needed between {}; pass --seed HEX", names.join(", ")))
        }
        error => Failure::input(format!("{}: {error}", file.display())),
    })?;
    let text = if as_json { json(file, &table, &result) } else { sheet(&table, &result) };
    let mut out = io::stdout().lock();
    written(writeln!(out, "{text}").and_then(|()| out.flush()))
}

/// Reads `district,seats,party,party,…` with a heading.
fn read(file: &Path, votes_by_seats: bool) -> Result<Table, Failure> {
    let problem = |message: String| Failure::input(format!("{}: {message}", file.display()));
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_path(file)
        .map_err(|error| problem(error.to_string()))?;
    let heading = reader.headers().map_err(|error| problem(error.to_string()))?.clone();
    if heading.len() < 3 {
        let message = "line 1: expected a heading such as `district,seats,PARTY,PARTY`";
        return Err(problem(message.to_owned()));
    }
    let parties = heading.iter().skip(2).map(str::to_owned).collect();
    let districts = Districts { votes: Vec::new(), seats: Vec::new(), votes_by_seats };
    let mut table = Table { parties, names: Vec::new(), districts };
    for record in reader.records() {
        let record = record.map_err(|error| problem(error.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        let whole = |cell: usize, most: u64| {
            let number = record[cell].parse::<u64>().ok().filter(|number| *number <= most);
            number.ok_or_else(|| {
                let message =
                    format!("line {line}, cell {}: \"{}\" is not a whole number", cell + 1, &record[cell]);
                problem(format!("{message} up to {most}"))
            })
        };
        table.names.push(record[0].to_owned());
        // The sum over all districts has to fit as well.
        table.districts.seats.push(whole(1, 10_000)? as u32);
        let votes = (2..record.len()).map(|cell| whole(cell, u64::MAX >> 20));
        table.districts.votes.push(votes.collect::<Result<_, _>>()?);
    }
    if table.names.is_empty() {
        return Err(problem("no district in it; add a line for each below the heading".to_owned()));
    }
    Ok(table)
}

fn decimal(divisor: &Votes) -> String {
    divisor.to_decimal(3)
}

fn sheet(table: &Table, result: &Biproportional) -> String {
    let mut rows = vec![vec![String::new(), "seats".to_owned()]];
    rows[0].extend(table.parties.iter().cloned());
    rows[0].push("divisor".to_owned());
    let mut sums = vec!["seats".to_owned(), table.districts.seats.iter().sum::<u32>().to_string()];
    sums.extend(result.party_seats.iter().map(u32::to_string));
    sums.push(String::new());
    rows.push(sums);
    for (place, name) in table.names.iter().enumerate() {
        let mut row = vec![name.clone(), table.districts.seats[place].to_string()];
        row.extend(result.seats[place].iter().map(u32::to_string));
        row.push(decimal(&result.district_divisors[place]));
        rows.push(row);
    }
    let mut divisors = vec!["divisor".to_owned(), String::new()];
    divisors.extend(result.party_divisors.iter().map(decimal));
    divisors.push(String::new());
    rows.push(divisors);
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..rows[0].len()).map(width).collect();
    let line = |row: &Vec<String>| {
        let mut line = format!("{:<width$}", row[0], width = widths[0]);
        for (cell, width) in row.iter().zip(&widths).skip(1) {
            line += &format!("  {cell:>width$}");
        }
        line.trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn json(file: &Path, table: &Table, result: &Biproportional) -> String {
    #[derive(Serialize)]
    struct Line<'a> {
        file: String,
        method: &'static str,
        parties: Vec<Party<'a>>,
        districts: Vec<District<'a>>,
    }
    #[derive(Serialize)]
    struct Party<'a> {
        name: &'a str,
        seats: u32,
        divisor: String,
    }
    #[derive(Serialize)]
    struct District<'a> {
        name: &'a str,
        seats: &'a [u32],
        divisor: String,
    }
    let parties = table.parties.iter().enumerate().map(|(place, name)| Party {
        name,
        seats: result.party_seats[place],
        divisor: result.party_divisors[place].to_string(),
    });
    let districts = table.names.iter().enumerate().map(|(place, name)| District {
        name,
        seats: &result.seats[place],
        divisor: result.district_divisors[place].to_string(),
    });
    serde_json::to_string(&Line {
        file: file.display().to_string(),
        method: "biproportional",
        parties: parties.collect(),
        districts: districts.collect(),
    })
    .expect("names and numbers are JSON")
}
