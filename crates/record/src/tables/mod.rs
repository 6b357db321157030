//! The tables of the two databases and the statements on them.

pub(crate) mod record;
pub(crate) mod register;
