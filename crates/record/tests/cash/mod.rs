//! A machine small enough to see through: cash boxes that are paid into and out of, and never overdrawn.

#![allow(dead_code, reason = "each test and bench needs a part of it")]

use mandate_record::entry::Envelope;
use mandate_record::{Attachments, Decision, Declined, Digest, Machine, Record};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// The name of the records in tests.
pub const ORIGIN: &str = "valley.example/cash";

/// Boxes with what is in them, and the receipts handed in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cash {
    pub boxes: BTreeMap<String, i64>,
    pub receipts: BTreeMap<String, usize>,
}

#[derive(Clone, Debug)]
pub enum Command {
    /// Pays in, or out where the amount is negative.
    Pay { cash_box: String, amount: i64 },
    /// Files a receipt.
    File { receipt: Vec<u8> },
    /// Erases the content of a receipt.
    Erase { receipt: Digest },
    /// Writes these bytes as they are: the mistake that no machine should make.
    Blunder { entry: Vec<u8>, attachment: Option<Vec<u8>> },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    Paid { cash_box: String, amount: i64 },
    Filed { receipt: String },
    Erased { receipt: String },
}

/// How much is there, where less was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overdrawn {
    pub there: i64,
}

#[derive(Deserialize)]
struct Entry {
    event: Event,
}

pub fn pay(cash_box: impl Into<String>, amount: i64) -> Command {
    Command::Pay { cash_box: cash_box.into(), amount }
}

impl Machine for Cash {
    type Command = Command;
    /// What the box holds afterwards.
    type Answer = i64;
    type Refusal = Overdrawn;
    type Event = Event;

    fn decide(&self, command: Command, _: &dyn Attachments) -> Result<Decision<i64>, Declined<Overdrawn>> {
        let (at, by) = ("2027-01-04T09:00:00Z", "M12");
        let one = |entry: Vec<u8>, attachment: Option<Vec<u8>>, answer| {
            Ok(Decision { entries: vec![entry], attachments: attachment.into_iter().collect(), answer })
        };
        match command {
            Command::Pay { cash_box, amount } => {
                let there = self.boxes.get(&cash_box).copied().unwrap_or(0);
                if there + amount < 0 {
                    return Err(Declined::Refusal(Overdrawn { there }));
                }
                let event = Event::Paid { cash_box, amount };
                one(Envelope::new(at, by, &event).to_bytes().unwrap(), None, there + amount)
            }
            Command::File { receipt } => {
                let hash = Digest::of(&receipt);
                let event = Event::Filed { receipt: hash.to_string() };
                let entry = Envelope::new(at, by, &event).attaching(&[hash]).to_bytes().unwrap();
                one(entry, Some(receipt), 0)
            }
            Command::Erase { receipt } => {
                let event = Event::Erased { receipt: receipt.to_string() };
                one(Envelope::new(at, by, &event).erasing(&[receipt]).to_bytes().unwrap(), None, 0)
            }
            Command::Blunder { entry, attachment } => one(entry, attachment, 0),
        }
    }

    fn read(entry: &[u8]) -> Result<Event, String> {
        serde_json::from_slice(entry).map(|entry: Entry| entry.event).map_err(|error| error.to_string())
    }

    fn apply(&mut self, event: Event, attachments: &dyn Attachments) -> Result<(), String> {
        match event {
            Event::Paid { cash_box, amount } => *self.boxes.entry(cash_box).or_default() += amount,
            Event::Filed { receipt } => {
                let hash = Digest::from_hex(&receipt).ok_or("no hash")?;
                // Once erased, a receipt counts with the length that is left of it.
                let content = attachments.attachment(&hash).map_err(|fault| fault.to_string())?;
                self.receipts.insert(receipt, content.map_or(0, |content| content.len()));
            }
            Event::Erased { receipt } => {
                self.receipts.insert(receipt, 0);
            }
        }
        Ok(())
    }
}

/// A new record in a directory.
pub fn create(path: &Path) -> Record {
    Record::create(path, ORIGIN).unwrap()
}
