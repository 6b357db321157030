//! What waits for a browser to come back: for so long, so many at most, each taken once. It is in memory only: when the
//! server begins anew, whoever was on the way begins anew too.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How many wait at most. When more come, the oldest go: a flood costs those who are slow, and no memory.
const MOST: usize = 10_000;

/// Things that wait, by a key that only the browser has which they wait for.
#[derive(Debug)]
pub struct Pending<T> {
    lasts: Duration,
    waiting: Mutex<HashMap<String, (Instant, T)>>,
}

impl<T> Pending<T> {
    /// Nothing yet; each thing waits for so long.
    pub fn lasting(lasts: Duration) -> Self {
        Self { lasts, waiting: Mutex::default() }
    }

    /// Lets something wait.
    pub fn put(&self, key: String, value: T) {
        let mut waiting = self.lock();
        if waiting.len() >= MOST {
            waiting.retain(|_, (since, _)| since.elapsed() < self.lasts);
        }
        if waiting.len() >= MOST {
            let oldest = waiting.iter().min_by_key(|(_, (since, _))| *since).map(|(key, _)| key.clone());
            oldest.and_then(|key| waiting.remove(&key));
        }
        waiting.insert(key, (Instant::now(), value));
    }

    /// Takes what waits under a key, where it is not over and fits. What does not fit goes on waiting: it is somebody
    /// else's.
    pub fn take(&self, key: &str, fits: impl FnOnce(&T) -> bool) -> Option<T> {
        let mut waiting = self.lock();
        let (since, value) = waiting.get(key)?;
        if since.elapsed() >= self.lasts {
            waiting.remove(key);
            return None;
        }
        match fits(value) {
            true => waiting.remove(key).map(|(_, value)| value),
            false => None,
        }
    }

    /// Looks at what waits under a key, or changes it; it goes on waiting.
    pub fn with<R>(&self, key: &str, act: impl FnOnce(&mut T) -> R) -> Option<R> {
        let mut waiting = self.lock();
        let (since, value) = waiting.get_mut(key)?;
        (since.elapsed() < self.lasts).then(|| act(value))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, (Instant, T)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_taken_once_by_whom_it_fits_and_in_time() {
        let pending = Pending::lasting(Duration::from_secs(60));
        pending.put("a".into(), 1);
        assert_eq!(pending.take("a", |value| *value == 2), None, "does not fit");
        assert_eq!(pending.with("a", |value| *value += 1), Some(()));
        assert_eq!(pending.take("a", |value| *value == 2), Some(2));
        assert_eq!(pending.take("a", |_| true), None, "taken");
        let over = Pending::lasting(Duration::ZERO);
        over.put("a".into(), 1);
        assert_eq!(over.with("a", |value| *value), None, "over");
        assert_eq!(over.take("a", |_| true), None, "over");
    }

    #[test]
    fn a_flood_takes_no_more_memory_than_that() {
        let pending = Pending::lasting(Duration::from_secs(60));
        for number in 0..=MOST {
            pending.put(number.to_string(), number);
        }
        assert_eq!(pending.lock().len(), MOST);
        assert_eq!(pending.take("0", |_| true), None, "the oldest");
        assert_eq!(pending.take(&MOST.to_string(), |_| true), Some(MOST));
    }
}
