//! A voter who votes from the command line, or checks that a booth encrypts what it shows.

use super::files;
use super::{refused, refused_one};
use crate::failure::Failure;
use mandate_ballot::{GroupName, Question, SystemRandomness, tracking_number};
use mandate_booth::Archive;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// Voter: encrypt and sign a vote. The tracking number goes to standard error.
#[derive(clap::Args)]
#[command(
    after_help = "The vote is a list for each question: 0 or 1 for each answer, before them 0 or 1 for blank where\n\
    that is possible; or a number for each answer to rank or grade. Example for two questions:\n  \
    mandate ballot encrypt box.bel --credential my-credential --vote '[[0,1,0],[2,1,3]]' --out my.ballot\n\n\
    Whoever holds several credentials, one for each part of the votes carried, puts them into the file, one a line,\n\
    and gives a vote for each share. What is not given is not cast. 45 votes as 30 and 15:\n  \
    mandate ballot encrypt box.bel --credential mine --vote '30:[[1,0]]' --vote '15:[[0,1]]' --out my.ballots"
)]
pub struct Args {
    /// The archive.
    archive: PathBuf,
    /// The file that holds your private credential, or credentials, one a line.
    #[arg(long, value_name = "FILE")]
    credential: PathBuf,
    /// The vote; several, each after its share and a colon, where the votes carried are divided.
    #[arg(long, value_name = "JSON", conflicts_with = "vote_file", required_unless_present = "vote_file")]
    vote: Vec<String>,
    /// A file that holds the vote, or votes, one a line, so that they stay out of the shell's history.
    #[arg(long, value_name = "FILE")]
    vote_file: Option<PathBuf>,
    /// Where to write the ballot; standard output if not given.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let given: Vec<Zeroizing<String>> = match &args.vote_file {
        None => args.vote.iter().cloned().map(Zeroizing::new).collect(),
        Some(path) => {
            let text = files::read_secret(path)?;
            let lines = text.lines().filter(|line| !line.trim().is_empty());
            lines.map(|line| Zeroizing::new(line.to_owned())).collect()
        }
    };
    let audit = files::read_archive(&args.archive)?;
    let text = files::read_secret(&args.credential)?;
    let credentials: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let cast: Vec<(&str, Vote)> = match (given.as_slice(), credentials.as_slice()) {
        ([vote], [credential]) if !is_share(vote) => vec![(*credential, parse_vote(vote)?)],
        (shares, credentials) => divided(&audit, shares, credentials)?,
    };
    let mut ballots = Vec::with_capacity(cast.len());
    for (credential, vote) in &cast {
        let ballot = audit.encrypt(credential, vote, &mut SystemRandomness).map_err(refused_one)?;
        ballots.push(String::from_utf8_lossy(&ballot).into_owned());
    }
    files::write_message(args.out.as_ref(), &ballots.join("\n"))?;
    for ballot in &ballots {
        eprintln!("tracking number: {}", tracking_number(ballot.as_bytes()));
    }
    Ok(())
}

/// For each question a number for each answer.
type Vote = Vec<Vec<u64>>;

/// Whether a vote is given for a share of the votes carried.
fn is_share(text: &str) -> bool {
    text.trim_start().starts_with(|first: char| first.is_ascii_digit())
}

fn parse_vote(text: &str) -> Result<Vote, Failure> {
    serde_json::from_str(text).map_err(|error| {
        // The text may be a secret taken by mistake: only the place is said.
        Failure::input(format!(
            "the vote cannot be read (line {}, column {}): it looks like [[0,1,0],[2,1,3]]",
            error.line(),
            error.column()
        ))
    })
}

/// A vote for each credential, so that their weights add up to the shares.
fn divided<'a>(
    audit: &Archive,
    shares: &[Zeroizing<String>],
    credentials: &[&'a str],
) -> Result<Vec<(&'a str, Vote)>, Failure> {
    let mut wanted = Vec::with_capacity(shares.len());
    for share in shares {
        let parsed =
            share.split_once(':').and_then(|(number, vote)| Some((number.trim().parse::<u64>().ok()?, vote)));
        let Some((number, vote)) = parsed else {
            return Err(Failure::input(
                "there are several credentials or votes: give each vote after its share, as NUMBER:VOTE",
            ));
        };
        wanted.push((number, parse_vote(vote)?));
    }
    let mut weights = Vec::with_capacity(credentials.len());
    for (place, credential) in credentials.iter().enumerate() {
        weights.push(weight_of(audit, credential, place + 1)?);
    }
    let amounts: Vec<u64> = wanted.iter().map(|(number, _)| *number).collect();
    let Some(given) = mandate_ballot::divide(&weights, &amounts) else {
        let total: u64 = weights.iter().sum();
        return Err(Failure::input(format!(
            "{} credentials of {total} votes in all cannot be divided so; doubling parts can be divided in two, single \
             votes in any way",
            weights.len()
        )));
    };
    let pairs = credentials.iter().zip(given);
    Ok(pairs.filter_map(|(credential, share)| Some((*credential, wanted[share?].1.clone()))).collect())
}

/// The weight of a credential in the election's list.
fn weight_of(audit: &Archive, credential: &str, line: usize) -> Result<u64, Failure> {
    let (Some(parameters), Some(list)) = (audit.parameters(), audit.credentials()) else {
        return Err(Failure::check("no election is set up in the archive"));
    };
    let group: GroupName = parameters.group.parse().map_err(refused_one)?;
    let public = group.public_credential(&parameters.uuid, credential).map_err(refused_one)?;
    match list.find(&public) {
        Some((_, weight)) => Ok(weight),
        None => Err(Failure::check(format!("the credential in line {line} is not one of this election"))),
    }
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
    let audit = files::read_archive(&args.archive)?;
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
