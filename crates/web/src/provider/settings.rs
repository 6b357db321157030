//! Which provider members sign in by: `provider.toml` in the federation's directory, which is no part of the record.

use crate::settings::{SettingsError, owner_alone, secret_in};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The file's name.
pub const FILE: &str = "provider.toml";

/// What stands in the file.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ProviderSettings {
    /// What members call it: it stands on the page to sign in.
    pub name: String,
    /// The provider, as its own documents name it (OpenID Connect Discovery 1.0, section 4.3).
    pub issuer: String,
    /// What the provider calls this site.
    pub client_id: String,
    /// The file with the secret that the provider gave this site, beside this one unless it begins with `/`; for its
    /// owner alone. Without one the site is a public client (RFC 6749, section 2.1), which PKCE protects all the same.
    #[serde(default)]
    pub client_secret_file: Option<PathBuf>,
    /// A certificate (PEM) by which the provider is known, where it is none that this machine trusts.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
}

impl ProviderSettings {
    /// Reads the file in a federation's directory; there is no provider where there is none.
    ///
    /// # Errors
    /// The file cannot be read or understood, or asks for what is not safe.
    pub fn read(directory: &Path) -> Result<Option<Self>, SettingsError> {
        let file = directory.join(FILE);
        let wrong = |problem: String| SettingsError::new(file.clone(), problem);
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(wrong(error.to_string())),
        };
        let mut settings: Self = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        settings.check(directory).map_err(wrong)?;
        Ok(Some(settings))
    }

    fn check(&mut self, directory: &Path) -> Result<(), String> {
        if self.name.trim().is_empty() || self.name.chars().count() > 80 {
            return Err(format!("name = {:?}: from 1 to 80 signs, as members know it", self.name));
        }
        if self.client_id.is_empty() {
            return Err("client-id is empty; the provider gives one to every site".into());
        }
        kept_from_others(&self.issuer).map_err(|problem| format!("issuer = {:?}: {problem}", self.issuer))?;
        if self.issuer.contains(['?', '#']) {
            return Err(format!("issuer = {:?}: an issuer has no ? and no #", self.issuer));
        }
        for file in [&mut self.client_secret_file, &mut self.ca_file].into_iter().flatten() {
            *file = directory.join(&*file);
        }
        if let Some(file) = &self.client_secret_file {
            owner_alone(file)?;
        }
        Ok(())
    }

    /// The secret, read when it is needed.
    ///
    /// # Errors
    /// The file cannot be read, or others can read it.
    pub fn secret(&self) -> Result<Option<String>, String> {
        self.client_secret_file.as_deref().map(secret_in).transpose()
    }
}

/// Refuses an address on which others could listen: only TLS, or this machine itself.
///
/// # Errors
/// Says how it is written.
pub fn kept_from_others(address: &str) -> Result<(), String> {
    let plain = |sign: char| sign.is_ascii_graphic() && !"\"<>\\^`{|}@".contains(sign);
    let host = |rest: &str| rest.split(['/', '?', '#']).next().unwrap_or_default().to_owned();
    let safe = match (address.strip_prefix("https://"), address.strip_prefix("http://")) {
        (Some(rest), _) => !host(rest).is_empty(),
        (_, Some(rest)) => {
            let host = host(rest);
            let name =
                host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|digit| digit.is_ascii_digit()));
            let name = name.map_or(host.as_str(), |(name, _)| name);
            matches!(name, "localhost" | "127.0.0.1" | "[::1]")
        }
        _ => false,
    };
    match safe && address.chars().all(plain) {
        true => Ok(()),
        false => {
            Err("write it like https://accounts.example; http is for a provider on this machine only".into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROVIDER: &str =
        "name = \"Union\"\nissuer = \"https://accounts.example\"\nclient-id = \"foundry\"\n";

    fn read(text: &str, mode: u32) -> Result<Option<ProviderSettings>, String> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(FILE), text).unwrap();
        let secret = dir.path().join("provider-secret");
        std::fs::write(&secret, "open sesame\n").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(mode)).unwrap();
        }
        let read = ProviderSettings::read(dir.path());
        if let Ok(Some(settings)) = &read
            && settings.client_secret_file.is_some()
        {
            assert_eq!(settings.secret().unwrap().as_deref(), Some("open sesame"));
        }
        read.map_err(|error| error.to_string())
    }

    #[test]
    fn a_provider_is_read_with_and_without_a_secret() {
        assert!(ProviderSettings::read(Path::new("/nonexistent")).unwrap().is_none());
        assert_eq!(read(PROVIDER, 0o600).unwrap().unwrap().secret(), Ok(None));
        assert!(read(&format!("{PROVIDER}client-secret-file = \"provider-secret\"\n"), 0o600).is_ok());
        assert!(
            read(&PROVIDER.replace("https://accounts.example", "http://localhost:8443/realm"), 0o600).is_ok()
        );
    }

    #[test]
    fn what_is_not_safe_or_not_known_is_refused() {
        let issuer = |issuer: &str| PROVIDER.replace("https://accounts.example", issuer);
        for (text, mode, part) in [
            (format!("{PROVIDER}client-secret-file = \"provider-secret\"\n"), 0o644, "run chmod 600"),
            (format!("{PROVIDER}colour = \"red\"\n"), 0o600, "unknown field `colour`"),
            (PROVIDER.replace("client-id = \"foundry\"\n", ""), 0o600, "missing field `client-id`"),
            (PROVIDER.replace("\"Union\"", "\" \""), 0o600, "name = "),
            (issuer("http://accounts.example"), 0o600, "on this machine only"),
            (issuer("http://localhost.example"), 0o600, "on this machine only"),
            (issuer("http://localhost@accounts.example"), 0o600, "on this machine only"),
            (issuer("javascript:alert(1)"), 0o600, "write it like https://"),
            (issuer("https://accounts.example/?a=b"), 0o600, "no ? and no #"),
        ] {
            let refused = read(&text, mode).unwrap_err();
            assert!(refused.contains(part), "{text}: {refused}");
        }
    }
}
