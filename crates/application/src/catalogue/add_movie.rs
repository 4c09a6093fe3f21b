use domain::{
    catalogue::{Movie, MovieDraft, Name, ReleaseDate},
    ports::StoreError,
};

use super::Catalogue;

/// Why no movie was added.
#[derive(Debug, thiserror::Error)]
pub enum AddMovieError {
    /// The catalogue holds a movie of this name and date.
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

/// Adds a movie, and with it every genre, actor, language and country that the catalogue did not know.
///
/// # Errors
///
/// [`AddMovieError`]; nothing was kept then.
pub async fn add_movie(catalogue: &Catalogue, draft: MovieDraft) -> Result<Movie, AddMovieError> {
    let unit = catalogue.store.begin().await?;
    let id = match unit.movies().add(&draft).await {
        Err(StoreError::Conflict) => {
            return Err(AddMovieError::AlreadyExists { name: draft.name, date: draft.date });
        }
        other => other?,
    };
    let movie =
        unit.movies().get(id).await?.ok_or_else(|| StoreError::Failed("the new movie is gone".into()))?;
    unit.commit().await?;
    Ok(movie)
}
