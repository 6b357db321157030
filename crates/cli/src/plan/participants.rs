//! Rounds among participants that exchange only files: `plan share`, `prices`, `propose`, `target`, `commit`, `adopt`,
//! `assemble`.

mod desk;
mod down;
mod up;

pub use down::{Assemble, LayersArg, Prices, Share, Target};
pub use up::{Adopt, Commit, Propose};
