//! Why a count could not be finished.

use thiserror::Error;

/// A count that could not be finished. Each is a fact about the election, not a fault of the program.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CountError {
    /// The rule says "by lot", and no seed was passed.
    #[error(
        "a lot is needed at stage {stage} ({purpose}) between {}; pass a seed that was agreed beforehand",
        listed(names)
    )]
    LotNeeded {
        /// The stage in which the lot is needed.
        stage: u32,
        /// What the lot decides.
        purpose: String,
        /// The tied candidates' numbers, ascending.
        tied: Vec<u16>,
        /// Their names, in the same order.
        names: Vec<String>,
    },
    /// Fewer candidates stand than there are seats.
    #[error("{seats} seats are to be filled, but only {standing} candidates stand")]
    MoreSeatsThanCandidates {
        /// Seats to fill.
        seats: u32,
        /// Candidates who have not withdrawn.
        standing: usize,
    },
    /// There is no valid ballot.
    #[error("there is no valid ballot: {cast} cast, none valid under this rule")]
    NobodyVoted {
        /// Votes cast, valid or not.
        cast: u64,
    },
    /// Zero seats.
    #[error("no seats are to be filled; an election needs at least one")]
    NoSeats,
    /// The rule elects one, and more seats were asked for.
    #[error("the rule {rule} fills one seat, not {seats}; choose a rule for several seats, or one seat")]
    OneSeatOnly {
        /// The rule's name.
        rule: &'static str,
        /// Seats asked for.
        seats: u32,
    },
    /// A countback names a candidate who cannot leave or sit.
    #[error("candidate {candidate} {reason}")]
    NotInOffice {
        /// The number on the ballot paper.
        candidate: u16,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A constraint that cannot be met, or not under this rule.
    #[error("the constraint asks for {reason}")]
    Constraint {
        /// What is wrong with it.
        reason: String,
    },
    /// Fractions were asked for, and the rule's text says which numbers it is counted in.
    #[error(
        "the text of {rule} says which numbers it is counted in; in fractions only meek and warren are counted"
    )]
    NumbersGiven {
        /// The rule's name.
        rule: &'static str,
    },
    /// The rule moves whole papers, and votes were split into fractions.
    #[error(
        "the rule {rule} moves whole papers, but {denominator} parts make a vote on these ballots; choose a rule that \
         transfers fractions"
    )]
    WholePapersOnly {
        /// The rule's name.
        rule: &'static str,
        /// How many parts make a vote.
        denominator: u32,
    },
    /// Too many candidates for the rule's exact search, or for a table of all pairs.
    #[error("{rule} is counted for at most {limit} {what}, not {actual}")]
    TooLarge {
        /// The rule's name.
        rule: &'static str,
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        limit: usize,
        /// How many there are.
        actual: usize,
    },
}

/// The first dozen names, and how many more there are.
fn listed(names: &[String]) -> String {
    let shown = names[..names.len().min(12)].join(", ");
    if names.len() > 12 { format!("{shown} and {} more", names.len() - 12) } else { shown }
}
