//! Events: the chain that holds an election's data together (specification, "Public data").

use crate::digest::Digest;
use crate::fault::Fault;
use serde::{Deserialize, Serialize};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EventKind {
    /// The election was set up.
    Setup,
    /// A ballot was cast.
    Ballot,
    /// The box was closed.
    EndBallots,
    /// The ballots were tallied in encrypted form.
    EncryptedTally,
    /// A trustee shuffled the ranked and graded ballots.
    Shuffle,
    /// Shuffling ended.
    EndShuffles,
    /// A trustee decrypted.
    PartialDecryption,
    /// The result was published.
    Result,
}

impl EventKind {
    /// Its name in the archive.
    pub fn name(self) -> &'static str {
        match self {
            Self::Setup => "Setup",
            Self::Ballot => "Ballot",
            Self::EndBallots => "EndBallots",
            Self::EncryptedTally => "EncryptedTally",
            Self::Shuffle => "Shuffle",
            Self::EndShuffles => "EndShuffles",
            Self::PartialDecryption => "PartialDecryption",
            Self::Result => "Result",
        }
    }

    fn has_payload(self) -> bool {
        !matches!(self, Self::EndBallots | Self::EndShuffles)
    }

    /// Whether it can come after `last`, none at the beginning.
    fn may_follow(self, last: Option<Self>, has_rankings: bool) -> bool {
        match last {
            None => self == Self::Setup,
            Some(Self::Setup | Self::Ballot) => matches!(self, Self::Ballot | Self::EndBallots),
            Some(Self::EndBallots) => self == Self::EncryptedTally,
            Some(Self::EncryptedTally) if has_rankings => self == Self::Shuffle,
            Some(Self::Shuffle) => matches!(self, Self::Shuffle | Self::EndShuffles),
            Some(Self::EncryptedTally | Self::EndShuffles) => self == Self::PartialDecryption,
            Some(Self::PartialDecryption) => matches!(self, Self::PartialDecryption | Self::Result),
            Some(Self::Result) => false,
        }
    }
}

/// One link of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// The hash of the event before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<Digest>,
    /// Its number, from 0.
    pub height: u64,
    /// What happened.
    pub r#type: EventKind,
    /// The hash of the message it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<Digest>,
}

/// The last link of a chain, and what may follow.
#[derive(Debug, Clone, Default)]
pub struct Chain {
    last: Option<(Digest, EventKind)>,
    events: u64,
}

impl Chain {
    /// The last event's kind; none before the first.
    pub fn last(&self) -> Option<EventKind> {
        self.last.map(|(_, kind)| kind)
    }

    /// The number of events.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// The last event's hash: who keeps it can show later that nothing was removed.
    pub fn head(&self) -> Option<Digest> {
        self.last.map(|(hash, _)| hash)
    }

    /// The next event of the chain.
    pub fn link(&self, kind: EventKind, payload: Option<Digest>) -> Event {
        Event { parent: self.head(), height: self.events, r#type: kind, payload }
    }

    /// Checks an event and makes it the last one, whatever is wrong with it.
    pub fn push(&mut self, event: &Event, hash: Digest, has_rankings: bool) -> Vec<Fault> {
        let mut faults = Vec::new();
        if event.parent != self.head() {
            let text = |parent: Option<Digest>| parent.map_or("none".to_owned(), |hash| hash.to_string());
            faults.push(Fault::EventParent { expected: text(self.head()), actual: text(event.parent) });
        }
        if event.height != self.events {
            faults.push(Fault::EventHeight { expected: self.events, actual: event.height });
        }
        faults.extend(self.order_fault(event.r#type, has_rankings));
        if event.payload.is_some() != event.r#type.has_payload() {
            let must = if event.r#type.has_payload() { "have" } else { "not have" };
            faults.push(Fault::EventPayload { event: event.r#type.name(), must });
        }
        self.last = Some((hash, event.r#type));
        self.events += 1;
        faults
    }

    /// Why an event of this kind cannot come now; none if it can.
    pub fn order_fault(&self, kind: EventKind, has_rankings: bool) -> Option<Fault> {
        let after = match self.last() {
            None => "at the beginning".to_owned(),
            Some(last) => format!("after {}", last.name()),
        };
        let allowed = kind.may_follow(self.last(), has_rankings);
        (!allowed).then_some(Fault::EventOrder { event: kind.name(), after })
    }
}

/// The payload of the first event: what the election consists of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    /// The hash of the election.
    pub election: Digest,
    /// The hash of the trustees' keys.
    pub trustees: Digest,
    /// The hash of the list of public credentials.
    pub credentials: Digest,
}

/// A message with the number of the trustee whose it is, from 1: the payload of shuffles and partial decryptions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Owned {
    /// The trustee's number.
    pub owner: u64,
    /// The message's hash.
    pub payload: Digest,
}
