//! The files that participants exchange: JSON, every number a decimal string, everything by id and in order.
//!
//! What is nought is left out. The same word is always written with the same bytes, and its SHA-256 is that of these
//! bytes. The forms are described in `docs/rounds.md`.

use super::price_list::{Heard, PriceList, StagePrices};
use super::proposal::{Column, GroupProposal, Proposal};
use super::quantities::Quantities;
use super::targets::{Commitment, Part, Targets};
use crate::decimal::{Decimal, NumberError, shortened};
use crate::economy::{Digest, Economy, LEVEL_DECIMALS};
use crate::plan_file::{StoredGoal, StoredPrices, read_goal, read_prices, store_goal, store_prices};
use num_traits::ToPrimitive;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Forms of the files, with their versions.
const PRICES: &str = "mandate-prices-1";
const PROPOSAL: &str = "mandate-proposal-1";
const TARGETS: &str = "mandate-targets-1";
const COMMITMENT: &str = "mandate-commitment-1";

/// Why a file is not the message that its place asks for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// Not JSON, or JSON of another shape.
    #[error("line {line}, column {column}: {message}; expected a file of the form `{expected}`")]
    Shape {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What the parser found.
        message: String,
        /// The form.
        expected: &'static str,
    },
    /// Another form, or another version of it.
    #[error("the file says it is `{found}`, expected is `{expected}`")]
    Format {
        /// What the file says.
        found: String,
        /// The form.
        expected: &'static str,
    },
    /// For participants of another economy.
    #[error("it is for economy {found}, this one is {expected} (SHA-256 of the frame)")]
    OtherEconomy {
        /// The digest in the file.
        found: String,
        /// The digest of the frame at hand.
        expected: Digest,
    },
    /// A name that the economy does not have.
    #[error("{place}: the economy has no `{id}`")]
    UnknownRow {
        /// Where in the file.
        place: String,
        /// The name.
        id: String,
    },
    /// A text that is not the number its place asks for.
    #[error("{place}: {error}")]
    Number {
        /// Where in the file.
        place: String,
        /// What is wrong with it.
        error: NumberError,
    },
    /// Something else that cannot be.
    #[error("{place}: {what}")]
    Value {
        /// Where in the file.
        place: String,
        /// What was found and what was expected.
        what: String,
    },
}

#[derive(Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct StoredQuantities {
    outputs: BTreeMap<String, String>,
    inputs: BTreeMap<String, String>,
    labour: BTreeMap<String, String>,
    loads: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredHeard {
    from: String,
    round: u32,
    sha256: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredList {
    format: String,
    economy: String,
    round: u32,
    rests_on: Vec<StoredHeard>,
    stages: Vec<StoredStage>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredStage {
    goal: StoredGoal,
    #[serde(skip_serializing_if = "Option::is_none")]
    tier: Option<u8>,
    prices: StoredPrices,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredProposal {
    format: String,
    economy: String,
    from: String,
    round: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    answers: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    adds_up: BTreeMap<String, String>,
    groups: BTreeMap<String, StoredGroup>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredGroup {
    columns: Vec<StoredColumn>,
    gains: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredColumn {
    /// From 1, as people count.
    stages: Vec<usize>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    runs: BTreeMap<String, String>,
    quantities: StoredQuantities,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredTargets {
    format: String,
    economy: String,
    to: String,
    turn: u32,
    parts: Vec<StoredPart>,
    quantities: StoredQuantities,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredPart {
    round: u32,
    group: String,
    /// From 1, as people count.
    column: usize,
    part: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredCommitment {
    format: String,
    economy: String,
    from: String,
    turn: u32,
    targets: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    adds_up: BTreeMap<String, String>,
    groups: BTreeMap<String, StoredQuantities>,
}

/// SHA-256 of a file's bytes.
pub(super) fn digest_of(bytes: &[u8]) -> Digest {
    Digest(Sha256::digest(bytes).into())
}

pub(super) fn to_bytes(stored: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(stored).expect("maps of strings are JSON");
    bytes.push(b'\n');
    bytes
}

/// Parses the shape, then sees to form and economy, which every message begins with.
pub(super) fn parse<T: DeserializeOwned>(
    bytes: &[u8],
    frame: &Economy,
    expected: &'static str,
) -> Result<T, MessageError> {
    #[derive(Deserialize)]
    struct Heading {
        format: String,
        economy: String,
    }
    let shape = |error: serde_json::Error| {
        let message = error.to_string();
        let end = message.rfind(" at line ").unwrap_or(message.len());
        let message = message[..end].chars().take(200).collect();
        MessageError::Shape { line: error.line(), column: error.column(), message, expected }
    };
    let heading: Heading = serde_json::from_slice(bytes).map_err(shape)?;
    if heading.format != expected {
        return Err(MessageError::Format { found: shortened(&heading.format), expected });
    }
    let digest = frame.frame().digest();
    if heading.economy != digest.to_string() {
        return Err(MessageError::OtherEconomy { found: shortened(&heading.economy), expected: digest });
    }
    serde_json::from_slice(bytes).map_err(shape)
}

fn digest(place: &str, text: &str) -> Result<Digest, MessageError> {
    text.parse().map_err(|what| MessageError::Value { place: place.to_owned(), what })
}

fn digests(place: &str, stored: &BTreeMap<String, String>) -> Result<BTreeMap<String, Digest>, MessageError> {
    stored.iter().map(|(from, text)| Ok((from.clone(), digest(place, text)?))).collect()
}

fn decimal(place: &str, text: &str) -> Result<Decimal, MessageError> {
    text.parse().map_err(|error| MessageError::Number { place: place.to_owned(), error })
}

fn store_digests(digests: &BTreeMap<String, Digest>) -> BTreeMap<String, String> {
    digests.iter().map(|(from, digest)| (from.clone(), digest.to_string())).collect()
}

fn store_quantities(quantities: &Quantities, frame: &Economy) -> StoredQuantities {
    let mut columns = quantities.kinds().into_iter().map(|(kind, sums)| {
        let entry = |(&of, &sum): (&u32, &i128)| {
            let decimals = super::judging::decimals_of(frame, kind, of) + LEVEL_DECIMALS;
            let id = super::targets::row_name(frame, kind, of);
            (sum != 0).then(|| (id, Decimal::new(sum, decimals).to_string()))
        };
        sums.iter().filter_map(entry).collect()
    });
    let mut next = || columns.next().expect("there are four kinds");
    StoredQuantities { outputs: next(), inputs: next(), labour: next(), loads: next() }
}

fn read_quantities(
    place: &str,
    stored: &StoredQuantities,
    frame: &Economy,
) -> Result<Quantities, MessageError> {
    let grade = |id: &str| frame.grades.binary_search_by(|row| row.id.as_str().cmp(id)).ok();
    let satellite = |id: &str| frame.satellites.binary_search_by(|row| row.id.as_str().cmp(id)).ok();
    let product = |id: &str| frame.product(id);
    let sums = |kind: &'static str,
                stored: &BTreeMap<String, String>,
                index: &dyn Fn(&str) -> Option<usize>|
     -> Result<BTreeMap<u32, i128>, MessageError> {
        let entry = |(id, text): (&String, &String)| {
            let place = || format!("{place}: {kind} of `{}`", shortened(id));
            let of = index(id).ok_or_else(|| MessageError::UnknownRow {
                place: format!("{place}: {kind}", place = place()),
                id: shortened(id),
            })?;
            let number = decimal(&place(), text)?;
            let decimals = super::judging::decimals_of(frame, kind, of as u32) + LEVEL_DECIMALS;
            let wrong = |error| MessageError::Number { place: place(), error };
            let mantissa = number.mantissa_at(decimals).ok_or_else(|| {
                wrong(NumberError::TooManyDecimals { text: shortened(text), allowed: decimals })
            })?;
            let mantissa = mantissa.to_i128().ok_or_else(|| wrong(NumberError::TooLarge(shortened(text))))?;
            if mantissa < 0 {
                let what = format!("{} is below nought", shortened(text));
                return Err(MessageError::Value { place: place(), what });
            }
            Ok((of as u32, mantissa))
        };
        stored.iter().map(entry).filter(|entry| !matches!(entry, Ok((_, 0)))).collect()
    };
    Ok(Quantities {
        outputs: sums("outputs", &stored.outputs, &product)?,
        inputs: sums("inputs", &stored.inputs, &product)?,
        labour: sums("labour", &stored.labour, &grade)?,
        loads: sums("loads", &stored.loads, &satellite)?,
    })
}

fn read_stages(place: &str, stages: &[usize]) -> Result<BTreeSet<usize>, MessageError> {
    let from_nought = stages.iter().map(|&stage| {
        stage.checked_sub(1).ok_or_else(|| MessageError::Value {
            place: place.to_owned(),
            what: "stage 0; stages count from 1".to_owned(),
        })
    });
    from_nought.collect()
}

impl PriceList {
    /// Reads a price list for participants of `frame` (or of any economy with this frame).
    ///
    /// # Errors
    ///
    /// Whatever is malformed, unknown to the economy, or meant for another one.
    pub fn read(bytes: &[u8], frame: &Economy) -> Result<Self, MessageError> {
        let stored: StoredList = parse(bytes, frame, PRICES)?;
        let heard = |heard: &StoredHeard| {
            let digest = digest("rests_on", &heard.sha256)?;
            Ok(Heard { from: heard.from.clone(), round: heard.round, digest })
        };
        let stage = |(at, stored): (usize, &StoredStage)| {
            let wrong = |error: crate::PlanError| MessageError::Value {
                place: format!("stage {}", at + 1),
                what: error.to_string(),
            };
            let goal = read_goal(at, stored.goal, stored.tier).map_err(wrong)?;
            let prices = read_prices(at, &stored.prices, frame).map_err(wrong)?;
            Ok(StagePrices { goal, prices })
        };
        Ok(Self {
            frame: digest("economy", &stored.economy)?,
            round: stored.round,
            rests_on: stored.rests_on.iter().map(heard).collect::<Result<_, MessageError>>()?,
            stages: stored.stages.iter().enumerate().map(stage).collect::<Result<_, MessageError>>()?,
        })
    }

    /// The file: the same bytes for the same prices.
    pub fn write(&self, frame: &Economy) -> Vec<u8> {
        let stage = |stage: &StagePrices| {
            let (goal, tier) = store_goal(stage.goal);
            StoredStage { goal, tier, prices: store_prices(&stage.prices, frame) }
        };
        let heard = |heard: &Heard| StoredHeard {
            from: heard.from.clone(),
            round: heard.round,
            sha256: heard.digest.to_string(),
        };
        to_bytes(&StoredList {
            format: PRICES.to_owned(),
            economy: self.frame.to_string(),
            round: self.round,
            rests_on: self.rests_on.iter().map(heard).collect(),
            stages: self.stages.iter().map(stage).collect(),
        })
    }

    /// SHA-256 of the file.
    pub fn digest(&self, frame: &Economy) -> Digest {
        digest_of(&self.write(frame))
    }
}

impl Proposal {
    /// Reads a proposal of a participant of `frame` (or of any economy with this frame).
    ///
    /// # Errors
    ///
    /// Whatever is malformed, unknown to the economy, or meant for another one.
    pub fn read(bytes: &[u8], frame: &Economy) -> Result<Self, MessageError> {
        let stored: StoredProposal = parse(bytes, frame, PROPOSAL)?;
        let mut groups = BTreeMap::new();
        for (name, group) in &stored.groups {
            let place = format!("group `{}`", shortened(name));
            let column = |(at, column): (usize, &StoredColumn)| {
                let place = format!("{place}, column {}", at + 1);
                Ok(Column {
                    stages: read_stages(&place, &column.stages)?,
                    runs: column.runs.clone(),
                    quantities: read_quantities(&place, &column.quantities, frame)?,
                })
            };
            let columns =
                group.columns.iter().enumerate().map(column).collect::<Result<_, MessageError>>()?;
            let place = format!("{place}, gains");
            let gains = group.gains.iter().map(|text| decimal(&place, text)).collect::<Result<_, _>>()?;
            groups.insert(name.clone(), GroupProposal { columns, gains });
        }
        Ok(Self {
            frame: digest("economy", &stored.economy)?,
            from: stored.from,
            round: stored.round,
            answers: stored.answers.map(|text| digest("answers", &text)).transpose()?,
            adds_up: digests("adds_up", &stored.adds_up)?,
            groups,
        })
    }

    /// The file: the same bytes for the same word.
    pub fn write(&self, frame: &Economy) -> Vec<u8> {
        let column = |column: &Column| StoredColumn {
            stages: column.stages.iter().map(|stage| stage + 1).collect(),
            runs: column.runs.clone(),
            quantities: store_quantities(&column.quantities, frame),
        };
        let group = |group: &GroupProposal| StoredGroup {
            columns: group.columns.iter().map(column).collect(),
            gains: group.gains.iter().map(ToString::to_string).collect(),
        };
        to_bytes(&StoredProposal {
            format: PROPOSAL.to_owned(),
            economy: self.frame.to_string(),
            from: self.from.clone(),
            round: self.round,
            answers: self.answers.map(|digest| digest.to_string()),
            adds_up: store_digests(&self.adds_up),
            groups: self.groups.iter().map(|(name, of)| (name.clone(), group(of))).collect(),
        })
    }

    /// SHA-256 of the file.
    pub fn digest(&self, frame: &Economy) -> Digest {
        digest_of(&self.write(frame))
    }
}

impl Targets {
    /// Reads targets for a participant of `frame` (or of any economy with this frame).
    ///
    /// # Errors
    ///
    /// Whatever is malformed, unknown to the economy, or meant for another one.
    pub fn read(bytes: &[u8], frame: &Economy) -> Result<Self, MessageError> {
        let stored: StoredTargets = parse(bytes, frame, TARGETS)?;
        let part = |(at, part): (usize, &StoredPart)| {
            let place = format!("part {}", at + 1);
            let number = crate::decimal::parse_fixed(part.part.as_bytes(), LEVEL_DECIMALS);
            let number = number.map_err(|error| MessageError::Number { place: place.clone(), error })?;
            let column = part.column.checked_sub(1).ok_or_else(|| MessageError::Value {
                place,
                what: "column 0; columns count from 1".to_owned(),
            })?;
            Ok(Part { round: part.round, group: part.group.clone(), column, part: number })
        };
        Ok(Self {
            frame: digest("economy", &stored.economy)?,
            to: stored.to,
            turn: stored.turn,
            parts: stored.parts.iter().enumerate().map(part).collect::<Result<_, MessageError>>()?,
            quantities: read_quantities("quantities", &stored.quantities, frame)?,
        })
    }

    /// The file: the same bytes for the same targets.
    pub fn write(&self, frame: &Economy) -> Vec<u8> {
        let part = |part: &Part| StoredPart {
            round: part.round,
            group: part.group.clone(),
            column: part.column + 1,
            part: Decimal::new(part.part, LEVEL_DECIMALS).to_string(),
        };
        to_bytes(&StoredTargets {
            format: TARGETS.to_owned(),
            economy: self.frame.to_string(),
            to: self.to.clone(),
            turn: self.turn,
            parts: self.parts.iter().map(part).collect(),
            quantities: store_quantities(&self.quantities, frame),
        })
    }

    /// SHA-256 of the file.
    pub fn digest(&self, frame: &Economy) -> Digest {
        digest_of(&self.write(frame))
    }
}

impl Commitment {
    /// Reads a commitment of a participant of `frame` (or of any economy with this frame).
    ///
    /// # Errors
    ///
    /// Whatever is malformed, unknown to the economy, or meant for another one.
    pub fn read(bytes: &[u8], frame: &Economy) -> Result<Self, MessageError> {
        let stored: StoredCommitment = parse(bytes, frame, COMMITMENT)?;
        let group = |(name, quantities): (&String, &StoredQuantities)| {
            let place = format!("group `{}`", shortened(name));
            Ok((name.clone(), read_quantities(&place, quantities, frame)?))
        };
        Ok(Self {
            frame: digest("economy", &stored.economy)?,
            targets: digest("targets", &stored.targets)?,
            adds_up: digests("adds_up", &stored.adds_up)?,
            groups: stored.groups.iter().map(group).collect::<Result<_, MessageError>>()?,
            from: stored.from,
            turn: stored.turn,
        })
    }

    /// The file: the same bytes for the same commitment.
    pub fn write(&self, frame: &Economy) -> Vec<u8> {
        let groups = self.groups.iter();
        to_bytes(&StoredCommitment {
            format: COMMITMENT.to_owned(),
            economy: self.frame.to_string(),
            from: self.from.clone(),
            turn: self.turn,
            targets: self.targets.to_string(),
            adds_up: store_digests(&self.adds_up),
            groups: groups.map(|(name, of)| (name.clone(), store_quantities(of, frame))).collect(),
        })
    }

    /// SHA-256 of the file.
    pub fn digest(&self, frame: &Economy) -> Digest {
        digest_of(&self.write(frame))
    }
}
