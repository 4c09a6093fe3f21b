use std::sync::Arc;

use async_trait::async_trait;
use chrono::Duration;
use domain::{
    accounts::{LinkKind, RetentionStore},
    environment::Clock,
    store::StoreError,
};

use crate::retention::{Purge, Removed};

/// Maximum number of rows that one unit of work removes.
const BATCH: u64 = 1_000;

/// How long a network stays known after the last login from it.
const NETWORK_TTL: Duration = Duration::days(90);

/// Removes expired tokens and sessions, networks of old logins, and accounts never activated.
#[derive(Clone)]
pub struct AccountRetention {
    /// Removes expired rows.
    pub store: Arc<dyn RetentionStore>,
    /// Returns the current time.
    pub clock: Arc<dyn Clock>,
    /// How long an account may stay pending.
    pub pending_account_ttl: Duration,
}

#[async_trait]
impl Purge for AccountRetention {
    async fn purge(&self) -> Result<Removed, StoreError> {
        let (store, now) = (&*self.store, self.clock.now());
        let links = |kind| in_batches(move || store.remove_links(kind, now, BATCH));
        let networks = || store.remove_networks(now - NETWORK_TTL, BATCH);
        let pending = || store.remove_pending_users(now - self.pending_account_ttl, now, BATCH);
        Ok(Removed(vec![
            ("activation tokens", links(LinkKind::Activation).await?),
            ("password reset tokens", links(LinkKind::PasswordReset).await?),
            ("sessions", in_batches(|| store.remove_sessions(now, BATCH)).await?),
            ("networks of old logins", in_batches(networks).await?),
            ("accounts that were never activated", in_batches(pending).await?),
        ]))
    }
}

/// Removes batches until one is not full, and returns the number of removed rows.
async fn in_batches<Removing: Future<Output = Result<u64, StoreError>>>(
    remove_batch: impl Fn() -> Removing,
) -> Result<u64, StoreError> {
    let mut removed = 0;
    loop {
        let batch = remove_batch().await?;
        removed += batch;
        if batch < BATCH {
            return Ok(removed);
        }
    }
}
