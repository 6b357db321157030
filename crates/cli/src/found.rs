//! `mandate found`: a charter and two rolls become a federation with a record of its own.

use crate::failure::Failure;
use crate::show::failed;
use jiff::Timestamp;
use mandate_assembly::ids::{Blob, MemberId};
use mandate_assembly::{Action, Command, founding};
use mandate_lab::{Desk, DeskError, RecordDesk};
use std::path::{Path, PathBuf};

/// Found a federation from a charter and two rolls, as `mandate init` lays them out.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  \
    mandate init coast && mandate found coast coast-record --commission M1,M2,M3")]
pub struct Args {
    /// The folder with charter.toml, workplaces.csv and members.csv
    folder: PathBuf,
    /// The directory of the record, which must not exist yet
    dir: PathBuf,
    /// Members who act for organs until these are elected, the founder first
    #[arg(long, required = true, value_delimiter = ',', value_name = "MEMBER")]
    commission: Vec<String>,
    /// The record's name, under which its checkpoints are known
    #[arg(long, value_name = "NAME")]
    origin: Option<String>,
}

/// Runs the command.
pub fn run(args: Args) -> Result<(), Failure> {
    if args.dir.exists() {
        return Err(Failure::input(format!("{} exists already; name another directory", args.dir.display())));
    }
    let charter = read(&args.folder, "charter.toml")?;
    let (workplaces, members) = (read(&args.folder, "workplaces.csv")?, read(&args.folder, "members.csv")?);
    let commission: Vec<MemberId> = args.commission.iter().map(|member| member.as_str().into()).collect();
    let by = commission.first().cloned().ok_or_else(|| Failure::input("--commission names nobody"))?;
    let found = founding::Action::Found { charter, workplaces, members, commission };
    let command = Command { at: now()?, by, action: Action::Founding(found) };
    // Decided in memory first: a charter or roll that is refused leaves no record behind.
    mandate_assembly::decide(
        &mandate_assembly::State::default(),
        &command,
        &std::collections::BTreeMap::new(),
    )
    .map_err(|refusal| Failure::input(format!("{}: {refusal}", args.folder.display())))?;
    let origin = args.origin.unwrap_or_else(|| format!("mandate.local/{}", name_of(&args.dir)));
    let mut desk = RecordDesk::open(&args.dir, &origin).map_err(failed)?;
    desk.submit(command).map_err(|error| match error {
        DeskError::Refused(refusal) => Failure::input(refusal),
        DeskError::Fault(fault) => Failure::machine(fault),
    })?;
    desk.commit().map_err(failed)?;
    let state = desk.state().map_err(Failure::machine)?;
    let federation = state.federation().map_err(Failure::check)?;
    println!(
        "{}: {} members at {} workplaces make {} assemblies; see: mandate show {}",
        federation.charter.federation.name,
        federation.roll.members_count(),
        federation.roll.workplaces().count(),
        federation.assemblies.len(),
        args.dir.display()
    );
    Ok(())
}

fn read(folder: &Path, name: &str) -> Result<Blob, Failure> {
    let path = folder.join(name);
    std::fs::read(&path).map(Blob).map_err(|error| {
        Failure::input(format!("{}: {error}; `mandate init` lays out what is expected", path.display()))
    })
}

fn name_of(dir: &Path) -> String {
    dir.file_name().map_or_else(|| "federation".into(), |name| name.to_string_lossy().into_owned())
}

/// Now, to the second: what the record keeps.
pub fn now() -> Result<Timestamp, Failure> {
    let seconds =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_err(Failure::machine)?;
    let seconds = i64::try_from(seconds.as_secs()).map_err(Failure::machine)?;
    Timestamp::from_second(seconds).map_err(Failure::machine)
}
