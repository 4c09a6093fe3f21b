use domain::{
    catalogue::{Reference, ReferenceDraft, ReferenceId, ReferenceKind},
    ports::StoreError,
};

use crate::catalogue::Catalogue;

/// Error of [`add_reference`].
#[derive(Debug, thiserror::Error)]
pub enum AddReferenceError {
    /// Another one of this kind has the name, or another country the code.
    #[error("{} with this name already exists.", .0.singular())]
    AlreadyExists(ReferenceKind),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Creates a genre, an actor, a country or a language.
///
/// # Errors
///
/// [`AddReferenceError`]; nothing is stored.
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
    let added = added.ok_or_else(|| StoreError::Failed("new reference not found".into()))?;
    unit.commit().await?;
    Ok(added)
}
