use std::time::Duration;

use async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseBackend, DatabaseConnection, DatabaseTransaction, DbErr, ExecResult,
    QueryResult, RuntimeErr, Statement, TransactionOptions, TransactionTrait,
};

/// How long a statement may take, as PostgreSQL is told and as callers wait. PostgreSQL ends a statement that takes longer;
/// callers end one that a server or a network in trouble never answers.
pub(crate) const STATEMENT_TIMEOUT: Duration = Duration::from_secs(3);

/// A connection on which nobody waits for ever. On SQLite, where a statement runs in this process, nothing is cut short.
#[derive(Clone, Debug)]
pub(crate) struct Bounded<C>(pub(crate) C);

async fn within<T>(
    backend: DatabaseBackend,
    call: impl Future<Output = Result<T, DbErr>>,
) -> Result<T, DbErr> {
    if backend != DatabaseBackend::Postgres {
        return call.await;
    }
    let no_answer = |_| DbErr::Conn(RuntimeErr::Internal("the database does not answer".to_owned()));
    tokio::time::timeout(STATEMENT_TIMEOUT, call).await.map_err(no_answer)?
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
