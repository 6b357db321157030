//! An auditor: anybody.

use super::files;
use crate::failure::Failure;
use indicatif::{ProgressBar, ProgressStyle};
use mandate_ballot::{
    Audit, AuditOptions, Counts, EventKind, Failure as Finding, Outcome, Question, QuestionOutcome,
};
use serde::Serialize;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// Auditor: verify an archive: every record, key, ballot, shuffle, decryption and the result.
#[derive(clap::Args)]
#[command(after_help = "Example: mandate ballot verify box.bel --since yesterday/box.bel\n\
    Exits 0 if everything holds and 1 if not; every failure is listed with its position.")]
pub struct VerifyArgs {
    /// The archive.
    archive: PathBuf,
    /// An earlier copy that you verified: nothing of it may be gone, and its ballots' proofs are not checked again.
    #[arg(long, value_name = "FILE")]
    since: Option<PathBuf>,
    /// Threads to check ballots with.
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// Auditor or voter: the tracking numbers of the ballots in the box.
#[derive(clap::Args)]
pub struct ListArgs {
    /// The archive.
    archive: PathBuf,
    /// One JSON object a line and ballot.
    #[arg(long)]
    json: bool,
}

type OpenAudit = Audit<BufReader<File>>;

#[derive(Serialize)]
struct Report<'a> {
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    election: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fingerprint: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'a str>,
    voters: usize,
    trustees: usize,
    counts: Counts,
    counted: u64,
    weight: u64,
    head: Option<String>,
    failures: Vec<Finding>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'a Outcome>,
}

pub fn verify(args: &VerifyArgs) -> Result<(), Failure> {
    let trusted_bytes = match &args.since {
        None => 0,
        Some(earlier) => prefix(earlier, &args.archive)?,
    };
    let named =
        |error: &dyn std::fmt::Display| Failure::input(format!("{}: {error}", args.archive.display()));
    let file = File::open(&args.archive).map_err(|error| named(&error))?;
    let length = file.metadata().map_err(|error| named(&error))?.len();
    let options = AuditOptions { threads: args.threads.unwrap_or_else(files::threads), trusted_bytes };
    let mut audit = Audit::open(BufReader::new(file), options).map_err(|fault| named(&fault))?;
    let bar = ProgressBar::new(length).with_style(
        ProgressStyle::with_template("{bar:40} {binary_bytes}/{binary_total_bytes} {elapsed} left {eta}")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    audit.run(&mut |bytes| bar.set_position(bytes));
    bar.finish_and_clear();
    let failures = audit.failures();
    if args.json {
        let text = serde_json::to_string(&report(&audit)).map_err(Failure::machine)?;
        files::write_message(None, &text)?;
    } else {
        files::write_message(None, &words(&audit))?;
    }
    if failures.is_empty() {
        return Ok(());
    }
    Err(Failure::check(format!("{}: {} failures", args.archive.display(), failures.len())))
}

/// How many bytes of the archive an earlier copy of it holds.
fn prefix(earlier: &Path, later: &Path) -> Result<u64, Failure> {
    files::extends(earlier, later)?.map_err(|byte| {
        Failure::check(format!(
            "{} is not the beginning of {}: something was removed or altered (first at byte {byte})",
            earlier.display(),
            later.display()
        ))
    })
}

fn report(audit: &OpenAudit) -> Report<'_> {
    let (counted, weight) = audit.counted();
    let parameters = audit.parameters();
    Report {
        ok: audit.holds(),
        election: parameters.map(|parameters| parameters.uuid.as_str()),
        fingerprint: audit.fingerprint(),
        group: parameters.map(|parameters| parameters.group.as_str()),
        voters: audit.credentials().map_or(0, |credentials| credentials.len()),
        trustees: audit.trustees(),
        counts: audit.counts(),
        counted,
        weight,
        head: audit.chain().head().map(|hash| hash.to_string()),
        failures: audit.failures(),
        result: audit.outcome(),
    }
}

/// The report in plain words: what was verified, what was not, and what is wrong.
fn words(audit: &OpenAudit) -> String {
    let mut lines = Vec::new();
    if let Some(parameters) = audit.parameters() {
        lines.push(format!("{} ({}, {})", parameters.name, parameters.uuid, parameters.group));
        lines.push(format!("fingerprint of the election: {}", audit.fingerprint().unwrap_or_default()));
    }
    let counts = audit.counts();
    let (counted, weight) = audit.counted();
    lines.push(format!("{} records and {} events, chained", counts.records, counts.events));
    lines.push(format!(
        "{} trustees; {} voters",
        audit.trustees(),
        audit.credentials().map_or(0, |credentials| credentials.len())
    ));
    lines.push(format!(
        "{} ballots in the box: {counted} count (weight {weight}), {} were replaced, {} are refused",
        counts.ballots, counts.replaced, counts.refused
    ));
    lines.push(format!("{} shuffles, {} partial decryptions", counts.shuffles, counts.decryptions));
    lines.extend(unverified(audit));
    lines.extend(outcome_lines(audit));
    for failure in audit.failures() {
        let place = failure.event.map_or(String::new(), |event| format!(", event {event}"));
        let ballot = failure.ballot.as_ref().map_or(String::new(), |ballot| format!(", ballot {ballot}"));
        let position = failure.position;
        lines.push(format!(
            "FAILED record {}, byte {}{place}{ballot}: {} [{}]",
            position.record,
            position.byte,
            failure.fault,
            failure.fault.name()
        ));
    }
    let verdict = if audit.holds() { "everything above is verified" } else { "this archive does not hold" };
    lines.push(verdict.to_owned());
    lines.join("\n")
}

/// What this verification cannot say.
fn unverified(audit: &OpenAudit) -> Vec<String> {
    let mut lines = Vec::new();
    if audit.counts().trusted > 0 {
        lines.push(format!(
            "not verified: the proofs of {} ballots, which the earlier copy holds and you verified then",
            audit.counts().trusted
        ));
    }
    if audit.has_unbound_certificates() {
        lines.push(
            "not verified: that the threshold group's certificates were made for this threshold: version 2.0 does not bind them"
                .to_owned(),
        );
    }
    let last = audit.chain().last();
    if last != Some(EventKind::Result) {
        let state = match last {
            None | Some(EventKind::Setup | EventKind::Ballot) => "the box is open",
            Some(EventKind::EndBallots) => "the box is closed but not tallied",
            _ => "the tally is not fully decrypted",
        };
        lines.push(format!("not verified: a result, for there is none yet: {state}"));
    }
    lines.push("not verified here: that the voters on the list are those entitled to vote".to_owned());
    lines
}

fn outcome_lines(audit: &OpenAudit) -> Vec<String> {
    let (Some(outcome), Some(parameters)) = (audit.outcome(), audit.parameters()) else {
        return Vec::new();
    };
    parameters
        .questions
        .iter()
        .zip(&outcome.result)
        .flat_map(|(question, own)| question_lines(question, own))
        .collect()
}

fn question_lines(question: &Question, outcome: &QuestionOutcome) -> Vec<String> {
    let mut lines = vec![format!("result: {}", question.text())];
    match outcome {
        QuestionOutcome::Sums(sums) => {
            let blank = sums.len().saturating_sub(question.answers().len());
            let names =
                std::iter::repeat_n("(blank)", blank).chain(question.answers().iter().map(String::as_str));
            lines.extend(names.zip(sums).map(|(name, sum)| format!("  {:>12}  {name}", sum.0)));
        }
        QuestionOutcome::Ballots(ballots) => {
            lines
                .push(format!("  {} ballots decrypted, to be counted by the election's rule", ballots.len()));
        }
    }
    lines
}

pub fn list(args: &ListArgs) -> Result<(), Failure> {
    let audit = files::read_archive(&args.archive)?;
    for entry in audit.ballots() {
        let line = match args.json {
            true => serde_json::to_string(&entry).map_err(Failure::machine)?,
            false => {
                let state = if entry.counts { "counts" } else { "replaced" };
                format!("{}  weight {}  {state}", entry.tracking_number, entry.weight)
            }
        };
        files::write_message(None, &line)?;
    }
    Ok(())
}
