use domain::accounts::UserId;

use super::AdministrationError;
use crate::accounts::{AccountMessage, Accounts};

/// Result of [`activate_user`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// The account was activated.
    Activated,
    /// The account was already active.
    AlreadyActive,
}

/// Activates a pending or deactivated account and notifies its owner by email.
pub async fn activate_user(accounts: &Accounts, id: UserId) -> Result<Activation, AdministrationError> {
    let now = accounts.clock.now();
    let unit = accounts.store.begin().await?;
    let mut user = unit.users().lock(id).await?.ok_or(AdministrationError::NotFound)?;
    if !user.reactivate(now) {
        return Ok(Activation::AlreadyActive);
    }
    unit.users().save(&user).await?;
    unit.outbox().post(AccountMessage::SendActivated(user.id).into()).await?;
    unit.commit().await?;
    Ok(Activation::Activated)
}
