//! Rounds among people: congress, branches, districts and workplaces that exchange nothing but files.
//!
//! Each participant keeps its own activities. Down come a [`PriceList`] each round, and in the end [`Targets`]; up
//! go [`Proposal`]s, and in the end a [`Commitment`]. A participant with others below it adds up what they say, so
//! workplace, district, branch and congress all speak the same way, and a plan does not depend on how many
//! layers lie between. What leaves a branch is [sealed](seal()): sums of several workplaces, so that no file
//! holds the technique of one.
//!
//! All numbers are exact decimals. A word that cannot be true is found by comparing it with the same participant's
//! other words; what can be found so, and what only the workplaces can find, stands in `docs/rounds.md`.
//!
//! The congress has no memory but the files: each time it goes through the rounds so far again. So anybody who holds
//! the files can repeat what it did, and one process gives the same plan as many.

mod files;
mod frame;
mod judging;
mod price_list;
mod proposal;
mod quantities;
mod sealing;
mod targets;

#[cfg(feature = "solve")]
mod adoption;
#[cfg(feature = "solve")]
mod congress;
#[cfg(feature = "solve")]
mod one_process;

pub use files::MessageError;
pub use judging::{Fault, Judgement, Named, judge, judge_below};
pub use price_list::{Heard, PriceList, StagePrices};
pub use proposal::{Column, GroupProposal, Proposal, add_up};
pub use quantities::Quantities;
pub use sealing::{SealError, Sealing, seal};
pub use targets::{Commitment, Levels, Part, TargetError, Targets, pass_down};

#[cfg(feature = "solve")]
pub use adoption::{Adoption, Balance, Unadopted, adopt};
#[cfg(feature = "solve")]
pub use congress::{CongressOptions, Standing, balance_words};
#[cfg(feature = "solve")]
pub use one_process::{Agreement, Disagreement, Layers, rounds_among};
