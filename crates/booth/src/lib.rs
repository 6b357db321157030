//! The voting booth and the ballot box behind it, over HTTP.
//!
//! [`BoxFolder::open`] opens the archives of a folder, [`routes()`] serves them: the election, the booth that encrypts
//! in the browser (`web/booth`, built in), ballots into the box, the public board, the archive.
//!
//! # Deliberately absent
//!
//! Names and sign-in: who may vote follows from the list of public credentials, and nobody is asked who they are.
//! Private keys: none is needed to keep a box. Encryption: the browser does it, and no vote comes here in the clear.
//! TLS: a proxy in front does it, or the pages that mount these routes.

mod assets;
mod ballot_box;
mod box_folder;
mod routes;
mod tail;

pub use assets::script_hash;
pub use ballot_box::{Archive, BallotBox, BoxFault, Receipt, verified};
pub use box_folder::{BoxFolder, FolderFault};
pub use routes::routes;
