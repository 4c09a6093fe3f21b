//! Connections that threads keep.

use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread::{self, ThreadId},
    time::{Duration, Instant},
};

use sea_orm::sqlx::{Connection, Postgres, pool::PoolConnection};

use crate::bounded::MAY_BE_BROKEN;

/// A connection that is used and was away from the pool for so long is closed: connections should not become old.
const TENURE: Duration = Duration::from_mins(30);
/// One that nobody has used for so long is closed.
const UNUSED: Duration = Duration::from_mins(1);

/// A connection and how long it has been away from its pool.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) connection: PoolConnection<Postgres>,
    since: Instant,
    used: Instant,
}

impl Place {
    pub(super) fn new(connection: PoolConnection<Postgres>) -> Self {
        let now = Instant::now();
        Self { connection, since: now, used: now }
    }

    pub(super) async fn works(&mut self) -> bool {
        self.used.elapsed() < MAY_BE_BROKEN || self.connection.ping().await.is_ok()
    }
}

/// The connections that threads keep and do not use.
#[derive(Debug)]
pub(super) struct Kept {
    unused: Mutex<HashMap<ThreadId, Vec<Place>>>,
    /// How many there may be of them.
    pub(super) most: usize,
    /// How many wait for the pool.
    waiting: AtomicUsize,
    /// When this was made, and in which second after that it was last looked for what nobody uses.
    since: Instant,
    looked_at: AtomicU64,
}

impl Kept {
    pub(super) fn new(most: usize) -> Self {
        Self {
            unused: Mutex::default(),
            most,
            waiting: AtomicUsize::new(0),
            since: Instant::now(),
            looked_at: AtomicU64::new(0),
        }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.unused().values().map(Vec::len).sum()
    }

    fn unused(&self) -> MutexGuard<'_, HashMap<ThreadId, Vec<Place>>> {
        self.unused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The one that this thread used last.
    pub(super) fn own(&self) -> Option<Place> {
        let mut place = self.unused().get_mut(&thread::current().id())?.pop()?;
        if place.used.elapsed() < UNUSED {
            return Some(place);
        }
        // The others of this thread were used before it: they go when something is kept next.
        place.connection.close_on_drop();
        None
    }

    /// One of any thread.
    pub(super) fn any(&self) -> Option<Place> {
        self.unused().values_mut().find_map(Vec::pop)
    }

    pub(super) fn keep(&self, mut place: Place) {
        place.used = Instant::now();
        if place.used - place.since >= TENURE {
            place.connection.close_on_drop();
            return;
        }
        let mut unused = self.unused();
        let mut old = self.unused_for_long(&mut unused, place.used);
        // Whoever waits says so before they look here for the last time. So none waits for what is kept here.
        let is_wanted = self.waiting.load(Ordering::SeqCst) > 0;
        if !is_wanted && unused.values().map(Vec::len).sum::<usize>() < self.most {
            unused.entry(thread::current().id()).or_default().push(place);
        }
        drop(unused);
        // Returned to the pool, they would be read on by other threads.
        for place in &mut old {
            place.connection.close_on_drop();
        }
    }

    /// Takes out what nobody has used for long, now and then.
    fn unused_for_long(&self, unused: &mut HashMap<ThreadId, Vec<Place>>, now: Instant) -> Vec<Place> {
        let seconds = now.duration_since(self.since).as_secs();
        if self.looked_at.swap(seconds, Ordering::Relaxed) == seconds {
            return Vec::new();
        }
        let is_old = |place: &mut Place| place.used + UNUSED < now;
        let old = unused.values_mut().flat_map(|places| places.extract_if(.., is_old)).collect();
        unused.retain(|_, places| !places.is_empty());
        old
    }

    /// Says that somebody waits for the pool.
    pub(super) fn wait(&self) -> Waiting<'_> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        Waiting(&self.waiting)
    }
}

impl Drop for Kept {
    /// A connection that returns to its pool needs the runtime, which may be gone by now.
    fn drop(&mut self) {
        for place in self.unused().drain().flat_map(|(_, places)| places) {
            drop(place.connection.detach());
        }
    }
}

/// Somebody waits for the pool until this goes.
pub(super) struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
