use async_trait::async_trait;

use super::StoreError;
use crate::outbox::{Message, OutboxEntry, OutboxId};

/// The outbox, inside a unit of work.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Records a message to be processed once the unit of work is committed.
    ///
    /// Fails with [`StoreError::Unavailable`] or [`StoreError::Failed`].
    async fn post(&self, message: Message) -> Result<(), StoreError>;
}

/// The outbox for its relay, outside any unit of work.
///
/// Every method fails with [`StoreError::Unavailable`] or [`StoreError::Failed`].
#[async_trait]
pub trait OutboxReader: Send + Sync {
    /// The oldest messages, at most `limit`.
    async fn oldest(&self, limit: u64) -> Result<Vec<OutboxEntry>, StoreError>;

    /// Deletes dispatched messages. Messages that are already deleted are ignored.
    async fn remove(&self, ids: &[OutboxId]) -> Result<(), StoreError>;
}
