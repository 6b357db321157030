//! The election officer: identifier, trustees, election, opening the box.

use super::files::{self, Secrecy};
use super::{GroupArgs, refused, refused_one};
use crate::failure::Failure;
use mandate_ballot::{SystemRandomness, begin_archive, new_uuid};
use std::path::PathBuf;

/// Election officer: the list of trustees from their public keys, each checked.
#[derive(clap::Args)]
pub struct TrusteesArgs {
    #[command(flatten)]
    group: GroupArgs,
    /// Files of public keys (.pubkey), of trustees who all must decrypt.
    #[arg(long, num_args = 1.., value_name = "FILE")]
    key: Vec<PathBuf>,
    /// Files of threshold groups, as the last step of a ceremony writes them.
    #[arg(long, num_args = 1.., value_name = "FILE")]
    threshold: Vec<PathBuf>,
    /// Where to write the list.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Election officer: the election's parameters from a template (description, name, questions) and the trustees.
#[derive(clap::Args)]
#[command(after_help = "Example of a template:\n  \
    {\"description\":\"…\",\"name\":\"…\",\"questions\":[{\"answers\":[\"Yes\",\"No\"],\"blank\":true,\"min\":1,\"max\":1,\"question\":\"…?\"},\
    {\"type\":\"NonHomomorphic\",\"value\":{\"answers\":[\"A\",\"B\",\"C\"],\"question\":\"Rank them.\"}}]}")]
pub struct ElectionArgs {
    #[command(flatten)]
    group: GroupArgs,
    /// The election's identifier.
    #[arg(long)]
    uuid: String,
    /// The template.
    #[arg(long, value_name = "FILE")]
    template: PathBuf,
    /// The list of trustees.
    #[arg(long, value_name = "FILE")]
    trustees: PathBuf,
    /// Where to write the election.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Election officer: begin the archive (the box) with election, trustees and public credentials.
#[derive(clap::Args)]
pub struct OpenArgs {
    /// The archive to begin, in practice UUID.bel.
    archive: PathBuf,
    /// The election.
    #[arg(long, value_name = "FILE")]
    election: PathBuf,
    /// The list of trustees.
    #[arg(long, value_name = "FILE")]
    trustees: PathBuf,
    /// The public credentials.
    #[arg(long, value_name = "FILE")]
    credentials: PathBuf,
}

pub fn id() -> Result<(), Failure> {
    let uuid = new_uuid(&mut SystemRandomness).map_err(refused_one)?;
    files::write_message(None, &uuid)
}

pub fn trustees(args: &TrusteesArgs) -> Result<(), Failure> {
    let read = |paths: &[PathBuf]| paths.iter().map(|path| files::read(path)).collect::<Result<Vec<_>, _>>();
    let trustees = args.group.group.trustees(&read(&args.key)?, &read(&args.threshold)?).map_err(refused)?;
    files::write_new(&args.out, &trustees, Secrecy::Public)
}

pub fn election(args: &ElectionArgs) -> Result<(), Failure> {
    let template = files::read(&args.template)?;
    let trustees = files::read_message(&args.trustees)?;
    let election = args.group.group.election(&template, trustees.as_bytes(), &args.uuid).map_err(refused)?;
    files::write_new(&args.out, &election, Secrecy::Public)
}

pub fn open(args: &OpenArgs) -> Result<(), Failure> {
    let election = files::read_message(&args.election)?;
    let trustees = files::read_message(&args.trustees)?;
    let credentials = files::read_message(&args.credentials)?;
    let now = jiff::Timestamp::now().as_second();
    let timestamp = u64::try_from(now)
        .map_err(|_| Failure::machine("the clock stands before 1970: set it and try again"))?;
    let bytes = begin_archive(timestamp, election.as_bytes(), trustees.as_bytes(), credentials.as_bytes())
        .map_err(refused)?;
    files::write_new(&args.archive, &bytes, Secrecy::Public)
}
