use domain::{
    catalogue::{SearchQuery, Taxonomy, TaxonomyCursor, TaxonomyEntry},
    page::{Page, PageNumber, PageSize, Position},
    store::StoreError,
};

use crate::catalogue::Catalogue;

/// Error of [`list_taxonomy`].
#[derive(Debug, thiserror::Error)]
pub enum ListTaxonomyError {
    /// The page is past the end of the list.
    #[error("No {} found.", .0.plural())]
    PastTheEnd(Taxonomy),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Returns a page of the entries of one taxonomy, ordered by name.
pub async fn list_taxonomy(
    catalogue: &Catalogue,
    kind: Taxonomy,
    search: Option<&SearchQuery>,
    position: Position<TaxonomyCursor>,
    size: PageSize,
) -> Result<Page<TaxonomyEntry>, ListTaxonomyError> {
    let is_later = matches!(position, Position::Page(number) if number != PageNumber::FIRST);
    let page = catalogue.queries.taxonomies(kind, search, position, size).await?;
    if page.items.is_empty() && is_later { Err(ListTaxonomyError::PastTheEnd(kind)) } else { Ok(page) }
}
