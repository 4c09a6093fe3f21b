//! `/api/v1/theater`

pub(crate) mod create_movie;
pub(crate) mod delete_movie;
pub(crate) mod get_movie;
pub(crate) mod list_movies;
mod movie;
mod movie_list;
pub(crate) mod problems;
pub(crate) mod taxonomies;
mod taxonomy;
pub(crate) mod update_movie;
