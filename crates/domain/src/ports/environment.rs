use async_trait::async_trait;
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

/// Health check of a dependency.
#[async_trait]
pub trait HealthProbe: Send + Sync {
    /// Name of the dependency: `database`, `object_store`, `mail` or `redis`.
    fn name(&self) -> &'static str;

    /// Whether the service requires the dependency.
    fn is_needed(&self) -> bool {
        true
    }

    /// Checks the dependency.
    ///
    /// Fails with a reason that contains no secret.
    async fn check(&self) -> Result<(), String>;
}
