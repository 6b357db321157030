//! The stored tree heads and subtree roots, held against a tree that is built anew.

use crate::digest::Digest;
use crate::directory::Directory;
use crate::scan::Stop;
use crate::tables::record::{self as tables, SUBTREE_LEVEL};
use crate::tree::Frontier;
use crate::verify::{Difference, Place};
use rusqlite::Connection;
use std::collections::VecDeque;

/// How many rows are read at once: a few statements for a million heads, a few kilobytes of memory.
const PAGE_ROWS: usize = 1024;

/// Walks through the stored heads and subtree roots while the tree grows.
pub(crate) struct Heads<'a> {
    heads: Stored<'a>,
    subtrees: Stored<'a>,
    /// The size at which the last head fitted: what differs lies after it.
    fitted: u64,
}

impl<'a> Heads<'a> {
    pub(crate) fn new(directory: &'a Directory, connection: &'a Connection) -> Self {
        let heads = "SELECT size, root FROM tree_head WHERE size > ?1 ORDER BY size LIMIT ?2";
        let subtrees = "SELECT position, root FROM subtree WHERE position > ?1 ORDER BY position LIMIT ?2";
        Self {
            heads: Stored::new(directory, connection, heads),
            subtrees: Stored::new(directory, connection, subtrees),
            fitted: 0,
        }
    }

    /// Adds a leaf, and holds the subtree that it completes against the stored root.
    pub(crate) fn push(&mut self, frontier: &mut Frontier, leaf: Digest) -> Result<(), Stop> {
        let mut complete = None;
        frontier.push_seeing(0, leaf, |level, root| {
            if level == SUBTREE_LEVEL {
                complete = Some(*root);
            }
        });
        let Some(root) = complete else { return Ok(()) };
        let number = (frontier.size() >> SUBTREE_LEVEL) - 1;
        if self.subtrees.next()? == Some((number, root)) {
            return Ok(());
        }
        let problem =
            "it is missing or not the root over these entries, which are as they were hashed one by one";
        Err(Stop::Difference(Difference::new(Place::Subtree(number << SUBTREE_LEVEL), problem)))
    }

    /// Holds the tree against the stored head of its size, if there is one.
    pub(crate) fn check(&mut self, frontier: &Frontier) -> Result<(), Stop> {
        let size = frontier.size();
        match self.heads.peek()? {
            Some((head, root)) if head == size => {
                self.heads.next()?;
                let computed = frontier.root();
                if computed != root {
                    return Err(Stop::Difference(self.misfit(size, &computed, &root)));
                }
                self.fitted = size;
                Ok(())
            }
            None | Some(_) => Ok(()),
        }
    }

    fn misfit(&self, size: u64, computed: &Digest, stored: &Digest) -> Difference {
        let entries = match size - self.fitted {
            0 => "no entries".into(),
            1 => format!("entry {}", self.fitted),
            _ => format!("one or more of entries {} to {}", self.fitted, size - 1),
        };
        let problem = format!(
            "it says {stored}, the entries give {computed}: {entries} or the head was changed or swapped after the \
             tree head of {} entries, which fits",
            self.fitted
        );
        Difference::new(Place::TreeHead(size), problem)
    }
}

/// Numbered hashes of a table, read page by page in order.
struct Stored<'a> {
    directory: &'a Directory,
    connection: &'a Connection,
    statement: &'static str,
    page: VecDeque<(u64, Digest)>,
    last: i64,
    ended: bool,
}

impl<'a> Stored<'a> {
    fn new(directory: &'a Directory, connection: &'a Connection, statement: &'static str) -> Self {
        Self { directory, connection, statement, page: VecDeque::new(), last: -1, ended: false }
    }

    fn peek(&mut self) -> Result<Option<(u64, Digest)>, Stop> {
        if self.page.is_empty() && !self.ended {
            self.turn().map_err(Stop::database(self.directory, Place::Database))?;
        }
        Ok(self.page.front().copied())
    }

    fn next(&mut self) -> Result<Option<(u64, Digest)>, Stop> {
        let next = self.peek()?;
        self.page.pop_front();
        Ok(next)
    }

    fn turn(&mut self) -> rusqlite::Result<()> {
        let mut statement = self.connection.prepare_cached(self.statement)?;
        let mut rows = statement.query([self.last, PAGE_ROWS as i64])?;
        while let Some(row) = rows.next()? {
            self.last = row.get(0)?;
            self.page.push_back((row.get(0)?, tables::digest(row, 1)?));
        }
        self.ended = self.page.len() < PAGE_ROWS;
        Ok(())
    }
}
