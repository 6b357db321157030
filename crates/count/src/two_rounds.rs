//! Two rounds on one ballot that ranks: an absolute majority, or a runoff between the first two.

use crate::contest::Contest;
use crate::parcel::{Reading, first_preferences};
use crate::sheet::{Lookback, Pick, Sheet};
use crate::{Action, Count, CountError};

/// Counts first preferences; who has more than half of the valid votes is elected (article L126, first paragraph).
///
/// Otherwise the two with most votes go into a second round, in which each ballot counts for the one of the two that
/// it ranks first. Ties are broken by lot: for a place in the runoff and for the runoff itself. (The article lets the
/// older candidate win; ballots know no ages.)
pub(crate) fn count(contest: &Contest) -> Result<Count, CountError> {
    let election = contest.election;
    let mut sheet = Sheet::new(contest, 1);
    credit(&mut sheet, first_preferences(election, &contest.standing_table(), Reading::Consecutive));
    let cast = election.ballots.total_weight();
    sheet.valid = sheet.totals.iter().sum();
    sheet.invalid = i128::from(cast) - sheet.valid;
    if sheet.valid == 0 {
        return Err(CountError::NobodyVoted { cast });
    }
    let mut elected = Vec::new();
    let majority = sheet.continuing().into_iter().find(|candidate| 2 * sheet.total(*candidate) > sheet.valid);
    if let Some(candidate) = majority {
        sheet.elect(candidate, "absolute majority", &mut elected);
    }
    sheet.end_stage(Action::FirstCount, "first round", Vec::new(), elected);
    if majority.is_none() {
        second_round(&mut sheet)?;
    }
    Ok(sheet.finish())
}

fn second_round(sheet: &mut Sheet) -> Result<(), CountError> {
    let candidates = sheet.continuing();
    let first = sheet.pick(&candidates, Pick::Highest, Lookback::No, "place in the second round")?;
    let others: Vec<u16> = candidates.iter().copied().filter(|candidate| *candidate != first).collect();
    let mut finalists = vec![first];
    if !others.is_empty() {
        finalists.push(sheet.pick(&others, Pick::Highest, Lookback::No, "place in the second round")?);
    }
    let mut eliminated: Vec<u16> =
        others.into_iter().filter(|candidate| !finalists.contains(candidate)).collect();
    eliminated.sort_by_key(|candidate| (sheet.total(*candidate), std::cmp::Reverse(*candidate)));
    eliminated.into_iter().for_each(|candidate| sheet.exclude(candidate));
    let continuing = sheet.continuing_table();
    credit(sheet, first_preferences(sheet.election, &continuing, Reading::Consecutive));
    sheet.non_transferable = sheet.valid - sheet.totals.iter().sum::<i128>();
    let winner = sheet.pick(&finalists, Pick::Highest, Lookback::No, "second round")?;
    let mut elected = Vec::new();
    sheet.elect(winner, "most votes in the second round", &mut elected);
    sheet.end_stage(Action::Runoff(finalists), "second round", Vec::new(), elected);
    Ok(())
}

fn credit(sheet: &mut Sheet, totals: Vec<u64>) {
    sheet.totals = totals.into_iter().map(i128::from).collect();
}
