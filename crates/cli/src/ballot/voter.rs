//! A voter who votes from the command line.

use super::files::{self, BallotBox};
use super::refused_one;
use crate::failure::Failure;
use mandate_ballot::{SystemRandomness, tracking_number};
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
