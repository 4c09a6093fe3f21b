use std::{collections::HashMap, sync::Mutex};

use async_trait::async_trait;
use domain::ports::{Limit, RateLimiter, Refused};

/// Counts uses for ever, until it is told to forget them.
#[derive(Debug, Default)]
pub struct CountingLimiter(Mutex<HashMap<String, u32>>);

impl CountingLimiter {
    /// The spans of all limits have passed.
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

    async fn give_back(&self, key: &str) {
        let mut counts = self.0.lock().expect("no test panicked here");
        if let Some(count) = counts.get_mut(key) {
            *count = count.saturating_sub(1);
        }
    }
}
