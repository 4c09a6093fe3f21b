//! Writes of the catalogue.

mod documents;
mod fill_in;
mod links;
mod movies;
mod names;
mod rows;
mod taxonomies;

pub(crate) use fill_in::fill_in;

use super::read::movie as read_movie;
use crate::sql::{all, execute, fetch, get, insert, run};
