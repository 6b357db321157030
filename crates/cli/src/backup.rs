//! `mandate backup`: the whole directory, copied while it is served.

use crate::failure::Failure;
use crate::record::{done, with_bar};
use std::path::PathBuf;

/// Copy a federation's whole directory to a folder, while it is served: record, register, codes, keys.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  mandate backup our-federation --out /backups/2027-03-01\n\n\
    The folder holds personal data and the signing key: keep it as closed as the directory itself. To give the record \
    to others: mandate record export.")]
pub struct Args {
    /// The federation's directory
    dir: PathBuf,
    /// The folder to write, which must not exist yet
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(Args { dir, out, json }: Args) -> Result<(), Failure> {
    let checkpoint = with_bar("bytes copied", |progress| mandate_record::backup(&dir, &out, progress))?;
    done("copied, with all that is beside them, to", &out, &checkpoint, json)
}
