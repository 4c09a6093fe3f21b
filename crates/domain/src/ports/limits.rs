use std::time::Duration;

use async_trait::async_trait;

/// Maximum number of uses within any span of this length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// How many; at least one.
    pub uses: u32,
    /// Within which span.
    pub per: Duration,
}

/// The limit is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many requests; the next one is allowed in {retry_after:?}")]
pub struct Refused {
    /// When the next use is allowed, if nobody else comes first.
    pub retry_after: Duration,
}

/// Counts uses, so that nobody gets more than their share. It never fails: a counter that cannot be reached is replaced
/// by one that can.
#[async_trait]
pub trait RateLimiter: Send + Sync {
    /// Counts a use under this key, if the limit allows one more. A use that is refused is not counted.
    ///
    /// Fails with [`Refused`].
    async fn take(&self, key: &str, limit: Limit) -> Result<(), Refused>;

    /// Counts a use that may turn out not to count. While as many of this process are undecided as the limit allows, it
    /// waits for one of them, so that nobody is refused for what others do not come to do.
    ///
    /// Fails with [`Refused`].
    async fn reserve(&self, key: &str, limit: Limit) -> Result<Box<dyn Reservation>, Refused>;
}

/// A use that was counted. Dropped, it stays so.
#[async_trait]
pub trait Reservation: Send + Sync {
    /// Takes the use back: it turned out not to count.
    async fn release(self: Box<Self>);
}
