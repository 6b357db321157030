//! Ranked choice voting by a configuration of RCTab, which names the files of its records.

use crate::failure::Failure;
use mandate_count::rctab::{Configuration, Records, Tabulation};
use mandate_count::{CountError, ReadFailure};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::Path;

/// Whether a file is a configuration: ballot files never begin with a brace.
pub fn is_configuration(file: &Path) -> bool {
    use std::io::Read;
    let mut beginning = [0; 64];
    let read = fs::File::open(file).and_then(|mut file| file.read(&mut beginning)).unwrap_or(0);
    String::from_utf8_lossy(&beginning[..read])
        .trim_start_matches(['\u{feff}', ' ', '\r', '\n', '\t'])
        .starts_with('{')
}

/// Counts by a configuration, and the hash of configuration and records in their order.
pub fn tabulate(file: &Path, seed: Option<&[u8; 32]>) -> Result<(Vec<Tabulation>, String), Failure> {
    let mut hasher = Sha256::new();
    let json = read(file)?;
    hasher.update(&json);
    let configuration =
        Configuration::read(&json).map_err(|error| Failure::input(format!("{}: {error}", file.display())))?;
    let folder = file.parent().unwrap_or(Path::new(""));
    let mut records = Records::new();
    for source in &configuration.sources {
        let mut path = folder.join(&source.path);
        let saved_as_csv = path.with_extension("csv");
        if path.extension().is_some_and(|it| it == "xlsx") && saved_as_csv.exists() {
            path = saved_as_csv;
        }
        let content = read(&path)?;
        hasher.update(&content);
        configuration.read_source(source, &content[..], &mut records).map_err(|failure| match failure {
            ReadFailure::Content(error) => Failure::input(format!("{}: {error}", path.display())),
            ReadFailure::Machine(error) => Failure::machine(format!("{}: {error}", path.display())),
        })?;
    }
    let tabulations = configuration.tabulate(&records, seed).map_err(|error| {
        let message = format!("{}: {error}", file.display());
        match error {
            CountError::LotNeeded { .. } => Failure::check(message),
            _ => Failure::input(message),
        }
    })?;
    Ok((tabulations, hex::encode(hasher.finalize())))
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| Failure::input(format!("{}: {error}", path.display())))
}
