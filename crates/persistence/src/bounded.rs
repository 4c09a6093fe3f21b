use std::time::Duration;

use async_trait::async_trait;
use domain::store::StoreError;
use sea_orm::{
    ConnectionTrait, DatabaseBackend, DatabaseConnection, DatabaseTransaction, DbErr, ExecResult,
    QueryResult, RuntimeErr, Statement, TransactionOptions, TransactionTrait, Values,
    sea_query::SelectStatement,
    sqlx::{self, AssertSqlSafe},
};
use sea_query_sqlx::SqlxValues;

use crate::store_error;

/// `statement_timeout` of PostgreSQL, which cancels a statement that takes longer.
pub(crate) const STATEMENT_TIMEOUT: Duration = Duration::from_secs(3);
/// How long callers wait for PostgreSQL, which may fail to cancel a statement. Less than [`STATEMENT_TIMEOUT`], so that they
/// get an answer within the promised time.
const ANSWER_TIMEOUT: Duration = Duration::from_millis(2_500);

/// A connection whose calls have a timeout on PostgreSQL. On SQLite, where statements run in this process, they have none.
#[derive(Clone, Debug)]
pub(crate) struct Bounded<C>(pub(crate) C);

/// The outcome, or an error if PostgreSQL does not answer within [`ANSWER_TIMEOUT`].
pub(crate) async fn within<T>(
    backend: DatabaseBackend,
    call: impl Future<Output = Result<T, DbErr>>,
) -> Result<T, DbErr> {
    if backend != DatabaseBackend::Postgres {
        return call.await;
    }
    let no_answer = |_| DbErr::Conn(RuntimeErr::Internal("the database does not answer".to_owned()));
    tokio::time::timeout(ANSWER_TIMEOUT, call).await.map_err(no_answer)?
}

impl Bounded<DatabaseConnection> {
    /// The rows of a query that is planned for its values.
    ///
    /// PostgreSQL may cache one plan for all values of a prepared statement, and that plan treats a word that most
    /// movies have like one that few have.
    pub(crate) async fn planned(&self, query: &SelectStatement) -> Result<Vec<QueryResult>, StoreError> {
        let backend = self.get_database_backend();
        let statement = backend.build(query);
        if backend != DatabaseBackend::Postgres {
            return self.query_all_raw(statement).await.map_err(store_error);
        }
        let read = async {
            let values = SqlxValues(statement.values.unwrap_or(Values(Vec::new())));
            let query = sqlx::query_with(AssertSqlSafe(statement.sql), values).persistent(false);
            let rows = query.fetch_all(self.0.get_postgres_connection_pool()).await;
            rows.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(error.into())))
        };
        let rows = within(backend, read).await.map_err(store_error)?;
        Ok(rows.into_iter().map(QueryResult::from).collect())
    }

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
