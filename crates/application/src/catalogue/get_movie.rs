use domain::{
    catalogue::{Movie, MovieId},
    store::StoreError,
};

use super::Catalogue;

/// Error of [`get_movie`].
#[derive(Debug, thiserror::Error)]
pub enum GetMovieError {
    /// The movie does not exist.
    #[error("Movie with the given ID was not found.")]
    NotFound,
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Returns a movie in full.
pub async fn get_movie(catalogue: &Catalogue, id: MovieId) -> Result<Movie, GetMovieError> {
    catalogue.queries.movie(id).await?.ok_or(GetMovieError::NotFound)
}
