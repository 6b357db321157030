//! Real wards: winners, quota and number of stages as two programs written apart from this one find them.

use mandate_count::{Rule, Votes, blt, count};
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/scottish-elections")
}

#[test]
fn winners_quota_and_stages_of_all_wards() {
    let table = std::fs::read_to_string(folder().join("winners.csv")).unwrap();
    let mut wards = 0;
    for row in table.lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        let [file, candidates, seats, valid, quota, elected, stages] = cells[..] else { panic!("{row}") };
        let election = blt::read(&std::fs::read(folder().join(file)).unwrap()).unwrap();
        assert_eq!(election.candidates.len().to_string(), candidates, "{file}");
        assert_eq!(election.seats.to_string(), seats, "{file}");
        let result = count(Rule::ScottishStv, &election, None).unwrap();
        let mut winners = result.winners();
        winners.sort_unstable();
        let winners: Vec<String> = winners.iter().map(u16::to_string).collect();
        assert_eq!(winners.join(" "), elected, "{file}");
        assert_eq!(result.valid, Votes::from(valid.parse::<u64>().unwrap()), "{file}");
        assert_eq!(result.quota, Some(Votes::from(quota.parse::<u64>().unwrap())), "{file}");
        assert_eq!(result.stages.len().to_string(), stages, "{file}");
        wards += 1;
    }
    assert_eq!(wards, 54);
}

/// Votes at every stage, to the ninth decimal place, as droop finds them by the reference rule.
#[test]
fn meek_stage_by_stage() {
    let table = folder().parent().unwrap().join("droop/meek.csv");
    let table = std::fs::read_to_string(table).unwrap();
    for row in table.lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        let [file, elected, stage, votes] = cells[..] else { panic!("{row}") };
        let election = blt::read(&std::fs::read(folder().join(file)).unwrap()).unwrap();
        let result = count(Rule::Meek, &election, None).unwrap();
        let mut winners = result.winners();
        winners.sort_unstable();
        assert_eq!(winners.iter().map(u16::to_string).collect::<Vec<_>>().join(" "), elected, "{file}");
        let stage: usize = stage.parse().unwrap();
        for (ours, theirs) in result.stages[stage - 1].totals.iter().zip(votes.split(' ')) {
            // Whoever is defeated in the round is listed without votes there.
            assert!(theirs == "0" || ours.to_decimal(9) == theirs, "{file} stage {stage}: {ours} {theirs}");
        }
    }
}

/// Votes at every stage but the last, in hundredths, as OpenSTV finds them.
#[test]
fn ers97_and_northern_ireland_stage_by_stage() {
    for (rule, table) in [(Rule::Ers97, "ers97.csv"), (Rule::NorthernIreland, "northern-ireland.csv")] {
        let table = folder().parent().unwrap().join("openstv").join(table);
        let table = std::fs::read_to_string(table).unwrap();
        let mut stages = 0;
        for row in table.lines().skip(1) {
            let cells: Vec<&str> = row.split(',').collect();
            let [file, elected, stage, hundredths] = cells[..] else { panic!("{row}") };
            let election = blt::read(&std::fs::read(folder().join(file)).unwrap()).unwrap();
            let result = count(rule, &election, None).unwrap();
            let mut winners = result.winners();
            winners.sort_unstable();
            assert_eq!(
                winners.iter().map(u16::to_string).collect::<Vec<_>>().join(" "),
                elected,
                "{rule} {file}"
            );
            let expected: Vec<Votes> =
                hundredths.split(' ').map(|votes| Votes::new(votes.parse().unwrap(), 100)).collect();
            let stage: usize = stage.parse().unwrap();
            assert_eq!(result.stages[stage - 1].totals, expected, "{rule} {file} stage {stage}");
            stages += 1;
        }
        assert!(stages > 200, "{stages}");
    }
}

/// Votes at every stage as dividebatur finds them, which was checked against real Senate counts.
#[test]
fn australian_senate_stage_by_stage() {
    let table = folder().parent().unwrap().join("dividebatur/australian-senate.csv");
    let mut stages = 0;
    for row in std::fs::read_to_string(table).unwrap().lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        let [file, stage, votes, exhausted, elected] = cells[..] else { panic!("{row}") };
        let election = blt::read(&std::fs::read(folder().join(file)).unwrap()).unwrap();
        let result = count(Rule::AustralianSenate, &election, None).unwrap();
        let winners: Vec<String> = result.winners().iter().map(u16::to_string).collect();
        assert_eq!(winners.join(" "), elected, "{file}");
        let stage = &result.stages[stage.parse::<usize>().unwrap() - 1];
        let expected: Vec<Votes> =
            votes.split(' ').map(|votes| Votes::from(votes.parse::<u64>().unwrap())).collect();
        assert_eq!(stage.totals, expected, "{file} stage {}", stage.number);
        let exhausted = Votes::from(exhausted.parse::<u64>().unwrap());
        assert_eq!(stage.non_transferable, exhausted, "{file} stage {}", stage.number);
        stages += 1;
    }
    assert_eq!(stages, 369);
}

#[test]
fn the_malformed_ward_is_refused_with_line_and_reason() {
    let bytes = std::fs::read(folder().join("malformed-perth_kinross_2016_by_election_ward9.blt")).unwrap();
    assert_eq!(
        blt::read(&bytes).unwrap_err().to_string(),
        "line 1, column 4: found `,`, expected the end of the line; begin the file with the number of candidates \
         and the number of seats, for example `9 3`"
    );
}

#[test]
fn a_ward_written_and_read_again_is_the_same() {
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let Ok(election) = blt::read(&std::fs::read(&path).unwrap()) else { continue };
        let mut written = Vec::new();
        blt::write(&election, &mut written).unwrap();
        assert_eq!(blt::read(&written).unwrap(), election, "{}", path.display());
    }
}
