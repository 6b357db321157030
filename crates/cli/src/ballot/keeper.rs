//! The keeper of the box: takes what voters and trustees bring, checks it and appends it.

use super::files::{self, append_to, box_failure};
use crate::failure::Failure;
use mandate_ballot::{OwnedMessage, tracking_number};
use std::path::{Path, PathBuf};

/// Keeper of the box: check ballots and append them.
#[derive(clap::Args)]
pub struct CastArgs {
    /// The archive.
    archive: PathBuf,
    /// Files with a ballot a line.
    #[arg(required = true)]
    ballots: Vec<PathBuf>,
}

/// Keeper of the box: a step that needs the archive alone. `close` ends voting and tallies the ballots in encrypted
/// form, `end-shuffles` ends the shuffles, `result` combines the decryptions and publishes the result.
#[derive(clap::Args)]
pub struct BoxArgs {
    /// The archive.
    archive: PathBuf,
}

/// Keeper of the box: check a trustee's shuffle or decryption and append it.
#[derive(clap::Args)]
pub struct AddArgs {
    /// The archive.
    archive: PathBuf,
    /// The trustee's file: two lines, the message and whose it is.
    message: PathBuf,
}

pub fn cast(args: &CastArgs) -> Result<(), Failure> {
    let mut ballot_box = append_to(&args.archive)?;
    for path in &args.ballots {
        for (index, ballot) in files::read(path)?.lines().enumerate() {
            let cast = ballot_box.append(|audit| audit.cast(ballot.as_bytes())).map_err(box_failure);
            cast.map_err(|failure| {
                let message = format!("{}: line {}: ballot refused: {failure}", path.display(), index + 1);
                if failure.code() == 1 { Failure::check(message) } else { Failure::machine(message) }
            })?;
            println!("{}", tracking_number(ballot.as_bytes()));
        }
    }
    Ok(())
}

pub fn close(args: &BoxArgs) -> Result<(), Failure> {
    append_to(&args.archive)?.append(|audit| audit.close()).map_err(box_failure)
}

pub fn end_shuffles(args: &BoxArgs) -> Result<(), Failure> {
    append_to(&args.archive)?.append(|audit| audit.end_shuffles()).map_err(box_failure)
}

pub fn result(args: &BoxArgs) -> Result<(), Failure> {
    let mut ballot_box = append_to(&args.archive)?;
    ballot_box.append(|audit| audit.publish_result()).map_err(box_failure)?;
    match ballot_box.audit().outcome() {
        Some(outcome) => files::write_message(None, &serde_json::to_string(outcome).unwrap_or_default()),
        None => Ok(()),
    }
}

pub fn add_shuffle(args: &AddArgs) -> Result<(), Failure> {
    let message = read_owned(&args.message)?;
    append_to(&args.archive)?.append(|audit| audit.add_shuffle(&message)).map_err(box_failure)
}

pub fn add_decryption(args: &AddArgs) -> Result<(), Failure> {
    let message = read_owned(&args.message)?;
    append_to(&args.archive)?.append(|audit| audit.add_decryption(&message)).map_err(box_failure)
}

fn read_owned(path: &Path) -> Result<OwnedMessage, Failure> {
    let text = files::read(path)?;
    let mut lines = text.lines();
    match (lines.next(), lines.next(), lines.next()) {
        (Some(message), Some(owned), None) => {
            Ok(OwnedMessage { message: message.as_bytes().to_vec(), owned: owned.as_bytes().to_vec() })
        }
        _ => Err(Failure::input(format!(
            "{}: two lines are expected, the message and whose it is, as `mandate ballot shuffle` and `decrypt` write them",
            path.display()
        ))),
    }
}
