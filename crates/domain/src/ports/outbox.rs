use async_trait::async_trait;

use super::StoreError;
use crate::outbox::{Message, OutboxEntry, OutboxId};

/// The outbox, inside a unit of work.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Writes down something to do once the unit of work is kept.
    ///
    /// Fails with [`StoreError::Unavailable`] or [`StoreError::Failed`].
    async fn post(&self, message: Message) -> Result<(), StoreError>;
}

/// The outbox as its relay sees it.
///
/// Every method fails with [`StoreError::Unavailable`] or [`StoreError::Failed`].
#[async_trait]
pub trait OutboxReader: Send + Sync {
    /// The oldest messages, at most `limit`.
    async fn oldest(&self, limit: u64) -> Result<Vec<OutboxEntry>, StoreError>;

    /// Removes messages that were handed over. Those that are gone already are no error.
    async fn remove(&self, ids: &[OutboxId]) -> Result<(), StoreError>;
}
