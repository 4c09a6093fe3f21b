use domain::{
    catalogue::{SearchQuery, Taxonomy, TaxonomyCursor, TaxonomyEntry},
    page::{Page, PageSize, Position},
};

use crate::{ListError, catalogue::Catalogue};

/// Returns a page of the entries of one taxonomy, ordered by name.
pub async fn list_taxonomy(
    catalogue: &Catalogue,
    kind: Taxonomy,
    search: Option<&SearchQuery>,
    position: Position<TaxonomyCursor>,
    size: PageSize,
) -> Result<Page<TaxonomyEntry>, ListError> {
    let may_be_empty = position.may_be_empty();
    let page = catalogue.queries.taxonomies(kind, search, position, size).await?;
    if page.items.is_empty() && !may_be_empty {
        return Err(ListError::PastTheEnd(kind.plural()));
    }
    Ok(page)
}
