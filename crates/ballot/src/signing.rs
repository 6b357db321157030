//! Signed and sealed messages among trustees (specification, "Public key infrastructure" and "Channels").

use crate::digest::{self, sha256};
use crate::fault::Fault;
use crate::group::{Element, Group, Scalar, SecretExponent};
use crate::proof::{self, Proof};
use crate::randomness::{self, Randomness};
use aes::Aes256;
use ccm::aead::{Aead, KeyInit};
use ccm::consts::{U8, U13};
use ccm::{Ccm, Nonce};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

/// AES-256 in CCM mode with a tag of 64 bits and a nonce of 13 bytes, for messages shorter than 64 KiB.
type Sealing = Ccm<Aes256, U8, U13>;
const SEALED_LIMIT_BYTES: usize = (1 << 16) - 1;

/// A message and its signature by one of the ceremony's keys.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub struct SignedMessage<G: Group> {
    /// The message.
    pub message: String,
    /// Proof of knowledge of the signing key, over the message.
    pub signature: Proof<G>,
}

impl<G: Group> SignedMessage<G> {
    /// Signs a message.
    pub(crate) fn sign(
        message: String,
        key: &SecretExponent<G>,
        randomness: &mut dyn Randomness,
    ) -> Result<Self, Fault> {
        let prefix = ["sigmsg|", &message, "|"];
        let signature = proof::prove_logarithm(&prefix, &[G::generator()], &key.0, randomness)?;
        Ok(Self { message, signature })
    }

    /// Whether the signature is by the key whose public part is `verification`.
    pub(crate) fn is_by(&self, verification: &Element<G>) -> bool {
        let prefix = ["sigmsg|", &self.message, "|"];
        proof::verify_logarithm(&prefix, &[(G::generator(), *verification.point())], &self.signature)
    }
}

/// A message sealed for one recipient.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub struct SealedMessage<G: Group> {
    alpha: Element<G>,
    beta: Element<G>,
    data: String,
}

#[derive(Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
struct Addressed<G: Group> {
    recipient: Element<G>,
    message: String,
}

/// The secret of a trustee in a threshold group: 22 Base58 characters, from which its keys follow.
pub struct Seed(Zeroizing<String>);

/// Length of a seed.
const SEED_LENGTH: usize = 22;

impl Seed {
    /// A fresh seed.
    pub fn generate(randomness: &mut dyn Randomness) -> Result<Self, Fault> {
        Ok(Self(randomness::base58(SEED_LENGTH, randomness)?))
    }

    /// Reads a seed, as its file holds it.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let text = text.trim_end();
        let base58 = text.bytes().all(|byte| randomness::base58_digit(byte).is_some());
        if !base58 || text.len() != SEED_LENGTH {
            return Err(Fault::Unreadable {
                message: "the trustee's seed",
                detail: format!("{SEED_LENGTH} Base58 characters are needed"),
            });
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    /// The text, to be kept by the trustee alone.
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub(crate) fn signing_key<G: Group>(&self) -> SecretExponent<G> {
        self.key("sk|")
    }

    pub(crate) fn decryption_key<G: Group>(&self) -> SecretExponent<G> {
        self.key("dk|")
    }

    fn key<G: Group>(&self, prefix: &str) -> SecretExponent<G> {
        let mut hash = sha256(&[prefix.as_bytes(), self.0.as_bytes()]);
        let key = SecretExponent(G::Scalar::reduce(&hash));
        hash.zeroize();
        key
    }
}

/// Signs and seals a message for the holder of `recipient`.
pub(crate) fn send<G: Group>(
    message: &impl Serialize,
    sender: &SecretExponent<G>,
    recipient: &Element<G>,
    randomness: &mut dyn Randomness,
) -> Result<String, Fault> {
    let content = Zeroizing::new(text(message));
    let mut addressed = Addressed::<G> { recipient: recipient.clone(), message: content.to_string() };
    let mut signed = SignedMessage::sign(text(&addressed), sender, randomness)?;
    addressed.message.zeroize();
    let plain = Zeroizing::new(text(&signed));
    signed.message.zeroize();
    seal::<G>(plain.as_bytes(), recipient, randomness).map(|sealed| text(&sealed))
}

fn text(message: &impl Serialize) -> String {
    String::from_utf8(crate::canonical(message)).expect("JSON is UTF-8")
}

fn seal<G: Group>(
    plain: &[u8],
    recipient: &Element<G>,
    randomness: &mut dyn Randomness,
) -> Result<SealedMessage<G>, Fault> {
    if plain.len() > SEALED_LIMIT_BYTES {
        return Err(Fault::TooLarge {
            message: "the sealed message",
            limit_bytes: SEALED_LIMIT_BYTES as u64,
            actual_bytes: plain.len() as u64,
        });
    }
    let r = SecretExponent::<G>::random(randomness)?;
    let s = SecretExponent::<G>::random(randomness)?;
    let shared = s.public();
    let beta = G::multiply(&G::power(recipient.point(), &r.0), &shared);
    let mut elements = Element::all(&[r.public(), beta]);
    let (beta, alpha) = (elements.remove(1), elements.remove(0));
    let data = sealing::<G>(&shared)
        .encrypt(&nonce(&alpha), plain)
        .map_err(|_| Fault::Sealed { reason: "the message could not be encrypted" })?;
    Ok(SealedMessage { alpha, beta, data: hex::encode(data) })
}

fn sealing<G: Group>(shared: &G::Point) -> Sealing {
    let mut key = sha256(&[b"key|", Element::<G>::new(*shared).text().as_bytes()]);
    let sealing = Sealing::new(&key.into());
    key.zeroize();
    sealing
}

fn nonce<G: Group>(alpha: &Element<G>) -> Nonce<U13> {
    let hash = digest::sha256(&[b"iv|", alpha.text().as_bytes()]);
    let mut nonce = Nonce::<U13>::default();
    nonce.copy_from_slice(&hash[..13]);
    nonce
}

/// Opens what [`send`] sealed: for the holder of `key`, by the holder of `sender`.
pub(crate) fn receive<G: Group, M: for<'a> Deserialize<'a>>(
    sealed: &str,
    key: &SecretExponent<G>,
    sender: &Element<G>,
) -> Result<M, Fault> {
    let plain = open(sealed, key)?;
    let mut signed: SignedMessage<G> = read(&plain)?;
    if !signed.is_by(sender) {
        return Err(Fault::Sealed { reason: "the sender's signature is wrong" });
    }
    let addressed: Addressed<G> = read(signed.message.as_bytes())?;
    signed.message.zeroize();
    let message = Zeroizing::new(addressed.message);
    if *addressed.recipient.point() != key.public() {
        return Err(Fault::Sealed { reason: "it is addressed to somebody else" });
    }
    read(message.as_bytes())
}

fn open<G: Group>(sealed: &str, key: &SecretExponent<G>) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let sealed: SealedMessage<G> =
        serde_json::from_str(sealed).map_err(|error| Fault::unreadable("the sealed message", &error))?;
    if !G::is_member(sealed.alpha.point()) || !G::is_member(sealed.beta.point()) {
        return Err(Fault::Sealed { reason: "its points are not in the group" });
    }
    let data =
        hex::decode(&sealed.data).map_err(|_| Fault::Sealed { reason: "its data are not hexadecimal" })?;
    let shared = G::divide(sealed.beta.point(), &G::power(sealed.alpha.point(), &key.0));
    sealing::<G>(&shared)
        .decrypt(&nonce(&sealed.alpha), data.as_slice())
        .map(Zeroizing::new)
        .map_err(|_| Fault::Sealed { reason: "it was altered, or is for another key" })
}

/// What was sealed is secret, so that an error says nothing of the content.
fn read<M: for<'a> Deserialize<'a>>(content: &[u8]) -> Result<M, Fault> {
    serde_json::from_slice(content)
        .map_err(|_| Fault::Sealed { reason: "its content is not the message expected" })
}
