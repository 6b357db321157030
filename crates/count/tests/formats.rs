//! PrefLib and tables: what is read, what is refused, and that nothing is lost between formats.

use mandate_count::{Election, Format, format};
use proptest::prelude::*;

fn read(text: &str) -> Result<Election, String> {
    format::read_from(text.as_bytes()).map_err(|error| error.to_string())
}

/// Ballots as `weight ranks`, as an election shows them.
fn ballots(election: &Election) -> Vec<String> {
    election.ballots.iter().map(|ballot| format!("{ballot:?}")).collect()
}

#[test]
fn preflib() {
    let text = "# FILE NAME: 00001-00000001.toi\n# TITLE: Test\n# NUMBER ALTERNATIVES: 4\n\
        # ALTERNATIVE NAME 1: Ann\n# ALTERNATIVE NAME 2: Bob: the second\n12: 1,{2,3},4\n3: 4\n1: {},2\n";
    let election = read(text).unwrap();
    assert_eq!(election.title, "Test");
    assert_eq!(election.name(2), "Bob: the second");
    assert_eq!(ballots(&election), ["12 1>2=3>4", "3 4", "1 ->2"]);
}

#[test]
fn tables() {
    let election = read("ballots;Ann;Bob (withdrawn);Cem\r\n5;1;2;\r\n1;;1;1\r\n2;3;;1\r\n").unwrap();
    assert_eq!(ballots(&election), ["5 1>2", "1 2=3", "2 3>->1"]);
    assert_eq!(election.standing(), [1, 3]);
}

/// A name with a semicolon was once taken for two columns when a written table was read again.
#[test]
fn names_with_other_delimiters_in_tables() {
    let mut election = Election::new(1, ["Ann; the elder", "Bob\tthe younger", "Cem, \"the third\""]);
    election.push(&[2, 1], 3).unwrap();
    let mut written = Vec::new();
    Format::Csv.write(&election, &mut written).unwrap();
    assert_eq!(Format::Csv.read_from(&written[..]).unwrap(), election);
    assert_eq!(format::read_from(&written[..]).unwrap(), election);
    assert_eq!(ballots(&read("\n\nS;\n1;2\n").unwrap()), ["1 1>2"]);
    assert_eq!(ballots(&read("\"a;b\",c\n1,2\n").unwrap()), ["1 1>2"]);
}

#[test]
fn refusals() {
    let preflib = "write a ballot as its number, a colon and alternatives, for example `12: 1,{2,3}`";
    let head = "# NUMBER ALTERNATIVES: 2\n";
    for (text, expected) in [
        (format!("{head}5: 1,x\n"), format!("line 2, column 6: \"x\" is not an alternative's number; {preflib}")),
        (format!("{head}5: {{1,2\n"), format!("line 2, column 4: a brace is not closed; {preflib}")),
        (format!("{head}5 1\n"), format!("line 2, column 1: no colon in a ballot; {preflib}")),
        (
            format!("{head}5: 3\n"),
            "line 2, column 1: candidate 3 is not on the ballot paper, which has 2; correct the line; ballots are never \
             dropped silently"
                .to_owned(),
        ),
        (
            "Ann,Bob\n1\n".to_owned(),
            "line 2, column 1: 1 cells, expected 2; give each candidate a cell, empty where there is no preference"
                .to_owned(),
        ),
        (
            "Ann,Bob\n1,first\n".to_owned(),
            "line 2, column 1: cell 2 is \"first\", expected a number from 1 to 32767; write ranks as 1, 2, 3; leave \
             the cell empty where there is none"
                .to_owned(),
        ),
    ] {
        assert_eq!(read(&text).unwrap_err(), expected, "{text:?}");
    }
}

fn elections() -> impl Strategy<Value = Election> {
    let ballot = (prop::collection::vec((1u16..=5, 0u8..4), 1..5), 1u64..50);
    prop::collection::vec(ballot, 1..20).prop_map(|ballots| {
        let mut election = Election::new(1, ["Ann", "Bo, the \"second\"", "C: d", "é", "E"]);
        election.candidates[3].withdrawn = true;
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
            ranks.iter_mut().for_each(|rank| rank.sort_unstable());
            election.push_ranks(ranks.iter().map(Vec::as_slice), weight).unwrap();
        }
        election
    })
}

proptest! {
    #[test]
    fn there_and_back_is_the_same(election in elections(), format in prop::sample::select(&[Format::Blt, Format::PrefLib, Format::Csv][..])) {
        let mut written = Vec::new();
        format.write(&election, &mut written).unwrap();
        prop_assert_eq!(Format::of_content(&written), format);
        prop_assert_eq!(format::read_from(&written[..]).unwrap(), election);
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(prop::sample::select(&b"0123456789 -=/.,;:{}\n\"#()a\xff"[..]), 0..200)) {
        for format in Format::ALL {
            let _ = format.read_from(&bytes[..]);
            let _ = format.read_from(&[b"# NUMBER ALTERNATIVES: 3\n", &bytes[..]].concat()[..]);
        }
    }
}
