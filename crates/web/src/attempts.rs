//! Limits on guessing: so many attempts from one address in a while.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const ATTEMPTS: u32 = 10;
const WHILE: Duration = Duration::from_secs(60);
/// Addresses remembered; when more come, those whose while is over go.
const REMEMBERED: usize = 100_000;

/// Attempts by address. A hall behind one address shares its attempts; ten wrong codes a minute are many there too.
#[derive(Debug, Default)]
pub struct Attempts(Mutex<HashMap<IpAddr, (u32, Instant)>>);

impl Attempts {
    /// Seconds to wait, where there were too many failures.
    pub fn wait(&self, address: IpAddr) -> Option<u64> {
        let attempts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (failures, since) = attempts.get(&address)?;
        let left = WHILE.checked_sub(since.elapsed())?;
        (*failures >= ATTEMPTS).then(|| left.as_secs() + 1)
    }

    /// Notes a failure.
    pub fn failed(&self, address: IpAddr) {
        let mut attempts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if attempts.len() >= REMEMBERED {
            attempts.retain(|_, (_, since)| since.elapsed() < WHILE);
        }
        let entry = attempts.entry(address).or_insert((0, Instant::now()));
        if entry.1.elapsed() >= WHILE {
            *entry = (0, Instant::now());
        }
        entry.0 += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_failures_make_an_address_wait_and_no_other() {
        let attempts = Attempts::default();
        let (one, other) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        for _ in 0..ATTEMPTS {
            assert_eq!(attempts.wait(one), None);
            attempts.failed(one);
        }
        assert!(attempts.wait(one).is_some_and(|seconds| (1..=60).contains(&seconds)));
        assert_eq!(attempts.wait(other), None);
    }
}
