use async_trait::async_trait;

use super::{
    Movie, MovieCursor, MovieDraft, MovieFilter, MovieId, MovieOrder, MoviePatch, MovieSummary, SearchQuery,
    Taxonomy, TaxonomyEntry, TaxonomyEntryDraft, TaxonomyEntryId, TaxonomyEntryPatch,
};
use crate::{
    page::{Page, PageSize, Position},
    store::{StoreError, UnitOfWork},
};

/// A unit of work on the catalogue.
pub trait CatalogueUnit: UnitOfWork {
    /// The movies.
    fn movies(&self) -> &dyn MovieRepository;
    /// The genres, actors, countries and languages.
    fn taxonomies(&self) -> &dyn TaxonomyRepository;
}

/// Result of storing a batch of drafts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// Number of movies that were stored.
    pub added: usize,
    /// Number of movies whose name and date exist already, left unchanged.
    pub existing: usize,
}

/// A page of movies with the cursor of the next page.
#[derive(Clone, Debug, PartialEq)]
pub struct MoviePage {
    /// The page.
    pub page: Page<MovieSummary>,
    /// Cursor of the next page; `None` on the last page.
    pub next: Option<MovieCursor>,
}

/// Keyset cursor in a list of entries: after the entry with this folded name and identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaxonomyCursor {
    /// The name without case and diacritics.
    pub name: String,
    /// Identifier of the entry.
    pub id: i64,
}

/// Movies, inside a unit of work. Genres, actors, languages and countries of a movie that are missing in the catalogue are
/// created with it.
///
/// Every method fails with [`StoreError::Unavailable`] or [`StoreError::Failed`]; other errors are documented on the method.
#[async_trait]
pub trait MovieRepository: Send + Sync {
    /// Stores a new movie.
    ///
    /// Fails with [`StoreError::Conflict`] if name and date are taken; the unit of work can continue.
    async fn add(&self, draft: &MovieDraft) -> Result<MovieId, StoreError>;

    /// Stores the movies whose name and date are not taken, and leaves the others unchanged.
    async fn add_missing(&self, drafts: &[MovieDraft]) -> Result<Added, StoreError>;

    /// This movie, locked against other writers until the unit of work ends.
    async fn lock(&self, id: MovieId) -> Result<Option<Movie>, StoreError>;

    /// Changes a locked movie.
    ///
    /// Fails with [`StoreError::Conflict`] if another movie has the new name and date; the unit of work cannot continue.
    async fn update(&self, id: MovieId, patch: &MoviePatch) -> Result<(), StoreError>;

    /// Deletes a locked movie.
    async fn remove(&self, id: MovieId) -> Result<(), StoreError>;

    /// The movie as this unit of work sees it.
    async fn get(&self, id: MovieId) -> Result<Option<Movie>, StoreError>;
}

/// Genres, actors, countries and languages, inside a unit of work.
///
/// Every method fails with [`StoreError::Unavailable`] or [`StoreError::Failed`]; other errors are documented on the method.
#[async_trait]
pub trait TaxonomyRepository: Send + Sync {
    /// Stores a new entry.
    ///
    /// Fails with [`StoreError::Conflict`] if its name, or a country's code, is taken; the unit of work can continue.
    async fn add(&self, draft: &TaxonomyEntryDraft) -> Result<i64, StoreError>;

    /// This entry, locked against other writers until the unit of work ends.
    async fn lock(&self, id: TaxonomyEntryId) -> Result<Option<TaxonomyEntry>, StoreError>;

    /// Changes a locked entry. The search index of an actor's movies gets the new name.
    ///
    /// Fails with [`StoreError::Conflict`] if the new name or code is taken; the unit of work cannot continue.
    async fn update(&self, id: TaxonomyEntryId, patch: &TaxonomyEntryPatch) -> Result<(), StoreError>;

    /// Replaces one entry by another of its kind in every movie. Both must be locked.
    async fn merge(&self, from: TaxonomyEntryId, into: TaxonomyEntryId) -> Result<(), StoreError>;

    /// Deletes a locked entry that no movie refers to.
    async fn remove(&self, id: TaxonomyEntryId) -> Result<(), StoreError>;

    /// The entry as this unit of work sees it.
    async fn get(&self, id: TaxonomyEntryId) -> Result<Option<TaxonomyEntry>, StoreError>;
}

/// Version of the catalogue, to detect outdated reads.
pub trait CatalogueChanges: Send + Sync {
    /// A number that increases whenever the catalogue may have changed, in this process or another. Data that was read at
    /// a smaller number may be outdated.
    fn generation(&self) -> u64;
}

/// Read-only queries of the catalogue, outside any unit of work.
///
/// Every method fails with [`StoreError::Unavailable`] or [`StoreError::Failed`].
#[async_trait]
pub trait CatalogueQueries: Send + Sync {
    /// A page of the movies that match the filter, in this order. An order by relevance requires a search in the filter,
    /// and a cursor must have the same order.
    async fn movies(
        &self,
        filter: &MovieFilter,
        order: MovieOrder,
        position: Position<MovieCursor>,
        size: PageSize,
    ) -> Result<MoviePage, StoreError>;

    /// A movie in full, in one round trip.
    async fn movie(&self, id: MovieId) -> Result<Option<Movie>, StoreError>;

    /// Movies in full, in ascending order of their ids: those after `after`, at most `limit`.
    async fn movies_in_full(&self, after: Option<MovieId>, limit: u64) -> Result<Vec<Movie>, StoreError>;

    /// A page of the entries of one taxonomy, ordered by their names without case and diacritics. With a search, only those
    /// whose names contain its words in sequence, anywhere in the name.
    async fn taxonomies(
        &self,
        kind: Taxonomy,
        search: Option<&SearchQuery>,
        position: Position<TaxonomyCursor>,
        size: PageSize,
    ) -> Result<Page<TaxonomyEntry>, StoreError>;

    /// One entry.
    async fn taxonomy_entry(&self, id: TaxonomyEntryId) -> Result<Option<TaxonomyEntry>, StoreError>;

    /// Number of movies.
    async fn count(&self) -> Result<i64, StoreError>;
}
