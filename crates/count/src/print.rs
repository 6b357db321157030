//! Results as text: what returning officers pin to a board, spreadsheets read, and pages show.

pub mod csv;
pub mod markdown;
pub mod svg;
pub mod text;
pub mod why;
