use std::{
    str::FromStr,
    time::{Duration, Instant},
};

use sea_orm::{
    DatabaseBackend, DatabaseConnection, SqlxPostgresConnector, SqlxSqliteConnector,
    sqlx::{
        self, ConnectOptions, Connection, SqlitePool,
        error::DatabaseError,
        postgres::{PgConnectOptions, PgPoolOptions},
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
    },
};

use crate::bounded::STATEMENT_TIMEOUT;

/// Timeout of acquiring a connection from a pool.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);
/// Idle time after which a connection is pinged before it is used.
const TEST_AFTER_IDLE: Duration = Duration::from_millis(500);
/// Timeout of waiting for the one writer that SQLite allows.
const SQLITE_WRITER_TIMEOUT: Duration = Duration::from_secs(5);
/// Delay before a locked SQLite file is opened again.
const SQLITE_RETRY_DELAY: Duration = Duration::from_millis(10);

/// Why the connection failed.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The URL's scheme is not supported.
    #[error("the database URL must begin with postgres:// or sqlite://")]
    Unsupported,
    /// The URL is invalid. The message omits it: it may contain the password.
    #[error("the database URL cannot be read")]
    Malformed,
    /// The database cannot be reached or opened.
    #[error("the database cannot be reached")]
    Unreachable(#[source] sqlx::Error),
}

impl ConnectError {
    /// Whether the failure is transient: the database is starting or restarting, or all its connections are in use.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unsupported | Self::Malformed => false,
            Self::Unreachable(sqlx::Error::Database(error)) => {
                // Starting up or shutting down, and too many connections (PostgreSQL, "Error codes").
                error.code().is_some_and(|code| ["57P03", "57P01", "53300"].contains(&&*code))
            }
            Self::Unreachable(error) => matches!(error, sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut),
        }
    }
}

/// The connection pools of one process.
#[derive(Clone, Debug)]
pub struct Pools {
    /// For reads outside units of work.
    pub reader: DatabaseConnection,
    /// For units of work. On SQLite it has one connection: writers queue here, in order, and never wait for a lock.
    pub writer: DatabaseConnection,
}

/// The number of connections of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolUse {
    /// Name of the pool: `reader`, `writer`, or `all` if one pool serves both.
    pub pool: &'static str,
    /// Open connections.
    pub open: u32,
    /// Open connections that are not in use.
    pub idle: u32,
    /// Maximum open connections.
    pub max: u32,
}

impl Pools {
    /// The number of connections of each pool.
    #[must_use]
    pub fn usage(&self) -> Vec<PoolUse> {
        let idle = |idle: usize| u32::try_from(idle).unwrap_or(u32::MAX);
        if self.reader.get_database_backend() == DatabaseBackend::Postgres {
            let pool = self.writer.get_postgres_connection_pool();
            let max = pool.options().get_max_connections();
            return vec![PoolUse { pool: "all", open: pool.size(), idle: idle(pool.num_idle()), max }];
        }
        let usage = |name, database: &DatabaseConnection| {
            let pool = database.get_sqlite_connection_pool();
            let max = pool.options().get_max_connections();
            PoolUse { pool: name, open: pool.size(), idle: idle(pool.num_idle()), max }
        };
        vec![usage("reader", &self.reader), usage("writer", &self.writer)]
    }
}

/// Connects to the database of a `postgres://` or `sqlite://` URL. A missing SQLite file is created.
///
/// # Errors
///
/// [`ConnectError`].
pub async fn connect(url: &str, max_connections: u32) -> Result<Pools, ConnectError> {
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        postgres(url, max_connections).await
    } else if url.starts_with("sqlite:") {
        sqlite(url, max_connections).await
    } else {
        Err(ConnectError::Unsupported)
    }
}

async fn postgres(url: &str, max_connections: u32) -> Result<Pools, ConnectError> {
    let statement_timeout = STATEMENT_TIMEOUT.as_millis().to_string();
    let options = PgConnectOptions::from_str(url)
        .map_err(|_| ConnectError::Malformed)?
        .application_name("movie-theater")
        .options([
            ("statement_timeout", statement_timeout.as_str()),
            ("lock_timeout", "1000"),
            ("TimeZone", "UTC"),
            // Starting workers takes longer than most statements, and one request should not occupy several cores.
            ("max_parallel_workers_per_gather", "0"),
            // Minimum similarity of a word to the mistyped word that it may correct.
            ("pg_trgm.similarity_threshold", "0.2"),
        ]);
    // A pool retries and then reports only a timeout; a single connection reports the cause.
    options
        .connect()
        .await
        .map_err(ConnectError::Unreachable)?
        .close()
        .await
        .map_err(ConnectError::Unreachable)?;
    let pool = PgPoolOptions::new()
        .max_connections(max_connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        // A test before each use would double the round trips.
        .test_before_acquire(false)
        .before_acquire(|connection, used| {
            Box::pin(async move {
                if used.idle_for >= TEST_AFTER_IDLE {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_with(options)
        .await
        .map_err(ConnectError::Unreachable)?;
    let connection = SqlxPostgresConnector::from_sqlx_postgres_pool(pool);
    Ok(Pools { reader: connection.clone(), writer: connection })
}

async fn sqlite(url: &str, max_connections: u32) -> Result<Pools, ConnectError> {
    let options = SqliteConnectOptions::from_str(url)
        .map_err(|_| ConnectError::Malformed)?
        .create_if_missing(true)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        // Acknowledged writes must survive a power failure, not only a crash of the process.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(SQLITE_WRITER_TIMEOUT);
    let writer = writer_of_sqlite(&options).await.map_err(ConnectError::Unreachable)?;
    let reader = SqlitePoolOptions::new()
        .max_connections(max_connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        // A file in this process cannot disconnect; a test would wake the thread of the connection once more.
        .test_before_acquire(false)
        .connect_with(options)
        .await
        .map_err(ConnectError::Unreachable)?;
    Ok(Pools {
        reader: SqlxSqliteConnector::from_sqlx_sqlite_pool(reader),
        writer: SqlxSqliteConnector::from_sqlx_sqlite_pool(writer),
    })
}

/// The first connection switches the file to write-ahead logging. While another process does the same, SQLite fails at
/// once regardless of `busy_timeout`, so this function retries.
async fn writer_of_sqlite(options: &SqliteConnectOptions) -> Result<SqlitePool, sqlx::Error> {
    let deadline = Instant::now() + SQLITE_WRITER_TIMEOUT;
    loop {
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(SQLITE_WRITER_TIMEOUT)
            // SQLite ends a transaction by itself when the disk is full. sqlx does not notice and would take the next
            // one for a part of it: later writes would be acknowledged and never committed.
            .after_release(|connection, _| {
                Box::pin(async move {
                    connection.ping().await?;
                    Ok(!connection.is_in_transaction())
                })
            })
            .connect_with(options.clone())
            .await;
        match pool {
            Err(error) if is_locked(&error) && Instant::now() < deadline => {
                tokio::time::sleep(SQLITE_RETRY_DELAY).await;
            }
            outcome => return outcome,
        }
    }
}

/// Whether another connection locks the file: `SQLITE_BUSY` or one of its extended codes.
fn is_locked(error: &sqlx::Error) -> bool {
    const SQLITE_BUSY: i32 = 5;
    error
        .as_database_error()
        .and_then(DatabaseError::code)
        .and_then(|code| code.parse::<i32>().ok())
        .is_some_and(|code| code & 0xff == SQLITE_BUSY)
}
