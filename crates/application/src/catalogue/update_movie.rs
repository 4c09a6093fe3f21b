use domain::{
    catalogue::{Movie, MovieId, MoviePatch, Name, ReleaseDate},
    store::StoreError,
};

use super::Catalogue;
use crate::precondition::{Changed, Precondition, check};

/// Error of [`update_movie`].
#[derive(Debug, thiserror::Error)]
pub enum UpdateMovieError {
    /// The movie does not exist.
    #[error("Movie with the given ID was not found.")]
    NotFound,
    /// See [`Changed`].
    #[error(transparent)]
    Changed(#[from] Changed),
    /// Another movie has the new name and release date.
    #[error("A movie with the name '{name}' and release date '{date}' already exists.")]
    AlreadyExists {
        /// New name.
        name: Name,
        /// New release date.
        date: ReleaseDate,
    },
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Updates a movie if it satisfies the precondition.
pub async fn update_movie(
    catalogue: &Catalogue,
    id: MovieId,
    patch: MoviePatch,
    expected: Precondition<'_, Movie>,
) -> Result<Movie, UpdateMovieError> {
    let unit = catalogue.store.begin().await?;
    let current = unit.movies().lock(id).await?.ok_or(UpdateMovieError::NotFound)?;
    check(expected, &current)?;
    match unit.movies().update(id, &patch).await {
        Err(StoreError::Conflict) => {
            let (name, date) = (patch.name.unwrap_or(current.name), patch.date.unwrap_or(current.date));
            return Err(UpdateMovieError::AlreadyExists { name, date });
        }
        other => other?,
    }
    let movie = unit.movies().get(id).await?.ok_or(UpdateMovieError::NotFound)?;
    unit.commit().await?;
    Ok(movie)
}
