//! ABIF, the aggregated ballot information format of electowiki and abiftool.
//!
//! ```text
//! {title: "Works committee"}
//! {seats: 2}
//! =Ann:[Ann Acosta]
//! =Bob:[Bob Bauer]
//! 27:Ann>Bob
//! 3:Ann=Bob
//! 5:Ann/5,Bob/2          ratings: the higher first
//! 2:Ann,Bob              no ratings: all alike, as approvals
//! ```
//!
//! Lines that begin with `#` are comments. Names stand in square brackets where they are no plain words. Of the metadata
//! `title` is read, and `seats` and `withdrawn`, which are our own; where there is no `seats`, there is one.

use crate::format::{at, cannot_say};
use crate::{Candidate, Election, MAXIMUM_CANDIDATES, ReadError, ReadFailure, lines};
use std::collections::BTreeMap;
use std::io::{self, Read, Write};

const REMEDY: &str = "write a ballot as its number, a colon and preferences, for example `27:Ann>Bob=Cem`";

/// Reads an election.
pub fn read_from(source: impl Read) -> Result<Election, ReadFailure> {
    let mut reader = Reader::default();
    reader.election.seats = 1;
    let mut last_line = 1;
    lines::for_each(source, |number, line| {
        last_line = number;
        reader.line(number, lines::text(number, line)?.trim())
    })?;
    if reader.election.candidates.is_empty() {
        return Err(at(last_line, 1, "nobody is named in the file", REMEDY).into());
    }
    for (line, token) in std::mem::take(&mut reader.withdrawn) {
        let candidate = reader.candidate(line, 1, &token)?;
        reader.election.candidates[usize::from(candidate) - 1].withdrawn = true;
    }
    Ok(reader.election)
}

#[derive(Default)]
struct Reader {
    election: Election,
    /// Candidates by the words that stand for them.
    tokens: BTreeMap<String, u16>,
    /// Whether the candidates are listed, so that an unknown word is a mistake.
    listed: bool,
    withdrawn: Vec<(u64, String)>,
}

impl Reader {
    fn line(&mut self, number: u64, text: &str) -> Result<(), ReadError> {
        match text.as_bytes().first() {
            None | Some(b'#') => Ok(()),
            Some(b'{') => self.metadatum(number, text),
            Some(b'=') => self.listed_candidate(number, text),
            Some(_) => self.ballot(number, text),
        }
    }

    /// `{key: value}`
    fn metadatum(&mut self, line: u64, text: &str) -> Result<(), ReadError> {
        let inside = text.strip_prefix('{').and_then(|text| text.strip_suffix('}'));
        let Some((key, value)) = inside.and_then(|inside| inside.split_once(':')) else {
            let remedy = "write metadata as `{title: \"Works committee\"}`, each on a line";
            return Err(at(line, 1, "metadata without a colon or closing brace", remedy));
        };
        let value = unquoted(value.trim());
        match key.trim().trim_matches('"') {
            "title" => self.election.title = value,
            "seats" => {
                self.election.seats = value.parse().map_err(|_| {
                    at(
                        line,
                        1,
                        format!("\"{}\" is no number of seats", short(&value)),
                        "write a whole number",
                    )
                })?;
            }
            "withdrawn" => self.withdrawn.push((line, value)),
            _ => {}
        }
        Ok(())
    }

    /// `=word:[name]`
    fn listed_candidate(&mut self, line: u64, text: &str) -> Result<(), ReadError> {
        let remedy = "write a candidate as `=Ann:[Ann Acosta]`";
        let Some((token, name)) = text[1..].split_once(':') else {
            return Err(at(line, 1, "a candidate without a colon", remedy));
        };
        let token = token.trim();
        let token = token.strip_prefix('[').and_then(|token| token.strip_suffix(']')).unwrap_or(token);
        let name = name.trim();
        let name = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
        if self.tokens.contains_key(token) {
            return Err(at(line, 2, format!("\"{}\" is listed twice", short(token)), remedy));
        }
        self.add(line, token, name)?;
        self.listed = true;
        Ok(())
    }

    fn add(&mut self, line: u64, token: &str, name: &str) -> Result<u16, ReadError> {
        let number = self.election.candidates.len() + 1;
        if number > MAXIMUM_CANDIDATES {
            let message = format!("more than {MAXIMUM_CANDIDATES} candidates");
            return Err(at(line, 1, message, "no ballot holds more"));
        }
        self.election.candidates.push(Candidate { name: name.to_owned(), withdrawn: false });
        self.tokens.insert(token.to_owned(), number as u16);
        Ok(number as u16)
    }

    fn candidate(&mut self, line: u64, column: u64, token: &str) -> Result<u16, ReadError> {
        if let Some(candidate) = self.tokens.get(token) {
            return Ok(*candidate);
        }
        if token.is_empty() {
            return Err(at(line, column, "nobody between two signs", REMEDY));
        }
        if self.listed {
            let message = format!("\"{}\" is not among the candidates listed with `=`", short(token));
            return Err(at(line, column, message, "correct the word, or list the candidate"));
        }
        self.add(line, token, token)
    }

    /// `27:A>B=C`
    fn ballot(&mut self, line: u64, text: &str) -> Result<(), ReadError> {
        let Some((weight, preferences)) = text.split_once(':') else {
            return Err(at(line, 1, "no colon in a ballot", REMEDY));
        };
        let number: u64 = weight
            .trim()
            .parse()
            .map_err(|_| at(line, 1, format!("\"{}\" is not a number of ballots", short(weight)), REMEDY))?;
        let offset = (text.len() - preferences.len()) as u64;
        let items = items(line, offset, preferences)?;
        let commas = items.iter().any(|item| item.sign == Some(','));
        let ordered = items.iter().any(|item| matches!(item.sign, Some('>' | '=')));
        if commas && ordered {
            return Err(at(line, offset + 1, "commas and `>` or `=` in one ballot", REMEDY));
        }
        let mut ranks: Vec<Vec<u16>> = Vec::new();
        if commas && items.iter().any(|item| item.rating.is_some()) {
            let mut rated: BTreeMap<u64, Vec<u16>> = BTreeMap::new();
            for item in &items {
                let candidate = self.candidate(line, item.column, item.token)?;
                if let Some(rating) = item.rating {
                    rated.entry(rating).or_default().push(candidate);
                }
            }
            ranks.extend(rated.into_values().rev());
        } else {
            let mut tied = false;
            for item in &items {
                let candidate = self.candidate(line, item.column, item.token)?;
                match ranks.last_mut().filter(|_| tied) {
                    Some(rank) => rank.push(candidate),
                    None => ranks.push(vec![candidate]),
                }
                tied = matches!(item.sign, Some('=' | ','));
            }
        }
        self.election.push_ranks(ranks.iter().map(Vec::as_slice), number).map_err(|error| {
            at(line, offset + 1, error.to_string(), "correct the line; ballots are never dropped silently")
        })
    }
}

/// A candidate in a ballot, the rating, and the sign that follows.
struct Item<'a> {
    token: &'a str,
    rating: Option<u64>,
    sign: Option<char>,
    column: u64,
}

fn items(line: u64, offset: u64, text: &str) -> Result<Vec<Item<'_>>, ReadError> {
    let mut items = Vec::new();
    let mut rest = text.trim_end();
    while !rest.trim_start().is_empty() {
        rest = rest.trim_start();
        let column = offset + (text.trim_end().len() - rest.len()) as u64 + 1;
        let (token, after) = match rest.strip_prefix('[') {
            Some(inside) => inside
                .split_once(']')
                .ok_or_else(|| at(line, column, "a square bracket is not closed", REMEDY))?,
            None => rest.split_at(rest.find(['>', '=', ',', '/']).unwrap_or(rest.len())),
        };
        let mut after = after.trim_start();
        let mut rating = None;
        if let Some(rated) = after.strip_prefix('/') {
            let (number, next) = rated.split_at(rated.find(['>', '=', ',']).unwrap_or(rated.len()));
            let number = number.trim();
            rating = Some(number.parse().map_err(|_| {
                at(line, column, format!("the rating \"{}\" is no whole number", short(number)), REMEDY)
            })?);
            after = next;
        }
        let sign = after.chars().next();
        if sign.is_some_and(|sign| !matches!(sign, '>' | '=' | ',')) {
            return Err(at(
                line,
                column,
                format!("found \"{}\", expected `>`, `=` or `,`", short(after)),
                REMEDY,
            ));
        }
        rest = sign.map_or("", |sign| &after[sign.len_utf8()..]);
        if sign.is_some() && rest.trim().is_empty() {
            return Err(at(line, column, "nobody after the last sign", REMEDY));
        }
        items.push(Item { token: token.trim(), rating, sign, column });
    }
    Ok(items)
}

/// A value without its quotation marks and backslashes.
fn unquoted(value: &str) -> String {
    let Some(inside) = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')) else {
        return value.to_owned();
    };
    let mut text = String::with_capacity(inside.len());
    let mut characters = inside.chars();
    while let Some(character) = characters.next() {
        text.push(if character == '\\' { characters.next().unwrap_or('\\') } else { character });
    }
    text
}

/// The beginning of what may be a very long text.
fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

/// Writes an election; [`read_from`] gives the same one back.
pub fn write(election: &Election, mut to: impl Write) -> io::Result<()> {
    if election.ballots.denominator() > 1 {
        return Err(cannot_say("ABIF counts whole ballots; these have fractions of votes".to_owned()));
    }
    let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"").replace(['\n', '\r'], " ");
    if !election.title.is_empty() {
        writeln!(to, "{{title: \"{}\"}}", quoted(&election.title))?;
    }
    writeln!(to, "{{seats: {}}}", election.seats)?;
    for (number, candidate) in (1usize..).zip(&election.candidates) {
        let name = &candidate.name;
        if name.contains(']') || name.trim() != name || name.starts_with('[') {
            return Err(cannot_say(format!(
                "ABIF has names in square brackets, and one has some itself: {name}"
            )));
        }
        writeln!(to, "=C{number}:[{}]", name.replace(['\n', '\r'], " "))?;
        if candidate.withdrawn {
            writeln!(to, "{{withdrawn: C{number}}}")?;
        }
    }
    for ballot in election.ballots.iter() {
        write!(to, "{}:", ballot.weight)?;
        let mut separator = "";
        for mark in ballot.marks {
            let Some(candidate) = mark.candidate() else {
                return Err(cannot_say("ABIF has no skipped ranks, and a ballot has one".to_owned()));
            };
            write!(to, "{separator}C{candidate}")?;
            separator = if mark.tied_with_next() { "=" } else { ">" };
        }
        writeln!(to)?;
    }
    Ok(())
}
