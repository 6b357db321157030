//! Majorities: exact fractions of the votes cast, of those present, or of those entitled; strict or not.

use crate::vote::Answer;
use mandate_charter::{Base, Majority};
use serde::{Deserialize, Serialize};

/// Votes for each answer. For a yes-or-no question: for, against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tally {
    pub counts: Vec<u64>,
    #[serde(default)]
    pub abstain: u64,
}

impl Tally {
    /// Both together; none where they have other choices or are too many.
    pub(crate) fn plus(&self, other: &Self) -> Option<Self> {
        self.with(other, u64::checked_add)
    }

    /// What is left without the other; none where that is less than nothing.
    pub(crate) fn minus(&self, other: &Self) -> Option<Self> {
        self.with(other, u64::checked_sub)
    }

    fn with(&self, other: &Self, of: fn(u64, u64) -> Option<u64>) -> Option<Self> {
        if self.counts.len() != other.counts.len() {
            return None;
        }
        let pairs = self.counts.iter().zip(&other.counts);
        let counts = pairs.map(|(own, other)| of(*own, *other)).collect::<Option<_>>()?;
        Some(Self { counts, abstain: of(self.abstain, other.abstain)? })
    }

    /// The sum of these answers over so many choices. A ranking counts for its first choice.
    pub fn of<'a>(choices: usize, answers: impl IntoIterator<Item = &'a (Answer, u64)>) -> Self {
        let mut tally = Self { counts: vec![0; choices], abstain: 0 };
        for (answer, votes) in answers {
            let place = match answer {
                Answer::For => Some(0),
                Answer::Against => Some(1),
                Answer::Abstain => None,
                Answer::Choice(place) => (*place as usize).checked_sub(1),
                Answer::Ranking(places) => {
                    places.first().and_then(|place| usize::from(*place).checked_sub(1))
                }
            };
            match place.and_then(|place| tally.counts.get_mut(place)) {
                Some(count) => *count = count.saturating_add(*votes),
                None => tally.abstain = tally.abstain.saturating_add(*votes),
            }
        }
        tally
    }

    /// All votes, abstentions with them; none where the sum is too large for any federation.
    pub fn total(&self) -> Option<u64> {
        self.counts.iter().try_fold(self.abstain, |sum, count| sum.checked_add(*count))
    }

    /// Votes for one answer or another.
    pub fn cast(&self) -> u64 {
        self.counts.iter().fold(0, |sum, count| sum.saturating_add(*count))
    }
}

/// A tally with what its majority is of.
pub struct Votes<'a> {
    pub tally: &'a Tally,
    pub present: u64,
    pub entitled: u64,
}

impl Votes<'_> {
    /// How many votes carry a question.
    pub fn needed(&self, majority: &Majority) -> u64 {
        let base = match majority.of {
            Base::Cast => self.tally.cast(),
            Base::Present => self.present,
            Base::Entitled => self.entitled,
        };
        if majority.strict { majority.share.more_than(base) } else { majority.share.at_least(base).max(1) }
    }

    /// Whether the answer at a place has its majority.
    pub fn carries(&self, majority: &Majority, place: usize) -> bool {
        self.tally.counts.get(place).is_some_and(|count| *count >= self.needed(majority))
    }

    /// The place of the answer with most votes, where one alone has most.
    pub fn leading(&self) -> Option<usize> {
        let most = *self.tally.counts.iter().max()?;
        let mut leading = self.tally.counts.iter().enumerate().filter(|(_, count)| **count == most);
        match (leading.next(), leading.next()) {
            (Some((place, _)), None) if most > 0 => Some(place),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn majority(share: &str, strict: bool, of: Base) -> Majority {
        Majority { share: share.parse().unwrap(), strict, of }
    }

    #[test]
    fn half_is_no_majority_where_more_than_half_is_asked_for() {
        // Worked by hand: (for, against, abstain, present, entitled), what is asked for, whether it carries.
        let cases = [
            ((5, 5, 0, 10, 20), majority("1/2", true, Base::Cast), false),
            ((6, 5, 0, 11, 20), majority("1/2", true, Base::Cast), true),
            ((5, 5, 0, 10, 20), majority("1/2", false, Base::Cast), true),
            ((5, 4, 2, 11, 20), majority("1/2", true, Base::Present), false),
            ((6, 4, 1, 11, 20), majority("1/2", true, Base::Present), true),
            ((463, 231, 0, 694, 694), majority("2/3", false, Base::Cast), true),
            ((462, 232, 0, 694, 694), majority("2/3", false, Base::Cast), false),
            ((13, 0, 0, 13, 20), majority("2/3", false, Base::Entitled), false),
            ((14, 0, 0, 14, 20), majority("2/3", false, Base::Entitled), true),
            ((0, 0, 5, 5, 20), majority("1/2", false, Base::Cast), false),
            ((1, 0, 9, 10, 20), majority("1/2", true, Base::Cast), true),
        ];
        for ((yes, no, abstain, present, entitled), asked, carries) in cases {
            let tally = Tally { counts: vec![yes, no], abstain };
            let votes = Votes { tally: &tally, present, entitled };
            assert_eq!(votes.carries(&asked, 0), carries, "{yes}:{no}:{abstain} under {asked:?}");
        }
    }

    #[test]
    fn a_tie_for_the_lead_leads_nowhere() {
        let lead = |counts: &[u64]| {
            let tally = Tally { counts: counts.to_vec(), abstain: 0 };
            Votes { tally: &tally, present: 0, entitled: 0 }.leading()
        };
        assert_eq!(lead(&[336, 50, 18]), Some(0));
        assert_eq!(lead(&[3, 3, 1]), None);
        assert_eq!(lead(&[0, 0]), None);
    }
}
