//! Tables: on a page, and under the same address with `.csv` or `.json` as data.

use crate::words::Words;
use maud::{Markup, html};
use serde_json::{Map, Value, json};

/// How many rows stand on a page, so that the longest page of us-2017 stays under 100 kB; all are in the CSV and JSON files.
const ROWS_SHOWN: usize = 80;

/// A table. Headings are said in the reader's language on a page; `name` and `keys` stay the same in every language.
pub struct Sheet {
    /// The name in JSON, and of the CSV file where a page has several.
    pub name: &'static str,
    /// The heading above it; it says what there is to see.
    pub title: String,
    /// Keys of the columns with their headings.
    pub columns: Vec<(&'static str, String)>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
}

/// One cell.
pub enum Cell {
    /// Nothing to say.
    Nothing,
    /// Text.
    Text(String),
    /// Text that leads to a page.
    Link(String, String),
    /// A whole number.
    Number(u64),
    /// A decimal as files write it, with its unit.
    Quantity(String, String),
    /// A part of a whole.
    Share(u64, u64),
    /// A share in thousandths, drawn as a bar beside its percentage.
    Bar(u64),
    /// A moment: how it is shown, and as data.
    Time(String, String),
}

impl Sheet {
    /// An empty table.
    pub fn new(name: &'static str, title: impl Into<String>, columns: Vec<(&'static str, String)>) -> Self {
        Self { name, title: title.into(), columns, rows: Vec::new() }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<Cell>) {
        debug_assert_eq!(cells.len(), self.columns.len());
        self.rows.push(cells);
    }

    /// The table on a page.
    pub fn html(&self, words: &Words) -> Markup {
        html! {
            div.sheet tabindex="0" role="region" aria-label=(self.title) {
                table {
                    caption { (self.title) }
                    thead { tr {
                        @for (index, (_, heading)) in self.columns.iter().enumerate() {
                            th scope="col" class=[self.is_figure(index).then_some("figure")] { (heading) }
                        }
                    } }
                    tbody {
                        @for row in self.rows.iter().take(ROWS_SHOWN) {
                            tr {
                                @for (index, cell) in row.iter().enumerate() {
                                    @if index == 0 { th scope="row" { (cell.html(words)) } }
                                    @else { td class=[cell.is_figure().then_some("figure")] { (cell.html(words)) } }
                                }
                            }
                        }
                    }
                }
                @if self.rows.len() > ROWS_SHOWN {
                    p.none { (words.say_with("more-rows", &[("count", (self.rows.len() - ROWS_SHOWN).into())])) }
                }
            }
        }
    }

    /// Whether a column holds figures, which stand right.
    fn is_figure(&self, column: usize) -> bool {
        column > 0 && self.rows.iter().any(|row| row[column].is_figure())
    }

    /// The table as CSV (RFC 4180), with its keys as headings.
    pub fn csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        // Writing to memory cannot fail, and all rows have as many cells as there are columns.
        let _ = writer.write_record(self.columns.iter().map(|(key, _)| *key));
        for row in &self.rows {
            let _ = writer.write_record(row.iter().map(Cell::plain));
        }
        String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
    }

    /// The rows as JSON objects.
    pub fn json(&self) -> Value {
        let object = |row: &Vec<Cell>| {
            let fields =
                self.columns.iter().zip(row).map(|((key, _), cell)| ((*key).to_owned(), cell.json()));
            Value::Object(fields.collect::<Map<_, _>>())
        };
        self.rows.iter().map(object).collect()
    }
}

impl Cell {
    fn is_figure(&self) -> bool {
        matches!(self, Self::Number(_) | Self::Quantity(..) | Self::Share(..))
    }

    fn html(&self, words: &Words) -> Markup {
        html! {
            @match self {
                Self::Nothing => { span.none aria-label=(words.say("none")) { "–" } }
                Self::Text(text) => { bdi { (text) } }
                Self::Link(text, href) => { a href=(href) { bdi { (text) } } }
                Self::Number(number) => { (words.number(*number)) }
                Self::Quantity(number, unit) => {
                    (words.decimal(number)) @if !unit.is_empty() { "\u{a0}" (unit) }
                }
                Self::Share(part, of) => { (words.share(*part, *of)) }
                Self::Bar(thousandths) => {
                    span.bar {
                        meter min="0" max="1000" value=(thousandths) aria-hidden="true" {}
                        span { (words.percent(*thousandths)) }
                    }
                }
                Self::Time(shown, moment) => { time datetime=(moment) { (shown) } }
            }
        }
    }

    /// As a field of a CSV file. A text that a spreadsheet would take for a formula is marked as text.
    fn plain(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Text(text) | Self::Link(text, _) => as_text(text),
            Self::Number(number) => number.to_string(),
            Self::Quantity(number, _) => number.clone(),
            Self::Share(part, of) => format!("{part}/{of}"),
            Self::Bar(thousandths) => format!("{}.{:03}", thousandths / 1000, thousandths % 1000),
            Self::Time(_, moment) => moment.clone(),
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Nothing => Value::Null,
            Self::Text(text) => json!(text),
            Self::Link(text, href) => json!({"text": text, "href": href}),
            Self::Number(number) => json!(number),
            Self::Quantity(number, unit) => json!({"quantity": number, "unit": unit}),
            Self::Share(part, of) => json!({"part": part, "of": of}),
            Self::Bar(_) => json!(self.plain()),
            Self::Time(_, moment) => json!(moment),
        }
    }
}

/// OWASP: a field that begins with one of these is run as a formula by spreadsheets.
fn as_text(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_in_a_title_stays_text() {
        let mut sheet =
            Sheet::new("motions", "Motions", vec![("title", "Title".into()), ("days", "Days".into())]);
        sheet.row(vec![Cell::Text("=HYPERLINK(\"x\")".into()), Cell::Number(1234)]);
        assert_eq!(sheet.csv(), "title,days\n\"'=HYPERLINK(\"\"x\"\")\",1234\n");
        assert_eq!(sheet.json()[0]["days"], 1234);
    }
}
