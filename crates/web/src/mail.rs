//! Handing mails to a mail server (RFC 5321), one a person, and saying for each what became of it.

use crate::settings::{MailServer, Security};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Certificate, CertificateStore, SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Response;
use std::time::Duration;

/// What became of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The server has taken it, in its words.
    Taken(String),
    /// The server refuses it for good, in its words, or it cannot be written.
    Refused(String),
    /// The server is away or says to come again: nothing was handed over.
    Later(String),
    /// It was handed over, and no answer came.
    Unclear(String),
}

/// A connection to the mail server, made anew where it broke.
pub struct Postbox<'a> {
    server: &'a MailServer,
    connection: Option<SmtpConnection>,
}

/// A mail: plain text, to one person.
pub struct Writing<'a> {
    /// Whose it is.
    pub to: Mailbox,
    /// Its subject.
    pub subject: &'a str,
    /// Its text.
    pub text: String,
}

/// The address of a member as the register has it, with their name.
///
/// # Errors
/// Says what is wrong with it.
pub fn mailbox(name: &str, address: &str) -> Result<Mailbox, String> {
    let address = address
        .trim()
        .parse()
        .map_err(|error| format!("{:?} is no e-mail address: {error}", address.trim()))?;
    Ok(Mailbox::new(Some(one_line(name)), address))
}

/// A text as a header may have it: no end of a line, nothing that steers.
fn one_line(text: &str) -> String {
    text.split(|sign: char| sign.is_control() || sign.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

impl<'a> Postbox<'a> {
    /// Not connected yet.
    pub fn new(server: &'a MailServer) -> Self {
        Self { server, connection: None }
    }

    /// Makes sure that the server is there.
    ///
    /// # Errors
    /// It is not, or does not let us in; says why.
    pub fn open(&mut self) -> Result<(), String> {
        if self.connection.as_mut().is_some_and(|connection| !connection.test_connected()) {
            self.connection = None;
        }
        if self.connection.is_none() {
            self.connection = Some(self.connect()?);
        }
        Ok(())
    }

    /// Hands over one mail, once.
    pub fn hand_over(&mut self, writing: Writing<'_>) -> Outcome {
        let message = match self.message(writing) {
            Ok(message) => message,
            Err(problem) => return Outcome::Refused(problem),
        };
        let mut connection = match self.connection.take().map_or_else(|| self.connect(), Ok) {
            Ok(connection) => connection,
            Err(problem) => return Outcome::Later(problem),
        };
        let outcome = exchange(&mut connection, &message);
        // A server that refused one recipient goes on with the next; one that fell silent is asked anew.
        let goes_on = match &outcome {
            Outcome::Taken(_) => true,
            Outcome::Unclear(_) => false,
            Outcome::Refused(_) | Outcome::Later(_) => connection.command(Rset).is_ok(),
        };
        if goes_on {
            self.connection = Some(connection);
        } else {
            connection.abort();
        }
        outcome
    }

    fn message(&self, writing: Writing<'_>) -> Result<Message, String> {
        let mut message = Message::builder()
            .from(self.server.from()?)
            .to(writing.to)
            .subject(one_line(writing.subject))
            .header(ContentType::TEXT_PLAIN)
            .message_id(None)
            .body(writing.text)
            .map_err(|error| error.to_string())?;
        // Machines that answer for people who are away leave such mails alone (RFC 3834).
        let name = HeaderName::new_from_ascii_str("Auto-Submitted");
        message.headers_mut().insert_raw(HeaderValue::new(name, "auto-generated".into()));
        Ok(message)
    }

    fn connect(&self) -> Result<SmtpConnection, String> {
        let server = self.server;
        let say =
            |error: lettre::transport::smtp::Error| format!("{}:{}: {error}", server.host, server.port());
        let timeout = Some(Duration::from_secs(server.timeout_seconds.into()));
        let hello = ClientId::default();
        let tls = match server.security {
            Security::None => None,
            _ => Some(self.tls()?),
        };
        let at_once = tls.as_ref().filter(|_| server.security == Security::Tls);
        let address = (server.host.as_str(), server.port());
        let mut connection = SmtpConnection::connect(address, timeout, &hello, at_once, None).map_err(say)?;
        if let (Security::Starttls, Some(tls)) = (server.security, &tls) {
            connection.starttls(tls, &hello).map_err(say)?;
        }
        if let (Some(user), Some(password)) = (&server.user, server.password()?) {
            let credentials = Credentials::new(user.clone(), password);
            connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).map_err(say)?;
        }
        Ok(connection)
    }

    fn tls(&self) -> Result<TlsParameters, String> {
        let mut tls = TlsParameters::builder(self.server.host.clone());
        if let Some(file) = &self.server.ca_file {
            let say = |problem: String| format!("{}: {problem}", file.display());
            let pem = std::fs::read(file).map_err(|error| say(error.to_string()))?;
            let certificate = Certificate::from_pem(&pem).map_err(|error| say(error.to_string()))?;
            // Only the one that is named: that is why it is.
            tls = tls.certificate_store(CertificateStore::None).add_root_certificate(certificate);
        }
        tls.build().map_err(|error| error.to_string())
    }
}

impl Drop for Postbox<'_> {
    fn drop(&mut self) {
        if let Some(connection) = &mut self.connection {
            // Whatever the server says to this, all mails were answered.
            let _ = connection.quit();
        }
    }
}

/// The steps of RFC 5321, section 3.3. Until the text is sent nothing can have arrived; after it, no answer means that
/// it may have.
fn exchange(connection: &mut SmtpConnection, message: &Message) -> Outcome {
    let envelope = message.envelope();
    let content = message.formatted();
    let mut parameters = Vec::new();
    let mut addresses = envelope.from().into_iter().chain(envelope.to());
    if addresses.any(|address| !AsRef::<str>::as_ref(address).is_ascii()) {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Outcome::Refused("the mail server takes no addresses beyond ASCII (RFC 6531)".into());
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !content.is_ascii() {
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    if let Err(error) = connection.command(Mail::new(envelope.from().cloned(), parameters)) {
        return before(&error);
    }
    for recipient in envelope.to() {
        if let Err(error) = connection.command(Rcpt::new(recipient.clone(), Vec::new())) {
            return before(&error);
        }
    }
    if let Err(error) = connection.command(Data) {
        return before(&error);
    }
    match connection.message(&content) {
        Ok(response) => Outcome::Taken(said(&response)),
        Err(error) if error.is_permanent() => Outcome::Refused(error.to_string()),
        Err(error) if error.is_transient() => Outcome::Later(error.to_string()),
        Err(error) => Outcome::Unclear(error.to_string()),
    }
}

fn before(error: &lettre::transport::smtp::Error) -> Outcome {
    match error.is_permanent() {
        true => Outcome::Refused(error.to_string()),
        false => Outcome::Later(error.to_string()),
    }
}

fn said(response: &Response) -> String {
    let line = response.first_line().unwrap_or_default();
    one_line(&format!("{} {line}", response.code()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_or_title_with_line_ends_makes_no_header() {
        let server: MailServer =
            toml::from_str("host = \"localhost\"\nfrom = \"Foundry <office@foundry.example>\"\n").unwrap();
        let postbox = Postbox::new(&server);
        let to = mailbox("Eve\r\nBcc: all@foundry.example", "eve@foundry.example").unwrap();
        let subject = "Meeting\r\nBcc: more@foundry.example\r\n\r\nAnother text";
        let text = "Dear Eve,\n.\nRCPT TO:<x@foundry.example>\n".to_owned();
        let message = postbox.message(Writing { to, subject, text }).unwrap();
        let recipients: Vec<_> = message.envelope().to().iter().map(ToString::to_string).collect();
        assert_eq!(recipients, ["eve@foundry.example"]);
        let content = String::from_utf8(message.formatted()).unwrap();
        let (head, body) = content.split_once("\r\n\r\n").unwrap();
        assert!(head.lines().all(|line| !line.to_lowercase().starts_with("bcc")), "{head}");
        assert!(
            head.contains("Auto-Submitted: auto-generated") && body.starts_with("Dear Eve,"),
            "{content}"
        );
        for address in ["", "eve", "eve@foundry.example\r\nBcc: x@y.example", "a@b.example, c@d.example"] {
            assert!(mailbox("Eve", address).is_err(), "{address:?}");
        }
    }
}
