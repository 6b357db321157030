//! `mandate second-factor`: for members whose device was lost.

use crate::failure::Failure;
use mandate_record::Reader;
use std::path::PathBuf;

/// Take a member's second factor out of use, where a device was lost; they set up another on their page.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  mandate second-factor our-federation --end M17\n\n\
    Make sure that it is the member who asks: until they set up another, a code alone signs them in.")]
pub struct Args {
    /// The federation's directory
    dir: PathBuf,
    /// The member
    #[arg(long, value_name = "MEMBER")]
    end: String,
}

/// Runs the command.
pub fn run(Args { dir, end }: Args) -> Result<(), Failure> {
    // A directory without a record is no federation's, and gets no file.
    Reader::open(&dir).map_err(crate::record::failure)?;
    let had = mandate_web::end_second_factor(&dir, &end.as_str().into()).map_err(Failure::machine)?;
    match had {
        true => println!("{end} has no second factor any more"),
        false => println!("{end} had no second factor; nothing was changed"),
    }
    Ok(())
}
