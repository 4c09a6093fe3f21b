//! Running statements, and the parts of them that every context needs.

mod page;

use domain::store::StoreError;
use sea_orm::{
    ConnectionTrait, EntityTrait, QueryResult, Select, Statement, StatementBuilder, TryGetable, Value,
    sea_query::{Expr, InsertStatement, LikeExpr, Query},
};

pub(crate) use page::{Keyset, Plan, read_page};

use crate::store_error;

fn statement(connection: &impl ConnectionTrait, sql: impl Into<String>, values: Vec<Value>) -> Statement {
    Statement::from_sql_and_values(connection.get_database_backend(), sql, values)
}

/// The rows of a fixed statement.
pub(crate) async fn all(
    connection: &impl ConnectionTrait,
    sql: impl Into<String>,
    values: Vec<Value>,
) -> Result<Vec<QueryResult>, StoreError> {
    connection.query_all_raw(statement(connection, sql, values)).await.map_err(store_error)
}

/// The rows of a built statement.
pub(crate) async fn fetch(
    connection: &impl ConnectionTrait,
    statement: &impl StatementBuilder,
) -> Result<Vec<QueryResult>, StoreError> {
    connection.query_all(statement).await.map_err(store_error)
}

/// The entity that a query finds, as a value of the domain.
pub(crate) async fn one<E: EntityTrait, T>(
    connection: &impl ConnectionTrait,
    query: Select<E>,
) -> Result<Option<T>, StoreError>
where
    T: TryFrom<E::Model, Error = StoreError>,
{
    query.one(connection).await.map_err(store_error)?.map(T::try_from).transpose()
}

/// The number of rows that a fixed statement changed.
pub(crate) async fn execute(
    connection: &impl ConnectionTrait,
    sql: impl Into<String>,
    values: Vec<Value>,
) -> Result<u64, StoreError> {
    Ok(connection.execute_raw(statement(connection, sql, values)).await.map_err(store_error)?.rows_affected())
}

/// The number of rows that a built statement changed.
pub(crate) async fn run(
    connection: &impl ConnectionTrait,
    statement: &impl StatementBuilder,
) -> Result<u64, StoreError> {
    Ok(connection.execute(statement).await.map_err(store_error)?.rows_affected())
}

/// The insert of one row, by its columns.
pub(crate) fn insert(table: &'static str, row: Vec<(&'static str, Value)>) -> InsertStatement {
    let (columns, values): (Vec<_>, Vec<_>) = row.into_iter().unzip();
    Query::insert().into_table(table).columns(columns).values_panic(values.into_iter().map(Expr::val)).take()
}

/// A column of a row.
pub(crate) fn get<T: TryGetable>(row: &QueryResult, column: &str) -> Result<T, StoreError> {
    row.try_get("", column).map_err(store_error)
}

/// The `LIKE` pattern of texts that contain `part`, in which `%`, `_` and `\` are literal.
pub(crate) fn contains(part: &str) -> LikeExpr {
    let part = part.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    LikeExpr::new(format!("%{part}%")).escape('\\')
}
