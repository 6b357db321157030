//! What goes up in a round: for each product group, so much out, so much in, so many hours.

use super::price_list::{PriceList, RowPrices};
use super::quantities::Quantities;
use crate::decimal::Decimal;
use crate::economy::{Digest, Economy};
use std::collections::{BTreeMap, BTreeSet};

/// A participant's answer to a price list, or its opening word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Digest of the [frame](Economy::frame).
    pub frame: Digest,
    /// Who speaks.
    pub from: String,
    /// Which round it answers; 0 is the opening.
    pub round: u32,
    /// SHA-256 of the price list that it answers; none for the opening.
    pub answers: Option<Digest>,
    /// Whose words it adds up, with the SHA-256 of each; empty for a participant that speaks for its own
    /// activities.
    pub adds_up: BTreeMap<String, Digest>,
    /// By product group.
    pub groups: BTreeMap<String, GroupProposal>,
}

/// What is proposed of one product group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupProposal {
    /// What could be made and taken, each calling on some of the workplaces with all their capacity. Any parts of
    /// them that add up to 1 at most can be done.
    pub columns: Vec<Column>,
    /// By stage, the most that the group can gain at the prices. Empty in the opening.
    pub gains: Vec<Decimal>,
}

/// One thing that could be done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Column {
    /// The stages, from 0, at whose prices it gains most. Empty in the opening, which is everybody at capacity.
    pub stages: BTreeSet<usize>,
    /// The activities that run, each with its workplace. Told inside a branch, never outside: empty in a
    /// [sealed](super::seal) word.
    pub runs: BTreeMap<String, String>,
    /// What they give and take together.
    pub quantities: Quantities,
}

impl Column {
    /// The workplaces that run.
    pub(super) fn workplaces(&self) -> BTreeSet<&str> {
        self.runs.values().map(String::as_str).collect()
    }
}

impl Proposal {
    /// The opening word of a participant for its own activities: all at capacity.
    pub fn opening(economy: &Economy, from: &str) -> Self {
        Self::opening_in(economy, from, economy.frame().digest())
    }

    /// The same, with the digest of the frame at hand.
    pub(super) fn opening_in(economy: &Economy, from: &str, frame: Digest) -> Self {
        let mut groups: BTreeMap<String, GroupProposal> = BTreeMap::new();
        for activity in &economy.activities {
            let group = groups.entry(economy.groups[activity.group as usize].clone()).or_default();
            if group.columns.is_empty() {
                group.columns.push(Column::default());
            }
            let column = &mut group.columns[0];
            let workplace = economy.workplaces[activity.workplace as usize].id.clone();
            column.runs.insert(activity.id.clone(), workplace);
            column.quantities.add_activity(activity, activity.capacity);
        }
        Self { frame, from: from.to_owned(), round: 0, answers: None, adds_up: BTreeMap::new(), groups }
    }

    /// The answer of a participant for its own activities: at each stage's prices, those that gain run, the others
    /// rest. `None` where the prices are too large for 128 bits.
    pub fn answer(economy: &Economy, from: &str, prices: &PriceList) -> Option<Self> {
        Self::answer_to(economy, from, &Question::of(economy, prices)?)
    }

    /// The same to prices that many answer.
    pub(super) fn answer_to(economy: &Economy, from: &str, question: &Question<'_>) -> Option<Self> {
        let Question { prices, by_row, digest } = question;
        let mut gains: BTreeMap<&str, Vec<Decimal>> = BTreeMap::new();
        // By group and stage, the activities that gain.
        let mut running: BTreeMap<&str, Vec<Vec<usize>>> = BTreeMap::new();
        for (index, activity) in economy.activities.iter().enumerate() {
            let group = economy.groups[activity.group as usize].as_str();
            let gains = gains.entry(group).or_insert_with(|| vec![Decimal::zero(); by_row.len()]);
            let running = running.entry(group).or_insert_with(|| vec![Vec::new(); by_row.len()]);
            for (stage, rows) in by_row.iter().enumerate() {
                let gain = rows.gain(activity)?;
                if gain > 0 {
                    gains[stage] = &gains[stage] + &rows.at_capacity(gain, activity.capacity);
                    running[stage].push(index);
                }
            }
        }
        let column = |(activities, stages): (Vec<usize>, BTreeSet<usize>)| {
            let mut column = Column { stages, ..Column::default() };
            for index in activities {
                let activity = &economy.activities[index];
                let workplace = economy.workplaces[activity.workplace as usize].id.clone();
                column.runs.insert(activity.id.clone(), workplace);
                column.quantities.add_activity(activity, activity.capacity);
            }
            column
        };
        let groups = running.into_iter().map(|(group, running)| {
            let columns = by_stages(running).into_iter().map(column).collect();
            let gains = gains.remove(group).unwrap_or_default();
            (group.to_owned(), GroupProposal { columns, gains })
        });
        Some(Self {
            frame: prices.frame,
            from: from.to_owned(),
            round: prices.round,
            answers: Some(*digest),
            adds_up: BTreeMap::new(),
            groups: groups.collect(),
        })
    }

    /// The column of a group that is meant for a stage (in the opening: the only one), with its place.
    pub(super) fn column_for(&self, group: &str, stage: Option<usize>) -> Option<(usize, &Column)> {
        let mut columns = self.groups.get(group)?.columns.iter().enumerate();
        match stage {
            Some(stage) => columns.find(|(_, column)| column.stages.contains(&stage)),
            None => columns.next(),
        }
    }

    /// The same without the names of who runs, as it may leave a branch.
    pub fn without_names(mut self) -> Self {
        self.groups.values_mut().flat_map(|group| &mut group.columns).for_each(|column| column.runs.clear());
        self
    }
}

/// A price list with what everybody who answers it makes of it.
pub(super) struct Question<'a> {
    prices: &'a PriceList,
    by_row: Vec<RowPrices>,
    digest: Digest,
}

impl<'a> Question<'a> {
    /// `None` where the prices are too large for 128 bits.
    pub(super) fn of(frame: &Economy, prices: &'a PriceList) -> Option<Self> {
        Some(Self { prices, by_row: prices.by_row(frame)?, digest: prices.digest(frame) })
    }

    /// The round of the prices.
    #[cfg(feature = "solve")]
    pub(super) fn round(&self) -> u32 {
        self.prices.round
    }
}

/// What runs in several stages alike is one column; what runs in none is none. The first stage's column is first.
fn by_stages<T: Ord>(running: Vec<Vec<T>>) -> Vec<(Vec<T>, BTreeSet<usize>)> {
    let mut columns: Vec<(Vec<T>, BTreeSet<usize>)> = Vec::new();
    for (stage, running) in running.into_iter().enumerate() {
        if running.is_empty() {
            continue;
        }
        match columns.iter_mut().find(|(column, _)| *column == running) {
            Some((_, stages)) => {
                stages.insert(stage);
            }
            None => columns.push((running, BTreeSet::from([stage]))),
        }
    }
    columns
}

/// The word of a participant that speaks for those below it: the sum of their words of one round, group by group
/// and stage by stage. All must answer the same prices of the same frame; see [`judge`](super::judge).
///
/// # Panics
///
/// Where there is no word to add up.
pub fn add_up(frame: &Economy, from: &str, words: &[Proposal]) -> Proposal {
    let adds_up = words.iter().map(|word| (word.from.clone(), word.digest(frame))).collect();
    Proposal { adds_up, ..sum(from, words) }
}

/// The same without saying of which words.
pub(super) fn sum(from: &str, words: &[Proposal]) -> Proposal {
    let first = words.first().expect("somebody spoke");
    let names: BTreeSet<&String> = words.iter().flat_map(|word| word.groups.keys()).collect();
    let groups = names.into_iter().map(|name| (name.clone(), add_up_group(name, words)));
    Proposal {
        frame: first.frame,
        from: from.to_owned(),
        round: first.round,
        answers: first.answers,
        adds_up: BTreeMap::new(),
        groups: groups.collect(),
    }
}

pub(super) fn add_up_group(name: &str, words: &[Proposal]) -> GroupProposal {
    let stages = words.iter().filter_map(|word| word.groups.get(name)).map(|group| group.gains.len()).max();
    let stages = stages.unwrap_or(0);
    let columns_for = |stage: Option<usize>| -> Vec<(usize, usize)> {
        let column = |(at, word): (usize, &Proposal)| Some((at, word.column_for(name, stage)?.0));
        words.iter().enumerate().filter_map(column).collect()
    };
    let summed = |columns: Vec<(usize, usize)>, stages: BTreeSet<usize>| {
        let mut sum = Column { stages, ..Column::default() };
        for (word, column) in columns {
            let column = &words[word].groups[name].columns[column];
            sum.quantities.add(&column.quantities);
            sum.runs.extend(column.runs.clone());
        }
        sum
    };
    if stages == 0 {
        return GroupProposal {
            columns: vec![summed(columns_for(None), BTreeSet::new())],
            gains: Vec::new(),
        };
    }
    let running = (0..stages).map(|stage| columns_for(Some(stage))).collect();
    let columns = by_stages(running).into_iter().map(|(columns, stages)| summed(columns, stages)).collect();
    let gain = |stage: usize| {
        let gains = words.iter().filter_map(|word| word.groups.get(name)?.gains.get(stage));
        gains.fold(Decimal::zero(), |sum, gain| &sum + gain)
    };
    GroupProposal { columns, gains: (0..stages).map(gain).collect() }
}
