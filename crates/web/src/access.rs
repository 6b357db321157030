//! Who may come in: codes from letters, sessions, and forms that were received. None of it is in the record, and
//! none of it decides anything: a session only says as whom a command is handed to the core.
//!
//! Codes and session tokens are kept as SHA-256 of at least 60 random bits and cannot be read back.

use jiff::{SignedDuration, Timestamp};
use mandate_assembly::ids::MemberId;
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// How long a session lasts, however much it is used: then a new code is needed.
const SESSION_DAYS: i64 = 30;
/// How long it is known that a form was received.
const RECEIVED_DAYS: i64 = 2;
/// Letters and digits that are not taken for each other (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Signs of a code: 60 bits.
const CODE_SIGNS: usize = 12;

/// The database of codes, sessions and received forms.
pub struct Access {
    path: PathBuf,
    connection: Mutex<Connection>,
    /// Received forms: a mark that a power cut loses costs a refusal and no vote, so it waits for no disk.
    forms: Mutex<Connection>,
}

/// Why access cannot be looked up.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// The database.
    #[error("{path}: {source}")]
    Database {
        /// Its file.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// The operating system gives no randomness or denies the file.
    #[error("{path}: {problem}")]
    Machine {
        /// The database's file.
        path: PathBuf,
        /// What the system says.
        problem: String,
    },
}

/// Makes a code for each member in a federation's directory, good once and until a time. Codes made for them before
/// are good no longer.
///
/// # Errors
/// A fault of the machine; then no code is changed.
pub fn make_codes(
    directory: &Path,
    members: &[MemberId],
    until: Timestamp,
) -> Result<Vec<(MemberId, String)>, AccessError> {
    Access::open(directory)?.make_codes(members, until)
}

/// A session's token, as the cookie carries it.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// The token in a cookie.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text for the cookie.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What forms of this session carry, so that no other site can send them.
    pub fn form_token(&self) -> String {
        hex::encode(&Sha256::digest(format!("form {}", self.0))[..16])
    }
}

impl Access {
    /// Opens the database beside a record, or makes an empty one, for its owner alone.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn open(directory: &Path) -> Result<Self, AccessError> {
        let path = directory.join("access.sqlite");
        let database = |source| AccessError::Database { path: path.clone(), source };
        let connection = Connection::open(&path).map_err(database)?;
        owner_only(&path)?;
        connection
            .execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
                 CREATE TABLE IF NOT EXISTS code (
                     hash BLOB PRIMARY KEY, member TEXT NOT NULL, until INTEGER NOT NULL, used INTEGER
                 ) WITHOUT ROWID;
                 CREATE TABLE IF NOT EXISTS session (
                     hash BLOB PRIMARY KEY, member TEXT NOT NULL, until INTEGER NOT NULL
                 ) WITHOUT ROWID;
                 CREATE TABLE IF NOT EXISTS received (
                     once TEXT NOT NULL, member TEXT NOT NULL, at INTEGER NOT NULL, entry INTEGER NOT NULL,
                     PRIMARY KEY (once, member)
                 ) WITHOUT ROWID;
                 CREATE TABLE IF NOT EXISTS token (
                     id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, member TEXT NOT NULL, name TEXT NOT NULL,
                     rights TEXT NOT NULL, until INTEGER NOT NULL, used INTEGER
                 );
                 CREATE TABLE IF NOT EXISTS second_factor (
                     member TEXT PRIMARY KEY, secret BLOB NOT NULL, confirmed INTEGER, last_step INTEGER NOT NULL
                 ) WITHOUT ROWID;",
            )
            .and_then(|()| connection.execute_batch(crate::speakers::TABLE))
            .and_then(|()| connection.execute_batch(crate::ways::TABLES))
            .map_err(database)?;
        let forms = Connection::open(&path).map_err(database)?;
        forms.execute_batch("PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000").map_err(database)?;
        connection.execute_batch("PRAGMA busy_timeout = 5000").map_err(database)?;
        Ok(Self { connection: Mutex::new(connection), forms: Mutex::new(forms), path })
    }

    pub(crate) fn with<T>(
        &self,
        act: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, AccessError> {
        self.on(&self.connection, act)
    }

    pub(crate) fn with_mut<T>(
        &self,
        act: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
    ) -> Result<T, AccessError> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        act(&mut connection).map_err(|source| AccessError::Database { path: self.path.clone(), source })
    }

    /// A fault of what is kept here.
    pub(crate) fn fault(&self, problem: String) -> AccessError {
        AccessError::Machine { path: self.path.clone(), problem }
    }

    fn on<T>(
        &self,
        connection: &Mutex<Connection>,
        act: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, AccessError> {
        let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
        act(&connection).map_err(|source| AccessError::Database { path: self.path.clone(), source })
    }

    pub(crate) fn random<const N: usize>(&self) -> Result<[u8; N], AccessError> {
        let mut bytes = [0; N];
        getrandom::fill(&mut bytes)
            .map_err(|error| AccessError::Machine { path: self.path.clone(), problem: error.to_string() })?;
        Ok(bytes)
    }

    /// Makes a code for each member, good once and until a time. Codes made for them before are good no longer.
    ///
    /// # Errors
    /// A fault of the machine; then no code is changed.
    pub fn make_codes(
        &self,
        members: &[MemberId],
        until: Timestamp,
    ) -> Result<Vec<(MemberId, String)>, AccessError> {
        let codes: Vec<(MemberId, String)> = members
            .iter()
            .map(|member| Ok((member.clone(), self.draw_code()?)))
            .collect::<Result<_, AccessError>>()?;
        self.keep_codes(&codes, until)?;
        Ok(codes)
    }

    /// A fresh code as it is printed, good for nobody until it is kept.
    ///
    /// # Errors
    /// The operating system gives no randomness.
    pub fn draw_code(&self) -> Result<String, AccessError> {
        let random = self.random::<CODE_SIGNS>()?;
        let signs = random.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)]));
        Ok(grouped(&signs.collect::<String>()))
    }

    /// Keeps codes that were drawn, each good once and until a time. Codes of the same members are good no longer.
    ///
    /// # Errors
    /// A fault of the machine; then no code is changed.
    pub fn keep_codes(&self, codes: &[(MemberId, String)], until: Timestamp) -> Result<(), AccessError> {
        self.with(|connection| {
            let transaction = connection.unchecked_transaction()?;
            for (member, code) in codes {
                transaction.execute("DELETE FROM code WHERE member = ?1", [member.as_str()])?;
                transaction.execute(
                    "INSERT INTO code VALUES (?1, ?2, ?3, NULL)",
                    params![fingerprint(code), member.as_str(), until.as_second()],
                )?;
            }
            transaction.commit()
        })
    }

    /// Whose a code is, where it is good; it stays good.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn whose_code(&self, typed: &str, now: Timestamp) -> Result<Option<MemberId>, AccessError> {
        let code = normal(typed);
        let sql = "SELECT member FROM code WHERE hash = ?1 AND used IS NULL AND until > ?2";
        let member: Option<String> = self.with(|connection| {
            connection.query_row(sql, params![hash(&code), now.as_second()], |row| row.get(0)).optional()
        })?;
        Ok(member.map(|member| member.as_str().into()))
    }

    /// Takes a code: whose it is, where it is good. It is good no longer after that.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn take_code(&self, typed: &str, now: Timestamp) -> Result<Option<MemberId>, AccessError> {
        let code = normal(typed);
        self.with(|connection| {
            let transaction = connection.unchecked_transaction()?;
            let member: Option<String> = transaction
                .query_row(
                    "SELECT member FROM code WHERE hash = ?1 AND used IS NULL AND until > ?2",
                    params![hash(&code), now.as_second()],
                    |row| row.get(0),
                )
                .optional()?;
            if member.is_some() {
                let used = "UPDATE code SET used = ?2 WHERE hash = ?1";
                transaction.execute(used, params![hash(&code), now.as_second()])?;
            }
            transaction.commit()?;
            Ok(member.map(|member| member.as_str().into()))
        })
    }

    /// Begins a session.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn begin(&self, member: &MemberId, now: Timestamp) -> Result<Token, AccessError> {
        let token = Token(hex::encode(self.random::<32>()?));
        let until = now.as_second() + SESSION_DAYS * 86_400;
        self.with(|connection| {
            connection.execute("DELETE FROM session WHERE until < ?1", [now.as_second()])?;
            let row = params![hash(&token.0), member.as_str(), until];
            connection.execute("INSERT INTO session VALUES (?1, ?2, ?3)", row)
        })?;
        Ok(token)
    }

    /// Whose session this is.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn whose(&self, token: &Token, now: Timestamp) -> Result<Option<MemberId>, AccessError> {
        let member: Option<String> = self.with(|connection| {
            connection
                .prepare_cached("SELECT member FROM session WHERE hash = ?1 AND until > ?2")?
                .query_row(params![hash(&token.0), now.as_second()], |row| row.get(0))
                .optional()
        })?;
        Ok(member.map(|member| member.as_str().into()))
    }

    /// Ends a session, or all sessions of the one whose it is.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn end(&self, token: &Token, everywhere: bool) -> Result<(), AccessError> {
        let sql = match everywhere {
            false => "DELETE FROM session WHERE hash = ?1",
            true => "DELETE FROM session WHERE member = (SELECT member FROM session WHERE hash = ?1)",
        };
        self.with(|connection| connection.execute(sql, [hash(&token.0)]).map(drop))
    }

    /// A fresh mark by which a form that is sent twice is known.
    ///
    /// # Errors
    /// The operating system gives no randomness.
    pub fn once(&self) -> Result<String, AccessError> {
        Ok(hex::encode(self.random::<12>()?))
    }

    /// The entry that a form made when it was received, if it was.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn received(&self, once: &str, member: &MemberId) -> Result<Option<u64>, AccessError> {
        self.on(&self.forms, |connection| {
            connection
                .query_row(
                    "SELECT entry FROM received WHERE once = ?1 AND member = ?2",
                    [once, member.as_str()],
                    |row| row.get(0),
                )
                .optional()
        })
        .map(|entry: Option<i64>| entry.and_then(|entry| u64::try_from(entry).ok()))
    }

    /// Notes that a form was received and what it made.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn note_received(
        &self,
        once: &str,
        member: &MemberId,
        entry: u64,
        now: Timestamp,
    ) -> Result<(), AccessError> {
        let old = (now - SignedDuration::from_hours(24 * RECEIVED_DAYS)).as_second();
        let entry = i64::try_from(entry).unwrap_or(i64::MAX);
        self.on(&self.forms, |connection| {
            connection.execute("DELETE FROM received WHERE at < ?1", [old])?;
            let row = params![once, member.as_str(), now.as_second(), entry];
            connection.execute("INSERT OR IGNORE INTO received VALUES (?1, ?2, ?3, ?4)", row).map(drop)
        })
    }
}

/// What is kept of a code, however it was typed.
pub fn fingerprint(typed: &str) -> [u8; 32] {
    hash(&normal(typed))
}

pub(crate) fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}

/// A code as it is printed: three groups of four.
fn grouped(code: &str) -> String {
    let groups: Vec<String> =
        code.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    groups.join("-")
}

/// A code as it is kept, however it was typed: without dashes and spaces, in capitals, with letters that look like
/// digits read as these.
fn normal(typed: &str) -> String {
    let signs =
        typed.chars().filter(char::is_ascii_alphanumeric).map(|sign| match sign.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            sign => sign,
        });
    signs.take(64).collect()
}

#[cfg(unix)]
pub(crate) fn owner_only(path: &Path) -> Result<(), AccessError> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
        .map_err(|error| AccessError::Machine { path: path.to_owned(), problem: error.to_string() })
}

#[cfg(not(unix))]
pub(crate) fn owner_only(_: &Path) -> Result<(), AccessError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_code_is_good_once_however_it_is_typed_and_until_its_time() {
        let dir = tempfile::tempdir().unwrap();
        let access = Access::open(dir.path()).unwrap();
        let members = ["M1".into(), "M2".into()];
        let codes = access.make_codes(&members, at(1000)).unwrap();
        let typed = format!(" {} ", codes[0].1.to_lowercase().replace('-', " ").replace('0', "o"));
        assert_eq!(access.take_code("0000-0000-0000", at(10)).unwrap(), None);
        assert_eq!(access.take_code(&typed, at(10)).unwrap(), Some("M1".into()));
        assert_eq!(access.take_code(&codes[0].1, at(11)).unwrap(), None, "used");
        assert_eq!(access.take_code(&codes[1].1, at(1000)).unwrap(), None, "over");
        let again = access.make_codes(&members[1..], at(2000)).unwrap();
        assert_eq!(access.take_code(&codes[1].1, at(10)).unwrap(), None, "replaced");
        assert_eq!(access.take_code(&again[0].1, at(1500)).unwrap(), Some("M2".into()));
    }

    #[test]
    fn neither_codes_nor_tokens_can_be_read_from_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let access = Access::open(dir.path()).unwrap();
        let codes = access.make_codes(&["M1".into()], at(1000)).unwrap();
        let token = access.begin(&"M1".into(), at(0)).unwrap();
        assert_eq!(access.whose(&token, at(1)).unwrap(), Some("M1".into()));
        drop(access);
        let mut bytes = std::fs::read(dir.path().join("access.sqlite")).unwrap();
        bytes.extend(std::fs::read(dir.path().join("access.sqlite-wal")).unwrap_or_default());
        let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(holds("M1"));
        assert!(!holds(&codes[0].1) && !holds(&codes[0].1.replace('-', "")) && !holds(token.as_str()));
    }

    #[test]
    fn sessions_end_by_themselves_and_everywhere_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let access = Access::open(dir.path()).unwrap();
        let (phone, hall) =
            (access.begin(&"M1".into(), at(0)).unwrap(), access.begin(&"M1".into(), at(0)).unwrap());
        assert_eq!(access.whose(&phone, at(SESSION_DAYS * 86_400)).unwrap(), None);
        access.end(&phone, true).unwrap();
        assert_eq!(access.whose(&hall, at(1)).unwrap(), None);
    }
}
