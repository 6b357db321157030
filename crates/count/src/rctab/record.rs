//! A cast vote record as RCTab takes it: ranks with whatever the voter marked there, duplicates included.

use super::configuration::Configuration;
use crate::Election;
use std::collections::BTreeMap;

/// What a voter marked at one rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Choice {
    /// A candidate, by number.
    Candidate(u16),
    /// The scanner's word that there are several, without their names.
    Overvote,
}

/// One ballot, or several with the same content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// How many ballots this is, in units of one vote divided by [`Records::denominator`].
    pub weight: u64,
    /// Choices by rank; 1 is the first, and a rank without any choice is not there.
    pub ranks: BTreeMap<u32, Vec<Choice>>,
    /// The precinct or other box that the ballot comes from, where the file says so.
    pub precinct: Option<String>,
}

/// Cast vote records, and who can be ranked on them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Records {
    /// The ballots.
    pub records: Vec<Record>,
    /// A weight of this many units is one vote.
    pub denominator: u32,
}

impl Records {
    /// No ballots.
    pub fn new() -> Self {
        Self { records: Vec::new(), denominator: 1 }
    }

    /// The ballots of an election.
    pub fn of(election: &Election) -> Self {
        let records = election.ballots.iter().map(|ballot| {
            let ranks = (1..).zip(ballot.ranks()).filter(|(_, rank)| !rank.is_empty());
            let ranks = ranks.map(|(number, rank)| {
                let choices = rank.iter().filter_map(|mark| mark.candidate()).map(Choice::Candidate);
                (number, choices.collect())
            });
            Record { weight: ballot.weight, ranks: ranks.collect(), precinct: None }
        });
        Self { records: records.collect(), denominator: election.ballots.denominator() }
    }

    /// Adds a ballot of one vote; ranks beyond those that the configuration allows are not read, as in RCTab.
    pub(crate) fn push(
        &mut self,
        configuration: &Configuration,
        rankings: impl IntoIterator<Item = (u32, Choice)>,
        precinct: Option<String>,
    ) {
        let allowed = configuration.parameters.maximum_rankings.unwrap_or(u32::MAX);
        let mut ranks: BTreeMap<u32, Vec<Choice>> = BTreeMap::new();
        for (rank, choice) in rankings.into_iter().filter(|(rank, _)| *rank <= allowed) {
            ranks.entry(rank).or_default().push(choice);
        }
        let precinct = precinct.filter(|name| !name.trim().is_empty());
        self.records.push(Record { weight: u64::from(self.denominator), ranks, precinct });
    }
}
