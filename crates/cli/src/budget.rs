//! `mandate budget`: which projects are paid for from a sum of money.

use crate::count::{parse_seed, written};
use crate::failure::Failure;
use mandate_count::budget::{BudgetError, BudgetRule, Budgeting, Completion, Spending, spend};
use mandate_count::{ReadFailure, Votes, pabulib};
use serde::Serialize;
use std::io::{self, Write};
use std::path::PathBuf;

/// Decide a budget by votes on projects.
#[derive(clap::Args)]
#[command(
    after_help = "Rules: greedy; equal-shares (a project is worth its cost); equal-shares-by-count (all projects are \
    worth the same); sequential-phragmen (as soon as the \
    supporters, who all earn at one speed, hold the cost).\n\nExample:\n  mandate budget equal-shares district-2026.pb --complete"
)]
pub struct Args {
    /// The rule's name.
    rule: String,
    /// A PABULIB file.
    file: PathBuf,
    /// Spend what equal shares leave by points; `--complete=add-one` first raises every voter's share, unit by unit.
    #[arg(long, value_name = "HOW", num_args = 0..=1, require_equals = true, default_missing_value = "by-points")]
    complete: Option<Complete>,
    /// Seed of lots: 64 hexadecimal digits.
    #[arg(long, value_name = "HEX")]
    seed: Option<String>,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// What is done with the money that equal shares leave.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Complete {
    /// Further projects by points.
    ByPoints,
    /// A unit of the currency more for every voter, as long as the projects fit; then by points.
    AddOne,
}

/// Runs the command.
pub fn run(args: Args) -> Result<(), Failure> {
    let rule: BudgetRule = args.rule.parse().map_err(Failure::input)?;
    let seed = args.seed.as_deref().map(parse_seed).transpose()?;
    let file = args.file.display().to_string();
    let source =
        std::fs::File::open(&args.file).map_err(|error| Failure::input(format!("{file}: {error}")))?;
    let budgeting = pabulib::read_from(source).map_err(|failure| match failure {
        ReadFailure::Content(error) => Failure::input(format!("{file}: {error}")),
        ReadFailure::Machine(error) => Failure::machine(format!("{file}: {error}")),
    })?;
    let completion = match args.complete {
        None => Completion::None,
        Some(Complete::ByPoints) => Completion::ByPoints,
        Some(Complete::AddOne) => Completion::AddOne,
    };
    let spending = spend(rule, &budgeting, completion, seed.as_ref()).map_err(|error| match error {
        BudgetError::LotNeeded { .. } => Failure::check(format!("{file}: {error} (--seed HEX)")),
        BudgetError::NobodyVoted => Failure::input(format!("{file}: {error}")),
    })?;
    let text =
        if args.json { json(&file, rule, &budgeting, &spending) } else { table(rule, &budgeting, &spending) };
    let mut out = io::stdout().lock();
    written(writeln!(out, "{text}").and_then(|()| out.flush()))
}

/// An amount in hundredths as text with two decimal places.
fn amount(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

fn table(rule: BudgetRule, budgeting: &Budgeting, spending: &Spending) -> String {
    let mut text = format!(
        "{rule} · {} projects · {} votes · budget {}",
        budgeting.projects.len(),
        budgeting.votes.len(),
        amount(budgeting.budget_cents)
    );
    for funded in &spending.funded {
        let project = &budgeting.projects[funded.project];
        let paid = match &funded.paid_a_head_cents {
            Some(cents) => {
                let cents = Votes::from(cents.clone()).to_decimal(2);
                format!("supporters paid at most {cents} hundredths a point")
            }
            None => "by points".to_owned(),
        };
        text += &format!("\n{:>14}  {}  {}  ({paid})", amount(project.cost_cents), project.id, project.name);
    }
    let left = budgeting.budget_cents - spending.spent_cents;
    text += &format!("\n{:>14}  spent, {} left", amount(spending.spent_cents), amount(left));
    text
}

fn json(file: &str, rule: BudgetRule, budgeting: &Budgeting, spending: &Spending) -> String {
    #[derive(Serialize)]
    struct Line<'a> {
        file: &'a str,
        rule: BudgetRule,
        votes: usize,
        budget: String,
        spent: String,
        funded: Vec<Project<'a>>,
        lots: Vec<Vec<&'a str>>,
    }
    #[derive(Serialize)]
    struct Project<'a> {
        project: &'a str,
        name: &'a str,
        cost: String,
        paid_a_head_cents: Option<String>,
    }
    let funded = spending.funded.iter().map(|funded| {
        let project = &budgeting.projects[funded.project];
        Project {
            project: &project.id,
            name: &project.name,
            cost: amount(project.cost_cents),
            paid_a_head_cents: funded
                .paid_a_head_cents
                .as_ref()
                .map(|cents| Votes::from(cents.clone()).to_string()),
        }
    });
    let id = |place: &usize| budgeting.projects[*place].id.as_str();
    serde_json::to_string(&Line {
        file,
        rule,
        votes: budgeting.votes.len(),
        budget: amount(budgeting.budget_cents),
        spent: amount(spending.spent_cents),
        funded: funded.collect(),
        lots: spending.lots.iter().map(|lot| lot.iter().map(id).collect()).collect(),
    })
    .expect("names and numbers are JSON")
}
