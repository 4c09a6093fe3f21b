use std::{
    panic::{AssertUnwindSafe, resume_unwind},
    sync::atomic::{AtomicUsize, Ordering},
};

use futures::FutureExt;
use sqlx::{Connection, PgConnection};
use tempfile::TempDir;

use crate::postgres;

/// An empty database for one test.
#[derive(Debug)]
pub struct TestDatabase {
    /// URL of the database.
    pub url: String,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Sqlite { _folder: TempDir },
    Postgres { server: &'static str, name: String },
}

static NUMBER: AtomicUsize = AtomicUsize::new(0);

impl TestDatabase {
    /// Creates a SQLite file.
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("test.sqlite").display());
        Self { url, kind: Kind::Sqlite { _folder: folder } }
    }

    /// Creates a PostgreSQL database, or returns `None` if there is no server.
    pub async fn postgres() -> Option<Self> {
        let server = postgres::server()?.url.as_str();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("theater_test_{}_{number}", std::process::id());
        execute(server, format!("CREATE DATABASE {name}")).await;
        let (host, parameters) = server
            .split_once('?')
            .map_or((server, String::new()), |(host, parameters)| (host, format!("?{parameters}")));
        let (host, _) = host.rsplit_once('/').expect("a URL with a database");
        Some(Self { url: format!("{host}/{name}{parameters}"), kind: Kind::Postgres { server, name } })
    }

    async fn remove(self) {
        if let Kind::Postgres { server, name } = self.kind {
            execute(server, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
    }
}

async fn execute(server: &str, sql: String) {
    let mut connection = PgConnection::connect(server).await.expect("the PostgreSQL server answers");
    sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.expect("the server allows it");
}

/// Whether a session waits for a lock on a row or a table of this database. On SQLite writers queue before they reach the
/// database, so the result is always `true`.
pub async fn lock_is_awaited(url: &str) -> bool {
    if !url.starts_with("postgres") {
        return true;
    }
    let mut connection = PgConnection::connect(url).await.expect("the PostgreSQL server answers");
    let waiting = "SELECT EXISTS (SELECT 1 FROM pg_stat_activity
                   WHERE datname = current_database() AND wait_event_type = 'Lock')";
    sqlx::query_scalar(waiting).fetch_one(&mut connection).await.expect("every role may query it")
}

/// Runs a test on its own database, and removes the database even if the test panics.
pub async fn run<Test: Future<Output = ()>>(
    database: Option<TestDatabase>,
    test: impl FnOnce(String) -> Test,
) {
    let Some(database) = database else { return };
    let outcome = AssertUnwindSafe(test(database.url.clone())).catch_unwind().await;
    database.remove().await;
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
}

/// Declares each test for SQLite and for PostgreSQL. A test takes the URL of an empty database.
#[macro_export]
macro_rules! on_every_database {
    ($($(#[$meta:meta])* async fn $name:ident($url:ident: String) $body:block)+) => {
        $($(#[$meta])* async fn $name($url: String) $body)+

        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                $crate::run(Some($crate::TestDatabase::sqlite()), super::$name).await;
            })+
        }

        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                $crate::run($crate::TestDatabase::postgres().await, super::$name).await;
            })+
        }
    };
}
