use domain::{
    catalogue::{Movie, MovieId},
    ports::StoreError,
};

use super::Catalogue;
use crate::precondition::{Changed, Precondition, check};

/// Why a movie was not removed.
#[derive(Debug, thiserror::Error)]
pub enum DeleteMovieError {
    /// The catalogue does not hold it.
    #[error("Movie with the given ID was not found.")]
    NotFound,
    /// See [`Changed`].
    #[error(transparent)]
    Changed(#[from] Changed),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Removes a movie, if it still is as the caller expects.
///
/// # Errors
///
/// [`DeleteMovieError`]; nothing was removed then.
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
