//! Ballots as a table: a column a candidate, a row a ballot, ranks as numbers.
//!
//! ```text
//! ballots,Ann,Bob,Cem (withdrawn)
//! 5,1,2,
//! 1,,1,1
//! ```
//!
//! The first column may say how many ballots a row stands for (`ballots`, `weight`, `count`). Equal numbers are shared
//! ranks, missing ones skipped ranks, empty cells no preference. Cells are separated by commas, semicolons or tabs.
//! Seats are not in such a table; [`read_from`] says one.

use crate::format::{at, cannot_say};
use crate::{Candidate, Election, MAXIMUM_CANDIDATES, ReadError, ReadFailure, lines};
use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};

const WEIGHT_HEADINGS: [&str; 3] = ["ballots", "weight", "count"];
const WITHDRAWN: &str = " (withdrawn)";

/// Reads an election for one seat.
pub fn read_from(source: impl Read) -> Result<Election, ReadFailure> {
    let mut source = BufReader::new(lines::Bounded::new(source));
    let first = source.fill_buf().map_err(|error| failure(error.into()))?;
    let after_mark = if first.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let delimiter = delimiter(&first[after_mark..]);
    source.consume(after_mark);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(source);
    let heading = reader.headers().map_err(failure)?.clone();
    let weighted =
        heading.get(0).is_some_and(|first| WEIGHT_HEADINGS.contains(&first.to_lowercase().as_str()));
    let mut election = Election { seats: 1, ..Election::default() };
    for name in heading.iter().skip(usize::from(weighted)) {
        let bare = name.strip_suffix(WITHDRAWN);
        let candidate = Candidate { name: bare.unwrap_or(name).to_owned(), withdrawn: bare.is_some() };
        election.candidates.push(candidate);
    }
    if election.candidates.is_empty() || election.candidates.len() > MAXIMUM_CANDIDATES {
        let message =
            format!("{} candidates; from 1 to {MAXIMUM_CANDIDATES} are possible", election.candidates.len());
        return Err(at(1, 1, message, "name the candidates in the first line").into());
    }
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(failure)? {
        let line = record.position().map_or(0, csv::Position::line);
        ballot(&mut election, &record, weighted, line)?;
    }
    Ok(election)
}

/// What separates cells: whatever follows the heading of the first column where that says how many ballots a row stands
/// for, and else a semicolon or a tab if there is one outside quotation marks. Names may have any of them.
fn delimiter(beginning: &[u8]) -> u8 {
    let lines = beginning.split(|byte| *byte == b'\n' || *byte == b'\r');
    let heading = lines.map(<[u8]>::trim_ascii_start).find(|line| !line.is_empty()).unwrap_or_default();
    let is_delimiter = |byte: &u8| matches!(byte, b',' | b';' | b'\t');
    for word in WEIGHT_HEADINGS {
        let Some((first, rest)) = heading.split_at_checked(word.len()) else { continue };
        if first.eq_ignore_ascii_case(word.as_bytes())
            && let Some(next) = rest.trim_ascii_start().first().filter(|next| is_delimiter(next))
        {
            return *next;
        }
    }
    let mut quoted = false;
    let mut unquoted = heading.iter().filter(|byte| {
        quoted ^= **byte == b'"';
        !quoted
    });
    unquoted.find(|byte| matches!(byte, b';' | b'\t')).copied().unwrap_or(b',')
}

fn ballot(
    election: &mut Election,
    record: &csv::StringRecord,
    weighted: bool,
    line: u64,
) -> Result<(), ReadError> {
    let columns = election.candidates.len() + usize::from(weighted);
    if record.len() != columns {
        let message = format!("{} cells, expected {columns}", record.len());
        return Err(at(line, 1, message, "give each candidate a cell, empty where there is no preference"));
    }
    let whole = |place: usize, most: u64| {
        let cell = &record[place];
        let number = cell.parse::<u64>().ok().filter(|number| (1..=most).contains(number));
        number.ok_or_else(|| {
            let shown: String = cell.chars().take(40).collect();
            let message = format!("cell {} is \"{shown}\", expected a number from 1 to {most}", place + 1);
            at(line, 1, message, "write ranks as 1, 2, 3; leave the cell empty where there is none")
        })
    };
    let weight = if weighted { whole(0, i64::MAX as u64)? } else { 1 };
    let mut ranks: BTreeMap<u64, Vec<u16>> = BTreeMap::new();
    for (place, candidate) in (usize::from(weighted)..).zip(1u16..=election.candidates.len() as u16) {
        if !record[place].is_empty() {
            ranks.entry(whole(place, MAXIMUM_CANDIDATES as u64)?).or_default().push(candidate);
        }
    }
    let last = ranks.keys().next_back().copied().unwrap_or(0);
    let ranks = (1..=last).map(|rank| ranks.get(&rank).map_or(&[][..], Vec::as_slice));
    election.push_ranks(ranks, weight).map_err(|error| {
        at(line, 1, error.to_string(), "correct the line; ballots are never dropped silently")
    })
}

fn failure(error: csv::Error) -> ReadFailure {
    lines::failure_of_table(error, "save the table again as CSV in UTF-8")
}

/// Writes an election as a table; seats and title have no place in it.
pub fn write(election: &Election, to: impl Write) -> io::Result<()> {
    if election.ballots.denominator() > 1 {
        return Err(cannot_say("the table counts whole ballots; these have fractions of votes".to_owned()));
    }
    let mut writer = csv::Writer::from_writer(to);
    let name = |candidate: &Candidate| match candidate.withdrawn {
        true => format!("{}{WITHDRAWN}", candidate.name),
        false => candidate.name.clone(),
    };
    writer.write_field("ballots")?;
    writer.write_record(election.candidates.iter().map(name))?;
    for ballot in election.ballots.iter() {
        let mut cells = vec![String::new(); election.candidates.len()];
        for (rank, candidates) in (1..).zip(ballot.ranks()) {
            let rank: usize = rank;
            for candidate in candidates.iter().filter_map(|mark| mark.candidate()) {
                cells[usize::from(candidate) - 1] = rank.to_string();
            }
        }
        writer.write_field(ballot.weight.to_string())?;
        writer.write_record(&cells)?;
    }
    writer.flush()
}
