//! `mandate ballot`: secret elections by the Belenios protocol, each role at its own command and its own files.

mod auditor;
mod authority;
mod ceremony;
mod files;
mod keeper;
mod officer;
mod paper;
mod serve;
mod trustee;
mod voter;

use crate::failure::Failure;
use clap::Subcommand;
use mandate_ballot::{Fault, GroupName};

/// Hold and verify secret elections whose every step can be checked.
#[derive(clap::Args)]
#[command(after_help = "Example, one trustee and three voters:\n  \
    mandate ballot id > uuid\n  \
    mandate ballot trustee-key --dir trustee\n  \
    mandate ballot trustees --key trustee/*.pubkey --out trustees.json\n  \
    mandate ballot credentials --uuid $(cat uuid) --count 3 --dir authority\n  \
    mandate ballot election --uuid $(cat uuid) --template questions.json --trustees trustees.json --out election.json\n  \
    mandate ballot open box.bel --election election.json --trustees trustees.json --credentials authority/public.json\n  \
    mandate ballot encrypt box.bel --credential my-credential --vote '[[1,0]]' --out my.ballot\n  \
    mandate ballot cast box.bel my.ballot\n  \
    mandate ballot close box.bel\n  \
    mandate ballot decrypt box.bel --trustee 1 --key trustee/*.privkey --out 1.decryption\n  \
    mandate ballot add-decryption box.bel 1.decryption\n  \
    mandate ballot result box.bel\n  \
    mandate ballot verify box.bel")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Election officer: a fresh identifier for an election.
    Id,
    TrusteeKey(trustee::KeyArgs),
    #[command(subcommand)]
    Ceremony(ceremony::Step),
    Trustees(officer::TrusteesArgs),
    Credentials(authority::Args),
    Election(officer::ElectionArgs),
    Open(officer::OpenArgs),
    Encrypt(voter::Args),
    CheckOpened(voter::CheckOpenedArgs),
    Paper(paper::Args),
    Cast(keeper::CastArgs),
    Serve(serve::Args),
    Close(keeper::BoxArgs),
    Shuffle(trustee::ShuffleArgs),
    AddShuffle(keeper::AddArgs),
    EndShuffles(keeper::BoxArgs),
    Decrypt(trustee::DecryptArgs),
    AddDecryption(keeper::AddArgs),
    Result(keeper::BoxArgs),
    Verify(auditor::VerifyArgs),
    List(auditor::ListArgs),
}

/// Runs the command.
pub fn run(args: Args) -> Result<(), Failure> {
    match args.command {
        Command::Id => officer::id(),
        Command::TrusteeKey(args) => trustee::key(&args),
        Command::Ceremony(step) => ceremony::run(&step),
        Command::Trustees(args) => officer::trustees(&args),
        Command::Credentials(args) => authority::run(&args),
        Command::Election(args) => officer::election(&args),
        Command::Open(args) => officer::open(&args),
        Command::Encrypt(args) => voter::run(&args),
        Command::CheckOpened(args) => voter::check_opened(&args),
        Command::Serve(args) => serve::run(&args),
        Command::Paper(args) => paper::run(&args),
        Command::Cast(args) => keeper::cast(&args),
        Command::Close(args) => keeper::close(&args),
        Command::Shuffle(args) => trustee::shuffle(&args),
        Command::AddShuffle(args) => keeper::add_shuffle(&args),
        Command::EndShuffles(args) => keeper::end_shuffles(&args),
        Command::Decrypt(args) => trustee::decrypt(&args),
        Command::AddDecryption(args) => keeper::add_decryption(&args),
        Command::Result(args) => keeper::result(&args),
        Command::Verify(args) => auditor::verify(&args),
        Command::List(args) => auditor::list(&args),
    }
}

/// The group of an election's keys.
#[derive(clap::Args)]
struct GroupArgs {
    /// Ed25519, RFC-3526-2048 or BELENIOS-2048 (the latter two for belenios-tool 2.0).
    #[arg(long, default_value = "Ed25519", value_parser = parse_group)]
    group: GroupName,
}

fn parse_group(text: &str) -> Result<GroupName, String> {
    text.parse().map_err(|fault: Fault| fault.to_string())
}

/// A refused message: what is wrong with it, all of it.
fn refused(faults: Vec<Fault>) -> Failure {
    let texts: Vec<String> = faults.iter().map(Fault::to_string).collect();
    let message = texts.join("\n  ");
    match faults.first() {
        Some(Fault::Io { .. } | Fault::Randomness { .. }) => Failure::machine(message),
        _ => Failure::check(message),
    }
}

fn refused_one(fault: Fault) -> Failure {
    refused(vec![fault])
}
