use domain::{
    catalogue::{Movie, MovieId, MoviePatch},
    store::StoreError,
};

use super::{Catalogue, MovieError};
use crate::precondition::{Precondition, check};

/// Updates a movie if it satisfies the precondition.
pub async fn update_movie(
    catalogue: &Catalogue,
    id: MovieId,
    patch: MoviePatch,
    expected: Precondition<'_, Movie>,
) -> Result<Movie, MovieError> {
    let unit = catalogue.store.begin().await?;
    let current = unit.movies().lock(id).await?.ok_or(MovieError::NotFound)?;
    check(expected, &current)?;
    match unit.movies().update(id, &patch).await {
        Err(StoreError::Conflict) => {
            let (name, date) = (patch.name.unwrap_or(current.name), patch.date.unwrap_or(current.date));
            return Err(MovieError::AlreadyExists { name, date });
        }
        other => other?,
    }
    let movie = unit.movies().get(id).await?.ok_or(MovieError::NotFound)?;
    unit.commit().await?;
    Ok(movie)
}
