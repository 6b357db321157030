//! `mandate codes`: one-time codes by which members sign in, for the letters of a workplace.

use crate::failure::Failure;
use crate::found::now;
use crate::letters::create;
use crate::show::{failed, load};
use mandate_assembly::ids::{MemberId, WorkplaceId};
use mandate_charter::Period;
use mandate_record::{Directory, Register};
use std::path::PathBuf;

/// Make one-time codes to sign in with, for the members of a workplace.
///
/// Whoever holds a code can act as that member: print the file, put each code in its envelope, and delete the file.
/// A code made before for the same member is good no longer.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  mandate codes our-federation W17 --out codes-w17.csv")]
pub struct Args {
    /// The federation's directory
    dir: PathBuf,
    /// The workplace
    workplace: String,
    /// The file to write, which must not exist yet: member, name, code
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// How long the codes are good, as an ISO 8601 duration
    #[arg(long, default_value = "P30D", value_name = "PERIOD")]
    good_for: String,
}

/// Runs the command.
pub fn run(args: Args) -> Result<(), Failure> {
    let good_for: Period = args
        .good_for
        .parse()
        .map_err(|error| Failure::input(format!("--good-for {:?}: {error}", args.good_for)))?;
    let (federation, _) = load(&args.dir)?;
    let federation = federation.state().federation().map_err(Failure::check)?;
    let id = WorkplaceId::from(args.workplace.as_str());
    let Some((index, _)) = federation.roll.workplace(&id) else {
        return Err(Failure::input(format!("there is no workplace {id} on the roll")));
    };
    let members: Vec<MemberId> = federation
        .roll
        .present_in(index)
        .iter()
        .filter_map(|member| federation.roll.member_id(*member).cloned())
        .collect();
    let register = Register::open(&Directory::new(&args.dir)).map_err(failed)?;
    // The file is made first: codes that nobody could be given would only put the earlier ones out of use.
    let file = create(&args.out)?;
    let codes =
        mandate_web::make_codes(&args.dir, &members, good_for.after(now()?)).map_err(Failure::machine)?;
    let mut rows = csv::Writer::from_writer(file);
    let failed_to_write = |error: csv::Error| Failure::machine(format!("{}: {error}", args.out.display()));
    rows.write_record(["member", "name", "code"]).map_err(failed_to_write)?;
    for (member, code) in &codes {
        let name = register.fields(member.as_str()).map_err(failed)?.remove("name").unwrap_or_default();
        rows.write_record([member.as_str(), &name, code]).map_err(failed_to_write)?;
    }
    rows.flush().map_err(|error| Failure::machine(format!("{}: {error}", args.out.display())))?;
    println!("{} codes for {id} in {}", codes.len(), args.out.display());
    Ok(())
}
