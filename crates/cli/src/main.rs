//! The one binary. Each subcommand is a file of its own; this one only knows their names.

mod act;
mod apportion;
mod audit;
mod backup;
mod ballot;
mod biproportional;
mod budget;
mod charter;
mod codes;
mod convert;
mod count;
mod demo;
mod failure;
mod found;
mod init;
mod letters;
mod mail;
mod plan;
mod record;
mod register;
mod restore;
mod second_factor;
mod serve;
mod show;
mod table;
mod works_council;

use clap::{Parser, Subcommand};
use failure::Failure;
use std::process::ExitCode;

/// Federations of workplaces that run their common economy through elected assemblies.
#[derive(Parser)]
#[command(name = "mandate", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Demo(demo::Args),
    Init(init::Args),
    Found(found::Args),
    Act(act::Args),
    Show(show::Args),
    Serve(serve::Args),
    Codes(codes::Args),
    Backup(backup::Args),
    Restore(restore::Args),
    SecondFactor(second_factor::Args),
    Letters(letters::Args),
    Mail(mail::Args),
    Register(register::Args),
    Charter(charter::Args),
    Count(count::Args),
    Convert(convert::Args),
    Audit(audit::Args),
    Apportion(apportion::Args),
    Budget(budget::Args),
    WorksCouncil(works_council::Args),
    Ballot(ballot::Args),
    Plan(plan::Args),
    Record(record::Args),
}

fn main() -> ExitCode {
    end_quietly_without_reader();
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) if failure.code() == 0 => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("mandate: {failure}");
            ExitCode::from(failure.code())
        }
    }
}

/// `println!` panics where the reader of a pipe has gone; that is the end of the output and no fault.
fn end_quietly_without_reader() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let is_pipe =
            |text: &str| text.starts_with("failed printing to stdout") && text.contains("Broken pipe");
        if panic.payload().downcast_ref::<String>().is_some_and(|text| is_pipe(text)) {
            std::process::exit(0);
        }
        report(panic);
    }));
}

fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Demo(args) => demo::run(args),
        Command::Show(args) => show::run(args),
        Command::Serve(args) => serve::run(args),
        Command::Codes(args) => codes::run(args),
        Command::Backup(args) => backup::run(args),
        Command::Restore(args) => restore::run(args),
        Command::SecondFactor(args) => second_factor::run(args),
        Command::Letters(args) => letters::run(args),
        Command::Mail(args) => mail::run(args),
        Command::Register(args) => register::run(args),
        Command::Init(args) => init::run(args),
        Command::Found(args) => found::run(args),
        Command::Act(args) => act::run(args),
        Command::Charter(args) => charter::run(args),
        Command::Count(args) => count::run(args),
        Command::Convert(args) => convert::run(args),
        Command::Audit(args) => audit::run(args),
        Command::Apportion(args) => apportion::run(args),
        Command::Budget(args) => budget::run(args),
        Command::WorksCouncil(args) => works_council::run(args),
        Command::Ballot(args) => ballot::run(args),
        Command::Plan(args) => plan::run(args),
        Command::Record(args) => record::run(args),
    }
}
