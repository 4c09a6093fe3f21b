mod kept;

use std::{future::poll_fn, pin::pin, sync::Arc, task::Poll, time::Duration};

use async_trait::async_trait;
use domain::ports::StoreError;
use sea_orm::{
    ConnectionTrait, DatabaseBackend, DatabaseConnection, DbErr, ExecResult, QueryResult, RuntimeErr,
    Statement, Value, Values,
    sqlx::{self, AssertSqlSafe, PgPool},
};
use sea_query_sqlx::SqlxValues;
use tokio::time::timeout;

use self::kept::{Kept, Place};
use crate::{
    bounded::{Bounded, within},
    store_error,
};

/// How long somebody waits for the pool before they look again for what is kept.
const PATIENCE: Duration = Duration::from_millis(20);

/// Connections for reads outside units of work.
///
/// On PostgreSQL a thread keeps connections that it has read on. A pool asks each one that it gets back whether it still
/// works, which doubles the round trips of a read; and one that was opened by one thread and is read on by another wakes both
/// for every answer. What is kept and not used is there for whoever finds the pool empty.
#[derive(Clone, Debug)]
pub struct Reader {
    database: Bounded<DatabaseConnection>,
    kept: Arc<Kept>,
}

impl Reader {
    pub(crate) fn new(database: DatabaseConnection) -> Self {
        let most = match database.get_database_backend() {
            // The others are for units of work, which ask the pool.
            DatabaseBackend::Postgres => {
                database.get_postgres_connection_pool().options().get_max_connections() * 3 / 4
            }
            _ => 0,
        };
        let kept = Kept::new(usize::try_from(most).unwrap_or(usize::MAX));
        Self { database: Bounded(database), kept: Arc::new(kept) }
    }

    /// The pool that the connections come from.
    pub(crate) fn database(&self) -> &DatabaseConnection {
        &self.database.0
    }

    /// How many connections are kept and not used.
    pub(crate) fn unused(&self) -> usize {
        self.kept.count()
    }

    /// Something that asks the pool for a connection. While it waits, what is kept and not used goes back to the pool.
    pub(crate) async fn beside<T>(&self, call: impl Future<Output = T>) -> T {
        if self.kept.most == 0 {
            return call.await;
        }
        let _waiting = self.kept.wait();
        if is_empty(self.database().get_postgres_connection_pool()) {
            drop(self.kept.any());
        }
        let mut call = pin!(call);
        loop {
            match timeout(PATIENCE, call.as_mut()).await {
                Ok(outcome) => return outcome,
                Err(_) => drop(self.kept.any()),
            }
        }
    }

    /// The rows that a statement finds with these values, planned for them. A plan that PostgreSQL keeps is one for whatever
    /// values there may be, and it takes a word that most films have for one that few have.
    pub(crate) async fn planned(
        &self,
        sql: String,
        values: Vec<Value>,
    ) -> Result<Vec<QueryResult>, StoreError> {
        let statement = Statement::from_sql_and_values(self.get_database_backend(), sql, values);
        Box::pin(self.rows(statement, false)).await.map_err(store_error)
    }

    async fn rows(&self, statement: Statement, plan_is_kept: bool) -> Result<Vec<QueryResult>, DbErr> {
        let backend = self.get_database_backend();
        if backend != DatabaseBackend::Postgres {
            return self.database.query_all_raw(statement).await;
        }
        let pool = self.database().get_postgres_connection_pool();
        within(backend, self.read(pool, statement, plan_is_kept)).await
    }

    async fn read(
        &self,
        pool: &PgPool,
        statement: Statement,
        plan_is_kept: bool,
    ) -> Result<Vec<QueryResult>, DbErr> {
        let acquired = self.connection(pool).await;
        let mut place = acquired.map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))?;
        let values = SqlxValues(statement.values.unwrap_or(Values(Vec::new())));
        let query = sqlx::query_with(AssertSqlSafe(statement.sql), values).persistent(plan_is_kept);
        let rows = query.fetch_all(&mut *place.connection).await;
        // What failed, or was given up, goes to the pool, which looks whether the connection still works.
        let rows = rows.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(error.into())))?;
        self.kept.keep(place);
        Ok(rows.into_iter().map(QueryResult::from).collect())
    }

    async fn connection(&self, pool: &PgPool) -> Result<Place, sqlx::Error> {
        while let Some(mut place) = self.kept.own() {
            if place.works().await {
                return Ok(place);
            }
        }
        // What the pool has was opened by other threads: as long as there is room, this one opens its own.
        let mut others = Vec::new();
        while pool.size() < pool.options().get_max_connections()
            && let Some(other) = pool.try_acquire()
        {
            others.push(other);
        }
        let mut acquiring = pin!(pool.acquire());
        if let Poll::Ready(acquired) = poll_fn(|context| Poll::Ready(acquiring.as_mut().poll(context))).await
        {
            return acquired.map(Place::new);
        }
        let _waiting = self.kept.wait();
        // While it may open one for this thread, those of other threads are left alone, for a moment.
        let mut may_take = is_empty(pool);
        loop {
            if may_take
                && let Some(mut place) = self.kept.any()
                && place.works().await
            {
                return Ok(place);
            }
            if let Ok(acquired) = timeout(PATIENCE, acquiring.as_mut()).await {
                return acquired.map(Place::new);
            }
            // There may be no room on the server.
            others.clear();
            may_take = true;
        }
    }
}

/// Whether whoever asks the pool has to wait.
fn is_empty(pool: &PgPool) -> bool {
    pool.num_idle() == 0 && pool.size() >= pool.options().get_max_connections()
}

#[async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DatabaseBackend {
        self.database.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.beside(self.database.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.beside(self.database.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.query_all_raw(statement).await?.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.rows(statement, true).await
    }
}
