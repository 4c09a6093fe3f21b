//! Filling in what a film or a name is sorted and found by, where another version of the program left it out.

use domain::catalogue::{Name, folded};
use sea_orm::{ConnectionTrait, DatabaseBackend, DatabaseConnection, DbErr, Value};

use super::{all, execute, get, read_movie, search};
use crate::migrate::begin_alone;

/// How many rows are filled in at a time, so that others get their turn in between.
const BATCH: i64 = 500;

/// Fills in every film and every name.
///
/// # Errors
///
/// The database's own; what was filled in before stays so.
pub(crate) async fn fill_in(database: &DatabaseConnection) -> Result<(), DbErr> {
    for table in ["genres", "actors", "countries", "languages"] {
        while names(database, table).await? {}
    }
    while films(database).await? {}
    index_trigrams(database).await
}

/// Indexes for mistyped words, where the extension that they need was installed after the migration.
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

async fn names(database: &DatabaseConnection, table: &str) -> Result<bool, DbErr> {
    let transaction = begin_alone(database).await?;
    let sql = format!("SELECT id, name FROM {table} WHERE search_key IS NULL ORDER BY id LIMIT {BATCH}");
    let rows = all(&transaction, sql, vec![]).await.map_err(|error| refused(&error))?;
    for row in &rows {
        let (id, name): (i64, String) = (
            get(row, "id").map_err(|error| refused(&error))?,
            get(row, "name").map_err(|error| refused(&error))?,
        );
        let sql = format!("UPDATE {table} SET search_key = $2 WHERE id = $1");
        execute(&transaction, sql, vec![id.into(), folded(&name).into()])
            .await
            .map_err(|error| refused(&error))?;
    }
    transaction.commit().await?;
    Ok(!rows.is_empty())
}

async fn films(database: &DatabaseConnection) -> Result<bool, DbErr> {
    let transaction = begin_alone(database).await?;
    let sql = format!("SELECT id FROM movies WHERE sort_key IS NULL ORDER BY id LIMIT {BATCH}");
    let rows = all(&transaction, sql, vec![]).await.map_err(|error| refused(&error))?;
    let ids = rows
        .iter()
        .map(|row| get(row, "id"))
        .collect::<Result<Vec<i64>, _>>()
        .map_err(|error| refused(&error))?;
    let films = read_movie::in_full(&transaction, &ids).await.map_err(|error| refused(&error))?;
    for film in &films {
        let key = sort_key(&film.name);
        let sql = "UPDATE movies SET sort_key = $2 WHERE id = $1";
        execute(&transaction, sql, vec![film.id.0.into(), key]).await.map_err(|error| refused(&error))?;
    }
    let found_by: Vec<_> = films.iter().map(|film| (film.id, read_movie::search_text(film))).collect();
    search::write(&transaction, &found_by).await.map_err(|error| refused(&error))?;
    transaction.commit().await?;
    Ok(!rows.is_empty())
}

fn sort_key(name: &Name) -> Value {
    folded(name.as_str()).into()
}

fn refused(error: &domain::ports::StoreError) -> DbErr {
    DbErr::Custom(error.to_string())
}
