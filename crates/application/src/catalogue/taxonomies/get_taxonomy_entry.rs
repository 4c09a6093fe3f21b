use domain::{
    catalogue::{Taxonomy, TaxonomyEntry, TaxonomyEntryId},
    store::StoreError,
};

use crate::catalogue::Catalogue;

/// Error of [`get_taxonomy_entry`].
#[derive(Debug, thiserror::Error)]
pub enum GetTaxonomyEntryError {
    /// The entry does not exist.
    #[error("{} not found.", .0.singular())]
    NotFound(Taxonomy),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Returns a genre, an actor, a country or a language.
pub async fn get_taxonomy_entry(
    catalogue: &Catalogue,
    id: TaxonomyEntryId,
) -> Result<TaxonomyEntry, GetTaxonomyEntryError> {
    catalogue.queries.taxonomy_entry(id).await?.ok_or(GetTaxonomyEntryError::NotFound(id.kind))
}
