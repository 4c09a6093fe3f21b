//! Genres, actors, countries and languages: list, get, create, update and delete.

mod create_taxonomy_entry;
mod delete_taxonomy_entry;
mod get_taxonomy_entry;
mod list_taxonomy;
mod update_taxonomy_entry;

pub use create_taxonomy_entry::{CreateTaxonomyEntryError, create_taxonomy_entry};
pub use delete_taxonomy_entry::{DeleteTaxonomyEntryError, delete_taxonomy_entry};
pub use get_taxonomy_entry::{GetTaxonomyEntryError, get_taxonomy_entry};
pub use list_taxonomy::{ListTaxonomyError, list_taxonomy};
pub use update_taxonomy_entry::{UpdateTaxonomyEntryError, update_taxonomy_entry};
