//! The rules by name, each with its source.

use crate::name::named;

/// A counting rule, named by who legislated or published it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// Single transferable vote of the Scottish local government elections.
    ScottishStv,
    /// Those with most first preferences are elected.
    Plurality,
    /// An absolute majority, or a second round between the first two.
    TwoRounds,
    /// The strongest paths between candidates compared in pairs.
    Schulze,
    /// Those whom most ballots approve of.
    Approval,
}

impl Rule {
    /// Every rule.
    pub const ALL: &[Self] =
        &[Self::ScottishStv, Self::Plurality, Self::TwoRounds, Self::Schulze, Self::Approval];

    /// The name by which charters and commands call the rule.
    pub fn name(self) -> &'static str {
        match self {
            Self::ScottishStv => "scottish-stv",
            Self::Plurality => "plurality",
            Self::TwoRounds => "two-rounds",
            Self::Schulze => "schulze",
            Self::Approval => "approval",
        }
    }

    fn aliases(self) -> &'static [&'static str] {
        &[]
    }

    /// The text that the rule follows.
    pub fn source(self) -> &'static str {
        match self {
            Self::ScottishStv => {
                "Scottish Local Government Elections Order 2007 (SSI 2007/42), schedule 1, rules 45 to 52"
            }
            Self::Plurality => {
                "most votes; several seats as in the single non-transferable vote \
                 (Taiwan, Civil Servants Election and Recall Act, article 67)"
            }
            Self::TwoRounds => "Code électoral (France), article L126, on ballots that rank",
            Self::Schulze => {
                "M. Schulze, A new monotonic, clone-independent, reversal symmetric and Condorcet-consistent \
                 single-winner election method, Social Choice and Welfare 36 (2011), strength by winning votes"
            }
            Self::Approval => "S. J. Brams and P. C. Fishburn, Approval Voting (1983)",
        }
    }

    /// The value of a ballot paper of weight one in the units in which the rule counts.
    pub(crate) fn paper_value(self) -> i128 {
        match self {
            Self::ScottishStv => 100_000,
            _ => 1,
        }
    }

    /// Whether the rule fills one seat only.
    pub fn fills_one_seat(self) -> bool {
        matches!(self, Self::TwoRounds)
    }
}

named!(Rule, "counting rule");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_rules() {
        for rule in Rule::ALL {
            assert_eq!(Rule::from_name(rule.name()), Ok(*rule));
        }
    }

    #[test]
    fn a_misspelt_name_gets_the_nearest() {
        let error = "scotish-stv".parse::<Rule>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no counting rule called \"scotish-stv\"; did you mean \"scottish-stv\"?"
        );
    }
}
