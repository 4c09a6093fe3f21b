use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseBackend, DatabaseConnection, DatabaseTransaction, DbErr, ExecResult,
    QueryResult, RuntimeErr, Statement, TransactionOptions, TransactionTrait,
};

/// How long a statement may take, as PostgreSQL is told: it ends one that takes longer.
pub(crate) const STATEMENT_TIMEOUT: Duration = Duration::from_secs(3);
/// How long callers wait for PostgreSQL, which may be in trouble and end nothing. A little less, so that they are told within
/// the time that is promised.
const ANSWER_TIMEOUT: Duration = Duration::from_millis(2_500);
/// For how long after a silence connections are looked at before anybody else gets them.
const SUSPICION: Duration = Duration::from_secs(30);

/// A connection that nobody has used for so long is asked whether it still works.
pub(crate) const MAY_BE_BROKEN: Duration = Duration::from_millis(500);

/// When PostgreSQL last did not answer, as this process sees it.
static LAST_SILENCE: Mutex<Option<Instant>> = Mutex::new(None);

/// Whether PostgreSQL did not answer a while ago.
pub(crate) fn was_silent_lately() -> bool {
    let last = LAST_SILENCE.lock().unwrap_or_else(PoisonError::into_inner);
    last.is_some_and(|last| last.elapsed() < SUSPICION)
}

/// A connection on which nobody waits for ever. On SQLite, where a statement runs in this process, nothing is cut short.
#[derive(Clone, Debug)]
pub(crate) struct Bounded<C>(pub(crate) C);

/// An outcome, or an error where PostgreSQL does not answer in time.
pub(crate) async fn within<T>(
    backend: DatabaseBackend,
    call: impl Future<Output = Result<T, DbErr>>,
) -> Result<T, DbErr> {
    if backend != DatabaseBackend::Postgres {
        return call.await;
    }
    let no_answer = |_| {
        *LAST_SILENCE.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        DbErr::Conn(RuntimeErr::Internal("the database does not answer".to_owned()))
    };
    tokio::time::timeout(ANSWER_TIMEOUT, call).await.map_err(no_answer)?
}

impl Bounded<DatabaseConnection> {
    pub(crate) async fn begin(
        &self,
        options: TransactionOptions,
    ) -> Result<Bounded<DatabaseTransaction>, DbErr> {
        let begun = within(self.get_database_backend(), self.0.begin_with_options(options)).await;
        begun.map(Bounded)
    }
}

impl Bounded<DatabaseTransaction> {
    pub(crate) async fn commit(self) -> Result<(), DbErr> {
        within(self.get_database_backend(), self.0.commit()).await
    }

    pub(crate) async fn rollback(self) -> Result<(), DbErr> {
        within(self.get_database_backend(), self.0.rollback()).await
    }
}

#[async_trait]
impl<C: ConnectionTrait + Send> ConnectionTrait for Bounded<C> {
    fn get_database_backend(&self) -> DatabaseBackend {
        self.0.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        within(self.get_database_backend(), self.0.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        within(self.get_database_backend(), self.0.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        within(self.get_database_backend(), self.0.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        within(self.get_database_backend(), self.0.query_all_raw(statement)).await
    }
}
