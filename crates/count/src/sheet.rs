//! The result sheet of a count in stages: votes credited, stage by stage, and who is elected or excluded.

use crate::amount::Amount;
use crate::contest::Contest;
use crate::history::History;
use crate::lot::{self, Seed};
use crate::parcel::Parcel;
use crate::{
    Action, Count, CountError, Decision, Elected, Election, Stage, Tie, TieBreak, Totals, Transfer, Votes,
};
use std::cmp::Reverse;

/// Where a candidate stands while a count runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Withdrawn,
    Continuing,
    Elected,
    Excluded,
}

/// Whom a tie is broken in favour of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pick {
    Highest,
    Lowest,
}

/// Which earlier stage decides a tie first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lookback {
    /// The most recent stage at which the tied were unequal.
    MostRecent,
    /// The earliest stage at which they were unequal.
    Earliest,
    /// None: lots at once.
    No,
}

/// The sheet. Votes are in units of one vote divided by `per_vote`, whole ones unless a rule is counted in fractions;
/// candidates are numbers from 1, and index 0 of each list is unused.
pub(crate) struct Sheet<'a, N = i128> {
    pub contest: &'a Contest<'a>,
    pub election: &'a Election,
    pub per_vote: i128,
    pub standing: Vec<Standing>,
    pub totals: Vec<N>,
    pub non_transferable: N,
    pub rounding: N,
    pub quota: Option<N>,
    pub valid: N,
    pub invalid: N,
    /// Votes at the points of the count that ties look back to.
    history: History<N>,
    /// Votes at the end of the last stage.
    last_totals: Vec<N>,
    elected: Vec<Elected>,
    excluded: Vec<u16>,
    ties: Vec<Tie>,
    stages: Vec<Stage>,
}

impl<'a, N: Amount> Sheet<'a, N> {
    /// An empty sheet.
    pub fn new(contest: &'a Contest, per_vote: i128) -> Self {
        let standing: Vec<Standing> = contest
            .standing_table()
            .into_iter()
            .map(|stands| if stands { Standing::Continuing } else { Standing::Withdrawn })
            .collect();
        let election = contest.election;
        Self {
            contest,
            election,
            per_vote: per_vote * i128::from(election.ballots.denominator()),
            totals: vec![N::zero(); standing.len()],
            history: History::new(standing.len()),
            last_totals: Vec::new(),
            standing,
            non_transferable: N::zero(),
            rounding: N::zero(),
            quota: None,
            valid: N::zero(),
            invalid: N::zero(),
            elected: Vec::new(),
            excluded: Vec::new(),
            ties: Vec::new(),
            stages: Vec::new(),
        }
    }

    /// The number of the stage that is under way.
    pub fn stage(&self) -> u32 {
        self.stages.len() as u32 + 1
    }

    /// Candidates neither elected nor excluded, ascending.
    pub fn continuing(&self) -> Vec<u16> {
        (1..self.standing.len() as u16).filter(|c| self.is_continuing(*c)).collect()
    }

    pub fn is_continuing(&self, candidate: u16) -> bool {
        self.standing[usize::from(candidate)] == Standing::Continuing
    }

    /// A table of who is continuing, by number.
    pub fn continuing_table(&self) -> Vec<bool> {
        self.standing.iter().map(|standing| *standing == Standing::Continuing).collect()
    }

    pub fn total(&self, candidate: u16) -> N {
        self.totals[usize::from(candidate)].clone()
    }

    /// Seats not yet filled.
    pub fn vacancies(&self) -> usize {
        (self.election.seats as usize).saturating_sub(self.elected.len())
    }

    /// Whether all are elected who are wanted: in a countback, the new ones.
    pub fn is_over(&self) -> bool {
        let is_new = |elected: &&Elected| !self.contest.sitting.contains(&elected.candidate);
        self.vacancies() == 0 || self.elected.iter().filter(is_new).count() >= self.contest.seats as usize
    }

    /// Continuing candidates who may be excluded: in a countback, none of the sitting.
    pub fn excludable(&self) -> Vec<u16> {
        let mut continuing = self.continuing();
        continuing
            .retain(|candidate| !self.contest.sitting.contains(candidate) && !self.is_guarded(*candidate));
        continuing
    }

    /// How many of a constraint's group have still to be elected, and who belongs to it.
    fn wanted(&self) -> Option<(usize, &[u16])> {
        let constraint = self.contest.constraint?;
        let elected = self.elected.iter().filter(|it| constraint.members.contains(&it.candidate)).count();
        let wanted = (constraint.at_least as usize).saturating_sub(elected);
        (wanted > 0).then_some((wanted, constraint.members.as_slice()))
    }

    /// Whether so few of a constraint's group are left that nobody of them may be excluded.
    fn is_guarded(&self, candidate: u16) -> bool {
        self.wanted().is_some_and(|(wanted, members)| {
            let left = members.iter().filter(|member| self.is_continuing(**member)).count();
            members.contains(&candidate) && left <= wanted
        })
    }

    /// Whether all places that are left are needed for a constraint's group, to which the candidate does not belong.
    pub fn is_doomed(&self, candidate: u16) -> bool {
        self.wanted()
            .is_some_and(|(wanted, members)| !members.contains(&candidate) && self.vacancies() <= wanted)
    }

    /// Continuing candidates who can no longer be elected under the constraint.
    pub fn doomed(&self) -> Vec<u16> {
        self.continuing().into_iter().filter(|candidate| self.is_doomed(*candidate)).collect()
    }

    /// A number of units as votes.
    pub fn votes(&self, units: &N) -> Votes {
        units.votes(self.per_vote)
    }

    /// Deems a candidate elected at the stage that is under way.
    pub fn elect(&mut self, candidate: u16, paragraph: &'static str, decisions: &mut Vec<Decision>) {
        self.standing[usize::from(candidate)] = Standing::Elected;
        self.elected.push(Elected { candidate, stage: self.stage() });
        decisions.push(Decision { candidate, paragraph });
    }

    /// Deems these elected, those with more votes first, as far as a constraint leaves places for them.
    pub fn elect_all(
        &mut self,
        mut candidates: Vec<u16>,
        paragraph: &'static str,
        decisions: &mut Vec<Decision>,
    ) {
        candidates.sort_by_key(|candidate| (Reverse(self.total(*candidate)), *candidate));
        for candidate in candidates {
            if !self.is_doomed(candidate) {
                self.elect(candidate, paragraph, decisions);
            }
        }
    }

    /// Excludes a candidate at the stage that is under way.
    pub fn exclude(&mut self, candidate: u16) {
        self.standing[usize::from(candidate)] = Standing::Excluded;
        self.excluded.push(candidate);
    }

    /// Ends the stage that is under way.
    pub fn end_stage(
        &mut self,
        action: Action,
        paragraph: &'static str,
        transfers: Vec<Transfer>,
        elected: Vec<Decision>,
    ) {
        let excluded = match &action {
            Action::Exclusion(candidates) => candidates.clone(),
            _ => Vec::new(),
        };
        let earlier = self.stages.last().map(|stage| (&stage.totals, &self.last_totals[1..]));
        let stage = Stage {
            number: self.stage(),
            action,
            paragraph,
            transfers,
            totals: Totals::following(earlier, &self.totals[1..], |units| self.votes(units)),
            non_transferable: self.votes(&self.non_transferable),
            rounding: self.votes(&self.rounding),
            quota: None,
            elected,
            excluded,
        };
        self.last_totals.clone_from(&self.totals);
        self.note_point();
        if let Some(ledger) = self.contest.ledger {
            ledger.end_stage(self.per_vote);
        }
        self.stages.push(stage);
    }

    /// Notes the votes as they stand within the stage that is under way, for ties to look back to.
    pub fn note_point(&mut self) {
        self.history.note(self.stages.len() as u32 + 1, &self.totals);
    }

    /// Notes the quota of the stage that has just ended, for rules in which it changes.
    pub fn note_stage_quota(&mut self, quota: Votes) {
        if let Some(stage) = self.stages.last_mut() {
            stage.quota = Some(quota);
        }
    }

    /// The one of these with most or fewest votes; a tie is broken by earlier stages, then by lot.
    pub fn pick(
        &mut self,
        candidates: &[u16],
        pick: Pick,
        lookback: Lookback,
        purpose: &str,
    ) -> Result<u16, CountError> {
        let tied = extreme(candidates, pick, |candidate| self.total(candidate));
        self.break_tie(tied, pick, lookback, purpose)
    }

    /// One of the tied, by earlier stages, then by lot.
    pub fn break_tie(
        &mut self,
        tied: Vec<u16>,
        pick: Pick,
        lookback: Lookback,
        purpose: &str,
    ) -> Result<u16, CountError> {
        if let [only] = tied[..] {
            return Ok(only);
        }
        let mut left = tied.clone();
        for point in self.history.points(lookback, &tied) {
            left = extreme(&left, pick, |candidate| self.history.votes(point, candidate));
            if let [taken] = left[..] {
                let stage = self.history.stage(point);
                self.note_tie(tied, purpose, taken, TieBreak::EarlierStage(stage));
                return Ok(taken);
            }
        }
        let taken = draw_one(self.election, self.contest.seed, self.stage(), purpose, &left)?;
        self.note_tie(tied, purpose, taken, TieBreak::Lot);
        Ok(taken)
    }

    /// Votes at the earlier points of the count.
    pub fn history(&self) -> &History<N> {
        &self.history
    }

    fn note_tie(&mut self, tied: Vec<u16>, purpose: &str, taken: u16, broken_by: TieBreak) {
        let purpose = purpose.to_owned();
        self.ties.push(Tie { stage: self.stage(), tied, purpose, taken: vec![taken], broken_by });
    }

    /// The finished count. Runners-up: those still continuing by votes, then the excluded, last excluded first.
    pub fn finish(self) -> Count {
        let sits = |candidate: u16| self.contest.sitting.contains(&candidate);
        let mut elected: Vec<Elected> =
            self.elected.iter().filter(|it| !sits(it.candidate)).copied().collect();
        let surplus_to_seats = elected.split_off(elected.len().min(self.contest.seats as usize));
        let mut runners_up = self.excludable();
        runners_up.sort_by_key(|candidate| (Reverse(self.total(*candidate)), *candidate));
        runners_up.splice(0..0, surplus_to_seats.iter().map(|it| it.candidate));
        runners_up.extend(self.excluded.iter().rev());
        Count {
            rule: self.contest.rule,
            seats: self.contest.seats,
            valid: self.votes(&self.valid),
            invalid: self.votes(&self.invalid),
            quota: self.quota.as_ref().map(|quota| self.votes(quota)),
            elected,
            runners_up,
            ties: self.ties,
            stages: self.stages,
            pairwise: None,
        }
    }
}

impl Sheet<'_> {
    /// What a parcel's transfer looks like in the result.
    pub fn transfer(&self, from: u16, to: Option<u16>, parcel: &Parcel) -> Transfer {
        let denominator = i128::from(self.election.ballots.denominator());
        Transfer {
            from,
            to,
            papers: Votes::new(parcel.weight, denominator),
            value: Votes::new(parcel.value, self.per_vote / denominator),
            votes: self.votes(&(parcel.value * parcel.weight)),
        }
    }
}

/// Those of the candidates that share the highest or lowest value.
fn extreme<N: Ord>(candidates: &[u16], pick: Pick, value: impl Fn(u16) -> N) -> Vec<u16> {
    let values = candidates.iter().map(|candidate| value(*candidate));
    let best = match pick {
        Pick::Highest => values.max(),
        Pick::Lowest => values.min(),
    };
    candidates.iter().copied().filter(|candidate| Some(value(*candidate)) == best).collect()
}

/// One of the tied candidates by lot, or the error that says that a lot is needed.
pub(crate) fn draw_one(
    election: &Election,
    seed: Option<&Seed>,
    stage: u32,
    purpose: &str,
    tied: &[u16],
) -> Result<u16, CountError> {
    Ok(draw_order(election, seed, stage, purpose, tied)?[0])
}

/// All of the tied candidates in the order of the lot.
pub(crate) fn draw_order(
    election: &Election,
    seed: Option<&Seed>,
    stage: u32,
    purpose: &str,
    tied: &[u16],
) -> Result<Vec<u16>, CountError> {
    let mut tied = tied.to_vec();
    tied.sort_unstable();
    let Some(seed) = seed else {
        let names = tied.iter().map(|candidate| election.name(*candidate).to_owned()).collect();
        return Err(CountError::LotNeeded { stage, purpose: purpose.to_owned(), tied, names });
    };
    let numbers: Vec<u32> = tied.iter().map(|candidate| u32::from(*candidate)).collect();
    let drawn = lot::draw(seed, &format!("{purpose} at stage {stage}"), &numbers);
    Ok(drawn.into_iter().map(|number| number as u16).collect())
}
