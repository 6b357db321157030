//! What an authenticator says when a passkey is made or used, and every check before it is believed (Web
//! Authentication Level 3, sections 7.1 and 7.2).
//!
//! Nobody's make of device is asked for (attestation `none`): a federation has no list of devices that it trusts, and
//! a device says nothing of its owner. A passkey is taken only where the device has made sure who uses it (`UV`), so it
//! is two factors at once: the device, and the finger or number that opens it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// The algorithms that are asked for, by their numbers (RFC 9053; RFC 8812): ES256, EdDSA, RS256.
pub const ALGORITHMS: [i64; 3] = [-7, -8, -257];

/// The longest credential's name (section 4).
const LONGEST_CREDENTIAL: usize = 1023;

/// The one who uses it was there.
const USER_PRESENT: u8 = 0x01;
/// The device made sure who it was.
const USER_VERIFIED: u8 = 0x04;
/// The data hold a credential.
const HAS_CREDENTIAL: u8 = 0x40;

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// A passkey is made.
    Make,
    /// A passkey is used.
    Use,
}

/// What a device's answer must fit.
#[derive(Debug)]
pub struct Expected<'a> {
    /// What this site made up for this answer.
    pub challenge: &'a [u8],
    /// The site, as browsers name it: `https://federation.example`.
    pub origin: &'a str,
    /// The site's name without scheme and port.
    pub site: &'a str,
}

/// A device's answer, as the browser hands it over.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What the browser says it did (section 5.8.1).
    pub client_data: Vec<u8>,
    /// What the device says (section 6.1).
    pub authenticator_data: Vec<u8>,
}

/// A passkey that was just made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Its name.
    pub credential: Vec<u8>,
    /// How often it was used, where the device counts.
    pub counter: u32,
}

/// A public key, and how it signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// By number.
    pub algorithm: i64,
    /// As SubjectPublicKeyInfo (RFC 5280, section 4.1.2.7), as browsers give it (section 5.2.1.1).
    pub key: Vec<u8>,
}

/// Why an answer is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The browser's part cannot be read.
    #[error("what the browser says cannot be read")]
    ClientData,
    /// It is about something else.
    #[error("it is an answer to another question")]
    Deed,
    /// It answers no question of this site's, or an old one.
    #[error("the challenge is another")]
    Challenge,
    /// It was made for another site.
    #[error("it was made at another site")]
    Origin,
    /// The device's part cannot be read.
    #[error("what the device says cannot be read")]
    AuthenticatorData,
    /// The device made it for another site.
    #[error("it was made for another site")]
    Site,
    /// Nobody touched the device.
    #[error("nobody was there")]
    NotPresent,
    /// The device did not make sure who it was.
    #[error("the device did not make sure who uses it")]
    NotVerified,
    /// The key is of no kind that is taken.
    #[error("the key is of no kind that is taken")]
    Key,
    /// The signature is not that of the key.
    #[error("the signature is wrong")]
    Signature,
}

/// What the browser says it did.
#[derive(Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    deed: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    cross_origin: bool,
    #[serde(rename = "topOrigin")]
    top_origin: Option<String>,
}

/// What the device says.
struct AuthenticatorData<'a> {
    site: &'a [u8],
    flags: u8,
    counter: u32,
    rest: &'a [u8],
}

/// The passkey that an answer tells of, where it is believed (section 7.1).
///
/// # Errors
/// Says why it is not.
pub fn made(answer: &Answer, key: &PublicKey, expected: &Expected<'_>) -> Result<Made, Flaw> {
    let data = check(answer, Deed::Make, expected)?;
    if data.flags & HAS_CREDENTIAL == 0 {
        return Err(Flaw::AuthenticatorData);
    }
    let credential = credential_in(data.rest).ok_or(Flaw::AuthenticatorData)?;
    key.material().ok_or(Flaw::Key)?;
    Ok(Made { credential: credential.to_vec(), counter: data.counter })
}

/// How often a passkey was used, its device says, where an answer with it is believed (section 7.2).
///
/// # Errors
/// Says why it is not.
pub fn used(
    answer: &Answer,
    signature: &[u8],
    key: &PublicKey,
    expected: &Expected<'_>,
) -> Result<u32, Flaw> {
    let data = check(answer, Deed::Use, expected)?;
    let (algorithm, material) = key.material().ok_or(Flaw::Key)?;
    let signed = [&answer.authenticator_data[..], &Sha256::digest(&answer.client_data)].concat();
    let verified = UnparsedPublicKey::new(algorithm, material).verify(&signed, signature);
    verified.map_err(|_| Flaw::Signature)?;
    Ok(data.counter)
}

/// Whether a device's count may follow the one before. Devices that do not count say nought; one that goes back, or
/// stands still, is a copy of another (section 6.1.1).
pub fn may_follow(counter: u32, before: u32) -> bool {
    (counter == 0 && before == 0) || counter > before
}

/// The checks that making and using have in common. What is said of backups is not looked at: a passkey that its
/// owner's devices share is as good as one that they do not.
fn check<'a>(answer: &'a Answer, deed: Deed, expected: &Expected<'_>) -> Result<AuthenticatorData<'a>, Flaw> {
    let said: ClientData = serde_json::from_slice(&answer.client_data).map_err(|_| Flaw::ClientData)?;
    let name = match deed {
        Deed::Make => "webauthn.create",
        Deed::Use => "webauthn.get",
    };
    let must = |is_so: bool, flaw: Flaw| if is_so { Ok(()) } else { Err(flaw) };
    must(said.deed == name, Flaw::Deed)?;
    must(said.challenge == URL_SAFE_NO_PAD.encode(expected.challenge), Flaw::Challenge)?;
    // A page of this site that another has put into a frame is not this site's.
    let alone = !said.cross_origin && said.top_origin.is_none();
    must(said.origin == expected.origin && alone, Flaw::Origin)?;
    let data = AuthenticatorData::read(&answer.authenticator_data).ok_or(Flaw::AuthenticatorData)?;
    must(data.site == &Sha256::digest(expected.site)[..], Flaw::Site)?;
    must(data.flags & USER_PRESENT != 0, Flaw::NotPresent)?;
    must(data.flags & USER_VERIFIED != 0, Flaw::NotVerified)?;
    Ok(data)
}

impl<'a> AuthenticatorData<'a> {
    /// Section 6.1: 32 bytes of the site's hash, one of flags, four of the counter, then what the flags say.
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let (site, rest) = bytes.split_at_checked(32)?;
        let (flags, rest) = rest.split_first()?;
        let (counter, rest) = rest.split_first_chunk::<4>()?;
        Some(Self { site, flags: *flags, counter: u32::from_be_bytes(*counter), rest })
    }
}

/// The credential's name in attested data (section 6.5.1): 16 bytes of the make, two of the length, the name.
fn credential_in(rest: &[u8]) -> Option<&[u8]> {
    let (_, rest) = rest.split_at_checked(16)?;
    let (length, rest) = rest.split_first_chunk::<2>()?;
    let length = usize::from(u16::from_be_bytes(*length));
    (1..=LONGEST_CREDENTIAL).contains(&length).then(|| rest.get(..length))?
}

impl PublicKey {
    /// The algorithm and the key as it is used, where they are of a kind that is taken and fit each other.
    fn material(&self) -> Option<(&'static dyn VerificationAlgorithm, &[u8])> {
        /// `ecPublicKey` on `prime256v1` (RFC 5480, section 2.1.1).
        const P256: [u8; 21] = [
            0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
            0xce, 0x3d, 0x03, 0x01, 0x07,
        ];
        /// `id-Ed25519` (RFC 8410, section 3).
        const EDWARDS: [u8; 7] = [0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70];
        /// `rsaEncryption` (RFC 3279, section 2.3.1).
        const RSA: [u8; 15] =
            [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
        let (content, []) = der(0x30, &self.key)? else { return None };
        let (algorithm, kind): (&'static dyn VerificationAlgorithm, &[u8]) = match self.algorithm {
            -7 => (&ECDSA_P256_SHA256_ASN1, &P256),
            -8 => (&ED25519, &EDWARDS),
            -257 => (&RSA_PKCS1_2048_8192_SHA256, &RSA),
            _ => return None,
        };
        let (bits, []) = der(0x03, content.strip_prefix(kind)?)? else { return None };
        let key = bits.strip_prefix(&[0])?;
        let whole = match self.algorithm {
            -7 => key.len() == 65 && key.first() == Some(&4),
            -8 => key.len() == 32,
            _ => key.len() >= 256,
        };
        whole.then_some((algorithm, key))
    }
}

/// The content of a value of a kind, and what comes after it (DER, X.690, section 8.1).
fn der(kind: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (first, rest) = bytes.split_first()?;
    let (length, rest) = rest.split_first()?;
    let (length, rest) = match length {
        0x00..=0x7f => (usize::from(*length), rest),
        0x81 => (usize::from(*rest.first()?), rest.get(1..)?),
        0x82 => {
            let (length, rest) = rest.split_first_chunk::<2>()?;
            (usize::from(u16::from_be_bytes(*length)), rest)
        }
        _ => return None,
    };
    (*first == kind).then(|| rest.split_at_checked(length))?
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
    use serde_json::{Value, json};

    const CHALLENGE: [u8; 32] = [7; 32];

    fn expected() -> Expected<'static> {
        Expected { challenge: &CHALLENGE, origin: "https://federation.example", site: "federation.example" }
    }

    /// Wraps a key of an algorithm as browsers give it.
    fn public(algorithm: i64, head: &str, key: &[u8]) -> PublicKey {
        PublicKey { algorithm, key: [&hex::decode(head).unwrap(), key].concat() }
    }

    /// A device that holds one passkey.
    enum Device {
        P256(EcdsaKeyPair, SystemRandom),
        Edwards(Ed25519KeyPair),
    }

    impl Device {
        fn p256() -> Self {
            let random = SystemRandom::new();
            let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
            let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key.as_ref(), &random);
            Self::P256(pair.unwrap(), random)
        }

        fn edwards() -> Self {
            let key = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
            Self::Edwards(Ed25519KeyPair::from_pkcs8(key.as_ref()).unwrap())
        }

        fn public(&self) -> PublicKey {
            let p256 = "3059301306072a8648ce3d020106082a8648ce3d030107034200";
            match self {
                Self::P256(pair, _) => public(-7, p256, pair.public_key().as_ref()),
                Self::Edwards(pair) => public(-8, "302a300506032b6570032100", pair.public_key().as_ref()),
            }
        }

        fn sign(&self, answer: &Answer) -> Vec<u8> {
            let signed = [&answer.authenticator_data[..], &Sha256::digest(&answer.client_data)].concat();
            match self {
                Self::P256(pair, random) => pair.sign(random, &signed).unwrap().as_ref().to_vec(),
                Self::Edwards(pair) => pair.sign(&signed).as_ref().to_vec(),
            }
        }
    }

    fn client_data(deed: &str) -> Value {
        let challenge = URL_SAFE_NO_PAD.encode(CHALLENGE);
        json!({ "type": deed, "challenge": challenge, "origin": "https://federation.example", "crossOrigin": false })
    }

    fn authenticator_data(site: &str, flags: u8, counter: u32, rest: &[u8]) -> Vec<u8> {
        [&Sha256::digest(site)[..], &[flags], &counter.to_be_bytes(), rest].concat()
    }

    /// The answer with which a passkey is used.
    fn using(counter: u32) -> Answer {
        Answer {
            client_data: client_data("webauthn.get").to_string().into_bytes(),
            authenticator_data: authenticator_data("federation.example", 0x1d, counter, &[]),
        }
    }

    /// The answer with which a passkey is made: its make, the name `abc`, a key that is not looked at.
    fn making() -> Answer {
        let credential = [&[9; 16][..], &[0, 3], b"abc", &[0xa0]].concat();
        Answer {
            client_data: client_data("webauthn.create").to_string().into_bytes(),
            authenticator_data: authenticator_data("federation.example", 0x45, 0, &credential),
        }
    }

    #[test]
    fn what_a_device_says_is_believed_when_all_of_it_fits() {
        for device in [Device::p256(), Device::edwards()] {
            let key = device.public();
            let made = made(&making(), &key, &expected());
            assert_eq!(made, Ok(Made { credential: b"abc".to_vec(), counter: 0 }));
            let answer = using(41);
            assert_eq!(used(&answer, &device.sign(&answer), &key, &expected()), Ok(41));
        }
    }

    /// An answer with one thing altered, signed after that: each is refused for what was altered.
    #[test]
    fn an_answer_with_anything_altered_is_refused() {
        let device = Device::p256();
        let said = |change: &dyn Fn(&mut Value)| {
            let mut said = client_data("webauthn.get");
            change(&mut said);
            Answer { client_data: said.to_string().into_bytes(), ..using(1) }
        };
        let data = |authenticator_data: Vec<u8>| Answer { authenticator_data, ..using(1) };
        let device_says = |site: &str, flags: u8| data(authenticator_data(site, flags, 1, &[]));
        for (altered, flaw) in [
            (said(&|said| said["type"] = "webauthn.create".into()), Flaw::Deed),
            (said(&|said| said["challenge"] = URL_SAFE_NO_PAD.encode([8; 32]).into()), Flaw::Challenge),
            (said(&|said| said["challenge"] = "".into()), Flaw::Challenge),
            (said(&|said| said["origin"] = "https://federation.example.evil".into()), Flaw::Origin),
            (said(&|said| said["origin"] = "http://federation.example".into()), Flaw::Origin),
            (said(&|said| said["origin"] = "https://federation.example:8443".into()), Flaw::Origin),
            (said(&|said| said["crossOrigin"] = true.into()), Flaw::Origin),
            (said(&|said| said["topOrigin"] = "https://evil.example".into()), Flaw::Origin),
            (said(&|said| *said = json!([])), Flaw::ClientData),
            (device_says("evil.example", 0x05), Flaw::Site),
            (device_says("federation.example", 0x04), Flaw::NotPresent),
            (device_says("federation.example", 0x01), Flaw::NotVerified),
            (
                data(authenticator_data("federation.example", 5, 1, &[])[..36].to_vec()),
                Flaw::AuthenticatorData,
            ),
            (data(Vec::new()), Flaw::AuthenticatorData),
        ] {
            let refused = used(&altered, &device.sign(&altered), &device.public(), &expected());
            assert_eq!(refused, Err(flaw), "{}", String::from_utf8_lossy(&altered.client_data));
        }
        assert_eq!(made(&using(1), &device.public(), &expected()), Err(Flaw::Deed));
    }

    #[test]
    fn a_signature_is_good_for_what_was_signed_and_by_that_key_only() {
        for device in [Device::p256(), Device::edwards()] {
            let signature = device.sign(&using(1));
            let refused = |answer: &Answer, signature: &[u8], key: &PublicKey| {
                assert_eq!(used(answer, signature, key, &expected()), Err(Flaw::Signature));
            };
            refused(&using(2), &signature, &device.public());
            refused(&using(1), &[], &device.public());
            refused(&using(1), &signature[..signature.len() - 1], &device.public());
            refused(&using(1), &signature, &Device::p256().public());
            refused(&using(1), &signature, &Device::edwards().public());
        }
    }

    #[test]
    fn a_device_that_is_made_without_a_passkey_or_with_an_odd_key_is_refused() {
        let key = Device::p256().public();
        let rest = |flags: u8, rest: &[u8]| {
            let authenticator_data = authenticator_data("federation.example", flags, 0, rest);
            made(&Answer { authenticator_data, ..making() }, &key, &expected())
        };
        let credential = |length: [u8; 2]| [&[9; 16][..], &length, b"abc"].concat();
        for refused in [
            rest(0x05, &credential([0, 3])),
            rest(0x45, &credential([0, 4])),
            rest(0x45, &credential([0, 0])),
            rest(0x45, &[9; 17]),
        ] {
            assert_eq!(refused, Err(Flaw::AuthenticatorData));
        }
        let edwards = Device::edwards().public();
        let mut longer = key.clone();
        longer.key.push(0);
        for odd in [
            PublicKey { algorithm: -8, ..key.clone() },
            PublicKey { algorithm: -7, ..edwards.clone() },
            PublicKey { algorithm: -257, ..edwards },
            PublicKey { algorithm: -65535, ..key.clone() },
            PublicKey { algorithm: -7, key: key.key[..90].to_vec() },
            PublicKey { algorithm: -7, key: Vec::new() },
            longer,
        ] {
            assert_eq!(made(&making(), &odd, &expected()), Err(Flaw::Key));
        }
    }

    /// RFC 7515, appendix A.2: its key and signature, as a passkey of RSA would have them.
    #[test]
    fn a_key_of_rsa_is_read_and_verifies() {
        let n = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
        let signature = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
        let signed = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let head = "30820122300d06092a864886f70d01010105000382010f003082010a02820101";
        let n = [&[0][..], &URL_SAFE_NO_PAD.decode(n).unwrap(), &[0x02, 0x03, 0x01, 0x00, 0x01]].concat();
        let key = public(-257, head, &n);
        let (algorithm, material) = key.material().unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        let key = UnparsedPublicKey::new(algorithm, material);
        assert!(key.verify(signed.as_bytes(), &signature).is_ok());
        assert!(key.verify(&signed.as_bytes()[1..], &signature).is_err());
    }

    #[test]
    fn a_count_goes_up_or_is_not_kept_at_all() {
        for (counter, before, may) in
            [(0, 0, true), (1, 0, true), (5, 4, true), (4, 4, false), (3, 4, false), (0, 4, false)]
        {
            assert_eq!(may_follow(counter, before), may, "{counter} after {before}");
        }
    }
}
