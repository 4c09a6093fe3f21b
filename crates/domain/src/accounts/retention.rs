use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::LinkKind;
use crate::store::StoreError;

/// Deletes expired rows. Each call deletes at most `limit` rows in its own unit of work, so that other writers do not wait
/// long, and returns their number.
///
/// Every method fails with [`StoreError::Unavailable`] or [`StoreError::Failed`].
#[async_trait]
pub trait RetentionStore: Send + Sync {
    /// Deletes link tokens of this kind that expired before this time.
    async fn remove_links(
        &self,
        kind: LinkKind,
        before: DateTime<Utc>,
        limit: u64,
    ) -> Result<u64, StoreError>;

    /// Deletes sessions that expired or were ended before this time.
    async fn remove_sessions(&self, before: DateTime<Utc>, limit: u64) -> Result<u64, StoreError>;

    /// Deletes networks from which the owner of an account last called before this time.
    async fn remove_networks(&self, before: DateTime<Utc>, limit: u64) -> Result<u64, StoreError>;

    /// Deletes pending accounts that were created before this time, with all their rows. An account stays if it has an
    /// activation link that is valid at `now`, or is being issued one.
    async fn remove_pending_users(
        &self,
        before: DateTime<Utc>,
        now: DateTime<Utc>,
        limit: u64,
    ) -> Result<u64, StoreError>;
}
