//! `/api/v1/theater`

pub(crate) mod add_movie;
pub(crate) mod delete_movie;
pub(crate) mod edit_movie;
pub(crate) mod get_movie;
pub(crate) mod list_movies;
mod movie;
mod movie_list;
mod reference;
pub(crate) mod references;
