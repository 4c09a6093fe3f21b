use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use domain::ports::{Clock, Limit, RateLimiter, Refused, Reservation};
use metrics::counter;
use tokio::sync::OwnedSemaphorePermit;

use crate::{key::Key, local::LocalCounter, shared::SharedCounter};

/// Counts in this process and, where there is a Redis server, there as well. Both must allow a use. So a server that
/// goes away, or comes back and has forgotten everything, opens no more than what the other processes allow besides.
pub struct Limiter {
    /// Uses that count in any case, and those that may turn out not to: nobody can push the counts of the second kind
    /// out of memory with many uses of the first.
    certain: LocalCounter,
    uncertain: Arc<LocalCounter>,
    shared: Option<Arc<SharedCounter>>,
    secret: [u8; 32],
}

/// A use, and where it was counted.
struct Use {
    key: Key,
    moment: Duration,
    /// Its moment by the server's clock, if it was counted there.
    shared: Option<u64>,
}

struct Undecided {
    counted: Use,
    local: Arc<LocalCounter>,
    shared: Option<Arc<SharedCounter>>,
    /// Held until it is decided whether the use counts.
    _place: Option<OwnedSemaphorePermit>,
}

impl fmt::Debug for Limiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limiter").field("shared", &self.shared).finish_non_exhaustive()
    }
}

impl Limiter {
    /// Counts by this clock, and in this server. What is counted there goes by names that only the holders of this
    /// secret can make.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, shared: Option<Arc<SharedCounter>>, secret: [u8; 32]) -> Self {
        let uncertain = Arc::new(LocalCounter::new(clock.clone()));
        Self { certain: LocalCounter::new(clock), uncertain, shared, secret }
    }

    async fn count(&self, local: &LocalCounter, key: Key, limit: Limit) -> Result<Use, Refused> {
        let moment = local.take(key, limit)?;
        let answer = match &self.shared {
            Some(shared) => shared.take(key, limit).await,
            None => None,
        };
        match answer {
            Some(Err(refused)) => {
                local.release(key, moment);
                Err(refused)
            }
            Some(Ok(shared)) => Ok(Use { key, moment, shared: Some(shared) }),
            None => Ok(Use { key, moment, shared: None }),
        }
    }
}

/// Counts a refusal under what was to be done, which the first two words of a key say, and never under whose it was.
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
        let place = self.uncertain.undecided(key, limit).await;
        let counted = self.count(&self.uncertain, key, limit).await.inspect_err(|_| refused(name))?;
        let (local, shared) = (self.uncertain.clone(), self.shared.clone());
        Ok(Box::new(Undecided { counted, local, shared, _place: place }))
    }
}

#[async_trait]
impl Reservation for Undecided {
    async fn release(self: Box<Self>) {
        let Use { key, moment, shared: at } = self.counted;
        self.local.release(key, moment);
        if let (Some(shared), Some(at)) = (&self.shared, at) {
            shared.release(key, at).await;
        }
    }
}
