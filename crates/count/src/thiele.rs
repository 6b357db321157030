//! Thiele's methods: a ballot is worth more the more of those it approves of are elected, but ever less more.
//!
//! T. N. Thiele, *Om Flerfoldsvalg* (1895). Proportional approval voting: 1 for the first, ½ for the second, ⅓ for
//! the third; in sequence (each seat to whoever adds most) or exactly (the committee that is worth most). Chamberlin
//! and Courant, *Representative deliberations and representative decisions* (American Political Science Review 77,
//! 1983), with approval: 1 for the first, 0 for any more.

use crate::approvals::Approvals;
use crate::contest::Contest;
use crate::sheet::draw_order;
use crate::{Count, CountError, Rule, Tie, TieBreak, Votes};

/// The least common multiple of 1 to this still leaves room for the votes of every election.
const MOST_SEATS: usize = 40;

/// Exact search visits at most this many committees and beginnings of committees.
const MOST_VISITS: u64 = 200_000_000;

/// Counts in sequence or exactly, as the rule says.
pub(crate) fn count(contest: &Contest) -> Result<Count, CountError> {
    let seats = contest.seats as usize + contest.sitting.len();
    if seats > MOST_SEATS {
        let what = "seats";
        return Err(CountError::TooLarge {
            rule: contest.rule.name(),
            what,
            limit: MOST_SEATS,
            actual: seats,
        });
    }
    let approvals = Approvals::of(contest)?;
    let thiele = Thiele::new(contest.rule, approvals, seats);
    match contest.rule {
        Rule::SequentialProportionalApproval => in_sequence(contest, thiele),
        _ => exactly(contest, thiele),
    }
}

struct Thiele {
    approvals: Approvals,
    /// What one more is worth to a ballot that has so many already, in units of 1 / `unit`.
    worth: Vec<u128>,
    unit: u128,
    /// How many of those elected each group approves of.
    represented: Vec<usize>,
    /// What electing each candidate would add, by number.
    gains: Vec<u128>,
}

impl Thiele {
    fn new(rule: Rule, approvals: Approvals, seats: usize) -> Self {
        let (worth, unit): (Vec<u128>, u128) = if rule == Rule::ChamberlinCourant {
            ((0..seats.max(1)).map(|place| u128::from(place == 0)).collect(), 1)
        } else {
            let unit = (1..=seats as u128).fold(1, num_integer::lcm);
            ((1..=seats as u128).map(|place| unit / place).collect(), unit)
        };
        let first = worth.first().copied().unwrap_or(0);
        let numbers = 0..approvals.supporters.len() as u16;
        let gains = numbers.map(|candidate| u128::from(approvals.support(candidate)) * first).collect();
        Self { represented: vec![0; approvals.groups.len()], approvals, worth, unit, gains }
    }

    /// What electing this candidate would add.
    fn gain(&self, candidate: u16) -> u128 {
        self.gains[usize::from(candidate)]
    }

    /// What one more is worth to a ballot that has so many already.
    fn worth(&self, already: usize) -> u128 {
        self.worth.get(already).copied().unwrap_or(0)
    }

    fn elect(&mut self, candidate: u16) {
        for place in 0..self.approvals.supporters[usize::from(candidate)].len() {
            let group = self.approvals.supporters[usize::from(candidate)][place];
            let already = self.represented[group];
            let less = self.weight(group) * (self.worth(already) - self.worth(already + 1));
            self.represented[group] += 1;
            for approved in &self.approvals.groups[group].approved {
                self.gains[usize::from(*approved)] -= less;
            }
        }
    }

    fn undo(&mut self, candidate: u16) {
        for place in 0..self.approvals.supporters[usize::from(candidate)].len() {
            let group = self.approvals.supporters[usize::from(candidate)][place];
            self.represented[group] -= 1;
            let already = self.represented[group];
            let more = self.weight(group) * (self.worth(already) - self.worth(already + 1));
            for approved in &self.approvals.groups[group].approved {
                self.gains[usize::from(*approved)] += more;
            }
        }
    }

    fn weight(&self, group: usize) -> u128 {
        self.approvals.groups[group].weight.into()
    }

    fn score(&self, contest: &Contest, worth: u128) -> Votes {
        let denominator = self.unit * u128::from(contest.election.ballots.denominator());
        Votes::new(worth as i128, denominator as i128)
    }
}

/// Each seat to the candidate who adds most; ties by lot.
fn in_sequence(contest: &Contest, mut thiele: Thiele) -> Result<Count, CountError> {
    contest.sitting.iter().for_each(|candidate| thiele.elect(*candidate));
    let mut open = contest.eligible.clone();
    let mut seats = Vec::new();
    let mut ties = Vec::new();
    while seats.len() < contest.seats as usize {
        let gains: Vec<u128> = open.iter().map(|candidate| thiele.gain(*candidate)).collect();
        let most = gains.iter().copied().max().unwrap_or(0);
        let tied: Vec<u16> =
            open.iter().zip(&gains).filter(|(_, gain)| **gain == most).map(|(c, _)| *c).collect();
        let candidate = take_one(contest, seats.len() as u32 + 1, tied, &mut ties)?;
        seats.push((candidate, thiele.score(contest, most)));
        thiele.elect(candidate);
        open.retain(|other| *other != candidate);
    }
    Ok(thiele.approvals.conclude(contest, "most added", &seats, ties))
}

/// One of the tied, by lot where there are several.
pub(crate) fn take_one(
    contest: &Contest,
    stage: u32,
    tied: Vec<u16>,
    ties: &mut Vec<Tie>,
) -> Result<u16, CountError> {
    if let [only] = tied[..] {
        return Ok(only);
    }
    let purpose = "next seat";
    let candidate = draw_order(contest.election, contest.seed, stage, purpose, &tied)?[0];
    ties.push(Tie {
        stage,
        tied,
        purpose: purpose.to_owned(),
        taken: vec![candidate],
        broken_by: TieBreak::Lot,
    });
    Ok(candidate)
}

/// The committee that is worth most, found by branch and bound; among several, the one that comes first when its
/// members are compared in an order of the candidates drawn by lot.
fn exactly(contest: &Contest, mut thiele: Thiele) -> Result<Count, CountError> {
    contest.sitting.iter().for_each(|candidate| thiele.elect(*candidate));
    let mut order = contest.eligible.clone();
    order.sort_by_key(|candidate| (std::cmp::Reverse(thiele.approvals.support(*candidate)), *candidate));
    let mut search = Search {
        rule: contest.rule,
        thiele,
        order,
        size: contest.seats as usize,
        chosen: Vec::new(),
        best: 0,
        committees: Vec::new(),
        visits: 0,
    };
    search.descend(0, 0)?;
    let Search { mut thiele, committees, .. } = search;
    let mut ties = Vec::new();
    let committee = first_by_lot(contest, committees, &mut ties)?;
    let mut seats = Vec::new();
    let mut left = committee;
    // The seats are listed in the order in which they add most, which decides nothing.
    while !left.is_empty() {
        left.sort_by_key(|candidate| (thiele.gain(*candidate), std::cmp::Reverse(*candidate)));
        let Some(candidate) = left.pop() else { break };
        seats.push((candidate, thiele.score(contest, thiele.gain(candidate))));
        thiele.elect(candidate);
    }
    Ok(thiele.approvals.conclude(contest, "greatest worth", &seats, ties))
}

fn first_by_lot(
    contest: &Contest,
    committees: Vec<Vec<u16>>,
    ties: &mut Vec<Tie>,
) -> Result<Vec<u16>, CountError> {
    if let [only] = &committees[..] {
        return Ok(only.clone());
    }
    let in_all = |candidate: &u16| committees.iter().all(|committee| committee.contains(candidate));
    let mut tied: Vec<u16> =
        committees.iter().flatten().copied().filter(|candidate| !in_all(candidate)).collect();
    tied.sort_unstable();
    tied.dedup();
    let purpose = "committee of the greatest worth";
    let drawn = draw_order(contest.election, contest.seed, 1, purpose, &tied)?;
    let places = |committee: &Vec<u16>| {
        let mut places: Vec<usize> =
            committee.iter().filter_map(|member| drawn.iter().position(|drawn| drawn == member)).collect();
        places.sort_unstable();
        places
    };
    let first = committees.into_iter().min_by_key(places).unwrap_or_default();
    let taken = first.iter().copied().filter(|candidate| tied.contains(candidate)).collect();
    ties.push(Tie { stage: 1, tied, purpose: purpose.to_owned(), taken, broken_by: TieBreak::Lot });
    Ok(first)
}

struct Search {
    rule: Rule,
    thiele: Thiele,
    /// Candidates in the order in which they are tried, most supported first.
    order: Vec<u16>,
    size: usize,
    chosen: Vec<u16>,
    best: u128,
    committees: Vec<Vec<u16>>,
    visits: u64,
}

impl Search {
    /// Tries all committees that hold those chosen and others from `from` on.
    fn descend(&mut self, from: usize, worth: u128) -> Result<(), CountError> {
        self.visits += 1;
        if self.visits > MOST_VISITS {
            let (what, actual) = ("committees to compare", usize::MAX);
            return Err(CountError::TooLarge {
                rule: self.rule.name(),
                what,
                limit: MOST_VISITS as usize,
                actual,
            });
        }
        let wanted = self.size - self.chosen.len();
        if wanted == 0 {
            if worth > self.best || self.committees.is_empty() {
                self.best = worth;
                self.committees.clear();
            }
            if worth == self.best {
                self.committees.push(self.chosen.clone());
            }
            return Ok(());
        }
        // What each adds now is the most that it can add later, so the best of them bound what is to come.
        let gains: Vec<u128> =
            self.order[from..].iter().map(|candidate| self.thiele.gain(*candidate)).collect();
        for (offset, gain) in gains.iter().enumerate() {
            if gains.len() - offset < wanted || worth + bound(&gains[offset..], wanted) < self.best {
                return Ok(());
            }
            let candidate = self.order[from + offset];
            self.thiele.elect(candidate);
            self.chosen.push(candidate);
            self.descend(from + offset + 1, worth + gain)?;
            self.chosen.pop();
            self.thiele.undo(candidate);
        }
        Ok(())
    }
}

/// The sum of the greatest of these, as many as wanted.
fn bound(gains: &[u128], wanted: usize) -> u128 {
    let mut sorted = gains.to_vec();
    if wanted < sorted.len() {
        sorted.select_nth_unstable_by(wanted, |a, b| b.cmp(a));
    }
    sorted.iter().take(wanted).sum()
}
