use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::StoreError;
use crate::accounts::LinkKind;

/// Removing rows whose time is over. Each call removes at most `limit` rows in a unit of work of its own and tells how
/// many, so that nobody else waits for long.
///
/// Every method fails with [`StoreError::Unavailable`] or [`StoreError::Failed`].
#[async_trait]
pub trait RetentionStore: Send + Sync {
    /// Tokens of links of this kind that expired before this moment.
    async fn remove_links(
        &self,
        kind: LinkKind,
        before: DateTime<Utc>,
        limit: u64,
    ) -> Result<u64, StoreError>;

    /// Sessions that expired or were ended before this moment.
    async fn remove_sessions(&self, before: DateTime<Utc>, limit: u64) -> Result<u64, StoreError>;

    /// Networks that the owner of an account was last seen at before this moment.
    async fn remove_networks(&self, before: DateTime<Utc>, limit: u64) -> Result<u64, StoreError>;

    /// Accounts that were made before this moment and never activated, with all they have. One whose owner still holds
    /// a link that is good `now`, or is being given one, stays.
    async fn remove_pending_users(
        &self,
        before: DateTime<Utc>,
        now: DateTime<Utc>,
        limit: u64,
    ) -> Result<u64, StoreError>;
}
