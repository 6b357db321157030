//! A voter who votes from the command line, or checks that a booth encrypts what it shows.

use super::files::{self, BallotBox};
use super::{refused, refused_one};
use crate::failure::Failure;
use mandate_ballot::{Question, SystemRandomness, tracking_number};
use std::path::PathBuf;
use zeroize::Zeroizing;

/// Voter: encrypt and sign a vote. The tracking number goes to standard error.
#[derive(clap::Args)]
#[command(
    after_help = "The vote is a list for each question: 0 or 1 for each answer, before them 0 or 1 for blank where\n\
    that is possible; or a number for each answer to rank or grade. Example for two questions:\n  \
    mandate ballot encrypt box.bel --credential my-credential --vote '[[0,1,0],[2,1,3]]' --out my.ballot"
)]
pub struct Args {
    /// The archive.
    archive: PathBuf,
    /// The file that holds your private credential.
    #[arg(long, value_name = "FILE")]
    credential: PathBuf,
    /// The vote.
    #[arg(long, value_name = "JSON", conflicts_with = "vote_file", required_unless_present = "vote_file")]
    vote: Option<String>,
    /// A file that holds the vote, so that it stays out of the shell's history.
    #[arg(long, value_name = "FILE")]
    vote_file: Option<PathBuf>,
    /// Where to write the ballot; standard output if not given.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let vote = match (&args.vote, &args.vote_file) {
        (Some(vote), _) => Zeroizing::new(vote.clone()),
        (None, Some(path)) => files::read_secret(path)?,
        (None, None) => Zeroizing::default(),
    };
    let votes: Vec<Vec<u64>> = serde_json::from_str(&vote).map_err(|error| {
        // The text may be a secret taken by mistake: only the place is said.
        Failure::input(format!(
            "the vote cannot be read (line {}, column {}): it looks like [[0,1,0],[2,1,3]]",
            error.line(),
            error.column()
        ))
    })?;
    let ballot_box = BallotBox::read(&args.archive)?;
    let credential = files::read_secret(&args.credential)?;
    let ballot =
        ballot_box.audit().encrypt(credential.trim(), &votes, &mut SystemRandomness).map_err(refused_one)?;
    files::write_message(args.out.as_ref(), &String::from_utf8_lossy(&ballot))?;
    eprintln!("tracking number: {}", tracking_number(&ballot));
    Ok(())
}

/// Voter: check a vote that a booth opened. Prints the number that the booth must have shown before it opened the
/// vote, and what the vote says.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  mandate ballot check-opened box.bel opened-vote.json")]
pub struct CheckOpenedArgs {
    /// The archive.
    archive: PathBuf,
    /// The file that the booth saved.
    opened: PathBuf,
    /// Print the same as JSON.
    #[arg(long)]
    json: bool,
}

pub fn check_opened(args: &CheckOpenedArgs) -> Result<(), Failure> {
    let ballot_box = BallotBox::read(&args.archive)?;
    let audit = ballot_box.audit();
    let text = files::read(&args.opened)?;
    let opened = audit.read_opened(text.trim_end().as_bytes()).map_err(refused)?;
    if args.json {
        return files::write_message(None, &serde_json::to_string(&opened).unwrap_or_default());
    }
    let mut lines = vec![format!("number: {}", opened.number)];
    let questions = audit.parameters().map_or(&[][..], |parameters| &parameters.questions);
    for (question, vote) in questions.iter().zip(&opened.votes) {
        lines.push(question.text().to_owned());
        lines.extend(said(question, vote).into_iter().map(|line| format!("  {line}")));
    }
    files::write_message(None, &lines.join("\n"))
}

/// A vote in words.
fn said(question: &Question, vote: &[u64]) -> Vec<String> {
    match question {
        Question::NonHomomorphic(ranking) => {
            vote.iter().zip(&ranking.answers).map(|(number, answer)| format!("{number}  {answer}")).collect()
        }
        Question::Homomorphic(choice) => {
            let blank = choice.allows_blank().then_some("blank");
            let texts = blank.into_iter().chain(choice.answers.iter().map(String::as_str));
            let chosen: Vec<String> = texts
                .zip(vote)
                .filter(|(_, number)| **number == 1)
                .map(|(text, _)| text.to_owned())
                .collect();
            if chosen.is_empty() { vec!["nothing chosen".to_owned()] } else { chosen }
        }
    }
}
