//! Works councils: from lists and votes to seats, as each country's statute says.
//!
//! [`germany`] and [`persons`] (BetrVG), [`france`] (comité social et économique), [`spain`] (comité de empresa), [`italy`]
//! (rappresentanza sindacale unitaria).

pub mod france;
pub mod germany;
pub mod italy;
mod largest_remainder;
pub mod persons;
pub mod spain;

/// A sex, as the statutes know them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sex {
    /// Women.
    Female,
    /// Men.
    Male,
}
