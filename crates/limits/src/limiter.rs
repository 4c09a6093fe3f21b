use std::sync::Arc;

use async_trait::async_trait;
use domain::ports::{Clock, Limit, RateLimiter, Refused};

use crate::{key::Key, local::LocalCounter, shared::SharedCounter};

/// Counts in this process and, where there is a Redis server, there as well. Both must allow a use. So a server that
/// goes away, or comes back and has forgotten everything, opens no more than what the other processes allow besides.
#[derive(Debug)]
pub struct Limiter {
    local: LocalCounter,
    shared: Option<Arc<SharedCounter>>,
}

impl Limiter {
    /// Counts by this clock, and in this server.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, shared: Option<Arc<SharedCounter>>) -> Self {
        Self { local: LocalCounter::new(clock), shared }
    }
}

#[async_trait]
impl RateLimiter for Limiter {
    async fn take(&self, key: &str, limit: Limit) -> Result<(), Refused> {
        let key = Key::of(key);
        self.local.take(key, limit)?;
        let Some(shared) = &self.shared else { return Ok(()) };
        let answer = shared.take(key, limit).await.unwrap_or(Ok(()));
        if answer.is_err() {
            self.local.give_back(key);
        }
        answer
    }

    async fn give_back(&self, key: &str) {
        let key = Key::of(key);
        self.local.give_back(key);
        if let Some(shared) = &self.shared {
            shared.give_back(key).await;
        }
    }
}
