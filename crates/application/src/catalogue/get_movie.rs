use domain::catalogue::{Movie, MovieId};

use super::{Catalogue, MovieError};

/// Returns a movie in full.
pub async fn get_movie(catalogue: &Catalogue, id: MovieId) -> Result<Movie, MovieError> {
    catalogue.queries.movie(id).await?.ok_or(MovieError::NotFound)
}
