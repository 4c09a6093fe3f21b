//! Filling in the keys and words of rows that another version of the program stored.

use domain::{
    catalogue::{Name, folded},
    store::StoreError,
};
use sea_orm::{ConnectionTrait, DatabaseBackend, DatabaseConnection, DbErr, QueryResult};

use super::{all, documents, execute, get, read_movie};
use crate::{error::corrupt, migrate::begin_alone, store_error};

/// Rows that one transaction fills in; other writers run between two transactions.
const BATCH: i64 = 500;

/// Fills in every movie and every name.
///
/// # Errors
///
/// [`DbErr`]; rows that were filled in before it stay filled in.
pub(crate) async fn fill_in(database: &DatabaseConnection) -> Result<(), DbErr> {
    for table in ["genres", "actors", "countries", "languages"] {
        while names(database, table).await.map_err(failed)? {}
    }
    while movies(database).await.map_err(failed)? {}
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

async fn names(database: &DatabaseConnection, table: &str) -> Result<bool, StoreError> {
    let transaction = begin_alone(database).await.map_err(store_error)?;
    let sql = format!("SELECT id, name FROM {table} WHERE search_key IS NULL ORDER BY id LIMIT {BATCH}");
    let rows = all(&transaction, sql, vec![]).await?;
    for row in &rows {
        let named = Stored::read(row, table)?;
        let sql = format!("SELECT id FROM {table} WHERE name_key = $1 AND id <> $2");
        let key = named.free_key(&transaction, &sql, table).await?;
        let sql = format!("UPDATE {table} SET name = $2, name_key = $3, search_key = $4 WHERE id = $1");
        let values =
            vec![named.id.into(), named.name.as_str().into(), key.into(), folded(named.name.as_str()).into()];
        execute(&transaction, sql, values).await?;
    }
    transaction.commit().await.map_err(store_error)?;
    Ok(!rows.is_empty())
}

async fn movies(database: &DatabaseConnection) -> Result<bool, StoreError> {
    let transaction = begin_alone(database).await.map_err(store_error)?;
    let sql = format!("SELECT id, name FROM movies WHERE sort_key IS NULL ORDER BY id LIMIT {BATCH}");
    let rows = all(&transaction, sql, vec![]).await?;
    let mut ids = Vec::with_capacity(rows.len());
    for row in &rows {
        let movie = Stored::read(row, "movies")?;
        let sql = "SELECT id FROM movies WHERE name_key = $1 AND id <> $2
                   AND date = (SELECT date FROM movies WHERE id = $2)";
        let key = movie.free_key(&transaction, sql, "movies").await?;
        let sql = "UPDATE movies SET name = $2, name_key = $3, sort_key = $4 WHERE id = $1";
        let values =
            vec![movie.id.into(), movie.name.as_str().into(), key.into(), folded(movie.name.as_str()).into()];
        execute(&transaction, sql, values).await?;
        ids.push(movie.id);
    }
    let movies = read_movie::in_full(&transaction, &ids).await?;
    let texts: Vec<_> = movies.iter().map(|movie| (movie.id, read_movie::search_text(movie))).collect();
    documents::write(&transaction, &texts).await?;
    transaction.commit().await.map_err(store_error)?;
    Ok(!rows.is_empty())
}

/// A row whose name may have been stored by a version with other rules.
struct Stored {
    id: i64,
    name: Name,
}

impl Stored {
    /// The row with its name in NFC. An invalid name is replaced.
    fn read(row: &QueryResult, table: &str) -> Result<Self, StoreError> {
        let (id, text): (i64, String) = (get(row, "id")?, get(row, "name")?);
        let name = match Name::parse(&text) {
            Ok(name) => name,
            Err(error) => {
                tracing::warn!(table, id, %error, "replaced a name that is not valid any more");
                Name::parse(&format!("Unnamed {id}")).map_err(corrupt)?
            }
        };
        Ok(Self { id, name })
    }

    /// The key of the name, or a key unique to this row if another row has the same name.
    ///
    /// `sql` selects the other row by the key (`$1`) and this row (`$2`).
    async fn free_key(
        &self,
        connection: &impl ConnectionTrait,
        sql: &str,
        table: &str,
    ) -> Result<String, StoreError> {
        let key = self.name.key();
        let rows = all(connection, sql, vec![key.as_str().into(), self.id.into()]).await?;
        let Some(row) = rows.first() else { return Ok(key) };
        let other: i64 = get(row, "id")?;
        tracing::warn!(
            table,
            id = self.id,
            same_name_as = other,
            "two rows have the same name: merge or rename one of them"
        );
        // No name contains this separator.
        Ok(format!("{key}\u{1f}{}", self.id))
    }
}

#[expect(clippy::needless_pass_by_value, reason = "used in map_err")]
fn failed(error: StoreError) -> DbErr {
    DbErr::Custom(error.to_string())
}
