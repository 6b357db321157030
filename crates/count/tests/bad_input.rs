//! What hands, scanners and spreadsheets get wrong: refused with a place and a remedy, or counted by the rule's own text.
//! Never a panic, and never a ballot that silently is no more.

use mandate_count::{CountError, Election, Rule, Votes, count, format, pabulib};
use std::io::{self, Read};

const SEED: [u8; 32] = [4; 32];

const COMMITTEE: &str = "3 2\n5 1 2 0\n4 2 0\n3 3 1 0\n0\n\"Ann\"\n\"Bob\"\n\"Cem\"\n\"Committee\"\n";

fn read(bytes: &[u8]) -> Result<Election, String> {
    format::read_from(bytes).map_err(|error| error.to_string())
}

/// A file that was cut off anywhere is refused, or only its title is missing.
#[test]
fn truncated_files() {
    let whole = read(COMMITTEE.as_bytes()).unwrap();
    for length in 0..COMMITTEE.len() {
        if let Ok(election) = read(&COMMITTEE.as_bytes()[..length]) {
            assert_eq!(election.ballots, whole.ballots, "{length}");
        }
    }
    let cut = COMMITTEE.find("0\n\"Ann\"").unwrap();
    assert_eq!(
        read(&COMMITTEE.as_bytes()[..cut]).unwrap_err(),
        "line 4, column 1: the file ends before the line `0` that ends the ballots; get the whole file; if it is whole, \
         add the line and the names"
    );
}

#[test]
fn other_encodings_and_other_files() {
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(COMMITTEE.encode_utf16().flat_map(|unit| unit.to_le_bytes()))
        .collect();
    let table: Vec<u8> = [0xfe, 0xff]
        .into_iter()
        .chain("Ann,Bob\n1,2\n".encode_utf16().flat_map(|unit| unit.to_be_bytes()))
        .collect();
    // Told by its byte order mark, UTF-16 is decoded; a reader of one format alone says what is wrong.
    assert_eq!(read(&utf16).unwrap(), read(COMMITTEE.as_bytes()).unwrap());
    for bytes in [&utf16, &table] {
        let csv = mandate_count::spreadsheet::read_from(&bytes[..]).unwrap_err().to_string();
        assert!(csv.contains("UTF-16"), "{csv}");
        let budget = pabulib::read_from(&bytes[..]).map(|_| ()).unwrap_err().to_string();
        assert!(budget.contains("does not begin with META"), "{budget}");
    }
    for bytes in [
        &b"\x7fELF\x02\x01\x01\0\0\0"[..],
        b"PK\x03\x04\x14\0\x06\0",
        b"%PDF-1.7\n%\xe2\xe3",
        b"\0\0\0\0",
        b"",
    ] {
        let error = read(bytes).unwrap_err();
        assert!(error.starts_with("line 1, column"), "{error}");
    }
}

/// Gives out the same byte for ever, and counts how much was taken.
struct Endless(u8, u64);

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        buffer.fill(self.0);
        self.1 += buffer.len() as u64;
        Ok(buffer.len())
    }
}

/// A file that is one line of gigabytes is refused after some megabytes, by every reader.
#[test]
fn gigabytes_on_one_line() {
    for byte in [b'1', b' ', b'a', b',', b'"', b'#'] {
        let mut endless = Endless(byte, 0);
        let beginning: &[u8] = if byte == b'#' { b"# NUMBER ALTERNATIVES: 2\n" } else { b"" };
        let error = format::read_from(beginning.chain(&mut endless)).unwrap_err().to_string();
        assert!(error.contains("column") && error.len() < 300, "{byte}: {error}");
        assert!(endless.1 <= 64 << 20, "{byte}: {} bytes read", endless.1);
        let mut endless = Endless(byte, 0);
        let error = pabulib::read_from(&mut endless).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains("longer than") && endless.1 <= 64 << 20, "{byte}: {error}");
    }
}

#[test]
fn weights_zero_negative_and_huge() {
    let with = |line: &str| read(format!("2 1\n{line}\n0\na\nb\n").as_bytes());
    assert!(with("0 1 0").unwrap_err().contains("a ballot's weight must be greater than zero"));
    assert!(
        with("3 1 0\n-1 2 0").unwrap_err().contains("line 3, column 1: found `-`"),
        "{:?}",
        with("3 1 0\n-1 2 0")
    );
    assert!(with("9223372036854775808 1 0").unwrap_err().contains("exceed 9223372036854775807"));
    let most = with("9223372036854775807 1 0").unwrap();
    for rule in Rule::ALL {
        // Rules whose papers move whole hold each of them in memory.
        if matches!(rule, Rule::Irish | Rule::Cambridge) {
            let error = count(*rule, &most, Some(&SEED)).unwrap_err().to_string();
            assert!(error.contains("at most 20000000 papers, not 9223372036854775807"), "{error}");
            continue;
        }
        let result = count(*rule, &most, Some(&SEED)).unwrap_or_else(|error| panic!("{rule}: {error}"));
        assert_eq!(result.winners(), [1], "{rule}");
    }
}

#[test]
fn more_seats_than_candidates_and_nobody_voted() {
    let mut election = Election::new(3, ["Ann", "Bob"]);
    election.push(&[1], 1).unwrap();
    for rule in Rule::ALL {
        let error = count(*rule, &election, Some(&SEED)).unwrap_err();
        assert_eq!(error, CountError::MoreSeatsThanCandidates { seats: 3, standing: 2 }, "{rule}");
        let nobody = Election::new(1, ["Ann", "Bob"]);
        let error = count(*rule, &nobody, Some(&SEED)).unwrap_err();
        assert_eq!(error, CountError::NobodyVoted { cast: 0 }, "{rule}");
        let none = count(*rule, &Election::new(0, ["Ann"]), Some(&SEED)).unwrap_err();
        assert_eq!(none, CountError::NoSeats, "{rule}");
        let huge = count(*rule, &Election { seats: u32::MAX, ..election.clone() }, Some(&SEED)).unwrap_err();
        assert_eq!(huge, CountError::MoreSeatsThanCandidates { seats: u32::MAX, standing: 2 }, "{rule}");
    }
}

/// Votes that the rule's text sets aside and votes that count are together all that were cast, under every rule.
#[test]
fn read_and_set_aside_are_all() {
    let text = "3 1\n5 1 2 0\n2 1=2 3 0\n4 - 2 0\n3 - - 3 0\n1 0\n6 2 - 1 0\n7 3=1=2 0\n0\na\nb\nc\n";
    let election = read(text.as_bytes()).unwrap();
    for rule in Rule::ALL {
        let result = count(*rule, &election, Some(&SEED)).unwrap_or_else(|error| panic!("{rule}: {error}"));
        let all = result.valid.to_rational() + result.invalid.to_rational();
        assert_eq!(Votes::from(all), Votes::from(28), "{rule}");
    }
}

#[test]
fn names_in_any_script() {
    let text = "3 1\n3 1 0\n2 2 0\n1 3 0\n0\n\"Ann \"\"the \"\"\"\"Hammer\"\n\"שרה כהן\"\n\"مريم\u{202e}x\"\n\"T\"\n";
    let election = read(text.as_bytes()).unwrap();
    assert_eq!(election.name(2), "שרה כהן");
    let mut written = Vec::new();
    format::Format::Blt.write(&election, &mut written).unwrap();
    assert_eq!(read(&written).unwrap(), election);
    let result = count(Rule::ScottishStv, &election, Some(&SEED)).unwrap();
    for sheet in [
        mandate_count::print::text::sheet(&election, &result),
        mandate_count::print::csv::sheet(&election, &result),
        mandate_count::print::markdown::sheet(&election, &result),
        mandate_count::print::svg::flow(&election, &result),
    ] {
        assert!(sheet.contains("שרה כהן"), "{sheet}");
    }
}

/// Ten thousand candidates: counted, or refused with the limit.
#[test]
fn ten_thousand_candidates() {
    let mut election = Election::new(1, (1..=10_000).map(|number| format!("candidate {number}")));
    for candidate in 1..=40u16 {
        election.push(&[candidate * 200, candidate], u64::from(candidate)).unwrap();
    }
    for rule in
        [Rule::Plurality, Rule::Approval, Rule::SequentialPhragmen, Rule::EqualShares, Rule::TwoRounds]
    {
        assert!(count(rule, &election, Some(&SEED)).is_ok(), "{rule}");
    }
    for rule in [Rule::Schulze, Rule::RankedPairs, Rule::Copeland, Rule::Borda] {
        let error = count(rule, &election, Some(&SEED)).unwrap_err().to_string();
        assert_eq!(error, format!("{rule} is counted for at most 5000 candidates, not 10000"));
    }
}

/// Ten thousand candidates, most of them tied with thousands of others nearly all the time: the rules that exclude one by one
/// count them, in stages that share what did not change.
#[test]
fn ten_thousand_candidates_who_are_excluded_one_by_one() {
    const CANDIDATES: u16 = 10_000;
    let mut election = Election::new(20, (1..=CANDIDATES).map(|number| format!("C{number}")));
    let mut state: u32 = 9;
    for _ in 0..4_000 {
        let mut ranking = Vec::new();
        while ranking.len() < 6 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // Few candidates are well known.
            let candidate = ((state >> 16) * (state >> 24) / 1_678) as u16 % CANDIDATES + 1;
            if !ranking.contains(&candidate) {
                ranking.push(candidate);
            }
        }
        election.push(&ranking, 1).unwrap();
    }
    for rule in [Rule::ScottishStv, Rule::Ers97] {
        let result = count(rule, &election, Some(&SEED)).unwrap();
        assert_eq!(result.elected.len(), 20, "{rule}");
        let last = result.stages.last().unwrap();
        assert_eq!(last.totals.len(), usize::from(CANDIDATES), "{rule}");
    }
}
