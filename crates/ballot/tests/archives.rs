//! Elections made by belenios-tool 2.5.1 verify, give their result, and can be gone on with from the middle.

mod support;

use mandate_ballot::{Fault, PrivateKey, Seed, SystemRandomness};
use serde_json::Value;
use std::collections::BTreeMap;
use support::{archive, audit, belenios, file, files, result};

fn json(path: &std::path::Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).expect("the file is there")).expect("JSON")
}

fn votes(folder: &str) -> Vec<Vec<Vec<u64>>> {
    let text = std::fs::read_to_string(belenios(folder).join("votes.txt")).expect("the votes are there");
    text.lines().map(|line| serde_json::from_str(line).expect("a vote")).collect()
}

/// Results that the tool itself gave.
#[test]
fn homomorphic_results() {
    for folder in ["few-voters", "homomorphic-weights-revotes"] {
        let expected = json(&belenios(folder).join("result.reference"));
        assert_eq!(result(&archive(folder)), expected.to_string(), "{folder}");
    }
    // The tool gave this one in its archive only: the votes of votes.txt, added up by hand.
    assert_eq!(result(&archive("threshold-2-of-3")), "[[3,1],[2,2,1]]");
}

/// Shuffled questions give the multiset of the votes cast.
#[test]
fn shuffled_results() {
    for (folder, question) in
        [("shuffled-stv", 0), ("shuffled-majority-judgement", 0), ("shuffled-schulze", 2)]
    {
        let value: Value = serde_json::from_str(&result(&archive(folder))).expect("JSON");
        let mut decrypted: Vec<Vec<u64>> = serde_json::from_value(value[question].clone()).expect("ballots");
        let mut cast: Vec<Vec<u64>> = votes(folder).into_iter().map(|vote| vote[question].clone()).collect();
        decrypted.sort();
        cast.sort();
        assert_eq!(decrypted, cast, "{folder}");
    }
}

/// Bytes of an archive up to and with the last record of an event of this type.
fn up_to(bytes: &[u8], kind: &str) -> Vec<u8> {
    let needle = format!("\"type\":\"{kind}\"");
    let last =
        bytes.windows(needle.len()).rposition(|window| window == needle.as_bytes()).expect("the event");
    bytes[..last.next_multiple_of(512)].to_vec()
}

/// Voters, trustees and keeper go on with elections that the tool began, with its credentials and keys, and reach
/// its result.
#[test]
fn gone_on_with() {
    let folder = belenios("homomorphic-weights-revotes");
    let whole = archive("homomorphic-weights-revotes");
    let expected = result(&whole);
    let mut bytes = up_to(&whole, "Setup");
    let mut audit = audit(&bytes);
    let credentials: BTreeMap<String, String> =
        serde_json::from_value(json(&folder.join("private_creds.json"))).expect("credentials");
    for (credential, vote) in credentials.values().zip(votes("homomorphic-weights-revotes")) {
        let ballot = audit.encrypt(credential, &vote, &mut SystemRandomness).expect("the vote is allowed");
        bytes.extend(audit.cast(&ballot).expect("the credential is on the list"));
    }
    bytes.extend(audit.close().expect("the box closes"));
    decrypt_single(&mut audit, &mut bytes, &folder);
    bytes.extend(audit.publish_result().expect("a result"));
    assert_eq!(result(&bytes), expected);
}

fn decrypt_single(audit: &mut support::MemoryAudit, bytes: &mut Vec<u8>, folder: &std::path::Path) {
    for path in files(folder, "privkey") {
        let key = std::fs::read_to_string(path).expect("the key is there");
        // The files do not say whose number is whose.
        let decryption = (1..=audit.trustees())
            .find_map(|trustee| audit.decrypt(trustee, &PrivateKey::Single(&key), &mut SystemRandomness).ok())
            .expect("the key is a trustee's");
        bytes.extend(audit.add_decryption(&decryption).expect("a right decryption"));
    }
}

#[test]
fn shuffled_and_decrypted_anew() {
    let folder = belenios("shuffled-schulze");
    let whole = archive("shuffled-schulze");
    let mut bytes = up_to(&whole, "EncryptedTally");
    let mut audit = audit(&bytes);
    for trustee in [2, 3, 1] {
        let shuffle = audit.shuffle(trustee, &mut SystemRandomness).expect("a shuffle");
        bytes.extend(audit.add_shuffle(&shuffle).expect("a right shuffle"));
    }
    bytes.extend(audit.end_shuffles().expect("shuffles end"));
    decrypt_single(&mut audit, &mut bytes, &folder);
    bytes.extend(audit.publish_result().expect("a result"));
    let sorted = |text: String| {
        let mut value: Value = serde_json::from_str(&text).expect("JSON");
        value[2].as_array_mut().expect("ballots").sort_by_key(ToString::to_string);
        value
    };
    assert_eq!(sorted(result(&bytes)), sorted(result(&whole)));
}

/// Any two of the three trustees of the tool's ceremony open the tally; one alone does not.
#[test]
fn threshold_keys() {
    let folder = belenios("threshold-2-of-3");
    let whole = archive("threshold-2-of-3");
    let tallied = up_to(&whole, "EncryptedTally");
    let single = std::fs::read_to_string(file(&folder, "privkey")).expect("the key is there");
    let shares: Vec<(usize, Seed, String)> = (1..=3)
        .map(|number| {
            let id = std::fs::read_to_string(folder.join(format!("{number}.trustee"))).expect("the id");
            let read = |suffix: &str| {
                std::fs::read_to_string(folder.join(format!("{}.{suffix}", id.trim())))
                    .expect("the file is there")
            };
            (number + 1, Seed::parse(&read("key")).expect("a seed"), read("dkey"))
        })
        .collect();
    for chosen in [[0, 1], [0, 2], [1, 2]] {
        let (mut bytes, mut audit) = (tallied.clone(), audit(&tallied));
        let own = audit.decrypt(1, &PrivateKey::Single(&single), &mut SystemRandomness).expect("the key");
        bytes.extend(audit.add_decryption(&own).expect("a right decryption"));
        for (turn, index) in chosen.into_iter().enumerate() {
            if turn == 1 {
                let missing = audit.publish_result().expect_err("one of two is too few");
                assert!(matches!(missing[..], [Fault::DecryptionsMissing { needed: 2, given: 1, .. }]));
            }
            let (number, seed, sealed) = &shares[index];
            let key = PrivateKey::Threshold(seed, sealed);
            let share = audit.decrypt(*number, &key, &mut SystemRandomness).expect("the sealed key opens");
            bytes.extend(audit.add_decryption(&share).expect("a right decryption"));
        }
        bytes.extend(audit.publish_result().expect("a result"));
        assert_eq!(result(&bytes), result(&whole), "{chosen:?}");
    }
}
