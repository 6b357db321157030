//! A federation read once, for a command: the same letters and mails as from the pages, without the pages.

use crate::access::{Access, AccessError};
use crate::assets::Assets;
use crate::follower::{Follower, Kept};
use crate::import::{self, Import};
use crate::mail::{Outcome, Postbox, Writing, mailbox};
use crate::names::Names;
use crate::notice::{Notices, State};
use crate::occasion::Occasion;
use crate::plans::Plans;
use crate::sending::Sending;
use crate::settings::{FILE, Settings, SettingsError};
use crate::view::View;
use crate::words::{Languages, WordsError};
use crate::writing::{self, Kind, Order, Prepared, Printed, Progress, WritingError};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use mandate_record::{Directory, Fault, Register};
use std::path::Path;

/// Why a command about letters fails.
#[derive(Debug, thiserror::Error)]
pub enum LettersError {
    /// The record.
    #[error(transparent)]
    Record(#[from] Fault),
    /// Codes or notices.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// What was given, or stands in a file, cannot be used.
    #[error("{0}")]
    Input(String),
    /// The mail server did not take a mail.
    #[error("{0}")]
    NotTaken(String),
}

impl From<WritingError> for LettersError {
    fn from(error: WritingError) -> Self {
        match error {
            WritingError::Register(fault) => Self::Record(fault),
            WritingError::Access(error) => Self::Access(error),
            other => Self::Input(other.to_string()),
        }
    }
}

impl From<SettingsError> for LettersError {
    fn from(error: SettingsError) -> Self {
        Self::Input(error.to_string())
    }
}

impl From<WordsError> for LettersError {
    fn from(error: WordsError) -> Self {
        Self::Input(error.to_string())
    }
}

/// What a command asks for.
#[derive(Debug, Clone)]
pub struct LettersOrder {
    /// What is called, such as `meeting-3`.
    pub occasion: String,
    /// To one workplace, or to all.
    pub workplace: Option<String>,
    /// Also to those who were told already.
    pub again: bool,
    /// The language, where a member's register entry names none.
    pub language: Option<String>,
    /// Where it takes place; what was said the last time, where nothing is said.
    pub place: Option<String>,
    /// Until when the codes are good.
    pub good_until: Timestamp,
}

/// How many of those who are entitled at a workplace have come how far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// The workplace.
    pub workplace: String,
    /// Who may take part.
    pub entitled: usize,
    /// Told: printed, sent or opened.
    pub told: usize,
    /// Names of states with how many are in each, in order.
    pub states: Vec<(&'static str, usize)>,
}

/// A federation's directory, as letters need it.
pub struct Letters {
    follower: Follower,
    languages: Languages,
    settings: Settings,
    access: Access,
    notices: Notices,
}

impl Letters {
    /// Replays the record in a directory.
    ///
    /// # Errors
    /// A record, a language or settings that cannot be read.
    pub fn open(directory: &Path) -> Result<Self, LettersError> {
        Ok(Self {
            settings: Settings::read(directory)?,
            languages: Languages::read(directory)?,
            follower: Follower::open(directory, &mut |_, _| {})?,
            access: Access::open(directory)?,
            notices: Notices::open(directory)?,
        })
    }

    fn prepare(&self, order: &LettersOrder) -> Result<Prepared<'_>, LettersError> {
        let occasion: Occasion = order.occasion.parse().map_err(LettersError::Input)?;
        if self.settings.address.is_none() {
            let problem =
                format!("{FILE} in the directory needs address = \"https://…\", which letters name");
            return Err(LettersError::Input(problem));
        }
        if let Some(tag) = order.language.as_ref().filter(|tag| self.languages.get(tag).is_none()) {
            return Err(LettersError::Input(format!(
                "no language {tag:?} is offered: {:?} are",
                self.languages
            )));
        }
        let key = occasion.to_string();
        let place = match &order.place {
            Some(place) => {
                self.notices.set_place(&key, place.trim())?;
                place.trim().to_owned()
            }
            None => self.notices.place(&key)?,
        };
        let order = Order {
            occasion,
            workplace: order.workplace.as_deref().map(Into::into),
            again: order.again,
            language: order.language.clone(),
            place,
            good_until: order.good_until,
        };
        self.view(|view| writing::prepare(view, &self.languages, &self.settings, &self.notices, order))?
            .map_err(Into::into)
    }

    /// What a table of register fields would bring in.
    ///
    /// # Errors
    /// Its heading cannot be used.
    pub fn import(&self, table: &str) -> Result<Import, LettersError> {
        let read = self.view(|view| import::read(table, view.federation, &self.languages, None))?;
        read.map_err(|error| LettersError::Input(error.to_string()))
    }

    /// Keeps what was read of a table.
    ///
    /// # Errors
    /// A fault of the machine; nothing is kept then.
    pub fn keep(&self, import: &Import) -> Result<(), LettersError> {
        let mut register = Register::open(&Directory::new(self.follower.path()))?;
        Ok(register.note(import.read.iter().map(|(member, fields)| (member.as_str(), fields)))?)
    }

    /// Prints letters, or cards, and says who was left out and why.
    ///
    /// # Errors
    /// Nobody is left to write to, something cannot be printed, or a fault of the machine.
    pub fn print(&self, order: &LettersOrder, as_cards: bool) -> Result<PrintedLetters, LettersError> {
        let kind = if as_cards { Kind::Cards } else { Kind::Letters };
        let Printed { pdf, count, left_out } =
            self.prepare(order)?.print(&self.access, &self.notices, kind)?;
        let left_out = left_out.into_iter().map(|(member, why)| (member.to_string(), why)).collect();
        Ok(PrintedLetters { pdf, count, left_out })
    }

    /// Sends mails, and tells how many were taken, refused, and left without an answer after each.
    ///
    /// # Errors
    /// No mail server is set up, or a fault of the machine.
    pub fn send(
        &self,
        order: &LettersOrder,
        on_progress: &mut dyn FnMut(&Progress),
    ) -> Result<Progress, LettersError> {
        let server = self.settings.mail.as_ref().ok_or_else(no_server)?;
        Ok(self.prepare(order)?.send(&self.access, &self.notices, server, on_progress)?)
    }

    /// How far notices have come, workplace by workplace.
    ///
    /// # Errors
    /// There is no such occasion, or a fault of the machine.
    pub fn reached(&self, occasion: &str) -> Result<Vec<Reached>, LettersError> {
        let occasion: Occasion = occasion.parse().map_err(LettersError::Input)?;
        let notices = self.notices.of(&occasion.to_string())?;
        let entitled = self
            .view(|view| occasion.entitled(view.federation))?
            .ok_or(WritingError::NoOccasion(occasion))?;
        let reached = entitled.into_iter().map(|(workplace, members)| {
            let state = |member| notices.get(member).map_or(State::None, |notice| notice.state);
            let states = State::ALL
                .map(|wanted| (wanted.name(), members.iter().filter(|one| state(*one) == wanted).count()));
            Reached {
                workplace: workplace.to_string(),
                entitled: members.len(),
                told: members.iter().filter(|one| state(*one).is_told()).count(),
                states: states.to_vec(),
            }
        });
        Ok(reached.collect())
    }

    fn view<T>(&self, act: impl FnOnce(&View<'_>) -> T) -> Result<T, LettersError> {
        let followed = self.follower.read();
        let nothing = |_| LettersError::Input("nothing is founded here yet".into());
        let federation = View::federation_of(&followed).map_err(nothing)?;
        let article = &federation.charter.federation;
        let zone = TimeZone::get(&article.time_zone)
            .map_err(|error| LettersError::Input(format!("{}: {error}", article.time_zone)))?;
        let (names, assets) = (Names::read(self.follower.path())?, Assets::default());
        let (plans, sending) = (Plans::default(), Sending::default());
        Ok(act(&View {
            state: followed.federation.state(),
            federation,
            checkpoint: &followed.checkpoint,
            as_of: followed.federation.state().last_at.unwrap_or(federation.founded_at),
            now: Timestamp::now(),
            words: self.languages.choose(None, None, &article.languages),
            languages: &self.languages,
            zone,
            site: self.settings.address.clone().unwrap_or_default(),
            path: "/",
            query: &[],
            member: None,
            form_token: None,
            once: String::new(),
            notice: None,
            trial: false,
            assets: &assets,
            beside: 0,
            names: names.seen_by(true),
            plans: &plans,
            access: &self.access,
            notices: &self.notices,
            settings: &self.settings,
            sending: &sending,
            boxes: None,
            files: Kept(self.follower.path()),
        }))
    }
}

/// Letters or cards that were printed.
pub struct PrintedLetters {
    /// The PDF.
    pub pdf: Vec<u8>,
    /// How many stand in it.
    pub count: usize,
    /// Members who were left out, and why.
    pub left_out: Vec<(String, String)>,
}

fn no_server() -> LettersError {
    LettersError::Input(format!("{FILE} in the directory names no mail server: it needs a table [mail]"))
}

/// Sends one mail to an address, to see whether the settings are right.
///
/// # Errors
/// What is wrong with them, or what the server said.
pub fn try_mail(directory: &Path, address: &str) -> Result<String, LettersError> {
    let settings = Settings::read(directory)?;
    let server = settings.mail.as_ref().ok_or_else(no_server)?;
    let to = mailbox("", address).map_err(LettersError::Input)?;
    let text = format!("{}\n", settings.address.as_deref().unwrap_or("Mandate"));
    match Postbox::new(server).hand_over(Writing { to, subject: "Mandate", text }) {
        Outcome::Taken(words) => Ok(words),
        Outcome::Refused(words) | Outcome::Later(words) | Outcome::Unclear(words) => {
            Err(LettersError::NotTaken(words))
        }
    }
}
