//! Signed notes, as C2SP's signed-note and Go's `sumdb/note` define them, with Ed25519 keys (RFC 8032):
//! the form in which a checkpoint is signed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer, VerifyingKey};
use sha2::{Digest, Sha256};
use std::fmt;

/// The signature type of Ed25519 in key texts and key hashes.
const ED25519: u8 = 1;

/// A key that signs notes under a name.
pub struct SigningKey {
    name: String,
    key: ed25519_dalek::SigningKey,
}

/// The public half of a key, as others hold it to check notes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    key: VerifyingKey,
}

/// A text and the signature lines under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note<'a> {
    /// The signed text, with its last line feed.
    pub text: &'a str,
    signatures: Vec<(&'a str, Vec<u8>)>,
}

impl SigningKey {
    /// A key from 32 random bytes, which the caller draws. The name is the record's origin.
    pub fn new(name: &str, seed: [u8; 32]) -> Self {
        Self { name: name.to_owned(), key: ed25519_dalek::SigningKey::from_bytes(&seed) }
    }

    /// Reads `PRIVATE+KEY+name+hash+key`, the form that Go's `sumdb/note` writes.
    ///
    /// # Errors
    /// What was expected instead.
    pub fn parse(text: &str) -> Result<Self, String> {
        let expected = "expected a signing key, PRIVATE+KEY+name+hash+key";
        let (name, hash, bytes) = text.strip_prefix("PRIVATE+KEY+").and_then(split_key).ok_or(expected)?;
        let seed: [u8; 32] = bytes.try_into().map_err(|_| expected)?;
        let key = Self::new(name, seed);
        if key.verifier().hash() != hash {
            return Err("the signing key's hash is not that of its name and key: it was altered".into());
        }
        Ok(key)
    }

    /// The key as [`SigningKey::parse`] reads it. To be kept secret.
    pub fn to_secret_text(&self) -> String {
        let hash = hex::encode(self.verifier().hash());
        format!("PRIVATE+KEY+{}+{hash}+{}", self.name, key_text(self.key.as_bytes()))
    }

    /// The public half.
    pub fn verifier(&self) -> VerifierKey {
        VerifierKey { name: self.name.clone(), key: self.key.verifying_key() }
    }

    /// The note of this text, signed. The text MUST end with a line feed.
    pub fn sign(&self, text: &str) -> String {
        debug_assert!(text.ends_with('\n'), "a note's text ends with a line feed");
        let mut signature = self.verifier().hash().to_vec();
        signature.extend(self.key.sign(text.as_bytes()).to_bytes());
        format!("{text}\n— {} {}\n", self.name, STANDARD.encode(signature))
    }
}

impl VerifierKey {
    /// Reads `name+hash+key`.
    ///
    /// # Errors
    /// What was expected instead.
    pub fn parse(text: &str) -> Result<Self, String> {
        let expected = || format!("expected a verifier key, name+hash+key, found \"{text}\"");
        let (name, hash, bytes) = split_key(text).ok_or_else(expected)?;
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| expected())?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| expected())?;
        let verifier = Self { name: name.to_owned(), key };
        if verifier.hash() != hash {
            return Err(format!("the hash in the verifier key \"{text}\" is not that of its name and key"));
        }
        Ok(verifier)
    }

    /// The first four bytes of `SHA-256(name ‖ "\n" ‖ type ‖ key)`, by which a signature line finds its key.
    fn hash(&self) -> [u8; 4] {
        let mut hasher = Sha256::new();
        hasher.update(self.name.as_bytes());
        hasher.update([b'\n', ED25519]);
        hasher.update(self.key.as_bytes());
        let digest = hasher.finalize();
        [digest[0], digest[1], digest[2], digest[3]]
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}+{}", self.name, hex::encode(self.hash()), key_text(self.key.as_bytes()))
    }
}

/// Name, hash and key bytes of `name+hash+key`. The key itself may hold plus signs, a name may not.
fn split_key(text: &str) -> Option<(&str, [u8; 4], Vec<u8>)> {
    let mut parts = text.splitn(3, '+');
    let (name, hash, key) = (parts.next()?, parts.next()?, parts.next()?);
    let hash = hex::decode(hash).ok()?.try_into().ok()?;
    match STANDARD.decode(key).ok()?.split_first()? {
        (&ED25519, key) if !name.is_empty() => Some((name, hash, key.to_vec())),
        _ => None,
    }
}

fn key_text(key: &[u8; 32]) -> String {
    STANDARD.encode([&[ED25519], key.as_slice()].concat())
}

impl<'a> Note<'a> {
    /// Splits a note into its text and signatures; nothing if it is none.
    pub fn parse(note: &'a str) -> Option<Self> {
        let cut = note.rfind("\n\n")?;
        let (text, lines) = (&note[..=cut], &note[cut + 2..]);
        let signatures = lines
            .strip_suffix('\n')?
            .lines()
            .map(|line| {
                let (name, signature) = line.strip_prefix("— ")?.split_once(' ')?;
                Some((name, STANDARD.decode(signature).ok().filter(|bytes| bytes.len() > 4)?))
            })
            .collect::<Option<Vec<_>>>()?;
        Some(Self { text, signatures })
    }

    /// Whether the holder of this key signed the text. Signatures by other keys are passed over.
    pub fn is_signed_by(&self, verifier: &VerifierKey) -> bool {
        self.signatures
            .iter()
            .filter(|(name, bytes)| *name == verifier.name && bytes[..4] == verifier.hash())
            .filter_map(|(_, bytes)| Signature::from_slice(&bytes[4..]).ok())
            .any(|signature| verifier.key.verify_strict(self.text.as_bytes(), &signature).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The example in the documentation and tests of golang.org/x/mod/sumdb/note (BSD-3-Clause).
    const SECRET: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    const VERIFIER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const NOTE: &str = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n\n\
        — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    #[test]
    fn signs_like_go() {
        let key = SigningKey::parse(SECRET).unwrap();
        assert_eq!(key.to_secret_text(), SECRET);
        assert_eq!(key.verifier().to_string(), VERIFIER);
        let text = &NOTE[..NOTE.find("\n\n").unwrap() + 1];
        assert_eq!(key.sign(text), NOTE);
    }

    #[test]
    fn checks_what_go_signed() {
        let verifier = VerifierKey::parse(VERIFIER).unwrap();
        assert!(Note::parse(NOTE).unwrap().is_signed_by(&verifier));
        let altered = NOTE.replace("answer", "Answer");
        assert!(!Note::parse(&altered).unwrap().is_signed_by(&verifier));
        let other = SigningKey::new("PeterNeumann", [7; 32]).verifier();
        assert!(!Note::parse(NOTE).unwrap().is_signed_by(&other));
    }

    /// As in Go's own test: no piece of a key is a key, and no altered one.
    #[test]
    fn mangled_keys_are_refused() {
        for start in 0..VERIFIER.len() {
            for end in start + 1..=VERIFIER.len() {
                if end - start < VERIFIER.len() {
                    assert!(VerifierKey::parse(&VERIFIER[start..end]).is_err(), "{start}..{end}");
                }
            }
        }
        for at in 0..VERIFIER.len() {
            let mut bytes = VERIFIER.as_bytes().to_vec();
            bytes[at] += 1;
            assert!(VerifierKey::parse(std::str::from_utf8(&bytes).unwrap()).is_err(), "byte {at}");
        }
    }

    #[test]
    fn what_is_no_note_is_none() {
        for text in [
            "",
            "text\n",
            "text\n\n",
            "text\n\n— name\n",
            "text\n\n— name AAAA\n",
            "text\n\n- name AAAAAAAA\n",
        ] {
            assert_eq!(Note::parse(text), None, "{text:?}");
        }
    }
}
