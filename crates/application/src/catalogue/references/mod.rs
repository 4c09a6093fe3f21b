//! Genres, actors, countries and languages: list, get, create, update and delete.

mod add_reference;
mod delete_reference;
mod edit_reference;
mod get_reference;
mod list_references;

pub use add_reference::{AddReferenceError, add_reference};
pub use delete_reference::{DeleteReferenceError, delete_reference};
pub use edit_reference::{EditReferenceError, edit_reference};
pub use get_reference::{GetReferenceError, get_reference};
pub use list_references::{ListReferencesError, list_references};
