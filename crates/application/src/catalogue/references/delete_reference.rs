use domain::{
    catalogue::{Reference, ReferenceId, ReferenceKind},
    ports::StoreError,
};

use crate::{
    catalogue::Catalogue,
    precondition::{Changed, Precondition, check},
};

/// Error of [`delete_reference`].
#[derive(Debug, thiserror::Error)]
pub enum DeleteReferenceError {
    /// The reference does not exist.
    #[error("{} not found.", .0.singular())]
    NotFound(ReferenceKind),
    /// Movies use the reference.
    #[error("{} is still used by movies. Name another one in merge_into to take its place.", .0.singular())]
    InUse(ReferenceKind),
    /// The reference to merge into does not exist or is the same one.
    #[error("There is no such other {} to merge into.", .0.singular().to_lowercase())]
    NothingToMergeInto(ReferenceKind),
    /// See [`Changed`].
    #[error(transparent)]
    Changed(#[from] Changed),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Deletes a reference that no movie uses, if it satisfies the precondition. With `merge_into`, the id of another one of
/// its kind, the movies use that one from then on.
///
/// # Errors
///
/// [`DeleteReferenceError`]; nothing is deleted.
pub async fn delete_reference(
    catalogue: &Catalogue,
    id: ReferenceId,
    merge_into: Option<i64>,
    expected: Precondition<'_, Reference>,
) -> Result<(), DeleteReferenceError> {
    let unit = catalogue.store.begin().await?;
    let into = merge_into.map(|other| ReferenceId { kind: id.kind, id: other });
    // Locked in the order of their ids, which prevents deadlocks between merges of the same pair.
    let mut to_lock: Vec<_> = std::iter::once(id).chain(into).collect();
    to_lock.sort_by_key(|reference| reference.id);
    for reference in to_lock {
        match unit.references().lock(reference).await? {
            Some(current) if reference == id => check(expected, &current)?,
            Some(_) => {}
            None if reference == id => return Err(DeleteReferenceError::NotFound(id.kind)),
            None => return Err(DeleteReferenceError::NothingToMergeInto(id.kind)),
        }
    }
    if let Some(into) = into {
        if into == id {
            return Err(DeleteReferenceError::NothingToMergeInto(id.kind));
        }
        unit.references().merge(id, into).await?;
    }
    let current = unit.references().get(id).await?;
    if current.is_some_and(|reference| reference.movie_count > 0) {
        return Err(DeleteReferenceError::InUse(id.kind));
    }
    unit.references().remove(id).await?;
    unit.commit().await?;
    Ok(())
}
