//! `members.csv`: `member,workplace[,standing][,kind]`.

use super::rows::{Row, Rows};
use super::workplace::WorkplaceRoll;
use super::{Headings, Lines, Refusals, RollError, check_name, no_headings};
use crate::charter::Charter;
use crate::diagnostic::{Diagnostic, meant, nearest, quoted};
use compact_str::CompactString;
use hashbrown::HashTable;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::io::BufRead;

/// The register of members. Seven million take about 350 MB, reading included.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemberRoll {
    /// The members, in the file's order.
    pub members: Vec<Member>,
    /// What became of the file's lines.
    pub lines: Lines,
}

/// A person or an organisation on the roll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// An opaque identifier and nothing else.
    pub id: CompactString,
    /// Index of the workplace on the roll of workplaces.
    pub workplace: u32,
    /// Whether dues are paid and rights suspended.
    pub standing: Standing,
    /// A person or an organisation.
    pub kind: MemberKind,
}

/// A member's standing; what it leaves the member is in `[members]`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Has all rights.
    #[default]
    Active,
    /// Behind with dues.
    Arrears,
    /// Suspended by a decision.
    Suspended,
}

/// What a member is; each has one vote.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum MemberKind {
    /// A person.
    #[default]
    Person,
    /// An organisation, a co-operative for example, where the charter admits them.
    Organisation,
}

impl MemberRoll {
    /// Members by workplace, of every standing.
    pub fn by_workplace(&self, workplaces: &WorkplaceRoll) -> Vec<u64> {
        let mut members = vec![0; workplaces.workplaces.len()];
        for member in &self.members {
            if let Some(count) = members.get_mut(member.workplace as usize) {
                *count += 1;
            }
        }
        members
    }
}

const STANDINGS: [(&str, Standing); 3] =
    [("active", Standing::Active), ("arrears", Standing::Arrears), ("suspended", Standing::Suspended)];
const KINDS: [(&str, MemberKind); 2] =
    [("person", MemberKind::Person), ("organisation", MemberKind::Organisation)];
const EXAMPLE: &str = "member,workplace,standing,kind";

/// Reads a roll of members against the roll of their workplaces.
///
/// # Errors
/// Where the file cannot be read, or with all that is wrong in it.
pub fn read_members(
    input: impl BufRead,
    workplaces: &WorkplaceRoll,
    charter: &Charter,
) -> Result<MemberRoll, RollError> {
    let mut rows = Rows::new(input);
    let columns = match rows.next()? {
        None => Err(vec![no_headings(EXAMPLE)]),
        Some(row) => row.map_err(|error| vec![error]).and_then(Columns::read),
    };
    let reader = Reader {
        columns: columns.map_err(Refusals::of)?,
        workplaces: workplaces.workplaces.iter().map(|workplace| workplace.id.as_str()).zip(0..).collect(),
        organisations: charter.members.organisations,
    };
    let mut roll = MemberRoll::default();
    let mut refusals = Refusals::default();
    let mut seen = Seen::default();
    while let Some(row) = rows.next()? {
        let member = row.map_err(|error| vec![error]).and_then(|row| {
            let member = reader.member(row)?;
            match seen.first_line(&member.id, row.number(), &roll.members) {
                None => Ok(member),
                Some(first) => Err(vec![reader.duplicate(row, first)]),
            }
        });
        match member {
            Ok(member) => roll.members.push(member),
            Err(errors) => refusals.add_line(errors),
        }
    }
    let lines = Lines { read: roll.members.len() as u64, refused: refusals.lines.refused, empty: rows.empty };
    roll.lines = lines;
    refusals.lines = lines;
    if refusals.total == 0 { Ok(roll) } else { Err(refusals.into()) }
}

/// Ids already read, as indices into the members: millions of them, so that no id is kept twice.
#[derive(Default)]
struct Seen {
    /// The id's digest beside the index, so that most comparisons and every enlargement leave the members alone.
    table: HashTable<(u32, u32)>,
    lines: Vec<u32>,
    hasher: RandomState,
}

impl Seen {
    /// The line on which an id stands already; else notes that it will be the next of `members`.
    fn first_line(&mut self, id: &str, line: usize, members: &[Member]) -> Option<usize> {
        let digest = self.hasher.hash_one(id) as u32;
        let is_same = |(other, index): &(u32, u32)| *other == digest && members[*index as usize].id == id;
        if let Some((_, index)) = self.table.find(spread(digest), is_same) {
            return Some(self.lines[*index as usize] as usize);
        }
        // A roll holds fewer than 2^32 lines: at two bytes a line the file would have eight gigabytes of nothing.
        self.table
            .insert_unique(spread(digest), (digest, members.len() as u32), |(digest, _)| spread(*digest));
        self.lines.push(line as u32);
        None
    }
}

/// A digest over 64 bits, as the table wants it (Fibonacci hashing: Knuth, volume 3, section 6.4).
fn spread(digest: u32) -> u64 {
    u64::from(digest).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

struct Columns {
    headings: Headings,
    member: usize,
    workplace: usize,
    standing: Option<usize>,
    kind: Option<usize>,
}

impl Columns {
    fn read(row: &Row) -> Result<Self, Vec<Diagnostic>> {
        const KNOWN: [&str; 4] = ["member", "workplace", "standing", "kind"];
        let headings = Headings::read(row).map_err(|error| vec![error])?;
        let mut errors = Vec::new();
        let member = headings.need("member", "the member's id", &mut errors);
        let workplace = headings.need("workplace", "the id of the member's workplace", &mut errors);
        let names = headings.names.iter().enumerate();
        for (index, name) in names.filter(|(_, name)| !KNOWN.contains(&name.as_str())) {
            let expected = "the columns member, workplace, standing and kind, and no personal data";
            let remedy = meant(nearest(name, KNOWN), "remove the column");
            errors.push(row.place(index).error(
                "headings",
                format!("the column {}", quoted(name)),
                expected,
                remedy,
            ));
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let (standing, kind) = (headings.find("standing"), headings.find("kind"));
        Ok(Self { headings, member, workplace, standing, kind })
    }
}

struct Reader<'w> {
    columns: Columns,
    /// Indices of workplaces by id; only ever looked up, never walked through.
    workplaces: HashMap<&'w str, u32>,
    organisations: bool,
}

impl Reader<'_> {
    /// A row as a member, or all that is wrong with it.
    fn member(&self, row: &Row) -> Result<Member, Vec<Diagnostic>> {
        let columns = &self.columns;
        let expected = columns.headings.names.len();
        if row.len() != expected {
            let error = row.place(row.len().min(expected)).error(
                "line",
                format!("{} fields", row.len()),
                format!("{expected}, as there are headings"),
                "put a field that contains the separator in quotation marks; fill in what is missing",
            );
            return Err(vec![error]);
        }
        let mut errors = Vec::new();
        errors.extend(check_name(row, columns.member, "member").err());
        let workplace = self.workplace(row).map_err(|error| errors.push(error)).unwrap_or_default();
        let standing = word(row, columns.standing, "standing", &STANDINGS);
        let standing = standing.map_err(|error| errors.push(error)).unwrap_or_default();
        let kind = word(row, columns.kind, "kind", &KINDS).and_then(|kind| self.admitted(row, kind));
        let kind = kind.map_err(|error| errors.push(error)).unwrap_or_default();
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Member { id: row.get(columns.member).into(), workplace, standing, kind })
    }

    fn workplace(&self, row: &Row) -> Result<u32, Diagnostic> {
        let index = self.columns.workplace;
        let id = row.get(index);
        self.workplaces.get(id).copied().ok_or_else(|| {
            let found = if id.is_empty() { "nothing".to_owned() } else { quoted(id) };
            let remedy = "add the workplace to that roll, or correct the id";
            row.place(index).error(
                "workplace",
                found,
                "the id of a workplace on the roll of workplaces",
                remedy,
            )
        })
    }

    fn admitted(&self, row: &Row, kind: MemberKind) -> Result<MemberKind, Diagnostic> {
        match (kind, self.columns.kind) {
            (MemberKind::Organisation, Some(index)) if !self.organisations => Err(row.place(index).error(
                "members.organisations",
                "\"organisation\"",
                "persons only, as the charter says",
                "set organisations = true in [members] of the charter, or remove the line",
            )),
            _ => Ok(kind),
        }
    }

    fn duplicate(&self, row: &Row, first: usize) -> Diagnostic {
        row.place(self.columns.member).error(
            "member",
            format!("{}, which is on line {first} already", quoted(row.get(self.columns.member))),
            "every member once: nobody votes in two workplaces",
            "remove one of the two lines",
        )
    }
}

/// The choice that a field's word stands for; the first where the column or the word is absent.
fn word<T: Copy + Default>(
    row: &Row,
    index: Option<usize>,
    column: &str,
    words: &[(&str, T)],
) -> Result<T, Diagnostic> {
    let Some(index) = index.filter(|index| !row.get(*index).is_empty()) else { return Ok(T::default()) };
    let given = row.get(index);
    let known = words.iter().find(|(word, _)| *word == given).map(|(_, choice)| *choice);
    known.ok_or_else(|| {
        let names = || words.iter().map(|(word, _)| *word);
        let expected = format!("one of {}", names().collect::<Vec<_>>().join(", "));
        row.place(index).error(
            column,
            quoted(given),
            expected,
            meant(nearest(given, names()), "write one of them"),
        )
    })
}
