//! PrefLib's files of ordinal and categorical preferences (preflib.org/format, the format of 2022).
//!
//! ```text
//! # TITLE: Variants of the plan
//! # NUMBER ALTERNATIVES: 3
//! # ALTERNATIVE NAME 1: Keep consumption
//! # SEATS: 1
//! 12: 1,{2,3}
//! ```
//!
//! A rank in braces is shared, an empty one (`{}`) is skipped (in `.cat` files: a category given to nobody). PrefLib
//! knows neither seats nor withdrawn candidates: `# SEATS:` and `# WITHDRAWN:` are our own lines, which its readers
//! pass over.

use crate::format::{at, cannot_say};
use crate::{Candidate, Election, MAXIMUM_CANDIDATES, ReadError, ReadFailure, lines};
use std::io::{self, Read, Write};

/// Reads an election; where the file does not say how many seats there are, there is one.
pub fn read_from(source: impl Read) -> Result<Election, ReadFailure> {
    let mut election = Election { seats: 1, ..Election::default() };
    let mut last_line = 0;
    lines::for_each(source, |number, line| {
        last_line = number;
        let text = lines::text(number, line)?.trim();
        match text.strip_prefix('#') {
            Some(metadata) => metadatum(&mut election, number, metadata.trim()),
            None if text.is_empty() => Ok(()),
            None => ballot(&mut election, number, text),
        }
    })?;
    if election.candidates.is_empty() {
        let remedy = "PrefLib files begin with lines such as `# NUMBER ALTERNATIVES: 5`";
        return Err(
            at(last_line.max(1), 1, "the file does not say how many alternatives there are", remedy).into()
        );
    }
    Ok(election)
}

fn metadatum(election: &mut Election, line: u64, text: &str) -> Result<(), ReadError> {
    let Some((key, value)) = text.split_once(':') else { return Ok(()) };
    let value = value.trim();
    let whole = |most: usize| {
        let remedy = "correct the number";
        let number = value.parse::<usize>().ok().filter(|number| (1..=most).contains(number));
        number.ok_or_else(|| {
            at(line, 1, format!("`{key}` is \"{value}\", expected a number from 1 to {most}"), remedy)
        })
    };
    match key.trim() {
        "TITLE" => election.title = value.to_owned(),
        "SEATS" => election.seats = whole(u32::MAX as usize)? as u32,
        "NUMBER ALTERNATIVES" => election.candidates.resize(whole(MAXIMUM_CANDIDATES)?, Candidate::default()),
        "WITHDRAWN" => {
            let number = whole(election.candidates.len().max(1))?;
            if let Some(candidate) = election.candidates.get_mut(number - 1) {
                candidate.withdrawn = true;
            }
        }
        key => {
            let Some(number) = key.strip_prefix("ALTERNATIVE NAME ") else { return Ok(()) };
            let number = number
                .trim()
                .parse::<usize>()
                .ok()
                .filter(|number| (1..=MAXIMUM_CANDIDATES).contains(number));
            let remedy = "alternatives are numbered from 1";
            let number = number.ok_or_else(|| at(line, 1, format!("`{key}` names no number"), remedy))?;
            // Some files name the alternatives before they say how many there are.
            election.candidates.resize(election.candidates.len().max(number), Candidate::default());
            election.candidates[number - 1].name = value.to_owned();
        }
    }
    Ok(())
}

/// `12: 1,{2,3}`
fn ballot(election: &mut Election, line: u64, text: &str) -> Result<(), ReadError> {
    let remedy = "write a ballot as its number, a colon and alternatives, for example `12: 1,{2,3}`";
    let column = |part: &str| (part.as_ptr() as usize - text.as_ptr() as usize) as u64 + 1;
    let Some((weight, mut rest)) = text.split_once(':') else {
        return Err(at(line, 1, "no colon in a ballot", remedy));
    };
    let weight: u64 = weight
        .trim()
        .parse()
        .map_err(|_| at(line, 1, format!("\"{}\" is not a number of ballots", short(weight)), remedy))?;
    let mut ranks: Vec<Vec<u16>> = Vec::new();
    let number = |part: &str| {
        let trimmed = part.trim();
        trimmed.parse::<u16>().map_err(|_| {
            at(line, column(part), format!("\"{}\" is not an alternative's number", short(trimmed)), remedy)
        })
    };
    rest = rest.trim();
    while !rest.is_empty() {
        let (rank, after) = match rest.strip_prefix('{') {
            Some(inside) => {
                let unclosed = || at(line, column(rest), "a brace is not closed", remedy);
                let (inside, after) = inside.split_once('}').ok_or_else(unclosed)?;
                let members = inside.split(',').filter(|part| !part.trim().is_empty());
                (members.map(number).collect::<Result<_, _>>()?, after)
            }
            None => {
                let end = rest.find(',').unwrap_or(rest.len());
                (vec![number(&rest[..end])?], &rest[end..])
            }
        };
        ranks.push(rank);
        let after = after.trim_start();
        rest = match after.strip_prefix(',') {
            Some(next) => next.trim_start(),
            None if after.is_empty() => after,
            None => {
                return Err(at(
                    line,
                    column(after),
                    format!("found \"{}\", expected a comma", short(after)),
                    remedy,
                ));
            }
        };
    }
    let ranks = ranks.iter().map(Vec::as_slice);
    election.push_ranks(ranks, weight).map_err(|error| {
        at(line, 1, error.to_string(), "correct the line; ballots are never dropped silently")
    })
}

/// The beginning of what may be a very long text.
fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

/// Writes an election as `.soc`, `.soi`, `.toc` or `.toi`, whichever the ballots are.
pub fn write(election: &Election, mut to: impl Write) -> io::Result<()> {
    if election.ballots.denominator() > 1 {
        return Err(cannot_say("PrefLib counts whole ballots; these have fractions of votes".to_owned()));
    }
    let ties = election.ballots.iter().any(|ballot| ballot.marks.iter().any(|mark| mark.tied_with_next()));
    let complete =
        election.ballots.iter().all(|ballot| ballot.candidates().count() == election.candidates.len());
    let kind = match (ties, complete) {
        (false, true) => "soc",
        (false, false) => "soi",
        (true, true) => "toc",
        (true, false) => "toi",
    };
    let one_line = |text: &str| text.replace(['\n', '\r'], " ");
    writeln!(to, "# TITLE: {}", one_line(&election.title))?;
    writeln!(to, "# DATA TYPE: {kind}")?;
    writeln!(to, "# SEATS: {}", election.seats)?;
    writeln!(to, "# NUMBER ALTERNATIVES: {}", election.candidates.len())?;
    writeln!(to, "# NUMBER VOTERS: {}", election.ballots.total_weight())?;
    writeln!(to, "# NUMBER UNIQUE ORDERS: {}", election.ballots.len())?;
    for (number, candidate) in (1usize..).zip(&election.candidates) {
        writeln!(to, "# ALTERNATIVE NAME {number}: {}", one_line(&candidate.name))?;
        if candidate.withdrawn {
            writeln!(to, "# WITHDRAWN: {number}")?;
        }
    }
    for ballot in election.ballots.iter() {
        write!(to, "{}:", ballot.weight)?;
        for (place, rank) in ballot.ranks().enumerate() {
            let numbers: Vec<String> = rank
                .iter()
                .filter_map(|mark| mark.candidate())
                .map(|candidate| candidate.to_string())
                .collect();
            let separator = if place == 0 { " " } else { "," };
            match &numbers[..] {
                [only] => write!(to, "{separator}{only}")?,
                several => write!(to, "{separator}{{{}}}", several.join(","))?,
            }
        }
        writeln!(to)?;
    }
    Ok(())
}
