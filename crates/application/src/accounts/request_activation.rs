use domain::{
    accounts::{AccountStatus, Email, LinkKind},
    outbox::Message,
    ports::StoreError,
};

use super::Accounts;

/// Takes down that somebody asked for an activation mail to this address. Whether there is such an account, and what state it is in,
/// is looked at later: the answer and the work are the same for every address.
///
/// # Errors
///
/// [`StoreError`].
pub async fn request_activation(accounts: &Accounts, email: Email) -> Result<(), StoreError> {
    let unit = accounts.store.begin().await?;
    unit.outbox().post(Message::RequestActivation(email)).await?;
    unit.commit().await
}

/// Carries that out: gives an account that waits for its activation a new token and orders its mail, unless it was given one a moment ago.
///
/// # Errors
///
/// [`StoreError`].
pub async fn send_requested_activation(accounts: &Accounts, email: &Email) -> Result<(), StoreError> {
    let now = accounts.clock.now();
    let unit = accounts.store.begin().await?;
    let Some(user) =
        unit.users().lock_by_email(email).await?.filter(|user| user.status == AccountStatus::Pending)
    else {
        return Ok(());
    };
    if let Some(token) =
        accounts.issue_link_after_cooldown(&*unit, LinkKind::Activation, user.id, now).await?
    {
        unit.outbox().post(Message::SendActivation(token)).await?;
        unit.commit().await?;
    }
    Ok(())
}
