//! Economic planning with certificates that anybody can check by multiplication.
//!
//! An [`Economy`] says what could be done: products, activities with what they take and give, labour, imports,
//! needs in tiers. A [`Plan`] says what shall be done, and carries the prices that prove how near it is to the
//! best. [`check`] multiplies the two through in exact arithmetic; it needs no solver, no file system and no
//! floating point.
//!
//! Solving (the feature `solve`) uses HiGHS. What a solver answers is rounded to decimals and becomes a [`Plan`]
//! like any other, believed only as far as its certificate goes.

#![forbid(unsafe_code)]

mod bottlenecks;
mod check;
mod compare;
mod decimal;
mod economy;
mod explain;
mod figures;
mod files;
mod horizon;
mod participants;
mod plan;
mod plan_file;
mod reports;
mod shortage;
mod variant;

pub mod bea;
pub mod export;
pub mod generate;
pub mod tables;

#[cfg(feature = "solve")]
mod rounds;
#[cfg(feature = "solve")]
mod solve;

pub use bottlenecks::{Bottleneck, Limit};
pub use check::{Check, CheckFailure, StageCheck, Violation, check};
pub use compare::{ComparisonRow, Subject, Variant, compare};
pub use decimal::{Decimal, NumberError};
pub use economy::{
    Activity, Digest, Economy, FULFILMENT_ONE, Flow, Grade, LARGEST_MANTISSA, LEVEL_DECIMALS, LEVEL_ONE,
    Need, Product, Satellite, WEIGHT_DECIMALS, Workplace,
};
pub use explain::{ActivityReason, Binding, ProductReason};
pub use figures::{ProductBalance, Target, TierFulfilment, TightProduct, Wait};
pub use files::{EconomyError, FILE_NAMES, Files, HORIZON_FILE_NAMES};
pub use horizon::{Gain, Horizon, Later, MOST_PERIODS, Period, Store, Wear, period_of};
pub use num_rational::Ratio;
pub use participants::{
    Column, Commitment, Fault, GroupProposal, Heard, Judgement, Levels, MessageError, Named, Part, PriceList,
    Proposal, Quantities, SealError, Sealing, StagePrices, TargetError, Targets, add_up, judge, judge_below,
    pass_down, seal,
};
pub use plan::{Goal, Plan, Prices, Stage};
pub use plan_file::PlanError;
pub use reports::{Comparison, Done, Report, Reported, Reports};
pub use shortage::{Shortage, Shortfall};

#[cfg(feature = "solve")]
pub use participants::{
    Adoption, Agreement, Balance, CongressOptions, Disagreement, Layers, Standing, Unadopted, adopt,
    balance_words, rounds_among,
};
#[cfg(feature = "solve")]
pub use rounds::{Round, RoundOptions, RoundStage, rounds};
#[cfg(feature = "solve")]
pub use solve::{Options, SolveError, revise, solve};
