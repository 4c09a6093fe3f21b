use std::net::IpAddr;

use domain::{
    accounts::{Email, LinkKind},
    store::StoreError,
};

use super::{AccountMessage, Accounts, EmailRequestError, limits::EmailKind, links::has_cooled_down};

/// Records a request for a password reset email to this address. The outbox job looks the account up later, so the response
/// and the work are the same for every address.
pub async fn request_password_reset(
    accounts: &Accounts,
    email: Email,
    client: Option<IpAddr>,
) -> Result<(), EmailRequestError> {
    accounts.limits.email(EmailKind::PasswordReset, &email, client).await?;
    let unit = accounts.store.begin().await?;
    unit.outbox().post(AccountMessage::RequestPasswordReset(email).into()).await?;
    Ok(unit.commit().await?)
}

/// Processes such a request: issues a new password reset token for an active account and enqueues its email, unless a token
/// was issued within the cooldown.
pub async fn send_requested_password_reset(accounts: &Accounts, email: &Email) -> Result<(), StoreError> {
    let now = accounts.clock.now();
    let unit = accounts.store.begin().await?;
    let Some(user) = unit.users().lock_by_email(email).await?.filter(|user| user.status.is_active()) else {
        return Ok(());
    };
    let last = unit.link_tokens().live(LinkKind::PasswordReset, user.id).await?;
    if !has_cooled_down(last.as_ref(), now) {
        return Ok(());
    }
    accounts.send_link(&*unit, LinkKind::PasswordReset, user.id, None, now).await?;
    unit.commit().await
}
