//! ABIF, NIST's cast vote records, UTF-16 and names in any script: read, written, refused.

use mandate_count::{Election, Format, format};
use proptest::prelude::*;

fn read(text: &[u8]) -> Result<Election, String> {
    format::read_from(text).map_err(|error| error.to_string())
}

fn ballots(election: &Election) -> Vec<String> {
    election.ballots.iter().map(|ballot| format!("{ballot:?}")).collect()
}

fn names(election: &Election) -> Vec<&str> {
    election.candidates.iter().map(|candidate| candidate.name.as_str()).collect()
}

/// The Tennessee example as abiftool's files write it (electorama/abiftool, testdata/commasep), ratings with commas and
/// leading zeros, one rating missing.
#[test]
fn abif_with_ratings() {
    let text = "{\"title\": \"Tennessee\"}\n# miles\n=Memph:[Memphis, TN]\n=Nash:[Nashville, TN]\n=Chat:[Chattanooga, TN]\n\
        =Knox:[Knoxville, TN]\n42:Memph/400,Nash/200,Chat/133,Knox\n17:Memph/045,Nash/240,Chat/240,Knox/400\n";
    assert_eq!(Format::of_content(text.as_bytes()), Format::Abif);
    let election = read(text.as_bytes()).unwrap();
    assert_eq!(election.title, "Tennessee");
    assert_eq!(names(&election)[0], "Memphis, TN");
    assert_eq!(ballots(&election), ["42 1>2>3", "17 4>2=3>1"]);
}

#[test]
fn abif_without_a_list_of_candidates() {
    let election = read(b"5:[A,X]>[B,Y]>[C,Z]\n3:[A,X] = [C,Z]\n2:[B,Y],[C,Z]\n1:\n").unwrap();
    assert_eq!(names(&election), ["A,X", "B,Y", "C,Z"]);
    assert_eq!(ballots(&election), ["5 1>2>3", "3 1=3", "2 2=3", "1"]);
}

#[test]
fn abif_refusals() {
    let remedy = "write a ballot as its number, a colon and preferences, for example `27:Ann>Bob=Cem`";
    for (text, expected) in [
        (
            "=A:[Ann]\n3:A>B\n",
            "line 2, column 5: \"B\" is not among the candidates listed with `=`; correct the word, or list the candidate"
                .to_owned(),
        ),
        ("3:A>B,C\n", format!("line 1, column 3: commas and `>` or `=` in one ballot; {remedy}")),
        ("3:A>\n", format!("line 1, column 3: nobody after the last sign; {remedy}")),
        ("3:[A>B\n", format!("line 1, column 3: a square bracket is not closed; {remedy}")),
        (
            "3:A>A\n",
            "line 1, column 3: candidate 1 appears twice on one ballot; correct the line; ballots are never dropped \
             silently"
                .to_owned(),
        ),
    ] {
        assert_eq!(read(text.as_bytes()).unwrap_err(), expected, "{text:?}");
    }
}

/// The shape of RCTab's test file cdf_json_file1_cvr.json (BrightSpots/rcv, MPL 2.0), written anew: a candidate ranked
/// twice, an overvote, a skipped rank, a record without the contest.
#[test]
fn nist_cast_vote_records() {
    let position = |rank: u32| format!("{{\"HasIndication\":\"yes\",\"Rank\":{rank}}}");
    let selection = |id: &str, ranks: &[u32]| {
        let positions: Vec<String> = ranks.iter().map(|rank| position(*rank)).collect();
        format!("{{\"ContestSelectionId\":\"{id}\",\"SelectionPosition\":[{}]}}", positions.join(","))
    };
    let record = |selections: &[String]| {
        format!(
            "{{\"CurrentSnapshotId\":\"s\",\"CVRSnapshot\":[{{\"@id\":\"old\"}},{{\"@id\":\"s\",\"CVRContest\":[{{\
             \"ContestId\":\"c1\",\"CVRContestSelection\":[{}]}}]}}]}}",
            selections.join(",")
        )
    };
    let records = [
        record(&[selection("cs-b", &[1, 2]), selection("cs-a", &[3])]),
        record(&[selection("cs-a", &[1]), selection("cs-b", &[1])]),
        record(&[selection("cs-a", &[2])]),
        record(&[]),
        "{\"CVRSnapshot\":[{\"CVRContest\":[{\"ContestId\":\"other\"}]}]}".to_owned(),
    ];
    let text = format!(
        "{{\"@type\":\"CVR.CastVoteRecordReport\",\n\"CVR\":[{}],\n\"Election\":[{{\"Candidate\":[{{\"@id\":\"a\",\"Name\":\
         \"Ann\"}},{{\"@id\":\"b\",\"Name\":\"Bob\"}}],\"Contest\":[{{\"@id\":\"c1\",\"Name\":\"Mayor\",\"NumberElected\":2,\
         \"ContestSelection\":[{{\"@id\":\"cs-a\",\"CandidateIds\":[\"a\"]}},{{\"@id\":\"cs-b\",\"CandidateIds\":[\"b\"]}}]\
         }}]}}]}}",
        records.join(",")
    );
    assert_eq!(Format::of_content(text.as_bytes()), Format::Nist);
    let election = read(text.as_bytes()).unwrap();
    assert_eq!((election.title.as_str(), election.seats, names(&election)), ("Mayor", 2, vec!["Ann", "Bob"]));
    assert_eq!(ballots(&election), ["1 2>->1", "1 1=2", "1 ->1", "1"]);
    let strange = text.replace("\"cs-a\",\"SelectionPosition\"", "\"cs-x\",\"SelectionPosition\"");
    assert_eq!(
        read(strange.as_bytes()).unwrap_err(),
        "line 1, column 1: record 1: \"cs-x\" is not among the contest's selections; correct the record; ballots are never \
         dropped silently"
    );
    assert!(read(&text.as_bytes()[..text.len() - 9]).unwrap_err().contains("get the whole file"));
}

fn utf16(text: &str, little_endian: bool) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(|unit| if little_endian { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
}

#[test]
fn utf16_is_read_where_it_is_whole() {
    let text = "2 1\r\n3 1 2 0\r\n0\r\n\"ياسمين\"\r\n\"Zoë 𝒵\"\r\n\"Wahl\"\r\n";
    for little_endian in [true, false] {
        let bytes = utf16(text, little_endian);
        let election = read(&bytes).unwrap();
        assert_eq!(names(&election), ["ياسمين", "Zoë 𝒵"]);
        assert_eq!(
            read(&bytes[..bytes.len() - 1]).unwrap_err(),
            "line 1, column 1: the file ends in the middle of a character in UTF-16; get the whole file, or save it again as \
             UTF-8"
        );
    }
    let mut lone = utf16("2 1\n3 1 2 0\n0\n\"A", true);
    lone.extend([0x00, 0xd8, 0x41, 0x00]);
    let error = read(&lone).unwrap_err();
    assert!(error.starts_with("line 4, column 1: half a character (a lone surrogate) in UTF-16"), "{error}");
}

/// Names in any script, with quotation marks, none of which the formats cannot say.
fn name() -> impl Strategy<Value = String> {
    let characters = prop::sample::select(vec![
        'a', 'Z', 'é', 'ß', 'ا', 'ي', 'ש', '中', '"', '\'', ' ', ',', '#', '=', '-',
    ]);
    prop::collection::vec(characters, 0..10).prop_map(|text| format!("N{}n", String::from_iter(text)))
}

fn elections() -> impl Strategy<Value = Election> {
    let candidates = prop::collection::btree_set(name(), 1..7);
    candidates.prop_flat_map(|names| {
        let count = names.len() as u16;
        let order: Vec<u16> = (1..=count).collect();
        let ballot = (
            Just(order).prop_shuffle(),
            1..=usize::from(count),
            prop::collection::vec(any::<bool>(), 6),
            1u64..9,
        );
        (Just(names), prop::collection::vec(ballot, 0..9), prop::collection::vec(any::<bool>(), 6)).prop_map(
            |(names, ballots, withdrawn)| {
                let mut election = Election::new(1, names);
                for (candidate, withdrawn) in election.candidates.iter_mut().zip(withdrawn) {
                    candidate.withdrawn = withdrawn;
                }
                for (order, length, ties, weight) in ballots {
                    let mut ranks: Vec<Vec<u16>> = Vec::new();
                    for (candidate, tied) in order[..length].iter().zip(ties) {
                        match ranks.last_mut().filter(|_| tied) {
                            Some(rank) => rank.push(*candidate),
                            None => ranks.push(vec![*candidate]),
                        }
                    }
                    // Tables of ranks have no order within a rank.
                    ranks.iter_mut().for_each(|rank| rank.sort_unstable());
                    election.push_ranks(ranks.iter().map(Vec::as_slice), weight).unwrap();
                }
                election
            },
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// There and back in every format that is written, told by its content, is the same; in UTF-16 too.
    #[test]
    fn there_and_back(election in elections()) {
        for format in [Format::Blt, Format::PrefLib, Format::Csv, Format::Abif] {
            let mut written = Vec::new();
            format.write(&election, &mut written).unwrap();
            let text = String::from_utf8(written.clone()).unwrap();
            prop_assert_eq!(&read(&written).unwrap(), &election, "{}:\n{}", format, text);
            prop_assert_eq!(&read(&utf16(&text, true)).unwrap(), &election, "{} in UTF-16", format);
        }
    }
}
