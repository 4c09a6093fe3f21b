use domain::{
    catalogue::{MovieCursor, MovieFilter, MovieOrder, MoviePage},
    page::{PageNumber, PageSize, Position},
    store::StoreError,
};

use super::Catalogue;

/// Error of [`list_movies`].
#[derive(Debug, thiserror::Error)]
pub enum ListMoviesError {
    /// The page is past the end of the list.
    #[error("No movies found.")]
    PastTheEnd,
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Returns a page of the movies that match a filter. Without matches, the first page is empty.
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
