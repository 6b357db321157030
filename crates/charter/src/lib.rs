//! A federation's rules as data: parse, check, explain, levels and seats from rolls.

pub mod charter;
pub mod fraction;
pub mod period;

pub use charter::*;
pub use fraction::Fraction;
pub use period::Period;
