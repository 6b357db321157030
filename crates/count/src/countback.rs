//! Countback: a casual vacancy filled from the ballots of the election, without a by-election.
//!
//! The rule is that of Tasmania's councils, Local Government Act 1993, section 307 and schedule 8: only the papers
//! that elected the one whose seat is vacant are counted again, for the candidates who are still available. So the
//! seat stays with those whom it represents, and nobody else who sits can lose theirs.

use crate::lot::Seed;
use crate::parcel::{Parcel, Piles};
use crate::sheet::{Lookback, Pick, Sheet, Standing};
use crate::{Action, Candidate, Count, CountError, Election, Rule, Transfer, scottish_stv};

/// Fills the seat that `elected` won at the election, and has left since.
///
/// `unavailable` are all who cannot take it: those who sit, those who left, those who do not consent. When the
/// successor leaves too, name the same `elected` again and add the successor to the unavailable. If nobody is gone
/// (`elected` is available), the seat stays where it is.
///
/// Under a transferable vote the papers are those that `elected` held when deemed elected, each at the value at
/// which it was received (schedule 8, clause 1, "completed ballot papers counted"). They go to the first available
/// preference; a majority of the votes elects, else the lowest is excluded and their papers go on at the same value.
/// Ties are broken by the most recent stage at which the tied were unequal, then by lot.
///
/// Under the other rules no papers belong to a seat: all ballots are counted again by the same rule, for one seat,
/// without the unavailable.
pub fn countback(
    rule: Rule,
    election: &Election,
    elected: u16,
    unavailable: &[u16],
    seed: Option<&Seed>,
) -> Result<Count, CountError> {
    if elected == 0 || usize::from(elected) > election.candidates.len() {
        return Err(CountError::NotInOffice { candidate: elected, reason: "is not on the ballot paper" });
    }
    let papers = match rule {
        Rule::ScottishStv => scottish_stv::papers_that_elected(election, seed, elected)?,
        Rule::Plurality | Rule::TwoRounds | Rule::Schulze | Rule::Approval => {
            return recount(rule, election, unavailable, seed);
        }
    };
    let Some(papers) = papers else {
        return Err(CountError::NotInOffice {
            candidate: elected,
            reason: "was not elected at this election",
        });
    };
    transfer(rule, election, unavailable, seed, papers)
}

/// All ballots again, for one seat.
fn recount(
    rule: Rule,
    election: &Election,
    unavailable: &[u16],
    seed: Option<&Seed>,
) -> Result<Count, CountError> {
    let available = |(number, candidate): (u16, &Candidate)| Candidate {
        withdrawn: candidate.withdrawn || unavailable.contains(&number),
        ..candidate.clone()
    };
    let candidates = (1..).zip(&election.candidates).map(available).collect();
    let again = Election { candidates, seats: 1, ..election.clone() };
    crate::count(rule, &again, seed)
}

/// The leaver's papers, to whoever of the available first has a majority of them.
fn transfer(
    rule: Rule,
    election: &Election,
    unavailable: &[u16],
    seed: Option<&Seed>,
    papers: Vec<Parcel>,
) -> Result<Count, CountError> {
    let one = rule.paper_value();
    let mut sheet = Sheet::unchecked(rule, election, seed, one);
    sheet.seats = 1;
    for candidate in unavailable {
        if let Some(standing) = sheet.standing.get_mut(usize::from(*candidate)) {
            *standing = Standing::Withdrawn;
        }
    }
    if sheet.continuing().is_empty() {
        return Err(CountError::MoreSeatsThanCandidates { seats: 1, standing: 0 });
    }
    let mut piles = Piles::new(sheet.totals.len());
    let mut transfers = Vec::new();
    for parcel in papers {
        let value = parcel.value;
        piles.sort_on(&mut sheet, 0, parcel, value, &mut transfers);
    }
    sheet.valid = sheet.totals.iter().sum();
    sheet.invalid = std::mem::take(&mut sheet.non_transferable);
    if sheet.valid == 0 {
        let cast = (sheet.invalid / sheet.per_vote) as u64;
        return Err(CountError::NobodyVoted { cast });
    }
    end_stage(&mut sheet, Action::FirstCount, Vec::new());
    while sheet.vacancies() > 0 {
        let continuing = sheet.continuing();
        let lowest = sheet.pick(&continuing, Pick::Lowest, Lookback::MostRecent, "exclusion")?;
        sheet.exclude(lowest);
        sheet.totals[usize::from(lowest)] = 0;
        let mut transfers = Vec::new();
        for parcel in piles.take(lowest) {
            let value = parcel.value;
            piles.sort_on(&mut sheet, lowest, parcel, value, &mut transfers);
        }
        end_stage(&mut sheet, Action::Exclusion(vec![lowest]), transfers);
    }
    Ok(sheet.finish())
}

fn end_stage(sheet: &mut Sheet, action: Action, transfers: Vec<Transfer>) {
    let continuing = sheet.continuing();
    let votes: i128 = sheet.totals.iter().sum();
    let majority = |candidate: &&u16| 2 * sheet.total(**candidate) > votes || continuing.len() == 1;
    let winner = continuing.iter().find(majority).copied();
    let mut elected = Vec::new();
    if let Some(candidate) = winner {
        sheet.elect(candidate, "schedule 8, part 2", &mut elected);
    }
    sheet.end_stage(action, "schedule 8, part 2", transfers, elected);
}
