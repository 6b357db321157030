//! Counts that end with the first stage: each candidate has a number of votes, and the most votes win.

use crate::contest::Contest;
use crate::sheet::draw_order;
use crate::{Action, Count, CountError, Decision, Elected, Stage, Tie, TieBreak, Votes};

/// The votes of a single stage.
pub(crate) struct Tally {
    pub paragraph: &'static str,
    /// Votes of each candidate by number, in units of one vote divided by `denominator`; index 0 is unused.
    pub totals: Vec<u64>,
    pub denominator: u32,
    /// Weight of the valid ballots, in the same units.
    pub valid: u64,
}

/// Elects those with most votes; a tie for the last seats is broken by lot.
pub(crate) fn elect(tally: Tally, contest: &Contest) -> Result<Count, CountError> {
    let election = contest.election;
    let Tally { paragraph, totals, denominator, valid } = tally;
    let cast = election.ballots.total_weight();
    if valid == 0 {
        return Err(CountError::NobodyVoted { cast });
    }
    let total = |candidate: u16| totals[usize::from(candidate)];
    let mut order = contest.eligible.clone();
    order.sort_by_key(|candidate| (std::cmp::Reverse(total(*candidate)), *candidate));
    let ties = break_tie_at_the_cut(&mut order, total, contest)?;
    let (winners, runners_up) = order.split_at(contest.seats as usize);
    let votes = |units: u64| Votes::new(i128::from(units), i128::from(denominator));
    let stage = Stage {
        number: 1,
        action: Action::FirstCount,
        paragraph,
        transfers: Vec::new(),
        totals: totals[1..].iter().map(|units| votes(*units)).collect(),
        non_transferable: Votes::ZERO,
        rounding: Votes::ZERO,
        quota: None,
        elected: winners.iter().map(|candidate| Decision { candidate: *candidate, paragraph }).collect(),
        excluded: Vec::new(),
    };
    Ok(Count {
        rule: contest.rule,
        seats: contest.seats,
        valid: votes(valid),
        invalid: votes(cast.saturating_sub(valid)),
        quota: None,
        elected: winners.iter().map(|candidate| Elected { candidate: *candidate, stage: 1 }).collect(),
        runners_up: runners_up.to_vec(),
        ties,
        stages: vec![stage],
        pairwise: None,
    })
}

/// Puts those who are tied across the last seat into the order of the lot.
pub(crate) fn break_tie_at_the_cut(
    order: &mut [u16],
    total: impl Fn(u16) -> u64,
    contest: &Contest,
) -> Result<Vec<Tie>, CountError> {
    let seats = contest.seats as usize;
    let Some(first_out) = order.get(seats).map(|candidate| total(*candidate)) else { return Ok(Vec::new()) };
    if total(order[seats - 1]) != first_out {
        return Ok(Vec::new());
    }
    let start = order.partition_point(|candidate| total(*candidate) > first_out);
    let end = order.partition_point(|candidate| total(*candidate) >= first_out);
    let tied = order[start..end].to_vec();
    let drawn = draw_order(contest.election, contest.seed, 1, "last seats", &tied)?;
    order[start..end].copy_from_slice(&drawn);
    let taken = order[start..seats].to_vec();
    Ok(vec![Tie { stage: 1, tied, purpose: "last seats".to_owned(), taken, broken_by: TieBreak::Lot }])
}
