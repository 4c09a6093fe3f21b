use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use domain::rate_limit::{Limit, RateLimiter, Refused, Reservation};

/// Counts uses without expiry, until [`CountingLimiter::forget`] is called.
#[derive(Clone, Debug, Default)]
pub struct CountingLimiter(Arc<Mutex<HashMap<String, u32>>>);

struct Counted(CountingLimiter, String);

impl CountingLimiter {
    /// Clears all counts, as if the period of every limit had passed.
    pub fn forget(&self) {
        self.0.lock().expect("no test panicked here").clear();
    }
}

#[async_trait]
impl RateLimiter for CountingLimiter {
    async fn take(&self, key: &str, limit: Limit) -> Result<(), Refused> {
        let mut counts = self.0.lock().expect("no test panicked here");
        let count = counts.entry(key.to_owned()).or_default();
        if *count >= limit.uses {
            return Err(Refused { retry_after: limit.per });
        }
        *count += 1;
        Ok(())
    }

    async fn reserve(&self, key: &str, limit: Limit) -> Result<Box<dyn Reservation>, Refused> {
        self.take(key, limit).await?;
        Ok(Box::new(Counted(self.clone(), key.to_owned())))
    }
}

#[async_trait]
impl Reservation for Counted {
    async fn release(self: Box<Self>) {
        let mut counts = self.0.0.lock().expect("no test panicked here");
        if let Some(count) = counts.get_mut(&self.1) {
            *count = count.saturating_sub(1);
        }
    }
}
