use domain::{
    catalogue::{TaxonomyEntry, TaxonomyEntryDraft, TaxonomyEntryId},
    store::StoreError,
};

use super::TaxonomyError;
use crate::catalogue::Catalogue;

/// Creates a genre, an actor, a country or a language.
pub async fn create_taxonomy_entry(
    catalogue: &Catalogue,
    draft: TaxonomyEntryDraft,
) -> Result<TaxonomyEntry, TaxonomyError> {
    let kind = draft.kind();
    let unit = catalogue.store.begin().await?;
    let id = match unit.taxonomies().add(&draft).await {
        Err(StoreError::Conflict) => return Err(TaxonomyError::AlreadyExists(kind)),
        other => other?,
    };
    let added = unit.taxonomies().get(TaxonomyEntryId { kind, id }).await?;
    let added = added.ok_or_else(|| StoreError::Failed("new entry not found".into()))?;
    unit.commit().await?;
    Ok(added)
}
