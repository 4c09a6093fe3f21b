//! What people tell of themselves, and their pictures.

pub(crate) mod avatar;
pub(crate) mod edit;
mod form;
pub(crate) mod profile;
pub(crate) mod read;
