//! `plan import`, `plan generate`, `plan vary`: where economies come from.

use super::folder::{read_economy, read_files, write_economy};
use crate::failure::Failure;
use mandate_plan::bea::{self, Setting, Tiers};
use mandate_plan::generate::{Splitting, split};
use mandate_plan::tables::{Layout, TableSetting, TableTreatment, import_tables};
use mandate_plan::{Decimal, Economy, Ratio};
use serde_json::json;
use std::path::PathBuf;

/// Make an economy of somebody's tables.
#[derive(clap::Subcommand)]
pub enum Import {
    Bea(ImportBea),
    Csv(ImportCsv),
}

/// Make and use tables, or a symmetric table, of any office: Eurostat's codes, EXIOBASE's files, or codes of one's own.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
    mandate plan import csv tables --unit 'million EUR of 2020' --out economy\n  \
    mandate plan import csv IOT_2019_pxp --layout exiobase --unit 'million EUR' --decimals 6 --out world")]
pub struct ImportCsv {
    /// Folder with supply.csv and use.csv, or table.csv, or Z.txt and Y.txt; and roles.csv for codes that are not known.
    dir: PathBuf,
    /// Folder to write the economy to.
    #[arg(long, value_name = "ECONOMY")]
    out: PathBuf,
    /// How the files look, and which codes are known.
    #[arg(long, value_enum, default_value = "plain")]
    layout: LayoutArg,
    /// The unit of every number in the tables.
    #[arg(long)]
    unit: String,
    /// Decimals to which numbers are rounded.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(0..=9))]
    decimals: u32,
    /// The unit of the labour rows [default: that of the tables].
    #[arg(long, value_name = "UNIT")]
    labour_unit: Option<String>,
    /// What the economy is called [default: the folder's name].
    #[arg(long)]
    name: Option<String>,
    /// Each industry may go to this multiple of its output in the tables.
    #[arg(long, value_name = "FRACTION", default_value = "11/10", value_parser = parse_ratio)]
    capacity: Ratio<i64>,
    /// One JSON object: {"products", "activities", "needs", "treatments"}.
    #[arg(long)]
    json: bool,
}

/// [`Layout`] as an option.
#[derive(Clone, Copy, clap::ValueEnum)]
enum LayoutArg {
    /// Codes of one's own; roles.csv says what they stand for
    Plain,
    /// Codes of the European System of Accounts
    Eurostat,
    /// Z.txt, Y.txt, F.txt by region and sector
    Exiobase,
}

/// Make and use tables of the United States' Bureau of Economic Analysis.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  mandate plan import bea us-input-output/summary-2017 --out us")]
pub struct ImportBea {
    /// Folder with make.csv, use.csv and the names.
    dir: PathBuf,
    /// Folder to write the economy to.
    #[arg(long, value_name = "ECONOMY")]
    out: PathBuf,
    /// Tiers of final demand: 3 (households; government; investment and exports) or 1.
    #[arg(long, default_value = "3", value_parser = ["1", "3"])]
    tiers: String,
    /// Each industry may go to this multiple of its output in 2017.
    #[arg(long, value_name = "FRACTION", default_value = "11/10", value_parser = parse_ratio)]
    capacity: Ratio<i64>,
    /// One JSON object: {"products", "activities", "needs", "treatments"}.
    #[arg(long)]
    json: bool,
}

/// Split each industry into workplaces of unequal size, productivity and input mix.
#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  mandate plan generate --from us --workplaces 2100 --seed 7 --out us-2100"
)]
pub struct Generate {
    /// Folder of the economy to split.
    #[arg(long, value_name = "ECONOMY")]
    from: PathBuf,
    /// How many workplaces in all.
    #[arg(long, value_name = "N")]
    workplaces: usize,
    /// The same seed gives the same economy.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Names of districts to strew the workplaces over, divided by commas.
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    districts: Vec<String>,
    /// Folder to write the economy to.
    #[arg(long, value_name = "ECONOMY")]
    out: PathBuf,
}

/// Write an economy of several periods as one in which every row stands once a period.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  mandate plan unfold farm --out farm-unfolded")]
pub struct Unfold {
    /// Folder of the economy.
    economy: PathBuf,
    /// Folder to write the unfolded economy to.
    #[arg(long, value_name = "ECONOMY")]
    out: PathBuf,
}

/// Change an economy: shocks, hours, shares. What is not named stays.
#[derive(clap::Args)]
#[command(after_help = "Example, half the oil and 5 % less labour:\n  \
    mandate plan vary us --imports 211=1/2 --labour 19/20 --out us-short")]
pub struct Vary {
    /// Folder of the economy.
    economy: PathBuf,
    /// Imports of a product become this multiple: PRODUCT=FRACTION.
    #[arg(long, value_name = "PRODUCT=FRACTION", value_parser = parse_named_ratio)]
    imports: Vec<(String, Ratio<i64>)>,
    /// Labour of every grade becomes this multiple.
    #[arg(long, value_name = "FRACTION", value_parser = parse_ratio)]
    labour: Option<Ratio<i64>>,
    /// Every capacity becomes this multiple.
    #[arg(long, value_name = "FRACTION", value_parser = parse_ratio)]
    capacity: Option<Ratio<i64>>,
    /// Needs whose id begins so ask for this multiple: PREFIX=FRACTION.
    #[arg(long, value_name = "PREFIX=FRACTION", value_parser = parse_named_ratio)]
    needs: Vec<(String, Ratio<i64>)>,
    /// Needs whose id begins so are met to at least this share: PREFIX=FRACTION.
    #[arg(long, value_name = "PREFIX=FRACTION", value_parser = parse_named_ratio)]
    secure: Vec<(String, Ratio<i64>)>,
    /// Folder to write the changed economy to.
    #[arg(long, value_name = "ECONOMY")]
    out: PathBuf,
}

/// A fraction not below nought: `19/20`, `2` or `0.95`.
pub fn parse_ratio(text: &str) -> Result<Ratio<i64>, String> {
    let wrong = || format!("`{text}` is not a fraction; write it like 19/20, 2 or 0.95");
    let ratio = match text.split_once('.') {
        Some((whole, fraction)) if fraction.len() <= 9 && !fraction.contains(['-', '+', '/']) => {
            let mantissa: i64 = format!("{whole}{fraction}").parse().map_err(|_| wrong())?;
            Ratio::new(mantissa, 10i64.pow(fraction.len() as u32))
        }
        Some(_) => return Err(wrong()),
        None => text.parse().map_err(|_| wrong())?,
    };
    if ratio < Ratio::from_integer(0) { Err(format!("`{text}` is below nought")) } else { Ok(ratio) }
}

fn parse_named_ratio(text: &str) -> Result<(String, Ratio<i64>), String> {
    let (name, ratio) = text.split_once('=').ok_or_else(|| format!("`{text}`: write it like NAME=1/2"))?;
    Ok((name.to_owned(), parse_ratio(ratio)?))
}

/// `plan import`.
pub fn import(import: Import) -> Result<(), Failure> {
    match import {
        Import::Bea(args) => import_bea(args),
        Import::Csv(args) => import_csv(args),
    }
}

fn import_csv(args: ImportCsv) -> Result<(), Failure> {
    let names = ["supply.csv", "use.csv", "table.csv", "roles.csv", "Z.txt", "Y.txt", "F.txt"];
    let files = read_files(&args.dir, names)?;
    let layout = match args.layout {
        LayoutArg::Plain => Layout::Plain,
        LayoutArg::Eurostat => Layout::Eurostat,
        LayoutArg::Exiobase => Layout::Exiobase,
    };
    let folder = args.dir.file_name().map(|name| name.to_string_lossy().into_owned());
    let setting = TableSetting {
        layout,
        name: args.name.or(folder).unwrap_or_default(),
        labour_unit: args.labour_unit.unwrap_or_else(|| args.unit.clone()),
        unit: args.unit,
        decimals: args.decimals,
        capacity: args.capacity,
    };
    let (economy, treatments) = import_tables(&files, &setting)
        .map_err(|error| Failure::input(format!("{}/{error}", args.dir.display())))?;
    write_economy(&economy, &args.out)?;
    if args.json {
        let treatment = |treatment: &TableTreatment| {
            let amount = Decimal::new(treatment.amount, treatment.decimals).to_f64();
            json!({ "what": treatment.what, "made": treatment.made, "entries": treatment.entries,
                "amount": amount, "unit": treatment.unit })
        };
        let treatments: Vec<_> = treatments.iter().map(treatment).collect();
        println!(
            "{}",
            json!({ "products": economy.products.len(), "activities": economy.activities.len(),
                "needs": economy.needs.len(), "treatments": treatments })
        );
    } else {
        print_size(&economy);
        println!("Treated on the way:");
        treatments.iter().for_each(|treatment| println!("- {treatment}"));
    }
    Ok(())
}

fn import_bea(args: ImportBea) -> Result<(), Failure> {
    let names = ["make", "use", "commodity-names", "industry-names", "finaldemand-names", "valueadded-names"];
    let names: Vec<String> = names.iter().map(|name| format!("{name}.csv")).collect();
    let files = read_files(&args.dir, names.iter().map(String::as_str))?;
    let tiers = if args.tiers == "1" { Tiers::One } else { Tiers::Three };
    let setting = Setting { tiers, capacity: args.capacity };
    let (economy, treatments) = bea::import(&files, setting)
        .map_err(|error| Failure::input(format!("{}/{error}", args.dir.display())))?;
    write_economy(&economy, &args.out)?;
    if args.json {
        let treatment = |treatment: &bea::Treatment| {
            json!({ "what": treatment.what, "made": treatment.made, "entries": treatment.entries,
                "million_usd": treatment.million_usd })
        };
        let treatments: Vec<_> = treatments.iter().map(treatment).collect();
        println!(
            "{}",
            json!({ "products": economy.products.len(), "activities": economy.activities.len(),
                "needs": economy.needs.len(), "treatments": treatments })
        );
    } else {
        print_size(&economy);
        println!("Treated on the way:");
        treatments.iter().for_each(|treatment| println!("- {treatment}"));
    }
    Ok(())
}

fn print_size(economy: &Economy) {
    println!(
        "{}: {} products, {} workplaces, {} activities with {} numbers, {} needs in {} tiers",
        economy.name,
        economy.products.len(),
        economy.workplaces.len(),
        economy.activities.len(),
        economy.non_zeros(),
        economy.needs.len(),
        economy.tiers().len(),
    );
}

/// `plan generate`.
pub fn generate(args: Generate) -> Result<(), Failure> {
    let source = read_economy(&args.from)?;
    let splitting = Splitting { workplaces: args.workplaces, seed: args.seed, districts: args.districts };
    let economy = split(&source, &splitting).map_err(Failure::input)?;
    write_economy(&economy, &args.out)?;
    print_size(&economy);
    Ok(())
}

/// `plan unfold`.
pub fn unfold(args: Unfold) -> Result<(), Failure> {
    let economy = read_economy(&args.economy)?;
    write_economy(&economy, &args.out)?;
    print_size(&economy);
    Ok(())
}

/// `plan vary`.
pub fn vary(args: Vary) -> Result<(), Failure> {
    let mut economy = read_economy(&args.economy)?;
    for (product, factor) in &args.imports {
        if !economy.scale_import_limit(product, *factor) {
            return Err(Failure::input(format!("--imports {product}: the economy has no such product")));
        }
    }
    if let Some(factor) = args.labour {
        economy.scale_labour(factor);
    }
    if let Some(factor) = args.capacity {
        economy.scale_capacities(factor);
    }
    for (prefix, factor) in &args.needs {
        refuse_unknown_needs(&economy, "--needs", prefix)?;
        economy.scale_needs(|need| need.id.starts_with(prefix), *factor);
    }
    for (prefix, share) in &args.secure {
        refuse_unknown_needs(&economy, "--secure", prefix)?;
        economy.secure_needs(|need| need.id.starts_with(prefix), *share);
    }
    write_economy(&economy, &args.out)?;
    print_size(&economy);
    Ok(())
}

fn refuse_unknown_needs(economy: &Economy, option: &str, prefix: &str) -> Result<(), Failure> {
    if economy.needs.iter().any(|need| need.id.starts_with(prefix)) {
        return Ok(());
    }
    Err(Failure::input(format!("{option} {prefix}: no need's id begins so")))
}
