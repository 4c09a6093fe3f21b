//! Filling in the keys and words of rows that another version of the program stored.

use domain::{
    catalogue::{Name, folded},
    store::StoreError,
};
use sea_orm::{
    ConnectionTrait, DatabaseBackend, DatabaseConnection, DbErr, QueryResult,
    sea_query::{Expr, ExprTrait, Order, Query},
};

use super::{documents, fetch, get, run};
use crate::{error::corrupt, migration_lock::begin_alone, store_error};

/// Rows that one transaction fills in; other writers run between two transactions.
const BATCH: u64 = 500;

/// Fills in every movie and every name.
///
/// # Errors
///
/// [`DbErr`]; rows that were filled in before it stay filled in.
pub(crate) async fn fill_in(database: &DatabaseConnection) -> Result<(), DbErr> {
    for table in ["genres", "actors", "countries", "languages"] {
        while fill_in_batch(database, table, "search_key").await.map_err(failed)? {}
    }
    while fill_in_batch(database, "movies", "sort_key").await.map_err(failed)? {}
    index_trigrams(database).await
}

/// Creates the indexes for mistyped words if their extension was installed after the migration.
async fn index_trigrams(database: &DatabaseConnection) -> Result<(), DbErr> {
    if database.get_database_backend() != DatabaseBackend::Postgres {
        return Ok(());
    }
    let transaction = begin_alone(database).await?;
    let sql = "DO $$ BEGIN
        -- Creating an index that is there would wait for writers all the same.
        IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm')
           AND (to_regclass('ix_search_words_trigrams') IS NULL OR to_regclass('ix_actors_trigrams') IS NULL) THEN
            CREATE INDEX IF NOT EXISTS ix_search_words_trigrams ON search_words USING gin (word gin_trgm_ops);
            CREATE INDEX IF NOT EXISTS ix_actors_trigrams ON actors USING gin (search_key gin_trgm_ops);
        END IF;
    END $$";
    transaction.execute_unprepared(sql).await?;
    transaction.commit().await
}

/// Fills in the next rows of a table, whose column `folded_name` is null. Returns whether there were any.
async fn fill_in_batch(
    database: &DatabaseConnection,
    table: &'static str,
    folded_name: &'static str,
) -> Result<bool, StoreError> {
    let transaction = begin_alone(database).await.map_err(store_error)?;
    let query = Query::select()
        .columns(["id", "name"])
        .from(table)
        .and_where(Expr::col(folded_name).is_null())
        .order_by("id", Order::Asc)
        .limit(BATCH)
        .take();
    let rows = fetch(&transaction, &query).await?;
    let mut ids = Vec::with_capacity(rows.len());
    for row in &rows {
        let (id, name) = stored(row, table)?;
        let update = Query::update()
            .table(table)
            .value("name", name.as_str())
            .value("name_key", free_key(&transaction, table, id, &name).await?)
            .value(folded_name, folded(name.as_str()))
            .and_where(Expr::col("id").eq(id))
            .take();
        run(&transaction, &update).await?;
        ids.push(id);
    }
    if table == "movies" {
        documents::refresh(&transaction, &ids).await?;
    }
    transaction.commit().await.map_err(store_error)?;
    Ok(!rows.is_empty())
}

/// The id and the name of a row, in NFC. A name that a version with other rules stored and that is invalid is replaced.
fn stored(row: &QueryResult, table: &str) -> Result<(i64, Name), StoreError> {
    let (id, text): (i64, String) = (get(row, "id")?, get(row, "name")?);
    let name = Name::parse(&text).or_else(|error| {
        tracing::warn!(table, id, %error, "replaced a name that is not valid any more");
        Name::parse(&format!("Unnamed {id}")).map_err(corrupt)
    })?;
    Ok((id, name))
}

/// The key of a row's name, or a key unique to this row if another row has the same name.
async fn free_key(
    connection: &impl ConnectionTrait,
    table: &'static str,
    id: i64,
    name: &Name,
) -> Result<String, StoreError> {
    let key = name.key();
    let mut same_name = Query::select()
        .column("id")
        .from(table)
        .and_where(Expr::col("name_key").eq(key.as_str()))
        .and_where(Expr::col("id").ne(id))
        .take();
    if table == "movies" {
        // Movies of the same name differ in their dates.
        let date = Query::select().column("date").from(table).and_where(Expr::col("id").eq(id)).take();
        same_name.and_where(Expr::col("date").eq(date));
    }
    let rows = fetch(connection, &same_name).await?;
    let Some(row) = rows.first() else { return Ok(key) };
    let other: i64 = get(row, "id")?;
    tracing::warn!(
        table,
        id,
        same_name_as = other,
        "two rows have the same name: merge or rename one of them"
    );
    // No name contains this separator.
    Ok(format!("{key}\u{1f}{id}"))
}

#[expect(clippy::needless_pass_by_value, reason = "used in map_err")]
fn failed(error: StoreError) -> DbErr {
    DbErr::Custom(error.to_string())
}
