//! Reads of the catalogue.

mod conditions;
mod found;
mod list;
pub(super) mod movie;
mod order;
mod queries;
mod search;
pub(super) mod taxonomies;
#[cfg(test)]
mod tests;

pub(super) use conditions::{Links, links};
pub(super) use search::Part;

use crate::sql::{all, get};
