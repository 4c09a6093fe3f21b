//! Problems of the administration of accounts.

use application::administration::{AdministrationError, ListUsersError};

pub(crate) use crate::documentation::problems::*;
use crate::http::{
    problem::Problem,
    row::{problems, variants},
};

problems! {
    UserNotFound(NOT_FOUND, "user_not_found", "User not found.");
    LastAdmin(CONFLICT, "last_admin", "The last active administrator can be neither demoted nor deactivated.");
}

variants! {
    NoUsers = PagePastTheEnd::ROW.with_detail("No users found.");
}

impl From<AdministrationError> for Problem {
    fn from(error: AdministrationError) -> Self {
        match error {
            AdministrationError::NotFound => UserNotFound.into(),
            AdministrationError::LastAdmin => LastAdmin.into(),
            AdministrationError::Changed(error) => error.into(),
            AdministrationError::Store(error) => error.into(),
        }
    }
}

impl From<ListUsersError> for Problem {
    fn from(error: ListUsersError) -> Self {
        match error {
            ListUsersError::PastTheEnd => NoUsers.into(),
            ListUsersError::Store(error) => error.into(),
        }
    }
}
