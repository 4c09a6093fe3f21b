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
    catalogue::{CatalogueQueries, CatalogueUnit},
    store::Begin,
};

pub use create_movie::{CreateMovieError, create_movie};
pub use delete_movie::{DeleteMovieError, delete_movie};
pub use export::{ExportError, export_movies};
pub use get_movie::{GetMovieError, get_movie};
pub use list_movies::{ListMoviesError, list_movies};
pub use update_movie::{UpdateMovieError, update_movie};

/// Dependencies of the use cases of this module.
#[derive(Clone)]
pub struct Catalogue {
    /// Opens units of work.
    pub store: Arc<dyn Begin<dyn CatalogueUnit>>,
    /// Reads movies.
    pub queries: Arc<dyn CatalogueQueries>,
}
