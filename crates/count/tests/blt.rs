//! BLT: what is read, what is refused and how.

use mandate_count::{Election, blt};
use proptest::prelude::*;

fn error(text: &str) -> String {
    blt::read(text.as_bytes()).unwrap_err().to_string()
}

#[test]
fn refusals_name_line_column_and_remedy() {
    let weight = "write a ballot as its weight, candidate numbers in order of preference, and 0";
    let dropped = "correct the line; ballots are never dropped silently";
    let header = "begin the file with the number of candidates and the number of seats, for example `9 3`";
    for (text, expected) in [
        (
            "",
            "line 1, column 1: the file is empty; see the format: candidates, seats, ballots, names"
                .to_owned(),
        ),
        ("a 3\n", format!("line 1, column 1: found `a`, expected the number of candidates; {header}")),
        ("5\n", format!("line 1, column 2: the line ends, expected the number of seats; {header}")),
        ("0 1\n", format!("line 1, column 2: 0 candidates; from 1 to 32767 are possible; {header}")),
        (
            "2 1\n1 3 0\n",
            "line 2, column 3: candidate 3 does not exist; the first line says there are 2; correct the \
            number, or the first line"
                .to_owned(),
        ),
        (
            "2 1\n\n1 1 2 1 0\n",
            format!("line 3, column 7: candidate 1 appears twice on one ballot; {dropped}"),
        ),
        ("2 1\n1 1 2\n", format!("line 2, column 6: the ballot does not end with 0; {weight}")),
        (
            "2 1\n1 1 x 0\n",
            format!("line 2, column 5: found `x`, expected a candidate's number or the final 0; {weight}"),
        ),
        ("2 1\n1 1 0 2\n", format!("line 2, column 7: found `2`, expected the end of the line; {weight}")),
        ("2 1\n0 1 0\n", format!("line 2, column 1: a ballot's weight must be greater than zero; {dropped}")),
        (
            "2 1\n-1\n-3 1 0\n",
            "line 3, column 2: candidate 3 does not exist; the first line says there are 2; correct \
            the number, or the first line"
                .to_owned(),
        ),
        (
            "2 1\n9223372036854775807 1 0\n1 2 0\n",
            format!(
                "line 3, column 1: the weights of all ballots together \
            exceed 9223372036854775807; {dropped}"
            ),
        ),
        (
            "2 1\n99999999999999999999 1 0\n",
            format!(
                "line 2, column 1: a number of 20 digits; at most 19 are read; \
            {weight}"
            ),
        ),
        ("2 1\n1/0 1 0\n", format!("line 2, column 4: the weight divides by zero; {weight}")),
        (
            "2 1\n1 1 0\n",
            "line 2, column 1: the file ends before the line `0` that ends the ballots; get the whole \
            file; if it is whole, add the line and the names"
                .to_owned(),
        ),
        (
            "2 1\n1 1 0\n0\n\"a\"\n",
            "line 4, column 1: 1 names for 2 candidates; get the whole file; if it is whole, \
            add the missing names"
                .to_owned(),
        ),
        (
            "1 1\n0\na\nb\nc\n",
            "line 5, column 1: more than 1 names and a title; after the ballots come the \
            candidates' names, one a line, and at most one title"
                .to_owned(),
        ),
    ] {
        assert_eq!(error(text), expected, "{text:?}");
    }
    let latin = blt::read(b"1 1\n0\nRen\xe9\n").unwrap_err().to_string();
    assert!(latin.starts_with("line 3, column 4: byte 0xe9 is not UTF-8"), "{latin}");
    let utf16 = blt::read(b"\xff\xfe1\0 \x001\0").unwrap_err().to_string();
    assert_eq!(utf16, "line 1, column 1: the file is in UTF-16, expected UTF-8; save it again as UTF-8");
    assert!(blt::read(b"\x7fELF\x02\x01\x01\0").is_err());
}

#[test]
fn dialects() {
    let text = "\u{feff}3 2  \r\n# a comment\r\n-2\r\n(001) 5 3 1=2 0 \r\n3/2 1 - 3 0\r\n0.25 2 0\r\n0\r\n\
        \"Lab \"\"Ann B\"\" \"\r\nשרה \r\n\"C\" \"The title\"\r\n";
    let election = blt::read(text.as_bytes()).unwrap();
    assert_eq!(election.title, "The title");
    let names: Vec<&str> = election.candidates.iter().map(|candidate| candidate.name.as_str()).collect();
    assert_eq!(names, ["Lab \"Ann B\"", "שרה", "C"]);
    assert_eq!(election.standing(), [1, 3]);
    assert_eq!(election.ballots.denominator(), 4);
    let ballots: Vec<(u64, Vec<Vec<u16>>)> = election
        .ballots
        .iter()
        .map(|ballot| {
            let ranks = ballot.ranks().map(|rank| rank.iter().filter_map(|mark| mark.candidate()).collect());
            (ballot.weight, ranks.collect())
        })
        .collect();
    assert_eq!(
        ballots,
        [(20, vec![vec![3], vec![1, 2]]), (6, vec![vec![1], vec![], vec![3]]), (1, vec![vec![2]])]
    );
}

#[test]
fn ten_thousand_candidates() {
    let names: Vec<String> = (0..10_000).map(|number| format!("candidate {number}")).collect();
    let mut election = Election::new(3, names);
    let all: Vec<u16> = (1..=10_000).rev().collect();
    election.push(&all, 7).unwrap();
    let mut written = Vec::new();
    blt::write(&election, &mut written).unwrap();
    assert_eq!(blt::read(&written).unwrap(), election);
}

fn elections() -> impl Strategy<Value = Election> {
    let ballot = (prop::collection::vec((1u16..=6, 0u8..4), 0..6), 1u64..50);
    (prop::collection::vec(ballot, 0..30), 1u32..9, "[a-z\"#é ]{0,12}").prop_map(|(ballots, seats, title)| {
        let mut election = Election::new(seats, ["Ann", "\"Bo\"", "# C", "d \"e\" f", "é", "0"]);
        election.title = title.trim().to_owned();
        for (marks, weight) in ballots {
            let mut ranks: Vec<Vec<u16>> = Vec::new();
            for (candidate, kind) in marks {
                if ranks.iter().flatten().any(|named| *named == candidate) {
                    continue;
                }
                match (kind, ranks.last_mut()) {
                    (0, Some(last)) if !last.is_empty() => last.push(candidate),
                    (1, _) => ranks.extend([vec![], vec![candidate]]),
                    _ => ranks.push(vec![candidate]),
                }
            }
            election.push_ranks(ranks.iter().map(Vec::as_slice), weight).unwrap();
        }
        election
    })
}

proptest! {
    #[test]
    fn written_and_read_again_is_the_same(election in elections()) {
        let mut written = Vec::new();
        blt::write(&election, &mut written).unwrap();
        prop_assert_eq!(blt::read(&written).unwrap(), election);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(prop::sample::select(&b"0123456789 -=/.\n\"#()a\xff"[..]), 0..200)) {
        let _ = blt::read(&bytes);
        let with_header = [b"3 1\n".as_slice(), &bytes].concat();
        let _ = blt::read(&with_header);
    }
}
