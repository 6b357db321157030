//! Elections for tests: from files, and made anew.

#![allow(dead_code)]

use mandate_ballot::{
    Audit, AuditOptions, CeremonyPlace, CredentialStyle, Failure, Fault, GroupName, PrivateKey, Randomness,
    Seed, SeededRandomness, Voter, Weight, begin_archive,
};
use std::io::Cursor;
use std::path::{Path, PathBuf};

pub const TIMESTAMP: u64 = 1_700_000_000;
pub const UUID: &str = "AuditAuditAudit";

pub type MemoryAudit = Audit<Cursor<Vec<u8>>>;

/// The folder of one election made by belenios-tool 2.5.1.
pub fn belenios(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/belenios-2.5.1").join(folder)
}

/// The one file in a folder with this ending.
pub fn file(folder: &Path, ending: &str) -> PathBuf {
    files(folder, ending).remove(0)
}

/// The files in a folder with this ending, by name.
pub fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == ending))
        .collect();
    found.sort();
    found
}

/// The archive of an election made by belenios-tool 2.5.1.
pub fn archive(folder: &str) -> Vec<u8> {
    std::fs::read(file(&belenios(folder), "bel")).expect("the archive is there")
}

/// An archive verified to its end.
pub fn audit(bytes: &[u8]) -> MemoryAudit {
    let options = AuditOptions { threads: 2, ..AuditOptions::default() };
    let mut audit = Audit::open(Cursor::new(bytes.to_vec()), options).expect("an archive");
    audit.run(&mut |_| {});
    audit
}

/// Everything that is wrong with an archive, one that does not even open included.
pub fn failures(bytes: &[u8]) -> Vec<Fault> {
    match Audit::open(Cursor::new(bytes.to_vec()), AuditOptions::default()) {
        Err(fault) => vec![fault],
        Ok(mut audit) => {
            audit.run(&mut |_| {});
            audit.failures().into_iter().map(|Failure { fault, .. }| fault).collect()
        }
    }
}

/// An election made here, with all its secrets.
pub struct Made {
    pub archive: Vec<u8>,
    pub credentials: Vec<String>,
    pub trustees: Vec<Keys>,
    pub randomness: SeededRandomness,
}

/// A trustee's secrets.
pub enum Keys {
    Single(String),
    Threshold(String, String),
}

/// Which trustees an election has: single ones, then perhaps a threshold group (threshold, size).
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub singles: usize,
    pub threshold: Option<(usize, usize)>,
}

/// Sets up an election with weights.
pub fn set_up(group: GroupName, questions: &str, weights: &[u64], plan: Plan, seed: u64) -> Made {
    let mut randomness = SeededRandomness::new(seed);
    let (mut trustees, mut singles, mut groups) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..plan.singles {
        let key = group.trustee_key(&mut randomness).expect("a key");
        singles.push(key.public_key.clone());
        trustees.push(Keys::Single(key.private_key.to_string()));
    }
    if let Some((threshold, size)) = plan.threshold {
        let (parameters, keys) = ceremony(group, threshold, size, &mut randomness);
        groups.push(parameters);
        trustees.extend(keys);
    }
    let trustee_list = group.trustees(&singles, &groups).expect("good trustees");
    let voters: Vec<Voter> = weights
        .iter()
        .enumerate()
        .map(|(index, &weight)| Voter { name: index.to_string(), weight: Weight(weight) })
        .collect();
    let made = group.credentials(UUID, &voters, CredentialStyle::Full, &mut randomness).expect("credentials");
    let template = format!(r#"{{"description":"","name":"Made","questions":{questions}}}"#);
    let election = group.election(&template, &trustee_list, UUID).expect("an election");
    Made {
        archive: begin_archive(TIMESTAMP, &election, &trustee_list, &made.public).expect("an archive"),
        credentials: made.private.iter().map(|(_, credential)| credential.to_string()).collect(),
        trustees,
        randomness,
    }
}

fn ceremony(
    group: GroupName,
    threshold: usize,
    size: usize,
    randomness: &mut dyn Randomness,
) -> (String, Vec<Keys>) {
    let certificates: Vec<_> = (1..=size)
        .map(|index| {
            group.certify(Some(CeremonyPlace { size, threshold, index }), randomness).expect("a certificate")
        })
        .collect();
    let seeds: Vec<Seed> = certificates.iter().map(|made| Seed::parse(&made.seed).expect("a seed")).collect();
    let certs: String = certificates.iter().map(|made| format!("{}\n", made.certificate)).collect();
    assert_eq!(group.check_certificates(&certs), Ok(Some(threshold)));
    let polynomials: String = seeds
        .iter()
        .map(|seed| format!("{}\n", group.polynomial(&certs, seed, None, randomness).expect("a polynomial")))
        .collect();
    let shares = group.route(&certs, &polynomials).expect("shares");
    let outputs: String = seeds
        .iter()
        .zip(&shares)
        .map(|(seed, (_, shares))| {
            format!("{}\n", group.ceremony_key(&certs, seed, shares, randomness).expect("a key"))
        })
        .collect();
    let made = group.finish_ceremony(&certs, &polynomials, &outputs).expect("parameters");
    let keys = seeds
        .iter()
        .zip(made.sealed_keys)
        .map(|(seed, (_, sealed))| Keys::Threshold(seed.expose().to_owned(), sealed))
        .collect();
    (made.parameters, keys)
}

impl Made {
    /// Casts votes: by which voter, and what.
    pub fn vote(&mut self, votes: &[(usize, Vec<Vec<u64>>)]) {
        for (voter, vote) in votes {
            // The audit reads replaced ballots back from what it was opened on, which does not grow here.
            let mut audit = audit(&self.archive);
            let ballot = audit
                .encrypt(&self.credentials[*voter], vote, &mut self.randomness)
                .expect("the vote is allowed");
            self.archive.extend(audit.cast(&ballot).expect("the ballot is right"));
        }
    }

    /// Closes the box, lets `shufflers` shuffle and `decryptors` decrypt (numbers from 1), and publishes the result.
    pub fn tally(&mut self, shufflers: &[usize], decryptors: &[usize]) -> Result<String, Vec<Fault>> {
        let mut audit = audit(&self.archive);
        self.archive.extend(audit.close().expect("the box closes"));
        for &trustee in shufflers {
            let shuffle = audit.shuffle(trustee, &mut self.randomness).expect("a shuffle");
            self.archive.extend(audit.add_shuffle(&shuffle).expect("a right shuffle"));
        }
        if !shufflers.is_empty() {
            self.archive.extend(audit.end_shuffles().expect("shuffles end"));
        }
        for &trustee in decryptors {
            let decryption = match &self.trustees[trustee - 1] {
                Keys::Single(key) => audit.decrypt(trustee, &PrivateKey::Single(key), &mut self.randomness),
                Keys::Threshold(seed, sealed) => {
                    let seed = Seed::parse(seed).expect("a seed");
                    audit.decrypt(trustee, &PrivateKey::Threshold(&seed, sealed), &mut self.randomness)
                }
            };
            let bytes = audit.add_decryption(&decryption.expect("the right key"));
            self.archive.extend(bytes.expect("a right decryption"));
        }
        self.archive.extend(audit.publish_result()?);
        Ok(result(&self.archive))
    }
}

/// The result of an archive that verifies, as JSON.
pub fn result(archive: &[u8]) -> String {
    let audit = audit(archive);
    assert_eq!(audit.failures(), []);
    serde_json::to_string(&audit.outcome().expect("a result").result).expect("JSON")
}
