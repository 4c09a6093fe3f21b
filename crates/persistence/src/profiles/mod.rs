//! Profiles, and uploaded pictures that no profile shows yet.

mod queries;
mod repository;
mod unit;

use crate::Database;

/// Profiles and the records of avatar uploads.
#[derive(Clone, Debug)]
pub struct ProfileStore(pub(crate) Database);

impl ProfileStore {
    /// The store on this database.
    #[must_use]
    pub const fn new(database: Database) -> Self {
        Self(database)
    }
}
