//! Movies and their taxonomies: reads outside units of work, and writes inside them.
//!
//! Statements that depend on a filter are built with sea-query; the others are SQL that PostgreSQL and SQLite both read.

mod read;
mod unit;
mod version;
mod write;

pub(crate) use write::fill_in;

use std::sync::Arc;

use domain::store::StoreError;
use sea_orm::{ConnectionTrait, DatabaseBackend};
use tokio::sync::OnceCell;

use self::version::CatalogueVersion;
use crate::{Database, sql::all};

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

/// Maximum rows that one statement writes or reads. Well below what either database binds in one statement.
const CHUNK: usize = 1_000;

/// Locks the catalogue, so that units of work change it one after the other. They wait for each other at the count of movies
/// anyway; one that locks it first cannot deadlock, and sees the changes of those before it.
async fn hold_catalogue(connection: &impl ConnectionTrait) -> Result<(), StoreError> {
    // SQLite has one writer at a time.
    if connection.get_database_backend() == DatabaseBackend::Postgres {
        all(connection, "SELECT movies FROM catalogue_totals FOR UPDATE", vec![]).await?;
    }
    Ok(())
}
