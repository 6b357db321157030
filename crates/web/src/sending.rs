//! Mails that are being sent beside the pages: one sending of an occasion to a workplace at a time, with its progress.

use crate::occasion::Occasion;
use crate::writing::Progress;
use mandate_assembly::ids::WorkplaceId;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// What is sent, and to which workplace.
pub type Key = (Occasion, WorkplaceId);

/// What is being sent, and how the last sendings ended.
#[derive(Debug, Default)]
pub struct Sending(Mutex<BTreeMap<Key, Progress>>);

impl Sending {
    /// How far a sending has come.
    pub fn of(&self, key: &Key) -> Option<Progress> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    /// Begins one, unless the same goes on.
    pub fn begin(&self, key: &Key) -> bool {
        let mut sendings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let goes_on = sendings.get(key).is_some_and(|progress| !progress.over);
        if !goes_on {
            sendings.insert(key.clone(), Progress::default());
        }
        !goes_on
    }

    /// Notes how far it has come.
    pub fn note(&self, key: &Key, progress: Progress) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone(), progress);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_occasion_is_sent_to_a_workplace_by_one_at_a_time() {
        let sending = Sending::default();
        let key = |occasion: &str, workplace: &str| (occasion.parse().unwrap(), WorkplaceId::from(workplace));
        let one = key("meeting-1", "W1");
        assert!(sending.begin(&one) && !sending.begin(&one));
        assert!(sending.begin(&key("meeting-2", "W1")) && sending.begin(&key("meeting-1", "W2")));
        sending.note(&one, Progress { over: true, ..Progress::default() });
        assert!(sending.begin(&one));
    }
}
