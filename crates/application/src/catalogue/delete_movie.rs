use domain::{catalogue::MovieId, ports::StoreError};

use super::{Catalogue, Precondition};

/// Why a film was not removed.
#[derive(Debug, thiserror::Error)]
pub enum DeleteMovieError {
    /// The catalogue does not hold it.
    #[error("Movie with the given ID was not found.")]
    NotFound,
    /// It is no longer as the caller last saw it.
    #[error("The movie was changed since you read it.")]
    Changed,
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Removes a film, if it still is as the caller expects.
///
/// # Errors
///
/// [`DeleteMovieError`]; nothing was removed then.
pub async fn delete_movie(
    catalogue: &Catalogue,
    id: MovieId,
    expected: Option<Precondition<'_>>,
) -> Result<(), DeleteMovieError> {
    let unit = catalogue.store.begin().await?;
    let current = unit.movies().lock(id).await?.ok_or(DeleteMovieError::NotFound)?;
    if expected.is_some_and(|holds| !holds(&current)) {
        return Err(DeleteMovieError::Changed);
    }
    unit.movies().remove(id).await?;
    unit.commit().await?;
    Ok(())
}
