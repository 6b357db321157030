//! A federation's rules as data: parse, check, explain, levels and seats from rolls.

pub mod amending;
mod articles;
mod branch;
pub mod charter;
pub mod check;
pub mod diagnostic;
pub mod explain;
pub mod fraction;
pub mod levels;
pub mod parse;
pub mod period;
pub mod roll;
pub mod seats;
mod word;

pub use amending::{changed_articles, changed_entrenched};
pub use articles::articles;
pub use charter::*;
pub use check::{check, read};
pub use diagnostic::{Diagnostic, Place};
pub use explain::{LANGUAGES, Sentence, UnknownLanguage, explain};
pub use fraction::Fraction;
pub use levels::{Assembly, ElectingBody, Hierarchy, LevelsError, Skipped};
pub use parse::{LONGEST_CHARTER_BYTES, Parsed, RIGHTS, parse};
pub use period::Period;
pub use roll::{
    Member, MemberKind, MemberRoll, RollError, Standing, Workplace, WorkplaceRoll, read_members,
    read_workplaces,
};
pub use seats::{Elector, SeatsError, apportion};
