use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use domain::{
    catalogue::{CatalogueUnit, MovieRepository, TaxonomyRepository},
    outbox::Outbox,
    store::{Begin, StoreError, UnitOfWork},
};
use sea_orm::{ConnectionTrait, DatabaseBackend};

use super::{CatalogueStore, CatalogueVersion};
use crate::{sql::all, store::Transaction};

/// A transaction whose commit invalidates what is cached of the catalogue, if it changed it.
pub(crate) struct CatalogueTransaction {
    pub(super) transaction: Transaction,
    version: Arc<CatalogueVersion>,
    changed: AtomicBool,
}

impl CatalogueTransaction {
    /// Records that this transaction changes the catalogue.
    pub(super) fn touch_catalogue(&self) {
        self.changed.store(true, Ordering::Relaxed);
    }

    /// Locks the catalogue, so that units of work change it one after the other. They wait for each other at the count of
    /// movies anyway; one that locks it first cannot deadlock, and sees the changes of those before it.
    pub(super) async fn hold_catalogue(&self) -> Result<(), StoreError> {
        // SQLite has one writer at a time.
        if self.transaction.sql.get_database_backend() == DatabaseBackend::Postgres {
            all(&self.transaction.sql, "SELECT movies FROM catalogue_totals FOR UPDATE", vec![]).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl Begin<dyn CatalogueUnit> for CatalogueStore {
    async fn begin(&self) -> Result<Box<dyn CatalogueUnit>, StoreError> {
        Ok(Box::new(CatalogueTransaction {
            transaction: self.database.transaction().await?,
            version: self.version.clone(),
            changed: AtomicBool::new(false),
        }))
    }
}

#[async_trait]
impl UnitOfWork for CatalogueTransaction {
    fn outbox(&self) -> &dyn Outbox {
        &self.transaction
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        let committed = self.transaction.commit_and_notify().await;
        // A commit that fails may still have taken effect. From here on this process reads what it wrote.
        if self.changed.into_inner() {
            self.version.changed();
        }
        committed
    }

    async fn rollback(self: Box<Self>) -> Result<(), StoreError> {
        self.transaction.discard().await
    }
}

impl CatalogueUnit for CatalogueTransaction {
    fn movies(&self) -> &dyn MovieRepository {
        self
    }

    fn taxonomies(&self) -> &dyn TaxonomyRepository {
        self
    }
}
