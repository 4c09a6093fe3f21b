//! Genres, actors, countries and languages.

use async_trait::async_trait;
use domain::{
    caseless_key,
    catalogue::{
        Taxonomy, TaxonomyEntry, TaxonomyEntryDraft, TaxonomyEntryId, TaxonomyEntryPatch, TaxonomyRepository,
        folded,
    },
    store::StoreError,
};
use sea_orm::{ConnectionTrait, DatabaseBackend, Value};

use super::{all, documents, execute, get, hold_catalogue, read_movie};
use crate::{
    catalogue::read::{Links, links, taxonomies::read},
    catalogue::unit::CatalogueTransaction,
};

/// Maximum movies that one statement changes.
const BATCH: u64 = 500;

#[async_trait]
impl TaxonomyRepository for CatalogueTransaction {
    async fn add(&self, draft: &TaxonomyEntryDraft) -> Result<i64, StoreError> {
        self.touch_catalogue();
        let (kind, name) = (draft.kind(), draft.name());
        let mut values: Vec<Value> = vec![name.into(), caseless_key(name).into(), folded(name).into()];
        let (column, placeholder) = match draft {
            TaxonomyEntryDraft::Country(code, _) => {
                values.push(code.as_str().into());
                (", code", ", $4")
            }
            TaxonomyEntryDraft::Named(..) => ("", ""),
        };
        let sql = format!(
            "INSERT INTO {} (name, name_key, search_key{column}) VALUES ($1, $2, $3{placeholder})
             ON CONFLICT DO NOTHING RETURNING id",
            kind.plural()
        );
        let rows = all(&self.transaction.sql, sql, values).await?;
        rows.first().map_or(Err(StoreError::Conflict), |row| get(row, "id"))
    }

    async fn lock(&self, id: TaxonomyEntryId) -> Result<Option<TaxonomyEntry>, StoreError> {
        hold_catalogue(&self.transaction.sql).await?;
        if self.transaction.sql.get_database_backend() == DatabaseBackend::Postgres {
            let sql = format!("SELECT id FROM {} WHERE id = $1 FOR UPDATE", id.kind.plural());
            all(&self.transaction.sql, sql, vec![id.id.into()]).await?;
        }
        read(&self.transaction.sql, id).await
    }

    async fn update(&self, id: TaxonomyEntryId, patch: &TaxonomyEntryPatch) -> Result<(), StoreError> {
        self.touch_catalogue();
        let mut columns: Vec<(&str, Value)> = Vec::new();
        if let Some(name) = &patch.name {
            columns.push(("name", name.as_str().into()));
            columns.push(("name_key", name.key().into()));
            columns.push(("search_key", folded(name.as_str()).into()));
        }
        columns.extend(patch.code.map(|code| ("code", code.as_str().into())));
        if columns.is_empty() {
            return Ok(());
        }
        let assignments: Vec<_> =
            columns.iter().enumerate().map(|(at, (column, _))| format!("{column} = ${}", at + 2)).collect();
        let sql = format!("UPDATE {} SET {} WHERE id = $1", id.kind.plural(), assignments.join(", "));
        let values = std::iter::once(id.id.into()).chain(columns.into_iter().map(|(_, value)| value));
        execute(&self.transaction.sql, sql, values.collect()).await?;
        if patch.name.is_some() { update_documents(&self.transaction.sql, id).await } else { Ok(()) }
    }

    async fn merge(&self, from: TaxonomyEntryId, into: TaxonomyEntryId) -> Result<(), StoreError> {
        self.touch_catalogue();
        if from == into {
            return Ok(());
        }
        match links(from.kind) {
            Some(links) => merge_links(&self.transaction.sql, &links, from.id, into.id).await?,
            None => move_movies(&self.transaction.sql, from.id, into.id).await?,
        }
        update_documents(&self.transaction.sql, into).await
    }

    async fn remove(&self, id: TaxonomyEntryId) -> Result<(), StoreError> {
        self.touch_catalogue();
        execute(
            &self.transaction.sql,
            format!("DELETE FROM {} WHERE id = $1", id.kind.plural()),
            vec![id.id.into()],
        )
        .await?;
        Ok(())
    }

    async fn get(&self, id: TaxonomyEntryId) -> Result<Option<TaxonomyEntry>, StoreError> {
        read(&self.transaction.sql, id).await
    }
}

/// Moves movies from one country to another, in batches small enough that no statement exceeds its timeout.
async fn move_movies(connection: &impl ConnectionTrait, from: i64, into: i64) -> Result<(), StoreError> {
    let sql = format!(
        "UPDATE movies SET country_id = $2
         WHERE id IN (SELECT id FROM movies WHERE country_id = $1 ORDER BY id LIMIT {BATCH})"
    );
    while execute(connection, sql.as_str(), vec![from.into(), into.into()]).await? > 0 {}
    Ok(())
}

/// The same for what movies have several of. A movie that has both retains one link.
async fn merge_links(
    connection: &impl ConnectionTrait,
    links: &Links,
    from: i64,
    into: i64,
) -> Result<(), StoreError> {
    let Links { table, column } = links;
    let batch = format!(
        "SELECT max(movie_id) AS last FROM
             (SELECT movie_id FROM {table} WHERE {column} = $1 ORDER BY movie_id LIMIT {BATCH}) AS batch"
    );
    let insert = format!(
        "INSERT INTO {table} (movie_id, {column})
         SELECT l.movie_id, CAST($2 AS bigint) FROM {table} l
         WHERE l.{column} = $1 AND l.movie_id <= $3 AND NOT EXISTS
               (SELECT 1 FROM {table} k WHERE k.movie_id = l.movie_id AND k.{column} = $2)"
    );
    let delete = format!("DELETE FROM {table} WHERE {column} = $1 AND movie_id <= $2");
    loop {
        let rows = all(connection, batch.as_str(), vec![from.into()]).await?;
        let last = rows.first().map(|row| get::<Option<i64>>(row, "last")).transpose()?.flatten();
        let Some(last) = last else { return Ok(()) };
        execute(connection, insert.as_str(), vec![from.into(), into.into(), last.into()]).await?;
        execute(connection, delete.as_str(), vec![from.into(), last.into()]).await?;
    }
}

/// Updates the search documents of an actor's movies, which contain the actor's name.
async fn update_documents(connection: &impl ConnectionTrait, id: TaxonomyEntryId) -> Result<(), StoreError> {
    if id.kind != Taxonomy::Actor {
        return Ok(());
    }
    let mut last = 0;
    loop {
        let sql = format!(
            "SELECT movie_id FROM actors_movies WHERE actor_id = $1 AND movie_id > $2 ORDER BY movie_id LIMIT {BATCH}"
        );
        let rows = all(connection, sql, vec![id.id.into(), last.into()]).await?;
        let ids = rows.iter().map(|row| get(row, "movie_id")).collect::<Result<Vec<i64>, _>>()?;
        let Some(highest) = ids.last() else { return Ok(()) };
        last = *highest;
        let movies = read_movie::in_full(connection, &ids).await?;
        let texts: Vec<_> = movies.iter().map(|movie| (movie.id, read_movie::search_text(movie))).collect();
        documents::write(connection, &texts).await?;
    }
}
