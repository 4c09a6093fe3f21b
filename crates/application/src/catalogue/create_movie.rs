use domain::{
    catalogue::{Movie, MovieDraft},
    store::StoreError,
};

use super::{Catalogue, MovieError};

/// Creates a movie and every genre, actor, language and country of it that the catalogue does not have yet.
pub async fn create_movie(catalogue: &Catalogue, draft: MovieDraft) -> Result<Movie, MovieError> {
    let unit = catalogue.store.begin().await?;
    let id = match unit.movies().add(&draft).await {
        Err(StoreError::Conflict) => {
            return Err(MovieError::AlreadyExists { name: draft.name, date: draft.date });
        }
        other => other?,
    };
    let movie =
        unit.movies().get(id).await?.ok_or_else(|| StoreError::Failed("new movie not found".into()))?;
    unit.commit().await?;
    Ok(movie)
}
