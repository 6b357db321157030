//! What goes down in the end, and what comes back: targets, levels, commitments.
//!
//! A target says which parts of a participant's own proposals the plan calls on. It is passed down without being
//! changed: a branch's column is the sum of its districts' columns, so the same part of each is asked for. At the
//! bottom the parts give levels, and what these levels make is committed to, upwards again in sums.

use super::proposal::Proposal;
use super::quantities::{Quantities, part_of};
use super::sealing::{SealError, Sealing, joined_groups, seal, sealed_names};
use crate::economy::{Digest, Economy, FULFILMENT_ONE};
use std::collections::BTreeMap;

/// A part of a proposal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    /// Which of the participant's proposals: that of this round, 0 for the opening.
    pub round: u32,
    /// Its product group.
    pub group: String,
    /// The place of the column in the group, from 0.
    pub column: usize,
    /// How much of the column, in units of 10^−9.
    pub part: i64,
}

/// What one participant is asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Targets {
    /// Digest of the [frame](Economy::frame).
    pub frame: Digest,
    /// Who is asked.
    pub to: String,
    /// Which try, from 1: a second one comes after somebody could not keep its word.
    pub turn: u32,
    /// The parts of its own proposals.
    pub parts: Vec<Part>,
    /// What they give and take together.
    pub quantities: Quantities,
}

/// What one participant says that it will do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commitment {
    /// Digest of the [frame](Economy::frame).
    pub frame: Digest,
    /// Who commits itself.
    pub from: String,
    /// The turn of its targets.
    pub turn: u32,
    /// SHA-256 of its targets.
    pub targets: Digest,
    /// Whose commitments it adds up, with the SHA-256 of each.
    pub adds_up: BTreeMap<String, Digest>,
    /// By product group, as in its proposals.
    pub groups: BTreeMap<String, Quantities>,
}

/// Level of each activity of a participant by id, in units of 10^−9.
pub type Levels = BTreeMap<String, i64>;

/// Why targets cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// A part of a proposal that was not made.
    #[error(
        "the targets of {to} call on column {column} of group `{group}` of round {round}, which {to} did not propose"
    )]
    NotProposed {
        /// Who is asked.
        to: String,
        /// Of which round.
        round: u32,
        /// Of which group.
        group: String,
        /// Which column.
        column: usize,
    },
    /// Parts of a group's proposals that are more than the whole, or less than nothing.
    #[error(
        "the targets of {to} call on {percent} % of group `{group}`; the proposals of a group are at most 100 % together"
    )]
    MoreThanAll {
        /// Who is asked.
        to: String,
        /// Of which group.
        group: String,
        /// The sum of the parts, rounded.
        percent: i64,
    },
    /// The sums in the targets are not those of the participant's own proposals: one of the two was changed on its
    /// way.
    #[error(
        "the targets of {to} say {kind} of `{row}` that do not follow from its own proposals: the proposals were changed \
         on their way up, or the targets on their way down"
    )]
    NotItsWord {
        /// Who is asked.
        to: String,
        /// Outputs, inputs, labour or loads.
        kind: &'static str,
        /// Which product, grade or satellite row.
        row: String,
    },
    /// What those below can do is not what was proposed for them.
    #[error("what {to} proposed is not the sum of what those below it proposed: {kind} of `{row}` differ")]
    DoesNotAddUp {
        /// Who is asked.
        to: String,
        /// Outputs, inputs, labour or loads.
        kind: &'static str,
        /// Which product, grade or satellite row.
        row: String,
    },
    /// The proposals could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl Targets {
    /// The parts that each activity is called on with, by id, from the participant's own words (unsealed).
    fn parts_by_activity(&self, words: &[Proposal], sealing: Option<Sealing>) -> Result<Levels, TargetError> {
        let mut parts = Levels::new();
        for part in self.unsealed(words, sealing)? {
            let column = self.column(words, &part)?;
            column.runs.keys().for_each(|activity| *parts.entry(activity.clone()).or_default() += part.part);
        }
        Ok(parts)
    }

    /// Levels of the participant's own activities, and what it can commit itself to with them. `words` are all its
    /// own words from the opening on, unsealed; `sealing` is how they were sealed.
    ///
    /// # Errors
    ///
    /// Targets that do not follow from its own words.
    pub fn follow(
        &self,
        economy: &Economy,
        words: &[Proposal],
        sealing: Option<Sealing>,
    ) -> Result<(Levels, Commitment), TargetError> {
        self.check_own_word(economy, words, sealing)?;
        let parts = self.parts_by_activity(words, sealing)?;
        let names = group_names(words, sealing)?;
        let mut levels = Levels::new();
        let mut groups: BTreeMap<String, Quantities> = BTreeMap::new();
        for activity in &economy.activities {
            let part = parts.get(&activity.id).copied().unwrap_or(0).min(FULFILMENT_ONE);
            // Rounded down, so that no capacity, grade or ceiling is exceeded.
            let level = part_of(i128::from(activity.capacity), part) as i64;
            let group = &economy.groups[activity.group as usize];
            let group = groups.entry(names.get(group).unwrap_or(group).clone()).or_default();
            group.add_activity(activity, level);
            levels.insert(activity.id.clone(), level);
        }
        let commitment = Commitment {
            frame: self.frame,
            from: self.to.clone(),
            turn: self.turn,
            targets: self.digest(economy),
            adds_up: BTreeMap::new(),
            groups,
        };
        Ok((levels, commitment))
    }

    /// What a participant commits itself to that speaks for those below it: the sum of their commitments.
    ///
    /// # Errors
    ///
    /// Words that cannot be sealed.
    pub fn add_up(
        &self,
        frame: &Economy,
        below: &[Commitment],
        words: &[Proposal],
        sealing: Option<Sealing>,
    ) -> Result<Commitment, TargetError> {
        let names = group_names(words, sealing)?;
        let mut groups: BTreeMap<String, Quantities> = BTreeMap::new();
        for (group, quantities) in below.iter().flat_map(|commitment| &commitment.groups) {
            groups.entry(names.get(group).unwrap_or(group).clone()).or_default().add(quantities);
        }
        Ok(Commitment {
            frame: self.frame,
            from: self.to.clone(),
            turn: self.turn,
            targets: self.digest(frame),
            adds_up: below.iter().map(|below| (below.from.clone(), below.digest(frame))).collect(),
            groups,
        })
    }

    /// The sums in the targets must be those of the participant's own words: so it finds what was changed between
    /// it and whoever sent them.
    fn check_own_word(
        &self,
        frame: &Economy,
        words: &[Proposal],
        sealing: Option<Sealing>,
    ) -> Result<(), TargetError> {
        let own = match sealing {
            Some(sealing) => seal(words, sealing)?,
            None => words.to_vec(),
        };
        let mut sums = Quantities::default();
        let mut by_group: BTreeMap<&str, i64> = BTreeMap::new();
        for part in &self.parts {
            sums.add_part(&self.column(&own, part)?.quantities, part.part);
            let sum = by_group.entry(&part.group).or_default();
            *sum = sum.saturating_add(part.part);
            if part.part < 0 || *sum > FULFILMENT_ONE {
                let percent = *sum / (FULFILMENT_ONE / 100);
                return Err(TargetError::MoreThanAll {
                    to: self.to.clone(),
                    group: part.group.clone(),
                    percent,
                });
            }
        }
        match first_difference(&sums, &self.quantities, 0) {
            Some((kind, of)) => {
                Err(TargetError::NotItsWord { to: self.to.clone(), kind, row: row_name(frame, kind, of) })
            }
            None => Ok(()),
        }
    }

    fn column<'a>(&self, words: &'a [Proposal], part: &Part) -> Result<&'a super::Column, TargetError> {
        let word = words.iter().find(|word| word.round == part.round);
        let column = word.and_then(|word| word.groups.get(&part.group)?.columns.get(part.column));
        column.ok_or_else(|| TargetError::NotProposed {
            to: self.to.clone(),
            round: part.round,
            group: part.group.clone(),
            column: part.column,
        })
    }

    /// The same parts on the participant's words as they were before sealing.
    fn unsealed(&self, words: &[Proposal], sealing: Option<Sealing>) -> Result<Vec<Part>, TargetError> {
        let Some(sealing) = sealing else { return Ok(self.parts.clone()) };
        let sealed = seal(words, sealing)?;
        let Some(opening) = words.first() else { return Ok(Vec::new()) };
        let joined = joined_groups(opening, sealing)?;
        let mut parts = Vec::new();
        for part in &self.parts {
            let stage = self.column(&sealed, part)?.stages.first().copied();
            let word = words.iter().find(|word| word.round == part.round);
            let members = joined.get(&part.group).into_iter().flatten();
            for (member, word) in members.zip(std::iter::repeat(word)) {
                if let Some((column, _)) = word.and_then(|word| word.column_for(member, stage)) {
                    parts.push(Part { group: member.clone(), column, ..part.clone() });
                }
            }
        }
        Ok(parts)
    }
}

/// By group, its name in the sealed words; empty where nothing is sealed.
fn group_names(words: &[Proposal], sealing: Option<Sealing>) -> Result<BTreeMap<String, String>, SealError> {
    match (sealing, words.first()) {
        (Some(sealing), Some(opening)) => sealed_names(opening, sealing),
        _ => Ok(BTreeMap::new()),
    }
}

/// The targets of those below, from a participant's own: the same parts of their columns that its columns are the
/// sums of. `words` are its own words, unsealed, `below` those that they add up.
///
/// # Errors
///
/// Targets that do not follow from its words, or words that are not the sums of those below.
pub fn pass_down(
    targets: &Targets,
    frame: &Economy,
    words: &[Proposal],
    below: &[Proposal],
    sealing: Option<Sealing>,
) -> Result<BTreeMap<String, Targets>, TargetError> {
    targets.check_own_word(frame, words, sealing)?;
    let mut down: BTreeMap<String, Targets> = BTreeMap::new();
    for word in below {
        down.entry(word.from.clone()).or_insert_with(|| Targets {
            frame: targets.frame,
            to: word.from.clone(),
            turn: targets.turn,
            parts: Vec::new(),
            quantities: Quantities::default(),
        });
    }
    for part in targets.unsealed(words, sealing)? {
        let stage = targets.column(words, &part)?.stages.first().copied();
        for word in below.iter().filter(|word| word.round == part.round) {
            let Some((column, proposed)) = word.column_for(&part.group, stage) else { continue };
            let to = down.get_mut(&word.from).expect("every word's speaker has targets");
            to.parts.push(Part { column, ..part.clone() });
            to.quantities.add_part(&proposed.quantities, part.part);
        }
    }
    let mut sum = Quantities::default();
    down.values().for_each(|targets| sum.add(&targets.quantities));
    // Each part of each sum was rounded down by less than 1.
    let terms: usize = down.values().map(|targets| targets.parts.len()).sum::<usize>() + targets.parts.len();
    match first_difference(&sum, &targets.quantities, terms as i128) {
        Some((kind, of)) => {
            Err(TargetError::DoesNotAddUp { to: targets.to.clone(), kind, row: row_name(frame, kind, of) })
        }
        None => Ok(down),
    }
}

/// The first row in which two sums differ by more than `tolerance`.
fn first_difference(one: &Quantities, other: &Quantities, tolerance: i128) -> Option<(&'static str, u32)> {
    one.kinds().into_iter().zip(other.kinds()).find_map(|((kind, one), (_, other))| {
        let rows = one.keys().chain(other.keys());
        let of = |sums: &BTreeMap<u32, i128>, row: u32| sums.get(&row).copied().unwrap_or(0);
        let differs = |row: &&u32| (of(one, **row) - of(other, **row)).abs() > tolerance;
        rows.into_iter().find(differs).map(|row| (kind, *row))
    })
}

/// The id of a row of one of the four kinds of quantities.
pub(super) fn row_name(frame: &Economy, kind: &str, of: u32) -> String {
    let of = of as usize;
    match kind {
        "labour" => frame.grades[of].id.clone(),
        "loads" => frame.satellites[of].id.clone(),
        _ => frame.products[of].id.clone(),
    }
}
