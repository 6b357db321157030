//! Bottoms-up: the last is eliminated until as many are left as there are seats, and nobody has a surplus.
//!
//! Ranked Choice Voting Resource Center, RCTab, *Tabulation Options for RCV Tabulation*, winner election mode
//! "bottoms-up"; the presidential primaries of the Democratic Party in 2020 counted so down to a threshold.

use crate::contest::Contest;
use crate::parcel::{Piles, Reading};
use crate::sheet::{Lookback, Pick, Sheet};
use crate::{Action, Count, CountError, Transfer};

/// Counts round by round. Skipped ranks are passed over, an overvote exhausts the ballot; ties are broken by lot.
pub(crate) fn count(contest: &Contest) -> Result<Count, CountError> {
    let mut sheet = Sheet::new(contest, 1);
    let mut piles = Piles::of_first_preferences(&mut sheet, 1, Reading::StopAtOvervote)?;
    let mut action = Action::FirstCount;
    let mut transfers: Vec<Transfer> = Vec::new();
    loop {
        let mut decisions = Vec::new();
        let continuing = sheet.continuing();
        if continuing.len() <= sheet.vacancies() {
            sheet.elect_all(continuing, "as many are left as seats", &mut decisions);
        }
        sheet.end_stage(action, "bottoms-up", std::mem::take(&mut transfers), decisions);
        if sheet.is_over() {
            return Ok(sheet.finish());
        }
        let excludable = sheet.excludable();
        let last = sheet.pick(&excludable, Pick::Lowest, Lookback::No, "exclusion")?;
        sheet.exclude(last);
        sheet.totals[usize::from(last)] = 0;
        for parcel in piles.take(last) {
            piles.sort_on(&mut sheet, last, parcel, 1, &mut transfers);
        }
        action = Action::Exclusion(vec![last]);
    }
}
