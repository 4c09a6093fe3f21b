//! Movies: list, get, create, update, delete, import and export.

mod create_movie;
mod delete_movie;
mod export;
mod get_movie;
pub mod import;
mod list_movies;
pub mod taxonomies;
mod update_movie;

use std::sync::Arc;

use domain::{
    catalogue::{CatalogueQueries, CatalogueUnit, Name, ReleaseDate},
    store::{Begin, StoreError},
};

use crate::precondition::Changed;

pub use create_movie::create_movie;
pub use delete_movie::delete_movie;
pub use export::{ExportError, export_movies};
pub use get_movie::get_movie;
pub use list_movies::list_movies;
pub use update_movie::update_movie;

/// Dependencies of the use cases of this module.
#[derive(Clone)]
pub struct Catalogue {
    /// Opens units of work.
    pub store: Arc<dyn Begin<dyn CatalogueUnit>>,
    /// Reads movies.
    pub queries: Arc<dyn CatalogueQueries>,
}

/// Error of the use cases that read or change one movie.
#[derive(Debug, thiserror::Error)]
pub enum MovieError {
    /// The movie does not exist.
    #[error("Movie with the given ID was not found.")]
    NotFound,
    /// Another movie has this name and release date.
    #[error("A movie with the name '{name}' and release date '{date}' already exists.")]
    AlreadyExists {
        /// Name of both movies.
        name: Name,
        /// Release date of both movies.
        date: ReleaseDate,
    },
    /// See [`Changed`].
    #[error(transparent)]
    Changed(#[from] Changed),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}
