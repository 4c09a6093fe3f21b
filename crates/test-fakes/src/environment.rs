use std::sync::{
    Mutex,
    atomic::{AtomicU64, Ordering},
};

use chrono::{DateTime, Duration, Utc};
use domain::environment::{Clock, Randomness};

/// A clock that moves only by [`ManualClock::advance`].
#[derive(Debug)]
pub struct ManualClock(Mutex<DateTime<Utc>>);

/// Random values that never repeat and are the same in each run.
#[derive(Debug, Default)]
pub struct CountingRandomness(AtomicU64);

impl Default for ManualClock {
    fn default() -> Self {
        Self::at(DateTime::from_timestamp(1_800_000_000, 0).expect("a timestamp"))
    }
}

impl ManualClock {
    /// A clock that shows this time.
    pub fn at(time: DateTime<Utc>) -> Self {
        Self(Mutex::new(time))
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        *self.0.lock().expect("no test panicked here") += by;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().expect("no test panicked here")
    }
}

impl Randomness for CountingRandomness {
    fn bits128(&self) -> [u8; 16] {
        let number = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        u128::from(number).to_be_bytes()
    }
}
