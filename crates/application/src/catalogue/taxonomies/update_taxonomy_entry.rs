use domain::{
    catalogue::{Taxonomy, TaxonomyEntry, TaxonomyEntryId, TaxonomyEntryPatch},
    store::StoreError,
};

use crate::{
    catalogue::Catalogue,
    precondition::{Changed, Precondition, check},
};

/// Error of [`update_taxonomy_entry`].
#[derive(Debug, thiserror::Error)]
pub enum UpdateTaxonomyEntryError {
    /// The entry does not exist.
    #[error("{} not found.", .0.singular())]
    NotFound(Taxonomy),
    /// Another one of this kind has the new name, or another country the new code.
    #[error("{} with this name already exists.", .0.singular())]
    AlreadyExists(Taxonomy),
    /// See [`Changed`].
    #[error(transparent)]
    Changed(#[from] Changed),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Updates the name of an entry, or the code of a country, if it satisfies the precondition.
pub async fn update_taxonomy_entry(
    catalogue: &Catalogue,
    id: TaxonomyEntryId,
    patch: TaxonomyEntryPatch,
    expected: Precondition<'_, TaxonomyEntry>,
) -> Result<TaxonomyEntry, UpdateTaxonomyEntryError> {
    let missing = || UpdateTaxonomyEntryError::NotFound(id.kind);
    let unit = catalogue.store.begin().await?;
    let current = unit.taxonomies().lock(id).await?.ok_or_else(missing)?;
    check(expected, &current)?;
    match unit.taxonomies().update(id, &patch).await {
        Err(StoreError::Conflict) => return Err(UpdateTaxonomyEntryError::AlreadyExists(id.kind)),
        other => other?,
    }
    let changed = unit.taxonomies().get(id).await?.ok_or_else(missing)?;
    unit.commit().await?;
    Ok(changed)
}
