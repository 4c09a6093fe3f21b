use std::{
    collections::HashMap,
    fmt,
    num::NonZeroUsize,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::ports::{Clock, Limit, Refused};
use lru::LruCache;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{key::Key, window::Window};

/// How many keys are counted at a time. The one that was used longest ago makes way.
const MAX_KEYS: NonZeroUsize = NonZeroUsize::new(50_000).unwrap();
/// From how many keys with undecided uses on those without any are looked for and dropped.
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

    /// Counts a use, and tells its moment.
    pub(crate) fn take(&self, key: Key, limit: Limit) -> Result<Duration, Refused> {
        let mut windows = whole(&self.windows);
        // Read under the lock, so that moments are in the order in which they are counted.
        let now =
            Duration::from_micros(u64::try_from(self.clock.now().timestamp_micros()).unwrap_or_default());
        windows.get_or_insert_mut(key, Window::default).take(now, limit)?;
        Ok(now)
    }

    /// Takes back the use of this moment.
    pub(crate) fn release(&self, key: Key, moment: Duration) {
        let mut windows = whole(&self.windows);
        if windows.get_mut(&key).is_some_and(|window| window.release(moment)) {
            windows.pop(&key);
        }
    }

    /// Waits until fewer uses under this key are undecided than the limit allows, and holds a place among them.
    pub(crate) async fn undecided(&self, key: Key, limit: Limit) -> Option<OwnedSemaphorePermit> {
        let places = {
            let mut undecided = whole(&self.undecided);
            if undecided.len() >= MAX_IDLE {
                undecided.retain(|_, places| Arc::strong_count(places) > 1);
            }
            let places = || Arc::new(Semaphore::new(limit.uses as usize));
            undecided.entry(key).or_insert_with(places).clone()
        };
        // It fails only once it is closed, which nobody does.
        places.acquire_owned().await.ok()
    }
}

/// What stands behind these locks is whole after each change, so a thread that panicked leaves nothing half done.
fn whole<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
