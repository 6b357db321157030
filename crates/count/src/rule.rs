//! The rules by name, each with its source.

use crate::name::named;

/// A counting rule, named by who legislated or published it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// Single transferable vote of the Scottish local government elections.
    ScottishStv,
    /// Single transferable vote of the Electoral Reform Society, as in most union rule books.
    Ers97,
    /// Single transferable vote of the councils of Northern Ireland.
    NorthernIreland,
    /// Single transferable vote of Dáil Éireann: papers move whole.
    Irish,
    /// Single transferable vote of the Australian Senate: all papers of the elected go on.
    AustralianSenate,
    /// Proportional representation of Cambridge, Massachusetts: every nth paper of a surplus goes on.
    Cambridge,
    /// The last is eliminated until as many are left as seats.
    BottomsUp,
    /// Meek's method: the elected keep the same proportion of every vote.
    Meek,
    /// Warren's method: the elected keep the same amount of every vote.
    Warren,
    /// Single transferable vote of Minneapolis.
    Minneapolis,
    /// Instant runoff of San Francisco: until one has a majority.
    InstantRunoff,
    /// Instant runoff of Maine: until two are left.
    Maine,
    /// Ranked choice voting with the variants of an RCTab configuration.
    RcTab,
    /// Those with most first preferences are elected.
    Plurality,
    /// An absolute majority, or a second round between the first two.
    TwoRounds,
    /// The strongest paths between candidates compared in pairs.
    Schulze,
    /// Pairwise victories locked in from strong to weak.
    RankedPairs,
    /// Most pairs won.
    Copeland,
    /// Most points by place.
    Borda,
    /// The highest median grade; ranks are grades.
    MajorityJudgement,
    /// Most stars, then a runoff between two; ranks are stars.
    Star,
    /// Those whom most ballots approve of.
    Approval,
    /// The committee of the greatest proportional worth.
    ProportionalApproval,
    /// Seat by seat, who adds most proportional worth.
    SequentialProportionalApproval,
    /// The committee in which most ballots have somebody they approve of.
    ChamberlinCourant,
    /// Seat by seat, whose supporters have first earned the cost.
    SequentialPhragmen,
    /// Seat by seat, who costs the supporters least of their equal shares.
    EqualShares,
}

impl Rule {
    /// Every rule.
    pub const ALL: &[Self] = &[
        Self::ScottishStv,
        Self::Ers97,
        Self::NorthernIreland,
        Self::Irish,
        Self::AustralianSenate,
        Self::Cambridge,
        Self::Meek,
        Self::Warren,
        Self::Minneapolis,
        Self::BottomsUp,
        Self::InstantRunoff,
        Self::Maine,
        Self::RcTab,
        Self::Plurality,
        Self::TwoRounds,
        Self::Schulze,
        Self::RankedPairs,
        Self::Copeland,
        Self::Borda,
        Self::MajorityJudgement,
        Self::Star,
        Self::Approval,
        Self::ProportionalApproval,
        Self::SequentialProportionalApproval,
        Self::ChamberlinCourant,
        Self::SequentialPhragmen,
        Self::EqualShares,
    ];

    /// The name by which charters and commands call the rule.
    pub fn name(self) -> &'static str {
        match self {
            Self::ScottishStv => "scottish-stv",
            Self::Ers97 => "ers97",
            Self::NorthernIreland => "northern-ireland-stv",
            Self::Irish => "irish-stv",
            Self::AustralianSenate => "australian-senate",
            Self::Cambridge => "cambridge",
            Self::BottomsUp => "bottoms-up",
            Self::Meek => "meek",
            Self::Warren => "warren",
            Self::Minneapolis => "minneapolis",
            Self::InstantRunoff => "instant-runoff",
            Self::Maine => "maine",
            Self::RcTab => "rctab",
            Self::Plurality => "plurality",
            Self::TwoRounds => "two-rounds",
            Self::Schulze => "schulze",
            Self::RankedPairs => "ranked-pairs",
            Self::Copeland => "copeland",
            Self::Borda => "borda",
            Self::MajorityJudgement => "majority-judgement",
            Self::Star => "star",
            Self::Approval => "approval",
            Self::ProportionalApproval => "proportional-approval",
            Self::SequentialProportionalApproval => "sequential-proportional-approval",
            Self::ChamberlinCourant => "chamberlin-courant",
            Self::SequentialPhragmen => "sequential-phragmen",
            Self::EqualShares => "equal-shares",
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
            Self::Ers97 => {
                "R. A. Newland and F. S. Britton, How to conduct an election by the Single Transferable Vote \
                 (Electoral Reform Society, 3rd edition, 1997), section 5"
            }
            Self::NorthernIreland => {
                "Local Elections (Northern Ireland) Order 1985 (SI 1985/454), schedule 2, rules 47 to 52"
            }
            Self::Irish => "Electoral Act 1992 (Ireland), sections 118 to 124",
            Self::AustralianSenate => "Commonwealth Electoral Act 1918 (Australia), section 273",
            Self::Cambridge => {
                "General Laws of Massachusetts, chapter 54A, section 9, surpluses by the Cincinnati method (section 16(b))"
            }
            Self::BottomsUp => {
                "Ranked Choice Voting Resource Center, RCTab, Tabulation Options for RCV Tabulation, \"bottoms-up\""
            }
            Self::Meek => {
                "Proportional Representation Foundation, Reference Meek Rule (nine decimal places), after \
                 I. D. Hill, B. A. Wichmann and D. R. Woodall, Algorithm 123, The Computer Journal 30 (1987)"
            }
            Self::Warren => {
                "C. H. E. Warren, Counting in STV elections, Voting matters 1 (1994), iterated as in the \
                 Reference Meek Rule"
            }
            Self::Minneapolis => {
                "Minneapolis Code of Ordinances, title 8.5, chapter 167, sections 167.20 and 167.70"
            }
            Self::InstantRunoff => "San Francisco Charter, section 13.102",
            Self::Maine => "Maine Revised Statutes, title 21-A, section 723-A",
            Self::RcTab => {
                "RCTab 2.0 (Bright Spots, Ranked Choice Voting Resource Center), config_file_documentation.txt; without a \
                 configuration, the variants it suggests"
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
            Self::RankedPairs => {
                "T. N. Tideman, Independence of clones as a criterion for voting rules, Social Choice and Welfare 4 \
                 (1987), strength by margins"
            }
            Self::Copeland => {
                "A. H. Copeland, A reasonable social welfare function (1951), half a point for a tie"
            }
            Self::Borda => "J.-C. de Borda, Mémoire sur les élections au scrutin (1781)",
            Self::MajorityJudgement => "M. Balinski and R. Laraki, Majority Judgment (2011), ranks as grades",
            Self::Star => "Equal Vote Coalition, STAR Voting, ranks as stars from five down",
            Self::Approval => "S. J. Brams and P. C. Fishburn, Approval Voting (1983)",
            Self::ProportionalApproval => {
                "T. N. Thiele, Om Flerfoldsvalg (1895), the committee of the greatest worth"
            }
            Self::SequentialProportionalApproval => "T. N. Thiele, Om Flerfoldsvalg (1895), seat by seat",
            Self::ChamberlinCourant => {
                "J. R. Chamberlin and P. N. Courant, Representative deliberations and representative decisions, \
                 American Political Science Review 77 (1983), with approval"
            }
            Self::SequentialPhragmen => {
                "L. E. Phragmén (1894 to 1899), as in S. Janson, Phragmén's and Thiele's election methods (2016)"
            }
            Self::EqualShares => {
                "D. Peters and P. Skowron, Proportionality and the limits of welfarism (2020), completed by \
                 Phragmén's method"
            }
        }
    }

    /// Whether the rule fills one seat only.
    pub fn fills_one_seat(self) -> bool {
        matches!(self, Self::TwoRounds | Self::InstantRunoff | Self::Maine | Self::Star)
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
