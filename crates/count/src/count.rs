//! Counting by a rule's name.

use crate::contest::Contest;
use crate::lot::Seed;
use crate::{Arithmetic, Constraint, Count, CountError, Election, Rule, takes_fractions};
use crate::{
    approval, australian_senate, borda, bottoms_up, cambridge, copeland, ers97, instant_runoff, irish,
    majority_judgement, meek, minneapolis, northern_ireland, phragmen, plurality, ranked_pairs, rctab,
    schulze, scottish_stv, star, thiele, two_rounds,
};

/// Counts an election by a rule.
///
/// `seed` is used only where the rule's text says "by lot"; without one, such a tie is
/// [`CountError::LotNeeded`]. The order of the ballots never matters.
pub fn count(rule: Rule, election: &Election, seed: Option<&Seed>) -> Result<Count, CountError> {
    count_contest(&Contest::new(rule, election, seed)?)
}

/// What a count may be asked for beyond its rule. By default, nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Conditions<'a> {
    /// At least so many of a group among the elected, under rules that take it.
    pub constraint: Option<&'a Constraint>,
    /// The numbers to count in, under rules that leave a choice.
    pub arithmetic: Arithmetic,
}

/// Counts an election by a rule under conditions; without any it is [`count`].
pub fn count_under(
    rule: Rule,
    election: &Election,
    conditions: &Conditions,
    seed: Option<&Seed>,
) -> Result<Count, CountError> {
    let mut contest = Contest::new(rule, election, seed)?;
    if let Some(constraint) = conditions.constraint {
        constraint.check(&contest)?;
    }
    if conditions.arithmetic == Arithmetic::Rational && !takes_fractions(rule) {
        return Err(CountError::NumbersGiven { rule: rule.name() });
    }
    contest.constraint = conditions.constraint;
    contest.arithmetic = conditions.arithmetic;
    count_contest(&contest)
}

pub(crate) fn count_contest(contest: &Contest) -> Result<Count, CountError> {
    match contest.rule {
        Rule::ScottishStv => scottish_stv::count(contest),
        Rule::Ers97 => ers97::count(contest),
        Rule::NorthernIreland => northern_ireland::count(contest),
        Rule::Irish => irish::count(contest),
        Rule::AustralianSenate => australian_senate::count(contest),
        Rule::Cambridge => cambridge::count(contest),
        Rule::BottomsUp => bottoms_up::count(contest),
        Rule::Meek | Rule::Warren => meek::count(contest),
        Rule::Minneapolis => minneapolis::count(contest),
        Rule::InstantRunoff | Rule::Maine => instant_runoff::count(contest),
        Rule::RcTab => rctab::count(contest),
        Rule::Plurality => plurality::count(contest),
        Rule::TwoRounds => two_rounds::count(contest),
        Rule::Schulze => schulze::count(contest),
        Rule::RankedPairs => ranked_pairs::count(contest),
        Rule::Copeland => copeland::count(contest),
        Rule::Borda => borda::count(contest),
        Rule::MajorityJudgement => majority_judgement::count(contest),
        Rule::Star => star::count(contest),
        Rule::ProportionalApproval | Rule::SequentialProportionalApproval | Rule::ChamberlinCourant => {
            thiele::count(contest)
        }
        Rule::SequentialPhragmen | Rule::EqualShares => phragmen::count(contest),
        Rule::Approval => approval::count(contest),
    }
}
