//! Messages that are processed after a unit of work is committed.

use async_trait::async_trait;

use crate::store::StoreError;

/// Identifier of an outbox entry; it grows with each entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OutboxId(pub i64);

/// A side effect outside the store. It is recorded in the same unit of work as its cause, so both are committed or neither.
///
/// Each context has its own messages and converts them to this form. A message never contains a secret, so neither the outbox
/// nor the queue holds anything that opens an account.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Message {
    /// Kind, unique among all contexts, such as `send_activation`.
    pub kind: &'static str,
    /// What it is about: the identifier of a row, an email address, the key of a file, or empty.
    pub subject: String,
}

/// A stored message. The relay enqueues it without parsing it, so a message of a newer version does not block the entries
/// after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxEntry {
    /// Identifier of the entry.
    pub id: OutboxId,
    /// Idempotency key of the message, unique across all outboxes.
    pub key: String,
    /// Kind of the message.
    pub kind: String,
    /// Subject of the message.
    pub subject: String,
}

impl OutboxEntry {
    /// The subject for logs; `None` if it is an email address, which is never logged. Identifiers and keys contain no `@`, in
    /// messages of newer versions too.
    #[must_use]
    pub fn logged_subject(&self) -> Option<&str> {
        (!self.subject.contains('@')).then_some(&self.subject)
    }
}

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
