use std::{
    collections::HashMap,
    fmt,
    num::NonZeroUsize,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::{
    environment::Clock,
    rate_limit::{Limit, Refused},
};
use lru::LruCache;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{key::Key, window::Window};

/// Maximum keys that are counted; the least recently used one is evicted.
const MAX_KEYS: NonZeroUsize = NonZeroUsize::new(50_000).unwrap();
/// From this number of semaphores on, those without undecided uses are dropped.
const MAX_IDLE: usize = 1_000;

/// Counts in the memory of this process.
pub(crate) struct LocalCounter {
    windows: Mutex<LruCache<Key, Window>>,
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
        Self { windows: Mutex::new(LruCache::new(MAX_KEYS)), undecided: Mutex::default(), clock }
    }

    /// Counts a use, and returns its timestamp.
    pub(crate) fn take(&self, key: Key, limit: Limit) -> Result<Duration, Refused> {
        let mut windows = lock(&self.windows);
        // Read under the lock, so that timestamps ascend in the order of counting.
        let now =
            Duration::from_micros(u64::try_from(self.clock.now().timestamp_micros()).unwrap_or_default());
        windows.get_or_insert_mut(key, Window::default).take(now, limit)?;
        Ok(now)
    }

    /// Refunds the use with this timestamp.
    pub(crate) fn release(&self, key: Key, timestamp: Duration) {
        let mut windows = lock(&self.windows);
        if windows.get_mut(&key).is_some_and(|window| window.release(timestamp)) {
            windows.pop(&key);
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
