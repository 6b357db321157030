//! Secret verifiable ballots: the Belenios protocol.

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
mod fault;
mod field;
mod group;
mod membership;
mod outcome;
mod proof;
mod question;
mod randomness;
mod roles;
mod shuffle;
mod signing;
mod tally;
mod trustee;
pub use answer::*; pub use ballot::*; pub use ciphertext::*; pub use credential::*; pub use election::*; pub use fault::*; pub use proof::*; pub use question::*;
pub use archive::*; pub use audit::*; pub use roles::{OwnedMessage, PrivateKey}; pub use ceremony::*; pub use decryption::*; pub use event::*; pub use outcome::*; pub use shuffle::*; pub use signing::*; pub use tally::*; pub use trustee::*;
pub use ed25519::*; pub use field::*; pub use group::*; pub use digest::*; pub use randomness::*;

/// The canonical form of a message: compact JSON with its fields in the specification's order.
pub(crate) fn canonical(message: &impl serde::Serialize) -> Vec<u8> {
    // Messages are structs, lists and strings: their serialization cannot fail.
    serde_json::to_vec(message).expect("messages serialize")
}
