//! The store: units of work and their errors.

use async_trait::async_trait;

use crate::outbox::Outbox;

/// Error of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The store is unreachable, full or too busy, or a lock timed out. Retrying later may succeed.
    #[error("the store is not available: {0}")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A unique value is already taken.
    #[error("the store holds such a row already")]
    Conflict,
    /// The store holds data that this version cannot read, or rejected a statement: an internal error.
    #[error("the store failed: {0}")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Begins units of work of one context, such as `dyn AccountUnit`.
#[async_trait]
pub trait Begin<U: UnitOfWork + ?Sized>: Send + Sync {
    /// Begins a unit of work that may write.
    ///
    /// Fails with [`StoreError::Unavailable`].
    async fn begin(&self) -> Result<Box<U>, StoreError>;
}

/// A transaction: all of its changes are committed, or none. Dropping it rolls it back.
///
/// Each context extends it by the repositories that it needs.
///
/// Hashing, mailing and any other slow work is done before it begins or, through the outbox, after it ends.
#[async_trait]
pub trait UnitOfWork: Send + Sync {
    /// The messages to be processed after the commit.
    fn outbox(&self) -> &dyn Outbox;

    /// Commits all changes.
    ///
    /// Fails with [`StoreError::Unavailable`]: it is then unknown whether the changes were committed.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;

    /// Discards all changes.
    ///
    /// Fails with [`StoreError::Unavailable`]; the changes are discarded in that case too.
    async fn rollback(self: Box<Self>) -> Result<(), StoreError>;
}
