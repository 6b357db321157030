//! A box that grows is verified as it grows, and secrets stay out of what is said.

mod support;

use mandate_ballot::{Audit, AuditOptions, Fault, GroupName, PrivateKey, Seed};
use std::fs::{File, OpenOptions};
use std::io::{BufReader, Cursor, Write};
use support::{Keys, Plan, archive, audit, set_up};

const QUESTIONS: &str = r#"[{"answers":["A","B"],"min":1,"max":1,"question":"?"}]"#;

/// One audit follows a file through a whole election, revotes included, and comes to the same as a new one.
#[test]
fn followed_through_a_file() {
    let mut made = set_up(GroupName::Ed25519, QUESTIONS, &[1, 2, 3], Plan { singles: 1, threshold: None }, 1);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("box.bel");
    let write = |bytes: &[u8]| {
        let mut file = OpenOptions::new().create(true).append(true).open(&path).expect("the file opens");
        file.write_all(bytes).expect("written");
    };
    write(&made.archive);
    let file = BufReader::new(File::open(&path).expect("the file opens"));
    let mut follower = Audit::open(file, AuditOptions::default()).expect("an archive");
    let mut written = made.archive.len();
    for votes in [vec![(0, vec![vec![1, 0]])], vec![(1, vec![vec![0, 1]]), (0, vec![vec![0, 1]])], vec![]] {
        made.vote(&votes);
        write(&made.archive[written..]);
        written = made.archive.len();
        follower.run(&mut |_| {});
        assert_eq!(follower.failures(), []);
        assert_eq!(follower.counts(), audit(&made.archive).counts());
        assert_eq!(follower.ballots(), audit(&made.archive).ballots());
    }
    assert_eq!(follower.counted(), (2, 3));
    made.tally(&[], &[1]).expect("a result");
    write(&made.archive[written..]);
    follower.run(&mut |_| {});
    assert_eq!(follower.failures(), []);
    assert_eq!(follower.outcome(), audit(&made.archive).outcome());
    let states: Vec<(u64, bool)> =
        follower.ballots().iter().map(|entry| (entry.weight, entry.counts)).collect();
    assert_eq!(states, [(1, false), (2, true), (1, true)]);
}

/// What was verified before is not verified again; what is new is.
#[test]
fn trusted_beginning() {
    let bytes = archive("few-voters");
    let mut altered = archive("few-voters");
    // A wrong record in the middle is found by its hash even where proofs are trusted.
    altered[20_000] ^= 1;
    for (bytes, holds) in [(bytes, true), (altered, false)] {
        let options = AuditOptions { threads: 1, trusted_bytes: 40_000 };
        let mut audit = Audit::open(Cursor::new(bytes), options).expect("an archive");
        audit.run(&mut |_| {});
        assert_eq!(audit.holds(), holds);
        assert!((1..10).contains(&audit.counts().trusted), "{:?}", audit.counts());
    }
}

/// A refused message leaves the audit as it was.
#[test]
fn refused_messages_change_nothing() {
    let made = set_up(GroupName::Ed25519, QUESTIONS, &[1, 1], Plan { singles: 2, threshold: None }, 2);
    let mut randomness = made.randomness.clone();
    let mut audit = audit(&made.archive);
    let ballot = audit.encrypt(&made.credentials[0], &[vec![1, 0]], &mut randomness).expect("a ballot");
    let mut altered = ballot.clone();
    let place = altered.len() - 10;
    altered[place] = if altered[place] == b'1' { b'2' } else { b'1' };
    let refused = audit.cast(&altered).expect_err("altered");
    assert!(matches!(refused[..], [Fault::Signature | Fault::Unreadable { .. }]), "{refused:?}");
    assert!(audit.publish_result().is_err());
    audit.cast(&ballot).expect("the ballot is right");
    assert_eq!(audit.cast(&ballot).expect_err("cast before"), [Fault::BallotRepeated]);
    audit.close().expect("the box closes");
    assert!(matches!(audit.cast(&ballot).expect_err("closed")[..], [Fault::EventOrder { .. }]));
    let Keys::Single(first) = &made.trustees[0] else { panic!("a single trustee") };
    let wrong = audit.decrypt(2, &PrivateKey::Single(first), &mut randomness).expect_err("another's key");
    assert_eq!(wrong, Fault::PrivateKey { trustee: 2 });
    let own = audit.decrypt(1, &PrivateKey::Single(first), &mut randomness).expect("the key");
    audit.add_decryption(&own).expect("a right decryption");
    let missing = audit.publish_result().expect_err("one of two");
    assert!(matches!(missing[..], [Fault::DecryptionsMissing { .. }]));
    let repeated = audit.add_decryption(&own).expect_err("again");
    assert_eq!(repeated, [Fault::DecryptionRepeated { trustee: 1 }]);
    assert!(audit.holds());
}

/// No error shows a secret, whole or in part.
#[test]
fn errors_show_no_secret() {
    let made = set_up(GroupName::Ed25519, QUESTIONS, &[1], Plan { singles: 1, threshold: None }, 3);
    let mut randomness = made.randomness.clone();
    let mut audit = audit(&made.archive);
    let Keys::Single(key) = &made.trustees[0] else { panic!("a single trustee") };
    let credential = &made.credentials[0];
    let mut said: Vec<Fault> = Vec::new();
    for misspelled in [&credential[1..], &credential.replace('-', "")] {
        said.extend(audit.encrypt(misspelled, &[vec![1, 0]], &mut randomness).err());
    }
    said.extend(audit.encrypt(credential, &[vec![1, 1]], &mut randomness).err());
    audit.close().expect("the box closes");
    for misspelled in [key.trim_matches('"'), &key[..20], &format!("{key} ")] {
        said.extend(audit.decrypt(1, &PrivateKey::Single(misspelled), &mut randomness).err());
    }
    let seed = Seed::generate(&mut randomness).expect("a seed");
    said.extend(Seed::parse(&seed.expose()[1..]).err());
    said.extend(audit.decrypt(1, &PrivateKey::Threshold(&seed, key), &mut randomness).err());
    // A private key taken for another file.
    let group = GroupName::Ed25519;
    said.extend(group.trustees(std::slice::from_ref(key), &[]).expect_err("no public key"));
    said.extend(group.check_certificates(key).expect_err("no certificate"));
    assert!(said.len() >= 9, "{said:?}");
    let said = said.iter().map(|fault| format!("{fault} {fault:?}")).collect::<String>();
    for secret in [credential.as_str(), key.trim_matches('"'), seed.expose()] {
        for part in secret.as_bytes().windows(6) {
            let part = std::str::from_utf8(part).expect("ASCII");
            assert!(!said.contains(part), "{part} of a secret is in {said}");
        }
    }
}
