//! Whose account a provider says it is: the ID token, and every check that OpenID Connect Core 1.0 asks for before it
//! is believed (section 3.1.3.7).

use super::jws::{self, Key};
use serde::Deserialize;
use serde_json::Value;

/// How far the provider's clock and ours may be apart, in seconds.
const LEEWAY_SECONDS: i64 = 60;
/// How old a token may be when it comes: it was made for this very request.
const OLDEST_SECONDS: i64 = 600;
/// The longest name of an account (section 2).
const LONGEST_SUB: usize = 255;

/// What a token must say.
pub struct Expected<'a> {
    /// The provider.
    pub issuer: &'a str,
    /// Who asked: this site, as the provider calls it.
    pub client_id: &'a str,
    /// What this site made up for this request.
    pub nonce: &'a str,
    /// Now, in seconds.
    pub now: i64,
}

/// Why a token is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// It is not signed as it must be.
    #[error("the ID token is not believed: {0}")]
    Signed(#[from] jws::Flaw),
    /// A claim is missing or of another kind.
    #[error("the ID token cannot be read: {0}")]
    Unreadable(String),
    /// A claim says what it must not.
    #[error("the ID token's {claim} is not as expected: {found}")]
    Claim {
        /// Which.
        claim: &'static str,
        /// What it says.
        found: String,
    },
}

/// What is looked at (section 2).
#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: f64,
    iat: f64,
    nbf: Option<f64>,
    nonce: Option<String>,
    azp: Option<Value>,
}

/// For whom a token is: one name, or a list (RFC 7519, section 4.1.3).
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// The name of the account that a token speaks of, where it is signed by one of the keys and says what it must.
///
/// # Errors
/// Says why it is not believed.
pub fn account(token: &str, keys: &[Key], expected: &Expected<'_>) -> Result<String, Flaw> {
    let content = jws::open(token, keys)?;
    let claims: Claims =
        serde_json::from_slice(&content).map_err(|error| Flaw::Unreadable(error.to_string()))?;
    claims.check(expected)?;
    Ok(claims.sub)
}

impl Claims {
    fn check(&self, expected: &Expected<'_>) -> Result<(), Flaw> {
        let must = |is_so: bool, claim: &'static str, found: &dyn std::fmt::Debug| match is_so {
            true => Ok(()),
            false => Err(Flaw::Claim { claim, found: format!("{found:?}") }),
        };
        let now = expected.now as f64;
        let leeway = LEEWAY_SECONDS as f64;
        must(self.iss == expected.issuer, "iss", &self.iss)?;
        // A token that is also for somebody else could be handed on by them: this site trusts no other audience.
        let audience = match &self.aud {
            Audience::One(name) => std::slice::from_ref(name),
            Audience::Several(names) => names,
        };
        let for_us = !audience.is_empty() && audience.iter().all(|name| name == expected.client_id);
        must(for_us, "aud", &audience)?;
        must(self.azp.as_ref().is_none_or(|azp| azp == expected.client_id), "azp", &self.azp)?;
        must(self.exp + leeway > now, "exp", &self.exp)?;
        must(self.iat <= now + leeway && self.iat >= now - OLDEST_SECONDS as f64, "iat", &self.iat)?;
        must(self.nbf.is_none_or(|from| from <= now + leeway), "nbf", &self.nbf)?;
        must(self.nonce.as_deref() == Some(expected.nonce), "nonce", &self.nonce)?;
        must((1..=LONGEST_SUB).contains(&self.sub.len()), "sub", &self.sub)
    }
}

#[cfg(test)]
mod tests {
    use super::super::jws::tests::Signer;
    use super::*;
    use serde_json::json;

    const NOW: i64 = 1_800_000_000;

    fn expected() -> Expected<'static> {
        Expected { issuer: "https://accounts.example", client_id: "foundry", nonce: "n-1", now: NOW }
    }

    fn good() -> Value {
        json!({
            "iss": "https://accounts.example", "sub": "248289761001", "aud": "foundry", "nonce": "n-1",
            "exp": NOW + 300, "iat": NOW - 5,
        })
    }

    fn check(signer: &Signer, claims: &Value) -> Result<String, Flaw> {
        account(&signer.sign(&json!({ "alg": "EdDSA", "kid": "one" }), claims), &[signer.key()], &expected())
    }

    #[test]
    fn a_token_is_believed_as_the_standard_writes_it() {
        let signer = Signer::new();
        let mut claims = good();
        assert_eq!(check(&signer, &claims).as_deref(), Ok("248289761001"));
        for (claim, value) in [
            ("aud", json!(["foundry"])),
            ("azp", json!("foundry")),
            ("nbf", json!(NOW + 30)),
            ("exp", json!(NOW - 30)),
            ("iat", json!(NOW + 30)),
            ("exp", json!(NOW as f64 + 0.5)),
            ("email", json!("someone@accounts.example")),
        ] {
            claims[claim] = value;
            assert!(check(&signer, &claims).is_ok(), "{claims}");
        }
    }

    #[test]
    fn a_token_with_any_claim_altered_is_refused() {
        let signer = Signer::new();
        for (claim, value) in [
            ("iss", json!("https://accounts.example/")),
            ("iss", json!("https://others.example")),
            ("aud", json!("others")),
            ("aud", json!([])),
            ("aud", json!(["foundry", "others"])),
            ("azp", json!("others")),
            ("azp", json!(["foundry"])),
            ("exp", json!(NOW - 61)),
            ("iat", json!(NOW + 61)),
            ("iat", json!(NOW - 601)),
            ("nbf", json!(NOW + 61)),
            ("nonce", json!("n-2")),
            ("nonce", json!(null)),
            ("sub", json!("")),
            ("sub", json!("a".repeat(256))),
        ] {
            let mut claims = good();
            claims[claim] = value;
            let refused = check(&signer, &claims);
            assert!(
                matches!(&refused, Err(Flaw::Claim { claim: named, .. }) if *named == claim),
                "{claims}: {refused:?}"
            );
        }
    }

    #[test]
    fn a_token_that_lacks_a_claim_or_has_it_of_another_kind_is_refused() {
        let signer = Signer::new();
        for claim in ["iss", "sub", "aud", "exp", "iat"] {
            let mut claims = good();
            claims.as_object_mut().unwrap().remove(claim);
            assert!(matches!(check(&signer, &claims), Err(Flaw::Unreadable(_))), "without {claim}");
        }
        for (claim, value) in
            [("exp", json!("never")), ("nbf", json!("now")), ("sub", json!(7)), ("aud", json!({}))]
        {
            let mut claims = good();
            claims[claim] = value;
            assert!(matches!(check(&signer, &claims), Err(Flaw::Unreadable(_))), "{claims}");
        }
        assert!(matches!(check(&signer, &json!([])), Err(Flaw::Unreadable(_))));
        let others = signer.sign(&json!({ "alg": "none" }), &good());
        let refused = account(&others, &[signer.key()], &expected());
        assert_eq!(refused, Err(Flaw::Signed(jws::Flaw::Algorithm("none".into()))));
    }
}
