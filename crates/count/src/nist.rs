//! Cast vote records of the NIST common data format in JSON (NIST SP 1500-103, version 1), as RCTab reads them.
//!
//! A file holds one contest. Of each record the current snapshot counts; a position counts where it has an indication.
//! Positions with ranks make a ranking, without ranks an approval of all who are marked. Two candidates in one rank share
//! it (an overvote); a rank in which a voter repeats a candidate ranked above is left empty.

use crate::format::at;
use crate::{Candidate, Election, MAXIMUM_CANDIDATES, ReadError, ReadFailure};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::{BufReader, Read};

/// More ranks than any ballot has.
const MOST_RANKS: u64 = 10_000;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Report {
    #[serde(rename = "CVR", default)]
    records: Vec<Record>,
    #[serde(default)]
    election: Vec<ElectionData>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Record {
    current_snapshot_id: Option<String>,
    #[serde(rename = "CVRSnapshot", default)]
    snapshots: Vec<Snapshot>,
}

#[derive(Deserialize)]
struct Snapshot {
    #[serde(rename = "@id")]
    id: Option<String>,
    #[serde(rename = "CVRContest", default)]
    contests: Vec<RecordedContest>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RecordedContest {
    contest_id: String,
    #[serde(rename = "CVRContestSelection", default)]
    selections: Vec<Selection>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Selection {
    contest_selection_id: Option<String>,
    rank: Option<u64>,
    #[serde(rename = "SelectionPosition", default)]
    positions: Vec<Position>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Position {
    has_indication: Option<String>,
    rank: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ElectionData {
    #[serde(default)]
    candidate: Vec<NamedCandidate>,
    #[serde(default)]
    contest: Vec<ContestData>,
}

#[derive(Deserialize)]
struct NamedCandidate {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "Name")]
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ContestData {
    #[serde(rename = "@id")]
    id: String,
    name: Option<String>,
    number_elected: Option<u32>,
    #[serde(default)]
    contest_selection: Vec<SelectionData>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SelectionData {
    #[serde(rename = "@id")]
    id: String,
    #[serde(default)]
    candidate_ids: Vec<String>,
    is_write_in: Option<bool>,
}

/// Reads an election; where the contest does not say how many are elected, one is.
pub fn read_from(source: impl Read) -> Result<Election, ReadFailure> {
    let report: Report = serde_json::from_reader(BufReader::new(source)).map_err(|error| {
        if error.is_io() {
            ReadFailure::Machine(error.into())
        } else {
            let (line, column) = (error.line() as u64, error.column() as u64);
            let remedy = "get the whole file; it is read as a CastVoteRecordReport of NIST SP 1500-103";
            at(line.max(1), column.max(1), error.to_string(), remedy).into()
        }
    })?;
    Ok(election(&report)?)
}

fn election(report: &Report) -> Result<Election, ReadError> {
    let contests: Vec<&ContestData> = report.election.iter().flat_map(|election| &election.contest).collect();
    let contest = match contests[..] {
        [contest] => contest,
        [] => {
            return Err(at(
                1,
                1,
                "the report has no contest",
                "export the election's contest with the records",
            ));
        }
        _ => {
            let ids: Vec<&str> = contests.iter().take(12).map(|contest| contest.id.as_str()).collect();
            let message = format!("{} contests in one report: {}", contests.len(), ids.join(", "));
            return Err(at(1, 1, message, "export one contest a file"));
        }
    };
    let names: BTreeMap<&str, &str> = report
        .election
        .iter()
        .flat_map(|election| &election.candidate)
        .map(|candidate| (candidate.id.as_str(), candidate.name.as_deref().unwrap_or(&candidate.id)))
        .collect();
    let mut election = Election {
        title: contest.name.clone().unwrap_or_default(),
        seats: contest.number_elected.unwrap_or(1),
        ..Election::default()
    };
    let mut numbers: BTreeMap<&str, u16> = BTreeMap::new();
    for selection in &contest.contest_selection {
        let called: Vec<&str> =
            selection.candidate_ids.iter().map(|id| names.get(id.as_str()).copied().unwrap_or(id)).collect();
        let name = match (&called[..], selection.is_write_in) {
            ([], Some(true)) => "write-in".to_owned(),
            ([], _) => selection.id.clone(),
            _ => called.join(", "),
        };
        election.candidates.push(Candidate { name, withdrawn: false });
        numbers.insert(&selection.id, election.candidates.len().min(MAXIMUM_CANDIDATES) as u16);
    }
    if election.candidates.is_empty() || election.candidates.len() > MAXIMUM_CANDIDATES {
        let message =
            format!("{} candidates; from 1 to {MAXIMUM_CANDIDATES} are possible", election.candidates.len());
        return Err(at(1, 1, message, "the contest lists them as ContestSelection"));
    }
    for (place, record) in report.records.iter().enumerate() {
        let error = |message: String| {
            let remedy = "correct the record; ballots are never dropped silently";
            at(1, 1, format!("record {}: {message}", place + 1), remedy)
        };
        let Some(snapshot) = record.current().map_err(&error)? else { continue };
        // A ballot style without the contest is no ballot in it.
        let Some(recorded) = snapshot.contests.iter().find(|recorded| recorded.contest_id == contest.id)
        else {
            continue;
        };
        let ranks = recorded.ranks(&numbers).map_err(&error)?;
        election
            .push_ranks(ranks.iter().map(Vec::as_slice), 1)
            .map_err(|refused| error(refused.to_string()))?;
    }
    Ok(election)
}

impl Record {
    fn current(&self) -> Result<Option<&Snapshot>, String> {
        match (&self.current_snapshot_id, &self.snapshots[..]) {
            (_, []) => Ok(None),
            (None, [only]) => Ok(Some(only)),
            (None, several) => Err(format!("{} snapshots and no CurrentSnapshotId", several.len())),
            (Some(id), snapshots) => snapshots
                .iter()
                .find(|snapshot| snapshot.id.as_ref() == Some(id))
                .map(Some)
                .ok_or_else(|| format!("no snapshot has the CurrentSnapshotId \"{id}\"")),
        }
    }
}

impl RecordedContest {
    fn ranks(&self, numbers: &BTreeMap<&str, u16>) -> Result<Vec<Vec<u16>>, String> {
        let mut marks: Vec<(u64, u16)> = Vec::new();
        for selection in &self.selections {
            let marked = |position: &&Position| position.has_indication.as_deref().unwrap_or("yes") == "yes";
            let id = selection.contest_selection_id.as_deref();
            let indicated: Vec<u64> = selection
                .positions
                .iter()
                .filter(marked)
                .map(|position| position.rank.or(selection.rank).unwrap_or(1))
                .collect();
            let ranks =
                if selection.positions.is_empty() { selection.rank.into_iter().collect() } else { indicated };
            if ranks.is_empty() {
                continue;
            }
            let Some(id) = id else {
                return Err("a marked position has no ContestSelectionId".to_owned());
            };
            let Some(candidate) = numbers.get(id) else {
                return Err(format!("\"{id}\" is not among the contest's selections"));
            };
            marks.extend(ranks.into_iter().map(|rank| (rank, *candidate)));
        }
        marks.sort_unstable();
        marks.dedup();
        let last = marks.last().map_or(0, |(rank, _)| *rank);
        if last > MOST_RANKS || marks.first().is_some_and(|(rank, _)| *rank == 0) {
            return Err(format!("rank {last}; ranks are numbers from 1 to {MOST_RANKS}"));
        }
        let mut ranks: Vec<Vec<u16>> = vec![Vec::new(); last as usize];
        let mut ranked: Vec<u16> = Vec::new();
        for (rank, candidate) in marks {
            if !ranked.contains(&candidate) {
                ranked.push(candidate);
                ranks[rank as usize - 1].push(candidate);
            }
        }
        Ok(ranks)
    }
}
