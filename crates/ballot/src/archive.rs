//! The archive of an election, a `.bel` file (specification, "Public data"): an old-style tar archive that only
//! grows, of records named by the SHA-256 of their content.
//!
//! Every byte of a record's tar header follows from its kind, its content and the archive's time, so that a reader
//! compares the header with the one it would write.

use crate::digest::Digest;
use crate::fault::Fault;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::io::{self, Read, Seek, SeekFrom, Write};

const BLOCK_BYTES: usize = 512;
const HEADER_NAME: &str = "BELENIOS";
const ARCHIVE_VERSION: u64 = 1;
/// The longest record that is read; a shuffle of 100,000 ballots over 2,048 bits stays below.
pub const RECORD_LIMIT_BYTES: u64 = 1 << 30;

/// Where something stands in an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Position {
    /// The record's number; the header is record 0.
    pub record: u64,
    /// The byte at which its content begins.
    pub byte: u64,
}

/// What a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordKind {
    /// A message.
    Data,
    /// A link of the chain.
    Event,
}

impl RecordKind {
    fn suffix(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Event => "event",
        }
    }
}

/// A record with its content.
#[derive(Debug, Clone)]
pub struct Record {
    /// What it is.
    pub kind: RecordKind,
    /// The hash of its content.
    pub hash: Digest,
    /// The content.
    pub content: Vec<u8>,
    /// Where it stands.
    pub position: Position,
    /// What is wrong with its header, if anything.
    pub fault: Option<Fault>,
}

/// The first record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchiveHeader {
    version: u64,
    #[serde(serialize_with = "write_timestamp", deserialize_with = "read_timestamp")]
    timestamp: u64,
}

fn write_timestamp<S: Serializer>(timestamp: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(timestamp)
}

/// Seconds since 1970, written as a string by all versions seen and as a number by the specification.
fn read_timestamp<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Text {
        Number(u64),
        Decimal(String),
    }
    match Text::deserialize(deserializer)? {
        Text::Number(number) => Ok(number),
        Text::Decimal(text) => text.parse().map_err(de::Error::custom),
    }
}

impl ArchiveHeader {
    /// The header of an archive begun at `timestamp` (seconds since 1970).
    pub fn new(timestamp: u64) -> Self {
        Self { version: ARCHIVE_VERSION, timestamp }
    }
}

/// The tar header of a record.
fn tar_header(name: &str, length: u64, timestamp: u64) -> [u8; BLOCK_BYTES] {
    let mut block = [0; BLOCK_BYTES];
    let mut put = |position: usize, text: &str| {
        block[position..position + text.len()].copy_from_slice(text.as_bytes());
    };
    put(0, name);
    put(100, "0000644");
    put(108, "0000000");
    put(116, "0000000");
    put(124, &format!("{length:011o}"));
    put(136, &format!("{:011o}", timestamp & 0o77777777777));
    put(148, "        ");
    put(156, "0");
    let sum: u32 = block.iter().map(|&byte| u32::from(byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

fn padding(length: u64) -> u64 {
    length.next_multiple_of(BLOCK_BYTES as u64) - length
}

/// Appends one record.
pub(crate) fn write_record(
    out: &mut impl Write,
    kind: RecordKind,
    content: &[u8],
    timestamp: u64,
) -> io::Result<()> {
    let name = format!("{}.{}.json", Digest::of(content), kind.suffix());
    write_named(out, &name, content, timestamp)
}

/// Writes the header record, with which an archive begins.
pub(crate) fn write_header(out: &mut impl Write, header: &ArchiveHeader) -> io::Result<()> {
    write_named(out, HEADER_NAME, &crate::canonical(header), header.timestamp)
}

fn write_named(out: &mut impl Write, name: &str, content: &[u8], timestamp: u64) -> io::Result<()> {
    let length = content.len() as u64;
    out.write_all(&tar_header(name, length, timestamp))?;
    out.write_all(content)?;
    out.write_all(&[0; BLOCK_BYTES][..padding(length) as usize])
}

/// Reads an archive record by record.
pub struct RecordReader<R> {
    input: R,
    timestamp: u64,
    next: Position,
}

/// A raw record: its tar header, name and content.
struct Raw {
    block: [u8; BLOCK_BYTES],
    name: String,
    content: Vec<u8>,
    position: Position,
}

impl<R: Read> RecordReader<R> {
    /// Reads the header record.
    pub fn new(input: R) -> Result<Self, Fault> {
        let mut reader = Self { input, timestamp: 0, next: Position { record: 0, byte: BLOCK_BYTES as u64 } };
        let Some(raw) = reader.raw()? else {
            return Err(Fault::NotAnArchive { reason: "it is empty".to_owned() });
        };
        if raw.name != HEADER_NAME {
            return Err(Fault::NotAnArchive { reason: format!("its first record is not {HEADER_NAME}") });
        }
        let header: ArchiveHeader = serde_json::from_slice(&raw.content)
            .map_err(|error| Fault::unreadable("the archive's header", &error))?;
        if header.version != ARCHIVE_VERSION {
            return Err(Fault::NotAnArchive {
                reason: format!("its version is {} instead of {ARCHIVE_VERSION}", header.version),
            });
        }
        reader.timestamp = header.timestamp;
        if raw.block != tar_header(HEADER_NAME, raw.content.len() as u64, header.timestamp) {
            return Err(Fault::RecordHeader);
        }
        Ok(reader)
    }

    /// When the archive was begun, in seconds since 1970.
    pub fn timestamp(&self) -> u64 {
        self.timestamp
    }

    /// Where the next record stands.
    pub fn position(&self) -> Position {
        self.next
    }

    /// The byte at which the records read so far end.
    pub fn end(&self) -> u64 {
        self.next.byte - BLOCK_BYTES as u64
    }

    /// What is read from.
    pub fn get_mut(&mut self) -> &mut R {
        &mut self.input
    }

    /// Passes over records that the caller knows, having made them itself.
    pub(crate) fn skip(&mut self, records: u64, bytes: u64) -> Result<(), Fault>
    where
        R: Seek,
    {
        self.next.record += records;
        self.next.byte += bytes;
        self.input.seek(SeekFrom::Start(self.next.byte - BLOCK_BYTES as u64))?;
        Ok(())
    }

    /// The next record; none at the end. After an error nothing more can be read.
    pub fn next_record(&mut self) -> Result<Option<Record>, Fault> {
        let Some(raw) = self.raw()? else {
            return Ok(None);
        };
        let hash = Digest::of(&raw.content);
        let kind = match raw.name.split_once('.') {
            Some((_, "event.json")) => RecordKind::Event,
            _ => RecordKind::Data,
        };
        let name = format!("{hash}.{}.json", kind.suffix());
        let fault = if raw.name != name {
            Some(Fault::RecordName { name: raw.name, hash })
        } else if raw.block != tar_header(&name, raw.content.len() as u64, self.timestamp) {
            Some(Fault::RecordHeader)
        } else {
            None
        };
        Ok(Some(Record { kind, hash, content: raw.content, position: raw.position, fault }))
    }

    fn raw(&mut self) -> Result<Option<Raw>, Fault> {
        let mut block = [0; BLOCK_BYTES];
        let read = read_up_to(&mut self.input, &mut block)?;
        if read == 0 {
            return Ok(None);
        }
        if read < BLOCK_BYTES {
            return Err(Fault::Truncated { missing_bytes: (BLOCK_BYTES - read) as u64 });
        }
        let end = block[..100].iter().position(|&byte| byte == 0).unwrap_or(100);
        let name = String::from_utf8_lossy(&block[..end]).into_owned();
        let length = std::str::from_utf8(&block[124..135])
            .ok()
            .filter(|text| text.bytes().all(|byte| matches!(byte, b'0'..=b'7')))
            .and_then(|text| u64::from_str_radix(text, 8).ok())
            .ok_or(Fault::RecordHeader)?;
        if length > RECORD_LIMIT_BYTES {
            return Err(Fault::TooLarge {
                message: "the record",
                limit_bytes: RECORD_LIMIT_BYTES,
                actual_bytes: length,
            });
        }
        let content = self.content(length)?;
        let position = self.next;
        self.next.record += 1;
        self.next.byte += length + padding(length) + BLOCK_BYTES as u64;
        Ok(Some(Raw { block, name, content, position }))
    }

    fn content(&mut self, length: u64) -> Result<Vec<u8>, Fault> {
        let padded = length + padding(length);
        let mut content = Vec::new();
        let read = self.input.by_ref().take(padded).read_to_end(&mut content)? as u64;
        if read < padded {
            return Err(Fault::Truncated { missing_bytes: padded - read });
        }
        if content[length as usize..].iter().any(|&byte| byte != 0) {
            return Err(Fault::RecordHeader);
        }
        content.truncate(length as usize);
        Ok(content)
    }
}

fn read_up_to(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match input.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
