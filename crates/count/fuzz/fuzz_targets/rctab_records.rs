#![no_main]
//! Cast vote records in each of the three formats, tabulated by a configuration with every odd ballot allowed.

use libfuzzer_sys::fuzz_target;
use mandate_count::rctab::{Configuration, Records};

const CONFIGURATION: &str = r#"{
  "outputSettings": { "contestName": "" },
  "cvrFileSources": [
    { "filePath": "", "provider": "ess", "firstVoteColumnIndex": "1", "firstVoteRowIndex": "1",
      "overvoteDelimiter": "|", "overvoteLabel": "over", "undeclaredWriteInLabel": "W" },
    { "filePath": "", "provider": "genericCsv", "firstVoteColumnIndex": "1", "firstVoteRowIndex": "1" },
    { "filePath": "", "provider": "cdf", "contestId": "c" } ],
  "candidates": [ { "name": "A" }, { "name": "B", "aliases": ["b"] }, { "name": "C" } ],
  "rules": { "tiebreakMode": "useCandidateOrder", "overvoteRule": "exhaustIfMultipleContinuing",
    "winnerElectionMode": "multiWinnerAllowMultipleWinnersPerRound", "numberOfWinners": "2",
    "decimalPlacesForVoteArithmetic": "4", "maxSkippedRanksAllowed": "1", "maxRankingsAllowed": "max",
    "exhaustOnDuplicateCandidate": true } }"#;

fuzz_target!(|data: &[u8]| {
    let configuration = Configuration::read(CONFIGURATION.as_bytes()).expect("a configuration");
    for source in &configuration.sources {
        let mut records = Records::new();
        if configuration.read_source(source, data, &mut records).is_ok() {
            let _ = configuration.tabulate(&records, None);
        }
    }
});
