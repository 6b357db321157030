//! The key ceremony of a threshold group: any k of n trustees decrypt.

use super::files::{self, Secrecy};
use super::{GroupArgs, refused, refused_one};
use crate::failure::Failure;
use clap::Subcommand;
use mandate_ballot::{CeremonyPlace, Seed, SystemRandomness};
use std::path::PathBuf;

/// Trustees and election officer: the key ceremony of a group of whom any k of n decrypt, in six steps.
#[derive(Subcommand)]
pub enum Step {
    Certify(CertifyArgs),
    Check(CheckArgs),
    Polynomial(PolynomialArgs),
    Route(RouteArgs),
    Key(KeyArgs),
    Finish(FinishArgs),
}

/// Step 1, every trustee: a seed to keep (ID.key) and a certificate to send to the officer (ID.cert).
#[derive(clap::Args)]
pub struct CertifyArgs {
    #[command(flatten)]
    group: GroupArgs,
    /// The number of trustees.
    #[arg(long, value_name = "N", required_unless_present = "unbound", requires_all = ["threshold", "index"])]
    size: Option<usize>,
    /// How many of them decrypt.
    #[arg(long, value_name = "K")]
    threshold: Option<usize>,
    /// Your number, from 1.
    #[arg(long, value_name = "I")]
    index: Option<usize>,
    /// A certificate of version 2.0, bound to none of these, for a ceremony with belenios-tool 2.0.
    #[arg(long, conflicts_with = "size")]
    unbound: bool,
    /// Where to write both files.
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
}

/// Step 2, everybody: check the certificates, a line each in the order of the trustees.
#[derive(clap::Args)]
pub struct CheckArgs {
    #[command(flatten)]
    group: GroupArgs,
    /// All certificates.
    #[arg(long, value_name = "FILE")]
    certs: PathBuf,
}

/// Step 3, every trustee: a random polynomial, its shares sealed for the others.
#[derive(clap::Args)]
pub struct PolynomialArgs {
    #[command(flatten)]
    group: GroupArgs,
    /// All certificates.
    #[arg(long, value_name = "FILE")]
    certs: PathBuf,
    /// Your seed (ID.key).
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The threshold, for certificates of version 2.0.
    #[arg(long, value_name = "K")]
    threshold: Option<usize>,
    /// Where to write it; standard output if not given.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Step 4, the officer: route the shares (ID.vinput for each trustee).
#[derive(clap::Args)]
pub struct RouteArgs {
    #[command(flatten)]
    group: GroupArgs,
    /// All certificates.
    #[arg(long, value_name = "FILE")]
    certs: PathBuf,
    /// All polynomials, a line each in the order of the trustees.
    #[arg(long, value_name = "FILE")]
    polynomials: PathBuf,
    /// Where to write the files.
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
}

/// Step 5, every trustee: check the shares and make the key.
#[derive(clap::Args)]
pub struct KeyArgs {
    #[command(flatten)]
    group: GroupArgs,
    /// All certificates.
    #[arg(long, value_name = "FILE")]
    certs: PathBuf,
    /// Your seed (ID.key).
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Your shares (ID.vinput).
    #[arg(long, value_name = "FILE")]
    shares: PathBuf,
    /// Where to write it; standard output if not given.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Step 6, the officer: the group's parameters, and the sealed decryption keys (ID.dkey) for the trustees.
#[derive(clap::Args)]
pub struct FinishArgs {
    #[command(flatten)]
    group: GroupArgs,
    /// All certificates.
    #[arg(long, value_name = "FILE")]
    certs: PathBuf,
    /// All polynomials.
    #[arg(long, value_name = "FILE")]
    polynomials: PathBuf,
    /// What the trustees made in step 5, a line each in their order.
    #[arg(long, value_name = "FILE")]
    outputs: PathBuf,
    /// Where to write the sealed keys.
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    /// Where to write the parameters; standard output if not given.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub fn run(step: &Step) -> Result<(), Failure> {
    match step {
        Step::Certify(args) => certify(args),
        Step::Check(args) => check(args),
        Step::Polynomial(args) => polynomial(args),
        Step::Route(args) => route(args),
        Step::Key(args) => key(args),
        Step::Finish(args) => finish(args),
    }
}

fn certify(args: &CertifyArgs) -> Result<(), Failure> {
    let place = match (args.size, args.threshold, args.index) {
        (Some(size), Some(threshold), Some(index)) => Some(CeremonyPlace { size, threshold, index }),
        _ => None,
    };
    let made = args.group.group.certify(place, &mut SystemRandomness).map_err(refused_one)?;
    files::make_folder(&args.dir)?;
    let path = |suffix: &str| args.dir.join(format!("{}.{suffix}", made.id));
    files::write_new(&path("key"), made.seed.as_bytes(), Secrecy::Secret)?;
    files::write_new(&path("cert"), format!("{}\n", made.certificate).as_bytes(), Secrecy::Public)?;
    println!("{}", made.id);
    Ok(())
}

fn check(args: &CheckArgs) -> Result<(), Failure> {
    let threshold = args.group.group.check_certificates(&files::read(&args.certs)?).map_err(refused)?;
    match threshold {
        Some(threshold) => println!("the certificates are right; threshold {threshold}"),
        None => println!("the certificates are right; as of version 2.0 they are bound to no threshold"),
    }
    Ok(())
}

fn polynomial(args: &PolynomialArgs) -> Result<(), Failure> {
    let certs = files::read(&args.certs)?;
    let seed = Seed::parse(&files::read_secret(&args.key)?).map_err(refused_one)?;
    let polynomial =
        args.group.group.polynomial(&certs, &seed, args.threshold, &mut SystemRandomness).map_err(refused)?;
    files::write_message(args.out.as_ref(), &polynomial)
}

fn route(args: &RouteArgs) -> Result<(), Failure> {
    let (certs, polynomials) = (files::read(&args.certs)?, files::read(&args.polynomials)?);
    files::make_folder(&args.dir)?;
    for (id, shares) in args.group.group.route(&certs, &polynomials).map_err(refused)? {
        let path = args.dir.join(format!("{id}.vinput"));
        files::write_new(&path, format!("{shares}\n").as_bytes(), Secrecy::Public)?;
    }
    Ok(())
}

fn key(args: &KeyArgs) -> Result<(), Failure> {
    let (certs, shares) = (files::read(&args.certs)?, files::read(&args.shares)?);
    let seed = Seed::parse(&files::read_secret(&args.key)?).map_err(refused_one)?;
    let output =
        args.group.group.ceremony_key(&certs, &seed, &shares, &mut SystemRandomness).map_err(refused)?;
    files::write_message(args.out.as_ref(), &output)
}

fn finish(args: &FinishArgs) -> Result<(), Failure> {
    let (certs, polynomials) = (files::read(&args.certs)?, files::read(&args.polynomials)?);
    let outputs = files::read(&args.outputs)?;
    let made = args.group.group.finish_ceremony(&certs, &polynomials, &outputs).map_err(refused)?;
    files::make_folder(&args.dir)?;
    for (id, sealed) in &made.sealed_keys {
        let path = args.dir.join(format!("{id}.dkey"));
        files::write_new(&path, format!("{sealed}\n").as_bytes(), Secrecy::Secret)?;
    }
    files::write_message(args.out.as_ref(), &made.parameters)
}
