//! Elections (specification, "Elections"): the parameters that every voter gets.

use crate::digest::Digest;
use crate::fault::Fault;
use crate::group::{Element, Group};
use crate::question::Question;
use crate::randomness::{self, Randomness};
use serde::{Deserialize, Serialize};

/// The version of the protocol (Belenios 2.0 to 3.x).
pub const PROTOCOL_VERSION: u64 = 1;

/// The election as published, before its group is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parameters {
    /// The protocol's version.
    pub version: u64,
    /// Text for voters.
    pub description: String,
    /// The election's name.
    pub name: String,
    /// The group's name.
    pub group: String,
    /// y
    pub public_key: String,
    /// The questions.
    pub questions: Vec<Question>,
    /// The identifier.
    pub uuid: String,
    /// Who runs the election.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub administrator: Option<String>,
    /// Who hands out the credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential_authority: Option<String>,
}

/// What an election officer writes before keys exist: the text of the election.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Template {
    /// Text for voters.
    pub description: String,
    /// The election's name.
    pub name: String,
    /// The questions.
    pub questions: Vec<Question>,
    /// Who runs the election.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub administrator: Option<String>,
    /// Who hands out the credentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_authority: Option<String>,
}

/// An election in its group.
pub struct Election<G: Group> {
    parameters: Parameters,
    fingerprint: String,
    public_key: Element<G>,
}

impl Parameters {
    /// Reads the published text and checks what does not depend on the group.
    pub fn parse(text: &[u8]) -> Result<Self, Fault> {
        let parameters: Self =
            serde_json::from_slice(text).map_err(|error| Fault::unreadable("the election", &error))?;
        if parameters.version != PROTOCOL_VERSION {
            return Err(Fault::UnknownVersion { version: parameters.version });
        }
        check_uuid(&parameters.uuid)?;
        if parameters.questions.is_empty() {
            return Err(Fault::NoQuestion);
        }
        Ok(parameters)
    }
}

impl Template {
    /// The election's published text.
    pub fn publish<G: Group>(self, uuid: &str, public_key: &Element<G>) -> Result<Vec<u8>, Fault> {
        let parameters = Parameters {
            version: PROTOCOL_VERSION,
            description: self.description,
            name: self.name,
            group: G::NAME.to_owned(),
            public_key: public_key.text().to_owned(),
            questions: self.questions,
            uuid: uuid.to_owned(),
            administrator: self.administrator,
            credential_authority: self.credential_authority,
        };
        let text = crate::canonical(&parameters);
        Election::<G>::parse(&text)?;
        Ok(text)
    }
}

impl<G: Group> Election<G> {
    /// Reads the published text. Every byte of it counts: its hash is the election's fingerprint.
    pub fn parse(text: &[u8]) -> Result<Self, Fault> {
        let parameters = Parameters::parse(text)?;
        if parameters.group != G::NAME {
            return Err(Fault::UnknownGroup { group: parameters.group });
        }
        for (index, question) in parameters.questions.iter().enumerate() {
            question.check::<G>(index + 1)?;
        }
        let public_key = Element::decode(&parameters.public_key).map_err(|fault| Fault::Unreadable {
            message: "the election",
            detail: format!("public_key {fault}"),
        })?;
        Ok(Self { parameters, fingerprint: Digest::of(text).to_base64(), public_key })
    }

    /// The published parameters.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// The questions.
    pub fn questions(&self) -> &[Question] {
        &self.parameters.questions
    }

    /// Whether there are ranked or graded questions.
    pub fn has_rankings(&self) -> bool {
        self.questions().iter().any(Question::is_ranking)
    }

    /// φ: the Base64 of the hash of the published text.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// y
    pub fn public_key(&self) -> &Element<G> {
        &self.public_key
    }

    /// The identifier.
    pub fn uuid(&self) -> &str {
        &self.parameters.uuid
    }
}

/// Length of the identifiers that [`new_uuid`] makes: at least 82 bits.
const UUID_LENGTH: usize = 14;

/// A fresh election identifier.
pub fn new_uuid(randomness: &mut dyn Randomness) -> Result<String, Fault> {
    Ok(randomness::base58(UUID_LENGTH, randomness)?.to_string())
}

/// Checks that `uuid` is at least 14 Base58 characters.
pub fn check_uuid(uuid: &str) -> Result<(), Fault> {
    let base58 = uuid.bytes().all(|byte| randomness::base58_digit(byte).is_some());
    if !base58 || uuid.len() < UUID_LENGTH {
        return Err(Fault::Uuid { uuid: uuid.to_owned() });
    }
    Ok(())
}
