//! The federation's own provider of accounts, by which members may sign in: the authorization code flow of OpenID
//! Connect Core 1.0 (section 3.1) with PKCE (RFC 7636).
//!
//! A provider says which account somebody has there, and nothing else. Whether that account opens anything here is for
//! the member who linked it to say.

mod id_token;
mod jws;
mod settings;
mod wire;

use self::jws::Key;
use self::settings::{FILE, ProviderSettings, kept_from_others};
use self::wire::Wire;
use crate::settings::SettingsError;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use form_urlencoded::Serializer;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a provider's documents are good without being fetched anew.
const GOOD_FOR: Duration = Duration::from_secs(3600);
/// How long a provider that did not answer is left alone, so that many who try do not wait one behind the other.
const LEFT_ALONE: Duration = Duration::from_secs(5);
/// How often keys are fetched because one was not known: a made-up token costs the provider no more than that.
const KEYS_AT_MOST_EVERY: Duration = Duration::from_secs(60);

/// A provider.
#[derive(Debug)]
pub struct Provider {
    settings: ProviderSettings,
    wire: Wire,
    known: Mutex<Known>,
}

/// What was fetched of a provider.
#[derive(Debug, Default)]
struct Known {
    about: Option<(Instant, About)>,
    keys: Option<(Instant, Vec<Key>)>,
    failed: Option<(Instant, String)>,
}

/// What a provider says of itself (OpenID Connect Discovery 1.0, section 3; RFC 9207, section 3).
#[derive(Debug, Clone, Deserialize)]
struct About {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// What this site made up for one visit to the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// By which the answer is known to belong to it (RFC 6749, section 10.12).
    pub state: String,
    /// By which the ID token is known to be made for it.
    nonce: String,
    /// By which the code is good for this site alone (RFC 7636, section 4.1).
    verifier: String,
    /// Where the provider sends the browser back to.
    back: String,
}

/// An account at a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The provider.
    pub issuer: String,
    /// What the provider calls the account, for ever (OpenID Connect Core 1.0, section 2, `sub`).
    pub sub: String,
}

/// Why there is no account. The words are for whoever runs the machine.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderFault {
    /// The provider does not answer as it should.
    #[error("the provider: {0}")]
    Away(String),
    /// What it says is not believed.
    #[error("the provider's answer: {0}")]
    NotBelieved(String),
}

impl Visit {
    /// A visit with 256 random bits for each of its secrets.
    pub fn new(random: [[u8; 32]; 3], back: String) -> Self {
        let [state, nonce, verifier] = random.map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
        Self { state, nonce, verifier, back }
    }

    /// What the provider is told of the verifier (RFC 7636, section 4.2, `S256`).
    fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(&self.verifier))
    }
}

impl Provider {
    /// The provider that a federation's directory names, if any. It is not asked for anything yet.
    ///
    /// # Errors
    /// The settings are not good.
    pub fn open(directory: &Path) -> Result<Option<Self>, SettingsError> {
        let Some(settings) = ProviderSettings::read(directory)? else { return Ok(None) };
        let tls = settings.issuer.starts_with("https:");
        let wire = Wire::new(settings.ca_file.as_deref(), tls)
            .map_err(|problem| SettingsError::new(directory.join(FILE), problem))?;
        Ok(Some(Self { settings, wire, known: Mutex::default() }))
    }

    /// What members call it.
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// The address to which the browser goes for a visit (OpenID Connect Core 1.0, section 3.1.2.1). Nothing is asked
    /// for but the account: no name, no e-mail.
    ///
    /// # Errors
    /// The provider does not say where.
    pub fn address(&self, visit: &Visit) -> Result<String, ProviderFault> {
        let about = self.about()?;
        let query = form(&[
            ("response_type", "code"),
            ("client_id", &self.settings.client_id),
            ("redirect_uri", &visit.back),
            ("scope", "openid"),
            ("state", &visit.state),
            ("nonce", &visit.nonce),
            ("code_challenge", &visit.challenge()),
            ("code_challenge_method", "S256"),
        ]);
        let joint = if about.authorization_endpoint.contains('?') { '&' } else { '?' };
        Ok(format!("{}{joint}{query}", about.authorization_endpoint))
    }

    /// Whether an answer can be the provider's, by the issuer that it names (RFC 9207, section 2.4).
    ///
    /// # Errors
    /// It names another, or none where the provider always does.
    pub fn check_issuer(&self, named: Option<&str>) -> Result<(), ProviderFault> {
        match named {
            Some(issuer) if issuer == self.settings.issuer => Ok(()),
            None if !self.about()?.authorization_response_iss_parameter_supported => Ok(()),
            other => Err(ProviderFault::NotBelieved(format!("it comes from {other:?}"))),
        }
    }

    /// The account of whoever comes back from a visit with a code (OpenID Connect Core 1.0, section 3.1.3).
    ///
    /// # Errors
    /// The provider does not take the code, or its answer is not believed.
    pub fn account(&self, visit: &Visit, code: &str) -> Result<Account, ProviderFault> {
        let token = self.token(&self.about()?, visit, code)?;
        let expected = id_token::Expected {
            issuer: &self.settings.issuer,
            client_id: &self.settings.client_id,
            nonce: &visit.nonce,
            now: jiff::Timestamp::now().as_second(),
        };
        let mut said = id_token::account(&token, &self.keys(false)?, &expected);
        if matches!(said, Err(id_token::Flaw::Signed(jws::Flaw::NoKey))) {
            // A provider that has changed its keys: they are fetched anew (section 10.1.1).
            said = id_token::account(&token, &self.keys(true)?, &expected);
        }
        let sub = said.map_err(|flaw| ProviderFault::NotBelieved(flaw.to_string()))?;
        Ok(Account { issuer: self.settings.issuer.clone(), sub })
    }

    /// The ID token for a code (section 3.1.3.1).
    fn token(&self, about: &About, visit: &Visit, code: &str) -> Result<String, ProviderFault> {
        #[derive(Deserialize)]
        struct Answer {
            id_token: String,
        }
        #[derive(Deserialize)]
        struct Refusal {
            error: String,
        }
        let (client, secret) =
            (&self.settings.client_id, self.settings.secret().map_err(ProviderFault::Away)?);
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", visit.back.as_str()),
            ("code_verifier", visit.verifier.as_str()),
        ];
        let methods = about.token_endpoint_auth_methods_supported.as_deref();
        let takes_basic =
            methods.is_none_or(|methods| methods.iter().any(|method| method == "client_secret_basic"));
        let mut basic = None;
        match &secret {
            Some(secret) if takes_basic => basic = Some(basic_of(client, secret)),
            Some(secret) => {
                fields.extend([("client_id", client.as_str()), ("client_secret", secret.as_str())])
            }
            None => fields.push(("client_id", client)),
        }
        let (status, body) =
            self.wire.post(&about.token_endpoint, form(&fields), basic).map_err(ProviderFault::Away)?;
        if status != 200 {
            let refusal = serde_json::from_slice::<Refusal>(&body).map_or(String::new(), |said| said.error);
            return Err(ProviderFault::NotBelieved(format!(
                "{} takes no code: status {status} {refusal:?}",
                about.token_endpoint
            )));
        }
        let answer: Answer = serde_json::from_slice(&body)
            .map_err(|error| ProviderFault::NotBelieved(format!("{}: {error}", about.token_endpoint)))?;
        Ok(answer.id_token)
    }

    /// What the provider says of itself, fetched where it is not known.
    fn about(&self) -> Result<About, ProviderFault> {
        // Held while it is fetched: others wait for the same answer and ask nothing.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((since, about)) = &known.about
            && since.elapsed() < GOOD_FOR
        {
            return Ok(about.clone());
        }
        if let Some((since, problem)) = &known.failed
            && since.elapsed() < LEFT_ALONE
        {
            return Err(ProviderFault::Away(problem.clone()));
        }
        match self.fetch_about() {
            Ok(about) => {
                known.about = Some((Instant::now(), about.clone()));
                Ok(about)
            }
            Err(problem) => {
                known.failed = Some((Instant::now(), problem.clone()));
                Err(ProviderFault::Away(problem))
            }
        }
    }

    fn fetch_about(&self) -> Result<About, String> {
        let issuer = &self.settings.issuer;
        let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let text = self.wire.get(&address)?;
        let about: About = serde_json::from_slice(&text).map_err(|error| format!("{address}: {error}"))?;
        if about.issuer != *issuer {
            // Else one provider could speak for another (OpenID Connect Discovery 1.0, section 4.3).
            return Err(format!("{address} names the issuer {:?}, not {issuer:?}", about.issuer));
        }
        for named in [&about.authorization_endpoint, &about.token_endpoint, &about.jwks_uri] {
            kept_from_others(named).map_err(|problem| format!("{address} names {named:?}: {problem}"))?;
        }
        Ok(about)
    }

    /// The provider's keys: those that are known, or where one was missing, those that it has now.
    fn keys(&self, one_was_missing: bool) -> Result<Vec<Key>, ProviderFault> {
        let address = self.about()?.jwks_uri;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let good_for = if one_was_missing { KEYS_AT_MOST_EVERY } else { GOOD_FOR };
        if let Some((since, keys)) = &known.keys
            && since.elapsed() < good_for
        {
            return Ok(keys.clone());
        }
        let fetched = self.wire.get(&address).and_then(|text| jws::keys(&text));
        let keys = fetched.map_err(|problem| ProviderFault::Away(format!("{address}: {problem}")))?;
        known.keys = Some((Instant::now(), keys.clone()));
        Ok(keys)
    }
}

/// How a site says who it is (RFC 6749, section 2.3.1): both parts are encoded as forms are.
fn basic_of(client: &str, secret: &str) -> String {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    STANDARD.encode(format!("{}:{}", encoded(client), encoded(secret)))
}

fn form(fields: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(fields).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636, appendix B.
    #[test]
    fn the_challenge_is_that_of_the_standard() {
        let mut visit = Visit::new([[0; 32], [1; 32], [2; 32]], String::new());
        visit.verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into();
        assert_eq!(visit.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert_eq!(visit.state.len(), 43);
    }

    #[test]
    fn a_name_and_a_secret_are_encoded_before_they_are_joined() {
        assert_eq!(STANDARD.decode(basic_of("a:b", "c d+é")).unwrap(), b"a%3Ab:c+d%2B%C3%A9");
    }
}
