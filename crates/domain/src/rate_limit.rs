//! Rate limits.

use std::time::Duration;

use async_trait::async_trait;

/// Maximum number of uses within any span of this length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Maximum number of uses, at least 1.
    pub uses: u32,
    /// Length of the span.
    pub per: Duration,
}

/// The limit is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many requests; the next one is allowed in {retry_after:?}")]
pub struct Refused {
    /// Time until the next use is allowed, unless another caller takes it first.
    pub retry_after: Duration,
}

/// Counts uses per key against a limit. It never fails: if its counter is unreachable, it falls back to another.
#[async_trait]
pub trait RateLimiter: Send + Sync {
    /// Counts a use under this key if the limit allows it. A refused use is not counted.
    ///
    /// Fails with [`Refused`].
    async fn take(&self, key: &str, limit: Limit) -> Result<(), Refused>;

    /// Counts a use that may be refunded. While this process has as many undecided uses as the limit allows, it waits for
    /// one of them, so that no caller is refused because of a use that is refunded later.
    ///
    /// Fails with [`Refused`].
    async fn reserve(&self, key: &str, limit: Limit) -> Result<Box<dyn Reservation>, Refused>;
}

/// A counted use. It stays counted when dropped.
#[async_trait]
pub trait Reservation: Send + Sync {
    /// Refunds the use.
    async fn release(self: Box<Self>);
}
