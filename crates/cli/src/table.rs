//! Tables: for a terminal, and the same as JSON.

use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table as Grid, presets};
use serde_json::{Map, Value};
use std::fmt;

/// A table with a heading that says what it shows.
pub struct Table {
    pub heading: String,
    columns: Vec<&'static str>,
    rows: Vec<Vec<Value>>,
}

impl Table {
    /// A table without rows.
    pub fn new(heading: impl Into<String>, columns: &[&'static str]) -> Self {
        Self { heading: heading.into(), columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Adds a row, a value for each column.
    pub fn row(&mut self, values: Vec<Value>) {
        debug_assert_eq!(values.len(), self.columns.len());
        self.rows.push(values);
    }

    /// One object a row, the columns as keys.
    pub fn to_json(&self) -> Value {
        let object = |row: &Vec<Value>| {
            let fields = self.columns.iter().map(ToString::to_string).zip(row.iter().cloned());
            Value::Object(fields.collect::<Map<_, _>>())
        };
        Value::Array(self.rows.iter().map(object).collect())
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.heading)?;
        if self.rows.is_empty() {
            return writeln!(f, "  nothing yet");
        }
        let mut grid = Grid::new();
        let rules = presets::UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none());
        grid.load_style(rules).set_content_arrangement(ContentArrangement::Dynamic);
        grid.set_width(width());
        grid.set_header(&self.columns);
        for row in &self.rows {
            grid.add_row(row.iter().map(shown));
        }
        for (index, column) in grid.column_iter_mut().enumerate() {
            if self.rows.iter().all(|row| row[index].is_number() || row[index].is_null()) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        writeln!(f, "{grid}")
    }
}

/// Columns of the terminal as its shell says; 100 where nothing is said.
fn width() -> u16 {
    std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).unwrap_or(100)
}

/// A value as a person reads it: thousands set apart, nothing for nothing.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => grouped(whole),
            None => number.to_string(),
        },
        other => other.to_string(),
    }
}

/// A whole number with its thousands set apart.
pub fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0 { format!("-{text}") } else { text }
}

/// A bar of up to `width` cells for a share between 0 and 1, in eighths of a cell.
pub fn bar(share: f64, width: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (share.clamp(0.0, 1.0) * (width * 8) as f64).round() as usize;
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (-1234567, "-1,234,567")] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn bars_begin_at_zero_and_end_at_the_whole() {
        assert_eq!(bar(0.0, 4), "");
        assert_eq!(bar(1.0, 4), "████");
        assert_eq!(bar(0.5, 3), "█▌");
        assert_eq!(bar(7.0, 2), "██");
    }

    #[test]
    fn json_has_an_object_a_row() {
        let mut table = Table::new("Unions", &["union", "members"]);
        table.row(vec!["miners".into(), 12_345.into()]);
        assert_eq!(table.to_json(), serde_json::json!([{"union": "miners", "members": 12_345}]));
        assert!(table.to_string().contains("12,345"));
    }
}
