use domain::catalogue::{Movie, MovieId};

use super::{Catalogue, MovieError};
use crate::precondition::{Precondition, check};

/// Deletes a movie if it satisfies the precondition.
pub async fn delete_movie(
    catalogue: &Catalogue,
    id: MovieId,
    expected: Precondition<'_, Movie>,
) -> Result<(), MovieError> {
    let unit = catalogue.store.begin().await?;
    let current = unit.movies().lock(id).await?.ok_or(MovieError::NotFound)?;
    check(expected, &current)?;
    unit.movies().remove(id).await?;
    unit.commit().await?;
    Ok(())
}
