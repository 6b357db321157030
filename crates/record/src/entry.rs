//! An entry: one line of JSON, kept exactly as it was first written. The record reads of it only the envelope:
//! the version, and which attachments the entry brings and which it erases. The event inside is the core's.
//!
//! ```json
//! {"v":1,"at":"2027-01-04T09:00:00Z","by":"M12","attachments":["9f86…"],"event":{…}}
//! ```

use crate::digest::Digest;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize, de};
use std::borrow::Cow;

/// The newest version of entries that this program reads, and the one that it writes.
pub const ENTRY_VERSION: u64 = 1;

/// The most bytes that an entry may have. Whatever is larger belongs in an attachment.
pub const ENTRY_BYTES_MAX: usize = 16 << 20;

/// An entry to be written.
#[derive(Serialize)]
pub struct Envelope<'a, E> {
    v: u64,
    at: &'a str,
    by: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    attachments: &'a [Digest],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    erases: &'a [Digest],
    event: &'a E,
}

impl<'a, E: Serialize> Envelope<'a, E> {
    /// An entry that says what happened (`event`), when (`at`, an RFC 3339 time) and on whose command (`by`).
    pub fn new(at: &'a str, by: &'a str, event: &'a E) -> Self {
        Self { v: ENTRY_VERSION, at, by, attachments: &[], erases: &[], event }
    }

    /// Names the attachments that come with this entry, or that it uses again.
    #[must_use]
    pub fn attaching(mut self, attachments: &'a [Digest]) -> Self {
        self.attachments = attachments;
        self
    }

    /// Names the attachments whose content this entry erases; their hashes stay.
    #[must_use]
    pub fn erasing(mut self, erases: &'a [Digest]) -> Self {
        self.erases = erases;
        self
    }

    /// The entry's bytes: one line, without the line feed.
    ///
    /// # Errors
    /// What serde_json says of an event that has no JSON form (a map whose keys are not texts).
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }
}

/// What the record reads of an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mentions {
    /// The attachments that the entry brings or uses again.
    pub attachments: Vec<Digest>,
    /// The attachments whose content the entry erases.
    pub erases: Vec<Digest>,
}

/// Why bytes are not an entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// Longer than [`ENTRY_BYTES_MAX`].
    #[error(
        "the entry has {bytes} bytes, the limit is {ENTRY_BYTES_MAX}; what is larger belongs in an attachment"
    )]
    TooLong {
        /// Its length in bytes.
        bytes: usize,
    },
    /// It would not stay one line of the exported file.
    #[error("column {column}: an entry is one line, but here is a line break")]
    LineBreak {
        /// The byte's place, from 1.
        column: usize,
    },
    /// Not UTF-8.
    #[error("column {column}: the byte {byte:#04x} is not UTF-8")]
    NotUtf8 {
        /// The byte's place, from 1.
        column: usize,
        /// The byte.
        byte: u8,
    },
    /// Not JSON, or not an entry's envelope.
    #[error("column {column}: not an entry: {problem}")]
    Malformed {
        /// The place in bytes, from 1.
        column: usize,
        /// What the JSON parser says.
        problem: String,
    },
    /// Written by a later program.
    #[error(
        "the entry is of version {found}, this program reads up to version {ENTRY_VERSION}: take a newer program"
    )]
    LaterVersion {
        /// The entry's version.
        found: u64,
    },
}

/// Checks that these bytes are an entry, and reads which attachments they mention.
///
/// # Errors
/// The first thing that makes them none.
pub fn read_mentions(bytes: &[u8]) -> Result<Mentions, EntryError> {
    if bytes.len() > ENTRY_BYTES_MAX {
        return Err(EntryError::TooLong { bytes: bytes.len() });
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        EntryError::NotUtf8 { column: at + 1, byte: bytes[at] }
    })?;
    if let Some(at) = memchr::memchr2(b'\n', b'\r', bytes) {
        return Err(EntryError::LineBreak { column: at + 1 });
    }
    let read: ReadEnvelope = serde_json::from_str(text).map_err(malformed)?;
    match read.v {
        ENTRY_VERSION => Ok(Mentions { attachments: read.attachments, erases: read.erases }),
        0 => {
            Err(EntryError::Malformed { column: 1, problem: "versions begin at 1, this is version 0".into() })
        }
        found => Err(EntryError::LaterVersion { found }),
    }
}

fn malformed(error: serde_json::Error) -> EntryError {
    let problem = error.to_string();
    let at = format!(" at line {} column {}", error.line(), error.column());
    EntryError::Malformed { column: error.column(), problem: problem.replace(&at, "") }
}

/// The envelope as it is read: what the record does not need is checked to be JSON and passed over.
#[derive(Deserialize)]
struct ReadEnvelope {
    v: u64,
    #[serde(default)]
    attachments: Vec<Digest>,
    #[serde(default)]
    erases: Vec<Digest>,
    #[serde(rename = "event")]
    _event: IgnoredAny,
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        Digest::from_hex(&text).ok_or_else(|| {
            de::Error::custom(format!("\"{text}\" is not a hash of 64 lower-case hexadecimal digits"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_written_reads_back() {
        let (a, b) = (Digest::of(b"a"), Digest::of(b"b"));
        let event = json!({"founded": {"name": "Valley\n"}});
        let plain = Envelope::new("2027-01-04T09:00:00Z", "M12", &event);
        let bytes = plain.to_bytes().unwrap();
        assert_eq!(
            String::from_utf8(bytes.clone()).unwrap(),
            r#"{"v":1,"at":"2027-01-04T09:00:00Z","by":"M12","event":{"founded":{"name":"Valley\n"}}}"#
        );
        assert_eq!(read_mentions(&bytes), Ok(Mentions::default()));
        let bytes = plain.attaching(&[a, b]).erasing(&[b]).to_bytes().unwrap();
        assert_eq!(read_mentions(&bytes), Ok(Mentions { attachments: vec![a, b], erases: vec![b] }));
    }

    #[test]
    fn what_is_no_entry_is_refused_with_its_place() {
        let cases: [(&[u8], &str); 11] = [
            (b"", "column 0: not an entry: EOF while parsing a value"),
            (b"{\"v\":1,\"event\":{}", "column 17: not an entry: EOF while parsing an object"),
            (b"{\"v\":1,\"event\":{}} {}", "column 20: not an entry: trailing characters"),
            (b"{\"v\":1,\"event\":{},}", "column 19: not an entry: trailing comma"),
            (b"{\"v\":1,\n\"event\":{}}", "column 8: an entry is one line, but here is a line break"),
            (b"{\"v\":1,\"event\":\"\xff\"}", "column 17: the byte 0xff is not UTF-8"),
            (b"{\"v\":1}", "column 7: not an entry: missing field `event`"),
            (b"{\"event\":{}}", "column 12: not an entry: missing field `v`"),
            (b"{\"v\":1,\"v\":1,\"event\":{}}", "column 10: not an entry: duplicate field `v`"),
            (
                b"{\"v\":1,\"event\":{},\"erases\":[\"abc\"]}",
                "column 34: not an entry: \"abc\" is not a hash of 64 lower-case hexadecimal digits",
            ),
            (
                b"{\"v\":2,\"event\":{}}",
                "the entry is of version 2, this program reads up to version 1: take a newer program",
            ),
        ];
        for (bytes, message) in cases {
            let error = read_mentions(bytes).unwrap_err().to_string();
            assert_eq!(error, message, "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn a_long_entry_is_refused() {
        let bytes = vec![b' '; ENTRY_BYTES_MAX + 1];
        assert_eq!(read_mentions(&bytes), Err(EntryError::TooLong { bytes: ENTRY_BYTES_MAX + 1 }));
    }

    /// However deep an event nests, the check neither overflows the stack nor refuses it.
    #[test]
    fn a_deep_event_is_read() {
        let deep = format!("{{\"v\":1,\"event\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(read_mentions(deep.as_bytes()), Ok(Mentions::default()));
    }
}
