use domain::{
    catalogue::{Reference, ReferenceId, ReferenceKind},
    ports::StoreError,
};

use crate::{
    catalogue::Catalogue,
    precondition::{Changed, Precondition, check},
};

/// Why a reference was not removed.
#[derive(Debug, thiserror::Error)]
pub enum DeleteReferenceError {
    /// The catalogue does not hold it.
    #[error("{} not found.", .0.singular())]
    NotFound(ReferenceKind),
    /// Movies are described by it.
    #[error("{} is still used by movies. Name another one in merge_into to take its place.", .0.singular())]
    InUse(ReferenceKind),
    /// What is to take its place is not held by the catalogue, or is the same.
    #[error("There is no such other {} to merge into.", .0.singular().to_lowercase())]
    NothingToMergeInto(ReferenceKind),
    /// See [`Changed`].
    #[error(transparent)]
    Changed(#[from] Changed),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Removes a reference that no movie is described by. With another one of its kind to take its place, every movie is
/// described by that from then on.
///
/// # Errors
///
/// [`DeleteReferenceError`]; nothing was removed then.
pub async fn delete_reference(
    catalogue: &Catalogue,
    id: ReferenceId,
    merge_into: Option<i64>,
    expected: Precondition<'_, Reference>,
) -> Result<(), DeleteReferenceError> {
    let unit = catalogue.store.begin().await?;
    let into = merge_into.map(|other| ReferenceId { kind: id.kind, id: other });
    // Always in the order of their rows, so that two who merge the same two do not wait for each other.
    let mut held: Vec<_> = std::iter::once(id).chain(into).collect();
    held.sort_by_key(|reference| reference.id);
    for reference in held {
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
