//! `mandate letters`: letters, cards and e-mails about what is called, and who was told.

use crate::failure::Failure;
use crate::found::now;
use crate::show::failed;
use mandate_charter::Period;
use mandate_web::{Letters, LettersError, LettersOrder, Progress, Reached};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Tell members of a meeting, an election, a recall or a vote of all: by letter, card or e-mail.
///
/// Each letter has a fresh code by which its reader signs in as that member; a code made before for the same member
/// is good no longer. Without --out and --send it says who was told and who was not.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
    mandate letters our-federation meeting-3\n  \
    mandate letters our-federation meeting-3 --workplace W17 --place 'Canteen, gate 2' --out w17.pdf\n  \
    mandate letters our-federation election-5 --workplace W17 --cards --out cards.pdf\n  \
    mandate letters our-federation meeting-3 --send\n\n\
    Addresses, names, e-mail addresses and languages come from the register (fields name, address, e-mail, language);\n\
    the site's address, the sender and the mail server from letters.toml in the directory.")]
pub struct Args {
    /// The federation's directory
    dir: PathBuf,
    /// What is called: meeting-3, election-3, recall-3 or referendum-3
    occasion: String,
    /// Write to one workplace only; needed on paper
    #[arg(long)]
    workplace: Option<String>,
    /// Print into this file, which must not exist yet
    #[arg(long, value_name = "FILE", conflicts_with = "send", requires = "workplace")]
    out: Option<PathBuf>,
    /// Print cards, eight a page, in place of letters
    #[arg(long, requires = "out")]
    cards: bool,
    /// Send e-mails to those who have an address and were not told
    #[arg(long)]
    send: bool,
    /// Print also for those who were told already
    #[arg(long, requires = "out")]
    again: bool,
    /// Where it takes place
    #[arg(long, value_name = "TEXT")]
    place: Option<String>,
    /// The language, where a member's register entry names none
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
    /// How long the codes are good, as an ISO 8601 duration
    #[arg(long, default_value = "P30D", value_name = "PERIOD")]
    good_for: String,
    /// Print the table as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(args: Args) -> Result<(), Failure> {
    let good_for: Period = args
        .good_for
        .parse()
        .map_err(|error| Failure::input(format!("--good-for {:?}: {error}", args.good_for)))?;
    let letters = Letters::open(&args.dir).map_err(failure)?;
    let order = LettersOrder {
        occasion: args.occasion.clone(),
        workplace: args.workplace.clone(),
        again: args.again,
        language: args.language.clone(),
        place: args.place.clone(),
        good_until: good_for.after(now()?),
    };
    if let Some(path) = &args.out {
        return print(&letters, &order, path, args.cards);
    }
    if args.send {
        return send(&letters, &order);
    }
    table(&letters.reached(&args.occasion).map_err(failure)?, args.json)
}

fn print(letters: &Letters, order: &LettersOrder, path: &Path, as_cards: bool) -> Result<(), Failure> {
    // The file is made first: codes that nobody could be given would only put the earlier ones out of use.
    let mut file = create(path)?;
    let printed = letters.print(order, as_cards).map_err(|error| {
        // Empty as it is, it would stand in the way of the next try.
        let _ = std::fs::remove_file(path);
        failure(error)
    })?;
    let written = file.write_all(&printed.pdf).and_then(|()| file.sync_all());
    written.map_err(|error| Failure::machine(format!("{}: {error}", path.display())))?;
    let what = if as_cards { "cards" } else { "letters" };
    println!("{} {what} in {}", printed.count, path.display());
    for (member, why) in &printed.left_out {
        println!("left out: {member}: {why}");
    }
    Ok(())
}

fn send(letters: &Letters, order: &LettersOrder) -> Result<(), Failure> {
    let progress = letters.send(order, &mut |_| {}).map_err(failure)?;
    let Progress { all, taken, refused, unclear, without, .. } = progress;
    println!(
        "{taken} of {all} taken, {refused} refused, {unclear} without an answer; {without} have no address"
    );
    match progress.stopped {
        None => Ok(()),
        Some(problem) => Err(Failure::check(format!(
            "{} not sent: {problem}; run it again later",
            all - taken - refused - unclear
        ))),
    }
}

fn table(reached: &[Reached], json: bool) -> Result<(), Failure> {
    let sum = |of: fn(&Reached) -> usize| reached.iter().map(of).sum::<usize>();
    let (all, told) = (sum(|one| one.entitled), sum(|one| one.told));
    if json {
        let rows: Vec<_> = reached
            .iter()
            .map(|one| {
                let states: serde_json::Map<_, _> =
                    one.states.iter().map(|(name, count)| ((*name).to_owned(), (*count).into())).collect();
                serde_json::json!({
                    "workplace": one.workplace, "entitled": one.entitled, "told": one.told,
                    "not_reached": one.entitled - one.told, "states": states,
                })
            })
            .collect();
        let value = serde_json::json!({
            "entitled": all, "told": told, "not_reached": all - told, "workplaces": rows,
        });
        println!("{value}");
        return Ok(());
    }
    for one in reached {
        let states: Vec<String> = one
            .states
            .iter()
            .filter(|(_, count)| *count > 0)
            .map(|(name, count)| format!("{count} {name}"))
            .collect();
        println!("{}: {} of {} told ({})", one.workplace, one.told, one.entitled, states.join(", "));
    }
    println!("{told} told + {} not reached = {all} entitled", all - told);
    Ok(())
}

/// What went wrong as an exit code.
pub fn failure(error: LettersError) -> Failure {
    match error {
        LettersError::Record(fault) => failed(fault),
        LettersError::Access(error) => Failure::machine(error),
        LettersError::Input(problem) => Failure::input(problem),
        LettersError::NotTaken(problem) => Failure::check(problem),
    }
}

/// A new file for its owner alone.
pub fn create(path: &Path) -> Result<std::fs::File, Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
        .open(path)
        .map_err(|error| Failure::input(format!("{}: {error}; name a new file", path.display())))
}
