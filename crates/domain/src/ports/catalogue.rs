use async_trait::async_trait;

use super::StoreError;
use crate::{
    catalogue::{
        Movie, MovieCursor, MovieDraft, MovieFilter, MovieId, MovieOrder, MoviePatch, MovieSummary,
        Reference, ReferenceDraft, ReferenceId, ReferenceKind, ReferencePatch, SearchQuery,
    },
    page::{Page, PageSize, Position},
};

/// How many drafts of a batch were stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// Stored now.
    pub added: usize,
    /// Of a name and date that the catalogue held already, and left as it was.
    pub already_there: usize,
}

/// A part of a list of movies, and the place behind it if there is more.
#[derive(Clone, Debug, PartialEq)]
pub struct MoviePage {
    /// The part.
    pub page: Page<MovieSummary>,
    /// Where to go on; `None` at the end.
    pub next: Option<MovieCursor>,
}

/// A place in a list of references: right behind the one of this folded name and row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferenceCursor {
    /// The name without case and diacritics.
    pub name: String,
    /// The row.
    pub id: i64,
}

/// Movies, inside a unit of work. Genres, actors, languages and countries that a movie names and the catalogue does not
/// know are created with it.
///
/// Every method fails with [`StoreError::Unavailable`] or [`StoreError::Failed`]; others are named where they occur.
#[async_trait]
pub trait MovieRepository: Send + Sync {
    /// Stores a new movie.
    ///
    /// Fails with [`StoreError::Conflict`] when name and date are taken; the unit of work can go on.
    async fn add(&self, draft: &MovieDraft) -> Result<MovieId, StoreError>;

    /// Stores the movies of which name and date are not taken yet, and leaves the others as they are.
    async fn add_missing(&self, drafts: &[MovieDraft]) -> Result<Added, StoreError>;

    /// This movie, held against other writers until the unit of work ends.
    async fn lock(&self, id: MovieId) -> Result<Option<Movie>, StoreError>;

    /// Changes a movie that was locked.
    ///
    /// Fails with [`StoreError::Conflict`] when another movie has the new name and date; the unit of work is then over.
    async fn update(&self, id: MovieId, patch: &MoviePatch) -> Result<(), StoreError>;

    /// Removes a movie that was locked.
    async fn remove(&self, id: MovieId) -> Result<(), StoreError>;

    /// The movie as this unit of work sees it.
    async fn get(&self, id: MovieId) -> Result<Option<Movie>, StoreError>;
}

/// Genres, actors, countries and languages, inside a unit of work.
///
/// Every method fails with [`StoreError::Unavailable`] or [`StoreError::Failed`]; others are named where they occur.
#[async_trait]
pub trait ReferenceRepository: Send + Sync {
    /// Stores a new reference.
    ///
    /// Fails with [`StoreError::Conflict`] when its name, or a country's code, is taken; the unit of work can go on.
    async fn add(&self, draft: &ReferenceDraft) -> Result<i64, StoreError>;

    /// This reference, held against other writers until the unit of work ends.
    async fn lock(&self, id: ReferenceId) -> Result<Option<Reference>, StoreError>;

    /// Changes a reference that was locked. Movies that are found by its name are found by the new one.
    ///
    /// Fails with [`StoreError::Conflict`] when the new name or code is taken; the unit of work is then over.
    async fn update(&self, id: ReferenceId, patch: &ReferencePatch) -> Result<(), StoreError>;

    /// Lets every movie that one reference describes be described by another of its kind. Both were locked.
    async fn merge(&self, from: ReferenceId, into: ReferenceId) -> Result<(), StoreError>;

    /// Removes a reference that was locked and that describes no movie.
    async fn remove(&self, id: ReferenceId) -> Result<(), StoreError>;

    /// The reference as this unit of work sees it.
    async fn get(&self, id: ReferenceId) -> Result<Option<Reference>, StoreError>;
}

/// Tells how old what was read of the catalogue is.
pub trait CatalogueChanges: Send + Sync {
    /// A number that grows whenever the catalogue may have changed, here or in another process. What was read while it was
    /// smaller may be out of date.
    fn generation(&self) -> u64;
}

/// Reads of the catalogue that change nothing, outside any unit of work.
///
/// Every method fails with [`StoreError::Unavailable`] or [`StoreError::Failed`].
#[async_trait]
pub trait CatalogueQueries: Send + Sync {
    /// A part of the list of the movies that a filter allows, in this order. In an order by relevance the filter has a
    /// search, and a cursor's order is this one.
    async fn movies(
        &self,
        filter: &MovieFilter,
        order: MovieOrder,
        position: Position<MovieCursor>,
        size: PageSize,
    ) -> Result<MoviePage, StoreError>;

    /// A movie in full, in one round trip.
    async fn movie(&self, id: MovieId) -> Result<Option<Movie>, StoreError>;

    /// Movies in full, by their ids in ascending order: those behind `after`, up to a maximum number.
    async fn movies_in_full(&self, after: Option<MovieId>, limit: u64) -> Result<Vec<Movie>, StoreError>;

    /// A part of the list of the references of one kind, by their names without case and diacritics. With a search, those
    /// whose names hold its words one after the other, wherever in the name.
    async fn references(
        &self,
        kind: ReferenceKind,
        search: Option<&SearchQuery>,
        position: Position<ReferenceCursor>,
        size: PageSize,
    ) -> Result<Page<Reference>, StoreError>;

    /// One reference.
    async fn reference(&self, id: ReferenceId) -> Result<Option<Reference>, StoreError>;

    /// How many movies there are.
    async fn count(&self) -> Result<i64, StoreError>;
}
