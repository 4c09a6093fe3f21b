use chrono::{DateTime, Utc};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now, in whole microseconds: as precise as every database keeps it.
    fn now(&self) -> DateTime<Utc>;
}

/// Draws unpredictable bits.
pub trait Randomness: Send + Sync {
    /// 128 bits from a cryptographic source.
    fn bits128(&self) -> [u8; 16];
}
