//! Simulated federations: people who stand, vote, sign, move, report and break mandates.
//!
//! Nothing here decides: the lab only sends commands, as members would, and the core answers. Chance is seeded, so
//! that the same seed gives the same record to the last byte. The years of the examples are told stage by stage.

#![allow(missing_docs)] // Figures and parts of an example are named by the words of the field.

pub mod congress_1921;
pub mod control;
pub mod deliberate;
pub mod desk;
pub mod dice;
pub mod elect;
pub mod example;
pub mod planning;
pub mod propose;
pub mod secret;
pub mod session;
pub mod trial;
pub mod us_2017;
pub mod valley;
pub mod whole_year;
pub mod year;

pub use desk::{Desk, DeskError, MemoryDesk, RecordDesk};
pub use example::Example;
pub use year::{LabError, Stage, Unwatched, Watch, Year};
