use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::{
    environment::Clock,
    rate_limit::{Limit, Refused},
};
use moka::{policy::EvictionPolicy, sync::Cache};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{key::Key, window::Window};

/// Maximum keys that are counted; the least recently used one is evicted.
const MAX_KEYS: u64 = 50_000;
/// From this number of semaphores on, those without undecided uses are dropped.
const MAX_IDLE: usize = 1_000;

/// Counts in the memory of this process.
pub(crate) struct LocalCounter {
    windows: Cache<Key, Arc<Mutex<Window>>>,
    undecided: Mutex<HashMap<Key, Arc<Semaphore>>>,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for LocalCounter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalCounter").finish_non_exhaustive()
    }
}

impl LocalCounter {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        // The default policy may reject new keys, and a caller with a new key would never be limited.
        let windows = Cache::builder().max_capacity(MAX_KEYS).eviction_policy(EvictionPolicy::lru()).build();
        Self { windows, undecided: Mutex::default(), clock }
    }

    /// Counts a use, and returns its timestamp.
    pub(crate) fn take(&self, key: Key, limit: Limit) -> Result<Duration, Refused> {
        let window = self.windows.get_with(key, Arc::default);
        let mut window = lock(&window);
        // Read under the lock, so that timestamps ascend in the order of counting.
        let now =
            Duration::from_micros(u64::try_from(self.clock.now().timestamp_micros()).unwrap_or_default());
        window.take(now, limit)?;
        Ok(now)
    }

    /// Refunds the use with this timestamp.
    pub(crate) fn release(&self, key: Key, timestamp: Duration) {
        if let Some(window) = self.windows.get(&key) {
            lock(&window).release(timestamp);
        }
    }

    /// Waits until fewer uses of this key are undecided than the limit allows, and acquires a permit for one.
    pub(crate) async fn undecided(&self, key: Key, limit: Limit) -> Option<OwnedSemaphorePermit> {
        let semaphore = {
            let mut undecided = lock(&self.undecided);
            if undecided.len() >= MAX_IDLE {
                undecided.retain(|_, semaphore| Arc::strong_count(semaphore) > 1);
            }
            let semaphore = || Arc::new(Semaphore::new(limit.uses as usize));
            undecided.entry(key).or_insert_with(semaphore).clone()
        };
        // It fails only if the semaphore is closed, which never happens.
        semaphore.acquire_owned().await.ok()
    }
}

/// Ignores poisoning: each change under these locks is complete, so a panic leaves no partial change.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use test_fakes::ManualClock;

    use super::*;

    #[test]
    fn more_keys_than_the_maximum_are_evicted_and_a_new_key_is_counted() {
        let counter = LocalCounter::new(Arc::new(ManualClock::default()));
        let limit = Limit { uses: 1, per: Duration::from_mins(1) };
        let key = |number: u64| Key::of(&number.to_string(), &[0; 32]);
        for number in 0..MAX_KEYS + 10_000 {
            assert!(counter.take(key(number), limit).is_ok());
            assert!(counter.take(key(number), limit).is_err());
        }
        counter.windows.run_pending_tasks();
        assert!(counter.windows.entry_count() <= MAX_KEYS);
    }
}
