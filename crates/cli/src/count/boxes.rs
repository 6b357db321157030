//! Several files as boxes of one election: one count, with a subtotal for each box.

use super::{Counted, Task, read_ballots};
use crate::failure::Failure;
use mandate_count::print::text;
use mandate_count::{BoxedCount, BoxedElection, CountError, Subtotal, count_boxes, has_subtotals};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::path::PathBuf;

/// Counts all files together. The hash is that of the files one after the other.
pub fn count(task: &Task, files: &[PathBuf]) -> Result<(Counted, String), Failure> {
    let mut boxes = Vec::new();
    let mut hasher = Sha256::new();
    for file in files {
        let (mut election, sha256) = read_ballots(file)?;
        hasher.update(sha256.as_bytes());
        election.seats = task.seats.unwrap_or(election.seats);
        boxes.push((file.display().to_string(), election));
    }
    let boxed = BoxedElection::new(boxes).map_err(Failure::input)?;
    let BoxedCount { count, subtotals } =
        count_boxes(task.rule, &boxed, task.seed.as_ref()).map_err(|error| match error {
            CountError::LotNeeded { .. } => Failure::check(format!("{error} (--seed HEX)")),
            _ => Failure::input(error),
        })?;
    let mut table = String::new();
    if !has_subtotals(task.rule) {
        let _ = writeln!(table, "{}: votes do not stay with papers, so there are no subtotals", task.rule);
    }
    for (stage, boxes) in count.stages.iter().zip(&subtotals) {
        let _ = writeln!(table, "\nstage {}, {}", stage.number, text::action(&stage.action));
        stage_table(&mut table, &boxed, boxes);
    }
    let file = format!("{} boxes", files.len());
    Ok((Counted { file, election: boxed.election, count, sha256: hex::encode(hasher.finalize()) }, table))
}

/// A row a box, a column a candidate by number.
fn stage_table(table: &mut String, boxed: &BoxedElection, subtotals: &[Subtotal]) {
    let width = boxed.names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let places = subtotals.iter().flat_map(|it| &it.votes).map(decimals).max().unwrap_or(0);
    let heading = (1..=boxed.election.candidates.len()).map(|number| number.to_string());
    let mut columns: Vec<Vec<String>> = heading.map(|number| vec![number]).collect();
    columns.push(vec!["none".to_owned()]);
    for subtotal in subtotals {
        let cells = subtotal.votes.iter().chain([&subtotal.non_transferable]);
        columns.iter_mut().zip(cells).for_each(|(column, votes)| column.push(votes.to_decimal(places)));
    }
    for (row, name) in std::iter::once("").chain(boxed.names.iter().map(String::as_str)).enumerate() {
        let mut line = format!("  {name:width$}");
        for column in &columns {
            let width = column.iter().map(String::len).max().unwrap_or(0);
            let _ = write!(line, "  {:>width$}", column[row]);
        }
        let _ = writeln!(table, "{}", line.trim_end());
    }
}

fn decimals(votes: &mandate_count::Votes) -> u32 {
    let text = votes.to_string();
    if text.contains('/') {
        6
    } else {
        text.split_once('.').map_or(0, |(_, digits)| digits.len().min(6)) as u32
    }
}
