//! What the roles of an election make on an open board: a voter's ballot, a trustee's shuffle and decryption, the
//! tally and the result.

use crate::ballot::Ballot;
use crate::board::Board;
use crate::ceremony;
use crate::credential;
use crate::decryption::{self, PartialDecryption};
use crate::digest::Digest;
use crate::event::Owned;
use crate::fault::Fault;
use crate::group::{Group, SecretExponent};
use crate::opened::OpenedVote;
use crate::outcome::Outcome;
use crate::randomness::Randomness;
use crate::shuffle::Shuffle;
use crate::signing::Seed;
use crate::trustee;

/// A trustee's message and its owner's number, as two lines of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedMessage {
    /// The shuffle or partial decryption.
    pub message: Vec<u8>,
    /// Whose it is.
    pub owned: Vec<u8>,
}

impl OwnedMessage {
    fn new(message: Vec<u8>, trustee: usize) -> Self {
        let owned = Owned { owner: trustee as u64, payload: Digest::of(&message) };
        Self { owned: crate::canonical(&owned), message }
    }
}

/// How a trustee holds its private key.
pub enum PrivateKey<'a> {
    /// The text of a single trustee's key.
    Single(&'a str),
    /// A threshold trustee's seed and the decryption key sealed for it.
    Threshold(&'a Seed, &'a str),
}

pub(crate) trait Roles {
    fn encrypt(
        &self,
        credential: &str,
        votes: &[Vec<u64>],
        randomness: &mut dyn Randomness,
    ) -> Result<Vec<u8>, Fault>;
    fn check_ballot(&self, ballot: &[u8]) -> Vec<Fault>;
    fn open_vote(&self, opened: &[u8]) -> Result<OpenedVote, Vec<Fault>>;
    fn make_tally(&self) -> (Vec<u8>, Vec<u8>);
    fn make_shuffle(&self, trustee: usize, randomness: &mut dyn Randomness) -> Result<OwnedMessage, Fault>;
    fn decrypt(
        &self,
        trustee: usize,
        key: &PrivateKey<'_>,
        randomness: &mut dyn Randomness,
    ) -> Result<OwnedMessage, Fault>;
    fn make_result(&self) -> Result<Vec<u8>, Fault>;
}

impl<G: Group> Roles for Board<G> {
    fn encrypt(
        &self,
        credential: &str,
        votes: &[Vec<u64>],
        randomness: &mut dyn Randomness,
    ) -> Result<Vec<u8>, Fault> {
        let secret = credential::derive::<G>(self.election.uuid(), credential)?;
        Ballot::encrypt(&self.election, &secret, votes, randomness).map(|ballot| ballot.to_bytes())
    }

    fn check_ballot(&self, ballot: &[u8]) -> Vec<Fault> {
        self.check_one(ballot)
    }

    fn open_vote(&self, opened: &[u8]) -> Result<OpenedVote, Vec<Fault>> {
        self.read_opened(opened)
    }

    fn make_tally(&self) -> (Vec<u8>, Vec<u8>) {
        let tally = self.builder.tally();
        let sized = self.builder.sized(&tally);
        (crate::canonical(&tally), crate::canonical(&sized))
    }

    fn make_shuffle(&self, trustee: usize, randomness: &mut dyn Randomness) -> Result<OwnedMessage, Fault> {
        self.check_trustee(trustee)?;
        if !self.election.has_rankings() {
            return Err(Fault::Shuffle {
                reason: "the election has no ranked or graded question to shuffle",
            });
        }
        let rankings = self.tallied()?.rankings(self.election.questions());
        let shuffle = Shuffle::generate(&self.election, &rankings, randomness)?;
        Ok(OwnedMessage::new(crate::canonical(&shuffle), trustee))
    }

    fn decrypt(
        &self,
        trustee: usize,
        key: &PrivateKey<'_>,
        randomness: &mut dyn Randomness,
    ) -> Result<OwnedMessage, Fault> {
        self.check_trustee(trustee)?;
        let secret: SecretExponent<G> = match key {
            PrivateKey::Single(text) => trustee::parse_private_key(text)?,
            PrivateKey::Threshold(seed, sealed) => ceremony::open_decryption_key(seed, sealed)?,
        };
        if secret.public() != *self.trustees.keys()[trustee - 1].public_key.point() {
            return Err(Fault::PrivateKey { trustee });
        }
        let decryption = PartialDecryption::decrypt(&self.election, self.tallied()?, &secret, randomness)?;
        Ok(OwnedMessage::new(crate::canonical(&decryption), trustee))
    }

    fn make_result(&self) -> Result<Vec<u8>, Fault> {
        let factors = decryption::combine(&self.trustees, &self.decryptions)?;
        let questions = self.election.questions();
        let outcome = Outcome::compute::<G>(questions, self.tallied()?, &factors, self.builder.weight())?;
        Ok(crate::canonical(&outcome))
    }
}

impl<G: Group> Board<G> {
    fn check_trustee(&self, trustee: usize) -> Result<(), Fault> {
        let trustees = self.trustees.keys().len();
        if (1..=trustees).contains(&trustee) {
            Ok(())
        } else {
            Err(Fault::Owner { owner: trustee as u64, trustees })
        }
    }
}
