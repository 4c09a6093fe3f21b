use std::{str::FromStr, time::Duration};

use apalis::prelude::{TaskBuilder, TaskSink};
use apalis_postgres::PostgresStorage;
use apalis_sqlite::SqliteStorage;
use sqlx::{
    Connection, PgPool, SqlitePool,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::job::Job;

/// Name of our queue in the engine.
pub(crate) const QUEUE: &str = "outbox";
/// Interval between two heartbeats of a worker.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// After this number of missed heartbeats a worker's jobs are given to another.
const MISSED_HEARTBEATS: usize = 4;
/// The engine counts a job that a crashed worker returns as an attempt; `backoff::MAX_ATTEMPTS` limits ours.
const NO_LIMIT: usize = 1_000_000;
/// Maximum attempts to open and migrate a SQLite file, and the delay between them.
const OPEN_MAX_ATTEMPTS: u32 = 20;
const OPEN_RETRY_DELAY: Duration = Duration::from_millis(100);
/// How many jobs a worker fetches at once.
const BATCH: usize = 10;

/// Why an operation on the queue failed.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// The URL's scheme is not supported.
    #[error("the queue's database URL must begin with postgres:// or sqlite://")]
    Unsupported,
    /// The database of the queue failed.
    #[error("the queue's database failed")]
    Database(#[from] sqlx::Error),
    /// The tables of the queue could not be created.
    #[error("the queue's tables cannot be created")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The engine refused a job.
    #[error("the queue refused a job: {0}")]
    Refused(String),
}

/// The job engine's storage. On SQLite it has its own file, so that its polling never competes with the service's writer.
#[derive(Clone, Debug)]
pub struct JobQueue(pub(crate) Backend);

#[derive(Clone, Debug)]
pub(crate) enum Backend {
    Postgres(PgPool),
    Sqlite(SqlitePool),
}

impl JobQueue {
    /// Connects to the storage and migrates its tables.
    pub async fn connect(url: &str) -> Result<Self, QueueError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let pool =
                PgPoolOptions::new().max_connections(4).acquire_timeout(HEARTBEAT).connect(url).await?;
            PostgresStorage::migrations().run(&pool).await?;
            Ok(Self(Backend::Postgres(pool)))
        } else if url.starts_with("sqlite:") {
            let options = SqliteConnectOptions::from_str(url)?;
            Ok(Self(Backend::Sqlite(open_with_retries(options).await?)))
        } else {
            Err(QueueError::Unsupported)
        }
    }

    /// Enqueues a job that runs after `delay`. Enqueueing it again has no effect.
    pub(crate) async fn push(&self, job: Job, delay: Duration) -> Result<(), QueueError> {
        let key = job.idempotency_key();
        let task = TaskBuilder::new(job).idempotency_key(key).max_attempts(NO_LIMIT).run_after(delay).build();
        match &self.0 {
            Backend::Sqlite(pool) => sqlite(pool).push_task(task).await.map_err(refused),
            Backend::Postgres(pool) => match postgres(pool).push_task(task).await.map_err(refused) {
                // Here the engine's insert fails; on SQLite it does nothing.
                Err(QueueError::Refused(reason)) if reason.contains("idx_jobs_idempotency_key") => Ok(()),
                other => other,
            },
        }
    }

    /// Deletes jobs that were done, and workers that were last seen, more than `days` days ago. Returns the number of jobs.
    pub(crate) async fn delete_done(&self, days: u32) -> Result<u64, QueueError> {
        let seconds = i64::from(days) * 86_400;
        Ok(match &self.0 {
            Backend::Postgres(pool) => {
                let sql = "DELETE FROM apalis.jobs WHERE status = 'Done' AND done_at < now() - $1 * interval '1 second'";
                let jobs = sqlx::query(sql).bind(seconds).execute(pool).await?.rows_affected();
                let sql = "DELETE FROM apalis.workers WHERE last_seen < now() - $1 * interval '1 second'
                           AND NOT EXISTS (SELECT FROM apalis.jobs WHERE lock_by = workers.id)";
                sqlx::query(sql).bind(seconds).execute(pool).await?;
                jobs
            }
            Backend::Sqlite(pool) => {
                let sql = "DELETE FROM Jobs WHERE status = 'Done' AND done_at < CAST(strftime('%s', 'now') AS INTEGER) - ?1";
                let jobs = sqlx::query(sql).bind(seconds).execute(pool).await?.rows_affected();
                let sql = "DELETE FROM Workers WHERE last_seen < CAST(strftime('%s', 'now') AS INTEGER) - ?1
                           AND NOT EXISTS (SELECT 1 FROM Jobs WHERE lock_by = Workers.id)";
                sqlx::query(sql).bind(seconds).execute(pool).await?;
                jobs
            }
        })
    }

    /// Closes the connections.
    pub async fn close(&self) {
        match &self.0 {
            Backend::Postgres(pool) => pool.close().await,
            Backend::Sqlite(pool) => pool.close().await,
        }
    }
}

/// Unlike PostgreSQL, SQLite does not prevent two processes from creating a file and its tables at once: the second one
/// fails and succeeds when it retries.
async fn open_with_retries(options: SqliteConnectOptions) -> Result<SqlitePool, QueueError> {
    let mut attempts = 0;
    loop {
        attempts += 1;
        match open(options.clone()).await {
            Err(_) if attempts < OPEN_MAX_ATTEMPTS => tokio::time::sleep(OPEN_RETRY_DELAY).await,
            outcome => return outcome,
        }
    }
}

/// Opens the file and migrates its tables.
async fn open(options: SqliteConnectOptions) -> Result<SqlitePool, QueueError> {
    // The engine's own set-up turns `synchronous` off, and a power failure would lose jobs.
    let options = options
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(HEARTBEAT);
    // The engine's transactions begin deferred and then write; with one connection they never wait for a lock.
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        // After a full disk, sqlx may take a transaction that SQLite has ended for open, and never commit again.
        .after_release(|connection, _| {
            Box::pin(async move {
                connection.ping().await?;
                Ok(!connection.is_in_transaction())
            })
        })
        .connect_with(options)
        .await?;
    SqliteStorage::migrations().run(&pool).await?;
    Ok(pool)
}

fn refused(error: impl std::fmt::Display) -> QueueError {
    QueueError::Refused(error.to_string())
}

pub(crate) fn sqlite(pool: &SqlitePool) -> SqliteStorage<Job> {
    let config = apalis_sqlite::Config::default()
        .queue(QUEUE)
        .batch_size(BATCH)
        .heartbeat_interval(HEARTBEAT)
        .missed_heartbeats(MISSED_HEARTBEATS);
    SqliteStorage::new(pool).with_config(config)
}

pub(crate) fn postgres(pool: &PgPool) -> PostgresStorage<Job> {
    let config = apalis_postgres::Config::default()
        .queue(QUEUE)
        .batch_size(BATCH)
        .heartbeat_interval(HEARTBEAT)
        .missed_heartbeats(MISSED_HEARTBEATS);
    PostgresStorage::new(pool).with_config(config)
}
