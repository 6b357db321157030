//! Economies as folders, plans as files.

use crate::failure::Failure;
use mandate_plan::{Economy, FILE_NAMES, Files, HORIZON_FILE_NAMES, Plan};
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// The named files of a folder; those that are not there are left out.
pub fn read_files<'a>(folder: &Path, names: impl IntoIterator<Item = &'a str>) -> Result<Files, Failure> {
    if !folder.is_dir() {
        return Err(Failure::input(format!("{}: no such folder", folder.display())));
    }
    let mut files = Files::new();
    for name in names {
        match fs::read(folder.join(name)) {
            Ok(bytes) => files.insert(name.to_owned(), bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(Failure::input(format!("{}: {error}", folder.join(name).display()))),
        };
    }
    Ok(files)
}

/// Reads a part of an economy, or one, from its folder.
pub fn read_part(folder: &Path) -> Result<Economy, Failure> {
    let files = read_files(folder, FILE_NAMES)?;
    Economy::read(&files).map_err(|error| Failure::input(format!("{}/{error}", folder.display())))
}

/// Reads an economy from its folder, and warns of products that nobody can supply.
pub fn read_economy(folder: &Path) -> Result<Economy, Failure> {
    let files = read_files(folder, FILE_NAMES.into_iter().chain(HORIZON_FILE_NAMES))?;
    let economy =
        Economy::read(&files).map_err(|error| Failure::input(format!("{}/{error}", folder.display())))?;
    for product in economy.unsupplied() {
        let id = &economy.products[product].id;
        eprintln!("warning: `{id}` is asked for, but nobody makes it, imports it or holds stock of it");
    }
    Ok(economy)
}

/// Writes an economy into a folder, each file beside its name first.
pub fn write_economy(economy: &Economy, folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| machine(folder, &error))?;
    for name in FILE_NAMES {
        write_beside(&folder.join(name), |out| economy.write_file(name, out))?;
    }
    Ok(())
}

/// Reads a plan for an economy.
pub fn read_plan(file: &Path, economy: &Economy) -> Result<Plan, Failure> {
    let bytes = fs::read(file).map_err(|error| Failure::input(format!("{}: {error}", file.display())))?;
    Plan::read(&bytes, economy).map_err(|error| Failure::input(format!("{}: {error}", file.display())))
}

/// Writes a file beside its name and renames it, so that no reader finds half of it.
pub fn write_beside(
    file: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    let beside = file.with_file_name(name);
    let written = fs::File::create(&beside).and_then(|created| {
        let mut out = io::BufWriter::with_capacity(1 << 16, created);
        write(&mut out)?;
        out.into_inner()?.sync_all()?;
        fs::rename(&beside, file)
    });
    written.map_err(|error| {
        // Best effort: what matters to the reader is the first error.
        let _ = fs::remove_file(&beside);
        machine(file, &error)
    })
}

fn machine(path: &Path, error: &io::Error) -> Failure {
    Failure::machine(format!("{}: {error}", path.display()))
}
