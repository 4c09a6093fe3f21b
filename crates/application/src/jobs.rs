//! Processing of outbox messages. Each context handles its own messages, in its `jobs.rs`.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{mail::MailError, outbox::OutboxEntry, store::StoreError};

/// Result of processing a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The message was processed.
    Done,
    /// There was nothing to do any more: the token was used or has expired, or the account was removed.
    Obsolete,
}

/// Error of processing a message.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// Temporary: a retry may succeed.
    #[error("{0}")]
    Transient(String),
    /// Permanent: a retry cannot succeed.
    #[error("{0}")]
    Permanent(String),
}

impl From<MailError> for JobError {
    fn from(error: MailError) -> Self {
        match error {
            MailError::Transient(reason) => Self::Transient(reason),
            MailError::Permanent(reason) => Self::Permanent(reason),
        }
    }
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        Self::Transient(error.to_string())
    }
}

/// Processes the messages of one context.
#[async_trait]
pub trait JobHandler: Send + Sync {
    /// Processes a message; returns `None` if its kind is unknown to this context or its subject is invalid. Processing it
    /// again must be safe: a message is processed at least once.
    async fn handle(&self, entry: &OutboxEntry) -> Option<Result<Outcome, JobError>>;
}

/// The job handlers of all contexts.
#[derive(Clone)]
pub struct JobRegistry(Arc<[Arc<dyn JobHandler>]>);

impl JobRegistry {
    /// Registers these handlers.
    #[must_use]
    pub fn new(handlers: impl IntoIterator<Item = Arc<dyn JobHandler>>) -> Self {
        Self(handlers.into_iter().collect())
    }

    /// Processes an outbox message.
    ///
    /// Fails with [`JobError::Transient`] for a message that no handler knows.
    pub async fn process(&self, entry: &OutboxEntry) -> Result<Outcome, JobError> {
        for handler in &*self.0 {
            if let Some(outcome) = handler.handle(entry).await {
                return outcome;
            }
        }
        // During an upgrade, a newer process may have written the message; its own worker can read it.
        Err(JobError::Transient(format!("unknown message kind {:?} or invalid subject", entry.kind)))
    }
}
