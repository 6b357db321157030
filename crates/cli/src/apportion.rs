//! `mandate apportion`: seats in proportion to members or votes.

use crate::count::{parse_seed, written};
use crate::failure::Failure;
use mandate_count::{ApportionError, ApportionmentMethod, apportion};
use serde::Serialize;
use std::io::{self, Write};
use std::path::PathBuf;

/// Share seats in proportion to members or votes.
#[derive(clap::Args)]
#[command(after_help = "The file is a table of names and whole numbers, with or without a heading:\n\n  \
    name,votes\n  Miners,430000\n  Textiles,512000\n\nExample:\n  \
    mandate apportion webster unions.csv --seats 100 --minimum 1\n\n\
    The method biproportional takes a table of districts and parties, with the seats of each district:\n\n  \
    district,seats,Miners,Textiles\n  North,4,430,212\n  South,2,98,240\n\nExample:\n  \
    mandate apportion biproportional districts.csv")]
pub struct Args {
    /// The method's name; `--list` shows all.
    #[arg(required_unless_present = "list")]
    method: Option<String>,
    /// A CSV file: name, members or votes.
    #[arg(required_unless_present = "list")]
    file: Option<PathBuf>,
    /// Seats to share.
    #[arg(long, value_name = "N")]
    seats: Option<u32>,
    /// The least for each.
    #[arg(long, value_name = "N", default_value_t = 0)]
    minimum: u32,
    /// The most for each.
    #[arg(long, value_name = "N")]
    maximum: Option<u32>,
    /// Only those with at least this share take part: a fraction such as 1/20.
    #[arg(long, value_name = "FRACTION")]
    threshold: Option<String>,
    /// Biproportional: each voter has as many votes as the district has seats.
    #[arg(long)]
    votes_by_seats: bool,
    /// Seed of lots: 64 hexadecimal digits.
    #[arg(long, value_name = "HEX")]
    seed: Option<String>,
    /// One JSON object.
    #[arg(long)]
    json: bool,
    /// Every method with what it does.
    #[arg(long)]
    list: bool,
}

/// Runs the command.
pub fn run(args: Args) -> Result<(), Failure> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    if args.list {
        for method in ApportionmentMethod::ALL {
            written(writeln!(out, "{:28} {}", method.name(), method.summary()))?;
        }
        let summary = "by districts and parties at once: votes / (district divisor × party divisor), rounded";
        written(writeln!(out, "{:28} {summary}", "biproportional"))?;
        return written(out.flush());
    }
    let seed = args.seed.as_deref().map(parse_seed).transpose()?;
    let file = args.file.unwrap_or_default();
    if args.method.as_deref() == Some("biproportional") {
        return crate::biproportional::run(&file, args.seats, args.votes_by_seats, seed, args.json);
    }
    let method: ApportionmentMethod = args.method.unwrap_or_default().parse().map_err(Failure::input)?;
    let seats = args.seats.ok_or_else(|| {
        Failure::input("--seats is missing; say how many seats there are, for example --seats 20".to_owned())
    })?;
    let claimants = read(&file)?;
    let threshold = args.threshold.as_deref().map(parse_fraction).transpose()?.unwrap_or((0, 1));
    let total: u128 = claimants.iter().map(|claimant| u128::from(claimant.weight)).sum();
    let admitted = |claimant: &&Claimant| u128::from(claimant.weight) * threshold.1 >= total * threshold.0;
    let (admitted, below): (Vec<&Claimant>, Vec<&Claimant>) = claimants.iter().partition(admitted);
    let weights: Vec<u64> = admitted.iter().map(|claimant| claimant.weight).collect();
    let shares =
        apportion(method, &weights, seats, args.minimum, args.maximum, seed.as_ref()).map_err(|error| {
            match error {
                ApportionError::LotNeeded { tied } => {
                    let names: Vec<&str> =
                        tied.iter().map(|place| admitted[place - 1].name.as_str()).collect();
                    Failure::check(format!(
                        "a lot is needed for the last seats between {}; pass --seed HEX",
                        names.join(", ")
                    ))
                }
                error => Failure::input(error),
            }
        })?;
    let seated = admitted.iter().zip(shares).map(|(claimant, seats)| Share {
        name: &claimant.name,
        weight: claimant.weight,
        seats,
    });
    let unseated =
        below.iter().map(|claimant| Share { name: &claimant.name, weight: claimant.weight, seats: 0 });
    let mut shares: Vec<Share> = seated.chain(unseated).collect();
    let place = |share: &Share| claimants.iter().position(|claimant| claimant.name == share.name);
    shares.sort_by_key(place);
    let result = Apportioned { file: file.display().to_string(), method, seats, weight: total, shares };
    written(
        writeln!(out, "{}", if args.json { result.json() } else { result.table() })
            .and_then(|()| out.flush()),
    )
}

/// `a/b`, as two whole numbers.
fn parse_fraction(text: &str) -> Result<(u128, u128), Failure> {
    let parsed = text
        .split_once('/')
        .and_then(|(a, b)| Some((a.trim().parse::<u32>().ok()?, b.trim().parse::<u32>().ok()?)));
    match parsed {
        Some((numerator, denominator)) if denominator > 0 && numerator <= denominator => {
            Ok((numerator.into(), denominator.into()))
        }
        _ => Err(Failure::input(format!(
            "--threshold is \"{text}\"; expected a fraction up to 1, for example 1/20"
        ))),
    }
}

struct Claimant {
    name: String,
    weight: u64,
}

/// Reads names and weights; the first line may be a heading.
fn read(file: &std::path::Path) -> Result<Vec<Claimant>, Failure> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::input(format!("{}: {error}", file.display())))?;
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().next().unwrap_or_default();
    let delimiter =
        [b';', b'\t'].into_iter().find(|delimiter| first.as_bytes().contains(delimiter)).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut claimants: Vec<Claimant> = Vec::new();
    for (place, record) in reader.records().enumerate() {
        let record = record.map_err(|error| Failure::input(format!("{}: {error}", file.display())))?;
        let line = record.position().map_or(0, csv::Position::line);
        let problem = |message: String| {
            Failure::input(format!(
                "{}: line {line}: {message}; each line is a name and a whole number",
                file.display()
            ))
        };
        let [name, weight] = [record.get(0), record.get(1)].map(Option::unwrap_or_default);
        if record.len() != 2 {
            return Err(problem(format!("{} cells instead of 2", record.len())));
        }
        match weight.parse::<u64>() {
            Ok(weight) if claimants.iter().all(|claimant| claimant.name != name) => {
                claimants.push(Claimant { name: name.to_owned(), weight });
            }
            Ok(_) => return Err(problem(format!("\"{name}\" appears twice"))),
            Err(_) if place == 0 => {}
            Err(_) => return Err(problem(format!("\"{weight}\" is not a whole number"))),
        }
    }
    if claimants.is_empty() {
        return Err(Failure::input(format!("{}: no names and numbers in it", file.display())));
    }
    Ok(claimants)
}

#[derive(Serialize)]
struct Apportioned<'a> {
    file: String,
    method: ApportionmentMethod,
    seats: u32,
    weight: u128,
    shares: Vec<Share<'a>>,
}

#[derive(Serialize)]
struct Share<'a> {
    name: &'a str,
    weight: u64,
    seats: u32,
}

impl Apportioned<'_> {
    fn json(&self) -> String {
        serde_json::to_string(self).expect("names and numbers are JSON")
    }

    fn table(&self) -> String {
        let width = self.shares.iter().map(|share| share.name.chars().count()).max().unwrap_or(0).max(4);
        let mut table = format!("{:width$}  {:>14}  {:>10}  {:>6}", "name", "weight", "fair share", "seats");
        for Share { name, weight, seats } in &self.shares {
            // For the eye only: the method itself computes in whole numbers.
            let thousandths = u128::from(*weight) * u128::from(self.seats) * 1000 / self.weight.max(1);
            let share = format!("{}.{:03}", thousandths / 1000, thousandths % 1000);
            table += &format!("\n{name:width$}  {weight:>14}  {share:>10}  {seats:>6}");
        }
        table
    }
}
