use std::time::Duration;

use async_trait::async_trait;

/// At most so many uses within any span of this length.
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

    /// Takes back the newest use under this key, which turned out not to count.
    async fn give_back(&self, key: &str);
}
