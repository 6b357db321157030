//! `mandate init`: a charter with comments and empty rolls, ready to be filled in.

use crate::failure::Failure;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Write a commented charter and empty rolls with headings, ready to fill in.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  mandate init our-federation --name \"Federation of our Valley\"")]
pub struct Args {
    /// The directory; made where it does not exist. Nothing in it is overwritten.
    dir: PathBuf,
    /// What the federation is called.
    #[arg(long, default_value = "Our Federation of Workplaces")]
    name: String,
}

const CHARTER: &str = include_str!("init/charter.toml");
const NAME_IN_CHARTER: &str = "\"Our Federation of Workplaces\"";
const WORKPLACES: &str = "workplace,branch,district,members\n";
const MEMBERS: &str = "member,workplace,standing,kind\n";

/// Runs the command.
pub fn run(args: Args) -> Result<(), Failure> {
    let charter = CHARTER.replace(NAME_IN_CHARTER, &quoted(&args.name)?);
    let files =
        [("charter.toml", charter.as_str()), ("workplaces.csv", WORKPLACES), ("members.csv", MEMBERS)];
    let dir = &args.dir;
    let failed = |error: io::Error| Failure::machine(format!("{}: {error}", dir.display()));
    if let Some((name, _)) = files.iter().find(|(name, _)| dir.join(name).symlink_metadata().is_ok()) {
        return Err(Failure::input(format!(
            "{} is there already and stays as it is; choose another directory",
            dir.join(name).display()
        )));
    }
    fs::create_dir_all(dir).map_err(failed)?;
    for (name, text) in files {
        write_new(dir, name, text).map_err(failed)?;
    }
    let dir = dir.display();
    let lines = format!(
        "{dir}/charter.toml    the rules: read it, change what differs, then `mandate charter check {dir}/charter.toml`\n\
         {dir}/workplaces.csv  a line for each workplace, under the headings\n\
         {dir}/members.csv     a line for each member, with the workplace's id and no personal data"
    );
    writeln!(io::stdout(), "{lines}").map_err(failed)
}

/// The name as TOML writes it.
fn quoted(name: &str) -> Result<String, Failure> {
    if name.trim().is_empty() || name.chars().any(char::is_control) {
        return Err(Failure::input("--name: expected a name without line ends or other control characters"));
    }
    Ok(format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// Writes a file beside its place and moves it there once it is whole.
fn write_new(dir: &Path, name: &str, text: &str) -> io::Result<()> {
    let beside = dir.join(format!(".{name}.new"));
    let mut file: File = OpenOptions::new().write(true).create(true).truncate(true).open(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&beside, dir.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_charter_is_good_and_the_rolls_fit_it() {
        let charter = CHARTER.replace(NAME_IN_CHARTER, &quoted(r#"The "\" Federation"#).unwrap());
        let charter = mandate_charter::read(&charter).unwrap();
        assert_eq!(charter.federation.name, r#"The "\" Federation"#);
        let workplaces = mandate_charter::read_workplaces(WORKPLACES.as_bytes(), &charter).unwrap();
        assert!(mandate_charter::read_members(MEMBERS.as_bytes(), &workplaces, &charter).is_ok());
    }

    #[test]
    fn nothing_is_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let args = || Args { dir: dir.path().join("new"), name: "A".to_owned() };
        assert!(run(args()).is_ok());
        assert_eq!(run(args()).unwrap_err().code(), 2);
        let mut names: Vec<_> =
            fs::read_dir(dir.path().join("new")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["charter.toml", "members.csv", "workplaces.csv"]);
    }
}
