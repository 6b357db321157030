//! Apportionment: seats in proportion to members or votes.

use crate::name::named;

/// A method of apportionment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ApportionmentMethod {
    /// Whole Hare quotas first, then the largest remainders (Hamilton, Hare–Niemeyer).
    LargestRemainder,
    /// Divisors 1, 3, 5, … (Webster, Sainte-Laguë): no bias between large and small.
    Webster,
    /// Divisors 1, 2, 3, … (D'Hondt, Jefferson): favours the large.
    Dhondt,
}

impl ApportionmentMethod {
    /// Every method.
    pub const ALL: &[Self] = &[Self::LargestRemainder, Self::Webster, Self::Dhondt];

    /// The name by which charters and commands call the method.
    pub fn name(self) -> &'static str {
        match self {
            Self::LargestRemainder => "largest-remainder",
            Self::Webster => "webster",
            Self::Dhondt => "dhondt",
        }
    }

    /// Other names for the same method.
    pub fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::LargestRemainder => &["hamilton", "hare-niemeyer"],
            Self::Webster => &["sainte-lague"],
            Self::Dhondt => &["d-hondt", "jefferson"],
        }
    }
}

named!(ApportionmentMethod, "method of apportionment");
