//! `mandate restore`: a directory from a backup.

use crate::failure::Failure;
use crate::record::{done, with_bar};
use std::path::PathBuf;

/// Make a federation's directory from a backup, when every file of it is whole and the record verifies.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  mandate restore /backups/2027-03-01 our-federation\n\n\
    What was decided after the backup is not in it: members who keep a later checkpoint will see that. Compare with \
    mandate record verify DIR --checkpoint FILE.")]
pub struct Args {
    /// The folder that `mandate backup` wrote
    folder: PathBuf,
    /// The directory to make, which must not exist yet
    dir: PathBuf,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(Args { folder, dir, json }: Args) -> Result<(), Failure> {
    let checkpoint = with_bar("bytes copied", |progress| mandate_record::restore(&folder, &dir, progress))?;
    done("restored, with all that was beside them, to", &dir, &checkpoint, json)
}
