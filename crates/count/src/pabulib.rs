//! PABULIB's `.pb` files of participatory budgets (pabulib.org/format).
//!
//! Three sections, `META`, `PROJECTS` and `VOTES`, each a table with semicolons. Votes are approvals, or points where
//! `vote_type` is `cumulative` or `scoring`, or rankings where it is `ordinal`, which count by Borda's points.

use crate::budget::{BudgetVote, Budgeting, Project};
use crate::format::{at, content};
use crate::{ReadError, ReadFailure, lines, utf16};
use std::collections::BTreeMap;
use std::io::Read;

/// Reads a budget: projects with their costs, and votes.
pub fn read_from(source: impl Read) -> Result<Budgeting, ReadFailure> {
    read_decoded(utf16::decoded(source)?).map_err(content)
}

fn read_decoded(source: impl Read) -> Result<Budgeting, ReadFailure> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(lines::Bounded::new(source));
    let mut parser = Parser::default();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(failure)? {
        let line = record.position().map_or(0, csv::Position::line);
        parser.record(line, &record)?;
    }
    Ok(parser.finish()?)
}

fn failure(error: csv::Error) -> ReadFailure {
    lines::failure_of_table(error, "save the file again in UTF-8")
}

#[derive(Default)]
struct Parser {
    section: Section,
    /// The names of the section's columns, once its first line was read.
    columns: Vec<String>,
    budgeting: Budgeting,
    has_points: bool,
    /// Whether votes are rankings, and how many projects one ranks at most, where META says so.
    is_ordinal: bool,
    longest_vote: Option<u32>,
    /// Projects by their identifier.
    places: BTreeMap<String, usize>,
    line: u64,
}

#[derive(Default, Clone, Copy, PartialEq)]
enum Section {
    #[default]
    Nothing,
    Meta,
    Projects,
    Votes,
}

impl Parser {
    fn record(&mut self, line: u64, record: &csv::StringRecord) -> Result<(), ReadError> {
        self.line = line;
        let first = record.get(0).unwrap_or_default().trim_start_matches('\u{feff}');
        let section = match first {
            "META" => Some(Section::Meta),
            "PROJECTS" => Some(Section::Projects),
            "VOTES" => Some(Section::Votes),
            _ => None,
        };
        if let (Some(section), 1) = (section, record.len()) {
            self.section = section;
            self.columns.clear();
            return Ok(());
        }
        if self.columns.is_empty() && self.section != Section::Nothing {
            self.columns = record.iter().map(|cell| cell.to_lowercase()).collect();
            return Ok(());
        }
        match self.section {
            Section::Nothing => {
                Err(self.error("the file does not begin with META", "PABULIB files begin with META"))
            }
            Section::Meta => self.meta(first, record.get(1).unwrap_or_default()),
            Section::Projects => self.project(record),
            Section::Votes => self.vote(record),
        }
    }

    fn meta(&mut self, key: &str, value: &str) -> Result<(), ReadError> {
        match key {
            "description" => self.budgeting.title = value.to_owned(),
            "budget" => self.budgeting.budget_cents = self.cents(value)?,
            "vote_type" => match value {
                "approval" => {}
                "cumulative" | "scoring" => self.has_points = true,
                "ordinal" => self.is_ordinal = true,
                other => {
                    let message = format!("vote_type is \"{}\"", short(other));
                    let remedy = "approval, cumulative, scoring and ordinal votes are counted";
                    return Err(self.error(message, remedy));
                }
            },
            "max_length" => {
                self.longest_vote = value.parse().ok();
            }
            _ => {}
        }
        Ok(())
    }

    fn project(&mut self, record: &csv::StringRecord) -> Result<(), ReadError> {
        let id = self.cell(record, "project_id")?.to_owned();
        let cost_cents = self.cents(self.cell(record, "cost")?)?;
        let name = self.cell(record, "name").unwrap_or(&id).to_owned();
        if cost_cents == 0 {
            return Err(self
                .error(format!("project {} costs nothing", short(&id)), "give it a cost, or leave it out"));
        }
        if self.places.insert(id.clone(), self.budgeting.projects.len()).is_some() {
            return Err(
                self.error(format!("project {} appears twice", short(&id)), "give each project its own id")
            );
        }
        self.budgeting.projects.push(Project { id, name, cost_cents });
        Ok(())
    }

    fn vote(&mut self, record: &csv::StringRecord) -> Result<(), ReadError> {
        let listed = |cell: &str| -> Vec<String> {
            cell.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
        };
        let projects = listed(self.cell(record, "vote")?);
        let points = if self.has_points { listed(self.cell(record, "points")?) } else { Vec::new() };
        if self.has_points && points.len() != projects.len() {
            let message = format!("{} projects and {} points", projects.len(), points.len());
            return Err(self.error(message, "give each project of a vote its points"));
        }
        let mut vote = BudgetVote { points: Vec::new() };
        for (order, id) in projects.iter().enumerate() {
            let Some(project) = self.places.get(id).copied() else {
                let message = format!("project {} is not among the projects", short(id));
                return Err(self.error(message, "correct the vote; votes are never dropped silently"));
            };
            let points = match points.get(order) {
                // Borda's points, as the format's `scoring_fn` has them where it says nothing: so many for the first as a
                // vote may have projects, one less for each next.
                None if self.is_ordinal => {
                    let most = self.longest_vote.unwrap_or(self.budgeting.projects.len() as u32);
                    most.saturating_sub(order as u32).max(1)
                }
                None => 1,
                Some(points) => points.parse::<u32>().map_err(|_| {
                    self.error(format!("\"{}\" points", short(points)), "points are whole numbers from 0 on")
                })?,
            };
            if vote.points.iter().any(|(other, _)| *other == project) {
                return Err(
                    self.error(format!("project {} twice in one vote", short(id)), "name each project once")
                );
            }
            if points > 0 {
                vote.points.push((project, points));
            }
        }
        vote.points.sort_unstable();
        self.budgeting.votes.push(vote);
        Ok(())
    }

    fn cell<'r>(&self, record: &'r csv::StringRecord, column: &str) -> Result<&'r str, ReadError> {
        let place = self.columns.iter().position(|name| name == column);
        place.and_then(|place| record.get(place)).ok_or_else(|| {
            self.error(
                format!("no cell of the column {column}"),
                "compare the line with the heading of its section",
            )
        })
    }

    /// An amount of money in hundredths.
    fn cents(&self, text: &str) -> Result<u64, ReadError> {
        let text = text.replace(',', ".");
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let fraction = fraction.trim_end_matches('0');
        let cents = match (whole.parse::<u64>(), fraction.len()) {
            (Ok(whole), 0) => whole.checked_mul(100),
            (Ok(whole), 1 | 2) => fraction.parse::<u64>().ok().and_then(|part| {
                whole.checked_mul(100)?.checked_add(if fraction.len() == 1 { part * 10 } else { part })
            }),
            _ => None,
        };
        let most = u64::MAX / 1_000_000;
        cents.filter(|cents| *cents <= most).ok_or_else(|| {
            self.error(
                format!("\"{}\" is no amount of money", short(&text)),
                "write amounts as 1200 or 1200.50",
            )
        })
    }

    fn error(&self, message: impl Into<String>, remedy: &str) -> ReadError {
        at(self.line, 1, message, remedy)
    }

    fn finish(self) -> Result<Budgeting, ReadError> {
        if self.section != Section::Votes || self.budgeting.projects.is_empty() {
            return Err(self.error("the file ends before its votes", "get the whole file"));
        }
        if self.budgeting.budget_cents == 0 {
            return Err(self.error("META names no budget", "add a line such as `budget;100000`"));
        }
        Ok(self.budgeting)
    }
}

/// The beginning of what may be a very long text.
fn short(text: &str) -> String {
    text.chars().take(40).collect()
}
