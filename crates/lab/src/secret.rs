//! Secret ballots of the example years: trustees' keys, credentials, ballots, shuffles and decryptions.
//!
//! A year has to come out the same each time, and so do its archives: every secret is derived from the year's seed,
//! by the source of randomness that exists for tests. What these archives show is how they are made and checked; they
//! keep nothing secret from whoever knows the seed, and their names say so.

use crate::year::LabError;
use mandate_assembly::ids::{Blob, Hash, MemberId};
use mandate_ballot::{
    Audit, AuditOptions, CredentialStyle, Fault, GroupName, PrivateKey, SeededRandomness, Voter, Weight,
    begin_archive, new_uuid,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Cursor;

/// Trustees of each ballot: all of them open the box, and each shuffles it where voters rank.
const TRUSTEES: usize = 3;

/// A ballot being held.
pub struct Held {
    archive: Vec<u8>,
    ranks: bool,
    keys: Vec<String>,
    credentials: BTreeMap<MemberId, String>,
    /// What the record keeps of who holds which credential.
    pub holders: Hash,
    randomness: SeededRandomness,
}

/// What voters are asked.
pub enum Asked<'a> {
    /// To number the candidates.
    Rank(&'a [MemberId]),
    /// To choose so many of these at most.
    Choose(u64, &'a [&'a str]),
}

impl Asked<'_> {
    fn question(&self) -> Value {
        match self {
            Self::Rank(candidates) => {
                let answers: Vec<&str> = candidates.iter().map(MemberId::as_str).collect();
                let question = "Number the candidates in the order of your preference.";
                json!({ "type": "NonHomomorphic", "value": { "answers": answers, "question": question } })
            }
            Self::Choose(most, answers) => {
                json!({ "answers": answers, "min": 0, "max": most, "question": "What do you choose?" })
            }
        }
    }
}

impl Held {
    /// Makes keys and credentials and begins the archive. The groups are those that version 2.0 of Belenios' own tool
    /// knows, so that Debian's package can check what comes out.
    ///
    /// # Errors
    /// Where the protocol refuses something.
    pub fn set_up(
        seed: Hash,
        began: jiff::Timestamp,
        name: &str,
        asked: &Asked<'_>,
        voters: &[MemberId],
    ) -> Result<Self, LabError> {
        let mut randomness =
            SeededRandomness::new(seed.0.iter().take(8).fold(0, |seed, byte| (seed << 8) | u64::from(*byte)));
        let ranks = matches!(asked, Asked::Rank(_));
        let group = if ranks { GroupName::Rfc3526 } else { GroupName::Belenios2048 };
        let uuid = new_uuid(&mut randomness).map_err(one)?;
        let (mut keys, mut public) = (Vec::new(), Vec::new());
        for _ in 0..TRUSTEES {
            let key = group.trustee_key(&mut randomness).map_err(one)?;
            keys.push(key.private_key.to_string());
            public.push(key.public_key);
        }
        let trustees = group.trustees(&public, &[]).map_err(several)?;
        let named = |member: &MemberId| Voter { name: member.to_string(), weight: Weight(1) };
        let listed: Vec<Voter> = voters.iter().map(named).collect();
        let made =
            group.credentials(&uuid, &listed, CredentialStyle::Checked, &mut randomness).map_err(one)?;
        let template = json!({
            "description": "Simulated: every secret follows from a published seed.",
            "name": name,
            "questions": [asked.question()],
        });
        let election = group.election(&template.to_string(), &trustees, &uuid).map_err(several)?;
        let seconds = began.as_second().unsigned_abs();
        let archive = begin_archive(seconds, &election, &trustees, &made.public).map_err(several)?;
        let mut list = format!("{seed}\n");
        for (member, credential) in &made.private {
            let public = group.public_credential(&uuid, credential).map_err(one)?;
            list.push_str(&format!("{member},{public}\n"));
        }
        let private = made.private.into_iter();
        let credentials =
            private.map(|(member, credential)| (MemberId::from(member.as_str()), credential.to_string()));
        let (credentials, holders) = (credentials.collect(), Hash::of(list.as_bytes()));
        Ok(Self { archive, ranks, keys, credentials, holders, randomness })
    }

    /// The archive as it is now.
    pub fn archive(&self) -> Blob {
        Blob(self.archive.clone())
    }

    /// Casts these ballots, closes the box and opens it: the archive with the encrypted tally, and the whole one.
    ///
    /// # Errors
    /// Where the protocol refuses something.
    pub fn vote(mut self, votes: &[(MemberId, Vec<u64>)]) -> Result<(Blob, Blob), LabError> {
        let mut audit =
            Audit::open(Cursor::new(self.archive.clone()), AuditOptions::default()).map_err(one)?;
        audit.run(&mut |_| {});
        for (voter, vote) in votes {
            let unknown = || LabError::Example(format!("{voter} has no credential"));
            let credential = self.credentials.get(voter).ok_or_else(unknown)?;
            let ballot =
                audit.encrypt(credential, std::slice::from_ref(vote), &mut self.randomness).map_err(one)?;
            self.archive.extend(audit.cast(&ballot).map_err(several)?);
        }
        self.archive.extend(audit.close().map_err(several)?);
        let sealed = Blob(self.archive.clone());
        if self.ranks {
            for trustee in 1..=self.keys.len() {
                let shuffle = audit.shuffle(trustee, &mut self.randomness).map_err(one)?;
                self.archive.extend(audit.add_shuffle(&shuffle).map_err(several)?);
            }
            self.archive.extend(audit.end_shuffles().map_err(several)?);
        }
        for (trustee, key) in (1..).zip(&self.keys) {
            let decryption =
                audit.decrypt(trustee, &PrivateKey::Single(key), &mut self.randomness).map_err(one)?;
            self.archive.extend(audit.add_decryption(&decryption).map_err(several)?);
        }
        self.archive.extend(audit.publish_result().map_err(several)?);
        Ok((sealed, Blob(self.archive)))
    }
}

fn one(fault: Fault) -> LabError {
    LabError::Example(format!("a secret ballot: {fault}"))
}

fn several(faults: Vec<Fault>) -> LabError {
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    LabError::Example(format!("a secret ballot: {}", faults.join("; ")))
}
