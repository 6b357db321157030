//! Results as text: what returning officers pin to a board, spreadsheets read, and pages show.

pub mod text;
