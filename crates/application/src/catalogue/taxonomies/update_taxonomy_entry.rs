use domain::{
    catalogue::{TaxonomyEntry, TaxonomyEntryId, TaxonomyEntryPatch},
    store::StoreError,
};

use super::TaxonomyError;
use crate::{
    catalogue::Catalogue,
    precondition::{Precondition, check},
};

/// Updates the name of an entry, or the code of a country, if it satisfies the precondition.
pub async fn update_taxonomy_entry(
    catalogue: &Catalogue,
    id: TaxonomyEntryId,
    patch: TaxonomyEntryPatch,
    expected: Precondition<'_, TaxonomyEntry>,
) -> Result<TaxonomyEntry, TaxonomyError> {
    let missing = || TaxonomyError::NotFound(id.kind);
    let unit = catalogue.store.begin().await?;
    let current = unit.taxonomies().lock(id).await?.ok_or_else(missing)?;
    check(expected, &current)?;
    match unit.taxonomies().update(id, &patch).await {
        Err(StoreError::Conflict) => return Err(TaxonomyError::AlreadyExists(id.kind)),
        other => other?,
    }
    let changed = unit.taxonomies().get(id).await?.ok_or_else(missing)?;
    unit.commit().await?;
    Ok(changed)
}
