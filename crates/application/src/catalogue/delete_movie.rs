use domain::{
    catalogue::{Movie, MovieId},
    store::StoreError,
};

use super::Catalogue;
use crate::precondition::{Changed, Precondition, check};

/// Error of [`delete_movie`].
#[derive(Debug, thiserror::Error)]
pub enum DeleteMovieError {
    /// The movie does not exist.
    #[error("Movie with the given ID was not found.")]
    NotFound,
    /// See [`Changed`].
    #[error(transparent)]
    Changed(#[from] Changed),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Deletes a movie if it satisfies the precondition.
pub async fn delete_movie(
    catalogue: &Catalogue,
    id: MovieId,
    expected: Precondition<'_, Movie>,
) -> Result<(), DeleteMovieError> {
    let unit = catalogue.store.begin().await?;
    let current = unit.movies().lock(id).await?.ok_or(DeleteMovieError::NotFound)?;
    check(expected, &current)?;
    unit.movies().remove(id).await?;
    unit.commit().await?;
    Ok(())
}
