//! `mandate convert`: ballot files from one format into another.

use crate::count::read_ballots;
use crate::failure::Failure;
use mandate_count::Format;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Convert a ballot file into another format.
#[derive(clap::Args)]
#[command(
    after_help = "The format read is told by the content, the one written by the extension: blt, soc, soi, toc, \
    toi, cat (PrefLib), csv (a table of ranks), abif; cast vote records of NIST \
    (json) are read only.\n\nExample:\n  mandate convert ward-5.blt ward-5.soi"
)]
pub struct Args {
    /// The file to read; `-` reads standard input.
    from: PathBuf,
    /// The file to write.
    to: PathBuf,
    /// The format to write, instead of that of the extension.
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
}

/// Runs the command.
pub fn run(args: Args) -> Result<(), Failure> {
    let extension = args.to.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    let format: Format = match args.format.or(extension) {
        Some(name) => name.parse().map_err(Failure::input)?,
        None => {
            let message = format!("{}: no extension tells the format; pass --format blt", args.to.display());
            return Err(Failure::input(message));
        }
    };
    let (election, _) = read_ballots(&args.from)?;
    write(&args.to, |out| format.write(&election, out)).map_err(|error| {
        let message = format!("{}: {error}", args.to.display());
        match error.kind() {
            io::ErrorKind::InvalidInput | io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied => {
                Failure::input(message)
            }
            _ => Failure::machine(message),
        }
    })
}

/// Writes beside the file and renames, so that nothing is left half-written.
fn write(path: &Path, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    let written = (|| {
        let mut out = BufWriter::new(std::fs::File::create(&beside)?);
        content(&mut out)?;
        out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        std::fs::rename(&beside, path)
    })();
    if written.is_err() {
        // What was written so far is of no use; that it may not be there at all is no second failure.
        let _ = std::fs::remove_file(&beside);
    }
    written
}
