//! The result sheet as plain text.

use crate::{Action, Count, Election, Tie, TieBreak, Votes};
use std::fmt::Write;

/// A line names at most so many candidates.
const MOST_NAMES: usize = 12;

/// A table of more cells than this is nothing to read.
const MOST_CELLS: usize = 1_000_000;

/// Stages beside each other in one table; more go into a table below.
const STAGES_A_TABLE: usize = 6;

/// The whole count as a sheet: heading, votes stage by stage, who is elected and how ties were broken.
pub fn sheet(election: &Election, count: &Count) -> String {
    let mut text = String::new();
    if !election.title.is_empty() {
        text += &format!("{}\n", election.title);
    }
    text += &format!("{}\n", heading(count));
    let (candidates, stages) = (election.candidates.len(), count.stages.len());
    if candidates * stages <= MOST_CELLS {
        let rows = Rows::of(election, count);
        for stages in count.stages.chunks(STAGES_A_TABLE) {
            text.push('\n');
            rows.table(&mut text, stages);
        }
    } else {
        let _ = writeln!(
            text,
            "\nThe table of {candidates} candidates at {stages} stages is left out here; as CSV or JSON it is whole."
        );
    }
    text.push('\n');
    for elected in &count.elected {
        let name = election.name(elected.candidate);
        let _ = writeln!(text, "elected at stage {}: {} {name}", elected.stage, elected.candidate);
    }
    for tie in &count.ties {
        let _ = writeln!(text, "{}", tie_line(election, tie));
    }
    text
}

/// Rule, seats, votes and quota in a line.
pub fn heading(count: &Count) -> String {
    let mut line = format!("{} · {} seats · {} valid", count.rule, count.seats, count.valid);
    if count.invalid != Votes::ZERO {
        let _ = write!(line, " · {} invalid", count.invalid);
    }
    if let Some(quota) = &count.quota {
        let _ = write!(line, " · quota {quota:.9}");
    }
    line
}

/// The elected by number and name in a line, in order of election.
pub fn elected_line(election: &Election, count: &Count) -> String {
    let name = |candidate: &u16| format!("{candidate} {}", election.name(*candidate));
    count.winners().iter().map(name).collect::<Vec<_>>().join(", ")
}

/// A tie and how it was broken, in a sentence.
pub fn tie_line(election: &Election, tie: &Tie) -> String {
    let names = |candidates: &[u16]| {
        let shown = candidates.iter().take(MOST_NAMES);
        let named: Vec<String> =
            shown.map(|candidate| format!("{candidate} {}", election.name(*candidate))).collect();
        match candidates.len().saturating_sub(MOST_NAMES) {
            0 => named.join(", "),
            more => format!("{} and {more} more", named.join(", ")),
        }
    };
    let how = match tie.broken_by {
        TieBreak::EarlierStage(stage) => format!("by the votes at stage {stage}"),
        TieBreak::Order => "by the order fixed beforehand".to_owned(),
        TieBreak::Lot => "by lot".to_owned(),
    };
    format!(
        "tie at stage {} ({}): {}; {how}: {}",
        tie.stage,
        tie.purpose,
        names(&tie.tied),
        names(&tie.taken)
    )
}

/// What was done in a stage, in a few words.
pub fn action(action: &Action) -> String {
    let listed = |candidates: &[u16]| candidates.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
    match action {
        Action::FirstCount => "first count".to_owned(),
        Action::Surplus(candidate) => format!("surplus of {candidate}"),
        Action::Surpluses(candidates) => format!("surpluses of {}", listed(candidates)),
        Action::Exclusion(candidates) => format!("exclusion of {}", listed(candidates)),
        Action::LastVacancies => "last vacancies".to_owned(),
        Action::Iteration => "keep values".to_owned(),
        Action::Runoff(candidates) => format!("runoff of {}", listed(candidates)),
        Action::Comparison => "in pairs".to_owned(),
        Action::Seat(candidate) => format!("seat for {candidate}"),
    }
}

/// The most decimal places with which tables print votes.
const MOST_PLACES: usize = 6;

/// The rows of the table, all with the decimal places that the count itself needs.
struct Rows {
    labels: Vec<String>,
    places: u32,
}

impl Rows {
    fn of(election: &Election, count: &Count) -> Self {
        let candidates = (1..).zip(&election.candidates);
        let candidates =
            candidates.map(|(number, candidate): (usize, _)| format!("{number:>3} {}", candidate.name));
        let labels =
            candidates.chain(["    non-transferable".to_owned(), "    rounding".to_owned()]).collect();
        let decimals = |votes: &Votes| {
            let text = votes.to_string();
            let finite = text.split_once('.').map_or(0, |(_, digits)| digits.len());
            if text.contains('/') { MOST_PLACES } else { finite.min(MOST_PLACES) }
        };
        let places =
            count.stages.iter().flat_map(|stage| stage.totals.iter()).map(decimals).max().unwrap_or(0);
        Self { labels, places: places as u32 }
    }

    fn table(&self, text: &mut String, stages: &[crate::Stage]) {
        let label_width = self.labels.iter().map(|label| label.chars().count()).max().unwrap_or(0);
        let mut columns: Vec<Vec<String>> = Vec::new();
        for stage in stages {
            let mut column = vec![format!("stage {}", stage.number), action(&stage.action)];
            column.extend(stage.totals.iter().map(|votes| votes.to_decimal(self.places)));
            column.push(stage.non_transferable.to_decimal(self.places));
            column.push(stage.rounding.to_decimal(self.places));
            columns.push(column);
        }
        let headings = [String::new(), String::new()];
        for (row, label) in headings.iter().chain(&self.labels).enumerate() {
            let mut line = pad_right(label, label_width);
            for column in &columns {
                let width = column.iter().map(|cell| cell.chars().count()).max().unwrap_or(0);
                let _ = write!(line, "  {:>width$}", column[row]);
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
}

fn pad_right(label: &str, width: usize) -> String {
    let missing = width.saturating_sub(label.chars().count());
    format!("{label}{}", " ".repeat(missing))
}
