use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
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
        let now = self.clock.now();
        let tables = [
            ("activation tokens", Rows::Links(LinkKind::Activation)),
            ("password reset tokens", Rows::Links(LinkKind::PasswordReset)),
            ("sessions", Rows::Sessions),
            ("networks of old logins", Rows::Networks { last_seen_before: now - NETWORK_TTL }),
            (
                "accounts that were never activated",
                Rows::PendingUsers { registered_before: now - self.pending_account_ttl },
            ),
        ];
        let mut removed = Removed::default();
        for (name, rows) in tables {
            removed.0.push((name, remove_all(&*self.store, rows, now).await?));
        }
        Ok(removed)
    }
}

/// Rows to remove.
#[derive(Clone, Copy, Debug)]
enum Rows {
    Links(LinkKind),
    Sessions,
    Networks { last_seen_before: DateTime<Utc> },
    PendingUsers { registered_before: DateTime<Utc> },
}

/// Removes batches until one is not full.
async fn remove_all(store: &dyn RetentionStore, rows: Rows, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let mut removed = 0;
    loop {
        let batch = match rows {
            Rows::Links(kind) => store.remove_links(kind, now, BATCH).await?,
            Rows::Sessions => store.remove_sessions(now, BATCH).await?,
            Rows::Networks { last_seen_before } => store.remove_networks(last_seen_before, BATCH).await?,
            Rows::PendingUsers { registered_before } => {
                store.remove_pending_users(registered_before, now, BATCH).await?
            }
        };
        removed += batch;
        if batch < BATCH {
            return Ok(removed);
        }
    }
}
