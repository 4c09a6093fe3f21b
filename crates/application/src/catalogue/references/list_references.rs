use domain::{
    catalogue::{Reference, ReferenceKind, SearchQuery},
    page::{Page, PageNumber, PageSize, Position},
    ports::{ReferenceCursor, StoreError},
};

use crate::catalogue::Catalogue;

/// Error of [`list_references`].
#[derive(Debug, thiserror::Error)]
pub enum ListReferencesError {
    /// The page is past the end of the list.
    #[error("No {} found.", .0.plural())]
    PastTheEnd(ReferenceKind),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Returns a page of the references of one kind, ordered by name.
///
/// # Errors
///
/// [`ListReferencesError`].
pub async fn list_references(
    catalogue: &Catalogue,
    kind: ReferenceKind,
    search: Option<&SearchQuery>,
    position: Position<ReferenceCursor>,
    size: PageSize,
) -> Result<Page<Reference>, ListReferencesError> {
    let is_later = matches!(position, Position::Page(number) if number != PageNumber::FIRST);
    let page = catalogue.queries.references(kind, search, position, size).await?;
    if page.items.is_empty() && is_later { Err(ListReferencesError::PastTheEnd(kind)) } else { Ok(page) }
}
