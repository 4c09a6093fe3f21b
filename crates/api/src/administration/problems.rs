//! Problems of the administration of accounts.

use application::administration::AdministrationError;

pub(crate) use crate::documentation::problems::*;
use crate::http::row::{conversions, problems, variants};

problems! {
    UserNotFound(NOT_FOUND, "user_not_found", "User not found.");
    LastAdmin(CONFLICT, "last_admin", "The last active administrator can be neither demoted nor deactivated.");
}

variants! {
    NoUsers = PagePastTheEnd::ROW.with_detail("No users found.");
}

conversions! {
    AdministrationError { NotFound => UserNotFound, LastAdmin => LastAdmin; Changed, Store }
}
