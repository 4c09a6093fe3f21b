use domain::{
    catalogue::{Movie, MovieId},
    ports::StoreError,
};

use super::Catalogue;

/// Why there is no such movie.
#[derive(Debug, thiserror::Error)]
pub enum GetMovieError {
    /// The catalogue does not hold it.
    #[error("Movie with the given ID was not found.")]
    NotFound,
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reads a movie in full.
///
/// # Errors
///
/// [`GetMovieError`].
pub async fn get_movie(catalogue: &Catalogue, id: MovieId) -> Result<Movie, GetMovieError> {
    catalogue.queries.movie(id).await?.ok_or(GetMovieError::NotFound)
}
