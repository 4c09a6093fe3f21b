use domain::{
    catalogue::{Taxonomy, TaxonomyEntry, TaxonomyEntryDraft, TaxonomyEntryId},
    store::StoreError,
};

use crate::catalogue::Catalogue;

/// Error of [`create_taxonomy_entry`].
#[derive(Debug, thiserror::Error)]
pub enum CreateTaxonomyEntryError {
    /// Another one of this kind has the name, or another country the code.
    #[error("{} with this name already exists.", .0.singular())]
    AlreadyExists(Taxonomy),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Creates a genre, an actor, a country or a language.
pub async fn create_taxonomy_entry(
    catalogue: &Catalogue,
    draft: TaxonomyEntryDraft,
) -> Result<TaxonomyEntry, CreateTaxonomyEntryError> {
    let kind = draft.kind();
    let unit = catalogue.store.begin().await?;
    let id = match unit.taxonomies().add(&draft).await {
        Err(StoreError::Conflict) => return Err(CreateTaxonomyEntryError::AlreadyExists(kind)),
        other => other?,
    };
    let added = unit.taxonomies().get(TaxonomyEntryId { kind, id }).await?;
    let added = added.ok_or_else(|| StoreError::Failed("new entry not found".into()))?;
    unit.commit().await?;
    Ok(added)
}
