//! The ways beside codes by which members sign in: accounts at the federation's provider, and passkeys. Which account or
//! key is whose is kept beside the record; no name and no address of anybody is.

use crate::access::{Access, AccessError};
use crate::passkey::{PublicKey, may_follow};
use crate::provider::Account;
use jiff::Timestamp;
use mandate_assembly::ids::MemberId;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// The most ways of one kind that one member may have.
const MOST: i64 = 20;

/// The tables of ways.
pub const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS account (
        id INTEGER PRIMARY KEY, issuer TEXT NOT NULL, sub TEXT NOT NULL, member TEXT NOT NULL,
        added INTEGER NOT NULL, used INTEGER, UNIQUE (issuer, sub)
    );
    CREATE TABLE IF NOT EXISTS passkey (
        id INTEGER PRIMARY KEY, credential BLOB NOT NULL UNIQUE, member TEXT NOT NULL, name TEXT NOT NULL,
        site TEXT NOT NULL, algorithm INTEGER NOT NULL, key BLOB NOT NULL, counter INTEGER NOT NULL,
        added INTEGER NOT NULL, used INTEGER
    );
    CREATE TABLE IF NOT EXISTS handle (member TEXT PRIMARY KEY, handle BLOB NOT NULL UNIQUE) WITHOUT ROWID;";

/// A way to sign in, as its member sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// By which it is removed.
    pub id: i64,
    /// What the member called it; for an account, its provider.
    pub name: String,
    /// Since when.
    pub added: Timestamp,
    /// When somebody last signed in with it.
    pub used: Option<Timestamp>,
}

/// What kind of way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An account at the provider.
    Account,
    /// A passkey.
    Passkey,
}

/// What became of a way that was to be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It is there.
    Yes,
    /// It was there already, as this member's own.
    Already,
    /// It is another member's.
    Anothers,
    /// The member has as many as one may have.
    TooMany,
}

/// A passkey, as it is looked up when somebody comes with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    /// By which it is known here.
    pub id: i64,
    /// Whose it is.
    pub member: MemberId,
    /// What its device calls the member: chance, and nothing personal.
    pub handle: Vec<u8>,
    /// For which site it was made.
    pub site: String,
    /// By which its signatures are known.
    pub key: PublicKey,
}

/// A passkey that is to be added.
pub struct NewPasskey<'a> {
    /// What its device calls it.
    pub credential: &'a [u8],
    /// What the member calls it.
    pub name: &'a str,
    /// For which site.
    pub site: &'a str,
    /// Its key.
    pub key: &'a PublicKey,
    /// How often it was used.
    pub counter: u32,
}

impl Access {
    /// A member's ways of a kind, the oldest first.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn ways(&self, kind: Kind, member: &MemberId) -> Result<Vec<Way>, AccessError> {
        let sql = match kind {
            Kind::Account => "SELECT id, issuer, added, used FROM account WHERE member = ?1 ORDER BY id",
            Kind::Passkey => "SELECT id, name, added, used FROM passkey WHERE member = ?1 ORDER BY id",
        };
        self.with(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map([member.as_str()], |row| {
                let added = moment(row, 2)?.unwrap_or_default();
                Ok(Way { id: row.get(0)?, name: row.get(1)?, added, used: moment(row, 3)? })
            })?;
            rows.collect()
        })
    }

    /// Removes a member's way: whether it was theirs.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn remove_way(&self, kind: Kind, member: &MemberId, id: i64) -> Result<bool, AccessError> {
        let sql = match kind {
            Kind::Account => "DELETE FROM account WHERE id = ?1 AND member = ?2",
            Kind::Passkey => "DELETE FROM passkey WHERE id = ?1 AND member = ?2",
        };
        Ok(self.with(|connection| connection.execute(sql, params![id, member.as_str()]))? > 0)
    }

    /// Links an account to a member, unless it is linked to another.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn link(&self, account: &Account, member: &MemberId, now: Timestamp) -> Result<Added, AccessError> {
        self.with(|connection| {
            let transaction = connection.unchecked_transaction()?;
            let whose: Option<String> = transaction
                .query_row(
                    "SELECT member FROM account WHERE issuer = ?1 AND sub = ?2",
                    [&account.issuer, &account.sub],
                    |row| row.get(0),
                )
                .optional()?;
            if let Some(whose) = whose {
                return Ok(if whose == member.as_str() { Added::Already } else { Added::Anothers });
            }
            if number_of(&transaction, "SELECT count(*) FROM account WHERE member = ?1", member)? >= MOST {
                return Ok(Added::TooMany);
            }
            transaction.execute(
                "INSERT INTO account (issuer, sub, member, added) VALUES (?1, ?2, ?3, ?4)",
                params![account.issuer, account.sub, member.as_str(), now.as_second()],
            )?;
            transaction.commit()?;
            Ok(Added::Yes)
        })
    }

    /// To whom an account is linked, if to anybody.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn whose_account(&self, account: &Account) -> Result<Option<MemberId>, AccessError> {
        let sql = "SELECT member FROM account WHERE issuer = ?1 AND sub = ?2";
        let found: Option<String> = self.with(|connection| {
            connection.query_row(sql, [&account.issuer, &account.sub], |row| row.get(0)).optional()
        })?;
        Ok(found.map(|member| member.as_str().into()))
    }

    /// Notes that somebody signed in with an account.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn note_account(&self, account: &Account, now: Timestamp) -> Result<(), AccessError> {
        let sql = "UPDATE account SET used = ?3 WHERE issuer = ?1 AND sub = ?2";
        let row = params![account.issuer, account.sub, now.as_second()];
        self.with(|connection| connection.execute(sql, row)).map(drop)
    }

    /// What devices call a member: 32 random bytes, the same for all of their devices (Web Authentication Level 3,
    /// section 14.6.1).
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn handle_of(&self, member: &MemberId) -> Result<Vec<u8>, AccessError> {
        let fresh = self.random::<32>()?;
        self.with(|connection| {
            connection
                .execute("INSERT OR IGNORE INTO handle VALUES (?1, ?2)", params![member.as_str(), fresh])?;
            connection
                .query_row("SELECT handle FROM handle WHERE member = ?1", [member.as_str()], |row| row.get(0))
        })
    }

    /// What a member's devices call their passkeys for a site.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn credentials_of(&self, member: &MemberId, site: &str) -> Result<Vec<Vec<u8>>, AccessError> {
        self.with(|connection| {
            let sql = "SELECT credential FROM passkey WHERE member = ?1 AND site = ?2 ORDER BY id";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map([member.as_str(), site], |row| row.get(0))?;
            rows.collect()
        })
    }

    /// Keeps a passkey of a member's, unless there is one with this name already.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn keep_passkey(
        &self,
        member: &MemberId,
        new: &NewPasskey<'_>,
        now: Timestamp,
    ) -> Result<Added, AccessError> {
        self.with(|connection| {
            let transaction = connection.unchecked_transaction()?;
            let found = transaction
                .query_row("SELECT 1 FROM passkey WHERE credential = ?1", [new.credential], |_| Ok(()))
                .optional()?;
            if found.is_some() {
                return Ok(Added::Already);
            }
            if number_of(&transaction, "SELECT count(*) FROM passkey WHERE member = ?1", member)? >= MOST {
                return Ok(Added::TooMany);
            }
            transaction.execute(
                "INSERT INTO passkey (credential, member, name, site, algorithm, key, counter, added)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    new.credential,
                    member.as_str(),
                    new.name,
                    new.site,
                    new.key.algorithm,
                    new.key.key,
                    new.counter,
                    now.as_second()
                ],
            )?;
            transaction.commit()?;
            Ok(Added::Yes)
        })
    }

    /// The passkey that a device calls so.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn passkey(&self, credential: &[u8]) -> Result<Option<Passkey>, AccessError> {
        let sql = "SELECT id, passkey.member, handle, site, algorithm, key
                   FROM passkey JOIN handle ON handle.member = passkey.member WHERE credential = ?1";
        self.with(|connection| {
            connection
                .query_row(sql, [credential], |row| {
                    let member: String = row.get(1)?;
                    Ok(Passkey {
                        id: row.get(0)?,
                        member: member.as_str().into(),
                        handle: row.get(2)?,
                        site: row.get(3)?,
                        key: PublicKey { algorithm: row.get(4)?, key: row.get(5)? },
                    })
                })
                .optional()
        })
    }

    /// Notes that a passkey was used, where its device's count may follow the one before: whether it may. It is looked
    /// up and written at once, so that of two uses with the same count one is refused.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn note_passkey(&self, id: i64, counter: u32, now: Timestamp) -> Result<bool, AccessError> {
        self.with(|connection| {
            let transaction = connection.unchecked_transaction()?;
            let sql = "SELECT counter FROM passkey WHERE id = ?1";
            let before: Option<u32> = transaction.query_row(sql, [id], |row| row.get(0)).optional()?;
            if !before.is_some_and(|before| may_follow(counter, before)) {
                return Ok(false);
            }
            let sql = "UPDATE passkey SET counter = ?2, used = ?3 WHERE id = ?1";
            transaction.execute(sql, params![id, counter, now.as_second()])?;
            transaction.commit()?;
            Ok(true)
        })
    }
}

fn number_of(connection: &Connection, sql: &str, member: &MemberId) -> rusqlite::Result<i64> {
    connection.query_row(sql, [member.as_str()], |row| row.get(0))
}

fn moment(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    let second: Option<i64> = row.get(column)?;
    Ok(second.and_then(|second| Timestamp::from_second(second).ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn an_account_is_linked_to_one_member_only_and_removed_by_that_one() {
        let dir = tempfile::tempdir().unwrap();
        let access = Access::open(dir.path()).unwrap();
        let (one, other): (MemberId, MemberId) = ("M1".into(), "M2".into());
        let account = Account { issuer: "https://accounts.example".into(), sub: "248289".into() };
        assert_eq!(access.whose_account(&account).unwrap(), None);
        assert_eq!(access.link(&account, &one, at(10)).unwrap(), Added::Yes);
        assert_eq!(access.link(&account, &one, at(11)).unwrap(), Added::Already);
        assert_eq!(access.link(&account, &other, at(12)).unwrap(), Added::Anothers);
        assert_eq!(access.whose_account(&account).unwrap(), Some(one.clone()));
        let elsewhere = Account { issuer: "https://others.example".into(), ..account.clone() };
        assert_eq!(access.whose_account(&elsewhere).unwrap(), None, "the same name at another provider");
        access.note_account(&account, at(20)).unwrap();
        let ways = access.ways(Kind::Account, &one).unwrap();
        assert_eq!((ways.len(), ways[0].added, ways[0].used), (1, at(10), Some(at(20))));
        assert!(!access.remove_way(Kind::Account, &other, ways[0].id).unwrap(), "another's");
        assert!(access.remove_way(Kind::Account, &one, ways[0].id).unwrap());
        assert_eq!(access.whose_account(&account).unwrap(), None);
        for sub in 0..MOST {
            let account = Account { sub: sub.to_string(), ..account.clone() };
            assert_eq!(access.link(&account, &one, at(30)).unwrap(), Added::Yes);
        }
        assert_eq!(access.link(&account, &one, at(31)).unwrap(), Added::TooMany);
    }

    #[test]
    fn a_passkey_is_found_by_its_name_and_its_count_goes_up_once_a_use() {
        let dir = tempfile::tempdir().unwrap();
        let access = Access::open(dir.path()).unwrap();
        let (one, other): (MemberId, MemberId) = ("M1".into(), "M2".into());
        let handle = access.handle_of(&one).unwrap();
        assert_eq!((handle.len(), access.handle_of(&one).unwrap()), (32, handle.clone()));
        assert_ne!(access.handle_of(&other).unwrap(), handle);
        let key = PublicKey { algorithm: -7, key: vec![1, 2, 3] };
        let site = "federation.example";
        let new = NewPasskey { credential: b"abc", name: "telephone", site, key: &key, counter: 3 };
        assert_eq!(access.keep_passkey(&one, &new, at(10)).unwrap(), Added::Yes);
        assert_eq!(access.keep_passkey(&other, &new, at(10)).unwrap(), Added::Already);
        assert_eq!(access.credentials_of(&one, site).unwrap(), [b"abc".to_vec()]);
        assert!(access.credentials_of(&one, "other.example").unwrap().is_empty());
        assert_eq!(access.passkey(b"ab").unwrap(), None);
        let found = access.passkey(b"abc").unwrap().unwrap();
        assert_eq!((&found.member, &found.handle, &found.key), (&one, &handle, &key));
        assert!(access.note_passkey(found.id, 4, at(20)).unwrap());
        assert!(!access.note_passkey(found.id, 4, at(21)).unwrap(), "the same count again");
        assert!(!access.note_passkey(found.id, 0, at(21)).unwrap(), "a count that goes back");
        let ways = access.ways(Kind::Passkey, &one).unwrap();
        assert_eq!((ways[0].name.as_str(), ways[0].used), ("telephone", Some(at(20))));
        assert!(!access.remove_way(Kind::Passkey, &other, found.id).unwrap());
        assert!(access.remove_way(Kind::Passkey, &one, found.id).unwrap());
        assert_eq!(access.passkey(b"abc").unwrap(), None);
        assert!(!access.note_passkey(found.id, 9, at(30)).unwrap(), "removed meanwhile");
    }
}
