use async_trait::async_trait;

use super::StoreError;
use crate::{
    catalogue::{Movie, MovieDraft, MovieId, MoviePatch, MovieSummary},
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

/// Films, inside a unit of work. Genres, actors, languages and countries that a film names and the catalogue does not
/// know are created with it.
///
/// Every method fails with [`StoreError::Unavailable`] or [`StoreError::Failed`]; others are named where they occur.
#[async_trait]
pub trait MovieRepository: Send + Sync {
    /// Stores a new film.
    ///
    /// Fails with [`StoreError::Conflict`] when name and date are taken; the unit of work can go on.
    async fn add(&self, draft: &MovieDraft) -> Result<MovieId, StoreError>;

    /// Stores the films of which name and date are not taken yet, and leaves the others as they are.
    async fn add_missing(&self, drafts: &[MovieDraft]) -> Result<Added, StoreError>;

    /// This film, held against other writers until the unit of work ends.
    async fn lock(&self, id: MovieId) -> Result<Option<Movie>, StoreError>;

    /// Changes a film that was locked.
    ///
    /// Fails with [`StoreError::Conflict`] when another film has the new name and date; the unit of work is then over.
    async fn update(&self, id: MovieId, patch: &MoviePatch) -> Result<(), StoreError>;

    /// Removes a film that was locked.
    async fn remove(&self, id: MovieId) -> Result<(), StoreError>;

    /// The film as this unit of work sees it.
    async fn get(&self, id: MovieId) -> Result<Option<Movie>, StoreError>;
}

/// Reads of the catalogue that change nothing, outside any unit of work.
///
/// Every method fails with [`StoreError::Unavailable`] or [`StoreError::Failed`].
#[async_trait]
pub trait CatalogueQueries: Send + Sync {
    /// A part of the list of all films, the newest id first, in one query. The total comes from a count that is kept.
    async fn movies(
        &self,
        position: Position<MovieId>,
        size: PageSize,
    ) -> Result<Page<MovieSummary>, StoreError>;

    /// A film in full, in one round trip.
    async fn movie(&self, id: MovieId) -> Result<Option<Movie>, StoreError>;

    /// How many films there are.
    async fn count(&self) -> Result<i64, StoreError>;
}
