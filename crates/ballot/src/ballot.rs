//! Ballots and their signatures (specification, "Ballots" and "Signatures").

use crate::answer::{Answer, Context};
use crate::digest::Digest;
use crate::election::Election;
use crate::fault::Fault;
use crate::group::{Element, Group, SecretExponent};
use crate::proof::{self, Checks, Proof};
use crate::randomness::Randomness;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The longest ballot that is read.
pub const BALLOT_LIMIT_BYTES: u64 = 4 << 20;

const MESSAGE: &str = "the ballot";

/// An encrypted and signed vote.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(bound = "")]
pub struct Ballot<G: Group> {
    election_uuid: String,
    election_hash: String,
    credential: Element<G>,
    answers: Vec<Answer<G>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<Signature<G>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
struct Signature<G: Group> {
    hash: String,
    proof: Proof<G>,
}

#[derive(Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
struct BallotText<'a, G: Group> {
    election_uuid: String,
    election_hash: String,
    credential: Element<G>,
    #[serde(borrow)]
    answers: Vec<&'a RawValue>,
    signature: Option<Signature<G>>,
}

impl<G: Group> Ballot<G> {
    /// Encrypts and signs a vote: for each question the numbers that
    /// [`Answer`] describes.
    pub fn encrypt(
        election: &Election<G>,
        credential: &SecretExponent<G>,
        votes: &[Vec<u64>],
        randomness: &mut dyn Randomness,
    ) -> Result<Self, Fault> {
        let expected = election.questions().len();
        if votes.len() != expected {
            return Err(Fault::AnswerCount { expected, actual: votes.len() });
        }
        let public = Element::new(credential.public());
        let context = Context::new(election, &public);
        let mut answers = Vec::with_capacity(expected);
        for (index, (question, vote)) in election.questions().iter().zip(votes).enumerate() {
            answers.push(Answer::encrypt(&context, question, index + 1, vote, randomness)?);
        }
        let mut ballot = Self {
            election_uuid: election.uuid().to_owned(),
            election_hash: election.fingerprint().to_owned(),
            credential: public,
            answers,
            signature: None,
        };
        let hash = Digest::of(&crate::canonical(&ballot)).to_base64();
        let prefix = ["sig|", &hash, "|"];
        let proof = proof::prove_logarithm(&prefix, &[G::generator()], &credential.0, randomness)?;
        ballot.signature = Some(Signature { hash, proof });
        Ok(ballot)
    }

    /// Reads a signed ballot, which must be in canonical form.
    pub fn parse(election: &Election<G>, text: &[u8]) -> Result<Self, Fault> {
        let ballot = Self::parse_any(election, text)?;
        if ballot.signature.is_none() {
            let detail = "missing field `signature`".to_owned();
            return Err(Fault::Unreadable { message: MESSAGE, detail });
        }
        Ok(ballot)
    }

    /// Reads a ballot that has no signature, in canonical form.
    pub(crate) fn parse_unsigned(election: &Election<G>, text: &[u8]) -> Result<Self, Fault> {
        let ballot = Self::parse_any(election, text)?;
        if ballot.signature.is_some() {
            return Err(Fault::OpenedIsSigned);
        }
        Ok(ballot)
    }

    fn parse_any(election: &Election<G>, text: &[u8]) -> Result<Self, Fault> {
        if text.len() as u64 > BALLOT_LIMIT_BYTES {
            return Err(Fault::TooLarge {
                message: MESSAGE,
                limit_bytes: BALLOT_LIMIT_BYTES,
                actual_bytes: text.len() as u64,
            });
        }
        let read: BallotText<'_, G> =
            serde_json::from_slice(text).map_err(|error| Fault::unreadable(MESSAGE, &error))?;
        let expected = election.questions().len();
        if read.answers.len() != expected {
            return Err(Fault::AnswerCount { expected, actual: read.answers.len() });
        }
        let answers = election
            .questions()
            .iter()
            .zip(&read.answers)
            .enumerate()
            .map(|(index, (question, text))| Answer::parse(question, index + 1, text.get()))
            .collect::<Result<Vec<_>, _>>()?;
        let ballot = Self {
            election_uuid: read.election_uuid,
            election_hash: read.election_hash,
            credential: read.credential,
            answers,
            signature: read.signature,
        };
        if ballot.to_bytes() != text {
            return Err(Fault::NotCanonical { message: MESSAGE });
        }
        Ok(ballot)
    }

    /// The ballot as it is cast.
    pub fn to_bytes(&self) -> Vec<u8> {
        crate::canonical(self)
    }

    /// The public credential that it is signed with.
    pub fn credential(&self) -> &Element<G> {
        &self.credential
    }

    /// The answers, one for each question.
    pub fn answers(&self) -> &[Answer<G>] {
        &self.answers
    }

    /// What is wrong with where the ballot says that it belongs.
    pub(crate) fn origin_faults(&self, election: &Election<G>) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.election_uuid != election.uuid() {
            faults.push(Fault::OtherElection { field: "election_uuid" });
        }
        if self.election_hash != election.fingerprint() {
            faults.push(Fault::OtherElection { field: "election_hash" });
        }
        faults
    }

    /// Everything that is wrong with the ballot but its proofs, which go into `checks`, whether its points are in the
    /// group, which [`crate::membership`] checks for many together, and whether its credential is on the list.
    pub(crate) fn check(&self, election: &Election<G>, text: &[u8], checks: &mut Checks<G>) -> Vec<Fault> {
        let mut faults = self.origin_faults(election);
        faults.extend(self.check_signature(text, checks));
        let context = Context::new(election, &self.credential);
        for (index, (question, answer)) in election.questions().iter().zip(&self.answers).enumerate() {
            faults.extend(answer.check(&context, question, index + 1, checks));
        }
        faults
    }

    /// `text` is the ballot's canonical form, so that the signed part is what stands before the signature.
    fn check_signature(&self, text: &[u8], checks: &mut Checks<G>) -> Option<Fault> {
        let Some(signature) = &self.signature else {
            return Some(Fault::Signature);
        };
        let signature_bytes = crate::canonical(signature).len() + ",\"signature\":".len() + "}".len();
        let signed = &text[..text.len() - signature_bytes];
        let hash = Digest(crate::digest::sha256(&[signed, b"}"])).to_base64();
        if hash != signature.hash {
            return Some(Fault::SignatureHash);
        }
        let prefix = format!("sig|{hash}|");
        checks.logarithm(prefix, self.credential.point(), &signature.proof, Fault::Signature);
        None
    }
}
