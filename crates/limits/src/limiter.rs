use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use domain::{
    environment::Clock,
    rate_limit::{Limit, RateLimiter, Refused, Reservation},
};
use metrics::counter;
use tokio::sync::OwnedSemaphorePermit;

use crate::{key::Key, local::LocalCounter, shared::SharedCounter};

/// Counts in this process and, where there is a Redis server, there as well. Both must allow a use. So while the server
/// is unavailable, or after it has lost its data, the limit still holds in each process.
pub struct Limiter {
    /// Uses that always count, and uses that may be refunded, are counted apart: many uses of the first kind cannot evict
    /// the counts of the second.
    certain: LocalCounter,
    uncertain: Arc<LocalCounter>,
    shared: Option<Arc<SharedCounter>>,
    secret: [u8; 32],
}

/// A use, and where it was counted.
struct Use {
    key: Key,
    timestamp: Duration,
    /// Timestamp of the server's clock, if it was counted there.
    shared: Option<u64>,
}

struct Undecided {
    counted: Use,
    local: Arc<LocalCounter>,
    shared: Option<Arc<SharedCounter>>,
    /// Held until it is decided whether the use counts.
    _permit: Option<OwnedSemaphorePermit>,
}

impl fmt::Debug for Limiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limiter").field("shared", &self.shared).finish_non_exhaustive()
    }
}

impl Limiter {
    /// Counts by this clock, and in this server under names that require `secret` to compute.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, shared: Option<Arc<SharedCounter>>, secret: [u8; 32]) -> Self {
        let uncertain = Arc::new(LocalCounter::new(clock.clone()));
        Self { certain: LocalCounter::new(clock), uncertain, shared, secret }
    }

    async fn count(&self, local: &LocalCounter, key: Key, limit: Limit) -> Result<Use, Refused> {
        let timestamp = local.take(key, limit)?;
        let answer = match &self.shared {
            Some(shared) => shared.take(key, limit).await,
            None => None,
        };
        match answer {
            Some(Err(refused)) => {
                local.release(key, timestamp);
                Err(refused)
            }
            Some(Ok(shared)) => Ok(Use { key, timestamp, shared: Some(shared) }),
            None => Ok(Use { key, timestamp, shared: None }),
        }
    }
}

/// Counts a refusal by its limit, the first two words of the key, and never by user or address.
fn refused(key: &str) {
    let limit = key.split(' ').take(2).collect::<Vec<_>>().join("_").to_lowercase();
    counter!("theater_rate_limit_refusals_total", "limit" => limit).increment(1);
}

#[async_trait]
impl RateLimiter for Limiter {
    async fn take(&self, key: &str, limit: Limit) -> Result<(), Refused> {
        let counted = self.count(&self.certain, Key::of(key, &self.secret), limit).await;
        counted.map(drop).inspect_err(|_| refused(key))
    }

    async fn reserve(&self, key: &str, limit: Limit) -> Result<Box<dyn Reservation>, Refused> {
        let name = key;
        let key = Key::of(key, &self.secret);
        let permit = self.uncertain.undecided(key, limit).await;
        let counted = self.count(&self.uncertain, key, limit).await.inspect_err(|_| refused(name))?;
        let (local, shared) = (self.uncertain.clone(), self.shared.clone());
        Ok(Box::new(Undecided { counted, local, shared, _permit: permit }))
    }
}

#[async_trait]
impl Reservation for Undecided {
    async fn release(self: Box<Self>) {
        let Use { key, timestamp, shared: at } = self.counted;
        self.local.release(key, timestamp);
        if let (Some(shared), Some(at)) = (&self.shared, at) {
            shared.release(key, at).await;
        }
    }
}
