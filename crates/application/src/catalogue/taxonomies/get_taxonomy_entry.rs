use domain::catalogue::{TaxonomyEntry, TaxonomyEntryId};

use super::TaxonomyError;
use crate::catalogue::Catalogue;

/// Returns a genre, an actor, a country or a language.
pub async fn get_taxonomy_entry(
    catalogue: &Catalogue,
    id: TaxonomyEntryId,
) -> Result<TaxonomyEntry, TaxonomyError> {
    catalogue.queries.taxonomy_entry(id).await?.ok_or(TaxonomyError::NotFound(id.kind))
}
