//! A federation's rules as data: parse, check, explain, levels and seats from rolls.
