//! Notices: who was told of what is called, how, and when. Kept in a file of its own beside the record, for its owner
//! alone; it decides nothing, and a result never hangs on it.
//!
//! Nothing is overwritten: every change of a notice is a row with its time, and the state is what they add up to.

use crate::access::{AccessError, owner_only};
use jiff::Timestamp;
use mandate_assembly::ids::MemberId;
use rusqlite::{Connection, TransactionBehavior, params};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// How far a notice to one member has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Nothing was made for them.
    None,
    /// A mail is to be tried again: the server was away, or said so.
    Due,
    /// A mail was handed over, or was about to be, and no answer came: it may have arrived.
    Unclear,
    /// The mail server refused it for good, or a letter came back.
    Bounced,
    /// A letter or card was printed.
    Printed,
    /// A mail server has taken it.
    Sent,
    /// They signed in with the code that stood in it.
    Opened,
}

impl State {
    /// All states, those that reached nobody first.
    pub const ALL: [Self; 7] =
        [Self::None, Self::Due, Self::Unclear, Self::Bounced, Self::Printed, Self::Sent, Self::Opened];

    /// Its name in files and words.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Due => "due",
            Self::Unclear => "unclear",
            Self::Bounced => "bounced",
            Self::Printed => "printed",
            Self::Sent => "sent",
            Self::Opened => "opened",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether the member counts as told.
    pub fn is_told(self) -> bool {
        matches!(self, Self::Printed | Self::Sent | Self::Opened)
    }

    /// The state after one more change. What was opened stays so; a mail that fails takes nothing from a letter that
    /// was printed.
    fn then(self, next: Self) -> Self {
        match (self, next) {
            (Self::Opened, _) => Self::Opened,
            (Self::Printed | Self::Sent, Self::Due | Self::Unclear) => self,
            (_, next) => next,
        }
    }
}

/// The notice to one member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How far it has come.
    pub state: State,
    /// When it came there.
    pub at: Timestamp,
    /// What the mail server said, or whoever noted it.
    pub words: String,
    /// How often a mail was tried.
    pub attempts: u32,
}

/// The file of all notices.
#[derive(Debug)]
pub struct Notices {
    path: PathBuf,
    connection: Mutex<Connection>,
}

impl Notices {
    /// Opens the file beside a record, or makes an empty one.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn open(directory: &Path) -> Result<Self, AccessError> {
        let path = directory.join("notices.sqlite");
        let database = |source| AccessError::Database { path: path.clone(), source };
        let connection = Connection::open(&path).map_err(database)?;
        owner_only(&path)?;
        connection
            .execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;
                 CREATE TABLE IF NOT EXISTS change (
                     number INTEGER PRIMARY KEY, occasion TEXT NOT NULL, member TEXT NOT NULL,
                     at INTEGER NOT NULL, state TEXT NOT NULL, code BLOB, words TEXT NOT NULL
                 );
                 CREATE INDEX IF NOT EXISTS change_of ON change (occasion, member);
                 CREATE INDEX IF NOT EXISTS change_code ON change (code) WHERE code IS NOT NULL;
                 CREATE TABLE IF NOT EXISTS place (occasion TEXT PRIMARY KEY, words TEXT NOT NULL) WITHOUT ROWID;",
            )
            .map_err(database)?;
        Ok(Self { connection: Mutex::new(connection), path })
    }

    pub(crate) fn with<T>(
        &self,
        act: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
    ) -> Result<T, AccessError> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        act(&mut connection).map_err(|source| AccessError::Database { path: self.path.clone(), source })
    }

    /// All notices of an occasion, such as `meeting-3`.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn of(&self, occasion: &str) -> Result<BTreeMap<MemberId, Notice>, AccessError> {
        self.with(|connection| all_of(connection, occasion, None))
    }

    /// Notes a change for several members at once: all of it or nothing. `codes` are the fingerprints of the codes in
    /// their letters, one for each, where there are any.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn note(
        &self,
        occasion: &str,
        members: &[(MemberId, Option<[u8; 32]>)],
        state: State,
        words: &str,
        at: Timestamp,
    ) -> Result<(), AccessError> {
        self.with(|connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for (member, code) in members {
                insert(&transaction, occasion, member, state, code.as_ref(), words, at)?;
            }
            transaction.commit()
        })
    }

    /// Takes one member's mail to send, so that nobody else does: false where they are told already, or a mail may
    /// be on its way. What was taken and never answered counts as unclear, and is not sent again by itself.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn take(
        &self,
        occasion: &str,
        member: &MemberId,
        code: &[u8; 32],
        at: Timestamp,
    ) -> Result<bool, AccessError> {
        self.with(|connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let notice = all_of(&transaction, occasion, Some(member))?.remove(member);
            let free = notice.is_none_or(|notice| matches!(notice.state, State::None | State::Due));
            if free {
                insert(&transaction, occasion, member, State::Unclear, Some(code), "", at)?;
            }
            transaction.commit()?;
            Ok(free)
        })
    }

    /// Notes that a code was used, where it stood in a notice.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn opened(&self, code: &[u8; 32], at: Timestamp) -> Result<(), AccessError> {
        self.with(|connection| {
            connection
                .execute(
                    "INSERT INTO change (occasion, member, at, state, words)
                     SELECT DISTINCT occasion, member, ?2, 'opened', '' FROM change WHERE code = ?1",
                    params![code, at.as_second()],
                )
                .map(drop)
        })
    }

    /// Where an occasion takes place, in the words of whoever made its letters.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn place(&self, occasion: &str) -> Result<String, AccessError> {
        self.with(|connection| {
            let mut found = connection.prepare_cached("SELECT words FROM place WHERE occasion = ?1")?;
            let mut rows = found.query([occasion])?;
            rows.next()?.map_or(Ok(String::new()), |row| row.get(0))
        })
    }

    /// Keeps where an occasion takes place.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn set_place(&self, occasion: &str, words: &str) -> Result<(), AccessError> {
        self.with(|connection| {
            connection
                .execute("INSERT OR REPLACE INTO place VALUES (?1, ?2)", params![occasion, words])
                .map(drop)
        })
    }
}

fn insert(
    connection: &Connection,
    occasion: &str,
    member: &MemberId,
    state: State,
    code: Option<&[u8; 32]>,
    words: &str,
    at: Timestamp,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO change (occasion, member, at, state, code, words) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![occasion, member.as_str(), at.as_second(), state.name(), code, words])
        .map(drop)
}

fn all_of(
    connection: &Connection,
    occasion: &str,
    member: Option<&MemberId>,
) -> rusqlite::Result<BTreeMap<MemberId, Notice>> {
    let all = "SELECT member, at, state, words, code FROM change WHERE occasion = ?1 ORDER BY number";
    let one = "SELECT member, at, state, words, code FROM change WHERE occasion = ?1 AND member = ?2 ORDER BY number";
    let mut found = connection.prepare_cached(if member.is_some() { one } else { all })?;
    let mut rows = match member {
        Some(member) => found.query([occasion, member.as_str()])?,
        None => found.query([occasion])?,
    };
    let mut notices: BTreeMap<MemberId, Notice> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let member: String = row.get(0)?;
        let (second, state): (i64, String) = (row.get(1)?, row.get(2)?);
        // A state of a later program's counts as none: it shows that somebody is to be looked after.
        let (at, next) = (Timestamp::from_second(second).unwrap_or_default(), State::named(&state));
        let next = next.unwrap_or(State::None);
        let notice = notices.entry(member.as_str().into()).or_insert(Notice {
            state: State::None,
            at,
            words: String::new(),
            attempts: 0,
        });
        notice.attempts +=
            u32::from(row.get_ref(4)? != rusqlite::types::ValueRef::Null && next == State::Unclear);
        let then = notice.state.then(next);
        if then == next {
            (notice.at, notice.words) = (at, row.get(3)?);
        }
        notice.state = then;
    }
    Ok(notices)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn open() -> (tempfile::TempDir, Notices) {
        let dir = tempfile::tempdir().unwrap();
        let notices = Notices::open(dir.path()).unwrap();
        (dir, notices)
    }

    #[test]
    fn a_mail_is_taken_once_whoever_sends() {
        let (dir, notices) = open();
        let other = Notices::open(dir.path()).unwrap();
        let (one, two) = ("M1".into(), "M2".into());
        assert!(notices.take("meeting-1", &one, &[1; 32], at(1)).unwrap());
        assert!(!other.take("meeting-1", &one, &[2; 32], at(2)).unwrap(), "it may be on its way");
        assert_eq!(notices.of("meeting-1").unwrap()[&one].state, State::Unclear);
        notices.note("meeting-1", &[(one.clone(), None)], State::Due, "451 later", at(3)).unwrap();
        assert!(other.take("meeting-1", &one, &[4; 32], at(4)).unwrap(), "the server said to come again");
        other.note("meeting-1", &[(one.clone(), None)], State::Sent, "250 taken", at(5)).unwrap();
        assert!(!notices.take("meeting-1", &one, &[6; 32], at(6)).unwrap());
        assert!(notices.take("meeting-1", &two, &[6; 32], at(6)).unwrap());
        assert!(
            notices.take("meeting-2", &one, &[6; 32], at(6)).unwrap(),
            "of another occasion they were not told"
        );
        let notice = &notices.of("meeting-1").unwrap()[&one];
        assert_eq!((notice.state, notice.attempts, notice.words.as_str()), (State::Sent, 2, "250 taken"));
    }

    #[test]
    fn a_code_that_is_used_opens_its_notice_for_good() {
        let (_dir, notices) = open();
        let code = [7; 32];
        notices.note("meeting-1", &[("M1".into(), Some(code))], State::Printed, "", at(1)).unwrap();
        notices.opened(&[8; 32], at(2)).unwrap();
        assert_eq!(notices.of("meeting-1").unwrap()[&"M1".into()].state, State::Printed);
        notices.opened(&code, at(3)).unwrap();
        notices.note("meeting-1", &[("M1".into(), None)], State::Bounced, "came back", at(4)).unwrap();
        let notice = notices.of("meeting-1").unwrap().remove(&"M1".into()).unwrap();
        assert_eq!((notice.state, notice.at), (State::Opened, at(3)));
    }

    #[test]
    fn a_mail_that_fails_takes_nothing_from_a_printed_letter_and_one_that_comes_back_does() {
        let (_dir, notices) = open();
        let member = [("M1".into(), None)];
        let state = || notices.of("election-1").unwrap()[&"M1".into()].state;
        notices.note("election-1", &member, State::Printed, "", at(1)).unwrap();
        notices.note("election-1", &member, State::Due, "451", at(2)).unwrap();
        assert_eq!(state(), State::Printed);
        notices.note("election-1", &member, State::Bounced, "moved away", at(3)).unwrap();
        assert_eq!(state(), State::Bounced);
        notices.note("election-1", &member, State::Printed, "", at(4)).unwrap();
        assert_eq!(state(), State::Printed);
    }
}
