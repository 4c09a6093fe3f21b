use std::{
    collections::HashMap,
    future::poll_fn,
    pin::pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    task::Poll,
    thread::{self, ThreadId},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use domain::ports::StoreError;
use sea_orm::{
    ConnectionTrait, DatabaseBackend, DatabaseConnection, DbErr, ExecResult, QueryResult, RuntimeErr,
    Statement, Value, Values,
    sqlx::{self, AssertSqlSafe, Connection, PgPool, Postgres, pool::PoolConnection},
};
use sea_query_sqlx::SqlxValues;
use tokio::time::timeout;

use crate::{
    bounded::{Bounded, MAY_BE_BROKEN, within},
    store_error,
};

/// A connection that is used and was away from the pool for so long is closed: connections should not become old.
const TENURE: Duration = Duration::from_mins(30);
/// One that nobody has used for so long is closed.
const UNUSED: Duration = Duration::from_mins(1);
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
        self.kept.unused().values().map(Vec::len).sum()
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

/// A connection and how long it has been away from its pool.
#[derive(Debug)]
struct Place {
    connection: PoolConnection<Postgres>,
    since: Instant,
    used: Instant,
}

impl Place {
    fn new(connection: PoolConnection<Postgres>) -> Self {
        let now = Instant::now();
        Self { connection, since: now, used: now }
    }

    async fn works(&mut self) -> bool {
        self.used.elapsed() < MAY_BE_BROKEN || self.connection.ping().await.is_ok()
    }
}

/// The connections that threads keep and do not use.
#[derive(Debug)]
struct Kept {
    unused: Mutex<HashMap<ThreadId, Vec<Place>>>,
    /// How many there may be of them.
    most: usize,
    /// How many wait for the pool.
    waiting: AtomicUsize,
    /// When this was made, and in which second after that it was last looked for what nobody uses.
    since: Instant,
    looked_at: AtomicU64,
}

impl Kept {
    fn new(most: usize) -> Self {
        Self {
            unused: Mutex::default(),
            most,
            waiting: AtomicUsize::new(0),
            since: Instant::now(),
            looked_at: AtomicU64::new(0),
        }
    }

    fn unused(&self) -> MutexGuard<'_, HashMap<ThreadId, Vec<Place>>> {
        self.unused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The one that this thread used last.
    fn own(&self) -> Option<Place> {
        let mut place = self.unused().get_mut(&thread::current().id())?.pop()?;
        if place.used.elapsed() < UNUSED {
            return Some(place);
        }
        // The others of this thread were used before it: they go when something is kept next.
        place.connection.close_on_drop();
        None
    }

    /// One of any thread.
    fn any(&self) -> Option<Place> {
        self.unused().values_mut().find_map(Vec::pop)
    }

    fn keep(&self, mut place: Place) {
        place.used = Instant::now();
        if place.used - place.since >= TENURE {
            place.connection.close_on_drop();
            return;
        }
        let mut unused = self.unused();
        let mut old = self.unused_for_long(&mut unused, place.used);
        // Whoever waits says so before they look here for the last time. So none waits for what is kept here.
        let is_wanted = self.waiting.load(Ordering::SeqCst) > 0;
        if !is_wanted && unused.values().map(Vec::len).sum::<usize>() < self.most {
            unused.entry(thread::current().id()).or_default().push(place);
        }
        drop(unused);
        // Returned to the pool, they would be read on by other threads.
        for place in &mut old {
            place.connection.close_on_drop();
        }
    }

    /// Takes out what nobody has used for long, now and then.
    fn unused_for_long(&self, unused: &mut HashMap<ThreadId, Vec<Place>>, now: Instant) -> Vec<Place> {
        let seconds = now.duration_since(self.since).as_secs();
        if self.looked_at.swap(seconds, Ordering::Relaxed) == seconds {
            return Vec::new();
        }
        let is_old = |place: &mut Place| place.used + UNUSED < now;
        let old = unused.values_mut().flat_map(|places| places.extract_if(.., is_old)).collect();
        unused.retain(|_, places| !places.is_empty());
        old
    }

    /// Says that somebody waits for the pool until what is returned goes.
    fn wait(&self) -> Waiting<'_> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        Waiting(&self.waiting)
    }
}

impl Drop for Kept {
    /// A connection that returns to its pool needs the runtime, which may be gone by now.
    fn drop(&mut self) {
        for place in self.unused().drain().flat_map(|(_, places)| places) {
            drop(place.connection.detach());
        }
    }
}

struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
