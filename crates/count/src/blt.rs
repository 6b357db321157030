//! BLT, the ballot file of Hill, Wichmann and Woodall (*Algorithm 123 – Single Transferable Vote by Meek's Method*,
//! The Computer Journal 30, 1987), as councils, OpenSTV and OpaVote write it.
//!
//! ```text
//! 4 2              four candidates, two seats
//! -3               candidate 3 has withdrawn (optional)
//! 5 4 1 0          five ballots: 4 first, then 1
//! 3/2 1 2=4 - 0    one and a half votes: 1, then 2 and 4 alike, a skipped rank
//! 0                end of the ballots
//! "Ann"            names in the order of their numbers, then the title
//! ```
//!
//! Understood beyond that: names without quotation marks, or with quotation marks doubled inside; a byte order mark;
//! blanks at the end of lines; lines that begin with `#`; a ballot's identifier in parentheses before its weight.

use crate::election::{MAXIMUM_CANDIDATES, Mark};
use crate::{BallotError, Candidate, Election, ReadError, ReadFailure, lines};
use std::io::{self, Read, Write};

/// Reads an election from bytes in memory.
pub fn read(bytes: &[u8]) -> Result<Election, ReadError> {
    read_from(bytes).map_err(|failure| match failure {
        ReadFailure::Content(error) => error,
        ReadFailure::Machine(error) => unreachable!("reading from memory failed: {error}"),
    })
}

/// Reads an election from a file that may be larger than what one wants to hold in memory.
pub fn read_from(source: impl Read) -> Result<Election, ReadFailure> {
    let mut parser = Parser::default();
    let mut last_line = 0;
    lines::for_each(source, |number, line| {
        last_line = number;
        parser.line(number, line)
    })?;
    Ok(parser.finish(last_line)?)
}

#[derive(Default)]
struct Parser {
    part: Part,
    election: Election,
    names: Vec<String>,
    /// For each candidate the ballot that last named it, so that a repetition shows without searching.
    named_by: Vec<u64>,
    ballot: u64,
}

#[derive(Default, PartialEq)]
enum Part {
    #[default]
    Header,
    Withdrawals,
    Ballots,
    Names,
}

impl Parser {
    fn line(&mut self, number: u64, line: &[u8]) -> Result<(), ReadError> {
        let mut cursor = Cursor { number, line, at: 0 };
        cursor.skip_blanks();
        if cursor.at_end() || (cursor.peek() == Some(b'#') && self.part != Part::Names) {
            return Ok(());
        }
        match self.part {
            Part::Header => self.header(cursor),
            Part::Withdrawals if cursor.peek() == Some(b'-') => self.withdrawals(cursor),
            Part::Withdrawals | Part::Ballots => self.ballot(cursor),
            Part::Names => self.name(cursor),
        }
    }

    fn header(&mut self, mut cursor: Cursor) -> Result<(), ReadError> {
        let remedy =
            "begin the file with the number of candidates and the number of seats, for example `9 3`";
        let candidates = cursor.integer("the number of candidates", remedy)?;
        if candidates == 0 || candidates > MAXIMUM_CANDIDATES as u64 {
            let message = format!("{candidates} candidates; from 1 to {MAXIMUM_CANDIDATES} are possible");
            return Err(cursor.error(message, remedy));
        }
        cursor.skip_blanks();
        let seats = cursor.integer("the number of seats", remedy)?;
        self.election.seats = u32::try_from(seats)
            .map_err(|_| cursor.error(format!("{seats} seats; at most {} are possible", u32::MAX), remedy))?;
        cursor.end_of_line(remedy)?;
        self.election.candidates = vec![Candidate::default(); candidates as usize];
        self.named_by = vec![0; candidates as usize + 1];
        self.part = Part::Withdrawals;
        Ok(())
    }

    fn withdrawals(&mut self, mut cursor: Cursor) -> Result<(), ReadError> {
        let remedy = "a withdrawn candidate stands on a line of its own before the ballots, for example `-3`";
        while cursor.peek() == Some(b'-') {
            cursor.at += 1;
            let candidate = self.candidate(&mut cursor, remedy)?;
            self.election.candidates[usize::from(candidate) - 1].withdrawn = true;
            cursor.skip_blanks();
        }
        cursor.end_of_line(remedy)
    }

    fn ballot(&mut self, mut cursor: Cursor) -> Result<(), ReadError> {
        if cursor.rest().trim_ascii_end() == b"0" {
            self.part = Part::Names;
            return Ok(());
        }
        self.part = Part::Ballots;
        let remedy = "write a ballot as its weight, candidate numbers in order of preference, and 0";
        cursor.skip_identifier();
        let start_column = cursor.at;
        let whole = cursor.integer("a ballot's weight", remedy)?;
        let weight = if matches!(cursor.peek(), Some(b'.' | b'/')) {
            cursor.at = start_column;
            self.fractional_weight(&mut cursor, remedy)?
        } else {
            whole
                .checked_mul(self.election.ballots.denominator().into())
                .ok_or_else(|| cursor.refused(BallotError::WeightTooLarge, start_column))?
        };
        self.ballot += 1;
        self.plain_preferences(&mut cursor);
        self.preferences(&mut cursor, remedy)?;
        self.election.ballots.close(weight).map_err(|error| cursor.refused(error, start_column))
    }

    /// Preferences as nearly all files write them, one or two digits and a blank each, up to the first that is not so
    /// or not valid; [`Parser::preferences`] takes it from there.
    ///
    /// Whether a number has one digit or two cannot be predicted, so the loop computes both instead of branching.
    fn plain_preferences(&mut self, cursor: &mut Cursor) {
        let line = cursor.line;
        // The cursor stands at the blank before a number.
        while let Some([b' ', tens, ones, after, ..]) = line.get(cursor.at..) {
            let (first, second) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
            let two_digits = second < 10;
            let candidate =
                usize::from(first) + usize::from(two_digits) * (9 * usize::from(first) + usize::from(second));
            let separator = if two_digits { *after } else { *ones };
            if first > 9 || separator != b' ' || candidate == 0 {
                return;
            }
            match self.named_by.get_mut(candidate) {
                Some(last) if *last != self.ballot => *last = self.ballot,
                _ => return,
            }
            self.election.ballots.marks.push(Mark(candidate as u16));
            cursor.at += 2 + usize::from(two_digits);
        }
    }

    /// Preferences up to the 0 that ends them.
    fn preferences(&mut self, cursor: &mut Cursor, remedy: &str) -> Result<(), ReadError> {
        let mut tied = false;
        loop {
            let blanks = cursor.skip_blanks();
            match cursor.peek() {
                Some(b'0'..=b'9') if blanks || tied => {}
                Some(b'-') if blanks && !tied => {
                    cursor.at += 1;
                    self.election.ballots.marks.push(Mark::SKIPPED);
                    continue;
                }
                Some(b'=') if !tied && self.tie_last() => {
                    cursor.at += 1;
                    tied = true;
                    continue;
                }
                None => return Err(cursor.error("the ballot does not end with 0".to_owned(), remedy)),
                _ => return Err(cursor.unexpected("a candidate's number or the final 0", remedy)),
            }
            let column = cursor.at;
            let candidate = cursor.integer("a candidate's number", remedy)?;
            if candidate == 0 && !tied {
                return cursor.end_of_line(remedy);
            }
            self.mark(candidate, cursor, column)?;
            tied = false;
        }
    }

    #[inline]
    fn mark(&mut self, candidate: u64, cursor: &Cursor, column: usize) -> Result<(), ReadError> {
        match self.named_by.get_mut(candidate as usize) {
            Some(last) if candidate > 0 && *last != self.ballot => *last = self.ballot,
            Some(_) if candidate > 0 => {
                return Err(cursor.refused(BallotError::Repeated { candidate: candidate as u16 }, column));
            }
            _ => return Err(self.no_such_candidate(candidate, cursor, column)),
        }
        self.election.ballots.marks.push(Mark(candidate as u16));
        Ok(())
    }

    /// Ties the mark written last with the one to come; false where this ballot has none yet.
    fn tie_last(&mut self) -> bool {
        let last = self.election.ballots.marks.last_mut();
        let Some(mark) = last.filter(|mark| {
            mark.candidate().is_some_and(|candidate| self.named_by[usize::from(candidate)] == self.ballot)
        }) else {
            return false;
        };
        mark.0 |= Mark::TIED;
        true
    }

    fn candidate(&self, cursor: &mut Cursor, remedy: &str) -> Result<u16, ReadError> {
        let column = cursor.at;
        let candidate = cursor.integer("a candidate's number", remedy)?;
        if candidate == 0 || candidate > self.election.candidates.len() as u64 {
            return Err(self.no_such_candidate(candidate, cursor, column));
        }
        Ok(candidate as u16)
    }

    fn no_such_candidate(&self, candidate: u64, cursor: &Cursor, column: usize) -> ReadError {
        let candidates = self.election.candidates.len();
        let message =
            format!("candidate {candidate} does not exist; the first line says there are {candidates}");
        ReadError {
            column: column as u64 + 1,
            ..cursor.error(message, "correct the number, or the first line")
        }
    }

    /// A weight such as `3/2` or `1.5`.
    fn fractional_weight(&mut self, cursor: &mut Cursor, remedy: &str) -> Result<u64, ReadError> {
        let start = cursor.at;
        let whole = cursor.integer("a ballot's weight", remedy)?;
        let sign = cursor.peek();
        cursor.at += 1;
        let digits_start = cursor.at;
        let part = cursor.integer("digits", remedy)?;
        let too_large = || cursor.refused(BallotError::WeightTooLarge, start);
        let (numerator, denominator) = if sign == Some(b'/') {
            (whole, part)
        } else {
            let places = (cursor.at - digits_start) as u32;
            let scale = 10u64.checked_pow(places).ok_or_else(too_large)?;
            (
                whole.checked_mul(scale).and_then(|scaled| scaled.checked_add(part)).ok_or_else(too_large)?,
                scale,
            )
        };
        let divisor = num_integer::gcd(numerator, denominator);
        if divisor == 0 || denominator == 0 {
            return Err(cursor.error("the weight divides by zero".to_owned(), remedy));
        }
        let (numerator, denominator) = (numerator / divisor, denominator / divisor);
        let ballots = &mut self.election.ballots;
        let denominator = u32::try_from(denominator).map_err(|_| BallotError::DenominatorTooLarge);
        denominator
            .and_then(|denominator| ballots.split_votes(denominator).map(|()| denominator))
            .map_err(|error| cursor.refused(error, start))
            .and_then(|denominator| {
                let factor = u64::from(ballots.denominator() / denominator);
                numerator.checked_mul(factor).ok_or_else(too_large)
            })
    }

    /// One or several quoted names, or one name without quotation marks.
    fn name(&mut self, mut cursor: Cursor) -> Result<(), ReadError> {
        let line = lines::text(cursor.number, cursor.line)?;
        let remedy = "after the ballots come the candidates' names, one a line, and at most one title";
        let mut names = quoted(line).unwrap_or_else(|| vec![without_preflib_prefix(line.trim()).to_owned()]);
        let limit = self.election.candidates.len() + 1;
        if self.names.len() + names.len() > limit {
            cursor.at = 0;
            let message = format!("more than {} names and a title", limit - 1);
            return Err(cursor.error(message, remedy));
        }
        self.names.append(&mut names);
        Ok(())
    }

    fn finish(mut self, last_line: u64) -> Result<Election, ReadError> {
        let candidates = self.election.candidates.len();
        let missing = match self.part {
            Part::Header => {
                Some(("the file is empty".to_owned(), "see the format: candidates, seats, ballots, names"))
            }
            Part::Withdrawals | Part::Ballots => {
                let message = "the file ends before the line `0` that ends the ballots".to_owned();
                Some((message, "get the whole file; if it is whole, add the line and the names"))
            }
            Part::Names if self.names.len() < candidates => {
                let message = format!("{} names for {candidates} candidates", self.names.len());
                Some((message, "get the whole file; if it is whole, add the missing names"))
            }
            Part::Names => None,
        };
        if let Some((message, remedy)) = missing {
            return Err(ReadError { line: last_line.max(1), column: 1, message, remedy: remedy.to_owned() });
        }
        self.election.title =
            if self.names.len() > candidates { self.names.remove(candidates) } else { String::new() };
        for (candidate, name) in self.election.candidates.iter_mut().zip(self.names) {
            candidate.name = name;
        }
        Ok(self.election)
    }
}

/// The quoted texts of a line, if it consists of such; quotation marks inside are doubled.
fn quoted(line: &str) -> Option<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    let mut rest = line.trim();
    while !rest.is_empty() {
        let mut name = String::new();
        rest = rest.strip_prefix('"')?;
        loop {
            let (before, after) = rest.split_once('"')?;
            name.push_str(before);
            rest = after;
            match rest.strip_prefix('"') {
                Some(after_doubled) => rest = after_doubled,
                None => break,
            }
            name.push('"');
        }
        names.push(without_preflib_prefix(name.trim()).to_owned());
        rest = rest.trim_start();
    }
    Some(names)
}

/// A name without `# ALTERNATIVE NAME 1:`, which files that were once PrefLib's still carry.
fn without_preflib_prefix(name: &str) -> &str {
    let label = name.strip_prefix("# ALTERNATIVE NAME ").and_then(|rest| rest.split_once(':'));
    match label {
        Some((number, bare)) if number.bytes().all(|byte| byte.is_ascii_digit()) => bare.trim_start(),
        _ => name,
    }
}

/// A line and a place in it.
struct Cursor<'a> {
    number: u64,
    line: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    #[inline]
    fn peek(&self) -> Option<u8> {
        self.line.get(self.at).copied()
    }

    fn at_end(&self) -> bool {
        self.at >= self.line.len()
    }

    fn rest(&self) -> &'a [u8] {
        &self.line[self.at..]
    }

    #[inline]
    fn skip_blanks(&mut self) -> bool {
        let start = self.at;
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
        self.at > start
    }

    /// Passes over an identifier in parentheses, as OpaVote writes it.
    fn skip_identifier(&mut self) {
        if self.peek() == Some(b'(')
            && let Some(length) = memchr::memchr(b')', self.rest())
        {
            self.at += length + 1;
            self.skip_blanks();
        }
    }

    #[inline]
    fn integer(&mut self, what: &str, remedy: &str) -> Result<u64, ReadError> {
        let start = self.at;
        let mut value = 0u64;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            // Nineteen digits always fit; longer numbers are refused below.
            value = value.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
            self.at += 1;
        }
        match self.at - start {
            0 => Err(self.unexpected(what, remedy)),
            1..=19 => Ok(value),
            digits => {
                self.at = start;
                Err(self.error(format!("a number of {digits} digits; at most 19 are read"), remedy))
            }
        }
    }

    fn end_of_line(&mut self, remedy: &str) -> Result<(), ReadError> {
        self.skip_blanks();
        match self.peek() {
            None | Some(b'#') => Ok(()),
            Some(_) => Err(self.unexpected("the end of the line", remedy)),
        }
    }

    fn unexpected(&self, expected: &str, remedy: &str) -> ReadError {
        let found = match self.peek() {
            None => "the line ends".to_owned(),
            Some(byte @ 0x21..=0x7e) => format!("found `{}`", byte as char),
            Some(byte) => format!("found byte {byte:#04x}"),
        };
        self.error(format!("{found}, expected {expected}"), remedy)
    }

    fn refused(&self, error: BallotError, column: usize) -> ReadError {
        let remedy = "correct the line; ballots are never dropped silently";
        ReadError { column: column as u64 + 1, ..self.error(error.to_string(), remedy) }
    }

    fn error(&self, message: String, remedy: &str) -> ReadError {
        ReadError { line: self.number, column: self.at as u64 + 1, message, remedy: remedy.to_owned() }
    }
}

/// Writes an election; [`read`] gives the same one back.
///
/// Names cannot hold line ends in this format; they are written as blanks.
pub fn write(election: &Election, mut to: impl Write) -> io::Result<()> {
    writeln!(to, "{} {}", election.candidates.len(), election.seats)?;
    for (number, _) in (1..).zip(&election.candidates).filter(|(_, candidate)| candidate.withdrawn) {
        let number: usize = number;
        writeln!(to, "-{number}")?;
    }
    let denominator = election.ballots.denominator();
    for ballot in election.ballots.iter() {
        write!(to, "{}", ballot.weight)?;
        if denominator > 1 {
            write!(to, "/{denominator}")?;
        }
        let mut separator = ' ';
        for mark in ballot.marks {
            match mark.candidate() {
                Some(candidate) => write!(to, "{separator}{candidate}")?,
                None => write!(to, "{separator}-")?,
            }
            separator = if mark.tied_with_next() { '=' } else { ' ' };
        }
        writeln!(to, " 0")?;
    }
    writeln!(to, "0")?;
    let names = election.candidates.iter().map(|candidate| &candidate.name);
    for name in names.chain((!election.title.is_empty()).then_some(&election.title)) {
        writeln!(to, "\"{}\"", name.replace('"', "\"\"").replace(['\n', '\r'], " "))?;
    }
    Ok(())
}
