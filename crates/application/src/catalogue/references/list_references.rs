use domain::{
    catalogue::{Reference, ReferenceKind, SearchQuery},
    page::{Page, PageNumber, PageSize, Position},
    ports::{ReferenceCursor, StoreError},
};

use crate::catalogue::Catalogue;

/// Why there is no such part of the list.
#[derive(Debug, thiserror::Error)]
pub enum ListReferencesError {
    /// The page lies past the end.
    #[error("No {} found.", .0.plural())]
    PastTheEnd(ReferenceKind),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reads a part of the list of the references of one kind, by their names.
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
