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

/// The engine's name for our jobs.
pub(crate) const QUEUE: &str = "outbox";
/// How often a worker says that it lives.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// After this number of missed heartbeats its jobs are given to another.
const MISSED_HEARTBEATS: usize = 4;
/// The engine counts a hand-back after a crash as an attempt. How often we try is for us to say, not for it.
const NO_LIMIT: usize = 1_000_000;
/// How often, and with which pause between, a SQLite file is tried to be opened and its tables to be brought up to date.
const OPENING_TRIES: u32 = 20;
const OPENING_PAUSE: Duration = Duration::from_millis(100);
/// How many jobs a worker fetches at once.
const BATCH: usize = 10;

/// Why the engine did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// The URL is of no database that is supported.
    #[error("the queue's database URL must begin with postgres:// or sqlite://")]
    Unsupported,
    /// The database of the queue failed.
    #[error("the queue's database failed")]
    Database(#[from] sqlx::Error),
    /// The tables of the queue could not be made.
    #[error("the queue's tables cannot be made")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The engine refused a job.
    #[error("the queue refused a job: {0}")]
    Refused(String),
}

/// The job engine's storage. On SQLite it has a file of its own, so that its polling never competes with the service's
/// writer.
#[derive(Clone, Debug)]
pub struct JobQueue(pub(crate) Backend);

#[derive(Clone, Debug)]
pub(crate) enum Backend {
    Postgres(PgPool),
    Sqlite(SqlitePool),
}

impl JobQueue {
    /// Connects to the storage and brings its tables up to date.
    ///
    /// # Errors
    ///
    /// [`QueueError`].
    pub async fn connect(url: &str) -> Result<Self, QueueError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let pool =
                PgPoolOptions::new().max_connections(4).acquire_timeout(HEARTBEAT).connect(url).await?;
            PostgresStorage::migrations().run(&pool).await?;
            Ok(Self(Backend::Postgres(pool)))
        } else if url.starts_with("sqlite:") {
            let options = SqliteConnectOptions::from_str(url)?;
            Ok(Self(Backend::Sqlite(patiently_opened(options).await?)))
        } else {
            Err(QueueError::Unsupported)
        }
    }

    /// Hands over a job that is to run after `delay`. Handing it over again does nothing.
    pub(crate) async fn push(&self, job: Job, delay: Duration) -> Result<(), QueueError> {
        let key = job.idempotency_key();
        let task = TaskBuilder::new(job).idempotency_key(key).max_attempts(NO_LIMIT).run_after(delay).build();
        match &self.0 {
            Backend::Sqlite(pool) => sqlite(pool).push_task(task).await.map_err(refused),
            Backend::Postgres(pool) => match postgres(pool).push_task(task).await.map_err(refused) {
                // Here the engine's insert fails where on SQLite it does nothing.
                Err(QueueError::Refused(reason)) if reason.contains("idx_jobs_idempotency_key") => Ok(()),
                other => other,
            },
        }
    }

    /// Forgets jobs that were done a number of days ago, and workers that are no more.
    pub(crate) async fn forget_done(&self, days: u32) -> Result<u64, QueueError> {
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

/// Unlike on PostgreSQL, nothing keeps two processes from making a SQLite file and its tables at once; the one that comes
/// second fails, and finds the work done when it looks again.
async fn patiently_opened(options: SqliteConnectOptions) -> Result<SqlitePool, QueueError> {
    let mut tries = 0;
    loop {
        tries += 1;
        match opened(options.clone()).await {
            Err(_) if tries < OPENING_TRIES => tokio::time::sleep(OPENING_PAUSE).await,
            outcome => return outcome,
        }
    }
}

/// Opens the file and brings its tables up to date.
async fn opened(options: SqliteConnectOptions) -> Result<SqlitePool, QueueError> {
    // The engine's own set-up turns `synchronous` off, and jobs would be lost with the power.
    let options = options
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(HEARTBEAT);
    // The engine's transactions begin deferred and then write; with one connection they never meet a lock.
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        // After a full disk, sqlx may believe in a transaction that SQLite has ended, and keep nothing any more.
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
