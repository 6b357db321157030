//! Cast vote records in the formats that RCTab takes and whose documents are public.
//!
//! - `ess`: Election Systems & Software; a row a ballot, a column a rank, the workbook's first sheet saved as CSV;
//! - `genericCsv`: a row a ballot, a column a candidate, the rank in the cell;
//! - `cdf`: the common data format of NIST SP 1500-103, as JSON.

use super::configuration::{Configuration, Source};
use super::record::{Choice, Records};
use crate::format::at;
use crate::{ReadError, ReadFailure};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::Read;

/// Files are read whole; larger ones are refused.
pub const LARGEST_BYTES: u64 = 256 << 20;

impl Configuration {
    /// Reads the records of one source from its content, and adds them.
    pub fn read_source(
        &self,
        source: &Source,
        content: impl Read,
        records: &mut Records,
    ) -> Result<(), ReadFailure> {
        let mut bytes = Vec::new();
        content.take(LARGEST_BYTES + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > LARGEST_BYTES {
            let message = format!("the file is larger than {LARGEST_BYTES} bytes");
            return Err(at(1, 1, message, "split it; a configuration can name several files").into());
        }
        let reader = Reader { configuration: self, source, numbers: self.numbers() };
        match source.provider.as_str() {
            "ess" if bytes.starts_with(b"PK") => {
                let message = "the file is a workbook (.xlsx), expected a table as text";
                return Err(at(1, 1, message, "save its first sheet as .csv, under the same name").into());
            }
            "ess" => reader.ranks_in_columns(table(&bytes)?, records)?,
            "genericCsv" => reader.candidates_in_columns(table(&bytes)?, records)?,
            "cdf" => reader.common_data_format(&bytes, records)?,
            other => {
                let other: String = other.chars().take(60).collect();
                let message = format!("records of the provider \"{other}\" are not read");
                let remedy = "read are ess, genericCsv and cdf; RCTab converts others to cdf";
                return Err(at(1, 1, message, remedy).into());
            }
        }
        Ok(())
    }
}

/// Rows of cells.
type Rows = Vec<Vec<String>>;

fn table(bytes: &[u8]) -> Result<Rows, ReadError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(1, csv::Position::line);
            at(line, 1, error.to_string(), "save the table again as CSV in UTF-8")
        })?;
        rows.push(record.iter().map(str::to_owned).collect());
    }
    Ok(rows)
}

struct Reader<'a> {
    configuration: &'a Configuration,
    source: &'a Source,
    numbers: BTreeMap<&'a str, u16>,
}

impl Reader<'_> {
    fn choice(&self, name: &str, line: u64, column: u64) -> Result<Choice, ReadError> {
        if !self.source.overvote_label.is_empty() && name == self.source.overvote_label {
            return Ok(Choice::Overvote);
        }
        let write_in = !self.source.undeclared_write_in_label.is_empty()
            && name == self.source.undeclared_write_in_label;
        let number = if write_in { self.configuration.write_ins() } else { self.numbers.get(name).copied() };
        number.map(Choice::Candidate).ok_or_else(|| {
            let name: String = name.chars().take(60).collect();
            let message = format!("\"{name}\" is no candidate of the configuration");
            at(line, column, message, "add the name as a candidate or an alias, or correct the columns")
        })
    }

    fn precinct(&self, row: &[String]) -> Option<String> {
        self.source.precinct_column.and_then(|column| row.get(column)).cloned()
    }

    fn ranks_in_columns(&self, rows: Rows, records: &mut Records) -> Result<(), ReadError> {
        let allowed = self.configuration.parameters.maximum_rankings.map(|most| most as usize);
        for (line, row) in (1..).zip(&rows).skip(self.source.first_vote_row) {
            if row.iter().all(|cell| cell.is_empty()) {
                continue;
            }
            let votes = row.get(self.source.first_vote_column..).unwrap_or_default();
            let last = votes.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
            let ranks = match allowed {
                Some(most) if self.source.blank_is_write_in => most,
                Some(most) => last.min(most),
                None => last,
            };
            let mut rankings = Vec::new();
            for place in 0..ranks {
                let cell = votes.get(place).map_or("", |cell| cell.trim());
                let column = (self.source.first_vote_column + place) as u64 + 1;
                self.rank(cell, place as u32 + 1, line, column, &mut rankings)?;
            }
            records.push(self.configuration, rankings, self.precinct(row));
        }
        Ok(())
    }

    /// The choices in the cell of one rank.
    fn rank(
        &self,
        cell: &str,
        rank: u32,
        line: u64,
        column: u64,
        rankings: &mut Vec<(u32, Choice)>,
    ) -> Result<(), ReadError> {
        let skipped = |name: &str| name.is_empty() || name == self.source.skipped_rank_label;
        if cell.is_empty() && self.source.blank_is_write_in {
            rankings.extend(self.configuration.write_ins().map(|number| (rank, Choice::Candidate(number))));
            return Ok(());
        }
        if skipped(cell) {
            return Ok(());
        }
        let delimiter = self.source.overvote_delimiter.as_str();
        let names: Vec<&str> = match delimiter {
            "" => vec![cell],
            delimiter => cell.split(delimiter).map(str::trim).collect(),
        };
        for name in &names {
            if skipped(name) {
                let message = "an overvote with an empty name in it";
                return Err(at(
                    line,
                    column,
                    message,
                    "correct the cell; ballots are never dropped silently",
                ));
            }
            rankings.push((rank, self.choice(name, line, column)?));
        }
        Ok(())
    }

    fn candidates_in_columns(&self, rows: Rows, records: &mut Records) -> Result<(), ReadError> {
        let heading = rows.first().map(Vec::as_slice).unwrap_or_default();
        let names = heading.get(self.source.first_vote_column..).unwrap_or_default();
        let column = |place: usize| (self.source.first_vote_column + place) as u64 + 1;
        let choices = names
            .iter()
            .enumerate()
            .map(|(place, name)| self.choice(name.trim(), 1, column(place)))
            .collect::<Result<Vec<_>, _>>()?;
        for (line, row) in (1..).zip(&rows).skip(self.source.first_vote_row.max(1)) {
            let votes = row.get(self.source.first_vote_column..).unwrap_or_default();
            let mut rankings = Vec::new();
            for (place, cell) in votes.iter().enumerate().filter(|(_, cell)| !cell.trim().is_empty()) {
                let rank = cell.trim().parse().ok().filter(|rank| *rank > 0);
                let (Some(rank), Some(choice)) = (rank, choices.get(place)) else {
                    let cell: String = cell.chars().take(60).collect();
                    let message = format!("\"{cell}\" is not the rank of a candidate");
                    return Err(at(
                        line,
                        column(place),
                        message,
                        "write ranks as 1, 2, 3 below candidates' names",
                    ));
                };
                rankings.push((rank, *choice));
            }
            records.push(self.configuration, rankings, self.precinct(row));
        }
        Ok(())
    }

    fn common_data_format(&self, bytes: &[u8], records: &mut Records) -> Result<(), ReadError> {
        let report: Report = serde_json::from_slice(bytes).map_err(|error| {
            let remedy = "write JSON after NIST SP 1500-103";
            at(error.line() as u64, error.column() as u64, error.to_string(), remedy)
        })?;
        let missing = |what: String| at(1, 1, what, "every identifier must be declared in the file");
        let contest = report
            .elections
            .iter()
            .flat_map(|election| &election.contests)
            .find(|contest| contest.name == self.source.contest)
            .ok_or_else(|| missing(format!("there is no contest called \"{}\"", self.source.contest)))?;
        let names: BTreeMap<&str, &str> = report
            .elections
            .iter()
            .flat_map(|election| &election.candidates)
            .map(|candidate| (candidate.id.as_str(), candidate.name.as_str()))
            .collect();
        let mut choices: BTreeMap<&str, Choice> = BTreeMap::new();
        for selection in &contest.selections {
            let choice = if selection.is_write_in.is_true() {
                self.write_in(&selection.id)?
            } else {
                let id = selection.candidates.first().map_or("", String::as_str);
                let name = names.get(id).ok_or_else(|| {
                    missing(format!("selection \"{}\" stands for no declared candidate", selection.id))
                })?;
                self.choice(name, 1, 1)?
            };
            choices.insert(&selection.id, choice);
        }
        for (number, vote_record) in (1..).zip(&report.records) {
            let current = vote_record.current_snapshot().ok_or_else(|| {
                missing(format!("record {number} has no snapshot \"{}\"", vote_record.current))
            })?;
            // A ballot paper without this contest is not one of its ballots.
            let Some(marked) = current.contests.iter().find(|it| it.contest == contest.id) else { continue };
            let mut rankings = Vec::new();
            for selection in &marked.selections {
                let choice = choices.get(selection.id.as_str()).copied().ok_or_else(|| {
                    missing(format!(
                        "record {number} selects \"{}\", which the contest does not have",
                        selection.id
                    ))
                })?;
                for (rank, write_in) in selection.ranks() {
                    let choice = if write_in { self.write_in(&selection.id)? } else { choice };
                    rankings.push((rank, choice));
                }
            }
            let unit = report.units.iter().find(|unit| Some(&unit.id) == vote_record.unit.as_ref());
            records.push(self.configuration, rankings, unit.map(|unit| unit.name.clone()));
        }
        Ok(())
    }

    fn write_in(&self, selection: &str) -> Result<Choice, ReadError> {
        let number = self.configuration.write_ins().map(Choice::Candidate);
        number.ok_or_else(|| {
            let message =
                format!("selection \"{selection}\" is a write-in, and the configuration counts none");
            at(1, 1, message, "set undeclaredWriteInLabel of the source to any word")
        })
    }
}

/// `CastVoteRecordReport` of NIST SP 1500-103, as far as a count needs it.
#[derive(Deserialize)]
struct Report {
    #[serde(rename = "CVR", default)]
    records: Vec<VoteRecord>,
    #[serde(rename = "Election", default)]
    elections: Vec<CommonElection>,
    #[serde(rename = "GpUnit", default)]
    units: Vec<Named>,
}

#[derive(Deserialize)]
struct CommonElection {
    #[serde(rename = "Candidate", default)]
    candidates: Vec<Named>,
    #[serde(rename = "Contest", default)]
    contests: Vec<CommonContest>,
}

#[derive(Deserialize)]
struct Named {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "Name", default)]
    name: String,
}

#[derive(Deserialize)]
struct CommonContest {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "Name", default)]
    name: String,
    #[serde(rename = "ContestSelection", default)]
    selections: Vec<Selection>,
}

#[derive(Deserialize)]
struct Selection {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "CandidateIds", default)]
    candidates: Vec<String>,
    #[serde(rename = "IsWriteIn", default)]
    is_write_in: Flag,
}

/// A flag that some writers give as text.
#[derive(Deserialize, Default)]
#[serde(untagged)]
enum Flag {
    Bool(bool),
    Text(String),
    #[default]
    Missing,
}

impl Flag {
    fn is_true(&self) -> bool {
        match self {
            Self::Bool(flag) => *flag,
            Self::Text(text) => text.eq_ignore_ascii_case("true"),
            Self::Missing => false,
        }
    }
}

#[derive(Deserialize)]
struct VoteRecord {
    #[serde(rename = "CurrentSnapshotId", default)]
    current: String,
    #[serde(rename = "CVRSnapshot", default)]
    snapshots: Vec<Snapshot>,
    #[serde(rename = "BallotStyleUnitId")]
    unit: Option<String>,
}

impl VoteRecord {
    /// The snapshot that counts.
    fn current_snapshot(&self) -> Option<&Snapshot> {
        self.snapshots.iter().find(|snapshot| snapshot.id == self.current)
    }
}

#[derive(Deserialize)]
struct Snapshot {
    #[serde(rename = "@id", default)]
    id: String,
    #[serde(rename = "CVRContest", default)]
    contests: Vec<MarkedContest>,
}

#[derive(Deserialize)]
struct MarkedContest {
    #[serde(rename = "ContestId", default)]
    contest: String,
    #[serde(rename = "CVRContestSelection", default)]
    selections: Vec<MarkedSelection>,
}

#[derive(Deserialize)]
struct MarkedSelection {
    #[serde(rename = "ContestSelectionId", default)]
    id: String,
    #[serde(rename = "Rank")]
    rank: Option<u32>,
    #[serde(rename = "SelectionPosition", default)]
    positions: Vec<Position>,
}

#[derive(Deserialize)]
struct Position {
    #[serde(rename = "Rank")]
    rank: Option<u32>,
    #[serde(rename = "HasIndication", default)]
    has_indication: String,
    #[serde(rename = "IsAllocable", default)]
    is_allocable: String,
    #[serde(rename = "CVRWriteIn")]
    write_in: Option<serde::de::IgnoredAny>,
}

impl MarkedSelection {
    /// The ranks that count, and whether somebody was written in there.
    fn ranks(&self) -> Vec<(u32, bool)> {
        if let Some(rank) = self.rank {
            return vec![(rank, false)];
        }
        let counts = |position: &&Position| position.has_indication != "no" && position.is_allocable != "no";
        let counted = self.positions.iter().filter(counts);
        counted.filter_map(|position| Some((position.rank?, position.write_in.is_some()))).collect()
    }
}
