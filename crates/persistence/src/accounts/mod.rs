//! Accounts, their tokens and their sessions.

mod link_tokens;
mod queries;
mod retention;
mod sessions;
mod unit;
mod users;

use crate::Database;

/// Users, sessions and the tokens of mailed links.
#[derive(Clone, Debug)]
pub struct AccountStore(pub(crate) Database);

impl AccountStore {
    /// The store on this database.
    #[must_use]
    pub const fn new(database: Database) -> Self {
        Self(database)
    }
}
