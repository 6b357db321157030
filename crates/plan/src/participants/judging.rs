//! Whose word is good: what can be seen from the files alone.

use super::files::MessageError;
use super::price_list::PriceList;
use super::proposal::{Column, GroupProposal, Proposal};
use super::targets::row_name;
use crate::decimal::Decimal;
use crate::economy::{Digest, Economy, LEVEL_DECIMALS};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What is wrong with a participant's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// There is none.
    Silent,
    /// It came when the next prices had gone out. It counts from now on.
    Late,
    /// Nobody of this name is heard.
    Unknown,
    /// The file cannot be read.
    Unreadable(MessageError),
    /// It is for a round that has no prices yet.
    OtherRound,
    /// It answers other prices than those of its round.
    OtherPrices,
    /// It is not the word that was heard: its SHA-256 differs from the one in the price list.
    Altered,
    /// It was heard, and the file is gone.
    Gone,
    /// There is another one of the same round.
    Twice,
    /// Something is there that cannot be, in words.
    Malformed(String),
    /// It offers or takes more than at the opening, where all ran at capacity.
    BeyondCapacity {
        /// Which group.
        group: String,
        /// Outputs, inputs, labour or loads.
        kind: &'static str,
        /// Which row.
        row: String,
        /// What it says.
        said: Decimal,
        /// What it said in its opening.
        opening: Decimal,
    },
    /// The gain that it states is not what its own proposal gains at the prices.
    OtherGain {
        /// Which group.
        group: String,
        /// Which stage, from 1.
        stage: usize,
        /// As stated.
        stated: Decimal,
        /// Of the proposal.
        proposed: Decimal,
        /// Of which round the proposal is.
        round: u32,
    },
    /// What it committed itself to is less than what it proposed.
    BrokenWord {
        /// Which product.
        row: String,
        /// What it committed itself to.
        committed: Decimal,
        /// What was asked of it by its own proposals.
        target: Decimal,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silent => f.write_str("is silent"),
            Self::Late => f.write_str("answered late; its word counts from the next prices on"),
            Self::Unknown => f.write_str("is not among those who are heard"),
            Self::Unreadable(error) => write!(f, "cannot be read: {error}"),
            Self::OtherRound => f.write_str("answers a round that has no prices yet"),
            Self::OtherPrices => f.write_str("answers other prices than those that were sent down"),
            Self::Altered => f.write_str("was altered: its SHA-256 is not the one that was heard"),
            Self::Gone => f.write_str("was heard, and its file is gone"),
            Self::Twice => f.write_str("has two files of one round; neither counts"),
            Self::Malformed(what) => f.write_str(what),
            Self::BeyondCapacity { group, kind, row, said, opening } => write!(
                f,
                "is out of its capacity: {said} of `{row}` ({kind}) in group `{group}`, at the opening {opening} with \
                 all at capacity"
            ),
            Self::OtherGain { group, stage, stated, proposed, round } => write!(
                f,
                "contradicts itself: it states that group `{group}` gains {stated} at most at stage {stage}, its \
                 proposal of round {round} gains {proposed}"
            ),
            Self::BrokenWord { row, committed, target } => write!(
                f,
                "cannot keep its word: it commits itself to {committed} of `{row}`, its proposals came to {target}"
            ),
        }
    }
}

/// A participant, a round, and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Who, or the name of the file where that cannot be known.
    pub from: String,
    /// Which round; 0 is the opening.
    pub round: u32,
    /// What is wrong.
    pub fault: Fault,
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.round {
            0 => write!(f, "{} in its opening {}", self.from, self.fault),
            round => write!(f, "{} in round {round} {}", self.from, self.fault),
        }
    }
}

/// Good words, and who is named.
#[derive(Debug, Clone, Default)]
pub struct Judgement {
    /// Good words by round, then by name.
    pub words: Vec<Proposal>,
    /// What is wrong with the others.
    pub named: Vec<Named>,
}

impl Judgement {
    /// Who is named for the latest round, so that the next prices would go out without their word.
    pub fn named_in(&self, round: u32) -> Vec<&Named> {
        self.named.iter().filter(|named| named.round == round || named.fault == Fault::Unknown).collect()
    }
}

/// Judges everything that was handed in to the congress, as files with their names, against the prices that went down so
/// far. `roll` says who is to be heard.
pub fn judge(
    frame: &Economy,
    roll: &BTreeSet<String>,
    lists: &[PriceList],
    files: &BTreeMap<String, Vec<u8>>,
) -> Judgement {
    let heard = lists.iter().flat_map(|list| &list.rests_on);
    let heard = heard.map(|heard| ((heard.from.as_str(), heard.round), heard.digest));
    judge_beside(frame, roll, lists, files, &heard.collect())
}

/// The same for those below a branch or district. Price lists say which words of branches were heard before them, and
/// nothing of words below: there, any word for earlier prices comes late, and a name that a branch bears too is
/// nobody else's.
pub fn judge_below(
    frame: &Economy,
    roll: &BTreeSet<String>,
    lists: &[PriceList],
    files: &BTreeMap<String, Vec<u8>>,
) -> Judgement {
    judge_beside(frame, roll, lists, files, &BTreeMap::new())
}

/// Judges words, of which those in `heard` lay on the table already as they were then.
fn judge_beside(
    frame: &Economy,
    roll: &BTreeSet<String>,
    lists: &[PriceList],
    files: &BTreeMap<String, Vec<u8>>,
    heard: &BTreeMap<(&str, u32), Digest>,
) -> Judgement {
    let mut named = Vec::new();
    let mut read: BTreeMap<(String, u32), Vec<Proposal>> = BTreeMap::new();
    for (name, bytes) in files {
        match Proposal::read(bytes, frame) {
            Ok(word) if roll.contains(&word.from) => {
                read.entry((word.from.clone(), word.round)).or_default().push(word);
            }
            Ok(word) => named.push(Named { from: word.from, round: word.round, fault: Fault::Unknown }),
            Err(error) => {
                let round = lists.len() as u32;
                named.push(Named { from: name.clone(), round, fault: Fault::Unreadable(error) });
            }
        }
    }
    let last = lists.len() as u32;
    let mut words = Vec::new();
    for from in roll {
        let mut own: Vec<Proposal> = Vec::new();
        for round in 0..=last {
            let found = read.remove(&(from.clone(), round)).unwrap_or_default();
            let heard = heard.get(&(from.as_str(), round)).copied();
            match choose(frame, found, heard, round < last) {
                Err(Fault::Silent) if round < last => {}
                Err(fault) => named.push(Named { from: from.clone(), round, fault }),
                Ok((word, late)) => match fault_of(frame, lists, &own, &word) {
                    Some(fault) => named.push(Named { from: from.clone(), round, fault }),
                    None => {
                        if late {
                            named.push(Named { from: from.clone(), round, fault: Fault::Late });
                        }
                        own.push(word);
                    }
                },
            }
        }
        words.extend(own);
    }
    let beyond = read.into_keys();
    named.extend(beyond.map(|(from, round)| Named { from, round, fault: Fault::OtherRound }));
    words.sort_by(|left, right| (left.round, &left.from).cmp(&(right.round, &right.from)));
    Judgement { words, named }
}

/// The word of a round, and whether it came late.
#[allow(clippy::result_large_err, reason = "once a word; a box would not be noticed")]
fn choose(
    frame: &Economy,
    found: Vec<Proposal>,
    heard: Option<Digest>,
    is_over: bool,
) -> Result<(Proposal, bool), Fault> {
    let Some(heard) = heard else {
        let mut found = found.into_iter();
        return match (found.next(), found.next()) {
            (None, _) => Err(Fault::Silent),
            (Some(word), None) => Ok((word, is_over)),
            (Some(_), Some(_)) => Err(Fault::Twice),
        };
    };
    if found.is_empty() {
        return Err(Fault::Gone);
    }
    let same = found.into_iter().find(|word| word.digest(frame) == heard);
    same.map(|word| (word, false)).ok_or(Fault::Altered)
}

/// What is wrong with a word, beside the same participant's earlier good ones.
fn fault_of(frame: &Economy, lists: &[PriceList], own: &[Proposal], word: &Proposal) -> Option<Fault> {
    if word.round == 0 {
        return fault_of_opening(word);
    }
    let list = &lists[word.round as usize - 1];
    if word.answers != Some(list.digest(frame)) {
        return Some(Fault::OtherPrices);
    }
    let Some(opening) = own.first().filter(|first| first.round == 0) else {
        return Some(Fault::Malformed("has no good opening, so nothing is known of its capacity".to_owned()));
    };
    if word.groups.keys().ne(opening.groups.keys()) {
        return Some(Fault::Malformed("has other groups than in its opening".to_owned()));
    }
    word.groups.iter().find_map(|(name, group)| fault_of_group(frame, list, own, word.round, name, group))
}

fn fault_of_opening(word: &Proposal) -> Option<Fault> {
    let is_plain = |group: &GroupProposal| {
        group.columns.len() == 1 && group.columns[0].stages.is_empty() && group.gains.is_empty()
    };
    let odd = word.groups.iter().find(|(_, group)| !is_plain(group)).map(|(name, _)| name);
    if let Some(name) = odd {
        let what = format!("must have one column without stages and no gains for group `{name}`");
        return Some(Fault::Malformed(what));
    }
    word.answers.is_some().then_some(Fault::OtherPrices)
}

fn fault_of_group(
    frame: &Economy,
    list: &PriceList,
    own: &[Proposal],
    round: u32,
    name: &str,
    group: &GroupProposal,
) -> Option<Fault> {
    let stages = list.stages.len();
    let malformed = |what: String| Some(Fault::Malformed(what));
    if group.gains.len() != stages {
        return malformed(format!("has {} gains for group `{name}`, expected {stages}", group.gains.len()));
    }
    let all: Vec<usize> = group.columns.iter().flat_map(|column| column.stages.iter().copied()).collect();
    let distinct: BTreeSet<usize> = all.iter().copied().collect();
    if distinct.len() != all.len() || distinct.last().is_some_and(|&stage| stage >= stages) {
        return malformed(format!("has not one column at most for each stage in group `{name}`"));
    }
    if group.columns.iter().any(|column| column.stages.is_empty()) {
        return malformed(format!("has a column without a stage in group `{name}`"));
    }
    let opening = &own[0].groups[name].columns[0].quantities;
    for column in &group.columns {
        if let Some(beyond) = column.quantities.first_beyond(opening) {
            return Some(beyond_capacity(frame, name, beyond));
        }
    }
    let Some(by_row) = list.by_row(frame) else {
        return malformed("answers prices that are too large to multiply in 128 bits".to_owned());
    };
    for (stage, rows) in by_row.iter().enumerate() {
        let stated = &group.gains[stage];
        let other_gain = |proposed: Decimal, round: u32| {
            let (group, stated) = (name.to_owned(), stated.clone());
            Some(Fault::OtherGain { group, stage: stage + 1, stated, proposed, round })
        };
        if stated.is_negative() {
            return other_gain(Decimal::zero(), round);
        }
        let own_column = group.columns.iter().find(|column| column.stages.contains(&stage));
        if let Some(value) = own_column.map(|column| rows.value(&column.quantities))
            && value != *stated
        {
            return other_gain(value, round);
        }
        // Nothing that it ever proposed may gain more than it states to be the most.
        let earlier = own.iter().flat_map(|word| {
            let columns: &[Column] = word.groups.get(name).map_or(&[], |group| &group.columns);
            columns.iter().map(move |column| (word.round, column))
        });
        let these = group.columns.iter().map(|column| (round, column));
        for (round, column) in earlier.chain(these) {
            let value = rows.value(&column.quantities);
            if value > *stated {
                return other_gain(value, round);
            }
        }
    }
    None
}

fn beyond_capacity(
    frame: &Economy,
    group: &str,
    (kind, of, said, opening): (&'static str, u32, i128, i128),
) -> Fault {
    let decimals = decimals_of(frame, kind, of) + LEVEL_DECIMALS;
    Fault::BeyondCapacity {
        group: group.to_owned(),
        kind,
        row: row_name(frame, kind, of),
        said: Decimal::new(said, decimals),
        opening: Decimal::new(opening, decimals),
    }
}

/// Decimals of a row of one of the four kinds of quantities.
pub(super) fn decimals_of(frame: &Economy, kind: &str, of: u32) -> u32 {
    match kind {
        "labour" => frame.labour_decimals,
        "loads" => frame.satellites[of as usize].decimals,
        _ => frame.products[of as usize].decimals,
    }
}
