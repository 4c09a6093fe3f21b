use domain::accounts::{User, UserId};

use super::AdministrationError;
use crate::accounts::Accounts;

/// Returns one account.
pub async fn get_user(accounts: &Accounts, id: UserId) -> Result<User, AdministrationError> {
    accounts.queries.user(id).await?.ok_or(AdministrationError::NotFound)
}
