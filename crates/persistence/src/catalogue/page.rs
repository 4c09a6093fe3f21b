//! A part of the list of films, in one query.

use async_trait::async_trait;
use domain::{
    catalogue::{Movie, MovieId, MovieSummary},
    page::{Page, PageSize, Position},
    ports::{CatalogueQueries, StoreError},
};
use sea_orm::QueryResult;

use super::{all, get, read_movie};
use crate::Store;

/// The page's ids come from the index alone, so the rows before the page are never read; the total stands beside them,
/// once, even where the page is empty.
const NUMBERED: &str = "
    SELECT t.movies AS total, m.id, m.name, m.date, m.score, m.overview
    FROM catalogue_totals t
    LEFT JOIN (
        SELECT id, name, date, score, overview FROM movies
        WHERE id IN (SELECT id FROM movies ORDER BY id DESC LIMIT $1 OFFSET $2)
    ) m ON TRUE
    ORDER BY m.id DESC";

const AFTER: &str = "
    SELECT id, name, date, score, overview FROM movies
    WHERE id < $2 ORDER BY id DESC LIMIT $1";

#[async_trait]
impl CatalogueQueries for Store {
    async fn movies(
        &self,
        position: Position<MovieId>,
        size: PageSize,
    ) -> Result<Page<MovieSummary>, StoreError> {
        match position {
            Position::Page(number) => {
                let offset = number.offset(size);
                let rows = all(&self.reader, NUMBERED, vec![size.get().into(), offset.into()]).await?;
                let total = rows.first().map_or(Ok(0), |row| get::<i64>(row, "total"))?;
                let items = summaries(&rows)?;
                let shown = i64::try_from(items.len()).unwrap_or(i64::MAX);
                Ok(Page {
                    has_more: offset.saturating_add(shown) < total && shown > 0,
                    items,
                    total: Some(total),
                })
            }
            Position::After(id) => {
                // One more than asked for tells whether there is more.
                let rows = all(&self.reader, AFTER, vec![(size.get() + 1).into(), id.0.into()]).await?;
                let mut items = summaries(&rows)?;
                let wanted = usize::try_from(size.get()).unwrap_or(usize::MAX);
                let has_more = items.len() > wanted;
                items.truncate(wanted);
                Ok(Page { items, has_more, total: None })
            }
        }
    }

    async fn movie(&self, id: MovieId) -> Result<Option<Movie>, StoreError> {
        read_movie::read(&self.reader, id).await
    }

    async fn count(&self) -> Result<i64, StoreError> {
        let rows = all(&self.reader, "SELECT movies AS total FROM catalogue_totals", vec![]).await?;
        rows.first().map_or(Ok(0), |row| get(row, "total"))
    }
}

fn summaries(rows: &[QueryResult]) -> Result<Vec<MovieSummary>, StoreError> {
    let summary = |row: &QueryResult| {
        let Some(id) = get::<Option<i64>>(row, "id")? else { return Ok(None) };
        Ok(Some(MovieSummary {
            id: MovieId(id),
            name: read_movie::name(row)?,
            date: read_movie::date(row)?,
            score: read_movie::score(row)?,
            overview: read_movie::overview(row)?,
        }))
    };
    rows.iter().filter_map(|row| summary(row).transpose()).collect()
}
