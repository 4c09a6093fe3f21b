use domain::{
    catalogue::{Movie, MovieDraft, Name, ReleaseDate},
    store::StoreError,
};

use super::Catalogue;

/// Error of [`create_movie`].
#[derive(Debug, thiserror::Error)]
pub enum CreateMovieError {
    /// A movie with this name and release date exists.
    #[error("A movie with the name '{name}' and release date '{date}' already exists.")]
    AlreadyExists {
        /// Name of the movie.
        name: Name,
        /// Release date.
        date: ReleaseDate,
    },
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Creates a movie and every genre, actor, language and country of it that the catalogue does not have yet.
pub async fn create_movie(catalogue: &Catalogue, draft: MovieDraft) -> Result<Movie, CreateMovieError> {
    let unit = catalogue.store.begin().await?;
    let id = match unit.movies().add(&draft).await {
        Err(StoreError::Conflict) => {
            return Err(CreateMovieError::AlreadyExists { name: draft.name, date: draft.date });
        }
        other => other?,
    };
    let movie =
        unit.movies().get(id).await?.ok_or_else(|| StoreError::Failed("new movie not found".into()))?;
    unit.commit().await?;
    Ok(movie)
}
