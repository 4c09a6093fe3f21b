//! Notifications of changes to the catalogue, from this process and from others.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sea_orm::{
    ConnectionTrait, DatabaseBackend,
    sqlx::{self, postgres::PgListener},
};
use tokio_util::sync::CancellationToken;

use crate::{
    Store,
    sql::{all, get},
};

/// The channel on which PostgreSQL tells of each transaction that changed the catalogue.
const CHANNEL: &str = "catalogue";
/// How often a SQLite file is asked whether another process changed the catalogue.
const LOOK: Duration = Duration::from_millis(500);
/// How long to wait before listening again after the connection was lost.
const RETRY: Duration = Duration::from_secs(1);

/// How often the catalogue may have changed since this process started.
#[derive(Debug, Default)]
pub(crate) struct CatalogueVersion(AtomicU64);

impl CatalogueVersion {
    pub(crate) fn generation(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    pub(crate) fn changed(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }
}

impl Store {
    /// Hears of changes that other processes make to the catalogue, until `stop`. What is cached is out of date from then
    /// on. While the database cannot be heard, everything counts as changed whenever it is heard again.
    pub async fn listen_for_changes(self: Arc<Self>, url: String, stop: CancellationToken) {
        let listening = async {
            if self.reader.get_database_backend() == DatabaseBackend::Postgres {
                self.listen(&url).await;
            } else {
                self.look().await;
            }
        };
        stop.run_until_cancelled(listening).await;
    }

    async fn listen(&self, url: &str) {
        loop {
            if let Err(error) = self.listen_once(url).await {
                tracing::warn!(%error, "changes that other processes make are not heard of; caches end by their age");
            }
            tokio::time::sleep(RETRY).await;
        }
    }

    async fn listen_once(&self, url: &str) -> Result<(), sqlx::Error> {
        let mut listener = PgListener::connect(url).await?;
        listener.listen(CHANNEL).await?;
        // Whatever happened before is unknown.
        self.version.changed();
        while listener.try_recv().await?.is_some() {
            self.version.changed();
        }
        Ok(())
    }

    async fn look(&self) {
        let mut seen = None;
        loop {
            let version = async {
                let rows = all(&self.reader, "SELECT version FROM catalogue_totals", vec![]).await?;
                rows.first().map(|row| get::<i64>(row, "version")).transpose()
            };
            // A file that cannot be read now is no change; every read reports the error.
            if let Ok(version) = version.await
                && version != seen
            {
                seen = version;
                self.version.changed();
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}
