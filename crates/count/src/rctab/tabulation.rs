//! Ranked choice voting as RCTab tabulates it, round by round.
//!
//! The variants are those of RCTab's configuration; the text followed is `config_file_documentation.txt` of RCTab 2.0,
//! and each stage names the key that made it so. A stage of the result is a round of RCTab: what was decided at the end
//! of the round before, and the votes that follow from it.

use super::configuration::{Mode, Overvotes, Parameters};
use super::record::{Choice, Record, Records};
use super::tiebreak::Lots;
use crate::lot::Seed;
use crate::{Action, Count, CountError, Decision, Elected, Election, Rule, Stage, Tie, Transfer, Votes};
use std::collections::BTreeMap;

/// Why a ballot no longer counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Inactive {
    /// Nobody was ranked at all.
    NothingRanked,
    /// All who were ranked are gone.
    ExhaustedChoices,
    /// Several candidates at one rank.
    Overvote,
    /// Too many ranks in a row were empty.
    SkippedRankings,
    /// A candidate was ranked twice.
    RepeatedRanking,
    /// The surplus of those elected last, which goes nowhere because all seats are filled.
    FinalRoundSurplus,
}

/// The votes that do not count at the end of a stage, by their reason.
pub type InactiveVotes = BTreeMap<Inactive, Votes>;

/// A finished tabulation: one count, or one a seat where seats are filled by counts of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tabulation {
    /// The stages, and who is elected.
    pub count: Count,
    /// The election of this count; those elected by counts before it are marked as withdrawn.
    pub election: Election,
    /// For each stage, the votes that do not count, by their reason.
    pub inactive: Vec<InactiveVotes>,
    /// Who was eliminated at the end of the last round, where the count stops before their ballots move on.
    pub eliminated_at_the_end: Vec<u16>,
}

/// Tabulates records by these parameters. `write_ins` is the number that stands for people not on the list; they are
/// eliminated first and never elected.
pub fn tabulate(
    parameters: &Parameters,
    election: &Election,
    records: &Records,
    write_ins: Option<u16>,
    seed: Option<&Seed>,
) -> Result<Vec<Tabulation>, CountError> {
    if parameters.seats == 0 && !matches!(parameters.mode, Mode::BottomsUpToThreshold(..)) {
        return Err(CountError::NoSeats);
    }
    if election.standing().is_empty() {
        return Err(CountError::MoreSeatsThanCandidates { seats: parameters.seats, standing: 0 });
    }
    let mut lots = Lots::new(parameters, election, seed);
    if parameters.mode != Mode::Sequential {
        return Ok(vec![Tabulator::new(parameters, election, records, write_ins).run(&mut lots)?]);
    }
    let mut election = election.clone();
    let one_seat = Parameters { seats: 1, mode: Mode::SingleWinner, ..parameters.clone() };
    let mut tabulations: Vec<Tabulation> = Vec::new();
    election.seats = 1;
    for _ in 0..parameters.seats.min(election.standing().len() as u32) {
        let mut lots = Lots::new(parameters, &election, seed);
        let tabulation = Tabulator::new(&one_seat, &election, records, write_ins).run(&mut lots)?;
        for winner in tabulation.count.winners() {
            election.candidates[usize::from(winner) - 1].withdrawn = true;
        }
        tabulations.push(tabulation);
    }
    Ok(tabulations)
}

/// One count under way.
struct Tabulator<'a> {
    parameters: &'a Parameters,
    election: &'a Election,
    records: &'a [Record],
    write_ins: Option<u16>,
    /// One vote in the units of the totals.
    per_vote: i128,
    /// One whole value, in units of the last decimal place; weights come on top.
    one: i128,
    ballots: Vec<BallotState>,
    /// Who continues, by number; index 0 is unused.
    continuing: Vec<bool>,
    totals: Vec<i128>,
    /// What the elected keep of the papers that made them so, until the next round credits it to them.
    kept: BTreeMap<u16, i128>,
    elected: Vec<Elected>,
    /// The eliminated and the round in which it was decided.
    eliminated: Vec<(u16, u32)>,
    inactive: BTreeMap<Inactive, i128>,
    inactive_at_first: i128,
    residual: i128,
    threshold: Votes,
    ties: Vec<Tie>,
    stages: Vec<Stage>,
    inactive_by_stage: Vec<InactiveVotes>,
}

#[derive(Clone, Copy)]
struct BallotState {
    /// Whom the ballot counts for; 0 for nobody.
    holder: u16,
    /// What is left of each vote of the ballot.
    value: i128,
    inactive: Option<Inactive>,
}

/// What a round decides.
enum Verdict {
    Elected(Vec<u16>, &'static str),
    Eliminated(Vec<u16>, &'static str),
    Nothing,
}

impl<'a> Tabulator<'a> {
    fn new(
        parameters: &'a Parameters,
        election: &'a Election,
        records: &'a Records,
        write_ins: Option<u16>,
    ) -> Self {
        let one = 10i128.pow(parameters.places);
        let mut continuing = vec![false];
        continuing.extend(election.candidates.iter().map(|candidate| !candidate.withdrawn));
        Self {
            parameters,
            election,
            records: &records.records,
            write_ins,
            per_vote: one * i128::from(records.denominator.max(1)),
            one,
            ballots: vec![BallotState { holder: 0, value: one, inactive: None }; records.records.len()],
            totals: vec![0; continuing.len()],
            continuing,
            kept: BTreeMap::new(),
            elected: Vec::new(),
            eliminated: Vec::new(),
            inactive: BTreeMap::new(),
            inactive_at_first: 0,
            residual: 0,
            threshold: Votes::ZERO,
            ties: Vec::new(),
            stages: Vec::new(),
            inactive_by_stage: Vec::new(),
        }
    }

    fn run(mut self, lots: &mut Lots) -> Result<Tabulation, CountError> {
        let mut verdict = Verdict::Nothing;
        let mut round = 0;
        while self.goes_on(round) {
            round += 1;
            let transfers = self.distribute();
            if round == 1 {
                let active: i128 = self.totals.iter().sum();
                self.inactive_at_first = self.inactive.values().sum();
                if active == 0 {
                    let units: u64 = self.records.iter().map(|record| record.weight).sum();
                    return Err(CountError::NobodyVoted { cast: units });
                }
            }
            let mut transfers = transfers;
            self.credit_the_elected(round, &mut transfers);
            if self.threshold_is_new(round) {
                self.set_threshold();
            }
            let (action, paragraph) = match &verdict {
                Verdict::Elected(candidates, paragraph) => match candidates[..] {
                    [candidate] => (Action::Surplus(candidate), *paragraph),
                    _ => (Action::Surpluses(candidates.clone()), *paragraph),
                },
                Verdict::Eliminated(candidates, paragraph) => {
                    (Action::Exclusion(candidates.clone()), *paragraph)
                }
                Verdict::Nothing => (Action::FirstCount, "winnerElectionMode"),
            };
            verdict = self.decide(round, lots)?;
            self.end_stage(round, action, paragraph, transfers, &verdict);
            self.carry_out(round, &verdict);
        }
        Ok(self.finish(verdict))
    }

    /// Candidates with votes that a round can still change.
    fn candidates(&self) -> Vec<u16> {
        (1..self.continuing.len() as u16).filter(|candidate| self.is_continuing(*candidate)).collect()
    }

    fn is_continuing(&self, candidate: u16) -> bool {
        self.continuing[usize::from(candidate)]
    }

    fn total(&self, candidate: u16) -> i128 {
        self.totals[usize::from(candidate)]
    }

    fn votes(&self, units: i128) -> Votes {
        Votes::new(units, self.per_vote)
    }

    /// All who were on the list of this count when it began, write-ins included.
    fn field(&self) -> usize {
        self.election.candidates.iter().filter(|candidate| !candidate.withdrawn).count()
    }

    fn goes_on(&self, round: u32) -> bool {
        let parameters = self.parameters;
        if parameters.stop_after_round.is_some_and(|last| round >= last) {
            return false;
        }
        let declared = self.election.candidates.len() - usize::from(self.write_ins.is_some());
        if self.elected.len() == declared && parameters.seats as usize > self.field() {
            return false;
        }
        if parameters.until_two {
            return self.eliminated.len() + self.elected.len() + 1 < self.field()
                || self.eliminated.iter().any(|(_, when)| *when == round && round > 0);
        }
        if matches!(parameters.mode, Mode::BottomsUpToThreshold(..)) {
            return self.elected.is_empty();
        }
        self.elected.len() < parameters.seats as usize
            || (parameters.transfers_surpluses()
                && self.elected.iter().any(|it| it.stage == round && round > 0))
    }

    /// Moves every ballot whose candidate does not continue to its next choice.
    fn distribute(&mut self) -> Vec<Transfer> {
        let continuing = self.continuing.clone();
        let all_filled =
            self.parameters.transfers_surpluses() && self.elected.len() == self.parameters.seats as usize;
        for (total, continues) in self.totals.iter_mut().zip(&continuing) {
            if *continues {
                *total = 0;
            }
        }
        for (candidate, _) in &self.eliminated {
            self.totals[usize::from(*candidate)] = 0;
        }
        self.inactive.clear();
        // From whom and to whom, with the papers' value: votes at full weight, and as counted.
        let mut moved: BTreeMap<(u16, u16, i128), i128> = BTreeMap::new();
        for (state, record) in self.ballots.iter_mut().zip(self.records) {
            let weight = i128::from(record.weight);
            if state.inactive.is_none() && !(state.holder > 0 && continuing[usize::from(state.holder)]) {
                let from = state.holder;
                let next = match all_filled && !record.ranks.is_empty() {
                    true => Err(Inactive::FinalRoundSurplus),
                    false => next_choice(self.parameters, record, &continuing),
                };
                (state.holder, state.inactive) = match next {
                    Ok(candidate) => (candidate, None),
                    Err(reason) => (0, Some(reason)),
                };
                if from > 0 && state.value > 0 {
                    *moved.entry((from, state.holder, state.value)).or_default() += weight;
                }
            }
            match state.inactive {
                Some(reason) => *self.inactive.entry(reason).or_default() += weight * state.value,
                None => self.totals[usize::from(state.holder)] += weight * state.value,
            }
        }
        let denominator = self.per_vote / self.one;
        let transfer = |((from, to, value), weight): ((u16, u16, i128), i128)| Transfer {
            from,
            to: Some(to).filter(|to| *to > 0),
            papers: Votes::new(weight, denominator),
            value: Votes::new(value, self.one),
            votes: Votes::new(weight * value, self.per_vote),
        };
        moved.into_iter().map(transfer).collect()
    }

    /// Those elected in the round before are credited with what they keep; what is beyond the threshold because
    /// transferred values were cut off is nobody's.
    fn credit_the_elected(&mut self, round: u32, transfers: &mut Vec<Transfer>) {
        let newly = self.elected.iter().filter(|it| it.stage + 1 == round).map(|it| it.candidate);
        for candidate in newly.collect::<Vec<_>>() {
            let Some(kept) = self.kept.remove(&candidate) else { continue };
            let threshold = self.threshold_units();
            self.totals[usize::from(candidate)] = kept.min(threshold);
            let residual = kept - threshold;
            if residual > 0 {
                self.residual += residual;
                transfers.retain(|transfer| transfer.votes != Votes::ZERO);
            }
        }
    }

    /// The threshold in units, where it is one of the count's own decimal places.
    fn threshold_units(&self) -> i128 {
        let ratio = self.threshold.to_rational() * num_bigint::BigInt::from(self.per_vote);
        Votes::from(ratio.floor()).to_integer().unwrap_or(i128::MAX)
    }

    fn threshold_is_new(&self, round: u32) -> bool {
        if round == 1 {
            return true;
        }
        if self.parameters.seats > 1 || self.parameters.first_round_threshold {
            return false;
        }
        !self.parameters.until_two || self.elected.is_empty()
    }

    /// The threshold of the votes that count now: a percentage, Hare's quota rounded up, or Droop's.
    fn set_threshold(&mut self) {
        let active: i128 = self.candidates().iter().map(|candidate| self.total(*candidate)).sum();
        let seats = i128::from(self.parameters.seats);
        let step =
            if self.parameters.fractional_threshold { self.per_vote / self.one } else { self.per_vote };
        self.threshold = match self.parameters.mode {
            Mode::BottomsUpToThreshold(numerator, denominator) => {
                let exact = self.votes(active).to_rational() * num_bigint::BigInt::from(numerator)
                    / num_bigint::BigInt::from(denominator);
                Votes::from(exact)
            }
            _ if self.parameters.hare_quota => {
                let steps = (active + step * seats - 1) / (step * seats);
                self.votes(steps * step)
            }
            _ => self.votes((active / (step * (seats + 1)) + 1) * step),
        };
    }

    fn decide(&mut self, round: u32, lots: &mut Lots) -> Result<Verdict, CountError> {
        let winners = self.winners(round, lots)?;
        if !matches!(winners, Verdict::Nothing) {
            return Ok(winners);
        }
        let parameters = self.parameters;
        let must = self.elected.len() < parameters.seats as usize
            || (parameters.until_two && self.eliminated.len() + 2 < self.field())
            || matches!(parameters.mode, Mode::BottomsUpToThreshold(..));
        if !must {
            return Ok(Verdict::Nothing);
        }
        self.losers(round, lots)
    }

    fn winners(&mut self, round: u32, lots: &mut Lots) -> Result<Verdict, CountError> {
        let candidates = self.candidates();
        if self.write_ins.is_some_and(|number| self.is_continuing(number) && self.total(number) > 0) {
            return Ok(Verdict::Nothing);
        }
        let reached = |candidate: &u16| self.votes(self.total(*candidate)) >= self.threshold;
        if let Mode::BottomsUpToThreshold(..) = self.parameters.mode {
            let all = candidates.iter().all(|c| self.votes(self.total(*c)) > self.threshold);
            return Ok(match all {
                true => Verdict::Elected(candidates, "multiSeatBottomsUpPercentageThreshold"),
                false => Verdict::Nothing,
            });
        }
        let unfilled = (self.parameters.seats as usize).saturating_sub(self.elected.len());
        if unfilled == 0 {
            return Ok(Verdict::Nothing);
        }
        let most = candidates.iter().map(|candidate| self.total(*candidate)).max().unwrap_or(0);
        let leaders: Vec<u16> = candidates.iter().copied().filter(|c| self.total(*c) == most).collect();
        let last_pair = self.parameters.seats == 1 && candidates.len() == 2 && unfilled == 1;
        let (mut selected, paragraph) = if candidates.len() <= unfilled {
            (candidates, "numberOfWinners")
        } else if self.parameters.first_round_threshold
            && candidates.len() == self.parameters.seats as usize + 1
        {
            (leaders.clone(), "doesFirstRoundDetermineThreshold")
        } else if self.parameters.mode == Mode::BottomsUp {
            (Vec::new(), "winnerElectionMode")
        } else {
            let not_write_in = |candidate: &u16| Some(*candidate) != self.write_ins;
            let reached = candidates.into_iter().filter(reached).filter(not_write_in).collect();
            (reached, "winnerElectionMode")
        };
        let one_a_round =
            self.parameters.mode == Mode::OneWinnerPerRound || self.parameters.first_round_threshold;
        if (selected.len() > 1 && one_a_round) || (last_pair && selected.is_empty()) {
            selected = vec![self.choose(leaders, true, round, lots)?];
        }
        selected.sort_by_key(|candidate| (-self.total(*candidate), *candidate));
        Ok(match selected.is_empty() {
            true => Verdict::Nothing,
            false => Verdict::Elected(selected, paragraph),
        })
    }

    fn losers(&mut self, round: u32, lots: &mut Lots) -> Result<Verdict, CountError> {
        let candidates = self.candidates();
        if let Some(write_ins) = self.write_ins
            && self.is_continuing(write_ins)
            && self.total(write_ins) > 0
        {
            return Ok(Verdict::Eliminated(vec![write_ins], "undeclaredWriteInLabel"));
        }
        if self.parameters.cutoff_elimination {
            let below = |candidate: &u16| self.votes(self.total(*candidate)) < self.threshold;
            let below: Vec<u16> = candidates.iter().copied().filter(below).collect();
            if !below.is_empty() {
                return Ok(Verdict::Eliminated(below, "cutoffElimination"));
            }
        }
        if self.parameters.batch_elimination {
            let batch = self.batch(&candidates);
            if batch.len() > 1 {
                return Ok(Verdict::Eliminated(batch, "batchElimination"));
            }
        }
        let fewest = candidates.iter().map(|candidate| self.total(*candidate)).min().unwrap_or(0);
        let last = candidates.into_iter().filter(|c| self.total(*c) == fewest).collect();
        Ok(Verdict::Eliminated(vec![self.choose(last, false, round, lots)?], "winnerElectionMode"))
    }

    /// All of the lowest who together have fewer votes than the next above them. Under
    /// `continueUntilTwoCandidatesRemain` the last step that would leave one alone is not taken.
    fn batch(&self, candidates: &[u16]) -> Vec<u16> {
        let mut by_votes: BTreeMap<i128, Vec<u16>> = BTreeMap::new();
        candidates.iter().for_each(|c| by_votes.entry(self.total(*c)).or_default().push(*c));
        let (mut together, mut seen) = (0, Vec::new());
        let (mut batch, mut before): (Vec<u16>, Vec<u16>) = (Vec::new(), Vec::new());
        for (votes, tied) in by_votes {
            if together < votes && seen.len() > batch.len() {
                before = std::mem::replace(&mut batch, seen.clone());
            }
            together += votes * tied.len() as i128;
            seen.extend(tied);
        }
        if self.parameters.until_two && batch.len() + self.eliminated.len() + 1 == self.field() {
            return before;
        }
        batch
    }

    /// One of the tied, by the configuration's way.
    fn choose(
        &mut self,
        tied: Vec<u16>,
        winner: bool,
        round: u32,
        lots: &mut Lots,
    ) -> Result<u16, CountError> {
        if let [only] = tied[..] {
            return Ok(only);
        }
        let tie = lots.break_tie(self.election, &self.stages, tied, winner, round)?;
        let taken = tie.taken[0];
        self.ties.push(tie);
        Ok(taken)
    }

    fn end_stage(
        &mut self,
        round: u32,
        action: Action,
        paragraph: &'static str,
        transfers: Vec<Transfer>,
        verdict: &Verdict,
    ) {
        let elected = match verdict {
            Verdict::Elected(candidates, paragraph) => {
                candidates.iter().map(|candidate| Decision { candidate: *candidate, paragraph }).collect()
            }
            _ => Vec::new(),
        };
        let excluded = match &action {
            Action::Exclusion(candidates) => candidates.clone(),
            _ => Vec::new(),
        };
        let inactive: i128 = self.inactive.values().sum();
        self.stages.push(Stage {
            number: round,
            action,
            paragraph,
            transfers,
            totals: self.totals[1..].iter().map(|units| self.votes(*units)).collect(),
            non_transferable: self.votes(inactive - self.inactive_at_first),
            rounding: self.votes(self.residual),
            quota: Some(self.threshold.clone()),
            elected,
            excluded,
        });
        let by_reason = self.inactive.iter().map(|(reason, units)| (*reason, self.votes(*units)));
        self.inactive_by_stage.push(by_reason.collect());
    }

    fn carry_out(&mut self, round: u32, verdict: &Verdict) {
        match verdict {
            Verdict::Nothing => {}
            Verdict::Eliminated(candidates, _) => {
                for candidate in candidates {
                    self.continuing[usize::from(*candidate)] = false;
                    self.eliminated.push((*candidate, round));
                }
            }
            Verdict::Elected(candidates, _) => {
                for candidate in candidates {
                    self.elected.push(Elected { candidate: *candidate, stage: round });
                    self.continuing[usize::from(*candidate)] = self.parameters.until_two;
                    if self.parameters.transfers_surpluses() {
                        self.split_surplus(*candidate);
                    }
                }
            }
        }
    }

    /// Each paper of an elected candidate goes on at its value × surplus / votes, both products cut off; the candidate
    /// keeps the rest.
    fn split_surplus(&mut self, candidate: u16) {
        let votes = self.total(candidate);
        let surplus = votes - self.threshold_units();
        let fraction = if surplus > 0 { surplus * self.one / votes } else { 0 };
        let mut kept = 0;
        for (state, record) in self.ballots.iter_mut().zip(self.records) {
            if state.holder == candidate && state.inactive.is_none() {
                let passed_on = state.value * fraction / self.one;
                kept += (state.value - passed_on) * i128::from(record.weight);
                state.value = passed_on;
            }
        }
        self.kept.insert(candidate, kept);
    }

    fn finish(self, verdict: Verdict) -> Tabulation {
        let is_elected = |candidate: &u16| self.elected.iter().any(|it| it.candidate == *candidate);
        let mut runners_up = self.candidates();
        runners_up.retain(|candidate| !is_elected(candidate));
        runners_up.sort_by_key(|candidate| (-self.total(*candidate), *candidate));
        runners_up.extend(self.eliminated.iter().rev().map(|(candidate, _)| *candidate));
        let units: i128 = self.records.iter().map(|record| i128::from(record.weight) * self.one).sum();
        let seats = match self.parameters.mode {
            Mode::BottomsUpToThreshold(..) => self.elected.len() as u32,
            _ => self.parameters.seats,
        };
        Tabulation {
            election: self.election.clone(),
            inactive: self.inactive_by_stage,
            eliminated_at_the_end: match verdict {
                Verdict::Eliminated(candidates, _) => candidates,
                _ => Vec::new(),
            },
            count: Count {
                rule: Rule::RcTab,
                seats,
                valid: Votes::new(units - self.inactive_at_first, self.per_vote),
                invalid: Votes::new(self.inactive_at_first, self.per_vote),
                quota: Some(self.threshold),
                elected: self.elected,
                runners_up,
                ties: self.ties,
                stages: self.stages,
                pairwise: None,
            },
        }
    }
}

/// The candidate whom a ballot counts for next, or why it counts for nobody.
fn next_choice(parameters: &Parameters, record: &Record, continuing: &[bool]) -> Result<u16, Inactive> {
    if record.ranks.is_empty() {
        return Err(Inactive::NothingRanked);
    }
    let mut last_rank = 0;
    let mut seen = Vec::new();
    for (rank, choices) in &record.ranks {
        if parameters.maximum_skipped_ranks.is_some_and(|most| rank - last_rank > most.saturating_add(1)) {
            return Err(Inactive::SkippedRankings);
        }
        last_rank = *rank;
        if parameters.exhaust_on_duplicate {
            if choices.iter().any(|choice| seen.contains(choice)) {
                return Err(Inactive::RepeatedRanking);
            }
            seen.extend_from_slice(choices);
        }
        let continues = |choice: &Choice| match choice {
            Choice::Candidate(candidate) => Some(*candidate).filter(|it| continuing[usize::from(*it)]),
            Choice::Overvote => None,
        };
        let several = choices.len() > 1 || choices.contains(&Choice::Overvote);
        match parameters.overvotes {
            Overvotes::Exhaust if several => return Err(Inactive::Overvote),
            Overvotes::Skip if several => continue,
            Overvotes::ExhaustIfSeveralContinue if choices.contains(&Choice::Overvote) => {
                return Err(Inactive::Overvote);
            }
            Overvotes::ExhaustIfSeveralContinue if choices.iter().filter_map(continues).count() > 1 => {
                return Err(Inactive::Overvote);
            }
            _ => {}
        }
        if let Some(candidate) = choices.iter().find_map(continues) {
            return Ok(candidate);
        }
    }
    Err(Inactive::ExhaustedChoices)
}
