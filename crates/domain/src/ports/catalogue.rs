use async_trait::async_trait;

use super::StoreError;
use crate::{
    catalogue::{
        Movie, MovieCursor, MovieDraft, MovieFilter, MovieId, MovieOrder, MoviePatch, MovieSummary,
        Reference, ReferenceDraft, ReferenceId, ReferenceKind, ReferencePatch, SearchQuery,
    },
    page::{Page, PageSize, Position},
};

/// Result of storing a batch of drafts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// Number of movies that were stored.
    pub added: usize,
    /// Number of movies whose name and date exist already, left unchanged.
    pub already_there: usize,
}

/// A page of movies with the cursor of the next page.
#[derive(Clone, Debug, PartialEq)]
pub struct MoviePage {
    /// The page.
    pub page: Page<MovieSummary>,
    /// Cursor of the next page; `None` on the last page.
    pub next: Option<MovieCursor>,
}

/// Keyset cursor in a list of references: after the reference with this folded name and identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferenceCursor {
    /// The name without case and diacritics.
    pub name: String,
    /// Identifier of the reference.
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
pub trait ReferenceRepository: Send + Sync {
    /// Stores a new reference.
    ///
    /// Fails with [`StoreError::Conflict`] if its name, or a country's code, is taken; the unit of work can continue.
    async fn add(&self, draft: &ReferenceDraft) -> Result<i64, StoreError>;

    /// This reference, locked against other writers until the unit of work ends.
    async fn lock(&self, id: ReferenceId) -> Result<Option<Reference>, StoreError>;

    /// Changes a locked reference. The search index of an actor's movies gets the new name.
    ///
    /// Fails with [`StoreError::Conflict`] if the new name or code is taken; the unit of work cannot continue.
    async fn update(&self, id: ReferenceId, patch: &ReferencePatch) -> Result<(), StoreError>;

    /// Replaces one reference by another of its kind in every movie. Both must be locked.
    async fn merge(&self, from: ReferenceId, into: ReferenceId) -> Result<(), StoreError>;

    /// Deletes a locked reference that no movie refers to.
    async fn remove(&self, id: ReferenceId) -> Result<(), StoreError>;

    /// The reference as this unit of work sees it.
    async fn get(&self, id: ReferenceId) -> Result<Option<Reference>, StoreError>;
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

    /// A page of the references of one kind, ordered by their names without case and diacritics. With a search, only those
    /// whose names contain its words in sequence, anywhere in the name.
    async fn references(
        &self,
        kind: ReferenceKind,
        search: Option<&SearchQuery>,
        position: Position<ReferenceCursor>,
        size: PageSize,
    ) -> Result<Page<Reference>, StoreError>;

    /// One reference.
    async fn reference(&self, id: ReferenceId) -> Result<Option<Reference>, StoreError>;

    /// Number of movies.
    async fn count(&self) -> Result<i64, StoreError>;
}
