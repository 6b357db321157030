//! Pages on which members, delegates and auditors of a federation follow and act.
//!
//! HTML is made here, from the state as the record says; it is good without a script and asks nothing of any other
//! site. Every page has the same content as data under its address with `.json` or `.csv`. Nothing is decided here:
//! a form becomes a command, and the core answers it.

mod access;
mod acting;
mod api;
mod assets;
mod attempts;
mod body;
mod booth;
mod by_passkey;
mod by_provider;
mod calendar;
mod clock;
mod desk;
mod feed;
mod follower;
mod following;
mod headers;
mod import;
mod invitation;
mod inviting;
mod language;
mod letter;
mod mail;
mod metrics;
mod names;
mod news;
mod notice;
mod occasion;
mod office;
mod own;
mod page;
mod pages;
mod paper;
mod passkey;
mod pending;
mod picture;
mod plans;
mod post;
mod problem;
mod provider;
mod proxy;
mod reading;
mod second_factor;
mod sending;
mod session;
mod settings;
mod sheet;
mod signing_in;
mod site;
mod speakers;
mod token;
mod typeface;
mod view;
mod ways;
mod words;
mod writing;

pub use access::{AccessError, make_codes};
pub use clock::Clock;
pub use import::{Import, RefusedRow};
pub use reading::{Letters, LettersError, LettersOrder, PrintedLetters, Reached, try_mail};
pub use second_factor::end_second_factor;
pub use settings::SettingsError;
pub use site::{Options, ServeError, serve};
pub use writing::Progress;
