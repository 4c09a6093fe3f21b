//! Removal of expired data. Each context removes its own.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use domain::{
    outbox::{Message, OutboxEntry},
    store::StoreError,
};

use crate::jobs::{JobError, JobHandler, Outcome};

/// Kind of the message that removes expired data.
const CLEAN_UP: &str = "clean_up";

/// Number of removed rows and files by what they are, such as `sessions`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removed(pub Vec<(&'static str, u64)>);

impl Removed {
    /// The number of removed things of this name; 0 if there is none.
    #[must_use]
    pub fn count(&self, name: &str) -> u64 {
        self.0.iter().filter(|(known, _)| *known == name).map(|(_, count)| count).sum()
    }
}

/// A list such as `2 sessions, 1 unused pictures`.
impl fmt::Display for Removed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts: Vec<_> = self.0.iter().map(|(name, count)| format!("{count} {name}")).collect();
        f.write_str(&counts.join(", "))
    }
}

/// Removes the expired data of one context.
#[async_trait]
pub trait Purge: Send + Sync {
    /// Removes expired data in batches.
    ///
    /// Fails with [`StoreError`]; data removed before it stays removed.
    async fn purge(&self) -> Result<Removed, StoreError>;
}

/// The expired data of all contexts.
#[derive(Clone)]
pub struct Retention(Arc<[Arc<dyn Purge>]>);

impl Retention {
    /// Combines these contexts.
    #[must_use]
    pub fn new(contexts: impl IntoIterator<Item = Arc<dyn Purge>>) -> Self {
        Self(contexts.into_iter().collect())
    }

    /// The message that removes expired data.
    #[must_use]
    pub const fn message() -> Message {
        Message { kind: CLEAN_UP, subject: String::new() }
    }
}

/// Removes the expired data of all contexts.
///
/// Data removed before an error stays removed.
pub async fn clean_up(retention: &Retention) -> Result<Removed, StoreError> {
    let mut all = Removed::default();
    for context in &*retention.0 {
        all.0.extend(context.purge().await?.0);
    }
    Ok(all)
}

#[async_trait]
impl JobHandler for Retention {
    async fn handle(&self, entry: &OutboxEntry) -> Option<Result<Outcome, JobError>> {
        if entry.kind != CLEAN_UP {
            return None;
        }
        let removed = match clean_up(self).await {
            Ok(removed) => removed,
            Err(error) => return Some(Err(error.into())),
        };
        tracing::info!(%removed, "expired data removed");
        Some(Ok(Outcome::Done))
    }
}
