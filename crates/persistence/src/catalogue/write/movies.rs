//! Movies, inside a unit of work.

use std::collections::HashMap;

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::{
    catalogue::{
        Added, CountryCode, Movie, MovieDraft, MovieId, MoviePatch, MovieRepository, Name, SearchText, folded,
    },
    store::StoreError,
};
use sea_orm::{
    ConnectionTrait, DatabaseBackend, Value,
    sea_query::{Expr, ExprTrait, Query},
};

use super::{
    all,
    documents::{self, Prepared},
    execute, get,
    links::{self, ACTORS, GENRES, LANGUAGES},
    names, read_movie,
    rows::{self, CHUNK, Type},
    run,
};
use crate::{catalogue::unit::CatalogueTransaction, error::corrupt};

const COLUMNS: &str = "name, date, score, overview, status, budget, revenue, country_id, sort_key, name_key";
/// Types of [`COLUMNS`].
const TYPES: [Type; WIDTH] = [
    Type::Text,
    Type::Date,
    Type::Double,
    Type::Text,
    Type::Text,
    Type::Integer,
    Type::Integer,
    Type::Integer,
    Type::Text,
    Type::Text,
];
/// Number of [`COLUMNS`].
const WIDTH: usize = 10;
/// From this number of movies on, another thread prepares their search documents.
const BACKGROUND_THRESHOLD: usize = 50;

/// A movie that was stored, and its index among the drafts.
struct New<'a> {
    id: MovieId,
    index: usize,
    draft: &'a MovieDraft,
}

#[async_trait]
impl MovieRepository for CatalogueTransaction {
    async fn add(&self, draft: &MovieDraft) -> Result<MovieId, StoreError> {
        self.touch_catalogue();
        self.hold_catalogue().await?;
        let added = insert(&self.transaction.sql, std::slice::from_ref(draft)).await?;
        added.first().map(|movie| movie.id).ok_or(StoreError::Conflict)
    }

    async fn add_missing(&self, drafts: &[MovieDraft]) -> Result<Added, StoreError> {
        self.touch_catalogue();
        self.hold_catalogue().await?;
        let mut added = 0;
        for chunk in drafts.chunks(CHUNK) {
            added += insert(&self.transaction.sql, chunk).await?.len();
        }
        Ok(Added { added, existing: drafts.len() - added })
    }

    async fn lock(&self, id: MovieId) -> Result<Option<Movie>, StoreError> {
        self.hold_catalogue().await?;
        // SQLite has one writer at a time and no row locks.
        if self.transaction.sql.get_database_backend() == DatabaseBackend::Postgres {
            all(&self.transaction.sql, "SELECT id FROM movies WHERE id = $1 FOR UPDATE", vec![id.0.into()])
                .await?;
        }
        read_movie::read(&self.transaction.sql, id).await
    }

    async fn update(&self, id: MovieId, patch: &MoviePatch) -> Result<(), StoreError> {
        self.touch_catalogue();
        let mut update = Query::update().table("movies").and_where(Expr::col("id").eq(id.0)).take();
        // Updates the movie even if only its links change: SQLite's change triggers are on the movie.
        update.value("id", Expr::col("id"));
        if let Some(code) = patch.country {
            let ids = names::country_ids(&self.transaction.sql, [code]).await?;
            update.values(ids.get(&code).map(|id| ("country_id", (*id).into())));
        }
        if let Some(name) = &patch.name {
            update.value("name", name.as_str());
            update.value("sort_key", folded(name.as_str()));
            update.value("name_key", name.key());
        }
        update.values(patch.date.map(|date| ("date", date.day().into())));
        update.values(patch.score.map(|score| ("score", score.value().into())));
        update.values(patch.overview.as_ref().map(|overview| ("overview", overview.as_str().into())));
        update.values(patch.status.map(|status| ("status", status.as_str().into())));
        update.values(patch.budget.map(|budget| ("budget", budget.minor_units().into())));
        update.values(patch.revenue.map(|revenue| ("revenue", revenue.minor_units().into())));
        run(&self.transaction.sql, &update).await?;
        for (kind, names) in [(GENRES, &patch.genres), (ACTORS, &patch.actors), (LANGUAGES, &patch.languages)]
        {
            if let Some(names) = names {
                links::replace(&self.transaction.sql, kind, id, names).await?;
            }
        }
        if (&patch.name, &patch.overview, &patch.actors) != (&None, &None, &None)
            && let Some(movie) = read_movie::read(&self.transaction.sql, id).await?
        {
            documents::write(&self.transaction.sql, &[(id, read_movie::search_text(&movie))]).await?;
        }
        Ok(())
    }

    async fn remove(&self, id: MovieId) -> Result<(), StoreError> {
        self.touch_catalogue();
        execute(&self.transaction.sql, "DELETE FROM movies WHERE id = $1", vec![id.0.into()]).await?;
        Ok(())
    }

    async fn get(&self, id: MovieId) -> Result<Option<Movie>, StoreError> {
        read_movie::read(&self.transaction.sql, id).await
    }
}

/// Stores the movies whose name and date are free, and returns them. Their ids ascend in the order of the drafts.
///
/// The caller holds the catalogue (see `hold_catalogue`), so no other writer inserts movies in another order meanwhile, and
/// writers cannot deadlock.
async fn insert<'a>(
    connection: &impl ConnectionTrait,
    drafts: &'a [MovieDraft],
) -> Result<Vec<New<'a>>, StoreError> {
    let backend = connection.get_database_backend();
    // The search documents of many movies are prepared on another thread, while the database works.
    let background = (drafts.len() >= BACKGROUND_THRESHOLD).then(|| {
        let drafts = drafts.to_vec();
        tokio::task::spawn_blocking(move || prepared(backend, &drafts))
    });
    let countries = names::country_ids(connection, drafts.iter().map(|draft| draft.country)).await?;
    let movies = drafts.iter().map(|draft| columns_of(draft, &countries));
    let (source, values) = rows::source(backend, TYPES, movies);
    let sql = format!(
        "INSERT INTO movies ({COLUMNS}) {source} ON CONFLICT (name_key, date) DO NOTHING RETURNING id, name_key, date"
    );
    let mut by_key: HashMap<(String, NaiveDate), MovieId> = HashMap::new();
    for row in all(connection, sql, values).await? {
        by_key.insert((get(&row, "name_key")?, get(&row, "date")?), MovieId(get(&row, "id")?));
    }
    let new = |(index, draft): (usize, &'a MovieDraft)| {
        let id = by_key.remove(&(draft.name.key(), draft.date.day()))?;
        Some(New { id, index, draft })
    };
    let added: Vec<_> = drafts.iter().enumerate().filter_map(new).collect();
    for kind in [GENRES, ACTORS, LANGUAGES] {
        let links: Vec<_> = added.iter().map(|movie| (movie.id, (kind.names)(movie.draft))).collect();
        links::add(connection, kind, &links).await?;
    }
    let prepared = match background {
        Some(task) => task.await.map_err(corrupt)?,
        None => prepared(backend, drafts),
    };
    documents::write_prepared(connection, &documents_of(&added, prepared)).await?;
    Ok(added)
}

fn prepared(backend: DatabaseBackend, drafts: &[MovieDraft]) -> Vec<Prepared> {
    drafts.iter().map(|draft| Prepared::new(backend, &text(draft))).collect()
}

/// The search documents of the movies that were added.
fn documents_of(added: &[New<'_>], mut prepared: Vec<Prepared>) -> Vec<(MovieId, Prepared)> {
    added.iter().map(|movie| (movie.id, std::mem::take(&mut prepared[movie.index]))).collect()
}

fn text(draft: &MovieDraft) -> SearchText {
    let actors = draft.actors.as_slice().iter().map(Name::as_str);
    SearchText::new(draft.name.as_str(), actors, draft.overview.as_str())
}

fn columns_of(draft: &MovieDraft, countries: &HashMap<CountryCode, i64>) -> [Value; WIDTH] {
    [
        draft.name.as_str().into(),
        draft.date.day().into(),
        draft.score.value().into(),
        draft.overview.as_str().into(),
        draft.status.as_str().into(),
        draft.budget.minor_units().into(),
        draft.revenue.minor_units().into(),
        countries.get(&draft.country).copied().into(),
        folded(draft.name.as_str()).into(),
        draft.name.key().into(),
    ]
}
