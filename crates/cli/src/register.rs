//! `mandate register`: names and addresses of members, brought in as a table.

use crate::failure::Failure;
use crate::letters::failure;
use mandate_web::Letters;
use std::path::PathBuf;

/// Bring names, addresses, e-mail addresses and languages of members into the register.
///
/// The table has the column member and some of name, address, e-mail, language, divided by commas, semicolons or tabs.
/// Every row is read or refused by its line; nothing is kept without --keep. Lines of an address stand in one cell,
/// divided by line ends or by |. Personal data stays in the register and never comes into the record.
#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  mandate register our-federation people.csv\n  mandate register our-federation people.csv --keep"
)]
pub struct Args {
    /// The federation's directory
    dir: PathBuf,
    /// The table
    table: PathBuf,
    /// Keep the rows that were read
    #[arg(long)]
    keep: bool,
}

/// Runs the command.
pub fn run(args: Args) -> Result<(), Failure> {
    let Args { dir, table, keep } = args;
    let bytes =
        std::fs::read(&table).map_err(|error| Failure::input(format!("{}: {error}", table.display())))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::input(format!("{}: not UTF-8; save it as UTF-8", table.display())))?;
    let letters = Letters::open(&dir).map_err(failure)?;
    let import = letters.import(&text).map_err(failure)?;
    for row in &import.refused {
        println!("line {}: {}", row.line, row.why);
    }
    println!("{} read + {} refused = {} rows", import.read.len(), import.refused.len(), import.total);
    if keep {
        letters.keep(&import).map_err(failure)?;
        println!("{} kept", import.read.len());
    } else {
        println!("nothing is kept yet; run it again with --keep");
    }
    match import.refused.len() {
        0 => Ok(()),
        count => Err(Failure::check(format!("{count} rows were refused"))),
    }
}
