//! Signed texts of a provider: JSON Web Signatures in their compact form (RFC 7515), and the keys by which they are
//! known (RFC 7517). Only signatures by a key pair are taken: `none`, and the `HS…` that anybody could make who knows a
//! public key, are not among the algorithms here.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA256, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey,
    VerificationAlgorithm,
};
use serde::Deserialize;
use serde_json::Value;

/// The algorithms that are taken (RFC 7518, section 3.1; RFC 8037, section 3.1).
pub const ALGORITHMS: [&str; 5] = ["RS256", "PS256", "ES256", "ES384", "EdDSA"];

/// How many keys a provider may have: more are not looked at.
const MOST_KEYS: usize = 100;

/// Why a signed text is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// It is no signed text.
    #[error("it is no signed text (RFC 7515): {0}")]
    Malformed(&'static str),
    /// Its algorithm is not among those that are taken.
    #[error("it is signed by {0:?}, which is not taken")]
    Algorithm(String),
    /// The provider has no such key.
    #[error("the provider's keys have none for it")]
    NoKey,
    /// The signature is not that of the key.
    #[error("its signature is wrong")]
    Signature,
}

/// A provider's key, as far as it is used here (RFC 7517, section 4; RFC 7518, section 6; RFC 8037, section 2).
#[derive(Debug, Clone, Deserialize)]
pub struct Key {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// What the head of a signed text says (RFC 7515, section 4.1).
#[derive(Deserialize)]
struct Head {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

/// The keys of a provider's set. Keys of kinds that are not known are left out (RFC 7517, section 5).
///
/// # Errors
/// It is no set of keys.
pub fn keys(text: &[u8]) -> Result<Vec<Key>, String> {
    #[derive(Deserialize)]
    struct Set {
        keys: Vec<Value>,
    }
    let set: Set = serde_json::from_slice(text).map_err(|error| error.to_string())?;
    let keys = set.keys.into_iter().take(MOST_KEYS);
    Ok(keys.filter_map(|key| serde_json::from_value(key).ok()).collect())
}

/// What a signed text says, where one of the keys has signed it.
///
/// # Errors
/// Says why it is not taken.
pub fn open(text: &str, keys: &[Key]) -> Result<Vec<u8>, Flaw> {
    let (signed, signature) = text.rsplit_once('.').ok_or(Flaw::Malformed("it has no parts"))?;
    let (head, content) = signed.split_once('.').ok_or(Flaw::Malformed("it has two parts"))?;
    let decoded =
        |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| Flaw::Malformed("a part is no base64url"));
    let (content, signature) = (decoded(content)?, decoded(signature)?);
    let head: Head =
        serde_json::from_slice(&decoded(head)?).map_err(|_| Flaw::Malformed("its head cannot be read"))?;
    if !ALGORITHMS.contains(&head.alg.as_str()) {
        return Err(Flaw::Algorithm(head.alg));
    }
    if head.crit.is_some() {
        // What must be understood and is not makes a text invalid (RFC 7515, section 4.1.11).
        return Err(Flaw::Malformed("its head asks for what is not known here"));
    }
    let fitting: Vec<&Key> = keys.iter().filter(|key| key.fits(&head)).collect();
    if fitting.is_empty() {
        return Err(Flaw::NoKey);
    }
    match fitting.iter().any(|key| key.has_signed(&head.alg, signed.as_bytes(), &signature)) {
        true => Ok(content),
        false => Err(Flaw::Signature),
    }
}

impl Key {
    /// Whether a text with this head may be signed by this key. The kind of key follows from the algorithm, so that no
    /// key is used for another than its own.
    fn fits(&self, head: &Head) -> bool {
        let kind = match head.alg.as_str() {
            "RS256" | "PS256" => ("RSA", None),
            "ES256" => ("EC", Some("P-256")),
            "ES384" => ("EC", Some("P-384")),
            _ => ("OKP", Some("Ed25519")),
        };
        (self.kty.as_str(), self.crv.as_deref()) == kind
            && head.kid.as_ref().is_none_or(|kid| self.kid.as_ref() == Some(kid))
            && self.purpose.as_deref().is_none_or(|purpose| purpose == "sig")
            && self.alg.as_ref().is_none_or(|alg| *alg == head.alg)
    }

    fn has_signed(&self, algorithm: &str, signed: &[u8], signature: &[u8]) -> bool {
        let verified = match algorithm {
            "RS256" => self.rsa(&RSA_PKCS1_2048_8192_SHA256, signed, signature),
            "PS256" => self.rsa(&RSA_PSS_2048_8192_SHA256, signed, signature),
            "ES256" => self.curve(&ECDSA_P256_SHA256_FIXED, 32, signed, signature),
            "ES384" => self.curve(&ECDSA_P384_SHA384_FIXED, 48, signed, signature),
            "EdDSA" => self.edwards(signed, signature),
            _ => None,
        };
        verified.is_some()
    }

    fn rsa(&self, parameters: &'static RsaParameters, signed: &[u8], signature: &[u8]) -> Option<()> {
        let (n, e) = (number(self.n.as_deref()?)?, number(self.e.as_deref()?)?);
        RsaPublicKeyComponents { n, e }.verify(parameters, signed, signature).ok()
    }

    fn curve(
        &self,
        algorithm: &'static dyn VerificationAlgorithm,
        bytes: usize,
        signed: &[u8],
        signature: &[u8],
    ) -> Option<()> {
        let (x, y) = (
            URL_SAFE_NO_PAD.decode(self.x.as_deref()?).ok()?,
            URL_SAFE_NO_PAD.decode(self.y.as_deref()?).ok()?,
        );
        // Uncompressed point (SEC 1, section 2.3.3); coordinates have their full length (RFC 7518, section 6.2.1.2).
        let point = [&[4][..], &x, &y].concat();
        let whole = x.len() == bytes && y.len() == bytes;
        whole.then(|| UnparsedPublicKey::new(algorithm, point))?.verify(signed, signature).ok()
    }

    fn edwards(&self, signed: &[u8], signature: &[u8]) -> Option<()> {
        let key = URL_SAFE_NO_PAD.decode(self.x.as_deref()?).ok()?;
        UnparsedPublicKey::new(&ED25519, key).verify(signed, signature).ok()
    }
}

/// A whole number as keys have it (RFC 7518, section 2), without the noughts that some put before it.
fn number(text: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let first = bytes.iter().position(|byte| *byte != 0)?;
    Some(bytes[first..].to_vec())
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use ring::rand::SystemRandom;
    use ring::signature::{Ed25519KeyPair, KeyPair};
    use serde_json::json;

    /// RFC 7515, appendices A.2 and A.3, and RFC 8037, appendix A.4: key, head and content, signature.
    const OTHERS: [(&str, &str, &str); 3] = [
        (
            r#"{"kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}"#,
            "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ",
            "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
        ),
        (
            r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
            "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ",
            "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
        ),
        (
            r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
            "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
            "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
        ),
    ];

    /// A provider with one key, which signs what it is given.
    pub struct Signer(Ed25519KeyPair);

    impl Signer {
        /// With a key of its own.
        pub fn new() -> Self {
            let key = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
            Self(Ed25519KeyPair::from_pkcs8(key.as_ref()).unwrap())
        }

        /// Its public key.
        pub fn key(&self) -> Key {
            let x = URL_SAFE_NO_PAD.encode(self.0.public_key());
            serde_json::from_value(json!({ "kty": "OKP", "crv": "Ed25519", "kid": "one", "x": x })).unwrap()
        }

        /// A signed text.
        pub fn sign(&self, head: &Value, content: &Value) -> String {
            let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
            let signed = format!("{}.{}", part(head), part(content));
            let signature = URL_SAFE_NO_PAD.encode(self.0.sign(signed.as_bytes()));
            format!("{signed}.{signature}")
        }
    }

    #[test]
    fn signatures_of_the_standards_are_taken_and_altered_ones_are_not() {
        for (key, signed, signature) in OTHERS {
            let keys = keys(format!("{{\"keys\":[{{\"kty\":\"new\",\"x\":1}},{key}]}}").as_bytes()).unwrap();
            assert_eq!(keys.len(), 1, "a key of an unknown kind is left out");
            let content = open(&format!("{signed}.{signature}"), &keys).unwrap();
            assert!(content.starts_with(b"{\"iss\":\"joe\"") || content == b"Example of Ed25519 signing");
            let altered = signed.replacen(".e", ".f", 1).replacen(".R", ".S", 1);
            assert_eq!(open(&format!("{altered}.{signature}"), &keys), Err(Flaw::Signature));
            assert_eq!(open(&format!("{signed}."), &keys), Err(Flaw::Signature));
        }
    }

    #[test]
    fn what_the_head_says_decides_nothing_that_is_not_safe() {
        let signer = Signer::new();
        let content = json!({ "sub": "one" });
        let with = |head: Value| open(&signer.sign(&head, &content), &[signer.key()]);
        assert_eq!(with(json!({ "alg": "EdDSA", "kid": "one" })), Ok(content.to_string().into_bytes()));
        assert!(with(json!({ "alg": "EdDSA" })).is_ok(), "one key needs no name");
        for (head, flaw) in [
            (json!({ "alg": "none", "kid": "one" }), Flaw::Algorithm("none".into())),
            (json!({ "alg": "HS256", "kid": "one" }), Flaw::Algorithm("HS256".into())),
            (json!({ "alg": "EdDSA", "kid": "two" }), Flaw::NoKey),
            (json!({ "alg": "ES256", "kid": "one" }), Flaw::NoKey),
            (
                json!({ "alg": "EdDSA", "crit": ["exp"], "exp": 1 }),
                Flaw::Malformed("its head asks for what is not known here"),
            ),
            (json!({ "kid": "one" }), Flaw::Malformed("its head cannot be read")),
        ] {
            assert_eq!(with(head.clone()), Err(flaw), "{head}");
        }
        let mut encrypting = signer.key();
        encrypting.purpose = Some("enc".into());
        let text = signer.sign(&json!({ "alg": "EdDSA" }), &content);
        assert_eq!(open(&text, &[encrypting]), Err(Flaw::NoKey));
        assert_eq!(open(&text, &[Signer::new().key()]), Err(Flaw::Signature), "another's key");
        for text in ["", ".", "..", "a.b", "!.!.!"] {
            assert!(matches!(open(text, &[signer.key()]), Err(Flaw::Malformed(_))), "{text}");
        }
    }
}
