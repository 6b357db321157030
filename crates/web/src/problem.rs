//! When a page cannot be shown or an action is not done: what happened, and what to do.

use crate::access::AccessError;
use mandate_assembly::Refusal;
use mandate_record::Fault;

/// What stands in the way.
#[derive(Debug, Clone)]
pub enum Problem {
    /// There is no such page.
    NoSuchPage,
    /// The address names something that does not exist.
    NoSuch(String),
    /// One has to be signed in.
    SignedOut,
    /// The charter forbids it.
    Refused(Box<Refusal>),
    /// What was sent cannot be understood; the message named says what was expected.
    Unreadable(&'static str),
    /// More was sent than fits.
    TooLong,
    /// What was sent is of another kind than is read here, which is named.
    OtherKind(&'static str),
    /// What was sent as data cannot be understood: where and why.
    Unparsed(String),
    /// A token may not hand in commands of this kind.
    Beyond(&'static str),
    /// A text that cannot be printed, and why.
    Unprintable(String),
    /// A form from another site, or one whose page was left open for too long.
    Stale,
    /// Nobody was signed in: the message that says why, and the name or word that it holds.
    NotSignedIn(&'static str, String),
    /// Too many attempts; seconds until the next.
    TooMany(u64),
    /// The machine failed: nothing was acknowledged.
    Machine(String),
    /// The site is closing down.
    Closing,
}

/// Goes with an answer to whoever counts and logs: the problem's name, which says nothing about anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Why(pub &'static str);

impl Problem {
    /// Its name: a refusal's own, or the message's where something could not be understood.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NoSuchPage => "no-such-page",
            Self::NoSuch(_) => "no-such-thing",
            Self::SignedOut => "signed-out",
            Self::Refused(refusal) => refusal.name(),
            Self::Unreadable(what) | Self::NotSignedIn(what, _) => what,
            Self::TooLong => "too-long",
            Self::OtherKind(_) => "other-kind",
            Self::Unparsed(_) => "unparsed",
            Self::Beyond(_) => "beyond",
            Self::Unprintable(_) => "unprintable",
            Self::Stale => "stale",
            Self::TooMany(_) => "too-many",
            Self::Machine(_) => "machine",
            Self::Closing => "closing",
        }
    }

    /// The status of the answer (RFC 9110, section 15).
    pub fn status(&self) -> u16 {
        match self {
            Self::NoSuchPage | Self::NoSuch(_) => 404,
            Self::SignedOut => 401,
            Self::Refused(_) => 409,
            Self::Unreadable(_) | Self::Unparsed(_) | Self::Unprintable(_) => 400,
            Self::Stale | Self::Beyond(_) | Self::NotSignedIn(..) => 403,
            Self::TooLong => 413,
            Self::OtherKind(_) => 415,
            Self::TooMany(_) => 429,
            Self::Machine(_) => 500,
            Self::Closing => 503,
        }
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        Self::Machine(fault.to_string())
    }
}

impl From<AccessError> for Problem {
    fn from(error: AccessError) -> Self {
        Self::Machine(error.to_string())
    }
}

/// A lookup that the core refuses is an address of nothing.
impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoSuch { id, .. } => Self::NoSuch(id),
            refusal => Self::Refused(Box::new(refusal)),
        }
    }
}
