//! Names of things: opaque identifiers, numbers in order of filing, and content hashes.

use compact_str::CompactString;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};
use std::fmt;

macro_rules! text_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(transparent)]
        pub struct $name(#[cfg_attr(feature = "schema", schemars(with = "String"))] pub CompactString);

        impl $name {
            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(CompactString::from(text))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    )*};
}

text_id! {
    /// A member: an opaque identifier and nothing else.
    MemberId;
    /// A workplace, as on the roll.
    WorkplaceId;
    /// An assembly: its level and what it groups, for example `branch-district/C25/north`, or `congress`.
    AssemblyId;
    /// An organ of an assembly, for example `economic-council@congress`.
    OrganId;
}

impl OrganId {
    /// The organ that the charter calls `kind`, of one assembly.
    pub fn of(kind: &str, assembly: &AssemblyId) -> Self {
        Self(CompactString::from(format!("{kind}@{assembly}")))
    }
}

macro_rules! number_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl $name {
            /// The one that is filed next, where so many are there already. They count from 1.
            pub fn next(filed: usize) -> Self {
                Self(u32::try_from(filed + 1).unwrap_or(u32::MAX))
            }

            /// The place in the list that holds them in order of filing.
            pub fn index(self) -> usize {
                (self.0 as usize).wrapping_sub(1)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )*};
}

number_id! {
    /// An election, by order of calling.
    ElectionId;
    /// A meeting, by order of convening.
    MeetingId;
    /// A vote in a meeting, by order of opening.
    VoteId;
    /// A motion, by order of filing.
    MotionId;
    /// Theses, by order of publication.
    ThesesId;
    /// A circular, by order of sending.
    CircularId;
    /// A recall, by order of starting.
    RecallId;
    /// A vote of all members, by order of calling.
    ReferendumId;
    /// A variant of the plan, by order of submission.
    VariantId;
}

/// SHA-256 of an attachment's bytes, written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The hash of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let mut hash = [0; 32];
        hex::decode_to_slice(text.as_bytes(), &mut hash)
            .map_err(|_| de::Error::custom(format!("{text:?} is not a SHA-256 of 64 hexadecimal digits")))?;
        Ok(Self(hash))
    }
}

/// The bytes of an attachment inside a command. As JSON: a string where the bytes are UTF-8, otherwise
/// `{"hex": "…"}`.
#[derive(Clone, PartialEq, Eq)]
pub struct Blob(pub Vec<u8>);

impl Blob {
    /// The content hash that the record keeps it by.
    pub fn hash(&self) -> Hash {
        Hash::of(&self.0)
    }
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blob({} bytes)", self.0.len())
    }
}

impl From<&str> for Blob {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum StoredBlob {
    Text(String),
    Bytes { hex: String },
}

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(&self.0) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => StoredBlob::Bytes { hex: hex::encode(&self.0) }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match StoredBlob::deserialize(deserializer)? {
            StoredBlob::Text(text) => Ok(Self(text.into_bytes())),
            StoredBlob::Bytes { hex } => hex::decode(&hex).map(Self).map_err(de::Error::custom),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blob_comes_back_from_json_whatever_its_bytes() {
        for bytes in [b"plain".to_vec(), "r\u{fc}ckruf".into(), vec![0xff, 0, 0x80], Vec::new()] {
            let json = serde_json::to_string(&Blob(bytes.clone())).unwrap();
            assert_eq!(serde_json::from_str::<Blob>(&json).unwrap().0, bytes, "{json}");
        }
    }

    #[test]
    fn hash_of_nothing_is_the_published_one() {
        // FIPS 180-4 example, SHA-256 of the empty message.
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Hash::of(b"").to_string(), empty);
        assert!(serde_json::from_str::<Hash>("\"e3b0\"").is_err());
    }
}
