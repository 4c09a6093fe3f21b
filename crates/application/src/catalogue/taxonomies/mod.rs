//! Genres, actors, countries and languages: list, get, create, update and delete.

mod create_taxonomy_entry;
mod delete_taxonomy_entry;
mod get_taxonomy_entry;
mod list_taxonomy;
mod update_taxonomy_entry;

pub use create_taxonomy_entry::create_taxonomy_entry;
pub use delete_taxonomy_entry::delete_taxonomy_entry;
pub use get_taxonomy_entry::get_taxonomy_entry;
pub use list_taxonomy::list_taxonomy;
pub use update_taxonomy_entry::update_taxonomy_entry;

use domain::{catalogue::Taxonomy, store::StoreError};

use crate::precondition::Changed;

/// Error of the use cases that read or change one entry.
#[derive(Debug, thiserror::Error)]
pub enum TaxonomyError {
    /// The entry does not exist.
    #[error("{} not found.", .0.singular())]
    NotFound(Taxonomy),
    /// Another one of this kind has the name, or another country the code.
    #[error("{} with this name already exists.", .0.singular())]
    AlreadyExists(Taxonomy),
    /// Movies use the entry.
    #[error("{} is still used by movies. Name another one in merge_into to take its place.", .0.singular())]
    InUse(Taxonomy),
    /// The entry to merge into does not exist or is the same one.
    #[error("There is no such other {} to merge into.", .0.singular().to_lowercase())]
    NothingToMergeInto(Taxonomy),
    /// See [`Changed`].
    #[error(transparent)]
    Changed(#[from] Changed),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}
