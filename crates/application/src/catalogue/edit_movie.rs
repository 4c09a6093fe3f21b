use domain::{
    catalogue::{Movie, MovieId, MoviePatch, Name, ReleaseDate},
    ports::StoreError,
};

use super::{Catalogue, Precondition};

/// Why a film was not changed.
#[derive(Debug, thiserror::Error)]
pub enum EditMovieError {
    /// The catalogue does not hold it.
    #[error("Movie with the given ID was not found.")]
    NotFound,
    /// It is no longer as the caller last saw it.
    #[error("The movie was changed since you read it.")]
    Changed,
    /// Another film has the new name and date.
    #[error("A movie with the name '{name}' and release date '{date}' already exists.")]
    AlreadyExists {
        /// The name.
        name: Name,
        /// The date.
        date: ReleaseDate,
    },
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Changes a film, if it still is as the caller expects.
///
/// # Errors
///
/// [`EditMovieError`]; nothing was changed then.
pub async fn edit_movie(
    catalogue: &Catalogue,
    id: MovieId,
    patch: MoviePatch,
    expected: Option<Precondition<'_>>,
) -> Result<Movie, EditMovieError> {
    let unit = catalogue.store.begin().await?;
    let current = unit.movies().lock(id).await?.ok_or(EditMovieError::NotFound)?;
    if expected.is_some_and(|holds| !holds(&current)) {
        return Err(EditMovieError::Changed);
    }
    match unit.movies().update(id, &patch).await {
        Err(StoreError::Conflict) => {
            let (name, date) = (patch.name.unwrap_or(current.name), patch.date.unwrap_or(current.date));
            return Err(EditMovieError::AlreadyExists { name, date });
        }
        other => other?,
    }
    let movie = unit.movies().get(id).await?.ok_or(EditMovieError::NotFound)?;
    unit.commit().await?;
    Ok(movie)
}
