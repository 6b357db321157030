//! Counting by a rule's name.

use crate::contest::Contest;
use crate::lot::Seed;
use crate::{Count, CountError, Election, Rule};
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
