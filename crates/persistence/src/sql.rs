//! Running statements that are written in SQL.

use domain::ports::StoreError;
use sea_orm::{ConnectionTrait, QueryResult, Statement, TryGetable, Value};

use crate::store_error;

fn statement(connection: &impl ConnectionTrait, sql: impl Into<String>, values: Vec<Value>) -> Statement {
    Statement::from_sql_and_values(connection.get_database_backend(), sql, values)
}

/// The rows that a statement finds.
pub(crate) async fn all(
    connection: &impl ConnectionTrait,
    sql: impl Into<String>,
    values: Vec<Value>,
) -> Result<Vec<QueryResult>, StoreError> {
    connection.query_all_raw(statement(connection, sql, values)).await.map_err(store_error)
}

/// How many rows a statement changed.
pub(crate) async fn execute(
    connection: &impl ConnectionTrait,
    sql: impl Into<String>,
    values: Vec<Value>,
) -> Result<u64, StoreError> {
    Ok(connection.execute_raw(statement(connection, sql, values)).await.map_err(store_error)?.rows_affected())
}

/// A column of a row.
pub(crate) fn get<T: TryGetable>(row: &QueryResult, column: &str) -> Result<T, StoreError> {
    row.try_get("", column).map_err(store_error)
}
