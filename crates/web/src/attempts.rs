//! Limits on guessing: so many attempts from one address, or at one member's second factor, in a while.

use mandate_assembly::ids::MemberId;
use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const ATTEMPTS: u32 = 10;
/// Those remembered; when more come, those whose while is over go.
const REMEMBERED: usize = 100_000;

/// Failed attempts by whom or from where.
#[derive(Debug)]
pub struct Attempts<Key> {
    failures: Mutex<HashMap<Key, (u32, Instant)>>,
    a_while: Duration,
}

impl Attempts<IpAddr> {
    /// By address, in a minute. A hall behind one address shares its attempts; ten wrong codes a minute are many there too.
    pub fn by_address() -> Self {
        Self { failures: Mutex::default(), a_while: Duration::from_secs(60) }
    }
}

impl Attempts<MemberId> {
    /// By member, in a day.
    pub fn by_member() -> Self {
        Self { failures: Mutex::default(), a_while: Duration::from_secs(24 * 3600) }
    }
}

impl<Key: Hash + Eq> Attempts<Key> {
    /// Seconds to wait, where there were too many failures.
    pub fn wait(&self, key: &Key) -> Option<u64> {
        let attempts = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let (failures, since) = attempts.get(key)?;
        let left = self.a_while.checked_sub(since.elapsed())?;
        (*failures >= ATTEMPTS).then(|| left.as_secs() + 1)
    }

    /// Notes a failure.
    pub fn failed(&self, key: Key) {
        let mut attempts = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if attempts.len() >= REMEMBERED {
            attempts.retain(|_, (_, since)| since.elapsed() < self.a_while);
        }
        let entry = attempts.entry(key).or_insert((0, Instant::now()));
        if entry.1.elapsed() >= self.a_while {
            *entry = (0, Instant::now());
        }
        entry.0 += 1;
    }

    /// Forgets the failures of one who was right in the end.
    pub fn forget(&self, key: &Key) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_failures_make_an_address_wait_and_no_other() {
        let attempts = Attempts::by_address();
        let (one, other): (IpAddr, IpAddr) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        for _ in 0..ATTEMPTS {
            assert_eq!(attempts.wait(&one), None);
            attempts.failed(one);
        }
        assert!(attempts.wait(&one).is_some_and(|seconds| (1..=60).contains(&seconds)));
        assert_eq!(attempts.wait(&other), None);
    }

    #[test]
    fn ten_wrong_digits_in_a_row_make_a_member_wait_for_a_day() {
        let guesses = Attempts::by_member();
        let me: MemberId = "M1".into();
        for _ in 1..ATTEMPTS {
            guesses.failed(me.clone());
        }
        guesses.forget(&me);
        for _ in 0..ATTEMPTS {
            assert_eq!(guesses.wait(&me), None, "the right ones came in between");
            guesses.failed(me.clone());
        }
        assert!(guesses.wait(&me).is_some_and(|seconds| seconds > 86_000));
    }
}
