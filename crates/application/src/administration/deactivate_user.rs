use domain::accounts::{LinkKind, UserId};

use super::{AdministrationError, last_admin::require_another_admin};
use crate::accounts::Accounts;

/// Deactivates an account, ends all its sessions and revokes its activation and password reset tokens.
pub async fn deactivate_user(accounts: &Accounts, id: UserId) -> Result<(), AdministrationError> {
    let unit = accounts.store.begin().await?;
    require_another_admin(&*unit, id).await?;
    let mut user = unit.users().lock(id).await?.ok_or(AdministrationError::NotFound)?;
    user.deactivate(accounts.clock.now());
    unit.users().save(&user).await?;
    for kind in LinkKind::ALL {
        unit.link_tokens().revoke(kind, user.id).await?;
    }
    unit.commit().await?;
    Ok(())
}
