use std::{fmt, sync::Arc};

use async_trait::async_trait;
use domain::{
    environment::Randomness,
    outbox::Outbox,
    store::{StoreError, UnitOfWork},
};
use sea_orm::{
    ConnectionTrait, DatabaseBackend, DatabaseConnection, DatabaseTransaction, SqliteTransactionMode,
    TransactionOptions,
};
use tokio::sync::Notify;

use crate::{Pools, bounded::Bounded, sql::all, store_error};

/// A transaction that writes. A deferred one that turns into a writer ignores the busy timeout (SQLite, "Transaction
/// Control").
pub(crate) const IMMEDIATE: TransactionOptions = TransactionOptions {
    isolation_level: None,
    access_mode: None,
    sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
};

/// The database of one process, on which the stores of all contexts are built. Cloning it is cheap and shares its connections.
#[derive(Clone)]
pub struct Database {
    pub(crate) reader: Bounded<DatabaseConnection>,
    writer: Bounded<DatabaseConnection>,
    wake_up: Arc<Notify>,
    randomness: Arc<dyn Randomness>,
}

/// A transaction, which implements the repositories and the unit of work of each context whose writes need no more.
pub(crate) struct Transaction {
    pub(crate) sql: Bounded<DatabaseTransaction>,
    pub(crate) randomness: Arc<dyn Randomness>,
    wake_up: Arc<Notify>,
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database")
            .field("reader", &self.reader)
            .field("writer", &self.writer)
            .finish_non_exhaustive()
    }
}

impl Database {
    /// A database over these connections. `randomness` generates the keys of outbox messages.
    #[must_use]
    pub fn new(pools: Pools, randomness: Arc<dyn Randomness>) -> Self {
        Self {
            reader: Bounded(pools.reader),
            writer: Bounded(pools.writer),
            wake_up: Arc::new(Notify::new()),
            randomness,
        }
    }

    /// Notified after each unit of work that this process commits, so that its relay need not wait for its next poll of
    /// the outbox.
    #[must_use]
    pub fn wake_up(&self) -> Arc<Notify> {
        self.wake_up.clone()
    }

    /// Checks that the database answers a query.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub async fn ping(&self) -> Result<(), StoreError> {
        all(&self.reader, "SELECT 1 AS one", vec![]).await.map(|_| ())
    }

    pub(crate) fn backend(&self) -> DatabaseBackend {
        self.reader.get_database_backend()
    }

    #[tracing::instrument(name = "begin", target = "theater_trace", skip_all)]
    pub(crate) async fn transaction(&self) -> Result<Transaction, StoreError> {
        let sql = self.writer.begin(IMMEDIATE).await.map_err(store_error)?;
        Ok(Transaction { sql, randomness: self.randomness.clone(), wake_up: self.wake_up.clone() })
    }
}

impl Transaction {
    #[tracing::instrument(name = "commit", target = "theater_trace", skip_all)]
    pub(crate) async fn commit_and_notify(self) -> Result<(), StoreError> {
        self.sql.commit().await.map_err(store_error)?;
        self.wake_up.notify_one();
        Ok(())
    }

    pub(crate) async fn discard(self) -> Result<(), StoreError> {
        self.sql.rollback().await.map_err(store_error)
    }
}

#[async_trait]
impl UnitOfWork for Transaction {
    fn outbox(&self) -> &dyn Outbox {
        self
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.commit_and_notify().await
    }

    async fn rollback(self: Box<Self>) -> Result<(), StoreError> {
        self.discard().await
    }
}
