use domain::{
    catalogue::{MovieCursor, MovieFilter, MovieOrder},
    page::{PageNumber, PageSize, Position},
    ports::{MoviePage, StoreError},
};

use super::Catalogue;

/// Why there is no such part of the list.
#[derive(Debug, thiserror::Error)]
pub enum ListMoviesError {
    /// The page lies past the end.
    #[error("No movies found.")]
    PastTheEnd,
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reads a part of the list of the movies that a filter allows. Where it allows none, there is an empty first page.
///
/// # Errors
///
/// [`ListMoviesError`].
pub async fn list_movies(
    catalogue: &Catalogue,
    filter: &MovieFilter,
    order: MovieOrder,
    position: Position<MovieCursor>,
    size: PageSize,
) -> Result<MoviePage, ListMoviesError> {
    let is_later = matches!(position, Position::Page(number) if number != PageNumber::FIRST);
    let found = catalogue.queries.movies(filter, order, position, size).await?;
    if found.page.items.is_empty() && is_later { Err(ListMoviesError::PastTheEnd) } else { Ok(found) }
}
