use domain::{
    catalogue::{Reference, ReferenceDraft, ReferenceId, ReferenceKind},
    ports::StoreError,
};

use crate::catalogue::Catalogue;

/// Why no reference was added.
#[derive(Debug, thiserror::Error)]
pub enum AddReferenceError {
    /// One of its kind has this name, or a country this code.
    #[error("{} with this name already exists.", .0.singular())]
    AlreadyExists(ReferenceKind),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Adds a genre, an actor, a country or a language.
///
/// # Errors
///
/// [`AddReferenceError`]; nothing was kept then.
pub async fn add_reference(
    catalogue: &Catalogue,
    draft: ReferenceDraft,
) -> Result<Reference, AddReferenceError> {
    let kind = draft.kind();
    let unit = catalogue.store.begin().await?;
    let id = match unit.references().add(&draft).await {
        Err(StoreError::Conflict) => return Err(AddReferenceError::AlreadyExists(kind)),
        other => other?,
    };
    let added = unit.references().get(ReferenceId { kind, id }).await?;
    let added = added.ok_or_else(|| StoreError::Failed("the new reference is gone".into()))?;
    unit.commit().await?;
    Ok(added)
}
