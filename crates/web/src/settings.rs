//! How letters and mails are sent: `letters.toml` in the federation's directory, which is no part of the record.

use lettre::message::Mailbox;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The file's name.
pub const FILE: &str = "letters.toml";

/// What stands in the file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Settings {
    /// The site's address, which letters name: `https://federation.example`.
    #[serde(default)]
    pub address: Option<String>,
    /// The sender's postal address, a line each, without the federation's name.
    #[serde(default)]
    pub sender: Vec<String>,
    /// The mail server.
    #[serde(default)]
    pub mail: Option<MailServer>,
}

/// A mail server that takes mails for others (RFC 6409).
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct MailServer {
    /// Its name.
    pub host: String,
    /// Its port: 587 for `starttls`, 465 for `tls` where nothing is said.
    #[serde(default)]
    pub port: Option<u16>,
    /// How what is sent is kept from others' eyes.
    #[serde(default)]
    pub security: Security,
    /// As whom to sign in there; nobody where it takes mails from this machine anyway.
    #[serde(default)]
    pub user: Option<String>,
    /// The file with the password, beside this one unless it begins with `/`; for its owner alone.
    #[serde(default)]
    pub password_file: Option<PathBuf>,
    /// A certificate (PEM) by which the server is known, where it is none that this machine trusts.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// From whom: `Foundry of the Coast <office@federation.example>`.
    pub from: String,
    /// How often one mail is tried when the server is away or says to come again.
    #[serde(default = "attempts")]
    pub attempts: u32,
    /// Seconds before the second try; each further one waits twice as long.
    #[serde(default = "pause_seconds")]
    pub pause_seconds: u32,
    /// Seconds after which a silent server counts as away.
    #[serde(default = "timeout_seconds")]
    pub timeout_seconds: u32,
}

fn attempts() -> u32 {
    3
}

fn pause_seconds() -> u32 {
    10
}

fn timeout_seconds() -> u32 {
    30
}

/// How a connection is secured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// Begun in the clear, then TLS, or nothing is sent (RFC 3207).
    #[default]
    Starttls,
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// None: to a server on this machine only.
    None,
}

/// What is wrong with the file.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}: {problem}", file.display())]
pub struct SettingsError {
    file: PathBuf,
    problem: String,
}

impl SettingsError {
    /// What is wrong with a file.
    pub(crate) fn new(file: PathBuf, problem: String) -> Self {
        Self { file, problem }
    }
}

impl Settings {
    /// Reads the file in a federation's directory; nothing is set where there is none.
    ///
    /// # Errors
    /// The file cannot be read or understood, or asks for what is not safe.
    pub fn read(directory: &Path) -> Result<Self, SettingsError> {
        let file = directory.join(FILE);
        let wrong = |problem: String| SettingsError { file: file.clone(), problem };
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(wrong(error.to_string())),
        };
        let mut settings: Self = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        if let Some(address) = &settings.address {
            let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
            let plain = |sign: char| sign.is_ascii_alphanumeric() || "-.:/_~[]".contains(sign);
            if !rest.is_some_and(|rest| !rest.is_empty() && rest.chars().all(plain)) {
                return Err(wrong(format!(
                    "address = {address:?}: write it like https://federation.example"
                )));
            }
            settings.address = Some(address.trim_end_matches('/').to_owned());
        }
        if let Some(mail) = &mut settings.mail {
            mail.check(directory).map_err(wrong)?;
        }
        Ok(settings)
    }
}

impl MailServer {
    fn check(&mut self, directory: &Path) -> Result<(), String> {
        self.from()?;
        let here = matches!(self.host.as_str(), "localhost" | "127.0.0.1" | "::1");
        if self.security == Security::None && !here {
            return Err(format!(
                "mail.security = \"none\" would send codes to {} for anybody to read; use \"starttls\" or \"tls\"",
                self.host
            ));
        }
        if !(1..=10).contains(&self.attempts) {
            return Err(format!("mail.attempts = {}: from 1 to 10", self.attempts));
        }
        if self.user.is_some() != self.password_file.is_some() {
            return Err("mail.user and mail.password-file go together".into());
        }
        for file in [&mut self.password_file, &mut self.ca_file].into_iter().flatten() {
            *file = directory.join(&*file);
        }
        if let Some(file) = &self.password_file {
            owner_alone(file)?;
        }
        Ok(())
    }

    /// From whom mails are.
    ///
    /// # Errors
    /// It is no address.
    pub fn from(&self) -> Result<Mailbox, String> {
        self.from.parse().map_err(|error| format!("mail.from = {:?}: {error}", self.from))
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.security {
            Security::Starttls => 587,
            Security::Tls => 465,
            Security::None => 25,
        })
    }

    /// The password, read when it is needed.
    ///
    /// # Errors
    /// The file cannot be read, or others can read it.
    pub fn password(&self) -> Result<Option<String>, String> {
        self.password_file.as_deref().map(secret_in).transpose()
    }
}

/// A secret that stands in a file of its own.
///
/// # Errors
/// The file cannot be read, or others can read it.
pub fn secret_in(file: &Path) -> Result<String, String> {
    owner_alone(file)?;
    let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// Refuses a secret that others on the machine can read.
#[cfg(unix)]
pub(crate) fn owner_alone(file: &Path) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt;
    let data = std::fs::metadata(file).map_err(|error| format!("{}: {error}", file.display()))?;
    match data.permissions().mode() & 0o077 {
        0 => Ok(()),
        _ => Err(format!("{0}: others can read it; run chmod 600 {0}", file.display())),
    }
}

#[cfg(not(unix))]
pub(crate) fn owner_alone(_: &Path) -> Result<(), String> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, mode: u32) -> Result<Settings, String> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(FILE), text).unwrap();
        let password = dir.path().join("mail-password");
        std::fs::write(&password, "open sesame\n").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&password, std::fs::Permissions::from_mode(mode)).unwrap();
        }
        let read = Settings::read(dir.path());
        if let Ok(Settings { mail: Some(mail), .. }) = &read
            && mail.user.is_some()
        {
            assert_eq!(mail.password().unwrap().as_deref(), Some("open sesame"));
        }
        read.map_err(|error| error.problem)
    }

    const MAIL: &str = "[mail]\nhost = \"mail.example\"\nfrom = \"Foundry <office@foundry.example>\"\n";

    #[test]
    fn what_is_not_said_is_the_safe_thing() {
        let mail = read(MAIL, 0o600).unwrap().mail.unwrap();
        assert_eq!((mail.security, mail.port(), mail.attempts), (Security::Starttls, 587, 3));
        let signed = format!("{MAIL}user = \"foundry\"\npassword-file = \"mail-password\"\n");
        assert!(read(&signed, 0o600).is_ok());
        assert!(Settings::read(Path::new("/nonexistent")).unwrap().mail.is_none());
    }

    #[test]
    fn what_is_not_safe_or_not_known_is_refused() {
        let signed = format!("{MAIL}user = \"foundry\"\npassword-file = \"mail-password\"\n");
        for (text, mode, part) in [
            (format!("{MAIL}security = \"none\"\n"), 0o600, "for anybody to read"),
            (signed, 0o644, "others can read it; run chmod 600"),
            (format!("{MAIL}user = \"foundry\"\n"), 0o600, "go together"),
            (format!("{MAIL}attempts = 50\n"), 0o600, "from 1 to 10"),
            (format!("{MAIL}colour = \"red\"\n"), 0o600, "unknown field `colour`"),
            (MAIL.replace("office@", "office at "), 0o600, "mail.from = "),
            ("address = \"javascript:alert(1)\"\n".into(), 0o600, "write it like https://"),
        ] {
            let refused = read(&text, mode).unwrap_err();
            assert!(refused.contains(part), "{text}: {refused}");
        }
    }
}
