//! `mandate plan`: economies, plans, their certificates, and variants.

mod check;
mod compare;
mod control;
mod economy;
mod export;
mod folder;
mod participants;
mod proof;
mod rounds;
mod solve;
mod stages;
mod why;

use crate::failure::Failure;
use clap::Subcommand;
pub(crate) use solve::peak_memory_bytes;

/// Economies, plans and the certificates that prove them.
#[derive(clap::Args)]
#[command(after_help = "Example, from tables to a checked plan:\n  \
    mandate plan import bea us-input-output/summary-2017 --out us\n  \
    mandate plan generate --from us --workplaces 2100 --seed 7 --out us-2100\n  \
    mandate plan solve us-2100 --out plan.json\n  \
    mandate plan check us-2100 plan.json")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    #[command(subcommand)]
    Import(economy::Import),
    Generate(economy::Generate),
    Vary(economy::Vary),
    Unfold(economy::Unfold),
    Solve(solve::Args),
    Rounds(rounds::Args),
    Share(participants::Share),
    Propose(participants::Propose),
    Prices(participants::Prices),
    Target(participants::Target),
    Commit(participants::Commit),
    Adopt(participants::Adopt),
    Assemble(participants::Assemble),
    Check(check::Args),
    Compare(compare::Args),
    Control(control::Control),
    Replan(control::Replan),
    Bottlenecks(control::Bottlenecks),
    Why(why::Args),
    Export(export::Args),
}

/// Runs the command.
pub fn run(args: Args) -> Result<(), Failure> {
    match args.command {
        Command::Import(import) => economy::import(import),
        Command::Generate(generate) => economy::generate(generate),
        Command::Vary(vary) => economy::vary(vary),
        Command::Unfold(args) => economy::unfold(args),
        Command::Solve(args) => solve::run(args),
        Command::Rounds(args) => rounds::run(args),
        Command::Share(args) => args.run(),
        Command::Propose(args) => args.run(),
        Command::Prices(args) => args.run(),
        Command::Target(args) => args.run(),
        Command::Commit(args) => args.run(),
        Command::Adopt(args) => args.run(),
        Command::Assemble(args) => args.run(),
        Command::Check(args) => check::run(args),
        Command::Compare(args) => compare::run(args),
        Command::Control(args) => control::control(args),
        Command::Replan(args) => control::replan(args),
        Command::Bottlenecks(args) => control::bottlenecks(args),
        Command::Why(args) => why::run(args),
        Command::Export(args) => export::run(args),
    }
}
