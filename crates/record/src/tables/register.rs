//! The table of `register.sqlite` and the statements on it.

use crate::register::Fields;
use rusqlite::{Connection, Result};

/// The newest format of `register.sqlite` that this program reads, and the one that it writes.
pub(crate) const REGISTER_FORMAT: i64 = 1;

/// "MndP": marks the file as a register among SQLite files.
const APPLICATION_ID: i64 = 0x4d6e_6450;

pub(crate) fn format(connection: &Connection) -> Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Lays the table where there is none. What is deleted is overwritten (`secure_delete`).
pub(crate) fn set_up(connection: &Connection) -> Result<()> {
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update_and_check(None, "secure_delete", "ON", |_| Ok(()))?;
    if format(connection)? == 0 {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        connection.pragma_update(None, "application_id", APPLICATION_ID)?;
        connection.pragma_update(None, "user_version", REGISTER_FORMAT)?;
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS person (
                 member TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (member, field)
             ) WITHOUT ROWID;
             COMMIT",
        )?;
    }
    Ok(())
}

pub(crate) fn insert(connection: &Connection, member: &str, fields: &Fields) -> Result<()> {
    let mut statement = connection.prepare_cached("INSERT OR REPLACE INTO person VALUES (?1, ?2, ?3)")?;
    for (field, value) in fields {
        statement.execute([member, field, value])?;
    }
    Ok(())
}

pub(crate) fn fields(connection: &Connection, member: &str) -> Result<Fields> {
    let mut statement = connection.prepare_cached("SELECT field, value FROM person WHERE member = ?1")?;
    let rows = statement.query_map([member], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

pub(crate) fn delete(connection: &Connection, member: &str) -> Result<usize> {
    connection.execute("DELETE FROM person WHERE member = ?1", [member])
}

pub(crate) fn members(connection: &Connection) -> Result<Vec<String>> {
    let mut statement = connection.prepare("SELECT DISTINCT member FROM person ORDER BY member")?;
    let rows = statement.query_map([], |row| row.get(0))?;
    rows.collect()
}
