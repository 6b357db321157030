//! The tables of `record.sqlite` and the statements that write them and read single rows.

use crate::digest::Digest;
use crate::tree::Frontier;
use rusqlite::{Connection, OptionalExtension, Result, params};
use std::ops::Range;

/// The newest format of `record.sqlite` that this program reads, and the one that it writes.
pub const RECORD_FORMAT: i64 = 1;

/// "MndR": marks the file as a record among SQLite files (`PRAGMA application_id`).
pub(crate) const APPLICATION_ID: i64 = 0x4d6e_6452;

/// The most bytes of an attachment: SQLite's own limit of a value (1,000,000,000) less room for the row around it.
pub const ATTACHMENT_BYTES_MAX: usize = 999_999_000;

/// Complete subtrees of `2^SUBTREE_LEVEL` leaves have their roots stored: a proof then reads at most two
/// stretches of 256 leaves and one hash for every 256 entries instead of every entry.
pub(crate) const SUBTREE_LEVEL: u32 = 8;
const SUBTREE_LEAVES: u64 = 1 << SUBTREE_LEVEL;

const SCHEMA: &str = "
    CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    -- The entries as they were first written, and RFC 6962's hash of each.
    CREATE TABLE entry (position INTEGER PRIMARY KEY, leaf BLOB NOT NULL, bytes BLOB NOT NULL);
    -- Roots of the complete subtrees of 256 leaves, by order: kept for quick proofs, checked like all else.
    CREATE TABLE subtree (position INTEGER PRIMARY KEY, root BLOB NOT NULL);
    -- The tree's size and root after every commit.
    CREATE TABLE tree_head (size INTEGER PRIMARY KEY, root BLOB NOT NULL);
    -- Attachments by the hash of their content; no content once an entry has erased it.
    CREATE TABLE attachment (id INTEGER PRIMARY KEY, sha256 BLOB NOT NULL UNIQUE, bytes BLOB);
";

/// Lays the tables of an empty record.
pub(crate) fn create(connection: &Connection, origin: &str) -> Result<()> {
    connection.execute_batch("BEGIN")?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", RECORD_FORMAT)?;
    connection.execute_batch(SCHEMA)?;
    connection.execute("INSERT INTO about VALUES ('origin', ?1)", [origin])?;
    insert_head(connection, &Frontier::default())?;
    connection.execute_batch("COMMIT")
}

/// The application and the format version in the file's header.
pub(crate) fn format(connection: &Connection) -> Result<(i64, i64)> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get(0));
    Ok((pragma("application_id")?, pragma("user_version")?))
}

pub(crate) fn origin(connection: &Connection) -> Result<String> {
    connection.query_row("SELECT value FROM about WHERE key = 'origin'", [], |row| row.get(0))
}

/// Adds the entry at the frontier's size, and lets the frontier grow.
pub(crate) fn insert_entry(
    connection: &Connection,
    frontier: &mut Frontier,
    leaf: Digest,
    bytes: &[u8],
) -> Result<()> {
    let position = frontier.size();
    connection.prepare_cached("INSERT INTO entry VALUES (?1, ?2, ?3)")?.execute(params![
        position,
        leaf.as_bytes(),
        bytes
    ])?;
    let mut subtree = None;
    frontier.push_seeing(0, leaf, |level, root| {
        if level == SUBTREE_LEVEL {
            subtree = Some(*root);
        }
    });
    if let Some(root) = subtree {
        connection
            .prepare_cached("INSERT INTO subtree VALUES (?1, ?2)")?
            .execute(params![position / SUBTREE_LEAVES, root.as_bytes()])?;
    }
    Ok(())
}

/// Notes the tree's size and root. A size that is noted already keeps its root: the tree has not grown.
pub(crate) fn insert_head(connection: &Connection, frontier: &Frontier) -> Result<()> {
    connection
        .prepare_cached("INSERT OR IGNORE INTO tree_head VALUES (?1, ?2)")?
        .execute(params![frontier.size(), frontier.root().as_bytes()])?;
    Ok(())
}

/// The last tree head: size and root.
pub(crate) fn last_head(connection: &Connection) -> Result<(u64, Digest)> {
    connection.query_row("SELECT size, root FROM tree_head ORDER BY size DESC LIMIT 1", [], |row| {
        Ok((row.get(0)?, digest(row, 1)?))
    })
}

pub(crate) fn entry(connection: &Connection, position: u64) -> Result<Option<Vec<u8>>> {
    connection
        .prepare_cached("SELECT bytes FROM entry WHERE position = ?1")?
        .query_row([position], |row| row.get(0))
        .optional()
}

/// The number of entries, were there no gap: one more than the last position.
pub(crate) fn entries_end(connection: &Connection) -> Result<u64> {
    connection.query_row("SELECT coalesce(max(position) + 1, 0) FROM entry", [], |row| row.get(0))
}

/// The frontier over a range of leaves that begins where a subtree of RFC 6962 may begin: at a multiple of the
/// smallest power of two that is not below its length. Read from stored roots and leaves; a missing row shows as
/// a frontier that is too small.
pub(crate) fn frontier(connection: &Connection, range: Range<u64>) -> Result<Frontier> {
    let mut frontier = Frontier::default();
    let mut position = range.start;
    if range.start.is_multiple_of(SUBTREE_LEAVES) {
        let (first, end) = (range.start / SUBTREE_LEAVES, range.end / SUBTREE_LEAVES);
        let mut statement = connection.prepare_cached(
            "SELECT root FROM subtree WHERE position >= ?1 AND position < ?2 ORDER BY position",
        )?;
        let mut rows = statement.query([first, end])?;
        while let Some(row) = rows.next()? {
            frontier.push_subtree(SUBTREE_LEVEL, digest(row, 0)?);
        }
        position = end * SUBTREE_LEAVES;
    }
    let mut statement = connection
        .prepare_cached("SELECT leaf FROM entry WHERE position >= ?1 AND position < ?2 ORDER BY position")?;
    let mut rows = statement.query([position, range.end])?;
    while let Some(row) = rows.next()? {
        frontier.push(digest(row, 0)?);
    }
    Ok(frontier)
}

/// Keeps an attachment, unless it is kept already. Erased content that comes again is kept again.
pub(crate) fn insert_attachment(connection: &Connection, hash: &Digest, bytes: &[u8]) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO attachment (sha256, bytes) VALUES (?1, ?2)
             ON CONFLICT (sha256) DO UPDATE SET bytes = excluded.bytes WHERE bytes IS NULL",
        )?
        .execute(params![hash.as_bytes(), bytes])?;
    Ok(())
}

/// Notes an attachment whose content is gone already.
pub(crate) fn insert_erased_attachment(connection: &Connection, hash: &Digest) -> Result<()> {
    connection
        .prepare_cached("INSERT OR IGNORE INTO attachment (sha256, bytes) VALUES (?1, NULL)")?
        .execute([hash.as_bytes()])?;
    Ok(())
}

/// Erases an attachment's content; SQLite overwrites it with zeros (`PRAGMA secure_delete`).
pub(crate) fn erase_attachment(connection: &Connection, hash: &Digest) -> Result<()> {
    connection
        .prepare_cached("UPDATE attachment SET bytes = NULL WHERE sha256 = ?1")?
        .execute([hash.as_bytes()])?;
    Ok(())
}

/// An attachment's row and whether its content is there.
pub(crate) fn find_attachment(connection: &Connection, hash: &Digest) -> Result<Option<(i64, bool)>> {
    connection
        .prepare_cached("SELECT id, bytes IS NOT NULL FROM attachment WHERE sha256 = ?1")?
        .query_row([hash.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
}

pub(crate) fn attachment(connection: &Connection, hash: &Digest) -> Result<Option<Vec<u8>>> {
    connection
        .prepare_cached("SELECT bytes FROM attachment WHERE sha256 = ?1")?
        .query_row([hash.as_bytes()], |row| row.get(0))
        .optional()
        .map(Option::flatten)
}

/// A column that holds a hash.
pub(crate) fn digest(row: &rusqlite::Row<'_>, column: usize) -> Result<Digest> {
    let value = row.get_ref(column)?;
    value.as_blob().ok().and_then(Digest::from_slice).ok_or_else(|| {
        let problem = format!("expected a hash of 32 bytes, found {value:?}");
        rusqlite::Error::FromSqlConversionFailure(column, value.data_type(), problem.into())
    })
}
