//! The numbers that a count is done in, where its rule leaves a choice.

use crate::Rule;

/// The numbers that a count is done in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Arithmetic {
    /// Those of the rule's own text: whole numbers, or so many decimal places.
    #[default]
    Decimal,
    /// Fractions: no vote is rounded.
    Rational,
}

/// Whether a rule can be counted in fractions where its text has decimal places. Rules that need no decimal places (those
/// that add up points, or compare pairs) are exact as they are.
pub fn takes_fractions(rule: Rule) -> bool {
    matches!(rule, Rule::Meek | Rule::Warren)
}
