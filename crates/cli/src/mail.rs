//! `mandate mail`: whether the mail server's settings are right.

use crate::failure::Failure;
use crate::letters::failure;
use std::path::PathBuf;

/// Send one mail to try the settings in letters.toml.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  mandate mail our-federation --test secretary@federation.example")]
pub struct Args {
    /// The federation's directory
    dir: PathBuf,
    /// The address to send to
    #[arg(long, value_name = "ADDRESS")]
    test: String,
}

/// Runs the command.
pub fn run(args: Args) -> Result<(), Failure> {
    let words = mandate_web::try_mail(&args.dir, &args.test).map_err(failure)?;
    println!("taken: {words}");
    Ok(())
}
