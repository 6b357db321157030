//! RCTab's published cases, round by round: its configurations, its records, its reports.

use mandate_count::rctab::{Configuration, Inactive, Records, Tabulation};
use mandate_count::{Action, Votes};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/rctab")
}

/// A case's configuration, tabulated from the files that it names.
fn tabulate(folder: &Path, configuration: &Path) -> Result<Vec<Tabulation>, String> {
    let json = fs::read(configuration).map_err(|error| error.to_string())?;
    let configuration = Configuration::read(&json).map_err(|error| error.to_string())?;
    let mut records = Records::new();
    for source in &configuration.sources {
        // The workbooks that configurations name are saved as CSV.
        let path = folder.join(source.path.replace(".xlsx", ".csv"));
        let file = fs::File::open(path).map_err(|error| error.to_string())?;
        configuration.read_source(source, file, &mut records).map_err(|error| error.to_string())?;
    }
    configuration.tabulate(&records, None).map_err(|error| error.to_string())
}

/// The reports of a case: one, or one a seat.
fn reports(folder: &Path, name: &str) -> Vec<Value> {
    let numbered = (1..).map(|number| folder.join(format!("{name}_{number}_expected_detailed_report.json")));
    let mut paths: Vec<PathBuf> = numbered.take_while(|path| path.exists()).collect();
    if paths.is_empty() {
        paths.push(folder.join(format!("{name}_expected_detailed_report.json")));
    }
    paths.iter().map(|path| serde_json::from_slice(&fs::read(path).unwrap()).unwrap()).collect()
}

/// A round as text, so that two of them are compared at a glance. Values are written as exact fractions.
fn round_of_report(round: &Value) -> String {
    let number = |value: &Value| decimal(value.as_str().unwrap()).to_string();
    let mut lines = vec![format!("threshold {}", number(&round["threshold"]))];
    let tally: BTreeMap<&String, &Value> = round["tally"].as_object().unwrap().iter().collect();
    lines.extend(tally.iter().map(|(name, votes)| format!("{name}: {}", number(votes))));
    for (key, votes) in round["inactiveBallots"].as_object().unwrap() {
        lines.push(format!("inactive, {key}: {}", number(votes)));
    }
    let mut decided: Vec<String> = Vec::new();
    for result in round["tallyResults"].as_array().unwrap() {
        for verdict in ["elected", "eliminated"] {
            decided.extend(result[verdict].as_str().map(|name| format!("{verdict} {name}")));
        }
    }
    decided.sort();
    lines.extend(decided);
    lines.sort();
    lines.retain(|line| !line.ends_with(": 0"));
    lines.join("\n")
}

fn decimal(text: &str) -> Votes {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    Votes::new(format!("{whole}{decimals}").parse().unwrap(), 10i128.pow(decimals.len() as u32))
}

fn rounds_of(tabulation: &Tabulation) -> Vec<String> {
    let Tabulation { count, election, inactive, eliminated_at_the_end } = tabulation;
    let mut rounds = Vec::new();
    for (index, stage) in count.stages.iter().enumerate() {
        let mut lines = vec![format!("threshold {}", stage.quota.as_ref().unwrap())];
        let names = election.candidates.iter().map(|candidate| &candidate.name);
        lines.extend(names.zip(stage.totals.iter()).map(|(name, votes)| format!("{name}: {votes}")));
        for (reason, votes) in &inactive[index] {
            let key = match reason {
                Inactive::NothingRanked => continue,
                Inactive::ExhaustedChoices => "exhaustedChoices",
                Inactive::Overvote => "overvotes",
                Inactive::SkippedRankings => "skippedRankings",
                Inactive::RepeatedRanking => "repeatedRankings",
                Inactive::FinalRoundSurplus => "finalRoundSurplus",
            };
            lines.push(format!("inactive, {key}: {votes}"));
        }
        let mut decided: Vec<String> =
            stage.elected.iter().map(|it| format!("elected {}", election.name(it.candidate))).collect();
        // RCTab reports an elimination in the round that decides it, we in the stage that carries it out.
        if let Some(Action::Exclusion(candidates)) = count.stages.get(index + 1).map(|stage| &stage.action) {
            decided.extend(candidates.iter().map(|it| format!("eliminated {}", election.name(*it))));
        }
        if index + 1 == count.stages.len() {
            decided
                .extend(eliminated_at_the_end.iter().map(|it| format!("eliminated {}", election.name(*it))));
        }
        lines.extend(decided);
        lines.sort();
        lines.retain(|line| !line.ends_with(": 0"));
        rounds.push(lines.join("\n"));
    }
    rounds
}

/// Every transfer of a report, summed by its two ends.
fn transfers_of_report(round: &Value) -> BTreeMap<(String, String), String> {
    let mut transfers = BTreeMap::new();
    for result in round["tallyResults"].as_array().unwrap() {
        let from = result["elected"].as_str().or(result["eliminated"].as_str()).unwrap();
        for (to, votes) in result["transfers"].as_object().unwrap() {
            if to != "residual surplus" {
                let votes = decimal(votes.as_str().unwrap()).to_string();
                transfers.insert((from.to_owned(), to.clone()), votes);
            }
        }
    }
    transfers
}

fn transfers_of(tabulation: &Tabulation, index: usize) -> BTreeMap<(String, String), String> {
    let mut sums: BTreeMap<(String, String), Vec<Votes>> = BTreeMap::new();
    let stage = tabulation.count.stages.get(index + 1);
    for transfer in stage.into_iter().flat_map(|stage| &stage.transfers) {
        let name = |candidate: u16| tabulation.election.name(candidate).to_owned();
        let to = transfer.to.map_or("exhausted".to_owned(), name);
        sums.entry((name(transfer.from), to)).or_default().push(transfer.votes.clone());
    }
    let sum = |votes: Vec<Votes>| {
        let total = votes.iter().fold(Votes::ZERO.to_rational(), |sum, votes| sum + votes.to_rational());
        Votes::from(total).to_string()
    };
    sums.into_iter().map(|(ends, votes)| (ends, sum(votes))).collect()
}

fn compare(folder: &Path, name: &str) -> Result<usize, String> {
    let configuration = folder.join(format!("{name}_config.json"));
    let tabulations = tabulate(folder, &configuration)?;
    let reports = reports(folder, name);
    if tabulations.len() != reports.len() {
        return Err(format!("{} counts, {} reports", tabulations.len(), reports.len()));
    }
    let mut compared = 0;
    for (number, (tabulation, report)) in tabulations.iter().zip(&reports).enumerate() {
        let ours = rounds_of(tabulation);
        let theirs: Vec<String> = report["results"].as_array().unwrap().iter().map(round_of_report).collect();
        for (index, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
            if ours != theirs {
                return Err(format!(
                    "count {}, round {}\nours:\n{ours}\ntheirs:\n{theirs}",
                    number + 1,
                    index + 1
                ));
            }
        }
        if ours.len() != theirs.len() {
            return Err(format!("count {}: {} rounds, RCTab has {}", number + 1, ours.len(), theirs.len()));
        }
        for (index, round) in report["results"].as_array().unwrap().iter().enumerate() {
            let (ours, theirs) = (transfers_of(tabulation, index), transfers_of_report(round));
            if ours != theirs {
                return Err(format!(
                    "count {}, transfers after round {}: {ours:?} {theirs:?}",
                    number + 1,
                    index + 1
                ));
            }
        }
        compared += theirs.len();
    }
    Ok(compared)
}

#[test]
fn every_round_is_rctabs() {
    let mut folders: Vec<PathBuf> = fs::read_dir(cases())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    let (mut cases, mut rounds, mut wrong) = (0, 0, Vec::new());
    for folder in folders {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let report = format!("{name}_expected_detailed_report.json");
        let first = format!("{name}_1_expected_detailed_report.json");
        if !folder.join(report).exists() && !folder.join(first).exists() {
            continue;
        }
        match compare(&folder, &name) {
            Ok(compared) => {
                cases += 1;
                rounds += compared;
            }
            Err(error) => wrong.push(format!("{name}: {error}")),
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} cases differ\n{}",
        wrong.len(),
        cases + wrong.len(),
        wrong.join("\n\n")
    );
    assert!(cases >= 30 && rounds >= 150, "{cases} cases, {rounds} rounds");
}
