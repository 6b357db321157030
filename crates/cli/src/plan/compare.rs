//! `plan compare`: variants side by side.

use super::folder::{read_economy, read_plan, write_beside};
use super::stages::bar;
use crate::failure::Failure;
use mandate_plan::{ComparisonRow, Subject, Variant, compare};
use serde_json::json;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Put variants side by side: what each gives and takes, by tier, need, branch, grade, import and satellite row.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  mandate plan compare us-a=a.json us-b=b.json --svg variants.svg")]
pub struct Args {
    /// Each variant as ECONOMY=PLAN: its folder and its plan. The first is what the others are compared with.
    #[arg(required = true, num_args = 2.., value_name = "ECONOMY=PLAN")]
    variants: Vec<String>,
    /// Needs and branches too that are the same in all variants.
    #[arg(long)]
    all: bool,
    /// One JSON object a row, a line each.
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Write all rows as CSV.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Draw fulfilment by tier and labour by grade.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: Args) -> Result<(), Failure> {
    let mut read = Vec::new();
    for variant in &args.variants {
        let (economy, plan) = variant
            .split_once('=')
            .ok_or_else(|| Failure::input(format!("`{variant}`: write a variant as ECONOMY=PLAN")))?;
        let economy = read_economy(Path::new(economy))?;
        let plan = read_plan(Path::new(plan), &economy)?;
        read.push((variant.as_str(), economy, plan));
    }
    let variants: Vec<Variant> =
        read.iter().map(|(name, economy, plan)| Variant { name, economy, plan }).collect();
    let rows = compare(&variants);
    let names: Vec<&str> = variants.iter().map(|variant| variant.name).collect();
    if let Some(file) = &args.csv {
        write_beside(file, |out| write_csv(out, &names, &rows))?;
    }
    if let Some(file) = &args.svg {
        write_beside(file, |out| write_svg(out, &names, &rows))?;
    }
    let mut out = io::stdout().lock();
    let written = if args.json {
        write_json(&mut out, &names, &rows)
    } else {
        write_text(&mut out, &names, &rows, args.all)
    };
    written.map_err(Failure::machine)
}

fn write_json(out: &mut dyn Write, names: &[&str], rows: &[ComparisonRow]) -> io::Result<()> {
    for row in rows {
        let values: Vec<_> = names
            .iter()
            .zip(&row.values)
            .map(|(name, value)| json!({ "variant": name, "value": value.to_f64(), "exact": value.to_string() }))
            .collect();
        let line = json!({ "subject": row.subject.word(), "id": row.id, "unit": row.unit, "values": values });
        writeln!(out, "{line}")?;
    }
    Ok(())
}

fn write_csv(out: &mut dyn Write, names: &[&str], rows: &[ComparisonRow]) -> io::Result<()> {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let heads: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    writeln!(out, "subject,id,unit,{}", heads.join(","))?;
    for row in rows {
        let values: Vec<String> = row.values.iter().map(ToString::to_string).collect();
        writeln!(
            out,
            "{},{},{},{}",
            row.subject.word(),
            quoted(&row.id),
            quoted(&row.unit),
            values.join(",")
        )?;
    }
    Ok(())
}

/// Tiers as bars, then every row that differs, with the distance from the first variant.
fn write_text(out: &mut dyn Write, names: &[&str], rows: &[ComparisonRow], all: bool) -> io::Result<()> {
    for (at, name) in names.iter().enumerate() {
        writeln!(out, "{} = {name}", letter(at))?;
    }
    writeln!(out)?;
    for row in rows.iter().filter(|row| row.subject == Subject::Tier) {
        for (at, value) in row.values.iter().enumerate() {
            let share = value.to_f64();
            writeln!(out, "tier {:<3} {}  {} {:6.2} %", row.id, letter(at), bar(share), share * 100.0)?;
        }
    }
    let mut subject = None;
    for row in rows.iter().filter(|row| row.subject != Subject::Tier && (all || differs(row))) {
        if subject.replace(row.subject) != Some(row.subject) {
            let heads: String = (0..names.len()).map(|at| format!("{:>16}", letter(at))).collect();
            writeln!(out, "\n{:<34}{heads}   against A", row.subject.word())?;
        }
        let first = row.values[0].to_f64();
        let values: String = row.values.iter().map(|value| format!("{:>16.3}", value.to_f64())).collect();
        let against = |value: &mandate_plan::Decimal| match first {
            0.0 => format!("{:>+12.3}", value.to_f64()),
            _ => format!("{:>+10.2} %", (value.to_f64() / first - 1.0) * 100.0),
        };
        let against: String = row.values[1..].iter().map(against).collect();
        writeln!(out, "{:<34}{values}{against}", row.id)?;
    }
    Ok(())
}

/// Whether the variants differ by more than a tenth of a per mille.
fn differs(row: &ComparisonRow) -> bool {
    let first = row.values[0].to_f64();
    row.values.iter().any(|value| (value.to_f64() - first).abs() > 1e-4 * first.abs().max(1e-3))
}

fn letter(at: usize) -> char {
    char::from(b'A' + (at % 26) as u8)
}

/// Bars from zero, one block a tier and a grade, with title, description and figures as text.
fn write_svg(out: &mut dyn Write, names: &[&str], rows: &[ComparisonRow]) -> io::Result<()> {
    const LEFT: f64 = 190.0;
    const WIDTH: f64 = 420.0;
    const LINE: f64 = 22.0;
    let shown: Vec<&ComparisonRow> =
        rows.iter().filter(|row| matches!(row.subject, Subject::Tier | Subject::Labour)).collect();
    let lines = shown.len() * (names.len() + 1) + names.len() + 1;
    let height = lines as f64 * LINE + 20.0;
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 760 {height}\" role=\"img\" \
         font-family=\"system-ui, sans-serif\" font-size=\"14\">\n\
         <title>Variants side by side</title>\n<desc>Fulfilment by tier and labour by grade of each variant</desc>"
    )?;
    let mut y = LINE;
    for (at, name) in names.iter().enumerate() {
        writeln!(out, "<text x=\"10\" y=\"{y}\">{} = {}</text>", letter(at), escaped(name))?;
        y += LINE;
    }
    for row in shown {
        y += LINE / 2.0;
        let heading = format!("{} {} ({})", row.subject.word(), row.id, row.unit);
        writeln!(out, "<text x=\"10\" y=\"{y}\" font-weight=\"bold\">{}</text>", escaped(&heading))?;
        y += LINE / 2.0;
        let full = match row.subject {
            Subject::Tier => 1.0,
            _ => row.values.iter().map(mandate_plan::Decimal::to_f64).fold(f64::MIN_POSITIVE, f64::max),
        };
        for (at, value) in row.values.iter().enumerate() {
            let value = value.to_f64();
            let length = WIDTH * (value / full).clamp(0.0, 1.0);
            writeln!(
                out,
                "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\
                 <rect x=\"{LEFT}\" y=\"{}\" width=\"{length:.1}\" height=\"14\" fill=\"#444\"/>\
                 <text x=\"{:.1}\" y=\"{}\">{value:.3}</text>",
                LEFT - 8.0,
                y + 12.0,
                letter(at),
                y,
                LEFT + length + 6.0,
                y + 12.0
            )?;
            y += LINE;
        }
    }
    writeln!(out, "</svg>")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
