//! Trustees and their keys (specification, "Verification keys", "Threshold parameters", "Trustees").

use crate::fault::Fault;
use crate::group::{Element, Exponent, Group, Scalar, SecretExponent};
use crate::proof::{self, Proof};
use crate::randomness::Randomness;
use crate::signing::SignedMessage;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;
use zeroize::Zeroizing;

/// A trustee's public key with the proof that the trustee knows the private one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub struct TrusteeKey<G: Group> {
    /// Proof of knowledge of the private key.
    pub pok: Proof<G>,
    /// X = g^x
    pub public_key: Element<G>,
    /// The trustee's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl<G: Group> TrusteeKey<G> {
    /// The public key of a private one.
    pub fn prove(key: &SecretExponent<G>, randomness: &mut dyn Randomness) -> Result<Self, Fault> {
        let public_key = Element::new(key.public());
        let prefix = ["pok|", G::NAME, "|", public_key.text(), "|"];
        let pok = proof::prove_logarithm(&prefix, &[G::generator()], &key.0, randomness)?;
        Ok(Self { pok, public_key, name: None })
    }

    /// Checks the key of trustee number `trustee`.
    pub fn verify(&self, trustee: usize) -> Result<(), Fault> {
        if !is_proper::<G>(self.public_key.point()) {
            return Err(Fault::TrusteeKeyOutside { trustee });
        }
        let prefix = ["pok|", G::NAME, "|", self.public_key.text(), "|"];
        let pair = (G::generator(), *self.public_key.point());
        if proof::verify_logarithm(&prefix, &[pair], &self.pok) {
            Ok(())
        } else {
            Err(Fault::TrusteeProof { trustee })
        }
    }
}

/// In the group and not neutral.
pub(crate) fn is_proper<G: Group>(point: &G::Point) -> bool {
    *point != G::identity() && G::is_member(point)
}

/// The text of a private key, as its file holds it: a decimal number in a JSON string.
pub fn expose_private_key<G: Group>(key: &SecretExponent<G>) -> Zeroizing<String> {
    Zeroizing::new(format!("\"{}\"", key.0.encode()))
}

/// Reads what [`expose_private_key`] wrote.
pub fn parse_private_key<G: Group>(text: &str) -> Result<SecretExponent<G>, Fault> {
    // The error must not show the text.
    serde_json::from_str::<Exponent<G>>(text).map(|exponent| SecretExponent(exponent.0)).map_err(|_| {
        Fault::Unreadable {
            message: "the private key",
            detail: format!("a decimal number below the order of {} in quotation marks is needed", G::NAME),
        }
    })
}

/// The public keys of a group of trustees of whom `threshold` decrypt (Pedersen).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub struct ThresholdParameters<G: Group> {
    /// How many are needed: the specification's t + 1.
    pub threshold: usize,
    /// Each trustee's certificate.
    pub certs: Vec<SignedMessage<G>>,
    /// Each trustee's commitments to its polynomial.
    pub coefexps: Vec<SignedMessage<G>>,
    /// Each trustee's signature of all certificates and its own commitments; version 2.0 has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signatures: Option<Vec<Proof<G>>>,
    /// Each trustee's verification key.
    pub verification_keys: Vec<TrusteeKey<G>>,
}

/// One entry of an election's trustees.
#[derive(Debug, Clone, PartialEq)]
pub enum TrusteeKind<G: Group> {
    /// One trustee, who must decrypt.
    Single(TrusteeKey<G>),
    /// A group of trustees, of whom a number must decrypt.
    Pedersen(Box<ThresholdParameters<G>>),
}

impl<G: Group> Serialize for TrusteeKind<G> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Single(key) => ("Single", key).serialize(serializer),
            Self::Pedersen(parameters) => ("Pedersen", parameters).serialize(serializer),
        }
    }
}

impl<'de, G: Group> Deserialize<'de> for TrusteeKind<G> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (kind, value) = <(String, Value)>::deserialize(deserializer)?;
        match kind.as_str() {
            "Single" => serde_json::from_value(value).map(Self::Single).map_err(de::Error::custom),
            "Pedersen" => serde_json::from_value(value).map(Self::Pedersen).map_err(de::Error::custom),
            other => Err(de::Error::custom(format!("{other:?} is neither Single nor Pedersen"))),
        }
    }
}

/// All trustees of an election.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent, bound = "")]
pub struct Trustees<G: Group>(pub Vec<TrusteeKind<G>>);

impl<G: Group> Trustees<G> {
    /// Reads the published list.
    pub fn parse(text: &[u8]) -> Result<Self, Fault> {
        serde_json::from_slice(text).map_err(|error| Fault::unreadable("the list of trustees", &error))
    }

    /// Everything that is wrong with the keys and their ceremonies.
    pub fn verify(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.0.is_empty() {
            faults.push(Fault::NoTrustee);
        }
        let mut first = 1;
        for kind in &self.0 {
            match kind {
                TrusteeKind::Single(key) => faults.extend(key.verify(first).err()),
                TrusteeKind::Pedersen(parameters) => {
                    faults.extend(crate::ceremony::verify_parameters(parameters, first));
                }
            }
            first += kind.keys().len();
        }
        faults
    }

    /// y: the product of the single keys and of the threshold groups' keys. None where a group's commitments
    /// cannot be read.
    pub fn public_key(&self) -> Option<G::Point> {
        self.0.iter().try_fold(G::identity(), |product, kind| {
            let key = match kind {
                TrusteeKind::Single(key) => *key.public_key.point(),
                TrusteeKind::Pedersen(parameters) => crate::ceremony::group_key(parameters)?,
            };
            Some(G::multiply(&product, &key))
        })
    }

    /// The verification keys of all trustees, in the order of their numbers.
    pub fn keys(&self) -> Vec<&TrusteeKey<G>> {
        self.0.iter().flat_map(TrusteeKind::keys).collect()
    }

    /// Whether a threshold group was made by version 2.0, whose certificates bind neither threshold nor size.
    pub fn has_unbound_certificates(&self) -> bool {
        self.0.iter().any(|kind| matches!(kind, TrusteeKind::Pedersen(group) if group.signatures.is_none()))
    }
}

impl<G: Group> TrusteeKind<G> {
    /// The verification keys of this entry.
    pub fn keys(&self) -> Vec<&TrusteeKey<G>> {
        match self {
            Self::Single(key) => vec![key],
            Self::Pedersen(parameters) => parameters.verification_keys.iter().collect(),
        }
    }
}
