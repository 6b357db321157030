//! `mandate record`: the log that anyone can check.

use crate::count::written;
use crate::failure::Failure;
use indicatif::{ProgressBar, ProgressStyle};
use mandate_record::federation::{Audit, check_results};
use mandate_record::note::{Note, VerifierKey};
use mandate_record::tree::leaf_hash;
use mandate_record::{
    Checkpoint, Concern, Difference, Digest, Directory, Fault, Place, Reader, Verification,
};
use serde::Serialize;
use serde_json::json;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Check, copy and prove a federation's record.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
    mandate record verify valley\n  \
    mandate record checkpoint valley > kept-by-me\n  \
    mandate record verify valley --checkpoint kept-by-me\n  \
    mandate record export valley --out valley-2027\n  \
    mandate record entry valley 12")]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Check the files, then compute every result anew, and say where the first difference is
    #[command(after_help = "Example:\n  mandate record verify valley --checkpoint kept-by-me --json")]
    Verify {
        /// The federation's directory
        dir: PathBuf,
        /// A checkpoint kept elsewhere, which the record must still continue
        #[arg(long, value_name = "FILE")]
        checkpoint: Option<PathBuf>,
        /// The key by which that checkpoint must be signed, as `mandate record key` prints it
        #[arg(long, value_name = "KEY", requires = "checkpoint")]
        key: Option<String>,
        /// Check hashes, tree and attachments only, and compute no results
        #[arg(long)]
        files_only: bool,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Write the record as a folder of plain files
    #[command(after_help = "Example:\n  mandate record export valley --out valley-2027\n  \
        cd valley-2027 && sha256sum --check SHA256SUMS")]
    Export {
        /// The federation's directory
        dir: PathBuf,
        /// The folder to write, which must not exist yet
        #[arg(long, value_name = "FOLDER")]
        out: PathBuf,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Make a record from an exported folder: the same root, or nothing
    #[command(after_help = "Example:\n  mandate record import valley-2027 valley-again")]
    Import {
        /// The exported folder
        folder: PathBuf,
        /// The directory to make, which must not exist yet
        dir: PathBuf,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Print name, size and root, signed where the record has a key (C2SP tlog-checkpoint)
    #[command(after_help = "Example:\n  mandate record checkpoint valley > kept-by-me")]
    Checkpoint {
        /// The federation's directory
        dir: PathBuf,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Print the public key of the record's checkpoints, making the key at the first time
    #[command(after_help = "Example:\n  mandate record key valley")]
    Key {
        /// The federation's directory
        dir: PathBuf,
    },
    /// Print an entry and the proof that it is in the record
    #[command(after_help = "Example:\n  mandate record entry valley 12")]
    Entry {
        /// The federation's directory
        dir: PathBuf,
        /// The entry's number, from 0
        number: u64,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Print a proof: that an entry is in the record, or that the record continues what it once was
    #[command(after_help = "Examples:\n  mandate record prove valley --entry 12 > 12.tlog-proof\n  \
        mandate record prove valley --from 500 --to 900")]
    Prove {
        /// The federation's directory
        dir: PathBuf,
        /// Prove that this entry is in the record (C2SP tlog-proof)
        #[arg(long, value_name = "N", required_unless_present = "from", conflicts_with_all = ["from", "to"])]
        entry: Option<u64>,
        /// Prove that the record continues its first so many entries
        #[arg(long, value_name = "SIZE")]
        from: Option<u64>,
        /// Up to this size; all of it if not given
        #[arg(long, value_name = "SIZE", requires = "from")]
        to: Option<u64>,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
}

/// Runs the command.
pub fn run(args: Args) -> Result<(), Failure> {
    match args.action {
        Action::Verify { dir, checkpoint, key, files_only, json } => {
            let checkpoint = checkpoint.map(|path| read_checkpoint(&path, key.as_deref())).transpose()?;
            verify(&dir, checkpoint.as_ref(), files_only, json)
        }
        Action::Export { dir, out, json } => {
            let checkpoint = with_bar("exported", |progress| mandate_record::export(&dir, &out, progress))?;
            done("exported to", &out, &checkpoint, json)
        }
        Action::Import { folder, dir, json } => {
            let checkpoint =
                with_bar("imported", |progress| mandate_record::import(&folder, &dir, progress))?;
            done("imported to", &dir, &checkpoint, json)
        }
        Action::Checkpoint { dir, json } => checkpoint(&dir, json),
        Action::Key { dir } => key(&dir),
        Action::Entry { dir, number, json } => entry(&dir, number, json),
        Action::Prove { dir, entry: Some(number), json, .. } => prove_entry(&dir, number, json),
        Action::Prove { dir, from, to, json, .. } => {
            prove_consistency(&dir, from.unwrap_or_default(), to, json)
        }
    }
}

fn verify(dir: &Path, checkpoint: Option<&Checkpoint>, files_only: bool, json: bool) -> Result<(), Failure> {
    let mut verification =
        with_bar("verified", |progress| mandate_record::verify(dir, checkpoint, progress))?;
    let mut audit = None;
    if verification.is_ok() && !files_only {
        match with_bar("computed anew", |progress| check_results(dir, progress))? {
            Ok((_, found)) => audit = Some(found),
            Err(difference) => verification.first_difference = Some(difference),
        }
    }
    print(match json {
        true => json_line(&verified(&verification))?,
        false => verification_text(&verification, audit),
    })?;
    match verification.first_difference {
        None => Ok(()),
        Some(difference) => Err(Failure::check(format!("{}: {difference}", dir.display()))),
    }
}

/// The checkpoint in a file, whose signature is checked where a key is given.
fn read_checkpoint(path: &Path, key: Option<&str>) -> Result<Checkpoint, Failure> {
    let checkpoint = mandate_record::import::read_checkpoint(path).map_err(failure)?;
    if let Some(key) = key {
        let verifier =
            VerifierKey::parse(key).map_err(|problem| Failure::input(format!("--key: {problem}")))?;
        let text = std::fs::read_to_string(path)
            .map_err(|error| Failure::machine(format!("{}: {error}", path.display())))?;
        if !Note::parse(&text).is_some_and(|note| note.is_signed_by(&verifier)) {
            let problem = format!("{}: not signed by the key {verifier}", path.display());
            return Err(Failure::check(problem));
        }
    }
    Ok(checkpoint)
}

/// The fixed shape of `mandate record verify --json`.
#[derive(Serialize)]
struct Verified {
    ok: bool,
    entries: u64,
    root: Digest,
    first_difference: Option<Differs>,
}

#[derive(Serialize)]
struct Differs {
    /// The place in words.
    place: String,
    /// The place as data: its kind, and a number or hash where there is one.
    at: Place,
    problem: String,
}

fn verified(verification: &Verification) -> Verified {
    let differs = |difference: &Difference| Differs {
        place: difference.place.to_string(),
        at: difference.place.clone(),
        problem: difference.problem.clone(),
    };
    Verified {
        ok: verification.is_ok(),
        entries: verification.entries,
        root: verification.root,
        first_difference: verification.first_difference.as_ref().map(differs),
    }
}

fn verification_text(verification: &Verification, audit: Option<Audit>) -> String {
    let mut text = format!("entries  {}\nroot     {}\n", verification.entries, verification.root);
    for (hash, entry) in &verification.erased {
        text += &format!("erased   attachment {hash}, by entry {entry}\n");
    }
    if let Some(Audit { same, erased }) = audit {
        text += &format!(
            "results  {same} computed anew, all the same; {erased} no longer, their ballots being erased\n"
        );
    }
    text += if verification.is_ok() { "ok" } else { "not ok" };
    text
}

pub(crate) fn done(what: &str, path: &Path, checkpoint: &Checkpoint, json: bool) -> Result<(), Failure> {
    let Checkpoint { size, root, .. } = checkpoint;
    if json {
        return print(json!({ "path": path, "entries": size, "root": root }).to_string());
    }
    print(format!("{size} entries {what} {}\nroot {root}", path.display()))
}

fn checkpoint(dir: &Path, json: bool) -> Result<(), Failure> {
    let reader = Reader::open(dir).map_err(failure)?;
    let text = reader.checkpoint_text().map_err(failure)?;
    if json {
        let Checkpoint { origin, size, root } = reader.checkpoint();
        return print(json!({ "origin": origin, "entries": size, "root": root, "note": text }).to_string());
    }
    print(text.trim_end_matches('\n'))
}

fn key(dir: &Path) -> Result<(), Failure> {
    let directory = Directory::new(dir);
    let verifier = match directory.read_signing_key().map_err(failure)? {
        Some(key) => key.verifier(),
        None => {
            let origin = Reader::open(dir).map_err(failure)?.checkpoint().origin.clone();
            let mut seed = [0; 32];
            getrandom::fill(&mut seed)
                .map_err(|error| Failure::machine(format!("no random bytes: {error}")))?;
            directory.create_signing_key(&origin, seed).map_err(failure)?
        }
    };
    print(verifier.to_string())
}

fn entry(dir: &Path, number: u64, json: bool) -> Result<(), Failure> {
    let reader = Reader::open(dir).map_err(failure)?;
    let bytes = reader.entry(number).map_err(failure)?;
    let size = reader.checkpoint().size;
    let proof = reader.prove_inclusion(number, size).map_err(failure)?;
    let leaf = leaf_hash(&bytes);
    if !proof.holds(&leaf, &reader.checkpoint().root) {
        let problem =
            format!("{}: entry {number} is not what the root stands for; verify the record", dir.display());
        return Err(Failure::check(problem));
    }
    let entry = String::from_utf8_lossy(&bytes);
    if json {
        let Checkpoint { origin, size, root } = reader.checkpoint();
        let proof = json!({ "entry": entry, "leaf": leaf, "origin": origin, "root": root, "index": number,
            "size": size, "path": proof.path });
        return print(proof.to_string());
    }
    let text = reader.checkpoint_text().map_err(failure)?;
    print(format!("{entry}\n\n{}", proof.to_tlog_proof(&text).trim_end_matches('\n')))
}

fn prove_entry(dir: &Path, number: u64, json: bool) -> Result<(), Failure> {
    let reader = Reader::open(dir).map_err(failure)?;
    let proof = reader.prove_inclusion(number, reader.checkpoint().size).map_err(failure)?;
    if json {
        let mut value = json!(proof);
        value["root"] = json!(reader.checkpoint().root);
        return print(value.to_string());
    }
    let text = reader.checkpoint_text().map_err(failure)?;
    print(proof.to_tlog_proof(&text).trim_end_matches('\n'))
}

fn prove_consistency(dir: &Path, from: u64, to: Option<u64>, json: bool) -> Result<(), Failure> {
    let reader = Reader::open(dir).map_err(failure)?;
    let to = to.unwrap_or(reader.checkpoint().size);
    let proof = reader.prove_consistency(from, to).map_err(failure)?;
    let (from_root, to_root) = (reader.root_at(from).map_err(failure)?, reader.root_at(to).map_err(failure)?);
    if json {
        let mut value = json!(proof);
        (value["from_root"], value["to_root"]) = (json!(from_root), json!(to_root));
        return print(value.to_string());
    }
    let mut text = format!("from {from} {from_root}\nto   {to} {to_root}");
    for hash in &proof.path {
        text += &format!("\n{hash}");
    }
    print(text)
}

fn json_line(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(Failure::machine)
}

fn print(text: impl AsRef<str>) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    written(writeln!(out, "{}", text.as_ref()).and_then(|()| out.flush()))
}

/// A record's fault as an exit code.
pub(crate) fn failure(fault: Fault) -> Failure {
    match fault.concern() {
        Concern::Input => Failure::input(fault),
        Concern::Record => Failure::check(fault),
        Concern::Machine => Failure::machine(fault),
    }
}

/// Does something that counts entries, with a bar on standard error once it has taken a second.
pub(crate) fn with_bar<T>(
    what: &str,
    work: impl FnOnce(&mut dyn FnMut(u64, u64)) -> Result<T, Fault>,
) -> Result<T, Failure> {
    let start = Instant::now();
    let mut bar: Option<ProgressBar> = None;
    let done = work(&mut |count, of| {
        if bar.is_none() && start.elapsed() > Duration::from_secs(1) {
            let style = ProgressStyle::with_template("{msg} {bar:40} {human_pos} of {human_len}, {eta} left");
            bar =
                style.ok().map(|style| ProgressBar::new(of).with_style(style).with_message(what.to_owned()));
        }
        if let Some(bar) = &bar {
            bar.set_position(count);
        }
    });
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    done.map_err(failure)
}
