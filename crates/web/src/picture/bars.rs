//! Bars from zero against full.

use super::{escaped, head};
use std::fmt::Write;

const WIDTH: f64 = 720.0;
const ROW: f64 = 44.0;
const FULL: f64 = 560.0;
/// Room for the larger words of a phone.
const TOP: f64 = 10.0;

/// One bar.
pub struct Bar {
    /// What it stands for.
    pub name: String,
    /// How long, in thousandths of full.
    pub thousandths: u64,
    /// The figure beside it.
    pub shown: String,
}

/// Bars below each other, each in the frame of what would be full.
pub fn bars(title: &str, rows: &[Bar]) -> String {
    let said: Vec<String> = rows.iter().map(|bar| format!("{}: {}", bar.name, bar.shown)).collect();
    let mut svg = head("bars", WIDTH, TOP + ROW * rows.len() as f64, title, &said.join("; "));
    for (place, bar) in rows.iter().enumerate() {
        let y = TOP + ROW * place as f64;
        let width = FULL * bar.thousandths.min(1000) as f64 / 1000.0;
        // Writing to a string cannot fail.
        let _ = write!(
            svg,
            "<text x=\"0\" y=\"{:.1}\">{}</text><rect class=\"full\" x=\"1\" y=\"{:.1}\" width=\"{FULL}\" \
             height=\"16\"/><rect class=\"bar\" x=\"1\" y=\"{:.1}\" width=\"{width:.1}\" height=\"16\"/>\
             <text class=\"figure\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            y + 14.0,
            escaped(&bar.name),
            y + 20.0,
            y + 20.0,
            FULL + 12.0,
            y + 33.0,
            escaped(&bar.shown)
        );
    }
    svg.push_str("</svg>");
    svg
}
