//! Time and randomness.

use chrono::{DateTime, Utc};

/// Source of the current time.
pub trait Clock: Send + Sync {
    /// The current time in whole microseconds, the precision that every database stores.
    fn now(&self) -> DateTime<Utc>;
}

/// Source of unpredictable bits.
pub trait Randomness: Send + Sync {
    /// 128 bits from a cryptographic source.
    fn bits128(&self) -> [u8; 16];
}
