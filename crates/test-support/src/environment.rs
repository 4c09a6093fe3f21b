use std::sync::{
    Mutex,
    atomic::{AtomicU64, Ordering},
};

use chrono::{DateTime, Duration, Utc};
use domain::ports::{Clock, Randomness};

/// A clock that stands still until it is told to move.
#[derive(Debug)]
pub struct ManualClock(Mutex<DateTime<Utc>>);

/// Draws that never repeat and are the same in each run.
#[derive(Debug, Default)]
pub struct CountingRandomness(AtomicU64);

impl Default for ManualClock {
    fn default() -> Self {
        Self::at(DateTime::from_timestamp(1_800_000_000, 0).expect("a moment"))
    }
}

impl ManualClock {
    /// A clock that shows this moment.
    pub fn at(moment: DateTime<Utc>) -> Self {
        Self(Mutex::new(moment))
    }

    /// Moves the clock on.
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
