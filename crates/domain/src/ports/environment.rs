use async_trait::async_trait;
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

/// A part of the service that can be asked whether it works.
#[async_trait]
pub trait HealthProbe: Send + Sync {
    /// What it is: `database`, `object_store`, `mail`, `redis`.
    fn name(&self) -> &'static str;

    /// Whether the service cannot do without it.
    fn is_needed(&self) -> bool {
        true
    }

    /// Asks.
    ///
    /// Fails with a reason that names no secret.
    async fn check(&self) -> Result<(), String>;
}
