use domain::{
    catalogue::{MovieId, MovieSummary},
    page::{Page, PageNumber, PageSize, Position},
    ports::StoreError,
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

/// Reads a part of the list of films, the newest id first. An empty catalogue has an empty first page.
///
/// # Errors
///
/// [`ListMoviesError`].
pub async fn list_movies(
    catalogue: &Catalogue,
    position: Position<MovieId>,
    size: PageSize,
) -> Result<Page<MovieSummary>, ListMoviesError> {
    let page = catalogue.queries.movies(position, size).await?;
    match position {
        Position::Page(number) if page.items.is_empty() && number != PageNumber::FIRST => {
            Err(ListMoviesError::PastTheEnd)
        }
        _ => Ok(page),
    }
}
