//! Tables of candidates: a line each, in the order of their lists.

use crate::failure::Failure;
use std::path::Path;

/// A list as the table has it.
pub struct List {
    pub name: String,
    pub votes: u64,
    pub candidates: Vec<Candidate>,
}

/// A candidate's line: the name, and the columns that were asked for.
pub struct Candidate {
    pub name: String,
    pub line: u64,
    /// In the order of the columns asked for; `None` where the table has no such column or the cell is empty.
    pub cells: Vec<Option<String>>,
}

/// Reads `list,VOTES,name` and further columns, in any order. Lists keep the order in which they first come.
pub fn read(file: &Path, votes_column: &str, columns: &[&str]) -> Result<Vec<List>, Failure> {
    let problem = |message: String| Failure::input(format!("{}: {message}", file.display()));
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_path(file)
        .map_err(|error| problem(error.to_string()))?;
    let headings = reader.headers().map_err(|error| problem(error.to_string()))?.clone();
    let place = |column: &str| {
        headings.iter().position(|name| name.trim_start_matches('\u{feff}').eq_ignore_ascii_case(column))
    };
    let needed = |column: &str| {
        place(column).ok_or_else(|| {
            problem(format!(
                "line 1: there is no column \"{column}\"; add it to the heading and to each line"
            ))
        })
    };
    let (list_place, votes_place, name_place) = (needed("list")?, needed(votes_column)?, needed("name")?);
    let places: Vec<Option<usize>> = columns.iter().map(|column| place(column)).collect();
    let mut lists: Vec<List> = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| problem(error.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        let name = &record[list_place];
        let votes = whole(file, line, votes_column, &record[votes_place])?;
        let place = lists.iter().position(|list| list.name == name).unwrap_or_else(|| {
            lists.push(List { name: name.to_owned(), votes, candidates: Vec::new() });
            lists.len() - 1
        });
        let list = &mut lists[place];
        if list.votes != votes {
            let message = format!(
                "line {line}: list \"{name}\" has {votes} {votes_column} here and {} before",
                list.votes
            );
            return Err(problem(format!("{message}; write the same number on each of its lines")));
        }
        let cell = |place: &Option<usize>| {
            place.map(|place| record[place].to_owned()).filter(|cell| !cell.is_empty())
        };
        let cells = places.iter().map(cell).collect();
        list.candidates.push(Candidate { name: record[name_place].to_owned(), line, cells });
    }
    if lists.is_empty() {
        return Err(problem("no candidate in it; add a line for each below the heading".to_owned()));
    }
    Ok(lists)
}

/// A whole number of a column, small enough that sums of all lists fit.
pub fn whole(file: &Path, line: u64, column: &str, text: &str) -> Result<u64, Failure> {
    text.parse::<u64>().ok().filter(|number| *number <= u64::MAX >> 20).ok_or_else(|| {
        Failure::input(format!(
            "{}: line {line}: {column} is \"{text}\"; write a whole number",
            file.display()
        ))
    })
}
