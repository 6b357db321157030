//! The result sheet as CSV (RFC 4180): a row a candidate, a column a stage.

use super::text;
use crate::{Count, Election, Votes};

/// Numbers, names, votes at each stage exactly, and the stage of election.
pub fn sheet(election: &Election, count: &Count) -> String {
    let mut rows = vec![vec!["number".to_owned(), "name".to_owned()]];
    let stage_name =
        |stage: &crate::Stage| format!("stage {}: {}", stage.number, text::action(&stage.action));
    rows[0].extend(count.stages.iter().map(stage_name));
    rows[0].push("elected at stage".to_owned());
    for (number, candidate) in (1u16..).zip(&election.candidates) {
        let mut row = vec![number.to_string(), candidate.name.clone()];
        row.extend(count.stages.iter().map(|stage| stage.totals[usize::from(number) - 1].to_string()));
        let elected = count.elected.iter().find(|elected| elected.candidate == number);
        row.push(elected.map_or(String::new(), |elected| elected.stage.to_string()));
        rows.push(row);
    }
    for (label, votes) in [
        ("non-transferable", (|stage| &stage.non_transferable) as fn(&crate::Stage) -> &Votes),
        ("rounding", |stage| &stage.rounding),
    ] {
        let mut row = vec![String::new(), label.to_owned()];
        row.extend(count.stages.iter().map(|stage| votes(stage).to_string()));
        row.push(String::new());
        rows.push(row);
    }
    rows.iter()
        .map(|row| row.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",") + "\r\n")
        .collect()
}

fn quoted(cell: &str) -> String {
    let plain = !cell.contains(['"', ',', '\n', '\r']);
    if plain { cell.to_owned() } else { format!("\"{}\"", cell.replace('"', "\"\"")) }
}
