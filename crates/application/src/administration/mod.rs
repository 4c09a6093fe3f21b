//! Management of accounts by administrators.

mod activate_user;
mod change_group;
mod deactivate_user;
mod end_sessions;
mod get_user;
mod last_admin;
mod list_users;

pub use activate_user::{Activation, activate_user};
pub use change_group::change_group;
pub use deactivate_user::deactivate_user;
pub use end_sessions::end_sessions;
pub use get_user::get_user;
pub use list_users::list_users;

use domain::store::StoreError;

use crate::precondition::Changed;

/// Error of the use cases that read or change one account.
#[derive(Debug, thiserror::Error)]
pub enum AdministrationError {
    /// The account does not exist.
    #[error("User not found.")]
    NotFound,
    /// The account is the last active administrator.
    #[error("The last active administrator can be neither demoted nor deactivated.")]
    LastAdmin,
    /// See [`Changed`].
    #[error(transparent)]
    Changed(#[from] Changed),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}
