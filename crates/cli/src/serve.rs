//! `mandate serve`: the pages of one federation.

use crate::failure::Failure;
use crate::show::failed;
use indicatif::{ProgressBar, ProgressStyle};
use mandate_web::{Options, ServeError};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Serve a federation's pages: what it is and decides, for reading and acting.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
    mandate serve our-federation\n  \
    mandate serve our-federation --listen 127.0.0.1:8000 --behind-tls\n  \
    mandate serve us-2017-7 --trial\n\n\
    It listens on this machine only; put a proxy that speaks TLS in front for others: see docs/guide-operator.md.")]
pub struct Args {
    /// The federation's directory
    dir: PathBuf,
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Let anybody act as anybody, and let time go on where the record ends: for examples
    #[arg(long)]
    trial: bool,
    /// In a trial, what time it is at the start, such as 2027-03-01T09:00:00Z
    #[arg(long, requires = "trial", value_name = "TIME")]
    trial_time: Option<jiff::Timestamp>,
    /// A proxy in front speaks TLS: cookies are sent over TLS only
    #[arg(long)]
    behind_tls: bool,
    /// Whether those who hold a post act only with a second factor; if not given: yes, but in a trial no
    #[arg(long, value_name = "true|false")]
    officers_second_factor: Option<bool>,
    /// Write a line of JSON to standard error about every request: what was asked for, never by whom
    #[arg(long)]
    log: bool,
    /// The folder of the archives of secret ballots, which are voted in at /booth/ [default: boxes in DIR, if it is there]
    #[arg(long, value_name = "FOLDER")]
    boxes: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: Args) -> Result<(), Failure> {
    let Args { dir, listen, trial, trial_time, behind_tls, officers_second_factor, log, boxes } = args;
    let officers_second_factor = officers_second_factor.unwrap_or(!trial);
    let on_request = log.then_some((|line| eprintln!("{line}")) as fn(&str));
    serve(Options {
        directory: dir,
        listen,
        trial,
        trial_time,
        on_request,
        on_fault: if log { say_on_a_line } else { say },
        behind_tls,
        officers_second_factor,
        boxes,
    })
}

/// Says on standard error what went wrong.
pub fn say(fault: &str) {
    eprintln!("mandate: {fault}");
}

/// The same where requests are logged: a line of JSON like theirs.
fn say_on_a_line(fault: &str) {
    eprintln!("{}", serde_json::json!({ "at": jiff::Timestamp::now().to_string(), "fault": fault }));
}

/// Serves until it is told to end.
pub fn serve(options: Options) -> Result<(), Failure> {
    let bar = ProgressBar::new(0).with_style(
        ProgressStyle::with_template("replaying {bar:30} {pos}/{len} entries")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let mut replaying = |done, all| {
        bar.set_length(all);
        bar.set_position(done);
        if done == all {
            bar.finish_and_clear();
        }
    };
    let mut ready = |address| eprintln!("serving http://{address} · end with Ctrl-C");
    mandate_web::serve(options, &mut replaying, &mut ready).map_err(|error| match error {
        ServeError::Record(fault) => failed(fault),
        ServeError::Machine(_) | ServeError::Listen { .. } => Failure::machine(error),
        other => Failure::input(other),
    })
}
