//! The credential authority: in a federation the mandate commission.

use super::files::{self, Secrecy};
use super::{GroupArgs, refused_one};
use crate::failure::Failure;
use mandate_ballot::{CredentialStyle, SystemRandomness, Voter, Weight};
use std::path::PathBuf;

/// Credential authority: private credentials for the voters, and the public list for the election officer.
#[derive(clap::Args)]
#[command(after_help = "A voters' file holds a voter a line: name, or name,weight. Written are\n  \
    DIR/private.json   voter by voter the private credential: readable for you alone; hand them out and destroy it\n  \
    DIR/public.json    the public list")]
pub struct Args {
    #[command(flatten)]
    group: GroupArgs,
    /// The election's identifier.
    #[arg(long)]
    uuid: String,
    /// Credentials for voters named 1 to N.
    #[arg(long, value_name = "N", conflicts_with = "voters", required_unless_present = "voters")]
    count: Option<u64>,
    /// A file of voters.
    #[arg(long, value_name = "FILE")]
    voters: Option<PathBuf>,
    /// Short credentials with a check digit, which belenios-tool 2.0 needs.
    #[arg(long)]
    checked: bool,
    /// Where to write both files.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let voters = match (&args.voters, args.count) {
        (Some(path), _) => parse_voters(&files::read(path)?, &path.display().to_string())?,
        (None, count) => {
            (1..=count.unwrap_or(0)).map(|n| Voter { name: n.to_string(), weight: Weight(1) }).collect()
        }
    };
    if voters.is_empty() {
        return Err(Failure::input("there are no voters: name at least one"));
    }
    let style = if args.checked { CredentialStyle::Checked } else { CredentialStyle::Full };
    let made = args
        .group
        .group
        .credentials(&args.uuid, &voters, style, &mut SystemRandomness)
        .map_err(refused_one)?;
    let private: Vec<String> = made
        .private
        .iter()
        .map(|(name, credential)| {
            format!("{}:\"{}\"", serde_json::Value::from(name.as_str()), credential.as_str())
        })
        .collect();
    files::make_folder(&args.dir)?;
    let private = format!("{{{}}}\n", private.join(","));
    files::write_new(&args.dir.join("private.json"), private.as_bytes(), Secrecy::Secret)?;
    files::write_new(&args.dir.join("public.json"), &made.public, Secrecy::Public)?;
    println!("{}", mandate_ballot::Digest::of(&made.public).to_base64());
    eprintln!("{} credentials written; above is the fingerprint of the public list", voters.len());
    Ok(())
}

fn parse_voters(text: &str, file: &str) -> Result<Vec<Voter>, Failure> {
    let mut voters: Vec<Voter> = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let (name, weight) = match line.rsplit_once(',') {
            None => (line, 1),
            Some((name, weight)) => {
                let weight = weight.trim().parse().map_err(|_| {
                    Failure::input(format!(
                        "{file}: line {}, column {}: {weight:?} is no weight: a whole number is needed",
                        index + 1,
                        name.chars().count() + 2
                    ))
                })?;
                (name, weight)
            }
        };
        let name = name.trim().to_owned();
        if let Some(first) = voters.iter().position(|voter| voter.name == name) {
            return Err(Failure::input(format!(
                "{file}: line {}: voter {name:?} is listed before, as number {}",
                index + 1,
                first + 1
            )));
        }
        voters.push(Voter { name, weight: Weight(weight) });
    }
    Ok(voters)
}
