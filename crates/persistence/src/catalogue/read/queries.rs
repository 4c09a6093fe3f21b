//! Reads of the catalogue, outside any unit of work.

use async_trait::async_trait;
use domain::{
    catalogue::{
        CatalogueChanges, CatalogueQueries, Movie, MovieCursor, MovieFilter, MovieId, MovieOrder, MoviePage,
        SearchQuery, Taxonomy, TaxonomyCursor, TaxonomyEntry, TaxonomyEntryId,
    },
    page::{Page, PageSize, Position},
    store::StoreError,
};

use super::{all, get, movie, taxonomies};
use crate::catalogue::CatalogueStore;

#[async_trait]
impl CatalogueQueries for CatalogueStore {
    #[tracing::instrument(name = "list movies", target = "theater_trace", skip_all)]
    async fn movies(
        &self,
        filter: &MovieFilter,
        order: MovieOrder,
        position: Position<MovieCursor>,
        size: PageSize,
    ) -> Result<MoviePage, StoreError> {
        self.list_movies(filter, order, position, size).await
    }

    #[tracing::instrument(name = "read movie", target = "theater_trace", skip_all)]
    async fn movie(&self, id: MovieId) -> Result<Option<Movie>, StoreError> {
        movie::read(&self.database.reader, id).await
    }

    async fn movies_in_full(&self, after: Option<MovieId>, limit: u64) -> Result<Vec<Movie>, StoreError> {
        let sql = "SELECT id FROM movies WHERE id > $1 ORDER BY id LIMIT $2";
        let after = after.map_or(0, |id| id.0);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = all(&self.database.reader, sql, vec![after.into(), limit.into()]).await?;
        let ids = rows.iter().map(|row| get(row, "id")).collect::<Result<Vec<i64>, _>>()?;
        movie::in_full(&self.database.reader, &ids).await
    }

    #[tracing::instrument(name = "list taxonomy", target = "theater_trace", skip_all)]
    async fn taxonomies(
        &self,
        kind: Taxonomy,
        search: Option<&SearchQuery>,
        position: Position<TaxonomyCursor>,
        size: PageSize,
    ) -> Result<Page<TaxonomyEntry>, StoreError> {
        self.list_taxonomy(kind, search, position, size).await
    }

    async fn taxonomy_entry(&self, id: TaxonomyEntryId) -> Result<Option<TaxonomyEntry>, StoreError> {
        taxonomies::read(&self.database.reader, id).await
    }

    async fn count(&self) -> Result<i64, StoreError> {
        let rows = all(&self.database.reader, "SELECT movies AS total FROM catalogue_totals", vec![]).await?;
        rows.first().map_or(Ok(0), |row| get(row, "total"))
    }
}

impl CatalogueChanges for CatalogueStore {
    fn generation(&self) -> u64 {
        self.version.generation()
    }
}
