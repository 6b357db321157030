//! RCTab's configuration: which files, which candidates, which variants of the rule.
//!
//! The keys are those of RCTab 2.0 (`config_file_documentation.txt` in its repository). Every key of `rules` that
//! RCTab knows is understood or refused by name; nothing is passed over.

use crate::format::at;
use crate::{Election, ReadError};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The label under which votes for people who are not on the list are counted.
pub const UNDECLARED_WRITE_INS: &str = "Undeclared Write-ins";

/// Arithmetic has at most so many decimal places, so that products fit 128 bits.
const MOST_PLACES: u32 = 18;

/// A configuration file's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configuration {
    /// The contest's name.
    pub title: String,
    /// Where the cast vote records are.
    pub sources: Vec<Source>,
    /// Who stands; undeclared write-ins come last where there are any.
    pub candidates: Vec<ConfiguredCandidate>,
    /// The variants of the rule.
    pub parameters: Parameters,
}

/// A candidate of a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfiguredCandidate {
    /// The name in reports.
    pub name: String,
    /// Other names and codes in the records.
    pub aliases: Vec<String>,
    /// Excluded candidates get no votes.
    pub excluded: bool,
}

/// A file of cast vote records.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Source {
    /// The path as written, relative to the configuration.
    pub path: String,
    /// Whose format it is: `ess`, `cdf`, `genericCsv`.
    pub provider: String,
    /// The contest within the file.
    pub contest: String,
    /// The first column with votes, from 0.
    pub first_vote_column: usize,
    /// The first row with votes, from 0.
    pub first_vote_row: usize,
    /// The column with the precinct, from 0.
    pub precinct_column: Option<usize>,
    /// What separates several candidates in a cell.
    pub overvote_delimiter: String,
    /// The word for several candidates whose names are not given.
    pub overvote_label: String,
    /// The word for a rank without a candidate.
    pub skipped_rank_label: String,
    /// The word for somebody who is not on the list.
    pub undeclared_write_in_label: String,
    /// Whether an empty cell stands for somebody who is not on the list.
    pub blank_is_write_in: bool,
}

/// `winnerElectionMode`: how seats are filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// One seat, to whoever has a majority.
    SingleWinner,
    /// Several seats; of those who reach the threshold in one round, only the first is elected in it.
    OneWinnerPerRound,
    /// Several seats; all who reach the threshold in one round are elected in it.
    SeveralWinnersPerRound,
    /// The last is eliminated until as many are left as there are seats.
    BottomsUp,
    /// The last is eliminated until all who are left have more than this part of the votes: numerator, denominator.
    BottomsUpToThreshold(i128, i128),
    /// One seat after the other, each by a count of its own without those elected before.
    Sequential,
}

/// `overvoteRule`: what several candidates at one rank mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overvotes {
    /// The ballot is exhausted.
    Exhaust,
    /// The rank is passed over.
    Skip,
    /// The ballot is exhausted if more than one of them continues, and else is a vote for the one who does.
    ExhaustIfSeveralContinue,
}

/// `tiebreakMode`: how ties are broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tiebreak {
    /// By an order of candidates, strongest first.
    Order(Vec<u16>),
    /// By an order of candidates that is shuffled with this seed before the count.
    ShuffledOrder(i64),
    /// By drawing with this seed.
    Random(i64),
    /// By the most recent round in which the tied were unequal, then by drawing with this seed.
    PreviousRoundsThenRandom(i64),
    /// By the most recent round in which the tied were unequal, then by this project's lot (see [`mod@crate::lot`]).
    PreviousRoundsThenLot,
}

/// The variants of the rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameters {
    /// How seats are filled.
    pub mode: Mode,
    /// How many seats; 0 where the threshold decides.
    pub seats: u32,
    /// What several candidates at one rank mean.
    pub overvotes: Overvotes,
    /// How ties are broken.
    pub tiebreak: Tiebreak,
    /// Decimal places of transferred values.
    pub places: u32,
    /// How many ranks in a row may be empty before a ballot is exhausted; `None` for any number.
    pub maximum_skipped_ranks: Option<u32>,
    /// How many ranks are read; `None` for all.
    pub maximum_rankings: Option<u32>,
    /// Whether the threshold has decimal places.
    pub fractional_threshold: bool,
    /// Whether the threshold is Hare's quota and not Droop's.
    pub hare_quota: bool,
    /// Whether the threshold stays that of the first round.
    pub first_round_threshold: bool,
    /// Whether all who together cannot catch up are eliminated together.
    pub batch_elimination: bool,
    /// Whether all below the threshold are eliminated together.
    pub cutoff_elimination: bool,
    /// Whether the count goes on, after somebody is elected, until two are left.
    pub until_two: bool,
    /// After which round the count stops, finished or not.
    pub stop_after_round: Option<u32>,
    /// Whether a candidate ranked twice exhausts a ballot at the second place.
    pub exhaust_on_duplicate: bool,
}

impl Parameters {
    /// What RCTab suggests where nothing is chosen, with lots by this project's seed.
    pub fn suggested(seats: u32) -> Self {
        Self {
            mode: if seats == 1 { Mode::SingleWinner } else { Mode::OneWinnerPerRound },
            seats,
            overvotes: Overvotes::Exhaust,
            tiebreak: Tiebreak::PreviousRoundsThenLot,
            places: 4,
            maximum_skipped_ranks: Some(1),
            maximum_rankings: None,
            fractional_threshold: false,
            hare_quota: false,
            first_round_threshold: false,
            batch_elimination: false,
            cutoff_elimination: false,
            until_two: false,
            stop_after_round: None,
            exhaust_on_duplicate: false,
        }
    }

    /// Whether surpluses are transferred.
    pub fn transfers_surpluses(&self) -> bool {
        matches!(self.mode, Mode::OneWinnerPerRound | Mode::SeveralWinnersPerRound) && self.seats > 1
    }
}

impl Configuration {
    /// Reads a configuration. Everything that is wrong is one error that names the key.
    pub fn read(json: &[u8]) -> Result<Self, ReadError> {
        let value: Value = serde_json::from_slice(json).map_err(|error| {
            at(error.line() as u64, error.column() as u64, error.to_string(), "write JSON as RCTab saves it")
        })?;
        let root = Table { path: String::new(), map: object(&value, "the file")? };
        let sources = root.list("cvrFileSources")?.iter().map(source).collect::<Result<Vec<_>, _>>()?;
        let mut candidates = root.list("candidates")?.iter().map(candidate).collect::<Result<Vec<_>, _>>()?;
        let write_ins =
            |source: &Source| source.blank_is_write_in || !source.undeclared_write_in_label.is_empty();
        if sources.iter().any(write_ins) {
            let name = UNDECLARED_WRITE_INS.to_owned();
            candidates.push(ConfiguredCandidate { name, aliases: Vec::new(), excluded: false });
        }
        if candidates.is_empty() || candidates.len() > crate::MAXIMUM_CANDIDATES {
            let found =
                format!("{} candidates, expected 1 to {}", candidates.len(), crate::MAXIMUM_CANDIDATES);
            return Err(wrong("candidates", &found));
        }
        let title = root.table("outputSettings")?.text("contestName")?;
        let parameters = parameters(&root.table("rules")?, &candidates)?;
        Ok(Self { title, sources, candidates, parameters })
    }

    /// The election without its ballots: names, seats, and who is excluded.
    pub fn election(&self) -> Election {
        let names = self.candidates.iter().map(|candidate| candidate.name.as_str());
        let mut election = Election::new(self.parameters.seats.max(1), names);
        self.title.clone_into(&mut election.title);
        for (candidate, configured) in election.candidates.iter_mut().zip(&self.candidates) {
            candidate.withdrawn = configured.excluded;
        }
        election
    }

    /// Numbers of candidates by name and alias.
    pub(crate) fn numbers(&self) -> BTreeMap<&str, u16> {
        let mut numbers = BTreeMap::new();
        for (number, candidate) in (1u16..).zip(&self.candidates) {
            numbers.insert(candidate.name.as_str(), number);
            numbers.extend(candidate.aliases.iter().map(|alias| (alias.as_str(), number)));
        }
        numbers
    }

    /// The number that stands for people who are not on the list.
    pub(crate) fn write_ins(&self) -> Option<u16> {
        let last = self.candidates.last()?;
        (last.name == UNDECLARED_WRITE_INS).then_some(self.candidates.len() as u16)
    }
}

/// A JSON object and where it stands.
struct Table<'a> {
    path: String,
    map: &'a Map<String, Value>,
}

fn object<'a>(value: &'a Value, path: &str) -> Result<&'a Map<String, Value>, ReadError> {
    value.as_object().ok_or_else(|| wrong(path, "no JSON object"))
}

fn wrong(key: &str, found: &str) -> ReadError {
    let remedy = "see config_file_documentation.txt of RCTab 2.0 for what it can be";
    at(1, 1, format!("\"{key}\": {found}"), remedy)
}

impl<'a> Table<'a> {
    fn key(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn table(&self, key: &str) -> Result<Table<'a>, ReadError> {
        let value = self.map.get(key).ok_or_else(|| wrong(&self.key(key), "missing"))?;
        Ok(Table { path: self.key(key), map: object(value, &self.key(key))? })
    }

    fn list(&self, key: &str) -> Result<&'a [Value], ReadError> {
        let list = self.map.get(key).and_then(Value::as_array);
        list.map(Vec::as_slice).ok_or_else(|| wrong(&self.key(key), "no list"))
    }

    /// A text; numbers are texts too, and what is missing is an empty one.
    fn text(&self, key: &str) -> Result<String, ReadError> {
        match self.map.get(key) {
            None | Some(Value::Null) => Ok(String::new()),
            Some(Value::String(text)) => Ok(text.trim().to_owned()),
            Some(Value::Number(number)) => Ok(number.to_string()),
            Some(_) => Err(wrong(&self.key(key), "neither a text nor a number")),
        }
    }

    fn flag(&self, key: &str) -> Result<bool, ReadError> {
        match self.map.get(key) {
            None => Ok(false),
            Some(value) => value.as_bool().ok_or_else(|| wrong(&self.key(key), "neither true nor false")),
        }
    }

    /// A whole number within these limits, or `None` where the text is empty.
    fn number(&self, key: &str, least: u32, most: u32) -> Result<Option<u32>, ReadError> {
        let text = self.text(key)?;
        if text.is_empty() {
            return Ok(None);
        }
        let number = text.parse().ok().filter(|number| (least..=most).contains(number));
        let found = || format!("\"{}\", expected a whole number from {least} to {most}", short(&text));
        number.map(Some).ok_or_else(|| wrong(&self.key(key), &found()))
    }
}

fn short(text: &str) -> String {
    text.chars().take(60).collect()
}

fn source(value: &Value) -> Result<Source, ReadError> {
    let table = Table { path: "cvrFileSources".to_owned(), map: object(value, "cvrFileSources")? };
    let index =
        |key: &str| Ok::<_, ReadError>(table.number(key, 1, 100_000)?.map(|from_1| from_1 as usize - 1));
    Ok(Source {
        path: table.text("filePath")?,
        provider: table.text("provider")?,
        contest: table.text("contestId")?,
        first_vote_column: index("firstVoteColumnIndex")?.unwrap_or(0),
        first_vote_row: index("firstVoteRowIndex")?.unwrap_or(1),
        precinct_column: index("precinctColumnIndex")?,
        overvote_delimiter: table.text("overvoteDelimiter")?,
        overvote_label: table.text("overvoteLabel")?,
        skipped_rank_label: table.text("skippedRankLabel")?,
        undeclared_write_in_label: table.text("undeclaredWriteInLabel")?,
        blank_is_write_in: table.flag("treatBlankAsUndeclaredWriteIn")?,
    })
}

fn candidate(value: &Value) -> Result<ConfiguredCandidate, ReadError> {
    let table = Table { path: "candidates".to_owned(), map: object(value, "candidates")? };
    let mut aliases = vec![table.text("code")?];
    if table.map.contains_key("aliases") {
        let listed = table.list("aliases")?.iter().map(|alias| {
            alias
                .as_str()
                .map(str::to_owned)
                .ok_or_else(|| wrong("candidates.aliases", "not a list of texts"))
        });
        aliases.extend(listed.collect::<Result<Vec<_>, _>>()?);
    }
    aliases.retain(|alias| !alias.is_empty());
    Ok(ConfiguredCandidate { name: table.text("name")?, aliases, excluded: table.flag("excluded")? })
}

fn parameters(rules: &Table, candidates: &[ConfiguredCandidate]) -> Result<Parameters, ReadError> {
    let required = |number: Option<u32>, key: &str| number.ok_or_else(|| wrong(&rules.key(key), "missing"));
    let unless = |key: &str, word: &str, least: u32| {
        if rules.text(key)?.eq_ignore_ascii_case(word) {
            return Ok(None);
        }
        required(rules.number(key, least, u32::MAX)?, key).map(Some)
    };
    let seats = required(rules.number("numberOfWinners", 0, u32::MAX)?, "numberOfWinners")?;
    let overvotes = match rules.text("overvoteRule")?.as_str() {
        "exhaustImmediately" => Overvotes::Exhaust,
        "alwaysSkipToNextRank" => Overvotes::Skip,
        "exhaustIfMultipleContinuing" => Overvotes::ExhaustIfSeveralContinue,
        other => return Err(wrong("rules.overvoteRule", &format!("\"{}\" is no rule", short(other)))),
    };
    let parameters = Parameters {
        mode: mode(rules)?,
        seats,
        overvotes,
        tiebreak: tiebreak(rules, candidates)?,
        places: required(
            rules.number("decimalPlacesForVoteArithmetic", 1, MOST_PLACES)?,
            "decimalPlacesForVoteArithmetic",
        )?,
        maximum_skipped_ranks: unless("maxSkippedRanksAllowed", "unlimited", 0)?,
        maximum_rankings: unless("maxRankingsAllowed", "max", 1)?,
        fractional_threshold: rules.flag("nonIntegerWinningThreshold")?,
        hare_quota: rules.flag("hareQuota")?,
        first_round_threshold: rules.flag("doesFirstRoundDetermineThreshold")?,
        batch_elimination: rules.flag("batchElimination")?,
        cutoff_elimination: rules.flag("cutoffElimination")?,
        until_two: rules.flag("continueUntilTwoCandidatesRemain")?,
        stop_after_round: rules.number("stopTabulationEarlyAfterRound", 1, u32::MAX)?,
        exhaust_on_duplicate: rules.flag("exhaustOnDuplicateCandidate")?,
    };
    check(&parameters)?;
    if rules.number("minimumVoteThreshold", 0, u32::MAX)?.is_some_and(|least| least > 0) {
        return Err(wrong("rules.minimumVoteThreshold", "greater than 0, which RCTab 2.0 knows no more"));
    }
    Ok(parameters)
}

/// What RCTab refuses to combine.
fn check(parameters: &Parameters) -> Result<(), ReadError> {
    let by_threshold = matches!(parameters.mode, Mode::BottomsUpToThreshold(..));
    let single = parameters.mode == Mode::SingleWinner;
    if by_threshold != (parameters.seats == 0) {
        let found = format!("{}; 0 and only 0 goes with bottomsUpUsingPercentageThreshold", parameters.seats);
        return Err(wrong("rules.numberOfWinners", &found));
    }
    if single != (parameters.seats == 1) {
        let found = format!("{} seats; singleWinnerMajority goes with 1 and only with 1", parameters.seats);
        return Err(wrong("rules.winnerElectionMode", &found));
    }
    let one_at_a_time = single || parameters.mode == Mode::Sequential;
    for (flag, key) in [
        (parameters.until_two, "continueUntilTwoCandidatesRemain"),
        (parameters.batch_elimination, "batchElimination"),
    ] {
        if flag && !one_at_a_time {
            return Err(wrong(
                &format!("rules.{key}"),
                "true, which goes only with one seat or multiPassIrv",
            ));
        }
    }
    if parameters.first_round_threshold && parameters.seats > 1 {
        return Err(wrong("rules.doesFirstRoundDetermineThreshold", "true, which goes only with one seat"));
    }
    Ok(())
}

fn mode(rules: &Table) -> Result<Mode, ReadError> {
    Ok(match rules.text("winnerElectionMode")?.as_str() {
        "singleWinnerMajority" => Mode::SingleWinner,
        "multiWinnerAllowOnlyOneWinnerPerRound" => Mode::OneWinnerPerRound,
        "multiWinnerAllowMultipleWinnersPerRound" => Mode::SeveralWinnersPerRound,
        "bottomsUp" => Mode::BottomsUp,
        "bottomsUpUsingPercentageThreshold" => {
            let text = rules.text("multiSeatBottomsUpPercentageThreshold")?;
            let (numerator, denominator) = percentage(&text).ok_or_else(|| {
                let found = format!("\"{}\", expected a number from 1 to 100", short(&text));
                wrong("rules.multiSeatBottomsUpPercentageThreshold", &found)
            })?;
            Mode::BottomsUpToThreshold(numerator, denominator)
        }
        "multiPassIrv" => Mode::Sequential,
        other => return Err(wrong("rules.winnerElectionMode", &format!("\"{}\" is no mode", short(other)))),
    })
}

/// A decimal number of per cent from 1 to 100, as a fraction.
fn percentage(text: &str) -> Option<(i128, i128)> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 9 || !whole.chars().chain(decimals.chars()).all(|c| c.is_ascii_digit()) {
        return None;
    }
    let numerator: i128 = format!("{whole}{decimals}").parse().ok()?;
    let scale = 10i128.pow(decimals.len() as u32);
    (scale..=100 * scale).contains(&numerator).then_some((numerator, 100 * scale))
}

fn tiebreak(rules: &Table, candidates: &[ConfiguredCandidate]) -> Result<Tiebreak, ReadError> {
    let seed = || {
        let text = rules.text("randomSeed")?;
        let found = || format!("\"{}\", expected a whole number of 64 bits", short(&text));
        text.parse().map_err(|_| wrong("rules.randomSeed", &found()))
    };
    Ok(match rules.text("tiebreakMode")?.as_str() {
        "useCandidateOrder" => Tiebreak::Order((1..=candidates.len() as u16).collect()),
        "generatePermutation" => Tiebreak::ShuffledOrder(seed()?),
        "random" => Tiebreak::Random(seed()?),
        "previousRoundCountsThenRandom" => Tiebreak::PreviousRoundsThenRandom(seed()?),
        asks @ ("stopCountingAndAsk" | "previousRoundCountsThenAsk") => {
            let found = format!("{asks}: a count that asks somebody is not one that others can repeat");
            return Err(wrong("rules.tiebreakMode", &found));
        }
        other => return Err(wrong("rules.tiebreakMode", &format!("\"{}\" is no mode", short(other)))),
    })
}
