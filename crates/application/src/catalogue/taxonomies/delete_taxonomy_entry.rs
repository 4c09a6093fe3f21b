use domain::catalogue::{TaxonomyEntry, TaxonomyEntryId};

use super::TaxonomyError;
use crate::{
    catalogue::Catalogue,
    precondition::{Precondition, check},
};

/// Deletes an entry that no movie uses, if it satisfies the precondition. With `merge_into`, the id of another one of
/// its kind, the movies use that one from then on.
pub async fn delete_taxonomy_entry(
    catalogue: &Catalogue,
    id: TaxonomyEntryId,
    merge_into: Option<i64>,
    expected: Precondition<'_, TaxonomyEntry>,
) -> Result<(), TaxonomyError> {
    let unit = catalogue.store.begin().await?;
    let into = merge_into.map(|other| TaxonomyEntryId { kind: id.kind, id: other });
    // Locked in the order of their ids, which prevents deadlocks between merges of the same pair.
    let mut to_lock: Vec<_> = std::iter::once(id).chain(into).collect();
    to_lock.sort_by_key(|entry| entry.id);
    for entry in to_lock {
        match unit.taxonomies().lock(entry).await? {
            Some(current) if entry == id => check(expected, &current)?,
            Some(_) => {}
            None if entry == id => return Err(TaxonomyError::NotFound(id.kind)),
            None => return Err(TaxonomyError::NothingToMergeInto(id.kind)),
        }
    }
    if let Some(into) = into {
        if into == id {
            return Err(TaxonomyError::NothingToMergeInto(id.kind));
        }
        unit.taxonomies().merge(id, into).await?;
    }
    let current = unit.taxonomies().get(id).await?;
    if current.is_some_and(|entry| entry.movie_count > 0) {
        return Err(TaxonomyError::InUse(id.kind));
    }
    unit.taxonomies().remove(id).await?;
    unit.commit().await?;
    Ok(())
}
