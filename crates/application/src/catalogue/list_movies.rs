use domain::{
    catalogue::{MovieCursor, MovieFilter, MovieOrder, MoviePage},
    page::{PageSize, Position},
};

use super::Catalogue;
use crate::ListError;

/// Returns a page of the movies that match a filter. Without matches, the first page is empty.
pub async fn list_movies(
    catalogue: &Catalogue,
    filter: &MovieFilter,
    order: MovieOrder,
    position: Position<MovieCursor>,
    size: PageSize,
) -> Result<MoviePage, ListError> {
    let may_be_empty = position.may_be_empty();
    let found = catalogue.queries.movies(filter, order, position, size).await?;
    if found.page.items.is_empty() && !may_be_empty {
        return Err(ListError::PastTheEnd("movies"));
    }
    Ok(found)
}
