use domain::{
    catalogue::{Reference, ReferenceId, ReferenceKind, ReferencePatch},
    ports::StoreError,
};

use crate::{
    catalogue::Catalogue,
    precondition::{Changed, Precondition, check},
};

/// Error of [`edit_reference`].
#[derive(Debug, thiserror::Error)]
pub enum EditReferenceError {
    /// The reference does not exist.
    #[error("{} not found.", .0.singular())]
    NotFound(ReferenceKind),
    /// Another one of this kind has the new name, or another country the new code.
    #[error("{} with this name already exists.", .0.singular())]
    AlreadyExists(ReferenceKind),
    /// See [`Changed`].
    #[error(transparent)]
    Changed(#[from] Changed),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Updates the name of a reference, or the code of a country, if it satisfies the precondition.
///
/// # Errors
///
/// [`EditReferenceError`]; nothing is changed.
pub async fn edit_reference(
    catalogue: &Catalogue,
    id: ReferenceId,
    patch: ReferencePatch,
    expected: Precondition<'_, Reference>,
) -> Result<Reference, EditReferenceError> {
    let missing = || EditReferenceError::NotFound(id.kind);
    let unit = catalogue.store.begin().await?;
    let current = unit.references().lock(id).await?.ok_or_else(missing)?;
    check(expected, &current)?;
    match unit.references().update(id, &patch).await {
        Err(StoreError::Conflict) => return Err(EditReferenceError::AlreadyExists(id.kind)),
        other => other?,
    }
    let changed = unit.references().get(id).await?.ok_or_else(missing)?;
    unit.commit().await?;
    Ok(changed)
}
