//! The credential authority: in a federation the mandate commission.

use super::files::{self, Secrecy};
use super::{GroupArgs, refused_one};
use crate::failure::Failure;
use mandate_ballot::{CredentialStyle, GroupName, Parts, SystemRandomness, Voter, Weight};
use std::path::PathBuf;

/// Credential authority: private credentials for the voters, and the public list for the election officer.
#[derive(clap::Args)]
#[command(after_help = "A voters' file holds a voter a line: name, or name,weight. Written are\n  \
    DIR/private.json   voter by voter the private credential: readable for you alone; hand them out and destroy it\n  \
    DIR/public.json    the public list\n  \
    DIR/holders.csv    who holds which public credential, under a random number: readable for you alone; keep it,\n  \
                       and give its SHA-256 to the record, so that it cannot be changed afterwards")]
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
    /// Cut weights into parts, each with a credential of its own, so that a holder can divide the votes carried: single
    /// votes for any division, doubling parts (1, 2, 4, 8 …) for any division in two.
    #[arg(long, value_enum)]
    parts: Option<PartsName>,
    /// Where to write the files.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum PartsName {
    Single,
    Doubling,
}

impl From<PartsName> for Parts {
    fn from(name: PartsName) -> Self {
        match name {
            PartsName::Single => Self::Single,
            PartsName::Doubling => Self::Doubling,
        }
    }
}

/// Each voter's parts as voters of their own, named NAME/1, NAME/2 and so on.
fn cut(voters: &[Voter], parts: Parts) -> Result<Vec<Voter>, Failure> {
    let total = voters.iter().try_fold(0u64, |sum, voter| sum.checked_add(voter.weight.0));
    if matches!(parts, Parts::Single) && total.is_none_or(|total| total > SINGLE_VOTES_LIMIT) {
        let total = total.map_or("more than 2^64".to_owned(), |total| total.to_string());
        return Err(Failure::input(format!(
            "{total} single votes; at most {SINGLE_VOTES_LIMIT} credentials are made: use --parts doubling"
        )));
    }
    let of_one = |voter: &Voter| -> Vec<Voter> {
        let named = |(number, part): (usize, u64)| Voter {
            name: format!("{}/{number}", voter.name),
            weight: Weight(part),
        };
        (1..).zip(parts.of(voter.weight.0)).map(named).collect()
    };
    Ok(voters.iter().flat_map(of_one).collect())
}

/// Credentials of one list.
const SINGLE_VOTES_LIMIT: u64 = 10_000_000;

/// Who holds which public credential, sorted by voter, under a random number that keeps anybody from trying lists.
fn holders(args: &Args, private: &[(String, zeroize::Zeroizing<String>)]) -> Result<String, Failure> {
    let salt = GroupName::Ed25519.trustee_key(&mut SystemRandomness).map_err(refused_one)?;
    let mut list = format!("{}\n", mandate_ballot::Digest::of(salt.private_key.as_bytes()));
    for (name, credential) in private {
        let public = args.group.group.public_credential(&args.uuid, credential).map_err(refused_one)?;
        list.push_str(&format!("{name},{public}\n"));
    }
    Ok(list)
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
    let voters = match args.parts {
        Some(parts) => cut(&voters, parts.into())?,
        None => voters,
    };
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
    let holders = holders(args, &made.private)?;
    files::write_new(&args.dir.join("holders.csv"), holders.as_bytes(), Secrecy::Secret)?;
    files::write_new(&args.dir.join("public.json"), &made.public, Secrecy::Public)?;
    println!("{}", mandate_ballot::Digest::of(&made.public).to_base64());
    eprintln!("{} credentials written; above is the fingerprint of the public list", voters.len());
    eprintln!("SHA-256 of holders.csv: {}", mandate_ballot::Digest::of(holders.as_bytes()));
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
