//! Requests to a provider: over TLS unless it is on this machine, short in time and size, and never led elsewhere.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

/// How long one request may take, from its first byte to its last.
const TIMEOUT: Duration = Duration::from_secs(8);
/// The longest answer: documents of providers have some kilobytes.
const LONGEST_BYTES: u64 = 256 << 10;

/// The way to a provider.
#[derive(Debug)]
pub struct Wire(ureq::Agent);

impl Wire {
    /// A way on which a server is known by a certificate, or by those that this machine trusts. A provider on this
    /// machine itself, asked without TLS, needs none.
    ///
    /// # Errors
    /// The file cannot be read or holds no certificate, or this machine trusts none.
    pub fn new(certificate: Option<&Path>, tls: bool) -> Result<Self, String> {
        let trusted = match certificate {
            Some(file) => of_file(file)?,
            None if tls => of_this_machine()?,
            None => Vec::new(),
        };
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::Specific(Arc::new(trusted)))
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        let config = ureq::Agent::config_builder()
            .tls_config(tls)
            .timeout_global(Some(TIMEOUT))
            // An answer that leads elsewhere is none: secrets would go along.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .proxy(None)
            .build();
        Ok(Self(config.new_agent()))
    }

    /// A document.
    ///
    /// # Errors
    /// Says why there is none.
    pub fn get(&self, address: &str) -> Result<Vec<u8>, String> {
        let answer = self.0.get(address).header("accept", "application/json").call();
        let (status, body) = read(address, answer)?;
        match status {
            200 => Ok(body),
            status => Err(format!("{address} answers with status {status}")),
        }
    }

    /// Sends a form: the status and the answer.
    ///
    /// # Errors
    /// Says why there is no answer.
    pub fn post(&self, address: &str, form: String, basic: Option<String>) -> Result<(u16, Vec<u8>), String> {
        let mut request = self
            .0
            .post(address)
            .header("accept", "application/json")
            .header("content-type", "application/x-www-form-urlencoded");
        if let Some(basic) = basic {
            request = request.header("authorization", format!("Basic {basic}"));
        }
        read(address, request.send(form))
    }
}

fn read(
    address: &str,
    answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> Result<(u16, Vec<u8>), String> {
    let said = |error: ureq::Error| format!("{address}: {error}");
    let mut answer = answer.map_err(said)?;
    let body = answer.body_mut().with_config().limit(LONGEST_BYTES).read_to_vec().map_err(said)?;
    Ok((answer.status().as_u16(), body))
}

fn of_file(file: &Path) -> Result<Vec<Certificate<'static>>, String> {
    let text = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut found = Vec::new();
    for item in parse_pem(&text) {
        if let PemItem::Certificate(certificate) =
            item.map_err(|error| format!("{}: {error}", file.display()))?
        {
            found.push(certificate);
        }
    }
    match found.is_empty() {
        true => Err(format!("{}: it holds no certificate in PEM", file.display())),
        false => Ok(found),
    }
}

fn of_this_machine() -> Result<Vec<Certificate<'static>>, String> {
    let loaded = rustls_native_certs::load_native_certs();
    if loaded.certs.is_empty() {
        let why = loaded.errors.first().map(|error| format!(" ({error})")).unwrap_or_default();
        return Err(format!("this machine trusts no certificates{why}; name the provider's with ca-file"));
    }
    Ok(loaded.certs.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).collect())
}
