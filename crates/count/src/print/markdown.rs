//! The result sheet as Markdown.

use super::text;
use crate::{Count, Election, Votes};
use std::fmt::Write;

/// Heading, a table of votes stage by stage, who is elected, and how ties were broken.
pub fn sheet(election: &Election, count: &Count) -> String {
    let title = if election.title.is_empty() { "Count" } else { &election.title };
    let mut page = format!("# {}\n\n{}\n\n", escaped(title), text::heading(count));
    let stages =
        count.stages.iter().map(|stage| format!(" {}: {} |", stage.number, text::action(&stage.action)));
    let _ = writeln!(page, "| candidate |{}", stages.collect::<String>());
    let _ = writeln!(page, "| --- |{}", " ---: |".repeat(count.stages.len()));
    let mut row = |label: &str, votes: &dyn Fn(&crate::Stage) -> Votes| {
        let cells: String = count.stages.iter().map(|stage| format!(" {:.9} |", votes(stage))).collect();
        let _ = writeln!(page, "| {} |{cells}", escaped(label));
    };
    for (number, candidate) in (1u16..).zip(&election.candidates) {
        let votes = |stage: &crate::Stage| stage.totals[usize::from(number) - 1].clone();
        row(&format!("{number} {}", candidate.name), &votes);
    }
    row("non-transferable", &|stage| stage.non_transferable.clone());
    row("rounding", &|stage| stage.rounding.clone());
    page.push('\n');
    for elected in &count.elected {
        let name = escaped(election.name(elected.candidate));
        let _ = writeln!(page, "- elected at stage {}: **{} {name}**", elected.stage, elected.candidate);
    }
    for tie in &count.ties {
        let _ = writeln!(page, "- {}", escaped(&text::tie_line(election, tie)));
    }
    page
}

/// Text in which no character means anything to Markdown's tables and emphasis.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '|' | '*' | '_' | '`' | '\\' | '<' | '[' | '#') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}
