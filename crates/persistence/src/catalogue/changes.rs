//! Notifications of changes to the catalogue, from this process and from others.

use std::{sync::Arc, time::Duration};

use sea_orm::{
    ConnectionTrait, DatabaseBackend,
    sqlx::{self, postgres::PgListener},
};
use tokio_util::sync::CancellationToken;

use crate::{
    catalogue::CatalogueStore,
    sql::{all, get},
};

/// The channel on which PostgreSQL notifies of each transaction that changed the catalogue.
const CHANNEL: &str = "catalogue";
/// Poll interval of the catalogue version in a SQLite file, which another process may change.
const POLL_INTERVAL: Duration = Duration::from_millis(500);
/// Delay before listening again after the connection was lost.
const RETRY_DELAY: Duration = Duration::from_secs(1);

impl CatalogueStore {
    /// Listens for changes that other processes make to the catalogue, until `stop`. Each change invalidates what is cached,
    /// and so does each new connection after the listener lost its own.
    pub async fn listen_for_changes(self: Arc<Self>, url: String, stop: CancellationToken) {
        let listening = async {
            if self.database.reader.get_database_backend() == DatabaseBackend::Postgres {
                self.listen(&url).await;
            } else {
                self.poll_version().await;
            }
        };
        stop.run_until_cancelled(listening).await;
    }

    async fn listen(&self, url: &str) {
        loop {
            if let Err(error) = self.listen_once(url).await {
                tracing::warn!(%error, "cannot listen for changes by other processes; cached data expires by age");
            }
            tokio::time::sleep(RETRY_DELAY).await;
        }
    }

    async fn listen_once(&self, url: &str) -> Result<(), sqlx::Error> {
        let mut listener = PgListener::connect(url).await?;
        listener.listen(CHANNEL).await?;
        // Changes before this are unknown.
        self.version.changed();
        while listener.try_recv().await?.is_some() {
            self.version.changed();
        }
        Ok(())
    }

    async fn poll_version(&self) {
        let mut seen = None;
        loop {
            let version = async {
                let rows = all(&self.database.reader, "SELECT version FROM catalogue_totals", vec![]).await?;
                rows.first().map(|row| get::<i64>(row, "version")).transpose()
            };
            // A file that cannot be read now is no change; every read reports the error.
            if let Ok(version) = version.await
                && version != seen
            {
                seen = version;
                self.version.changed();
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }
}
