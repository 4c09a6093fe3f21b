use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use async_trait::async_trait;
use domain::ports::{
    LinkTokenRepository, MovieRepository, Outbox, ProfileRepository, Randomness, SessionRepository,
    StoreError, TaxonomyRepository, UnitOfWork, UnitOfWorkFactory, UserRepository,
};
use sea_orm::{
    ConnectionTrait, DatabaseBackend, DatabaseConnection, DatabaseTransaction, SqliteTransactionMode,
    TransactionOptions,
};
use tokio::sync::{Notify, OnceCell};

use crate::{Pools, bounded::Bounded, catalogue::version::CatalogueVersion, store_error};

/// The store of one process. Cloning it is cheap and shares its connections.
#[derive(Clone)]
pub struct Store {
    pub(crate) reader: Bounded<DatabaseConnection>,
    writer: Bounded<DatabaseConnection>,
    wake_up: Arc<Notify>,
    randomness: Arc<dyn Randomness>,
    pub(crate) version: Arc<CatalogueVersion>,
    pub(crate) trigrams: Arc<OnceCell<bool>>,
}

/// A transaction, which implements every repository itself.
pub(crate) struct Transaction {
    pub(crate) sql: Bounded<DatabaseTransaction>,
    pub(crate) randomness: Arc<dyn Randomness>,
    wake_up: Arc<Notify>,
    version: Arc<CatalogueVersion>,
    touched_catalogue: AtomicBool,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
            .field("reader", &self.reader)
            .field("writer", &self.writer)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// A store over these connections. `randomness` generates the keys of outbox messages.
    #[must_use]
    pub fn new(pools: Pools, randomness: Arc<dyn Randomness>) -> Self {
        Self {
            reader: Bounded(pools.reader),
            writer: Bounded(pools.writer),
            wake_up: Arc::new(Notify::new()),
            randomness,
            version: Arc::default(),
            trigrams: Arc::default(),
        }
    }

    /// Notified after each unit of work that this process commits, so that its relay need not wait for its next poll of
    /// the outbox.
    #[must_use]
    pub fn wake_up(&self) -> Arc<Notify> {
        self.wake_up.clone()
    }

    pub(crate) fn backend(&self) -> DatabaseBackend {
        self.reader.get_database_backend()
    }

    #[tracing::instrument(name = "begin", target = "theater_trace", skip_all)]
    pub(crate) async fn transaction(&self) -> Result<Transaction, StoreError> {
        // A deferred transaction that turns into a writer ignores the busy timeout (SQLite, "Transaction Control").
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        let sql = self.writer.begin(options).await.map_err(store_error)?;
        Ok(Transaction {
            sql,
            randomness: self.randomness.clone(),
            wake_up: self.wake_up.clone(),
            version: self.version.clone(),
            touched_catalogue: AtomicBool::new(false),
        })
    }
}

impl Transaction {
    #[tracing::instrument(name = "commit", target = "theater_trace", skip_all)]
    pub(crate) async fn commit_and_notify(self) -> Result<(), StoreError> {
        let committed = self.sql.commit().await.map_err(store_error);
        // A commit that fails may still have taken effect. From here on this process reads what it wrote.
        if self.touched_catalogue.into_inner() {
            self.version.changed();
        }
        committed?;
        self.wake_up.notify_one();
        Ok(())
    }

    /// Makes the commit of this transaction invalidate what is cached of the catalogue.
    pub(crate) fn touch_catalogue(&self) {
        self.touched_catalogue.store(true, Ordering::Relaxed);
    }
}

#[async_trait]
impl UnitOfWorkFactory for Store {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        Ok(Box::new(self.transaction().await?))
    }
}

#[async_trait]
impl UnitOfWork for Transaction {
    fn users(&self) -> &dyn UserRepository {
        self
    }

    fn link_tokens(&self) -> &dyn LinkTokenRepository {
        self
    }

    fn sessions(&self) -> &dyn SessionRepository {
        self
    }

    fn profiles(&self) -> &dyn ProfileRepository {
        self
    }

    fn movies(&self) -> &dyn MovieRepository {
        self
    }

    fn taxonomies(&self) -> &dyn TaxonomyRepository {
        self
    }

    fn outbox(&self) -> &dyn Outbox {
        self
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.commit_and_notify().await
    }

    async fn rollback(self: Box<Self>) -> Result<(), StoreError> {
        self.sql.rollback().await.map_err(store_error)
    }
}
