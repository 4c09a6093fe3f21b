//! Writes of the catalogue.

mod documents;
mod links;
mod movies;
mod names;
mod rows;
mod taxonomies;

use super::read::movie as read_movie;
use crate::sql::{all, execute, fetch, get, insert, run};
