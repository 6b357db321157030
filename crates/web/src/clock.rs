//! What time it is in the federation.

use jiff::{SignedDuration, Timestamp};

/// The machine's clock, or one that was set back for a trial.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    behind: SignedDuration,
}

impl Clock {
    /// A clock that shows `moment` now and runs on from there: an example's year goes on where its record ends.
    pub fn starting_at(moment: Timestamp) -> Self {
        Self { behind: Timestamp::now().duration_since(moment) }
    }

    /// Now, to the second: the record needs no finer time.
    pub fn now(&self) -> Timestamp {
        let now = Timestamp::now().checked_sub(self.behind).unwrap_or(Timestamp::MIN);
        Timestamp::from_second(now.as_second()).unwrap_or(now)
    }
}
