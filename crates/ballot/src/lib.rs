//! Secret verifiable ballots: the Belenios protocol, to the letter of its specification (versions 2.0 to 2.5 of
//! Belenios, which write version 1 into their elections; 3.x reads and writes the same).
//!
//! # Where to begin
//!
//! - An auditor opens an archive with [`Audit::open`], [`Audit::run`]s it and looks at [`Audit::failures`] and
//!   [`Audit::outcome`].
//! - An election officer and the trustees make keys, credentials and the election with [`GroupName`], and begin an
//!   archive with [`begin_archive`].
//! - Voters, trustees and the keeper of the box go on from an audited archive: [`Audit::encrypt`], [`Audit::cast`],
//!   [`Audit::close`], [`Audit::shuffle`], [`Audit::decrypt`], [`Audit::publish_result`].
//!
//! Everything that can be wrong has a name: [`Fault`].
//!
//! # Deliberately absent
//!
//! No clock, no environment, no files: times come from the caller, and what is read or written is passed in.
//! Randomness is the operating system's ([`SystemRandomness`]); seeds exist for tests alone.

mod answer;
mod archive;
mod audit;
mod ballot;
mod board;
mod ceremony;
mod ciphertext;
mod credential;
mod decryption;
mod digest;
mod ed25519;
mod election;
mod event;
mod exponentiation;
mod fault;
mod field;
mod group;
mod jacobi;
mod keeper;
mod lanes;
mod limbs;
mod membership;
mod opened;
mod outcome;
mod part;
mod proof;
mod question;
mod randomness;
mod roles;
mod setup;
mod shuffle;
mod signing;
mod tally;
mod trustee;

pub use archive::{Position, RECORD_LIMIT_BYTES};
pub use audit::{Audit, AuditOptions, Counts, Failure};
pub use ballot::BALLOT_LIMIT_BYTES;
pub use board::BoxEntry;
pub use credential::{CredentialStyle, PublicCredentials, TOTAL_WEIGHT_LIMIT, Weight};
pub use digest::Digest;
pub use ed25519::Ed25519;
pub use election::{Parameters, Template, check_uuid, new_uuid};
pub use event::{Chain, Event, EventKind};
pub use fault::Fault;
pub use field::{Belenios2048, Rfc3526};
pub use group::{Element, Group, Job, Scalar, Term};
pub use keeper::begin_archive;
pub use opened::OpenedVote;
pub use outcome::{Outcome, QuestionOutcome};
pub use part::{Parts, divide};
pub use question::{Choice, Question, Ranking};
#[cfg(any(test, feature = "seeded-randomness"))]
pub use randomness::SeededRandomness;
pub use randomness::{Randomness, SystemRandomness};
pub use roles::{OwnedMessage, PrivateKey};
pub use setup::{
    CeremonyFiles, CeremonyPlace, CertificateFiles, CredentialFiles, GroupName, TrusteeKeyFiles, Voter,
};
pub use signing::Seed;

/// The tracking number of a cast ballot: the Base64 of its hash.
pub fn tracking_number(ballot: &[u8]) -> String {
    Digest::of(ballot).to_base64()
}

/// The canonical form of a message: compact JSON with its fields in the specification's order.
pub(crate) fn canonical(message: &impl serde::Serialize) -> Vec<u8> {
    // Messages are structs, lists and strings: their serialization cannot fail.
    serde_json::to_vec(message).expect("messages serialize")
}
