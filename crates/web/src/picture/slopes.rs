//! Variants as slopes: a line a tier from variant to variant.

use super::{escaped, head};
use std::fmt::Write;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 320.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 540.0;
const TOP: f64 = 50.0;
const BOTTOM: f64 = 300.0;

/// One line: what it is of, and its value at each variant, in thousandths.
pub struct Line {
    pub name: String,
    pub thousandths: Vec<u64>,
}

/// The picture; each line has its name at its right end and a dash of its own.
pub fn slopes(title: &str, variants: &[String], lines: &[Line]) -> String {
    let said: Vec<String> = lines.iter().map(|line| said(line, variants)).collect();
    let mut svg = head("slopes", WIDTH, HEIGHT, title, &said.join("; "));
    let x = |place: usize| LEFT + (RIGHT - LEFT) * place as f64 / (variants.len() - 1).max(1) as f64;
    let y = |thousandths: u64| BOTTOM - (BOTTOM - TOP) * thousandths.min(1000) as f64 / 1000.0;
    for (place, variant) in variants.iter().enumerate() {
        let anchor = if place == 0 {
            "start"
        } else if place + 1 == variants.len() {
            "end"
        } else {
            "middle"
        };
        let from = if place == 0 { 0.0 } else { x(place) };
        let _ = write!(
            svg,
            "<text x=\"{from:.1}\" y=\"20\" text-anchor=\"{anchor}\">{}</text>\
             <line class=\"axis\" x1=\"{:.1}\" x2=\"{:.1}\" y1=\"{TOP}\" y2=\"{BOTTOM}\"/>",
            escaped(variant),
            x(place),
            x(place)
        );
    }
    let mut taken: Vec<f64> = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        let points: Vec<String> = line
            .thousandths
            .iter()
            .enumerate()
            .map(|(at, value)| format!("{:.1},{:.1}", x(at), y(*value)))
            .collect();
        let mut label = line.thousandths.last().map_or(BOTTOM, |last| y(*last)) + 4.0;
        // Two names at one height would lie upon each other.
        while taken.iter().any(|other| (other - label).abs() < 16.0) {
            label += 16.0;
        }
        taken.push(label);
        let _ = write!(
            svg,
            "<polyline class=\"line dash-{}\" points=\"{}\"/><text x=\"{:.1}\" y=\"{label:.1}\">{}</text>",
            place % 4,
            points.join(" "),
            RIGHT + 10.0,
            escaped(&line.name)
        );
        for (at, value) in line.thousandths.iter().enumerate() {
            let _ =
                write!(svg, "<circle class=\"point\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"4\"/>", x(at), y(*value));
        }
    }
    svg.push_str("</svg>");
    svg
}

fn said(line: &Line, variants: &[String]) -> String {
    let values: Vec<String> = variants
        .iter()
        .zip(&line.thousandths)
        .map(|(variant, value)| format!("{variant} {}.{} %", value / 10, value % 10))
        .collect();
    format!("{}: {}", line.name, values.join(", "))
}
