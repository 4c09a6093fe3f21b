use domain::accounts::{Group, UserId};

use super::{AdministrationError, last_admin::require_another_admin};
use crate::accounts::Accounts;

/// Changes the group of an account. Another group takes effect immediately and ends all sessions of the account.
pub async fn change_group(accounts: &Accounts, id: UserId, group: Group) -> Result<(), AdministrationError> {
    let unit = accounts.store.begin().await?;
    if group != Group::Admin {
        require_another_admin(&*unit, id).await?;
    }
    let mut user = unit.users().lock(id).await?.ok_or(AdministrationError::NotFound)?;
    user.change_group(group);
    unit.users().save(&user).await?;
    unit.commit().await?;
    Ok(())
}
