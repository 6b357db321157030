//! The booth in the browser (`web/booth`) is a second implementation of the voter's part. Both are given the same
//! seeds, and their ballots must be equal byte for byte: this test makes them here and compares them with
//! `web/booth/testdata/vectors.json`, which the booth's own tests read.
//!
//! `UPDATE_VECTORS=1 cargo test --release -p mandate-ballot --test booth_vectors` writes the file anew.

mod support;

use mandate_ballot::{
    CredentialStyle, Fault, GroupName, SeededRandomness, Voter, Weight, begin_archive, tracking_number,
};
use serde_json::{Value, json};
use std::path::Path;

const QUESTIONS: &str = r#"[{"answers":["A","B","C"],"min":0,"max":2,"question":"¿Quién? \"Wer?\" 谁"},{"answers":["Yes","No"],"blank":true,"min":1,"max":1,"question":"Blank?"}"#;
const RANKING: &str = r#",{"type":"NonHomomorphic","value":{"answers":["A","B","C"],"question":"Rank."},"extra":{"type":"Ranking"}}"#;

/// Group, style of credentials, with a ranked question, and votes.
type Case = (&'static str, CredentialStyle, bool, &'static str);

const CASES: [Case; 8] = [
    ("Ed25519", CredentialStyle::Full, true, "[[1,0,1],[0,1,0],[1,2,3]]"),
    ("Ed25519", CredentialStyle::Checked, true, "[[0,0,0],[1,0,0],[0,0,0]]"),
    ("Ed25519", CredentialStyle::Full, true, "[[0,1,0],[0,0,1],[255,0,1]]"),
    ("RFC-3526-2048", CredentialStyle::Checked, true, "[[1,1,0],[0,1,0],[3,2,1]]"),
    ("RFC-3526-2048", CredentialStyle::Full, true, "[[0,0,0],[1,0,0],[0,0,0]]"),
    ("BELENIOS-2048", CredentialStyle::Checked, false, "[[0,1,1],[0,0,1]]"),
    ("BELENIOS-2048", CredentialStyle::Full, false, "[[0,0,0],[1,0,0]]"),
    ("BELENIOS-2048", CredentialStyle::Full, false, "[[0,0,1],[0,1,0]]"),
];

/// An election for one case: its archive, its text, and the voter's private credential.
fn election(number: u64, (group, style, has_ranking, _): Case) -> (Vec<u8>, Vec<u8>, String) {
    let name: GroupName = group.parse().expect("a group");
    let mut randomness = SeededRandomness::new(1_000 + number);
    let key = name.trustee_key(&mut randomness).expect("a key");
    let trustees = name.trustees(&[key.public_key], &[]).expect("trustees");
    let voters = [Voter { name: "1".to_owned(), weight: Weight(1) }];
    let made = name.credentials(support::UUID, &voters, style, &mut randomness).expect("credentials");
    let ranking = if has_ranking { RANKING } else { "" };
    let template = format!(r#"{{"description":"Both","name":"Vectors","questions":{QUESTIONS}{ranking}]}}"#);
    let election = name.election(&template, &trustees, support::UUID).expect("an election");
    let archive = begin_archive(support::TIMESTAMP, &election, &trustees, &made.public).expect("an archive");
    (archive, election, made.private[0].1.to_string())
}

fn vector(number: u64, case: Case) -> Value {
    let (archive, election, credential) = election(number, case);
    let votes = case.3;
    let choices: Vec<Vec<u64>> = serde_json::from_str(votes).expect("votes");
    let mut audit = support::audit(&archive);
    let ballot = audit.encrypt(&credential, &choices, &mut SeededRandomness::new(number)).expect("a ballot");
    audit.cast(&ballot).expect("the ballot is right");
    json!({
        "seed": number,
        "election": String::from_utf8_lossy(&election),
        "credential": credential,
        "votes": choices,
        "fingerprint": audit.fingerprint(),
        "ballot": String::from_utf8_lossy(&ballot),
        "tracking_number": tracking_number(&ballot),
    })
}

#[test]
fn ballots_are_those_that_the_booth_is_tested_against() {
    let vectors: Vec<Value> = (1..).zip(CASES).map(|(number, case)| vector(number, case)).collect();
    let text = format!("{:#}\n", Value::from(vectors));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/booth/testdata/vectors.json");
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        std::fs::write(&path, &text).expect("the file can be written");
    }
    let kept = std::fs::read_to_string(&path).expect("the file is there");
    assert!(kept == text, "the ballots differ from {}: see this test's head", path.display());
}

/// Votes that the booth opened (`web/booth/testdata/opened.json`, written by its tests) say what was voted; with any
/// digit of a random number or of a ciphertext altered they are refused.
#[test]
fn votes_opened_by_the_booth_are_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/booth/testdata/opened.json");
    let text = std::fs::read_to_string(path).expect("the file is there");
    let opened: Vec<Value> = serde_json::from_str(&text).expect("JSON");
    assert_eq!(opened.len(), 3);
    for one in opened {
        let number = one["seed"].as_u64().expect("a number");
        let case = CASES[number as usize - 1];
        let (archive, ..) = election(number, case);
        let audit = support::audit(&archive);
        let file = one["file"].as_str().expect("a text");
        let read = audit.read_opened(file.as_bytes()).expect("it opens");
        let votes: Vec<Vec<u64>> = serde_json::from_str(case.3).expect("votes");
        assert_eq!((read.number.as_str(), read.votes), (one["number"].as_str().expect("a text"), votes));
        refuses_alterations(&audit, file);
    }
}

fn refuses_alterations(audit: &support::MemoryAudit, file: &str) {
    // The last digit of the first random number.
    let begin = file.find(r#""randomness":[[""#).expect("the field") + r#""randomness":[[""#.len();
    let end = begin + file[begin..].find('"').expect("its end") - 1;
    let digit = if &file[end..=end] == "1" { "2" } else { "1" };
    let altered = format!("{}{digit}{}", &file[..end], &file[end + 1..]);
    let faults = audit.read_opened(altered.as_bytes()).expect_err("the random number is another");
    assert_eq!(faults, [Fault::Opening { question: 1, choice: 1 }]);
    // The first two ciphertexts exchanged.
    let mut value: Value = serde_json::from_str(file).expect("JSON");
    let choices = value["ballot"]["answers"][0]["choices"].as_array_mut().expect("a list");
    choices.swap(0, 1);
    let faults = audit.read_opened(value.to_string().as_bytes()).expect_err("the ciphertexts are others");
    assert!(faults.contains(&Fault::Opening { question: 1, choice: 1 }), "{faults:?}");
    assert!(faults.contains(&Fault::IndividualProof { question: 1, choice: 1 }), "{faults:?}");
    // A missing list, another election, a ballot that could be cast.
    let mut value: Value = serde_json::from_str(file).expect("JSON");
    value["randomness"].as_array_mut().expect("a list").pop();
    assert!(audit.read_opened(value.to_string().as_bytes()).is_err());
    let other = file.replacen(support::UUID, "AnotherE1ection", 1);
    let faults = audit.read_opened(other.as_bytes()).expect_err("another election");
    assert_eq!(faults, [Fault::OtherElection { field: "election_uuid" }]);
    let signature = r#","signature":{"hash":"","proof":{"challenge":"1","response":"1"}}},"randomness""#;
    let signed = file.replacen(r#"},"randomness""#, signature, 1);
    assert_eq!(audit.read_opened(signed.as_bytes()), Err(vec![Fault::OpenedIsSigned]));
}
