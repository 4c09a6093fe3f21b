use std::{
    fmt,
    num::NonZeroUsize,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::ports::{Clock, Limit, Refused};
use lru::LruCache;

use crate::{key::Key, window::Window};

/// How many keys are counted at a time. The one that was used longest ago makes way: with the limits as they are by
/// default, the most that this takes is some 80 MiB, and in practice a tenth of it.
const MAX_KEYS: NonZeroUsize = NonZeroUsize::new(50_000).unwrap();

/// Counts in the memory of this process.
pub(crate) struct LocalCounter {
    windows: Mutex<LruCache<Key, Window>>,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for LocalCounter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalCounter").finish_non_exhaustive()
    }
}

impl LocalCounter {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { windows: Mutex::new(LruCache::new(MAX_KEYS)), clock }
    }

    pub(crate) fn take(&self, key: Key, limit: Limit) -> Result<(), Refused> {
        let micros = u64::try_from(self.clock.now().timestamp_micros()).unwrap_or_default();
        let now = Duration::from_micros(micros);
        self.windows().get_or_insert_mut(key, Window::default).take(now, limit)
    }

    pub(crate) fn give_back(&self, key: Key) {
        if let Some(window) = self.windows().get_mut(&key) {
            window.give_back();
        }
    }

    /// The windows are whole after each change, so a thread that panicked leaves nothing half done.
    fn windows(&self) -> MutexGuard<'_, LruCache<Key, Window>> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
