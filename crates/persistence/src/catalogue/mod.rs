//! Movies and their taxonomies: reads outside units of work, and writes inside them.
//!
//! Statements that depend on a filter, a patch or a taxonomy are built with sea-query, except those that write many rows.
//! The others are SQL that PostgreSQL and SQLite both read.

mod changes;
mod read;
mod unit;
mod write;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use tokio::sync::OnceCell;

use crate::Database;

/// Movies and their taxonomies. Cloning it is cheap and shares its connections.
#[derive(Clone, Debug)]
pub struct CatalogueStore {
    database: Database,
    version: Arc<CatalogueVersion>,
    /// Whether the database finds mistyped words; looked up once.
    trigrams: Arc<OnceCell<bool>>,
}

impl CatalogueStore {
    /// The store on this database.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self { database, version: Arc::default(), trigrams: Arc::default() }
    }
}

/// The number of possible changes to the catalogue since this process started.
#[derive(Debug, Default)]
struct CatalogueVersion(AtomicU64);

impl CatalogueVersion {
    fn generation(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    fn changed(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }
}
