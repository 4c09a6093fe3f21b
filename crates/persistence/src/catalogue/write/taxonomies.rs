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
use sea_orm::{
    ConnectionTrait, DatabaseBackend, Value,
    sea_query::{Expr, ExprTrait, LockType, OnConflict, Query},
};

use super::{all, documents, execute, fetch, get, insert, run};
use crate::{
    catalogue::read::{Links, links, taxonomies::read},
    catalogue::unit::CatalogueTransaction,
};

/// Maximum movies that one statement changes.
const BATCH: i64 = 500;

#[async_trait]
impl TaxonomyRepository for CatalogueTransaction {
    async fn add(&self, draft: &TaxonomyEntryDraft) -> Result<i64, StoreError> {
        self.touch_catalogue();
        let (kind, name) = (draft.kind(), draft.name());
        let mut row: Vec<(_, Value)> = vec![
            ("name", name.into()),
            ("name_key", caseless_key(name).into()),
            ("search_key", folded(name).into()),
        ];
        if let TaxonomyEntryDraft::Country(code, _) = draft {
            row.push(("code", code.as_str().into()));
        }
        let mut statement = insert(kind.plural(), row);
        statement.on_conflict(OnConflict::new().do_nothing().to_owned()).returning_col("id");
        let rows = fetch(&self.transaction.sql, &statement).await?;
        rows.first().map_or(Err(StoreError::Conflict), |row| get(row, "id"))
    }

    async fn lock(&self, id: TaxonomyEntryId) -> Result<Option<TaxonomyEntry>, StoreError> {
        self.hold_catalogue().await?;
        if self.transaction.sql.get_database_backend() == DatabaseBackend::Postgres {
            let row = Query::select()
                .column("id")
                .from(id.kind.plural())
                .and_where(Expr::col("id").eq(id.id))
                .lock(LockType::Update)
                .take();
            fetch(&self.transaction.sql, &row).await?;
        }
        read(&self.transaction.sql, id).await
    }

    async fn update(&self, id: TaxonomyEntryId, patch: &TaxonomyEntryPatch) -> Result<(), StoreError> {
        self.touch_catalogue();
        let mut update = Query::update().table(id.kind.plural()).and_where(Expr::col("id").eq(id.id)).take();
        if let Some(name) = &patch.name {
            update.value("name", name.as_str());
            update.value("name_key", name.key());
            update.value("search_key", folded(name.as_str()));
        }
        update.values(patch.code.map(|code| ("code", code.as_str().into())));
        if update.get_values().is_empty() {
            return Ok(());
        }
        run(&self.transaction.sql, &update).await?;
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
        let delete = Query::delete().from_table(id.kind.plural()).and_where(Expr::col("id").eq(id.id)).take();
        run(&self.transaction.sql, &delete).await?;
        Ok(())
    }

    async fn get(&self, id: TaxonomyEntryId) -> Result<Option<TaxonomyEntry>, StoreError> {
        read(&self.transaction.sql, id).await
    }
}

/// Moves movies from one country to another, in batches small enough that no statement exceeds its timeout.
async fn move_movies(connection: &impl ConnectionTrait, from: i64, into: i64) -> Result<(), StoreError> {
    let sql = "UPDATE movies SET country_id = $2
               WHERE id IN (SELECT id FROM movies WHERE country_id = $1 ORDER BY id LIMIT $3)";
    while execute(connection, sql, vec![from.into(), into.into(), BATCH.into()]).await? > 0 {}
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
        let sql = "SELECT movie_id FROM actors_movies WHERE actor_id = $1 AND movie_id > $2 ORDER BY movie_id LIMIT $3";
        let rows = all(connection, sql, vec![id.id.into(), last.into(), BATCH.into()]).await?;
        let ids = rows.iter().map(|row| get(row, "movie_id")).collect::<Result<Vec<i64>, _>>()?;
        let Some(highest) = ids.last() else { return Ok(()) };
        last = *highest;
        documents::refresh(connection, &ids).await?;
    }
}
