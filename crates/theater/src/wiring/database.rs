use std::time::{Duration, Instant};

use anyhow::Context;
use async_trait::async_trait;
use domain::health::HealthProbe;
use persistence::{Database, Pools};
use secrecy::ExposeSecret;

use super::{DataFolder, sqlite_url};
use crate::config::{self, Config};

/// Timeout of one attempt to connect to the database.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Delay before the next attempt.
const CONNECT_RETRY_DELAY: Duration = Duration::from_millis(500);

/// The health probe of the database.
#[derive(Debug)]
pub(super) struct DatabaseProbe(pub(super) Database);

#[async_trait]
impl HealthProbe for DatabaseProbe {
    fn name(&self) -> &'static str {
        "database"
    }

    async fn check(&self) -> Result<(), String> {
        self.0.ping().await.map_err(|error| error.to_string())
    }
}

pub(super) fn url(config: &Config, folder: &DataFolder) -> String {
    let configured = config.database.url.as_ref().map(|url| url.expose_secret().to_owned());
    configured.unwrap_or_else(|| sqlite_url(&folder.path().join("theater.sqlite")))
}

/// The URL of the job queue. On SQLite it is a file of its own.
pub(super) fn queue_url(database_url: &str, folder: &DataFolder) -> String {
    if database_url.starts_with("sqlite:") {
        sqlite_url(&folder.path().join("queue.sqlite"))
    } else {
        database_url.to_owned()
    }
}

/// Connects, and retries until the start timeout: the service and its database are often started at the same time.
pub(super) async fn connect(url: &str, config: &config::Database) -> anyhow::Result<Pools> {
    let advice = "start the database, or correct DATABASE_URL";
    let deadline = Instant::now() + config.start_timeout;
    let mut warned = false;
    loop {
        let connecting =
            tokio::time::timeout(CONNECT_TIMEOUT, persistence::connect(url, config.max_connections));
        let failure = match connecting.await {
            Ok(Ok(pools)) => return Ok(pools),
            Ok(Err(error)) if !error.is_transient() => {
                return Err(error).context(format!("no database: {advice}"));
            }
            Ok(Err(error)) => anyhow::Error::new(error).context(format!("no database: {advice}")),
            Err(_) => anyhow::anyhow!("the database does not answer: {advice}"),
        };
        if Instant::now() + CONNECT_RETRY_DELAY > deadline {
            return Err(failure);
        }
        if !warned {
            let timeout = humantime::format_duration(config.start_timeout).to_string();
            tracing::warn!(reason = format!("{failure:#}"), timeout, "waiting for the database");
            warned = true;
        }
        tokio::time::sleep(CONNECT_RETRY_DELAY).await;
    }
}
