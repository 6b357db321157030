//! What branches give each other: givers on the left, takers on the right, bands as wide as what flows.

use super::{escaped, head};
use std::collections::BTreeMap;
use std::fmt::Write;

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 520.0;
const LEFT: f64 = 190.0;
const RIGHT: f64 = 570.0;
const GAP: f64 = 10.0;

/// What one gives another.
#[derive(Clone, Debug)]
pub struct Flow {
    pub from: String,
    pub to: String,
    pub quantity: f64,
    pub unit: String,
}

/// The picture.
pub fn sankey(title: &str, flows: &[Flow]) -> String {
    let largest = flows.first().map_or(String::new(), |flow| format!("{} → {}", flow.from, flow.to));
    let mut svg = head("sankey", WIDTH, HEIGHT, title, &largest);
    let all: f64 = flows.iter().map(|flow| flow.quantity).sum();
    let (mut givers, mut takers): (BTreeMap<&str, f64>, BTreeMap<&str, f64>) = Default::default();
    for flow in flows {
        *givers.entry(&flow.from).or_default() += flow.quantity;
        *takers.entry(&flow.to).or_default() += flow.quantity;
    }
    let rows = givers.len().max(takers.len()).max(1) as f64;
    let scale = (HEIGHT - 20.0 - GAP * rows) / all.max(f64::MIN_POSITIVE);
    let mut from = stack(&givers, scale);
    let mut to = stack(&takers, scale);
    for (names, x, anchor, offset) in [(&from, LEFT, "end", -10.0), (&to, RIGHT, "start", 20.0)] {
        for (name, (y, height)) in names {
            let _ = write!(
                svg,
                "<rect class=\"node\" x=\"{x}\" y=\"{y:.1}\" width=\"10\" height=\"{:.1}\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>",
                height.max(1.0),
                x + offset,
                y + height / 2.0 + 4.0,
                escaped(name)
            );
        }
    }
    for flow in flows {
        let width = flow.quantity * scale;
        let (Some(start), Some(end)) = (from.get_mut(flow.from.as_str()), to.get_mut(flow.to.as_str()))
        else {
            continue;
        };
        let (y0, y1) = (start.0 + width / 2.0, end.0 + width / 2.0);
        (start.0, end.0) = (start.0 + width, end.0 + width);
        let middle = (LEFT + RIGHT) / 2.0;
        let _ = write!(
            svg,
            "<path class=\"band\" stroke-width=\"{:.1}\" d=\"M{:.1},{y0:.1} C{middle:.1},{y0:.1} \
             {middle:.1},{y1:.1} {RIGHT:.1},{y1:.1}\"><title>{} → {}: {:.0} {}</title></path>",
            width.max(0.5),
            LEFT + 10.0,
            escaped(&flow.from),
            escaped(&flow.to),
            flow.quantity,
            escaped(&flow.unit)
        );
    }
    svg.push_str("</svg>");
    svg
}

/// Where each name stands: top and height.
fn stack<'a>(sums: &BTreeMap<&'a str, f64>, scale: f64) -> BTreeMap<&'a str, (f64, f64)> {
    let mut y = 10.0;
    let mut places = BTreeMap::new();
    for (name, sum) in sums {
        places.insert(*name, (y, sum * scale));
        y += sum * scale + GAP;
    }
    places
}
