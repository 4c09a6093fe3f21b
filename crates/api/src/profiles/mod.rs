//! `/api/v1/profiles`: user profiles and their pictures.

pub(crate) mod avatar;
pub(crate) mod edit;
mod form;
pub(crate) mod problems;
pub(crate) mod profile;
pub(crate) mod read;
